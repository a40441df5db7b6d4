import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { openLog } from "../../platform/log.ts";
import { scratch } from "../../test/support/documents.ts";
import { standIn } from "../../test/support/stand_in.ts";
import { apertium } from "../translators/apertium/apertium.ts";
import { EngineChild } from "./child.ts";
import { Allowance } from "./pace.ts";

const MIB = 1024 ** 2;
const LIMITS = { memoryBytes: 1024 * MIB, runMs: 60_000, silenceMs: 60_000, stepCpuMs: 60_000 };
const PROGRESS = { kind: "progress", progress: { stage: "CONVERTING", percent: 1, pagesDone: 0, pagesTotal: 1 } };

/** Says `text` over `descriptor` without an end as soon as it is given a document, and writes down how many bytes of it were taken. */
const flood = (text: string, descriptor: number) => `
import { renameSync, writeFileSync, writeSync } from "node:fs";
hear = ({ request }) => {
  const [file, next] = ["/taken", "/next"].map((name) => request.folder + name);
  const line = Buffer.from(${JSON.stringify(text)} + "\\n");
  const many = Buffer.concat(new Array(Math.ceil(65_536 / line.length)).fill(line));
  let taken = 0;
  for (let told = 0; ; )
    try {
      taken += writeSync(${descriptor}, many, taken % many.length);
      if (taken - told < 262_144) continue;
      told = taken;
      writeFileSync(next, String(taken));
      renameSync(next, file);
    } catch (error) {
      if (error.code !== "EAGAIN") return;
    }
};
say({ kind: "ready" });`;

/** What is heard of such a child in so many seconds. */
async function listen(program: string, seconds: number) {
  await using folder = await scratch();
  const confinement = await standIn(folder.path, program);
  await using translator = apertium();
  const file = await folder.file("x.txt", Buffer.from("words"));
  const parts = { folder: path.join(folder.path, "own"), limits: LIMITS, confinement, log: openLog("test", "silent") };
  await using child = await EngineChild.start(parts);
  let heard = 0;
  const listener = { progress: () => heard++, spans: () => undefined };
  const request = { file, fileName: "x.txt", sourceLanguage: "", targetLanguage: "es" };
  const before = process.memoryUsage.rss();
  const error = await child.run(request, { runMs: LIMITS.runMs, listener, translator }, AbortSignal.timeout(seconds * 1000)).then(
    () => ({ code: "" }),
    (thrown: { code: unknown }) => thrown,
  );
  const taken = Number(await readFile(path.join(child.output, "taken"), "utf8"));
  return { heard, taken, grown: process.memoryUsage.rss() - before, code: error.code };
}

describe("what is read of a child", () => {
  it("is a burst, and then so much a second", () => {
    const allowance = new Allowance();
    expect(allowance.spend(8 * MIB, 0)).to.equal(0);
    expect(allowance.spend(MIB, 0)).to.equal(250);
    expect(allowance.spend(0, 250)).to.equal(0);
    expect(allowance.spend(3 * MIB, 750)).to.equal(250);
    expect(allowance.spend(8 * MIB, 10_000)).to.equal(0);
  });
  it("is little of one that says without an end how far it is", async () => {
    const { heard, taken, grown, code } = await listen(flood(JSON.stringify(PROGRESS), 3), 2);
    expect(code).to.equal(DOMException.TIMEOUT_ERR);
    // Sixteen MiB, of which each message takes one KiB and its own bytes; and what lay in the socket.
    expect(heard).to.be.within(1_000, 25_000);
    expect(taken).to.be.below(4 * MIB);
    expect(grown).to.be.below(64e6);
  });
  it("is little of one that complains without an end", async () => {
    const { taken, code } = await listen(flood("x".repeat(200), 2), 2);
    expect(code).to.equal(DOMException.TIMEOUT_ERR);
    expect(taken).to.be.within(8 * MIB, 24 * MIB);
  });
  for (const [what, said] of [
    ["goes back to a stage", `["EXPORTING", "CONVERTING"].map((stage) => ({ kind: "progress", progress: { ...progress, stage } }))`],
    ["says again and again what a stage was made of", `new Array(6).fill({ kind: "spans", spans: [] })`],
  ] as const)
    it(`is nothing more once it ${what}`, async () => {
      const program = `const progress = ${JSON.stringify(PROGRESS.progress)}; import { writeFileSync } from "node:fs";
        hear = ({ request }) => { writeFileSync(request.folder + "/taken", "0"); ${said}.forEach(say); }; say({ kind: "ready" });`;
      expect(await listen(program, 10)).to.include({ code: "ENGINE_CRASHED" });
    });
});
