import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { isFinal } from "../platform/final.ts";
import { startService } from "../test/support/service.ts";
import { inParallel, quantiles } from "./driver.ts";
import { SUBJECTS, TIMES, VERBS } from "./words.ts";

// Texts of one paragraph through `serve` with two slots, and through Debian's apertium over the same files, two at a time,
// each time a process as a shell's loop would start it, in the same run.
const TEXTS = Number(process.argv[2] ?? 300);
const ALONE = Math.min(40, Math.ceil(TEXTS / 4));
const AT_ONCE = 2;
/** Enough jobs are there at any time that no slot waits for a client. */
const CLIENTS = 8;

const folder = await mkdtemp(path.join(tmpdir(), "dragoman-bench-"));
try {
  const files = await Promise.all(
    Array.from({ length: TEXTS }, async (_, index) => {
      const file = path.join(folder, `letter-${index}.txt`);
      await writeFile(file, paragraph(index));
      return file;
    }),
  );
  const loop = await timed(() => inParallel(files.length, AT_ONCE, (index) => apertium(files[index] ?? "")));
  await using service = await startService({ DRAGOMAN_SLOTS: String(AT_ONCE), DRAGOMAN_LOG_LEVEL: "warn" });
  const translate = async (file: string): Promise<number> => {
    const started = performance.now();
    const { id } = await service.client.createFrom(file, { to: "es", from: "en" });
    for await (const job of service.client.watch(id)) {
      if (!isFinal(job.state)) continue;
      if (job.artefacts.length === 0) throw new Error(`${file}: ${job.error?.message}`);
      break;
    }
    return performance.now() - started;
  };
  // Both children have read a document then.
  await inParallel(2 * AT_ONCE, AT_ONCE, async (index) => void (await translate(files[index] ?? "")));
  const alone: number[] = [];
  for (const file of files.slice(0, ALONE)) alone.push(await translate(file));
  const serve = await timed(() => inParallel(files.length, CLIENTS, async (index) => void (await translate(files[index] ?? ""))));
  const perSecond = (seconds: number) => files.length / seconds;
  console.log(`${files.length} texts of one paragraph, ${AT_ONCE} at a time`);
  console.log(`apertium, a process for each        ${perSecond(loop).toFixed(2).padStart(7)} texts/s`);
  console.log(`dragoman serve, ${AT_ONCE} slots             ${perSecond(serve).toFixed(2).padStart(7)} jobs/s`);
  console.log(`jobs/s / texts/s (goal ≥ 0.8)       ${(loop / serve).toFixed(2).padStart(7)}`);
  console.log(`alone, p50 (goal ≤ 250 ms)          ${quantiles(alone).p50.toFixed(0).padStart(7)} ms`);
} finally {
  await rm(folder, { recursive: true, force: true });
}

function paragraph(index: number): string {
  const pick = (of: readonly string[], step: number) => of[Math.floor(index / step) % of.length] ?? "";
  const sentence = (shift: number) =>
    `${pick(SUBJECTS, 1 + shift)} ${pick(VERBS, 2 + shift)} ${pick(TIMES, 3 + shift)}, and ${18 + ((index + shift) % 40)} people come to see it.`;
  return `${[0, 1, 2, 3].map(sentence).join(" ")}\n`;
}

async function timed(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

/** Given by its name: the script opens /dev/stdin, which cannot be done with a socket, as Node's pipes are. */
async function apertium(file: string): Promise<void> {
  const { stdout } = await promisify(execFile)("apertium", ["eng-spa", file]);
  if (stdout.trim() === "") throw new Error(`apertium said nothing of ${file}`);
}
