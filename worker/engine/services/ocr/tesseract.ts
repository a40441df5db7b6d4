import { mkdtemp, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { availableParallelism, tmpdir } from "node:os";
import path from "node:path";
import type { Ocr } from "./ocr.ts";
import { prepare } from "./prepare.ts";
import { type Reader, startReader } from "./reader.ts";

const require = createRequire(import.meta.url);
/** ISO 639-1 to Tesseract's names of what it can read. */
export const MODELS = { en: "eng", es: "spa" } as const;
const MAX_READERS = 4;
/** Letters are higher than these many pixels, and the filters of `prepare` are wider than fewer. */
const MIN_SIDE = 8;

/**
 * Tesseract in worker threads, one page each, started with the first page and kept warm. Tesseract learns
 * from page to page and leaks: use one of these per document. Without a language it reads with every model.
 */
export function tesseractOcr(language: string, start = startReader): Ocr {
  const wanted = Object.entries(MODELS).filter(([code]) => code === language);
  const models = (wanted.length > 0 ? wanted : Object.entries(MODELS)).map(([, model]) => model);
  const readers = new Set<Reader>();
  const idle: Reader[] = [];
  const waiting: (() => void)[] = [];
  let free = Math.max(1, Math.min(MAX_READERS, availableParallelism()));
  let folder: Promise<string> | undefined;

  const leave = (): void => {
    const next = waiting.shift();
    if (next) next();
    else free += 1;
  };
  /** A reader that is up, or a new one. Where no more can be started, those that are up do the work. */
  const take = async (): Promise<Reader> => {
    for (;;) {
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      const ready = idle.pop();
      if (ready) return ready;
      try {
        folder ??= modelFolder(models);
        const reader = await start(models, await folder);
        readers.add(reader);
        return reader;
      } catch (error) {
        if (readers.size > 0) continue;
        leave();
        throw error;
      }
    }
  };
  const giveBack = async (reader: Reader): Promise<void> => {
    if (!reader.broken) idle.push(reader);
    else {
      readers.delete(reader);
      await reader.terminate();
    }
    leave();
  };

  return {
    async read(image, signal) {
      signal.throwIfAborted();
      if (Math.min(image.width, image.height) < MIN_SIDE) return [];
      const prepared = await prepare(image);
      const reader = await take();
      try {
        signal.throwIfAborted();
        return await reader.recognise(prepared);
      } finally {
        await giveBack(reader);
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.allSettled([...readers].map((reader) => reader.terminate()));
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
