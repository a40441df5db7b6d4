import { open, writeFile } from "node:fs/promises";
import path from "node:path";
import type { DocumentContext } from "../../context.ts";
import type { Page } from "../../document/model.ts";
import type { Remark } from "../../document/remarks.ts";
import type { DocumentWriter, Format } from "../../formats/format.ts";
import { JSON_TAIL, jsonHead, pageJson } from "./json.ts";
import { markdownPages } from "./markdown.ts";
import type { Output, OutputFormat, Renderer } from "./renderer.ts";
import { pageText } from "./text.ts";

/** A file of a result that is being made. */
export interface Making {
  readonly output: Output;
  readonly renderer: Renderer;
}

/** One that has pages to look at. */
export interface PagedMaking extends Making {
  /** For each of its pages, which page of the source it translates; known when it is finished. */
  readonly sourcePages: readonly number[];
}

export async function makeMarkdown({ folder }: DocumentContext, writer?: DocumentWriter): Promise<Making> {
  const output = fileOf("MARKDOWN", "text/markdown; charset=utf-8", "translation.md");
  const file = path.join(folder, output.fileName);
  return { output, renderer: writer ? inPlace(file, writer) : await textFile(file, { page: markdownPages(), end: "\n" }) };
}

export async function makeText({ folder }: DocumentContext, writer?: DocumentWriter): Promise<Making> {
  const output = fileOf("TEXT", "text/plain; charset=utf-8", "translation.txt");
  const file = path.join(folder, output.fileName);
  return { output, renderer: writer ? inPlace(file, writer) : await textFile(file, { page: pageText, end: "\n" }) };
}

export async function makeJson({ folder, targetLanguage }: DocumentContext, sourceLanguage: string): Promise<Making> {
  const output = fileOf("JSON", "application/json", "translation.json");
  let written = 0;
  const page = (one: Page) => `${written++ > 0 ? "," : ""}\n${pageJson(one)}`;
  const ends = { head: jsonHead(sourceLanguage, targetLanguage), end: JSON_TAIL };
  return { output, renderer: await textFile(path.join(folder, output.fileName), { page, ...ends }) };
}

/** Set anew. `onShare` hears how much of a page is set, 0 to 1. */
export async function makePdf(context: DocumentContext, onShare: (share: number) => void): Promise<PagedMaking> {
  const { folder, signal, time, targetLanguage } = context;
  const output = fileOf("PDF", "application/pdf", "translation.pdf");
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
      await writeFile(path.join(folder, output.fileName), set.bytes);
      sourcePages.push(...set.sourcePages);
      return set.missingGlyphs.map(glyphMissing);
    },
  };
  return { output, renderer, sourcePages };
}

/** In its own format, in place. */
export function makeDocument({ folder }: DocumentContext, format: Format, writer: DocumentWriter): Making {
  const output = fileOf("DOCUMENT", format.mediaTypes[0], `document${format.extensions[0]}`);
  return { output, renderer: inPlace(path.join(folder, output.fileName), writer) };
}

function inPlace(file: string, writer: DocumentWriter): Renderer {
  return { page: (page) => writer.page(page), finish: () => writer.finish(file) };
}

function fileOf(format: OutputFormat, mediaType: string, fileName: string): Output {
  return { format, page: 0, mediaType, fileName };
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

function glyphMissing(glyph: string): Remark {
  const code = glyph.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0");
  return { page: 0, code: "GLYPH_MISSING", message: `The PDF's fonts do not have U+${code}; it is shown as a replacement sign.` };
}
