import { execFile, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import sharp from "sharp";
import { makeScan, scanPages } from "../examples/make.ts";
import { registry } from "../worker/engine/formats/registry.ts";
import { TranslationPipeline } from "../worker/engine/pipeline.ts";
import type { Progress } from "../worker/engine/progress.ts";
import { fileExporter } from "../worker/engine/services/export/export.ts";
import { openOcr } from "../worker/engine/services/ocr/ocr.ts";
import { prepare } from "../worker/engine/services/ocr/prepare.ts";
import { Stopwatch } from "../worker/engine/stopwatch.ts";
import { apertium } from "../worker/translators/apertium/apertium.ts";

// The example through the pipeline, stage by stage, and the same pages through the native programs in the same run.
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

  const context = { folder, signal, time: new Stopwatch().time, sourceLanguage: "en", targetLanguage: "es" };
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
  const limit = cpus().length;
  const nativeStart = performance.now();
  const texts: string[] = new Array(images.length);
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < images.length; index = next++) {
      const { stdout } = await run("tesseract", [images[index] ?? "", "-", "-l", "eng"], {
        env: { ...process.env, OMP_THREAD_LIMIT: "1" },
      });
      texts[index] = stdout;
    }
  };
  await Promise.all(Array.from({ length: limit }, worker));
  const nativeOcr = seconds(nativeStart);
  const translateStart = performance.now();
  await new Promise<void>((resolve, reject) => {
    const child = spawn("apertium", ["eng-spa"], { stdio: ["pipe", "ignore", "inherit"] });
    child.on("exit", () => resolve());
    child.on("error", reject);
    child.stdin.end(texts.join("\n"));
  });
  const nativeTranslation = seconds(translateStart);

  const row = (name: string, value: number) =>
    console.log(`${name.padEnd(28)} ${value.toFixed(2).padStart(7)} s  ${(value / pages).toFixed(2).padStart(6)} s/page`);
  console.log(`${pages} pages, ${ledger.segmentsTotal} segments, ${limit} cores`);
  for (const [name, value] of stages) row(name, value);
  row("pipeline, whole", whole);
  row("native tesseract, same pages", nativeOcr);
  row("native apertium, same text", nativeTranslation);
  const ours = (stages.get("OCR_PROCESSING") ?? 0) / nativeOcr;
  console.log(`OCR stage (render, prepare, read) / native tesseract (read alone)  ${ours.toFixed(2)}`);
  console.log(
    `translation stage / native apertium                               ${((stages.get("TRANSLATING") ?? 0) / nativeTranslation).toFixed(2)}`,
  );
  console.log(`whole pipeline / both native programs                             ${(whole / (nativeOcr + nativeTranslation)).toFixed(2)}`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
