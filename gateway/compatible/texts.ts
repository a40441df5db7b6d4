import { createHmac } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { create, type MessageInitShape, toJsonString } from "@bufbuild/protobuf";
import { type Job, JobOptionsSchema, JobState, Priority, ResultFormat } from "../../gen/dragoman/v1/job_pb.ts";
import { once } from "../../platform/async/once.ts";
import { asDragomanError, DragomanError } from "../../platform/errors.ts";
import { isFinal } from "../../platform/final.ts";
import { isServed, type ServedLanguages, sourcesOf } from "../../platform/languages.ts";
import { likelyLanguages, type Source, sourceAmong } from "./detection.ts";
import { baseOf, enginesOf, isSameLanguage, languageOf } from "./language_codes.ts";
import type { OwnApi } from "./own_api.ts";
import type { SharedWork } from "./shared_work.ts";
import { FAILED, type Remark, remarksByText } from "./text_remarks.ts";

/** Nobody waits longer for an answer to a request of texts. */
const TEXTS_MS = 120_000;
/** Of a translation, and of all that is told of it; a request has at most 1 MiB. */
const MAX_RESULT_BYTES = 32 * 1024 * 1024;
/** A job that another request of the same texts has removed is made anew; so often at most. */
const MAX_TRIES = 3;
/** How many languages are told in one turn of the event loop. */
const TEXTS_OF_A_TURN = 100;
/** Of what a client calls a language. */
const MAX_SHOWN = 20;

export interface TextsRequest {
  readonly texts: readonly string[];
  /** As the client calls it; empty to detect it, text by text. */
  readonly source: string;
  readonly target: string;
  readonly options: MessageInitShape<typeof JobOptionsSchema>;
  /** What a job of it is labelled with, as `api`. */
  readonly label: string;
  /** Sentences that could not be translated stay, with a remark; else they are an error. */
  readonly allowsPartial: boolean;
}

export interface TranslatedText {
  readonly text: string;
  readonly source: Source;
  /** Characters that engines billed for it. */
  readonly billed: number;
  readonly remarks: readonly Remark[];
}

/** What the texts of all requests share. */
export interface TextsParts {
  readonly work: SharedWork<readonly TranslatedText[]>;
  readonly uploadSecret: string;
}

/** What one job makes of texts in one language. */
interface Batch {
  readonly texts: readonly string[];
  readonly source: Source;
}

/**
 * Translates texts as jobs of their own, one for each language that they are in, which are removed when they have ended. Throws DragomanError:
 * what CreateJob does, why the job failed, and DOCUMENT_INCOMPLETE naming the texts where sentences were left.
 */
export async function translateTexts(request: TextsRequest, api: OwnApi, parts: TextsParts, asker: AbortSignal): Promise<TranslatedText[]> {
  const engines = enginesOf(await api.languages(), request.options.engine ?? "");
  const target = targetOf(request.target, engines);
  const sources = await sourcesFor(request, target, engines);
  const done: TranslatedText[] = request.texts.map((text, index) => ({ text, source: sources[index] as Source, billed: 0, remarks: [] }));
  const open = done
    .map(({ text, source }, index) => ({ text, source, index }))
    .filter(({ text, source }) => !source.isTarget && hasLetters(text));
  const batches = Map.groupBy(open, ({ source }) => source.language);
  for (const members of batches.values()) {
    const [first] = members;
    if (!first) continue;
    const batch = { texts: members.map(({ text }) => text), source: first.source };
    const options = optionsOf(request, batch, target);
    const key = keyOf([api.authorization, batch.texts, toJsonString(JobOptionsSchema, options)], parts.uploadSecret);
    const work = () => inTime((signal) => translateBatch(batch, options, key, api.until(signal)));
    const translated = await parts.work.share(key, work, asker);
    for (const [at, { index, source }] of members.entries()) {
      const made = translated[at];
      if (made) done[index] = { ...made, source };
    }
  }
  if (!request.allowsPartial) refusePartial(done);
  return done;
}

/** Throws UNSUPPORTED_LANGUAGE_PAIR. */
export function targetOf(code: string, engines: readonly ServedLanguages[]): string {
  const target = languageOf(code);
  if (target !== undefined && isServed({ source: "", target }, engines)) return target;
  throw DragomanError.of("UNSUPPORTED_LANGUAGE_PAIR", `Nothing translates to "${code.slice(0, MAX_SHOWN)}".`);
}

/** Throws UNSUPPORTED_LANGUAGE_PAIR. */
export function sourceOf(code: string, target: string, engines: readonly ServedLanguages[]): string {
  const source = languageOf(code);
  if (source !== undefined && isServed({ source, target }, engines)) return source;
  throw DragomanError.of("UNSUPPORTED_LANGUAGE_PAIR", `Nothing translates from "${code.slice(0, MAX_SHOWN)}" to "${target}".`);
}

async function sourcesFor(request: TextsRequest, target: string, engines: readonly ServedLanguages[]): Promise<Source[]> {
  const { texts, source: given } = request;
  const own = { language: baseOf(target), isTarget: true };
  if (given !== "") {
    const meant = languageOf(given) ?? "";
    const isTarget = meant === target || (meant === baseOf(target) && isSameLanguage(meant, target));
    const source = isTarget ? own : { language: sourceOf(given, target, engines), isTarget };
    return texts.map(() => ({ ...source, confidence: 100 }));
  }
  const all = engines.flatMap(({ groups }) => sourcesOf(target, groups));
  const has = (source: string) => isServed({ source, target }, engines);
  const sources: Source[] = [];
  for (const [index, text] of texts.entries()) {
    // Each takes a tenth of a millisecond, and a request may have many thousand.
    if (index % TEXTS_OF_A_TURN === TEXTS_OF_A_TURN - 1) await setImmediate();
    sources.push(hasLetters(text) ? sourceAmong(await likelyLanguages(text), { target, all, has }) : { ...own, confidence: 0 });
  }
  return sources;
}

function hasLetters(text: string): boolean {
  return /\p{L}/u.test(text);
}

function optionsOf({ options, label }: TextsRequest, { source }: Batch, target: string) {
  return create(JobOptionsSchema, {
    ...options,
    sourceLanguage: source.language,
    targetLanguage: target,
    outputs: [ResultFormat.DOCUMENT, ResultFormat.JSON],
    // Somebody waits for it, and it is small.
    priority: Priority.HIGH,
    labels: { api: label },
  });
}

/** The same for the same, and tells nothing of it: a request that is sent again finds the job that it made. */
function keyOf(said: unknown, secret: string): string {
  return createHmac("sha256", secret).update(JSON.stringify(said)).digest("hex");
}

async function inTime<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const signal = AbortSignal.timeout(TEXTS_MS);
  try {
    return await work(signal);
  } catch (error) {
    if (signal.aborted) throw DragomanError.of("DEADLINE_EXCEEDED", `The texts were not translated within ${TEXTS_MS / 1000} s.`);
    throw error;
  }
}

async function translateBatch(
  batch: Batch,
  options: ReturnType<typeof optionsOf>,
  requestId: string,
  api: OwnApi,
): Promise<readonly TranslatedText[]> {
  for (let tries = 1; ; tries++) {
    const { id: uploadId, sha256 } = await api.storeUpload(once(Buffer.from(JSON.stringify(batch.texts))), "texts.json");
    const { id } = await api.createJob({ uploadId, options, requestId, contentSha256: sha256 });
    let removal: Promise<void> | undefined;
    try {
      const job = await api.ended(id);
      try {
        return await readBatch(batch, job, api);
      } finally {
        removal = removeJob(id, api);
        await removal;
      }
    } catch (error) {
      // Stopping it first may take long.
      if (!removal) void removeJob(id, api);
      if (asDragomanError(error).code !== "JOB_NOT_FOUND" || tries >= MAX_TRIES) throw error;
    }
  }
}

async function readBatch({ texts, source }: Batch, job: Job, api: OwnApi): Promise<readonly TranslatedText[]> {
  if (job.state !== JobState.SUCCEEDED && job.state !== JobState.PARTIALLY_SUCCEEDED) throw failureOf(job);
  const made: unknown = JSON.parse(await api.resultText(job.id, ResultFormat.DOCUMENT, MAX_RESULT_BYTES));
  if (!Array.isArray(made) || made.length !== texts.length || !made.every((text) => typeof text === "string"))
    throw new Error("a translation of texts that has not one for each");
  const entries = job.ledger?.entries ?? [];
  const isFlawless = entries.length === 0 && job.state === JobState.SUCCEEDED;
  const remarks = isFlawless ? [] : remarksByText(await api.resultText(job.id, ResultFormat.JSON, MAX_RESULT_BYTES), entries, texts.length);
  const bills = shares(Number(job.ledger?.charactersBilled ?? 0n), texts);
  return made.map((text, index) => ({ text, source, billed: bills[index] ?? 0, remarks: remarks[index] ?? [] }));
}

/** Why there is no translation. */
export function failureOf(job: Job): DragomanError {
  if (job.error) return DragomanError.fromDetail(job.error);
  if (job.state === JobState.CANCELLED) return DragomanError.of("CANCELLED", "The translation was cancelled.");
  return DragomanError.of("QUEUE_DEADLINE_PASSED", "No worker was free in time.");
}

/** What was billed for all of them, by their lengths; the sum of the shares is the whole. */
function shares(total: number, texts: readonly string[]): number[] {
  const lengths = texts.map((text) => [...text].length);
  const all = lengths.reduce((sum, length) => sum + length, 0);
  let before = 0;
  return lengths.map((length) => {
    const from = Math.round((total * before) / all);
    before += length;
    return Math.round((total * before) / all) - from;
  });
}

/** One that goes on is cancelled first. What cannot be removed now goes when jobs of its age are forgotten. */
export async function removeJob(id: string, timed: OwnApi): Promise<void> {
  const api = timed.until(AbortSignal.timeout(TEXTS_MS));
  try {
    const job = await api.getJob(id);
    if (!isFinal(job.state)) {
      const { state } = await api.cancelJob(id, "nobody waits for it");
      if (!isFinal(state)) await api.ended(id);
    }
    await api.deleteJob(id);
  } catch {
    // It was removed by another request, or will be by its age.
  }
}

function refusePartial(done: readonly TranslatedText[]): void {
  const failed = done.flatMap(({ remarks }, index) =>
    remarks.filter(({ code }) => code === FAILED).map(({ message }) => ({ index, message })),
  );
  const [first] = failed;
  if (!first) return;
  const places = [...new Set(failed.map(({ index }) => index + 1))];
  const which = places.length === 1 ? `text ${places[0]}` : `texts ${places.slice(0, 20).join(", ")}`;
  throw DragomanError.of("DOCUMENT_INCOMPLETE", `A part of ${which} could not be translated: ${first.message}`, {
    hint: "With allow_partial=1 it is left as it is, with a remark.",
  });
}
