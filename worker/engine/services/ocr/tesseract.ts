import { mkdtemp, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { availableParallelism, tmpdir } from "node:os";
import path from "node:path";
import { createWorker, OEM, type Worker } from "tesseract.js";
import { EngineError, type Word } from "../../models.ts";
import type { Ocr } from "./ocr.ts";
import { prepare } from "./prepare.ts";

const require = createRequire(import.meta.url);
/** ISO 639-1 to Tesseract's names of what it can read. */
export const MODELS = { en: "eng", es: "spa" } as const;
const MAX_READERS = 4;

/**
 * Tesseract in worker threads, one page each, started with the first page and kept warm. Tesseract learns
 * from page to page and leaks: use one of these per document. Without a language it reads with every model.
 */
export function tesseractOcr(language: string): Ocr {
  const wanted = Object.entries(MODELS).filter(([code]) => code === language);
  const models = (wanted.length > 0 ? wanted : Object.entries(MODELS)).map(([, model]) => model);
  const limit = Math.max(1, Math.min(MAX_READERS, availableParallelism()));
  const readers: Worker[] = [];
  const idle: Worker[] = [];
  const waiting: ((reader: Worker) => void)[] = [];
  let started = 0;
  let folder: Promise<string> | undefined;

  const take = async (): Promise<Worker> => {
    const free = idle.pop();
    if (free) return free;
    if (started >= limit) return new Promise((resolve) => waiting.push(resolve));
    started += 1;
    folder ??= modelFolder(models);
    const reader = await createWorker(models, OEM.LSTM_ONLY, { langPath: await folder, cacheMethod: "none", gzip: true });
    readers.push(reader);
    return reader;
  };
  const giveBack = (reader: Worker): void => {
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
        giveBack(reader);
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.allSettled(readers.map((reader) => reader.terminate()));
      if (folder) await rm(await folder, { recursive: true, force: true });
    },
  };
}

/** Tesseract looks for its models in one folder, and each comes in a package of its own: links bring them together. */
async function modelFolder(models: readonly string[]): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "models-"));
  for (const model of models)
    await symlink(
      require.resolve(`@tesseract.js-data/${model}/4.0.0_best_int/${model}.traineddata.gz`),
      path.join(folder, `${model}.traineddata.gz`),
    );
  return folder;
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
