import { expect } from "chai";
import { Seal } from "./sealed.ts";

describe("a sealed password", () => {
  const seal = new Seal("secret");
  it("opens with the same secret for the same job, and not with another or for another", () => {
    const sealed = seal.seal("pässword", "job");
    expect(new Seal("secret").open(sealed, "job")).to.equal("pässword");
    expect(new Seal("other").open(sealed, "job")).to.equal("");
    expect(seal.open(sealed, "another")).to.equal("");
    expect(seal.open(sealed.slice(0, -8), "job")).to.equal("");
  });
  it("never reads the same, and is nothing for none", () => {
    expect(seal.seal("a", "job")).to.not.equal(seal.seal("a", "job"));
    expect([seal.seal("", "job"), seal.open("", "job")]).to.deep.equal(["", ""]);
  });
});
