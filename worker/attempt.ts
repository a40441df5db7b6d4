import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { create, toBinary } from "@bufbuild/protobuf";
import {
  type Artefact,
  ArtefactSchema,
  BilingualLayout,
  type ContentSelection,
  Flow,
  type Ledger,
  LedgerSchema,
  type LongestSpan,
  ResultFormat,
  Stage,
  Strictness,
} from "../gen/dragoman/v1/job_pb.ts";
import type { Granted } from "../gen/dragoman/v1/worker_service_pb.ts";
import type { ArtefactStore, StoredArtefact } from "../platform/artefacts/artefacts.ts";
import { KEPT_NAME, outputName } from "../platform/artefacts/output_name.ts";
import { isDiskFull } from "../platform/disk.ts";
import { DragomanError } from "../platform/errors.ts";
import type { Logger } from "../platform/log.ts";
import type { Selection } from "./engine/context.ts";
import { bounded } from "./engine/document/ledger.ts";
import type { Request, Result } from "./engine/pipeline.ts";
import type { Progress } from "./engine/progress.ts";
import type { Output, OutputFormat } from "./engine/services/export/renderer.ts";
import type { TimedSpan } from "./engine/stopwatch.ts";
import { fetchInput } from "./input.ts";
import { openOutput } from "./sandbox/outputs.ts";
import type { Borrowed, ChildPool } from "./sandbox/pool.ts";
import { StageSpans } from "./stage_spans.ts";
import { orderOf } from "./translators/order_of.ts";
import type { DocumentTranslator, Translators } from "./translators/translators.ts";

/** Of all files of one result. */
const MAX_RESULT_BYTES = 4 * 1024 ** 3;

/** Made when they are looked at (previews.ts). */
const PREVIEWS: ReadonlySet<string> = new Set(["PREVIEW", "SOURCE_PREVIEW"]);
const NAMES: ReadonlyMap<number, string> = new Map(Object.entries(ResultFormat).map(([name, format]) => [format, name]));
const NOT_MADE: StoredArtefact = { sizeBytes: 0, sha256: "" };

/** What an attempt tells of itself while it runs. */
export interface AttemptProgress {
  readonly stage: Stage;
  readonly percent: number;
  readonly pagesDone: number;
  readonly pagesTotal: number;
  readonly memoryBytes: number;
  /** What took longest in each stage that has ended. */
  readonly longestSpans: readonly LongestSpan[];
}

export interface AttemptParts {
  readonly artefacts: ArtefactStore;
  /** The attempt's own folder; removed at the end. */
  readonly folder: string;
  /** What its document is read in. */
  readonly children: Pick<ChildPool, "borrow">;
  /** Whom its engine asks. */
  readonly translators: Translators;
  /** How long a document may run, whatever its job says. */
  readonly runMs: number;
  /** Waits for a slot to run in; what it returns gives the slot back. */
  readonly slot: (signal: AbortSignal) => Promise<Disposable>;
  readonly log: Logger;
}

/** One attempt from its grant to its stored outputs. Throws DragomanError, or `signal`'s reason. */
export type RunAttempt = (
  grant: Granted,
  parts: AttemptParts,
  onProgress: (progress: AttemptProgress) => void,
  signal: AbortSignal,
) => Promise<{ ledger: Ledger; artefacts: Artefact[]; longestSpans: LongestSpan[] }>;

/** Translates: fetches the input, runs the engine on it in a child process, and stores what it made. */
export const runAttempt: RunAttempt = async (grant, parts, onProgress, signal) => {
  const spans = new StageSpans(grant);
  const enter = (progress: Omit<AttemptProgress, "longestSpans">) => {
    spans.enter(progress.stage);
    onProgress({ ...progress, longestSpans: spans.longest });
  };
  try {
    spans.enter(Stage.DOWNLOADING);
    await mkdir(parts.folder, { recursive: true, mode: 0o700 });
    const input = path.join(parts.folder, "input");
    await spans.time("fetch input", 0, () => fetchInput(grant, input, parts.artefacts, signal));
    using _slot = await spans.time("wait for a slot", 0, () => parts.slot(signal));
    await using child = await spans.time("start engine", 0, () => parts.children.borrow(grant.tenantId, signal));
    await using translator = await parts.translators.open(orderOf(grant));
    const result = await translate(grant, { file: input, runMs: parts.runMs, translator }, child, enter, spans, signal);
    const ledger = ledgerOf(result, translator);
    const { pagesIn } = ledger;
    const onStored = (share: number) =>
      enter({
        stage: Stage.UPLOADING,
        percent: Math.floor(97 + 2 * share),
        pagesDone: Math.floor(pagesIn * share),
        pagesTotal: pagesIn,
        memoryBytes: 0,
      });
    onStored(0);
    const store = storing(parts.artefacts, grant.outputPrefix, signal);
    const artefacts = await storeResult(result, child.output, store, spans, onStored);
    spans.end();
    return { ledger, artefacts, longestSpans: spans.longest };
  } catch (thrown) {
    const error = isDiskFull(thrown) ? DragomanError.of("STORAGE_FULL", "The worker's disk is full.", { cause: thrown }) : thrown;
    spans.end(error);
    throw error;
  } finally {
    await rm(parts.folder, { recursive: true, force: true });
  }
};

function translate(
  { options, fileName, runDeadlineMs }: Granted,
  { file, runMs, translator }: { file: string; runMs: number; translator: DocumentTranslator },
  child: Borrowed,
  enter: (progress: Omit<AttemptProgress, "longestSpans">) => void,
  spans: StageSpans,
  signal: AbortSignal,
): Promise<Result> {
  const work = {
    runMs: Math.min(runMs, Number(runDeadlineMs)),
    translator,
    listener: {
      progress: ({ stage, percent, pagesDone, pagesTotal }: Progress, memoryBytes: number) =>
        enter({ stage: Stage[stage], percent, pagesDone, pagesTotal, memoryBytes }),
      spans: (timed: TimedSpan[]) => spans.add(timed),
    },
  };
  const { estimates } = translator;
  return child.run({ ...requestOf(options), file, fileName, ...(estimates && { estimate: estimates }) }, work, signal);
}

/** What a job's options ask of the engine. */
export function requestOf(options: Granted["options"]) {
  const { sourceLanguage = "", targetLanguage = "", password = "", straighten = false } = options ?? {};
  const bilingual = {
    layout: options?.bilingualLayout === BilingualLayout.SIDE_BY_SIDE ? "side by side" : "alternating",
    first: options?.translationFirst ? "translation" : "source",
  } as const;
  const outputs = (options?.outputs ?? []).map((format) => NAMES.get(format) as OutputFormat);
  const strictness: Request["strictness"] = options?.strictness === Strictness.STRICT ? "strict" : "usual";
  const selection = selectionOf(options?.selection);
  return { sourceLanguage, targetLanguage, outputs, bilingual, password, straighten, selection, strictness };
}

/** As the engine has it: lists that are empty choose nothing. */
function selectionOf({ comments, sheetNames, attachments, keys, columns, header }: Partial<ContentSelection> = {}): Selection {
  const chosen = { ...(keys?.length && { keys }), ...(columns?.length && { columns }), ...(header !== undefined && { header }) };
  return { comments: comments ?? false, sheetNames: sheetNames ?? false, attachments: attachments ?? false, ...chosen };
}

/** Puts a file of a result under its prefix. */
type StoreFile = (fileName: string, bytes: AsyncIterable<Uint8Array>) => Promise<StoredArtefact>;

/** Under `prefix`, as much as one result may have. */
export function storing(artefacts: ArtefactStore, prefix: string, signal: AbortSignal): StoreFile {
  let room = MAX_RESULT_BYTES;
  return async (fileName, bytes) => {
    const stored = await artefacts.put(`${prefix}/${fileName}`, bytes, { maxBytes: room }, signal);
    room -= stored.sizeBytes;
    return stored;
  };
}

/** Stores what an engine left in `folder`; what it can be written again from lies with it, and is listed nowhere. */
export async function storeResult(
  { outputs, kept }: Pick<Result, "outputs" | "kept">,
  folder: string,
  store: StoreFile,
  spans: Pick<StageSpans, "time">,
  onStored: (share: number) => void,
): Promise<Artefact[]> {
  const uploaded: Artefact[] = [];
  const storedAs = new Map<string, StoredArtefact>();
  const stored = async ({ format, page, sameAs, fileName }: Output) => {
    if (PREVIEWS.has(format)) return NOT_MADE;
    if (sameAs) return storedAs.get(sameAs) ?? noSuchFile();
    const key = outputName({ format: ResultFormat[format], page });
    const made = await spans.time(`upload ${format}`, page, () => store(key, readFrom(folder, fileName)));
    storedAs.set(format, made);
    return made;
  };
  for (const output of outputs) {
    const { sizeBytes, sha256 } = await stored(output);
    const { page, sourcePage = 0, mediaType, fileName } = output;
    const kind = { format: ResultFormat[output.format], ...(output.sameAs && { sameAs: ResultFormat[output.sameAs] }) };
    uploaded.push(create(ArtefactSchema, { ...kind, page, sourcePage, mediaType, fileName, sizeBytes: BigInt(sizeBytes), sha256 }));
    onStored(uploaded.length / outputs.length);
  }
  if (kept !== undefined) await store(KEPT_NAME, readFrom(folder, kept));
  return uploaded;
}

function noSuchFile(): never {
  throw DragomanError.of("ENGINE_CRASHED", "The engine lists a file as the same as one that it did not write.");
}

/** Opens the file when it is first read: one that is not there fails its reader, not the process. */
async function* readFrom(folder: string, fileName: string): AsyncGenerator<Uint8Array> {
  yield* (await openOutput(folder, fileName)).createReadStream();
}

/** What the engine and its translator counted as the contract has it. Throws ENGINE_CRASHED for what it has no field for. */
export function ledgerOf(result: Pick<Result, "ledger">, translator: Pick<DocumentTranslator, "uses" | "remarks">): Ledger {
  const uses = translator.uses();
  const charactersBilled = BigInt(uses.reduce((sum, use) => sum + use.charactersBilled, 0));
  const engines = uses.map((use) => ({ ...use, charactersBilled: BigInt(use.charactersBilled) }));
  const remarks = translator.remarks().map((remark) => ({ page: 0, ...remark }));
  try {
    const { flow, entries, unknown, characters, ...counts } = result.ledger;
    const lists = { entries: bounded([...remarks, ...entries]), unknown: [...unknown], engines, charactersBilled };
    const ledger = create(LedgerSchema, {
      ...{ ...counts, ...lists, characters: BigInt(characters) },
      flow: flow === "paged" ? Flow.PAGED : Flow.CONTINUOUS,
    });
    toBinary(LedgerSchema, ledger);
    return ledger;
  } catch (cause) {
    throw DragomanError.of("ENGINE_CRASHED", "The engine's ledger cannot be read.", { cause });
  }
}
