import { Corrections } from "./document/corrections.ts";
import { KEPT_FILE, KeptPages, readKept } from "./document/kept_pages.ts";
import { add, EMPTY_TALLY, ledgerOf, type Tally, tallyOf } from "./document/ledger.ts";
import { PageSpool } from "./document/spool.ts";
import { asEngineError, EngineError } from "./errors.ts";
import type { OpenDocument } from "./formats/format.ts";
import { contextOf, type Request, type Result, type Services } from "./pipeline.ts";
import { type Progress, ProgressTeller } from "./progress.ts";
import { type CorrectionsAs, readCorrections } from "./services/correction/read_corrections.ts";
import type { Exported } from "./services/export/export.ts";
import { Stopwatch } from "./stopwatch.ts";

/** A translation of which segments are to say something else. */
export interface RevisionRequest extends Request {
  /** The translated pages, as the pipeline kept them. */
  readonly kept: string;
  /** A file of them. */
  readonly corrections: string;
  readonly correctionsAs: CorrectionsAs;
}

/** The outputs with their corrections; none where nothing is to say anything else. */
export interface Revised extends Result {
  /** How many segments say something else. */
  readonly corrected: number;
}

type RevisingServices = Pick<Services, "registry" | "exporter" | "office">;

/** So many faults are told. */
const MAX_FAULTS = 5;

/**
 * Writes the outputs of a document again, from its kept translation: nothing is read by OCR and nothing translated. Throws
 * EngineError: INVALID_REQUEST for corrections that do not fit, NOT_CORRECTABLE for pages that another engine kept in another way,
 * INPUT_CHANGED for a document that reads otherwise than it did, and what opening and writing it does.
 */
export async function revise(
  request: RevisionRequest,
  services: RevisingServices,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<Revised> {
  const progress = new ProgressTeller(onProgress);
  try {
    const before = await readKept(request.kept);
    if (!before) throw new EngineError("NOT_CORRECTABLE", "The translation was kept by another version of the engine.");
    const { facts } = before;
    const { pageCount, remarks: known, ...about } = facts;
    progress.pagesTotal = pageCount;
    const corrections = new Corrections(await readCorrections(request.corrections, request.correctionsAs));
    await using pages = await PageSpool.create(request.folder, "revised");
    await using kept = new KeptPages(request.folder, facts);
    let tally: Tally = { ...EMPTY_TALLY, entries: known };
    for await (const old of before.pages) {
      signal.throwIfAborted();
      const page = corrections.apply(old);
      await pages.add(page);
      await kept.add({ ...old, page });
      tally = add(tally, tallyOf(page));
      progress.tell("EXPORTING", 0, 0);
    }
    requireNone(corrections.faults());
    await kept.finish();
    const { size: corrected } = corrections.corrected;
    if (corrected === 0) return { outputs: [], ledger: ledgerOf(tally, about), corrected };
    const { outputs, remarks } = await write({ ...request, sourceLanguage: facts.sourceLanguage }, pages, services, progress, signal);
    const ledger = ledgerOf(add(tally, { ...EMPTY_TALLY, entries: remarks }), about);
    return { outputs, ledger, kept: KEPT_FILE, corrected };
  } catch (error) {
    const known = asEngineError(error);
    if (known) known.stage = "EXPORTING";
    throw known ?? error;
  }
}

async function write(
  request: Request,
  pages: PageSpool,
  services: RevisingServices,
  progress: ProgressTeller,
  signal: AbortSignal,
): Promise<Exported> {
  const { sourceLanguage, outputs = [], bilingual } = request;
  const context = contextOf(request, services, { signal, time: new Stopwatch().time });
  const { format, document, file, conversion } = await services.registry.open(request.file, request.fileName, context);
  await using source = document;
  await readAgain(source, progress.pagesTotal);
  const translated = { source, file, format, pages, isConverted: conversion !== undefined, sourceLanguage, outputs };
  return await services.exporter.export({ ...translated, ...(bilingual && { bilingual }) }, context, (share) =>
    progress.tell("EXPORTING", share, Math.floor(share * source.pageCount)),
  );
}

/** What has no pages is written by what was read of it: a sheet's writer compares. Pages need not be read. */
async function readAgain(document: OpenDocument, pageCount: number): Promise<void> {
  if (document.pageCount !== pageCount) throw new EngineError("INPUT_CHANGED", "The document reads otherwise than when it was translated.");
  if (document.flow !== "continuous") return;
  for (let number = 1; number <= pageCount; number++) await document.page(number);
}

function requireNone(faults: readonly string[]): void {
  if (faults.length === 0) return;
  const more = faults.length > MAX_FAULTS ? `, and ${faults.length - MAX_FAULTS} more` : "";
  throw new EngineError("INVALID_REQUEST", `Corrections do not fit: ${faults.slice(0, MAX_FAULTS).join("; ")}${more}.`);
}
