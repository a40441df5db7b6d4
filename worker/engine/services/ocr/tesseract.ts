import { availableParallelism } from "node:os";
import { createRequire } from "node:module";
import path from "node:path";
import { createWorker, OEM, type Worker } from "tesseract.js";
import { EngineError, type Word } from "../../models.ts";
import type { Ocr } from "./ocr.ts";
import { prepare } from "./prepare.ts";

const require = createRequire(import.meta.url);
const MODELS = { en: "eng", es: "spa" } as const;
const MAX_READERS = 4;

/** Languages whose models come with the program, as ISO 639-1. */
export const ocrLanguages: readonly string[] = Object.keys(MODELS);

/**
 * Tesseract in worker threads, one page each, started with the first page and kept warm. Tesseract learns
 * from page to page and leaks: use one of these per document. Without a language it reads with every model.
 */
export function tesseractOcr(language: string): Ocr {
  const wanted = Object.entries(MODELS).filter(([code]) => code === language);
  const models = (wanted.length > 0 ? wanted : Object.entries(MODELS)).map(([, model]) => model);
  const limit = Math.max(1, Math.min(MAX_READERS, availableParallelism()));
  const readers: Promise<Worker>[] = [];
  const idle: Promise<Worker>[] = [];
  const waiting: ((reader: Promise<Worker>) => void)[] = [];

  const take = (): Promise<Worker> | Promise<Promise<Worker>> => {
    const free = idle.pop();
    if (free) return free;
    if (readers.length < limit) {
      const started = startReader(models);
      readers.push(started);
      return started;
    }
    return new Promise((resolve) => waiting.push(resolve));
  };
  const giveBack = (reader: Promise<Worker>) => {
    const next = waiting.shift();
    if (next) next(reader);
    else idle.push(reader);
  };

  return {
    async read(image, signal) {
      signal.throwIfAborted();
      const prepared = await prepare(image);
      const reader = await take();
      try {
        signal.throwIfAborted();
        return await recognise(reader, prepared);
      } finally {
        giveBack(Promise.resolve(reader));
      }
    },
    async [Symbol.asyncDispose]() {
      for (const reader of await Promise.allSettled(readers)) if (reader.status === "fulfilled") await reader.value.terminate();
    },
  };
}

async function startReader(models: readonly string[]): Promise<Worker> {
  const folders = new Set(models.map((model) => path.join(path.dirname(require.resolve(`@tesseract.js-data/${model}/package.json`)), "4.0.0_best_int")));
  if (folders.size === 1) return createWorker([...models], OEM.LSTM_ONLY, { langPath: [...folders][0] as string, cacheMethod: "none", gzip: true });
  const { readFile } = await import("node:fs/promises");
  const { gunzipSync } = await import("node:zlib");
  const data = await Promise.all(models.map(async (code) => {
    const folder = path.join(path.dirname(require.resolve(`@tesseract.js-data/${code}/package.json`)), "4.0.0_best_int");
    return { code, data: new Uint8Array(gunzipSync(await readFile(path.join(folder, `${code}.traineddata.gz`)))) };
  }));
  return createWorker(data as unknown as string[], OEM.LSTM_ONLY, { cacheMethod: "none" });
}

async function recognise(reader: Worker, image: Buffer): Promise<Word[]> {
  try {
    const { data } = await reader.recognize(image, {}, { blocks: true, text: false });
    const lines = (data.blocks ?? []).flatMap((block) => block.paragraphs.flatMap((paragraph) => paragraph.lines));
    return lines.flatMap((line) => line.words.map((word) => ({ text: word.text, confidence: word.confidence, box: word.bbox })));
  } catch (error) {
    throw new EngineError("ENGINE_CRASHED", "The OCR program failed.", { cause: error });
  }
}
