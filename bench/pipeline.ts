import { execFile, spawnSync } from "node:child_process";
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import sharp from "sharp";
import { makeScan, scanPages } from "../examples/make.ts";
import { examplePages } from "../examples/prose.ts";
import { textPdf } from "../test/support/documents.ts";
import type { DocumentContext } from "../worker/engine/context.ts";
import { registry } from "../worker/engine/formats/registry.ts";
import { TranslationPipeline } from "../worker/engine/pipeline.ts";
import type { Progress } from "../worker/engine/progress.ts";
import { fileExporter } from "../worker/engine/services/export/export.ts";
import { findModels } from "../worker/engine/services/ocr/models.ts";
import { ocrWith, openOcr } from "../worker/engine/services/ocr/ocr.ts";
import { prepare } from "../worker/engine/services/ocr/prepare.ts";
import { Stopwatch } from "../worker/engine/stopwatch.ts";
import { heapLimits } from "../worker/sandbox/limits.ts";
import { apertium } from "../worker/translators/apertium/apertium.ts";
import { median } from "./median.ts";
import { readDocument } from "./reading.ts";

// The example through the pipeline, stage by stage, and the same pages through the native programs in the same run; how
// much reading costs beside native tesseract is told in processor seconds, children's with them, because others' work
// on the machine changes the time on the clock. Then what long PDFs with text take of the processor and of memory.
const READ_PAGES = 500;
const IN_PLACE_PAGES = 100;
const ROUNDS = 5;
/** A worker's engines have them, and so has this program: what V8 collects is part of what a page costs. */
const NODE_ARGUMENTS = ["--disable-warning=ExperimentalWarning", ...heapLimits({ memoryBytes: 2 * 1024 ** 3 })];
if (!NODE_ARGUMENTS.every((argument) => process.execArgv.includes(argument)))
  process.exit(spawnSync(process.execPath, [...NODE_ARGUMENTS, import.meta.filename], { stdio: "inherit" }).status ?? 1);
const run = promisify(execFile);
const folder = await mkdtemp(path.join(tmpdir(), "dragoman-bench-"));
const seconds = (from: number) => (performance.now() - from) / 1000;

try {
  const file = path.join(folder, "scan.pdf");
  await writeFile(file, await makeScan(await scanPages()));
  const signal = new AbortController().signal;

  await using translator = apertium();
  const pipeline = new TranslationPipeline({ registry, ocr: openOcr, translator, exporter: fileExporter });
  const stages = new Map<string, number>();
  let stage = "";
  let since = performance.now();
  const started = since;
  const mark = (next: string) => {
    if (next === stage) return;
    if (stage) stages.set(stage, seconds(since));
    stage = next;
    since = performance.now();
  };
  const request = { file, fileName: "scan.pdf", sourceLanguage: "en", targetLanguage: "es", folder };
  const { ledger } = await pipeline.run(request, (progress: Progress) => mark(progress.stage), signal);
  mark("END");
  const whole = seconds(started);
  const pages = ledger.pagesIn;

  const context: DocumentContext = { folder, signal, time: new Stopwatch().time, sourceLanguage: "en", targetLanguage: "es" };
  const { document } = await registry.open(file, "scan.pdf", context);
  await using _document = document;
  const images: string[] = [];
  for (let number = 1; number <= pages; number++) {
    const page = await document.page(number);
    if (page.kind !== "content" || !page.toRead) throw new Error(`page ${number} is ${page.kind}`);
    const image = path.join(folder, `page-${number}.png`);
    const { image: prepared } = await prepare(await page.toRead.image(signal));
    await sharp(prepared.data, { raw: { width: prepared.width, height: prepared.height, channels: 1 } })
      .withMetadata({ density: Math.round(prepared.pixelsPerPoint * 72) })
      .png()
      .toFile(image);
    images.push(image);
  }
  await putModel(folder);
  const limit = cpus().length;
  const nativeStart = performance.now();
  const texts: string[] = new Array(images.length);
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < images.length; index = next++) {
      texts[index] = await nativeText(images[index] ?? "");
    }
  };
  await Promise.all(Array.from({ length: limit }, worker));
  const nativeOcr = seconds(nativeStart);
  const text = path.join(folder, "text.txt");
  await writeFile(text, texts.join("\n"));
  const translateStart = performance.now();
  await run("apertium", ["eng-spa", text]);
  const nativeTranslation = seconds(translateStart);

  const row = (name: string, value: number) =>
    console.log(`${name.padEnd(28)} ${value.toFixed(2).padStart(7)} s  ${(value / pages).toFixed(2).padStart(6)} s/page`);
  console.log(`${pages} pages, ${ledger.segmentsTotal} segments, ${limit} cores`);
  for (const [name, value] of stages) row(name, value);
  row("pipeline, whole", whole);
  row("native tesseract, same pages", nativeOcr);
  row("native apertium, same text", nativeTranslation);
  for (const [reader, goal] of [
    ["native", 1.25],
    ["tesseract.js", 2.2],
  ] as const) {
    const [stages, wholes, natives]: [number[], number[], number[]] = [[], [], []];
    for (let round = 0; round < ROUNDS; round++) {
      natives.push(await cpuOf(async () => images.reduce((before, image) => before.then(() => nativeText(image)), Promise.resolve(""))));
      stages.push(await ocrStage(file, pages, context, reader));
      wholes.push(await cpuOf(() => readDocument(file, folder, (given) => ocrWith(given, { reader }))));
    }
    const beside = (cpu: number[]) =>
      `${(median(cpu) / pages).toFixed(2)} CPU s a page, ${spread(ratios(cpu, natives))} of native tesseract's`;
    console.log(`native tesseract of the same model: ${(median(natives) / pages).toFixed(2)} CPU s a page`);
    console.log(`OCR stage with ${reader}: ${beside(stages)} (goal ≤ ${goal}); opening and laying out with it: ${beside(wholes)}`);
  }
  console.log(
    `translation stage / native apertium                               ${((stages.get("TRANSLATING") ?? 0) / nativeTranslation).toFixed(2)}`,
  );
  console.log(`whole pipeline / both native programs                             ${(whole / (nativeOcr + nativeTranslation)).toFixed(2)}`);
  const read = await measure("bench/reading.ts", READ_PAGES);
  console.log(`a text PDF of ${read.pages} pages: ${(read.cpuMs / read.pages).toFixed(0)} CPU ms a page (goal ≤ 60)`);
  console.log(`opened and laid out in ${(read.rssBytes / 1e6).toFixed(0)} MB at most (goal ≤ 600)`);
  const placed = await measure("bench/in_place.ts", IN_PLACE_PAGES);
  console.log(`a text PDF of ${placed.pages} pages set in place: ${(placed.cpuMs / placed.pages).toFixed(0)} CPU ms a page (goal ≤ 150)`);
  console.log(`its result is larger than it by ${((placed.grownBytes ?? 0) / 1e3).toFixed(0)} kB (goal ≤ 300)`);
  const long = await measure("bench/in_place.ts", READ_PAGES);
  console.log(`a text PDF of ${long.pages} pages set in place: ${(long.rssBytes / 1e6).toFixed(0)} MB at most`);
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** What the OCR stage takes of the processor: all that is done with a page once the file's own reader is through with it. */
async function ocrStage(file: string, pages: number, context: DocumentContext, reader: "native" | "tesseract.js"): Promise<number> {
  const { document } = await registry.open(file, "scan.pdf", context);
  await using _document = document;
  await using ocr = ocrWith(context, { reader });
  let sum = 0;
  for (let number = 1; number <= pages; number++) {
    const page = await document.page(number);
    if (page.kind !== "content" || !page.toRead) throw new Error(`page ${number} is ${page.kind}`);
    const from = await cpuSeconds();
    await ocr.complete(page.content, page.toRead, context.signal);
    sum += (await cpuSeconds()) - from;
  }
  return sum;
}

async function cpuOf(work: () => Promise<unknown>): Promise<number> {
  const from = await cpuSeconds();
  await work();
  return (await cpuSeconds()) - from;
}

async function nativeText(image: string): Promise<string> {
  const { stdout } = await run("tesseract", [image, "-", "-l", "eng", "--psm", "3", "--tessdata-dir", folder], {
    env: { ...process.env, OMP_THREAD_LIMIT: "1" },
  });
  return stdout;
}

function ratios(values: readonly number[], besides: readonly number[]): number[] {
  return values.map((value, index) => value / (besides[index] ?? Number.NaN));
}

/** The middle one, and between which they lie. */
function spread(values: readonly number[]): string {
  return `${median(values).toFixed(2)} (${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)})`;
}

/** Of this process with all its threads, and of its children that ended. Linux counts theirs in hundredths (proc(5), fields 16 and 17). */
async function cpuSeconds(): Promise<number> {
  const { user, system } = process.cpuUsage();
  const stat = await readFile("/proc/self/stat", "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (user + system) / 1e6 + (Number(fields[13]) + Number(fields[14])) / 100;
}

/** The model that both readers have, where a program finds it. */
async function putModel(folder: string): Promise<void> {
  const file = findModels().get("eng") ?? "";
  const model = path.join(folder, "eng.traineddata");
  if (file.endsWith(".gz")) await writeFile(model, gunzipSync(await readFile(file)));
  else await copyFile(file, model);
}

interface Measured {
  readonly cpuMs: number;
  readonly rssBytes: number;
  readonly pages: number;
  readonly grownBytes?: number;
}

/** What `script` takes, in a process of its own, for a PDF of so many pages of text. */
async function measure(script: string, pages: number): Promise<Measured> {
  const paragraph = examplePages.flatMap((blocks) => blocks.map((block) => ("text" in block ? block.text : ""))).join(" ");
  const file = path.join(folder, "book.pdf");
  await writeFile(file, await textPdf(...Array.from({ length: pages }, (_, index) => `${index + 1}. ${paragraph}`.slice(0, 2_500))));
  const { stdout } = await run(process.execPath, [...NODE_ARGUMENTS, script, file, folder]);
  return JSON.parse(stdout) as Measured;
}
