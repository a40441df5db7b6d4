import { expect } from "chai";
import fc from "fast-check";
import { bandsOf, LEAST_SIMILARITY, similarity } from "./near.ts";

const words = fc.array(fc.stringMatching(/^[a-zà-ü]{2,9}$/), { minLength: 9, maxLength: 30 }).map((all) => all.join(" "));
const shared = (one: string, other: string) => bandsOf(one, "en es").filter((band) => bandsOf(other, "en es").includes(band)).length;

describe("near texts", () => {
  it("share all bands with the same text, capitals aside, and none of another pair of languages", () => {
    const text = "The pump must be switched off before it is opened.";
    expect(shared(text, text.toUpperCase())).to.equal(8);
    expect(bandsOf(text, "en de").filter((band) => bandsOf(text, "en es").includes(band))).to.deep.equal([]);
  });
  it("are found where every tenth word was replaced, and far ones are not", () => {
    const pairs = fc.sample(fc.tuple(words, words), { numRuns: 200, seed: 17 });
    const edited = (text: string) =>
      text
        .split(" ")
        .map((word, index) => (index % 10 === 4 ? "changed" : word))
        .join(" ");
    const near = pairs.filter(([text]) => similarity(text, edited(text)) >= LEAST_SIMILARITY);
    expect(near.length).to.be.above(100);
    const found = near.filter(([text]) => shared(text, edited(text)) > 0);
    expect(found.length / near.length).to.be.above(0.93);
    expect(pairs.filter(([text, other]) => shared(text, other) > 0).length / pairs.length).to.be.below(0.05);
  });
  it("have no bands where they are too short or too long to be told apart in time", () => {
    expect([bandsOf("Yes.", ""), bandsOf("x".repeat(1001), ""), bandsOf("", "")]).to.deep.equal([[], [], []]);
    expect(bandsOf("Figure 12 of 3", "")).to.have.length(8);
  });
  it("have a similarity of 1 with themselves alone, the same both ways", () => {
    fc.assert(
      fc.property(words, words, (one, other) => {
        expect(similarity(one, one)).to.equal(1);
        expect(similarity(one, other)).to.equal(similarity(other, one));
        if (one !== other) expect(similarity(one, other)).to.be.below(1);
      }),
      { numRuns: 100 },
    );
    expect(similarity("Press the red button.", "Press the ted button.")).to.be.closeTo(20 / 21, 1e-9);
    expect([similarity("", ""), similarity("a", "")]).to.deep.equal([0, 0]);
  });
});
