import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import { EngineError } from "./errors.ts";
import { registry } from "./formats/registry.ts";
import { type Request, type Result, TranslationPipeline } from "./pipeline.ts";
import type { Progress } from "./progress.ts";
import { fileExporter } from "./services/export/export.ts";
import { openOcr } from "./services/ocr/ocr.ts";
import { apertium } from "./services/translation/apertium.ts";
import type { Piece } from "./stopwatch.ts";

/** What a child process tells its supervisor. */
export type ChildMessage =
  /** It can be given a document. */
  | { readonly kind: "ready" }
  | { readonly kind: "progress"; readonly progress: Progress }
  /** Of the stage that ends. */
  | { readonly kind: "pieces"; readonly pieces: Piece[] }
  | { readonly kind: "done"; readonly result: Result }
  | { readonly kind: "failed"; readonly code: string; readonly message: string; readonly stage: string; readonly page: number }
  /** Nothing is left in its folder. */
  | { readonly kind: "cleared" };

/** What its supervisor tells it. */
export type SupervisorMessage = { readonly kind: "document"; readonly request: Request } | { readonly kind: "clear" };

const abort = new AbortController();
let folder = "";

const tell = (message: ChildMessage) => new Promise<void>((resolve) => process.send?.(message, undefined, undefined, () => resolve()));

async function translate(request: Request): Promise<void> {
  folder = request.folder;
  try {
    await using translator = apertium();
    const pipeline = new TranslationPipeline({ registry, ocr: openOcr, translator, exporter: fileExporter });
    const result = await pipeline.run(
      request,
      (progress) => void tell({ kind: "progress", progress }),
      abort.signal,
      (pieces) => void tell({ kind: "pieces", pieces }),
    );
    await tell({ kind: "done", result });
  } catch (error) {
    const known = error instanceof EngineError ? error : undefined;
    if (!known || known.code === "ENGINE_CRASHED") console.error(error);
    await tell({
      kind: "failed",
      code: known?.code ?? "ENGINE_CRASHED",
      message: known?.message ?? "The engine failed.",
      stage: known?.stage ?? "",
      page: known?.page ?? 0,
    });
  }
}

async function clear(): Promise<void> {
  for (const name of await readdir(folder)) await rm(path.join(folder, name), { recursive: true });
  await tell({ kind: "cleared" });
}

// Without its supervisor a child works for nobody.
process.on("disconnect", () => process.exit(1));
process.on("message", (message: SupervisorMessage) => void (message.kind === "document" ? translate(message.request) : clear()));
await tell({ kind: "ready" });
