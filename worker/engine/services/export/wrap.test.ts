import { expect } from "chai";
import { wrap } from "./wrap.ts";

/** Signs are one wide, but the sign of no width. */
const measure = (text: string) => text.replaceAll("\u200b", "").length;

describe("lines", () => {
  it("end at spaces, and within a word only where it is wider than a line", () => {
    expect([...wrap("one two threefourfive six", measure, 8)]).to.deep.equal(["one two", "threefou", "rfive", "six"]);
  });
  it("keep every sign of a text without spaces", () => {
    const text = "abcdefghij".repeat(50);
    expect([...wrap(text, measure, 7)].join("")).to.equal(text);
  });
  it("are short even where no sign takes room, and no font is asked about more", () => {
    let longest = 0;
    const asked = (part: string) => {
      longest = Math.max(longest, part.length);
      return measure(part);
    };
    const text = "\u200b".repeat(5_000);
    const lines = [...wrap(text, asked, 80)];
    expect(lines.join("")).to.equal(text);
    expect(Math.max(...lines.map((line) => line.length))).to.be.at.most(1_000);
    expect(longest).to.be.at.most(1_000);
  });
  for (const [what, text] of [
    ["letters without a space", "a".repeat(20_000)],
    ["signs of no width and spaces", "\u200b ".repeat(10_000)],
  ] as const) {
    it(`cost no more than the ${what} are long`, () => {
      let measured = 0;
      const counting = (part: string) => {
        measured += part.length;
        return measure(part);
      };
      expect([...wrap(text, counting, 80)].join("").replaceAll(" ", "")).to.equal(text.replaceAll(" ", ""));
      expect(measured).to.be.at.most(2 * text.length);
    });
  }
});
