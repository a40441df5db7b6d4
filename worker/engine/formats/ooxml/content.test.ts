import { expect } from "chai";
import { plainText } from "../../document/model.ts";
import { contentOf } from "./content.ts";
import type { RunProperties, Token } from "./tokens.ts";

const run: RunProperties = { key: "", range: undefined, style: {}, showsSpaces: false };

/** Text, a picture, then marks that no reader sees, and text. */
function tokens(marks: number): Token[] {
  let at = 0;
  const facts = () => {
    const range = [at++, at] as const;
    return { kept: [{ range }], whole: range };
  };
  return [
    { kind: "text", text: "Before ", run, ...facts() },
    { kind: "atom", as: "image", text: "", ...facts() },
    { kind: "open", ...facts() },
    ...Array.from({ length: marks }, (): Token => ({ kind: "point", ...facts() })),
    { kind: "close", ...facts() },
    ...Array.from({ length: marks }, (): Token => ({ kind: "point", ...facts() })),
    { kind: "text", text: "behind.", run, ...facts() },
  ];
}

describe("the content of a paragraph of Office", () => {
  it("is had in time that grows with the paragraph, however many marks it has", function () {
    this.timeout(5_000);
    const found = contentOf(tokens(200_000), { part: "a", dialect: "word", prefix: "w:" });
    expect(plainText(found?.content ?? [])).to.equal("Before behind.");
    expect(found?.place.nodes[0]?.after).to.have.length(400_002);
  });
});
