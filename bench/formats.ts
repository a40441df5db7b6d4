import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { upper } from "../test/support/in_place.ts";
import type { DocumentContext } from "../worker/engine/context.ts";
import { mapLeaves } from "../worker/engine/document/model.ts";
import { registry } from "../worker/engine/formats/registry.ts";
import { officeProgram } from "../worker/engine/services/office/program.ts";
import { longDocx, longXlsx } from "./office_files.ts";

// A document of 300 pages and a workbook of 50,000 rows, opened, every unit changed, and written again, without a
// translator; beside LibreOffice, which opens the same file and writes it in the same type, in the same run.
const PAGES = Number(process.argv[2] ?? 300);
const ROWS = Number(process.argv[3] ?? 50_000);
const LOOK_MS = 20;
const SELF = fileURLToPath(import.meta.url);
const GOAL = { seconds: 10, megabytes: 500 };

if (process.argv[2] === "open") await openAndWrite(process.argv[3] ?? "", process.argv[4] ?? "");
else await compare();

async function compare(): Promise<void> {
  const office = officeProgram();
  const folder = await mkdtemp(path.join(tmpdir(), "dragoman-bench-"));
  try {
    console.log(`goal: under ${GOAL.seconds} s and ${GOAL.megabytes} MB`);
    for (const file of [await longDocx(folder, PAGES), await longXlsx(folder, ROWS)]) {
      const out = path.join(folder, `out-${path.basename(file)}`);
      await mkdir(out);
      const ours = await measured(process.execPath, ["--disable-warning=ExperimentalWarning", SELF, "open", file, out]);
      console.log(line(path.basename(file), "dragoman", ours));
      const args = ["--headless", "--norestore", `-env:UserInstallation=file://${folder}/profile`, "--convert-to"];
      if (office)
        console.log(line("", "LibreOffice", await measured(office, [...args, path.extname(file).slice(1), "--outdir", out, file])));
      else console.log("LibreOffice is not there to compare with.");
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** In a process of its own, so that its memory is that of one document. */
async function openAndWrite(file: string, out: string): Promise<void> {
  const { signal } = new AbortController();
  const languages = { sourceLanguage: "en", targetLanguage: "es" };
  const context: DocumentContext = { folder: out, signal, time: (_, __, work) => work(), ...languages };
  const { document } = await registry.open(file, path.basename(file), context);
  await using open = document;
  const writer = open.writer?.({ ...languages, signal });
  if (!writer) throw new Error("There is no writer.");
  for (let number = 1; number <= open.pageCount; number++) {
    const source = await open.page(number);
    if (source.kind !== "blocks") throw new Error("Its pages have no blocks.");
    const blocks = mapLeaves(source.page.blocks, (leaf) => ({ ...leaf, content: upper(leaf.content) }));
    await writer.page({ ...source.page, blocks });
  }
  await writer.finish(path.join(out, `written${path.extname(file)}`));
}

interface Measure {
  readonly seconds: number;
  /** Most resident memory at any time (VmHWM of proc(5)). */
  readonly megabytes: number;
}

async function measured(program: string, args: readonly string[]): Promise<Measure> {
  const started = performance.now();
  const child = spawn(program, args, { stdio: ["ignore", "ignore", "inherit"] });
  let kilobytes = 0;
  const look = setInterval(() => {
    try {
      kilobytes = Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1] ?? kilobytes);
    } catch {
      // It has just ended.
    }
  }, LOOK_MS);
  const code = await new Promise<number | null>((resolve) => child.on("exit", resolve));
  clearInterval(look);
  // LibreOffice's first start in a profile ends so, and wants another.
  if (code === 81) return measured(program, args);
  if (code !== 0) throw new Error(`${program} ended with ${code}.`);
  return { seconds: (performance.now() - started) / 1000, megabytes: kilobytes / 1024 };
}

function line(file: string, who: string, { seconds, megabytes }: Measure): string {
  return `${file.padEnd(20)} ${who.padEnd(12)} ${seconds.toFixed(1).padStart(6)} s ${megabytes.toFixed(0).padStart(6)} MB`;
}
