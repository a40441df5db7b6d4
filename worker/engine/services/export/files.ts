import { open, writeFile } from "node:fs/promises";
import path from "node:path";
import type { DocumentContext } from "../../context.ts";
import type { Page } from "../../document/model.ts";
import { glyphMissing } from "../../document/remarks.ts";
import { JSON_TAIL, jsonHead, pageJson } from "./json.ts";
import { markdownPages } from "./markdown.ts";
import type { OutputFormat, Renderer } from "./renderer.ts";
import { pageText } from "./text.ts";
import { pageXliff, XLIFF_TAIL, xliffHead } from "./xliff.ts";

/** A file of a result that is being made. */
export interface Making {
  /** What it is listed as. */
  formats: readonly OutputFormat[];
  /** Known when it is finished. */
  readonly file: ResultFile;
  readonly renderer: Renderer;
  /** If it has pages to look at: for each, which page of the source it translates; known when it is finished. */
  readonly sourcePages?: readonly number[];
  /** Why it was not written; known when it is finished. */
  readonly failure?: string | undefined;
}

interface ResultFile {
  readonly mediaType: string;
  readonly fileName: string;
}

export async function makeMarkdown({ folder }: DocumentContext): Promise<Making> {
  const file = { mediaType: "text/markdown; charset=utf-8", fileName: "translation.md" };
  const renderer = await textFile(path.join(folder, file.fileName), { page: markdownPages(), end: "\n" });
  return { formats: ["MARKDOWN"], file, renderer };
}

export async function makeText({ folder }: DocumentContext): Promise<Making> {
  const file = { mediaType: "text/plain; charset=utf-8", fileName: "translation.txt" };
  return { formats: ["TEXT"], file, renderer: await textFile(path.join(folder, file.fileName), { page: pageText, end: "\n" }) };
}

export async function makeJson({ folder, targetLanguage }: DocumentContext, sourceLanguage: string): Promise<Making> {
  // A document of this type is named as translations are.
  const file = { mediaType: "application/json", fileName: "model.json" };
  let written = 0;
  const page = (one: Page) => `${written++ > 0 ? "," : ""}\n${pageJson(one)}`;
  const ends = { head: jsonHead(sourceLanguage, targetLanguage), end: JSON_TAIL };
  return { formats: ["JSON"], file, renderer: await textFile(path.join(folder, file.fileName), { page, ...ends }) };
}

/** Source and translation, sentence by sentence, for whoever goes on with a tool for translators. */
export async function makeXliff({ folder, targetLanguage }: DocumentContext, sourceLanguage: string): Promise<Making> {
  const file = { mediaType: "application/xliff+xml", fileName: "translation.xlf" };
  const ends = { head: xliffHead(sourceLanguage, targetLanguage), end: XLIFF_TAIL };
  return { formats: ["XLIFF"], file, renderer: await textFile(path.join(folder, file.fileName), { page: pageXliff, ...ends }) };
}

/** Set anew. `onShare` hears how much of a page is set, 0 to 1. */
export async function makePdf(
  formats: readonly OutputFormat[],
  context: DocumentContext,
  onShare: (share: number) => void,
): Promise<Making> {
  const { folder, signal, time, targetLanguage } = context;
  const file = { mediaType: "application/pdf", fileName: "translation.pdf" };
  // What no job asks for is not loaded.
  const { openPdfSetter } = await import("./pdf.ts");
  const setter = await time("embed fonts", 0, () => openPdfSetter(targetLanguage));
  const sourcePages: number[] = [];
  const renderer: Renderer = {
    page: (page) =>
      time("set page", page.number, async () =>
        setter.page(page, (share) => {
          signal.throwIfAborted();
          onShare(share);
        }),
      ),
    async finish() {
      const set = await time("write PDF", 0, () => setter.finish());
      await writeFile(path.join(folder, file.fileName), set.bytes);
      sourcePages.push(...set.sourcePages);
      return set.missingGlyphs.map((sign) => glyphMissing(0, sign));
    },
  };
  return { formats, file, renderer, sourcePages };
}

async function textFile(
  name: string,
  content: { readonly head?: string; readonly page: (page: Page) => string; readonly end: string },
): Promise<Renderer> {
  const file = await open(name, "w");
  await file.appendFile(content.head ?? "");
  return {
    async page(page) {
      await file.appendFile(content.page(page));
    },
    async finish() {
      await file.appendFile(content.end);
      await file.close();
      return [];
    },
  };
}
