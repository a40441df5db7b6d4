import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import type { DocumentContext } from "../../worker/engine/context.ts";
import type { Page } from "../../worker/engine/document/model.ts";
import type { Remark } from "../../worker/engine/document/remarks.ts";
import type { Tagged } from "../../worker/engine/document/segment.ts";
import { pdf } from "../../worker/engine/formats/pdf/pdf.ts";
import { flow } from "../../worker/engine/layout/flow.ts";
import type { Translator } from "../../worker/engine/ports/translator.ts";
import { readPages } from "../../worker/engine/reading.ts";
import { startTranslating, translatePage } from "../../worker/engine/services/translation/translate.ts";
import { scratch } from "./documents.ts";

const run = promisify(execFile);
const PAIR = { source: "en", target: "es" };

export interface InPlace {
  readonly pages: readonly Page[];
  readonly remarks: readonly Remark[];
  /** The result; it is there as long as the folder is. */
  readonly file: string;
  /** As pdftotext reads it. */
  readonly text: string;
}

/** Words that no other language has, of about the same length, so that each can be told from its source. */
export function foreign(text: string): string {
  const vowels: Readonly<Record<string, string>> = { a: "e", e: "i", i: "o", o: "u", u: "a" };
  return text.replace(/\p{L}{2,}/gu, (word) => word.replace(/[aeiou]/g, (vowel) => vowels[vowel] ?? vowel));
}

/** Reads a PDF, translates it by `change` word by word and sets the translation in place. */
export async function setInPlace<Result>(
  bytes: Uint8Array,
  look: (result: InPlace, folder: string) => Promise<Result>,
  { change = foreign, target = PAIR.target } = {},
): Promise<Result> {
  await using folder = await scratch();
  const signal = new AbortController().signal;
  const pair = { ...PAIR, target };
  const context: DocumentContext = {
    folder: folder.path,
    signal,
    time: (_name, _page, work) => work(),
    sourceLanguage: pair.source,
    targetLanguage: pair.target,
  };
  await using document = await pdf.open(await folder.file("source.pdf", Buffer.from(bytes)), context);
  const work = await startTranslating(pair, translatorOf(change, pair), { signal });
  const writer = document.writer?.({ sourceLanguage: pair.source, targetLanguage: pair.target, signal });
  if (!writer) throw new Error("no writer");
  const pages: Page[] = [];
  const noOcr = { complete: async <Content>(content: Content) => content, async [Symbol.asyncDispose]() {} };
  for await (const page of flow(readPages(document, noOcr as never, context))) {
    const translated = await translatePage(page, work);
    pages.push(translated);
    await writer.page(translated);
  }
  const file = path.join(folder.path, "result.pdf");
  const remarks = await writer.finish(file);
  const { stdout: text } = await run("pdftotext", ["-layout", file, "-"]);
  return await look({ pages, remarks, file, text }, folder.path);
}

function translatorOf(change: (text: string) => string, pair: typeof PAIR): Translator {
  return {
    pairs: async () => [pair],
    unitOf: async () => "paragraph",
    translate: async (batch) => batch.map((source) => ({ kind: "translated", target: changed(source, change), unknown: [] })),
    async [Symbol.asyncDispose]() {},
  };
}

/** Text between tags is changed piece by piece, so that tags stay where they were. */
function changed({ text, tags }: Tagged, change: (text: string) => string): Tagged {
  let made = "";
  let last = 0;
  const moved = tags.map((tag) => {
    made += change(text.slice(last, tag.at));
    last = tag.at;
    return { ...tag, at: made.length };
  });
  return { text: made + change(text.slice(last)), tags: moved };
}

/** The words of a page with their boxes, in points from the upper left, as pdftotext finds them. */
export async function wordBoxes(file: string) {
  const { stdout } = await run("pdftotext", ["-bbox", file, "-"]);
  const number = (text: string | undefined) => Number(text ?? Number.NaN);
  return [...stdout.matchAll(/xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)<\/word>/g)].map(
    ([, x0, y0, x1, y1, text = ""]) => ({ text, x0: number(x0), y0: number(y0), x1: number(x1), y1: number(y1) }),
  );
}
