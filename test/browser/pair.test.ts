import { expect } from "chai";
import { likelyTarget } from "../../gateway/web/src/pair.ts";

const pair = (name: string) => {
  const [source = "", target = ""] = name.split("-");
  return { source, target };
};
const PAIRS = ["es-ca", "ca-es", "en-es", "es-en"].map(pair);

describe("the page's first pair of languages", () => {
  it("begins with the page's language, and is not the first of the alphabet", () => {
    expect(likelyTarget(PAIRS, "", "en", ["en-GB"])).to.equal("es");
  });
  it("leads to another language that the visitor reads", () => {
    const more = [...PAIRS, pair("en-ca"), pair("en-pt")];
    expect(likelyTarget(more, "", "en", ["en-US", "pt-BR"])).to.equal("pt");
    expect(likelyTarget(PAIRS, "", "es", ["es-ES", "en"])).to.equal("en");
  });
  it("ends with the page's language where nothing begins with it", () => {
    expect(likelyTarget(["fr-ca", "fr-en"].map(pair), "", "en", ["en"])).to.equal("en");
  });
  it("fits the document's language where that is chosen", () => {
    expect(likelyTarget(PAIRS, "ca", "en", ["en"])).to.equal("es");
  });
  it("is any there is, or none", () => {
    expect(likelyTarget([pair("fr-ca")], "", "en", ["en"])).to.equal("ca");
    expect(likelyTarget([], "", "en", ["en"])).to.equal("");
  });
});
