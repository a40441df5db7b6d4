import { EngineError } from "../../errors.ts";
import type { Range } from "../edits.ts";
import { type Header, headersAt, type Parameterised, parameterised } from "./headers.ts";
import { type Transfer, transferOf } from "./transfer.ts";

/** A part of a mail, or the mail itself, with the bytes that it has there. */
export interface Part {
  readonly headers: readonly Header[];
  /** From its first field to the end of its last, without the line end behind that. */
  readonly head: Range;
  readonly body: Range;
  readonly type: Parameterised;
  readonly disposition: Parameterised;
  readonly transfer: Transfer;
  /** Of a multipart, or the mail that is attached. */
  readonly parts: readonly Part[];
}

const MAX_DEPTH = 20;
const MAX_PARTS = 5_000;

/**
 * The parts of `source`, which has a byte a letter (RFC 2046, 5.1). postal-mime decodes parts, but does not say where in the
 * mail they stand, without which no other byte could be kept. Throws EngineError: DOCUMENT_TOO_COMPLEX.
 */
export function mimeOf(source: string): Part {
  const count = { parts: 0 };
  return partAt(source, [0, source.length], { type: "text/plain", depth: 0, count });
}

interface Within {
  /** Of a part that does not say. */
  readonly type: string;
  readonly depth: number;
  readonly count: { parts: number };
}

function partAt(source: string, [from, to]: Range, within: Within): Part {
  within.count.parts += 1;
  if (within.depth > MAX_DEPTH || within.count.parts > MAX_PARTS)
    throw new EngineError("DOCUMENT_TOO_COMPLEX", `The mail has more than ${MAX_PARTS} parts, or nests deeper than ${MAX_DEPTH}.`);
  const { headers, body } = headersAt(source, from, to);
  const fieldOf = (name: string) => headers.find((header) => header.name === name)?.value;
  const type = parameterised(fieldOf("content-type") ?? within.type);
  const part = {
    ...{ headers, head: [from, headers.at(-1)?.range[1] ?? from] as const, body: [body, to] as const, type },
    ...{ disposition: parameterised(fieldOf("content-disposition")), transfer: transferOf(fieldOf("content-transfer-encoding")) },
  };
  const inner = { depth: within.depth + 1, count: within.count };
  if (type.value.startsWith("multipart/")) {
    const own = type.value === "multipart/digest" ? "message/rfc822" : "text/plain";
    const ranges = rangesOf(source, part.body, type.parameters.get("boundary") ?? "");
    return { ...part, parts: ranges.map((range) => partAt(source, range, { ...inner, type: own })) };
  }
  const isMail = type.value === "message/rfc822" && (part.transfer === "7bit" || part.transfer === "8bit");
  return { ...part, parts: isMail ? [partAt(source, part.body, { ...inner, type: "text/plain" })] : [] };
}

/** What stands between the lines of `boundary`; the line end before one is its own. */
function rangesOf(source: string, [from, to]: Range, boundary: string): Range[] {
  if (boundary === "") return [];
  const ranges: Range[] = [];
  const mark = `--${boundary}`;
  let start: number | undefined;
  // What is looked for and is not in the part is not looked for in all of the mail.
  const within = source.slice(from, to);
  const next = (place: number) => {
    const found = within.indexOf(mark, place - from);
    return found < 0 ? -1 : from + found;
  };
  for (let at = next(from); at >= 0; at = next(at + mark.length)) {
    const isLineStart = at === from || source[at - 1] === "\n";
    const rest = /^(--)?[ \t]*(?:\r?\n|$)/.exec(source.slice(at + mark.length, at + mark.length + 200));
    if (!isLineStart || !rest) continue;
    if (start !== undefined) ranges.push([start, Math.max(start, source[at - 2] === "\r" ? at - 2 : at - 1)]);
    start = at + mark.length + rest[0].length;
    if (rest[1]) return ranges;
    if (ranges.length > MAX_PARTS) return ranges;
  }
  // A mail that was cut off still has its last part.
  if (start !== undefined && start <= to) ranges.push([start, to]);
  return ranges;
}

/** Every part, the outermost first. */
export function* allParts(part: Part): Generator<Part> {
  yield part;
  for (const inner of part.parts) yield* allParts(inner);
}
