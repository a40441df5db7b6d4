import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { ErrorCode } from "../../platform/errors.ts";
import type { DocumentContext } from "../../worker/engine/context.ts";
import type { Page } from "../../worker/engine/document/model.ts";
import { EngineError } from "../../worker/engine/errors.ts";
import { registry } from "../../worker/engine/formats/registry.ts";
import { flow } from "../../worker/engine/layout/flow.ts";
import { readPages } from "../../worker/engine/reading.ts";
import { openOcr } from "../../worker/engine/services/ocr/ocr.ts";
import { Stopwatch } from "../../worker/engine/stopwatch.ts";
import { type Reading, readingOfPages } from "./reading.ts";

/** What the engine made of a document. */
export type Outcome =
  | { readonly kind: "read"; readonly reading: Reading; readonly pages: readonly Page[] }
  | { readonly kind: "refused"; readonly code: ErrorCode; readonly message: string };

/** Reads a document as the pipeline does before it translates: nobody says the language, what is to be read by OCR is. */
export async function read(bytes: Uint8Array, fileName: string): Promise<Outcome> {
  const folder = await mkdtemp(path.join(tmpdir(), "dragoman-reading-"));
  try {
    const file = path.join(folder, fileName);
    await writeFile(file, bytes);
    const context: DocumentContext = {
      ...{ folder, signal: new AbortController().signal, time: new Stopwatch().time },
      ...{ sourceLanguage: "", targetLanguage: "" },
    };
    return await readFile(file, fileName, context);
  } catch (error) {
    if (error instanceof EngineError) return { kind: "refused", code: error.code, message: error.message };
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function readFile(file: string, fileName: string, context: DocumentContext): Promise<Outcome> {
  const { document } = await registry.open(file, fileName, context);
  await using opened = document;
  await using ocr = openOcr(context);
  const pages: Page[] = [];
  for await (const page of flow(readPages(opened, ocr, context))) pages.push(page);
  const failures = pages.filter((page) => page.failure !== undefined).map(() => "PAGE_FAILED" as const);
  const remarks = [...opened.remarks.map(({ code }) => code), ...failures];
  return { kind: "read", reading: readingOfPages(pages, remarks), pages };
}
