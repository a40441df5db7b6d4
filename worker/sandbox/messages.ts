import type { ChildMessage } from "../engine/child.ts";

const STAGES: ReadonlySet<unknown> = new Set(["CONVERTING", "OCR_PROCESSING", "TRANSLATING", "EXPORTING"]);
const FORMATS: ReadonlySet<unknown> = new Set(["MARKDOWN", "TEXT", "PDF", "PREVIEW", "SOURCE_PREVIEW", "JSON"]);
const MAX_PIECES = 1_000;
const MAX_WORDS = 10_000;
/** More than twice what the largest document has. */
const MAX_OUTPUTS = 10_000;
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
  progress: ({ progress }) =>
    isFields(progress) && STAGES.has(progress["stage"]) && ["percent", "pagesDone", "pagesTotal"].every((name) => isCount(progress[name])),
  pieces: ({ pieces }) => Array.isArray(pieces) && pieces.length <= MAX_PIECES && pieces.every(isPiece),
  done: ({ result }) => isFields(result) && isFields(result["ledger"]) && areOutputs(result["outputs"]),
  failed: ({ code, message, stage, page }) => [code, message, stage].every(isWords) && isCount(page),
};

function isPiece(piece: unknown): boolean {
  if (!isFields(piece)) return false;
  const { name, page, startMs, endMs, failed } = piece;
  return isWords(name) && isCount(page) && isTime(startMs) && isTime(endMs) && startMs <= endMs && typeof failed === "boolean";
}

function areOutputs(outputs: unknown): boolean {
  return Array.isArray(outputs) && outputs.length <= MAX_OUTPUTS && outputs.every(isOutput);
}

function isOutput(output: unknown): boolean {
  if (!isFields(output)) return false;
  const { format, page, sourcePage, mediaType, fileName } = output;
  return (
    FORMATS.has(format) && isCount(page) && isCount(sourcePage ?? 0) && isWords(mediaType) && isWords(fileName) && FILE_NAME.test(fileName)
  );
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
