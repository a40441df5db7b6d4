import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import { Channel } from "./channel.ts";
import { EngineError } from "./errors.ts";
import { registry } from "./formats/registry.ts";
import { type Request, type Result, TranslationPipeline } from "./pipeline.ts";
import type { LanguagePair } from "./ports/translator.ts";
import type { PreviewRequest } from "./previewing.ts";
import type { Progress } from "./progress.ts";
import type { Learnt, Revised, RevisionRequest } from "./revising.ts";
import { fileExporter } from "./services/export/export.ts";
import { ocrOnDemand } from "./services/ocr/on_demand.ts";
import { openOffice } from "./services/office/office.ts";
import { type Asked, RemoteTranslator, type Reply, type ServedPair, type Told } from "./services/translation/remote.ts";
import { loadTranslating } from "./services/translation/translate.ts";
import type { TimedSpan } from "./stopwatch.ts";

/** What a child process tells its supervisor. */
export type ChildMessage =
  /** It can be given a document. */
  | { readonly kind: "ready" }
  | { readonly kind: "progress"; readonly progress: Progress }
  /** Of the stage that ends. */
  | { readonly kind: "spans"; readonly spans: TimedSpan[] }
  | { readonly kind: "done"; readonly result: Result }
  | { readonly kind: "revised"; readonly result: Revised }
  /** What a revision has that other documents should have, too. */
  | { readonly kind: "learnt"; readonly units: readonly Learnt[]; readonly pair: LanguagePair }
  /** It waits for the answer, and meanwhile for nothing else. */
  | Asked
  | Told
  | { readonly kind: "failed"; readonly code: string; readonly message: string; readonly stage: string; readonly page: number }
  /** The preview is written. */
  | { readonly kind: "shown" }
  /** Nothing is left in its folder. */
  | { readonly kind: "cleared" };

/** What its supervisor tells it. */
export type SupervisorMessage =
  /** With what is served by translators now. */
  | { readonly kind: "document"; readonly request: Request; readonly served: readonly ServedPair[] }
  | Reply
  | { readonly kind: "preview"; readonly request: PreviewRequest }
  | { readonly kind: "revision"; readonly request: RevisionRequest }
  | { readonly kind: "clear" };

const abort = new AbortController();
let folder = "";
let translator: RemoteTranslator | undefined;

// Without its supervisor a child works for nobody.
const supervisor = Channel.toSupervisor({ hear: (said) => take(said as SupervisorMessage), end: () => process.exit(1) });
const tell = (message: ChildMessage) => supervisor.say(message);

/** Tells what came of a stretch of work in `within`. */
async function answer(within: string, work: () => Promise<ChildMessage>): Promise<void> {
  folder = within;
  try {
    await tell(await work());
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

async function translate(request: Request, served: readonly ServedPair[]): Promise<ChildMessage> {
  translator = new RemoteTranslator(served, (asked) => void tell(asked));
  const pipeline = new TranslationPipeline({ registry, ocr: ocrOnDemand, translator, exporter: fileExporter, office: openOffice });
  const result = await pipeline.run(
    request,
    (progress) => void tell({ kind: "progress", progress }),
    abort.signal,
    (spans) => void tell({ kind: "spans", spans }),
  );
  return { kind: "done", result };
}

async function write(request: RevisionRequest): Promise<ChildMessage> {
  const { revise } = await import("./revising.ts");
  const listener = {
    progress: (progress: Progress) => void tell({ kind: "progress", progress }),
    learnt: (units: readonly Learnt[], pair: LanguagePair) => void tell({ kind: "learnt", units, pair }),
  };
  return {
    kind: "revised",
    result: await revise(request, { registry, exporter: fileExporter, office: openOffice }, listener, abort.signal),
  };
}

async function show(request: PreviewRequest): Promise<ChildMessage> {
  const { makePreview } = await import("./previewing.ts");
  await makePreview(request);
  return { kind: "shown" };
}

async function clear(): Promise<void> {
  for (const name of await readdir(folder)) await rm(path.join(folder, name), { recursive: true });
  await tell({ kind: "cleared" });
}

function take(message: SupervisorMessage): void {
  if (message.kind === "document") void answer(message.request.folder, () => translate(message.request, message.served));
  else if (message.kind === "preview") void answer(message.request.folder, () => show(message.request));
  else if (message.kind === "revision") void answer(message.request.folder, () => write(message.request));
  else if (message.kind === "clear") void clear();
  else translator?.receive(message);
}

await tell({ kind: "ready" });
// While it waits for a document: what every one that is translated needs.
await loadTranslating();
