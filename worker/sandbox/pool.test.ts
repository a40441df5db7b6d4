import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { openLog } from "../../platform/log.ts";
import { scratch } from "../../test/support/documents.ts";
import { eventually } from "../../test/support/service.ts";
import { standIn } from "../../test/support/stand_in.ts";
import { apertium } from "../translators/apertium/apertium.ts";
import { type Confinement, confine } from "./confinement.ts";
import { ChildPool } from "./pool.ts";

const LIMITS = { memoryBytes: 2 * 1024 ** 3, runMs: 60_000, silenceMs: 60_000, stepCpuMs: 60_000 };
const never = new AbortController().signal;
const listener = { progress: () => undefined, spans: () => undefined };

/** Does what its document is called: to see what becomes of a child that does so. */
const ENGINE = `
import { rmSync, writeFileSync, writeSync } from "node:fs";
const files = new Set();
hear = ({ kind, request }) => {
  if (kind === "clear") {
    for (const file of files) rmSync(file);
    say({ kind: "cleared" });
    return;
  }
  const file = request.folder + "/x.txt";
  writeFileSync(file, "translated");
  if (request.fileName !== "left") files.add(file);
  if (request.fileName === "crash") process.exit(3);
  if (request.fileName === "hang") return;
  if (request.fileName === "fail") say({ kind: "failed", code: "NO_CONTENT", message: "", stage: "", page: 0 });
  else if (request.fileName === "flood") flood();
  else say({ kind: "done", result: { ledger: { pid: process.pid }, outputs: [] } });
  if (request.fileName === "end") setTimeout(() => process.exit(0), 100);
};
function flood() {
  for (let left = 64 * 1024 ** 2; left > 0; )
    try {
      left -= writeSync(3, Buffer.alloc(65_536, "x"));
    } catch (error) {
      if (error.code !== "EAGAIN") return;
    }
}
say({ kind: "ready" });`;

async function openPool(size: number, given?: Confinement) {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await scratch());
  const confinement = given ?? (await standIn(folder.path, ENGINE));
  const children = path.join(folder.path, "children");
  const pool = stack.use(
    new ChildPool({
      confinement,
      limits: LIMITS,
      folder: children,
      size,
      log: openLog("test", "silent"),
      maxDocuments: 4,
    }),
  );
  const translator = stack.use(apertium());
  const owned = stack.move();
  return {
    pool,
    translator,
    children: () => readdir(children).catch((): string[] => []),
    /** Which process read it; of what was thrown, the code. */
    async run(tenant: string, fileName = "x.txt", stopAfterMs?: number): Promise<unknown> {
      const file = await folder.file(`${tenant}-${fileName}-${Math.random()}`, Buffer.from("The garden is open today."));
      await using child = await pool.borrow(tenant, never);
      const signal = stopAfterMs === undefined ? never : AbortSignal.timeout(stopAfterMs);
      const request = { file, fileName, sourceLanguage: "en", targetLanguage: "es" };
      return await child.run(request, { runMs: LIMITS.runMs, listener, translator }, signal).then(
        ({ ledger }) => (ledger as unknown as { pid: number }).pid,
        (error: { code: string }) => error.code,
      );
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

describe("children that wait for documents", () => {
  it("read one document after another of one tenant, and none of another's", async () => {
    // One for each tenant: with fewer, which one makes room depends on which was ready first.
    await using given = await openPool(3);
    given.pool.prepare();
    const mine = [await given.run("a"), await given.run("a"), await given.run("a")];
    const others = [await given.run("b"), await given.run("c"), await given.run("b")];
    expect(mine).to.deep.equal([mine[0], mine[0], mine[0]]);
    expect(new Set([mine[0], ...others.slice(0, 2)]).size).to.equal(3);
    expect(others[2]).to.equal(others[0]);
  });

  it("of a tenant that is not known read one document each", async () => {
    await using given = await openPool(2);
    expect(await given.run("")).to.not.equal(await given.run(""));
  });

  for (const [what, fileName, code] of [
    ["fails", "fail", "NO_CONTENT"],
    ["crashes", "crash", "ENGINE_CRASHED"],
  ] as const)
    it(`are replaced after a document that ${what}`, async () => {
      await using given = await openPool(1);
      const first = await given.run("a");
      expect(await given.run("a", fileName)).to.equal(code);
      expect(await given.run("a"))
        .to.be.a("number")
        .that.does.not.equal(first);
    });

  it("are replaced after a document that writes to the channel without an end, which takes none of their supervisor's memory", async () => {
    await using given = await openPool(1);
    const first = await given.run("a");
    const before = process.memoryUsage.rss();
    let most = before;
    const look = setInterval(() => {
      most = Math.max(most, process.memoryUsage.rss());
    }, 2);
    expect(await given.run("a", "flood")).to.equal("ENGINE_CRASHED");
    clearInterval(look);
    expect(most - before).to.be.below(100e6);
    expect(() => process.kill(Number(first), 0)).to.throw("ESRCH");
    expect(await given.run("a"))
      .to.be.a("number")
      .that.does.not.equal(first);
  });

  it("are replaced after a document that was stopped, which has ended when it is given back", async () => {
    await using given = await openPool(1);
    const first = await given.run("a");
    expect(await given.run("a", "hang", 200)).to.equal(DOMException.TIMEOUT_ERR);
    expect(() => process.kill(Number(first), 0)).to.throw("ESRCH");
    expect(await given.run("a")).to.not.equal(first);
  });

  it("are replaced if they left something of a document", async () => {
    await using given = await openPool(1);
    expect(await given.run("a", "left")).to.not.equal(await given.run("a"));
  });

  it("are replaced if they end while they wait", async () => {
    await using given = await openPool(1);
    const first = await given.run("a", "end");
    await eventually(async () => (await given.children()).length === 0 || !(await given.children()).includes("child-1"));
    expect(await given.run("a"))
      .to.be.a("number")
      .that.does.not.equal(first);
  });

  it("read so many documents and no more", async () => {
    await using given = await openPool(1);
    const read = new Map<unknown, number>();
    for (let index = 0; index <= 4; index++) {
      const pid = await given.run("a");
      read.set(pid, (read.get(pid) ?? 0) + 1);
    }
    expect([...read.values()]).to.deep.equal([4, 1]);
  });

  it("are as many as were asked for, started ahead, and leave nothing when all end", async () => {
    await using given = await openPool(2);
    given.pool.prepare();
    await eventually(async () => (await given.children()).length === 2);
    await given.run("a");
    await given.pool[Symbol.asyncDispose]();
    expect(await given.children()).to.deep.equal([]);
  });

  it("find nothing of the last document when they read the next, behind walls", async () => {
    await using own = await scratch();
    const confinement = await confine(own.path);
    await using given = await openPool(1, confinement);
    const files: string[][] = [];
    for (const _ of [1, 2]) {
      const file = await own.file("document.txt", Buffer.from("The garden is open today."));
      await using child = await given.pool.borrow("a", never);
      files.push(await readdir(child.output));
      const request = { file, fileName: "document.txt", sourceLanguage: "en", targetLanguage: "es" };
      const { outputs } = await child.run(request, { runMs: LIMITS.runMs, listener, translator: given.translator }, never);
      const written = outputs.filter(({ mediaType }) => !mediaType.startsWith("image/")).map(({ fileName }) => fileName);
      expect(written).to.not.be.empty;
      expect(await readdir(child.output)).to.include.members(written);
      await rm(file, { force: true });
    }
    expect(files).to.deep.equal([[], []]);
    expect(await given.children()).to.deep.equal(["child-1"]);
  });
});
