import type { Timestamp } from "@bufbuild/protobuf/wkt";
import { type ContentSelection, type JobOptions, type JobState, ResultFormat } from "../../gen/dragoman/v1/job_pb.ts";
import type { CreateJobRequest } from "../../gen/dragoman/v1/job_service_pb.ts";
import { DragomanError } from "../../platform/errors.ts";
import { isServed, LANGUAGE } from "../../platform/languages.ts";
import { termRules } from "../glossaries/rules.ts";
import { enginesOf, type Pair, type TranslationAbility, translates } from "../jobs/translation.ts";
import { mannerRules, requireEngines } from "./engine_rules.ts";

const LABEL_NAME = /^[a-z0-9_.-]{1,40}$/;
const MAX_LABELS = 10;
const MAX_RETENTION_SECONDS = 315_360_000n;
const MAX_STATES = 10;
const LABELS = `has at most ${MAX_LABELS} entries; names are 1 to 40 of a to z, 0 to 9 and _ . -, values 1 to 100 characters`;
/** The end of the year 9999, where the JSON form of a Timestamp ends. */
const LAST_SECOND = 253_402_300_799n;
export const TIMES = "is a time of the years 1970 to 9999";
const MAX_EXPIRE_SECONDS = 2_592_000;
export const MAX_QUEUE_DEADLINE_SECONDS = 604_800;
const MAX_RUN_DEADLINE_SECONDS = 86_400;

const OUTPUTS: ReadonlySet<ResultFormat> = new Set<ResultFormat>([
  ResultFormat.MARKDOWN,
  ResultFormat.TEXT,
  ResultFormat.JSON,
  ResultFormat.PDF,
  ResultFormat.DOCUMENT,
  ResultFormat.BILINGUAL,
  ResultFormat.XLIFF,
]);
const MAX_PAIRS_SHOWN = 100;
const MAX_CHOSEN = 100;
const MAX_CHOSEN_LETTERS = 200;
const CHOSEN = `has at most ${MAX_CHOSEN} items of 1 to ${MAX_CHOSEN_LETTERS} characters, each once`;

/** What workers translate. */
export interface Served {
  /** Of jobs that name no engine. */
  readonly pairs: readonly Pair[];
  readonly engines: readonly TranslationAbility[];
  /** Of them those that translate jobs that name none. */
  readonly own: readonly TranslationAbility[];
}

/**
 * The contract's rules, in one place. Throws INVALID_REQUEST with every violation at once, UNSUPPORTED_LANGUAGE_PAIR with the pairs there
 * are, TRANSLATION_ENGINE_UNKNOWN, OPTION_UNSUPPORTED, or UNAVAILABLE where no worker is known yet.
 */
export function validateCreateJob(request: CreateJobRequest, options: JobOptions, { pairs, engines, own }: Served): void {
  const { sourceLanguage: source, targetLanguage: target } = options;
  requireAll(
    [request.uploadId !== "", "upload_id", "is required; CreateUpload gives it"],
    [request.requestId.length <= 64, "request_id", "has at most 64 characters"],
    [/^([0-9a-f]{64})?$/.test(request.contentSha256), "content_sha256", "is 64 lower-case hexadecimal digits, or empty"],
    [target !== "", "options.target_language", 'is required, a BCP 47 code as in "es"'],
    [target === "" || LANGUAGE.test(target), "options.target_language", notLanguage(target)],
    [source === "" || LANGUAGE.test(source), "options.source_language", `${notLanguage(source)}, or is empty to detect it`],
    [isTime(options.notBefore), "options.not_before", TIMES],
    [source === "" || source !== target, "options.target_language", "is the same as the source language"],
    [inRange(options.expireInSeconds, MAX_EXPIRE_SECONDS), "options.expire_in_seconds", `is 0 to ${MAX_EXPIRE_SECONDS}`],
    [
      inRange(options.queueDeadlineSeconds, MAX_QUEUE_DEADLINE_SECONDS),
      "options.queue_deadline_seconds",
      `is 0 to ${MAX_QUEUE_DEADLINE_SECONDS}`,
    ],
    [areLabels(options.labels), "options.labels", LABELS],
    [
      options.retentionSeconds >= 0n && options.retentionSeconds <= MAX_RETENTION_SECONDS,
      "options.retention_seconds",
      `is 0 to ${MAX_RETENTION_SECONDS}`,
    ],
    [
      areOutputs(options.outputs),
      "options.outputs",
      "has each of MARKDOWN, TEXT, JSON, XLIFF, PDF, DOCUMENT and BILINGUAL at most once, and nothing else",
    ],
    ...selectionRules(options.selection),
    ...termRules(options),
    ...mannerRules(options),
    [inRange(options.runDeadlineSeconds, MAX_RUN_DEADLINE_SECONDS), "options.run_deadline_seconds", `is 0 to ${MAX_RUN_DEADLINE_SECONDS}`],
  );
  if (pairs.length === 0 && engines.length === 0)
    throw DragomanError.of("UNAVAILABLE", "No worker has come yet.", { hint: "Start a worker, or try again soon.", retryAfterMs: 2_000 });
  requireEngines(options, engines);
  const isNamed = enginesOf(options).join() !== "";
  if (isNamed || isServed({ source, target }, own) || translates({ pairs }, options)) return;
  const others = engines.filter((engine) => isServed({ source, target }, [engine])).map(({ name }) => name);
  const subject = others.length > 0 ? "No engine that translates unasked" : "No translator";
  throw DragomanError.of("UNSUPPORTED_LANGUAGE_PAIR", `${subject} serves ${source || "any language"}→${target}.`, {
    hint: others.length > 0 ? `Name one that does as \`engine\`: ${others.join(", ")}.` : `These pairs are served: ${shown(pairs)}.`,
  });
}

function shown(pairs: readonly Pair[]): string {
  const some = pairs.slice(0, MAX_PAIRS_SHOWN).map(({ source, target }) => `${source}→${target}`);
  return some.join(", ") + (pairs.length > some.length ? ", and more" : "");
}

function selectionRules({ keys = [], columns = [] }: Partial<ContentSelection> = {}) {
  return [
    [areChosen(keys), "options.selection.keys", CHOSEN],
    [areChosen(columns), "options.selection.columns", CHOSEN],
  ] as const;
}

function areChosen(names: readonly string[]): boolean {
  return (
    names.length <= MAX_CHOSEN &&
    new Set(names).size === names.length &&
    names.every((name) => name.trim() !== "" && name.length <= MAX_CHOSEN_LETTERS)
  );
}

/** What a client that wrote a code in another way is told to write. */
function notLanguage(code: string): string {
  const canonical = canonicalOf(code);
  return canonical && canonical !== code && LANGUAGE.test(canonical)
    ? `is written "${canonical}"`
    : 'is a BCP 47 code as in "es" or "pt-BR"';
}

function canonicalOf(code: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(code.replaceAll("_", "-"))[0];
  } catch {
    return undefined;
  }
}

/** Whether a time is one that ids and queues can hold, and JSON can show. */
export function isTime(time: Timestamp | undefined): boolean {
  return time === undefined || (time.seconds >= 0n && time.seconds <= LAST_SECOND && time.nanos >= 0 && time.nanos < 1e9);
}

/** Whether it holds, of which field, and what that is where it does. */
export type FieldRule = readonly [holds: boolean, field: string, description: string];

/** Of what jobs are chosen by. */
export function filterRules({ labels, states }: { readonly labels: readonly string[]; readonly states: readonly JobState[] }): FieldRule[] {
  return [
    [labels.length <= MAX_LABELS, "labels", `has at most ${MAX_LABELS} items`],
    [states.length <= MAX_STATES, "states", `has at most ${MAX_STATES} items`],
  ];
}

/** Throws INVALID_REQUEST with every rule that does not hold. */
export function requireAll(...rules: readonly FieldRule[]): void {
  const violations = rules.filter(([holds]) => !holds).map(([, field, description]) => ({ field, description }));
  if (violations.length === 0) return;
  const summary = violations.map(({ field, description }) => `${field} ${description}`).join("; ");
  throw DragomanError.of("INVALID_REQUEST", `The request is not valid: ${summary}.`, { violations });
}

function areLabels(labels: Readonly<Record<string, string>>): boolean {
  const entries = Object.entries(labels);
  return (
    entries.length <= MAX_LABELS && entries.every(([name, value]) => LABEL_NAME.test(name) && value.length >= 1 && value.length <= 100)
  );
}

function areOutputs(outputs: readonly ResultFormat[]): boolean {
  return new Set(outputs).size === outputs.length && outputs.every((format) => OUTPUTS.has(format));
}

function inRange(value: number, max: number): boolean {
  return value >= 0 && value <= max;
}
