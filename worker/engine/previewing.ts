import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { EngineError } from "./errors.ts";
import { registry } from "./formats/registry.ts";
import { openPreviews, sourcePreview } from "./services/export/preview.ts";

/** A page of a file, to be looked at. */
export interface PreviewRequest {
  readonly file: string;
  readonly fileName: string;
  /** Of the source, or of the PDF that was made of it. */
  readonly of: "source" | "pdf";
  /** From 1. */
  readonly page: number;
  /** Where the picture is written, as `preview.webp`. */
  readonly folder: string;
}

export const PREVIEW_FILE = "preview.webp";

/** Throws EngineError, or whatever keeps the page from being shown. */
export async function makePreview(request: PreviewRequest): Promise<void> {
  const picture = request.of === "pdf" ? await ofPdf(request) : await ofSource(request);
  await writeFile(path.join(request.folder, PREVIEW_FILE), picture);
}

async function ofPdf({ file, page }: PreviewRequest): Promise<Buffer> {
  await using previews = await openPreviews(await readFile(file));
  return await previews.preview(page);
}

async function ofSource({ file, fileName, folder, page }: PreviewRequest): Promise<Buffer> {
  const { signal } = new AbortController();
  const context = {
    folder,
    signal,
    time: <T>(_: string, __: number, work: () => Promise<T>) => work(),
    sourceLanguage: "",
    targetLanguage: "",
  };
  const { document } = await registry.open(file, fileName, context);
  await using source = document;
  if (page < 1 || page > source.pageCount) throw new EngineError("NO_CONTENT", "The document has no such page.");
  return await sourcePreview(source, page);
}
