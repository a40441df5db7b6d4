import { expect } from "chai";
import { openLog } from "../../platform/log.ts";
import { KeyUses } from "./key_uses.ts";

const MINUTE_MS = 60_000;

describe("uses of keys", () => {
  it("are written once a minute, and later where the store was away", async () => {
    let now = MINUTE_MS * 100;
    let isAway = false;
    const written: (readonly [string, number])[] = [];
    const store = {
      clock: { now: () => now },
      async noteUses(uses: ReadonlyMap<string, number>) {
        if (isAway) throw new Error("away");
        written.push(...uses);
      },
    };
    const start = now;
    await using uses = new KeyUses(store, openLog("test", "silent"));
    const settled = () => new Promise((resolve) => setImmediate(resolve));
    for (let call = 0; call < 1000; call++) uses.note("a");
    uses.note("b");
    await settled();
    now += MINUTE_MS - 1;
    uses.note("a");
    await settled();
    expect(written).to.deep.equal([
      ["a", start],
      ["b", start],
    ]);
    isAway = true;
    now += 1;
    uses.note("a");
    await settled();
    expect(written).to.have.length(2);
    isAway = false;
    await uses.write();
    expect(written[2]).to.deep.equal(["a", start + MINUTE_MS]);
  });
});
