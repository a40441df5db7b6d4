import { expect } from "chai";
import { looksOf, type Measured } from "./looks.ts";

describe("the sizes of a page's leaves", () => {
  const body = leaf("body", 60, 10);
  it("are one where a few letters were measured a little smaller", () => {
    const looks = looksOf([body, leaf("word", 5, 7.9)], 1);
    expect(looks.get("word")?.size).to.equal(looks.get("body")?.size);
  });
  it("stay apart where enough letters say so, or the difference is plain to see", () => {
    const looks = looksOf([body, leaf("caption", 40, 8), leaf("number", 2, 5)], 1);
    const [size = 0, caption = 0, number = 0] = ["body", "caption", "number"].map((id) => looks.get(id)?.size);
    expect(caption / size).to.be.closeTo(0.8, 0.02);
    expect(number / size).to.be.closeTo(0.5, 0.02);
  });
});

/** Of lower case letters so many pixels high. */
function leaf(id: string, letters: number, height: number): Measured {
  const line = {
    height,
    stem: height * 0.2,
    hair: height * 0.1,
    color: [20, 20, 20],
    ground: [255, 255, 255],
    weight: letters * 50,
  } as const;
  return { id, lines: [line], look: {}, capitals: false, letters };
}
