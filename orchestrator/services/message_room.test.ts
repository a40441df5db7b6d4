import { expect } from "chai";
import { withinMessage } from "./message_room.ts";

describe("a page that is one message", () => {
  it("has the first of what there is, as far as it fits, and at least one", () => {
    const items = ["a", "bb", "ccc"].map((text) => ({ text: text.repeat(100) }));
    expect(withinMessage(items)).to.equal(items);
    expect(withinMessage(items, 400)).to.deep.equal(items.slice(0, 2));
    expect(withinMessage(items, 50)).to.deep.equal(items.slice(0, 1));
    expect(withinMessage([], 50)).to.deep.equal([]);
  });
});
