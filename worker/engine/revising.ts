import { Corrections } from "./document/corrections.ts";
import { KEPT_FILE, KeptPages, readKept } from "./document/kept_pages.ts";
import { add, EMPTY_TALLY, ledgerOf, type Tally, tallyOf } from "./document/ledger.ts";
import type { Segment, Tagged } from "./document/segment.ts";
import { PageSpool } from "./document/spool.ts";
import { unitOf } from "./document/unit.ts";
import { asEngineError, EngineError } from "./errors.ts";
import type { OpenDocument } from "./formats/format.ts";
import { contextOf, type Request, type Result, type Services } from "./pipeline.ts";
import type { LanguagePair } from "./ports/translator.ts";
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

/** A text as translators have it, and what a person made of it. */
export interface Learnt {
  readonly unit: Tagged;
  readonly target: Tagged;
}

export interface RevisionListener {
  readonly progress: (progress: Progress) => void;
  /** What is worth remembering for other documents, a few at a time, once the files are written. */
  readonly learnt: (units: readonly Learnt[], pair: LanguagePair) => void;
}

/** So much goes to the memory at once. */
const LEARNT = { units: 32, letters: 20_000, tags: 10_000 };
/** Of a text that is remembered. */
const MAX_TAGS = 2_000;

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
  listener: RevisionListener,
  signal: AbortSignal,
): Promise<Revised> {
  const progress = new ProgressTeller(listener.progress);
  try {
    const before = await readKept(request.kept);
    if (!before) throw new EngineError("NOT_CORRECTABLE", "The translation was kept by another version of the engine.");
    const { facts } = before;
    const { pageCount, remarks: known, targetLanguage, ...about } = facts;
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
    for (const units of learnt(corrections.corrected)) listener.learnt(units, { source: facts.sourceLanguage, target: targetLanguage });
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
  await readAgain(source, progress);
  const translated = { source, file, format, pages, isConverted: conversion !== undefined, sourceLanguage, outputs };
  return await services.exporter.export({ ...translated, ...(bilingual && { bilingual }) }, context, (share) =>
    progress.tell("EXPORTING", share, Math.floor(share * source.pageCount)),
  );
}

/** In batches of at most twice what they should have, but for their number. */
function* learnt(segments: Iterable<Segment>): Generator<Learnt[]> {
  let batch: Learnt[] = [];
  let [letters, tags] = [0, 0];
  for (const { source, target } of segments) {
    const { unit, reduce } = unitOf(source);
    const said = target && reduce(target);
    if (!said || Math.max(unit.tags.length, said.tags.length) > MAX_TAGS) continue;
    batch.push({ unit, target: said });
    letters += Math.max(unit.text.length, said.text.length);
    tags += Math.max(unit.tags.length, said.tags.length);
    if (batch.length < LEARNT.units && letters < LEARNT.letters && tags < LEARNT.tags) continue;
    yield batch;
    batch = [];
    [letters, tags] = [0, 0];
  }
  if (batch.length > 0) yield batch;
}

/** What has no pages is written by what was read of it: a sheet's writer compares. Pages need not be read. */
async function readAgain(document: OpenDocument, progress: ProgressTeller): Promise<void> {
  const { pageCount } = document;
  if (pageCount !== progress.pagesTotal)
    throw new EngineError("INPUT_CHANGED", "The document reads otherwise than when it was translated.");
  if (document.flow !== "continuous") return;
  for (let number = 1; number <= pageCount; number++) {
    await document.page(number);
    progress.tell("EXPORTING", 0, 0);
  }
}

function requireNone(faults: readonly string[]): void {
  if (faults.length === 0) return;
  const more = faults.length > MAX_FAULTS ? `, and ${faults.length - MAX_FAULTS} more` : "";
  throw new EngineError("INVALID_REQUEST", `Corrections do not fit: ${faults.slice(0, MAX_FAULTS).join("; ")}${more}.`);
}
