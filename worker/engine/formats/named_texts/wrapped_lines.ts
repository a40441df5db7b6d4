import type { Range } from "../edits.ts";
import type { Wrapping } from "../setting.ts";

/** Shorter lines end where they end on purpose. */
const MIN_LINE = 40;

/** Whether the line end of `value` from `from` to `to` only wraps a sentence: the line is long, does not end it, and goes on with a small letter. */
export function isWrap(value: string, [from, to]: Range): boolean {
  if (!/^\p{Ll}/u.test(value.slice(to, to + 2)) || value[from] === "\t") return false;
  const line = value.slice(Math.max(0, from - MIN_LINE), from);
  return line.length === MIN_LINE && !/[\r\n\t]/.test(line) && !/[.!?:;…]["'”’»)]?$/.test(line);
}

/** How lines of the part of `value` are wrapped, if any is. */
export function wrappingIn(value: string, [from, to]: Range): Wrapping | undefined {
  const text = value.slice(from, to);
  const ends = [...text.matchAll(/\r\n|\n|\r/g)];
  const wrap = ends.find(({ index, 0: end }) => isWrap(value, [from + index, from + index + end.length]));
  if (!wrap) return undefined;
  const width = text.split(/\r\n|\n|\r/).reduce((longest, { length }) => Math.max(longest, length), 0);
  return { width, length: text.length, column: 0, lineEnd: wrap[0], prefix: "" };
}
