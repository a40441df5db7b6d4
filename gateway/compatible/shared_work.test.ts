import { expect } from "chai";
import { SharedWork } from "./shared_work.ts";

const HERE = new AbortController().signal;
const GONE = AbortSignal.abort();

describe("work that is shared", () => {
  it("is done once for all who ask while it goes on, and again for who asks after", async () => {
    const shared = new SharedWork<number>();
    let done = 0;
    const work = async () => ++done;
    expect(await Promise.all([shared.share("a", work, HERE), shared.share("a", work, HERE), shared.share("b", work, HERE)])).to.deep.equal([
      1, 1, 2,
    ]);
    expect(await shared.share("a", work, HERE)).to.equal(3);
    expect(shared.size).to.equal(0);
  });
  it("is kept where nobody was there to be given it, for who asks again", async () => {
    const shared = new SharedWork<number>();
    let done = 0;
    await shared.share("a", async () => ++done, GONE);
    expect(await shared.share("a", async () => ++done, HERE)).to.equal(1);
    expect(await shared.share("a", async () => ++done, HERE)).to.equal(2);
  });
  it("is forgotten after a while, and when there is too much of it", async () => {
    const shared = new SharedWork<string>(1);
    await shared.share("a", async () => "done", GONE);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(shared.size).to.equal(0);
    const crowd = new SharedWork<number>();
    const slow = Promise.withResolvers<number>();
    const awaited = crowd.share("slow", () => slow.promise, HERE);
    for (let index = 0; index < 300; index++) await crowd.share(String(index), async () => index, GONE);
    expect(crowd.size).to.equal(51);
    slow.resolve(1);
    expect(await awaited).to.equal(1);
    expect(crowd.size).to.be.at.most(50);
  });
  it("that fails is forgotten at once, and fails for all", async () => {
    const shared = new SharedWork<string>();
    const failing = () => Promise.reject(new Error("no"));
    const outcomes = await Promise.allSettled([shared.share("a", failing, GONE), shared.share("a", failing, HERE)]);
    expect(outcomes.map(({ status }) => status)).to.deep.equal(["rejected", "rejected"]);
    expect(await shared.share("a", async () => "done", HERE)).to.equal("done");
  });
});
