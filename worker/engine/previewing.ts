import { writeFile } from "node:fs/promises";
import path from "node:path";
import { EngineError } from "./errors.ts";
import { registry } from "./formats/registry.ts";
import { previewOf } from "./services/export/preview.ts";
import { openOffice } from "./services/office/office.ts";

/** A page of a document or of what it became, to be looked at. */
export interface PreviewRequest {
  readonly file: string;
  readonly fileName: string;
  /** From 1. */
  readonly page: number;
  /** Where the picture is written, as `preview.webp`. */
  readonly folder: string;
}

export const PREVIEW_FILE = "preview.webp";

/** Throws EngineError, or whatever keeps the page from being shown. */
export async function makePreview({ file, fileName, folder, page }: PreviewRequest): Promise<void> {
  const { signal } = new AbortController();
  const office = openOffice(folder);
  const context = {
    folder,
    signal,
    time: <T>(_: string, __: number, work: () => Promise<T>) => work(),
    sourceLanguage: "",
    targetLanguage: "",
    isLookedAt: true,
    ...(office && { office }),
  };
  const { document } = await registry.open(file, fileName, context);
  await using shown = document;
  if (page < 1 || page > shown.pageCount) throw new EngineError("NO_CONTENT", "The document has no such page.");
  await writeFile(path.join(folder, PREVIEW_FILE), await previewOf(shown, page));
}
