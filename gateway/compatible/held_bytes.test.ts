import { expect } from "chai";
import { HeldBytes } from "./held_bytes.ts";

describe("memory for what comes before its key", () => {
  it("is bounded for all requests together, and free again when they are over", () => {
    const held = new HeldBytes(100);
    const [first, second] = [held.hold(), held.hold()];
    first.take(60);
    expect(() => second.take(60)).to.throw("Too much came at once");
    second.take(40);
    first[Symbol.dispose]();
    first[Symbol.dispose]();
    second.take(60);
    expect(() => second.take(1)).to.throw("Too much came at once");
  });
  it("is not taken for a request that was given up", () => {
    const held = new HeldBytes(100);
    const gone = held.hold();
    gone[Symbol.dispose]();
    expect(() => gone.take(1)).to.throw("given up");
    held.hold().take(100);
  });
});
