import { setImmediate as turn } from "node:timers/promises";
import { expect } from "chai";
import { openLog } from "../log.ts";
import { FreshMap } from "./fresh_map.ts";
import { KeyedQueue } from "./keyed_queue.ts";
import { LatestMap } from "./latest_map.ts";
import { Loop } from "./loop.ts";
import { Semaphore } from "./semaphore.ts";

describe("a semaphore", () => {
  const never = new AbortController().signal;
  /** Waits for a slot, and notes under `name` that it has one. */
  function wait(semaphore: Semaphore, name: string, got: string[], signal = never): Promise<Disposable> {
    const slot = semaphore.take(signal);
    slot.then(
      () => got.push(name),
      () => got.push(`not ${name}`),
    );
    return slot;
  }

  it("lets as many in as it has slots, and the others in the order they came", async () => {
    const semaphore = new Semaphore(1);
    const got: string[] = [];
    const first = await wait(semaphore, "a", got);
    const second = wait(semaphore, "b", got);
    void wait(semaphore, "c", got);
    await turn();
    expect(got).to.deep.equal(["a"]);
    first[Symbol.dispose]();
    (await second)[Symbol.dispose]();
    await turn();
    expect(got).to.deep.equal(["a", "b", "c"]);
  });
  it("gives no slot to whoever stopped waiting, and loses none by it", async () => {
    const semaphore = new Semaphore(1);
    const got: string[] = [];
    const first = await wait(semaphore, "a", got);
    const stop = new AbortController();
    const stopped = wait(semaphore, "b", got, stop.signal).catch(() => undefined);
    stop.abort();
    await stopped;
    first[Symbol.dispose]();
    await wait(semaphore, "c", got);
    expect(got).to.deep.equal(["a", "not b", "c"]);
  });
  it("frees a slot once, however often it is given back", async () => {
    const semaphore = new Semaphore(1);
    const got: string[] = [];
    const first = await wait(semaphore, "a", got);
    first[Symbol.dispose]();
    first[Symbol.dispose]();
    await wait(semaphore, "b", got);
    void wait(semaphore, "c", got);
    await turn();
    expect(got).to.deep.equal(["a", "b"]);
  });
});

describe("a keyed queue", () => {
  it("does the work of one key in turn, and of others beside it", async () => {
    const queue = new KeyedQueue(10);
    const steps: string[] = [];
    const gate = Promise.withResolvers<void>();
    const work = (name: string, until: Promise<void>) => async () => {
      steps.push(`${name} begins`);
      await until;
      steps.push(`${name} ends`);
    };
    await queue.add("a", work("a1", gate.promise));
    await queue.add("a", work("a2", Promise.resolve()));
    await queue.add("b", work("b", Promise.resolve()));
    await turn();
    expect(steps).to.deep.equal(["a1 begins", "b begins", "b ends"]);
    gate.resolve();
    await queue.finish();
    expect(steps.slice(3)).to.deep.equal(["a1 ends", "a2 begins", "a2 ends"]);
  });
  it("takes no more while as much as it may is under way", async () => {
    const queue = new KeyedQueue(2);
    const gate = Promise.withResolvers<void>();
    await queue.add("a", () => gate.promise);
    let taken = false;
    const second = queue
      .add("b", () => gate.promise)
      .then(() => {
        taken = true;
      });
    await turn();
    expect(taken).to.equal(false);
    gate.resolve();
    await second;
    await queue.finish();
  });
});

describe("a map of the latest", () => {
  it("forgets what was set longest ago, and keeps what was set again", () => {
    const map = new LatestMap<string, number>(2);
    for (const [key, value] of [
      ["a", 1],
      ["b", 2],
      ["a", 3],
      ["c", 4],
    ] as const)
      map.set(key, value);
    expect([map.get("a"), map.get("b"), map.get("c"), map.size]).to.deep.equal([3, undefined, 4, 2]);
    map.delete("a");
    expect([map.get("a"), map.size]).to.deep.equal([undefined, 1]);
  });
});

describe("a loop", () => {
  const log = openLog("test", "silent");
  const LONG_MS = 3600_000;

  it("runs its step once more when it is kicked while the step runs", async () => {
    let runs = 0;
    const gate = Promise.withResolvers<void>();
    await using loop = new Loop(
      "test",
      LONG_MS,
      async () => {
        runs++;
        await gate.promise;
      },
      log,
    );
    loop.kick();
    loop.kick();
    loop.kick();
    expect(runs).to.equal(1);
    gate.resolve();
    await turn();
    await turn();
    expect(runs).to.equal(2);
  });
  it("lets others go before its next step, though none of its steps waits for anything", async () => {
    let runs = 0;
    await using loop = new Loop(
      "test",
      LONG_MS,
      async () => {
        await null;
        if (++runs < 50) loop.kick();
      },
      log,
    );
    loop.kick();
    await turn();
    expect(runs).to.be.within(1, 3);
  });
  it("is not hurried while its step fails, and goes on after it", async () => {
    let runs = 0;
    await using loop = new Loop(
      "test",
      LONG_MS,
      async () => {
        runs++;
        throw new Error("away");
      },
      log,
    );
    loop.kick();
    await turn();
    loop.kick();
    await turn();
    expect(runs).to.equal(1);
  });
  it("waits for its step when it is closed, and runs no more", async () => {
    let ended = false;
    let runs = 0;
    const loop = new Loop(
      "test",
      LONG_MS,
      async () => {
        runs++;
        await turn();
        ended = true;
      },
      log,
    );
    loop.kick();
    await loop[Symbol.asyncDispose]();
    loop.kick();
    expect([ended, runs]).to.deep.equal([true, 1]);
  });
});

describe("what is remembered while it is fresh", () => {
  const NEVER_OLD = 60_000;
  it("is asked for once by all who come meanwhile, and again when it was forgotten or is old", async () => {
    let asked = 0;
    const fresh = new FreshMap(async (key: string) => `${key}${++asked}`, { freshMs: NEVER_OLD, most: 9 });
    expect(await Promise.all([fresh.get("a"), fresh.get("a"), fresh.get("b")])).to.deep.equal(["a1", "a1", "b2"]);
    expect(await fresh.get("a")).to.equal("a1");
    fresh.forget("a");
    expect(await fresh.get("a")).to.equal("a3");
    const old = new FreshMap(async () => ++asked, { freshMs: 0, most: 9 });
    expect([await old.get("a"), await old.get("a")]).to.deep.equal([4, 5]);
  });
  it("is no failure, but one that is kept", async () => {
    let asked = 0;
    const refuse = async () => {
      throw new Error(String(++asked));
    };
    const said = (fresh: FreshMap<string, never>) => fresh.get("a").catch(({ message }: Error) => message);
    const forgotten = new FreshMap<string, never>(refuse, { freshMs: NEVER_OLD, most: 9 });
    expect([await said(forgotten), await said(forgotten)]).to.deep.equal(["1", "2"]);
    const kept = new FreshMap<string, never>(refuse, { freshMs: NEVER_OLD, most: 9, keeps: () => true });
    expect([await said(kept), await said(kept)]).to.deep.equal(["3", "3"]);
  });
  it("stays when an older reading fails late", async () => {
    const readings: PromiseWithResolvers<string>[] = [];
    const fresh = new FreshMap(
      () => {
        const reading = Promise.withResolvers<string>();
        readings.push(reading);
        return reading.promise;
      },
      { freshMs: NEVER_OLD, most: 9 },
    );
    const late = fresh.get("a").catch(() => "failed");
    fresh.forget("a");
    const newer = fresh.get("a");
    readings[0]?.reject(new Error("late"));
    expect(await late).to.equal("failed");
    readings[1]?.resolve("new");
    expect([await newer, await fresh.get("a"), readings.length]).to.deep.equal(["new", "new", 2]);
  });
});
