import { expect } from "chai";
import { chrf } from "./chrf.ts";

describe("chrF", () => {
  it("is full for the same, and nothing for what has no letter in common", () => {
    expect(chrf(["The old door."], ["The old door."])).to.equal(100);
    expect(chrf(["abc"], ["xyz"])).to.equal(0);
  });
  it("is the mean of what n-grams there are: of one letter in two, and of no pair", () => {
    expect(chrf(["ab"], ["ac"])).to.be.closeTo(25, 1e-9);
  });
  it("counts recall for more than precision", () => {
    // Precision 1 and recall 1/2 of one letter: 5 · 0.5 / (4 + 0.5).
    expect(chrf(["a"], ["ab"])).to.be.closeTo((100 * 2.5) / 4.5, 1e-9);
  });
  it("looks at no white space", () => {
    expect(chrf(["a b c"], ["abc"])).to.equal(100);
  });
});
