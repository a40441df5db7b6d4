import { createWriteStream } from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { ZipFile } from "yazl";
import type { DocumentContext, Selection } from "../../../worker/engine/context.ts";
import { type Block, type Inline, mapLeaves, type Page } from "../../../worker/engine/document/model.ts";
import type { Remark } from "../../../worker/engine/document/remarks.ts";
import type { FileType, FormatId, OpenDocument } from "../../../worker/engine/formats/format.ts";
import { registry } from "../../../worker/engine/formats/registry.ts";
import { Archive } from "../../../worker/engine/formats/zip/archive.ts";
import { WRITING } from "../../support/in_place.ts";

const { signal } = new AbortController();

export interface Opening {
  readonly selection?: Selection;
  /** The file's name as it was given; its own if not. */
  readonly name?: string;
}

/** What a document is read as, whatever it is: all its pages as they come back from disk. */
export async function readFile(
  file: string,
  opening: Opening = {},
): Promise<{
  readonly format: FormatId;
  readonly pages: Page[];
  readonly remarks: readonly Remark[];
  readonly type: FileType | undefined;
}> {
  const { format, document } = await opened(file, opening);
  await using source = document;
  return { format: format.id, pages: await pagesOf(source), remarks: source.remarks, type: source.writer?.(WRITING).type };
}

/** Sets a translation in place: each leaf's content becomes what `map` makes of it. Gives the writer's remarks. */
export async function translateFile(
  file: string,
  to: string,
  map: (content: readonly Inline[]) => readonly Inline[],
  opening: Opening & { readonly targetLanguage?: string } = {},
): Promise<readonly Remark[]> {
  const { document } = await opened(file, opening);
  await using source = document;
  const writer = source.writer?.({ ...WRITING, targetLanguage: opening.targetLanguage ?? "es" });
  if (!writer) throw new Error("The format has no writer.");
  for (const page of await pagesOf(source)) {
    const blocks = mapLeaves(page.blocks, (leaf) => ({ ...leaf, content: map(leaf.content) }));
    await writer.page({ ...page, blocks });
  }
  return await writer.finish(to);
}

function opened(file: string, { selection, name = path.basename(file) }: Opening) {
  const context: DocumentContext = {
    ...{ folder: path.dirname(file), signal, time: (_name, _page, work) => work(), sourceLanguage: "en", targetLanguage: "es" },
    ...(selection && { selection }),
  };
  return registry.open(file, name, context);
}

async function pagesOf(document: OpenDocument): Promise<Page[]> {
  const pages: Page[] = [];
  for (let number = 1; number <= document.pageCount; number++) {
    const source = await document.page(number);
    if (source.kind !== "blocks") throw new Error("Not laid out by the file itself.");
    pages.push(JSON.parse(JSON.stringify(source.page)) as Page);
  }
  return pages;
}

/** An archive of `parts`, in their order. */
export async function zipped(file: string, parts: Iterable<readonly [name: string, content: string | Buffer]>): Promise<string> {
  const zip = new ZipFile();
  for (const [name, content] of parts) zip.addBuffer(Buffer.from(content), name, { mtime: new Date(2020, 1, 2) });
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(file));
  return file;
}

/** All parts of an archive by their names, in order. */
export async function partsIn(file: string): Promise<Map<string, Buffer>> {
  await using archive = await Archive.open(file);
  const parts = new Map<string, Buffer>();
  for (const name of archive.names) parts.set(name, await archive.read(name));
  return parts;
}

/** What of blocks a reader sees: without the places in the file. */
export function seen(blocks: readonly Block[]): unknown {
  return JSON.parse(JSON.stringify(blocks, (key, value: unknown) => (key === "anchor" ? undefined : value)));
}

/** Letters and figures, in order, of a text. */
export function wordsOf(text: string): string[] {
  return text.match(/[\p{L}\p{N}]+/gu) ?? [];
}

export async function codeOf(work: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}
