import { readFile } from "node:fs/promises";
import path from "node:path";
import type { DocumentContext, Selection } from "../../../worker/engine/context.ts";
import { type Inline, type Leaf, leavesOf, mapLeaves, type Page } from "../../../worker/engine/document/model.ts";
import type { Remark } from "../../../worker/engine/document/remarks.ts";
import { registry } from "../../../worker/engine/formats/registry.ts";
import { Archive } from "../../../worker/engine/formats/zip/archive.ts";
import { scratch } from "../../support/documents.ts";

const { signal } = new AbortController();

export interface Options {
  readonly selection?: Selection;
  readonly from?: string;
  readonly to?: string;
  /** Hears what the writer says. */
  readonly onRemarks?: (remarks: readonly Remark[]) => void;
}

function contextOf(folder: string, { selection, from = "en", to = "es" }: Options): DocumentContext {
  return {
    folder,
    signal,
    time: (_name, _page, work) => work(),
    sourceLanguage: from,
    targetLanguage: to,
    ...(selection && { selection }),
  };
}

export interface Read {
  readonly pages: readonly Page[];
  readonly leaves: readonly Leaf[];
  readonly remarks: readonly Remark[];
}

/** What the engine reads in a file of this name and content. */
export async function read(name: string, content: Uint8Array, options: Options = {}): Promise<Read> {
  await using folder = await scratch();
  const { document } = await registry.open(await folder.file(name, content), name, contextOf(folder.path, options));
  await using opened = document;
  const pages = await pagesOf(opened);
  return {
    pages,
    leaves: pages.flatMap(({ blocks }) => [...leavesOf(blocks)]),
    remarks: [...document.remarks, ...pages.flatMap((page) => page.remarks)],
  };
}

async function pagesOf(document: Awaited<ReturnType<typeof registry.open>>["document"]): Promise<Page[]> {
  const pages: Page[] = [];
  for (let number = 1; number <= document.pageCount; number++) {
    const page = await document.page(number);
    if (page.kind === "blocks") pages.push(page.page);
  }
  return pages;
}

/** The file with each leaf's content as `map` makes it. */
export async function written(
  name: string,
  content: Uint8Array,
  map: (leaf: Leaf) => readonly Inline[],
  options: Options = {},
): Promise<Buffer> {
  const { from: sourceLanguage = "en", to: targetLanguage = "es" } = options;
  await using folder = await scratch();
  const { document } = await registry.open(await folder.file(name, content), name, contextOf(folder.path, options));
  await using opened = document;
  const writer = opened.writer?.({ sourceLanguage, targetLanguage, signal });
  if (!writer) throw new Error("It cannot be written.");
  for (const page of await pagesOf(opened))
    await writer.page({ ...page, blocks: mapLeaves(page.blocks, (leaf): Leaf => ({ ...leaf, content: map(leaf) })) });
  const file = path.join(folder.path, "written");
  const remarks = await writer.finish(file);
  options.onRemarks?.(remarks);
  return await readFile(file);
}

/** The parts of a package by their names; a flat file is one without a name. */
export async function partsOf(content: Uint8Array): Promise<Map<string, Buffer>> {
  if (content[0] !== 0x50) return new Map([["", Buffer.from(content)]]);
  await using folder = await scratch();
  await using archive = await Archive.open(await folder.file("a.zip", content));
  const parts = new Map<string, Buffer>();
  for (const name of archive.names) parts.set(name, await archive.read(name));
  return parts;
}
