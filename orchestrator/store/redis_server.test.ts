import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { openLog } from "../../platform/log.ts";
import { ServerClock } from "./redis_server.ts";

const HOUR = 3600_000;

describe("the clock of a Redis server", () => {
  let aheadMs: number;
  let answerMs: number;
  let clock: ServerClock;
  beforeEach(async () => {
    [aheadMs, answerMs] = [HOUR, 0];
    const time = async (): Promise<[number, number]> => {
      const now = Date.now() + aheadMs;
      await sleep(answerMs);
      return [Math.floor(now / 1000), (now % 1000) * 1000];
    };
    clock = new ServerClock({ time: time as never }, openLog("test", "silent"));
    await clock.adjust();
  });
  afterEach(() => clock.stop());

  it("is the server's, not this machine's", () => {
    expect(clock.now() - Date.now()).to.be.closeTo(HOUR, 1_000);
  });
  it("follows the server's when that is set", async () => {
    aheadMs = 0;
    await clock.adjust();
    expect(clock.now() - Date.now()).to.be.closeTo(0, 1_000);
  });
  it("is not put out by an answer that was long on its way", async () => {
    [aheadMs, answerMs] = [0, 600];
    await clock.adjust();
    expect(clock.now() - Date.now()).to.be.closeTo(HOUR, 1_000);
  });
});
