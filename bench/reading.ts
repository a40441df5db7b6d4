import { readFileSync } from "node:fs";
import { registry } from "../worker/engine/formats/registry.ts";
import { flow } from "../worker/engine/layout/flow.ts";
import type { OpenOcr } from "../worker/engine/ports/ocr.ts";
import { readPages } from "../worker/engine/reading.ts";
import { openOcr } from "../worker/engine/services/ocr/ocr.ts";
import { Stopwatch } from "../worker/engine/stopwatch.ts";

/** Opens every page of a document, reads what only OCR can, and lays it out; tells how many blocks that gave. */
export async function readDocument(file: string, folder: string, ocr: OpenOcr = openOcr): Promise<{ pages: number; blocks: number }> {
  const { signal } = new AbortController();
  const context = { folder, signal, time: new Stopwatch().time, sourceLanguage: "en", targetLanguage: "es" };
  const { document } = await registry.open(file, file, context);
  await using source = document;
  await using reader = ocr(context);
  let blocks = 0;
  for await (const page of flow(readPages(source, reader, context))) {
    if (page.failure !== undefined) throw new Error(`page ${page.number}: ${page.failure}`);
    blocks += page.blocks.length;
  }
  return { pages: source.pageCount, blocks };
}

/** Bytes of memory that this program had at once; `maxRSS` is that of the one which started it too, where that had more. */
export function mostMemory(): number {
  const [, kilobytes = ""] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
  return Number(kilobytes) * 1024;
}

// In a process of its own: what it takes of the processor and of memory is the reading's.
if (import.meta.main) {
  const [, , file = "", folder = ""] = process.argv;
  const before = process.cpuUsage();
  const read = await readDocument(file, folder);
  const { user, system } = process.cpuUsage(before);
  console.log(JSON.stringify({ ...read, cpuMs: (user + system) / 1000, rssBytes: mostMemory() }));
}
