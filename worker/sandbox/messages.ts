import { LANGUAGE } from "../../platform/languages.ts";
import type { ChildMessage } from "../engine/child.ts";
import type { Tagged } from "../engine/document/segment.ts";

/** In the order in which a document goes through them. */
const STAGES: readonly unknown[] = ["CONVERTING", "OCR_PROCESSING", "TRANSLATING", "EXPORTING"];
const FORMATS: ReadonlySet<unknown> = new Set([
  ...["MARKDOWN", "TEXT", "PDF", "PREVIEW", "SOURCE_PREVIEW", "SOURCE_PDF", "JSON", "XLIFF", "DOCUMENT", "BILINGUAL"],
]);
const MAX_SPANS = 1_000;
const MAX_WORDS = 10_000;
/** More than twice what the largest document has. */
const MAX_OUTPUTS = 10_000;
/** Of one question to a translator; an engine asks for eight sentences, or one paragraph of 4,000 letters, at once. */
const MAX_BATCH = 64;
const MAX_BATCH_LETTERS = 50_000;
const MAX_BATCH_TAGS = 20_000;
const TAG_KINDS: ReadonlySet<unknown> = new Set(["open", "close", "atom"]);
const VERDICTS: ReadonlySet<unknown> = new Set(["ok", "doubt", "failed"]);
/** Of translation engines. */
const MAX_NAMES = 10;
/** In the year 2248. */
const LAST_MS = 2 ** 43;
/** A name of its own folder: nothing that leads out of it. */
const FILE_NAME = /^[\w-][\w.-]{0,99}$/;

type Fields = Readonly<Record<string, unknown>>;

/**
 * What a child said, if it is something that an engine says; else undefined. The child has read hostile bytes:
 * its words may be anybody's. The ledger within a result is checked by what encodes it.
 */
export function asChildMessage(said: unknown): ChildMessage | undefined {
  return isFields(said) && MESSAGES[String(said["kind"])]?.(said) ? (said as unknown as ChildMessage) : undefined;
}

const MESSAGES: Readonly<Record<string, (said: Fields) => boolean>> = {
  __proto__: null as never,
  ready: () => true,
  cleared: () => true,
  shown: () => true,
  progress: ({ progress }) =>
    isFields(progress) &&
    STAGES.includes(progress["stage"]) &&
    ["percent", "pagesDone", "pagesTotal"].every((name) => isCount(progress[name])),
  spans: ({ spans }) => Array.isArray(spans) && spans.length <= MAX_SPANS && spans.every(isSpan),
  done: ({ result }) => isResult(result),
  revised: ({ result }) => isResult(result) && isCount(result["corrected"]),
  translate: ({ id, pair, batch, refused = [], isEstimate = false }) =>
    isCount(id) && isPair(pair) && isBatch(batch) && areNames(refused) && typeof isEstimate === "boolean",
  settle: ({ settled }) =>
    Array.isArray(settled) &&
    settled.every((each) => isFields(each) && isPair(each["pair"]) && VERDICTS.has(each["verdict"])) &&
    isBatch(settled.map(({ unit }: Fields) => unit)),
  learnt: ({ units, pair }) =>
    isPair(pair) &&
    Array.isArray(units) &&
    units.every(isFields) &&
    ["unit", "target"].every((side) => isBatch(units.map((each) => each[side]))),
  failed: ({ code, message, stage, page }) => [code, message, stage].every(isWords) && isCount(page),
};

/** What is said of one document, in its order. Each stage that begins is told on at once: an engine never goes back to one. */
export class MessageOrder {
  #stage = 0;
  #spans = 0;

  /** Whether `message` can come after those before: no stage again, and of each its spans once, with those of the end. */
  admits(message: ChildMessage): boolean {
    if (message.kind === "spans") return ++this.#spans <= STAGES.length + 1;
    if (message.kind !== "progress") return true;
    const stage = STAGES.indexOf(message.progress.stage);
    if (stage < this.#stage) return false;
    this.#stage = stage;
    return true;
  }
}

function isSpan(span: unknown): boolean {
  if (!isFields(span)) return false;
  const { name, page, startMs, endMs, failed } = span;
  return isWords(name) && isCount(page) && isTime(startMs) && isTime(endMs) && startMs <= endMs && typeof failed === "boolean";
}

function isResult(result: unknown): result is Fields {
  return isFields(result) && isFields(result["ledger"]) && areOutputs(result["outputs"]) && isFileName(result["kept"] ?? "none");
}

function areOutputs(outputs: unknown): boolean {
  return Array.isArray(outputs) && outputs.length <= MAX_OUTPUTS && outputs.every(isOutput);
}

function isOutput(output: unknown): boolean {
  if (!isFields(output)) return false;
  const { format, page, sourcePage, sameAs, mediaType, fileName } = output;
  return (
    [format, sameAs ?? format].every((name) => FORMATS.has(name)) &&
    isCount(page) &&
    isCount(sourcePage ?? 0) &&
    isWords(mediaType) &&
    isFileName(fileName)
  );
}

function isFileName(name: unknown): boolean {
  return isWords(name) && FILE_NAME.test(name);
}

function isPair(pair: unknown): boolean {
  return isFields(pair) && [pair["source"], pair["target"]].every((code) => typeof code === "string" && LANGUAGE.test(code));
}

function isBatch(batch: unknown): boolean {
  if (!Array.isArray(batch) || batch.length === 0 || batch.length > MAX_BATCH || !batch.every(isTagged)) return false;
  const total = (of: (each: Tagged) => number) => (batch as Tagged[]).reduce((sum, each) => sum + of(each), 0);
  return total(({ text }) => text.length) <= MAX_BATCH_LETTERS && total(({ tags }) => tags.length) <= MAX_BATCH_TAGS;
}

function isTagged(tagged: unknown): boolean {
  if (!isFields(tagged)) return false;
  const { text, tags } = tagged;
  if (typeof text !== "string" || text.length > MAX_BATCH_LETTERS || !Array.isArray(tags) || tags.length > MAX_BATCH_TAGS) return false;
  return tags.every(
    (tag) => isFields(tag) && isCount(tag["id"]) && isCount(tag["at"]) && Number(tag["at"]) <= text.length && TAG_KINDS.has(tag["kind"]),
  );
}

function areNames(names: unknown): boolean {
  return Array.isArray(names) && names.length <= MAX_NAMES && names.every(isWords);
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null;
}

/** In the protocol's own range, of times and of what lies between two. */
function isTime(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value < LAST_MS;
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) < 2 ** 31;
}

function isWords(value: unknown): value is string {
  return typeof value === "string" && value.length <= MAX_WORDS;
}
