import { execFileSync, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { link, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { openLog } from "../../platform/log.ts";
import { attackIn, makeFiles } from "../../test/support/attack.ts";
import { scratch } from "../../test/support/documents.ts";
import { descendants, eventually } from "../../test/support/service.ts";
import { standIn } from "../../test/support/stand_in.ts";
import { apertium } from "../translators/apertium/apertium.ts";
import { EngineChild } from "./child.ts";
import { confine, handOver, start } from "./confinement.ts";
import { asChildMessage } from "./messages.ts";
import { openOutput } from "./outputs.ts";
import { groupUsage } from "./usage.ts";

const LIMITS = { memoryBytes: 256 * 1024 ** 2, runMs: 60_000 };
const IDLE = "setInterval(() => 0, 1000)";

/** Those that have `mark` in their command line, wherever they run, by what was started. */
async function processesOf(mark: string): Promise<{ readonly pid: number; readonly program: string }[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")));
  const found = pids.map((pid, index) => ({ pid: Number(pid), line: lines[index] ?? "" })).filter(({ line }) => line.includes(mark));
  return found.map(({ pid, line }) => ({ pid, program: path.basename(line.split("\0")[0] ?? "") }));
}

describe("a document's processes", () => {
  it("die with their supervisor", async () => {
    await using folder = await scratch();
    const mark = randomUUID();
    const supervise = `
      import { confine, handOver, start } from ${JSON.stringify(new URL("./confinement.ts", import.meta.url).href)};
      const [folder, files, limits] = ${JSON.stringify([folder.path, await makeFiles(folder.path), LIMITS])};
      const launch = (await confine(folder)).launch(files, limits);
      await handOver(files, launch);
      start(launch, files, ["-e", process.argv[2], process.argv[3]]);`;
    const program = await folder.file("supervisor.ts", Buffer.from(supervise));
    const supervisor = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", program, IDLE, mark], { stdio: "ignore" });
    const others = async () => (await processesOf(mark)).filter(({ pid }) => pid !== supervisor.pid);
    // What walls it off binds its life to its parent's only once it runs; the document's own program comes last.
    await eventually(async () => (await others()).some(({ program }) => program === "node"));
    supervisor.kill("SIGKILL");
    await once(supervisor, "exit");
    await eventually(async () => (await others()).length === 0);
  });

  it("all end when their group is killed, those too that left it", async function () {
    await using folder = await scratch();
    const confinement = await confine(folder.path);
    if (!confinement.layers.has("pid")) {
      console.log("      This machine gives a document no processes of its own, so one that leaves the group is not found.");
      this.skip();
    }
    const files = await makeFiles(folder.path);
    const launch = confinement.launch(files, LIMITS);
    await handOver(files, launch);
    const mark = randomUUID();
    const leave = `process.getBuiltinModule("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(IDLE)}, ${JSON.stringify(mark)}], { detached: true, stdio: "ignore" }); ${IDLE}`;
    const { process: child } = start(launch, files, ["-e", leave]);
    const left = async () => {
      for (const { pid } of await processesOf(mark)) {
        const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
        if (stat && Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[2]) !== child.pid) return true;
      }
      return false;
    };
    await eventually(left);
    process.kill(-(child.pid ?? 0), "SIGKILL");
    await eventually(async () => (await processesOf(mark)).length === 0);
  });

  it("count as long as they descend from the first, in its group or not", async () => {
    const child = spawn("sh", ["-c", `setsid "$0" -e 'const held = Buffer.alloc(200e6, 1); ${IDLE}' & wait`, process.execPath], {
      detached: true,
      stdio: "ignore",
    });
    try {
      await eventually(async () => (await groupUsage(child.pid ?? 0)).memoryBytes > 200e6);
    } finally {
      const pid = child.pid ?? 0;
      for (const each of [pid, ...(await descendants(pid))]) process.kill(each, "SIGKILL");
    }
  });
});

describe("an engine's process", () => {
  it("has nothing of Node's own channel, whose messages have any length", async () => {
    await using folder = await scratch();
    const attack = attackIn(await confine(folder.path), folder.path);
    const seen = await attack(() => ({ send: typeof process.send, environment: Object.keys(process.env) }), undefined);
    expect(seen.send).to.equal("undefined");
    expect(seen.environment).to.include("TMPDIR").and.not.include("NODE_CHANNEL_FD");
  });
});

describe("an engine's heap", () => {
  const listener = { progress: () => undefined, spans: () => undefined };
  const limits = { memoryBytes: 600 * 1024 ** 2, runMs: 60_000, silenceMs: 60_000, stepCpuMs: 60_000 };
  /** Runs a program in place of the engine. */
  const run = async (program: string) => {
    await using folder = await scratch();
    const confinement = await standIn(folder.path, `${program}\nsay({ kind: "ready" });`);
    const file = await folder.file("x.txt", Buffer.from("words"));
    const parts = { folder: path.join(folder.path, "own"), limits, confinement, log: openLog("test", "silent") };
    await using child = await EngineChild.start(parts);
    const request = { file, fileName: "x.txt", sourceLanguage: "", targetLanguage: "es" };
    await using translator = apertium();
    return await child.run(request, { runMs: limits.runMs, listener, translator }, new AbortController().signal);
  };

  it("has all the memory that the document may use, however little the machine has", async () => {
    const tell = `hear = () => say({ kind: "done", result: { ledger: { bytes: limit }, outputs: [] } });`;
    const { ledger } = await run(`import v8 from "node:v8"; const limit = v8.getHeapStatistics().heap_size_limit; ${tell}`);
    expect((ledger as unknown as { bytes: number }).bytes).to.be.within(limits.memoryBytes, limits.memoryBytes + 300 * 1024 ** 2);
  });
  it("does not come to be where the program does not start, and no document is blamed", async () => {
    const error = await run("throw new Error('a package is missing');").catch((thrown: unknown) => thrown);
    expect(error).to.include({ code: "ENGINE_NOT_STARTED" });
  });
  it("that is full is the document's memory at its limit, not a crash", async () => {
    const fill = "const all = []; for (;;) all.push(new Array(1000).fill(all.length))";
    const error = await run(`
      import { spawnSync } from "node:child_process";
      const stdio = ["ignore", "ignore", "inherit"];
      hear = () =>
        process.kill(process.pid, spawnSync(process.execPath, ["--max-old-space-size=32", "-e", "${fill}"], { stdio }).signal);
    `).catch((thrown: unknown) => thrown);
    expect(error).to.include({ code: "MEMORY_LIMIT" });
  });
});

describe("an engine that shows a page", () => {
  const show = async (program: string, runMs: number) => {
    await using folder = await scratch();
    const confinement = await standIn(folder.path, `hear = () => { ${program} };\nsay({ kind: "ready" });`);
    const file = await folder.file("x.txt", Buffer.from("words"));
    const limits = { memoryBytes: 600 * 1024 ** 2, runMs: 60_000, silenceMs: 60_000, stepCpuMs: 60_000 };
    const parts = { folder: path.join(folder.path, "own"), limits, confinement, log: openLog("test", "silent") };
    await using child = await EngineChild.start(parts);
    const error = await child.show({ file, fileName: "x.txt", page: 1 }, { runMs, cpuMs: 400 }, new AbortController().signal).then(
      () => expect.fail("It was shown."),
      (thrown: { code: string }) => thrown,
    );
    return error.code;
  };

  it("is told apart by its processor time from one on a busy machine", async () => {
    expect(await show("for (;;);", 60_000)).to.equal("DOCUMENT_TOO_COMPLEX");
    expect(await show("setInterval(() => 0, 1000);", 500)).to.equal("TIME_LIMIT");
  });
});

describe("what a document's processes wrote", () => {
  const cases: readonly [name: string, make: (folder: string, secret: string) => Promise<unknown>][] = [
    ["a link to another's file", (folder, secret) => symlink(secret, path.join(folder, "x"))],
    ["a second name of another's file", (folder, secret) => link(secret, path.join(folder, "x"))],
    ["a pipe", async (folder) => execFileSync("mkfifo", [path.join(folder, "x")])],
    ["a folder", (folder) => mkdir(path.join(folder, "x"))],
    ["nothing", async () => undefined],
  ];
  for (const [name, make] of cases)
    it(`is refused if it is ${name}`, async () => {
      await using folder = await scratch();
      const secret = await folder.file("secret", Buffer.from("dgm_secret"));
      const output = path.join(folder.path, "output");
      await mkdir(output);
      await make(output, secret);
      const error = await openOutput(output, "x").catch((thrown: { code?: string }) => thrown);
      expect(error).to.include({ code: "ENGINE_CRASHED" });
    });
  it("is read if it is a file", async () => {
    await using folder = await scratch();
    await writeFile(path.join(folder.path, "x"), "translated");
    await using file = await openOutput(folder.path, "x");
    expect(await file.readFile("utf8")).to.equal("translated");
  });
});

describe("what a document's processes say", () => {
  const output = { format: "PDF", page: 0, mediaType: "application/pdf", fileName: "translation.pdf" };
  const done = (change: object) => ({ kind: "done", result: { ledger: {}, outputs: [{ ...output, ...change }] } });
  const span = { name: "open page", page: 1, startMs: 1.5, endMs: 2.5, failed: false };
  const asked = {
    kind: "translate",
    id: 1,
    pair: { source: "en", target: "es" },
    batch: [{ text: "ab", tags: [{ id: 1, at: 2, kind: "atom" }] }],
  };
  const tagged = (change: object) => ({ ...asked, batch: [{ ...asked.batch[0], ...change }] });
  const progress = { stage: "EXPORTING", percent: 90, pagesDone: 1, pagesTotal: 2 };
  const said: readonly [name: string, message: unknown, taken: boolean][] = [
    ["an engine's result", done({}), true],
    ["an engine's progress", { kind: "progress", progress }, true],
    ["that an engine is ready", { kind: "ready" }, true],
    ["nothing", null, false],
    ["a kind that there is not", { kind: "constructor" }, false],
    ["progress without any", { kind: "progress" }, false],
    ["a percent that is no number", { kind: "progress", progress: { ...progress, percent: "90" } }, false],
    ["a stage of its own", { kind: "progress", progress: { ...progress, stage: "toString" } }, false],
    ["a file outside its folder", done({ fileName: "../../api-key" }), false],
    ["a hidden name", done({ fileName: ".." }), false],
    ["more files than any document has", { kind: "done", result: { ledger: {}, outputs: Array(10_001).fill(output) } }, false],
    ["a format of its own", done({ format: "__proto__" }), false],
    ["a time that is none", { kind: "spans", spans: [{ name: "x", page: 0, startMs: null, endMs: 1, failed: false }] }, false],
    ["an engine's time", { kind: "spans", spans: [span] }, true],
    ["a time that no message can hold", { kind: "spans", spans: [{ ...span, endMs: 1e300 }] }, false],
    ["an end before its beginning", { kind: "spans", spans: [{ ...span, endMs: 1 }] }, false],
    ["an engine's question", asked, true],
    ["a question without an id", { ...asked, id: -1 }, false],
    ["a question in no language", { ...asked, pair: { source: "en", target: "es; reboot" } }, false],
    ["a question without a pair", { ...asked, pair: null }, false],
    ["a question about nothing", { ...asked, batch: [] }, false],
    ["a question about more texts than an engine asks for", { ...asked, batch: Array(65).fill(asked.batch[0]) }, false],
    ["a question about a longer text than an engine has", tagged({ text: "x".repeat(50_001) }), false],
    ["a question about texts that are long together", { ...asked, batch: Array(20).fill({ text: "x".repeat(4_000), tags: [] }) }, false],
    ["a question about no text", tagged({ text: 7 }), false],
    ["a tag of its own", tagged({ tags: [{ id: 1, at: 0, kind: "__proto__" }] }), false],
    ["a tag beyond its text", tagged({ tags: [{ id: 1, at: 3, kind: "atom" }] }), false],
    ["tags that are no list", tagged({ tags: { length: 1 } }), false],
    ["more tags than any text has", tagged({ tags: Array(20_001).fill({ id: 1, at: 0, kind: "atom" }) }), false],
    ["a revision", { kind: "revised", result: { ...done({}).result, kept: "pages.jsonl.gz", corrected: 2 } }, true],
    ["a revision of no number of segments", { kind: "revised", result: { ...done({}).result, corrected: -1 } }, false],
    ["pages that are kept outside its folder", { kind: "done", result: { ...done({}).result, kept: "../kept" } }, false],
    ["what it learnt", { kind: "learnt", pair: asked.pair, units: [{ unit: asked.batch[0], target: asked.batch[0] }] }, true],
    ["what it learnt of nothing", { kind: "learnt", pair: asked.pair, units: [] }, false],
    ["what it learnt without a text", { kind: "learnt", pair: asked.pair, units: [{ unit: asked.batch[0] }] }, false],
    ["what it learnt in no language", { kind: "learnt", pair: {}, units: [{ unit: asked.batch[0], target: asked.batch[0] }] }, false],
    ["an error without words", { kind: "failed", code: "ENGINE_CRASHED", message: 7, stage: "", page: 0 }, false],
  ];
  for (const [name, message, taken] of said)
    it(`is ${taken ? "taken" : "refused"} if it is ${name}`, () => {
      expect(asChildMessage(message) !== undefined).to.equal(taken);
    });
});
