import { mkdtemp, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { availableParallelism, tmpdir } from "node:os";
import path from "node:path";
import type { DocumentContext } from "../../context.ts";
import type { Picture } from "../../formats/format.ts";
import type { PageContent, Word } from "../../layout/content.ts";
import type { Ocr } from "../../ports/ocr.ts";
import { prepare } from "./prepare.ts";
import { type Reader, type ReadWord, startReader } from "./reader.ts";

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
export function tesseractOcr({ sourceLanguage }: Pick<DocumentContext, "sourceLanguage">, start = startReader): Ocr {
  const wanted = Object.entries(MODELS).filter(([code]) => code === sourceLanguage);
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

  const read = async (image: Picture, signal: AbortSignal): Promise<Word[]> => {
    signal.throwIfAborted();
    if (Math.min(image.width, image.height) < MIN_SIDE) return [];
    const prepared = await prepare(image);
    const reader = await take();
    try {
      signal.throwIfAborted();
      return (await reader.recognise(prepared)).filter(isLegible).map((word) => onPage(word, pixelsPerPoint(image, prepared)));
    } finally {
      await giveBack(reader);
    }
  };

  return {
    async complete(content, toRead, signal): Promise<PageContent> {
      const image = await toRead.image(signal);
      const words = await read(image, signal);
      const confidence = words.reduce((sum, word) => sum + word.confidence, 0) / Math.max(1, words.length);
      const scaled = {
        page: content.number,
        code: "PAGE_SCALED",
        message: "The page was larger than the pixel budget and was read smaller.",
      } as const;
      return {
        ...content,
        words: [...content.words, ...words],
        remarks: image.scaled ? [...content.remarks, scaled] : content.remarks,
        ocr: { words: words.length, confidence: Math.round(confidence) },
      };
    },
    async [Symbol.asyncDispose]() {
      await Promise.allSettled([...readers].map((reader) => reader.terminate()));
      if (folder) await rm(await folder, { recursive: true, force: true });
    },
  };
}

/** Specks that Tesseract takes for letters are no words. */
function isLegible({ text, confidence }: ReadWord): boolean {
  return confidence >= 30 || (confidence >= 15 && /\p{L}{2}/u.test(text));
}

/** Of what was read, which may have been made larger to be read. */
function pixelsPerPoint(image: Picture, prepared: Buffer): number {
  const PNG_WIDTH_OFFSET = 16;
  return (image.pixelsPerPoint * prepared.readUInt32BE(PNG_WIDTH_OFFSET)) / image.width;
}

function onPage({ text, box, confidence, ocr }: ReadWord, scale: number): Word {
  const [x0, y0, x1, y1] = [box.x0 / scale, box.y0 / scale, box.x1 / scale, box.y1 / scale];
  return { ...{ text, confidence, ocr }, box: { x0, y0, x1, y1 }, baseline: y1, size: sizeOf(text, y1 - y0), style: {}, turn: 0 };
}

/**
 * The size of a word's type by its box's height. The box alone misleads: "sum" is half as high as "lily". The shares of
 * the size that letters without, with one, and with both extenders take are those of common book faces.
 */
function sizeOf(text: string, height: number): number {
  const rises = /[bdfhijklt\p{Lu}\p{N}áéíóúàèìòùâêîôûäöüñ]/u.test(text);
  const falls = /[gjpqyçQ]/.test(text);
  return height / (rises && falls ? 0.97 : rises ? 0.75 : falls ? 0.77 : 0.55);
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
