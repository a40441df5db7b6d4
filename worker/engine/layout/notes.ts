import type { Box } from "../document/geometry.ts";
import type { Making } from "./blocks.ts";
import type { PageFacts } from "./facts.ts";
import type { Group } from "./paragraphs.ts";
import { type Line, textOf, topOf } from "./token.ts";

/** Notes are smaller than the text by at least this. */
const SMALLER = 0.93;

/** The notes at the foot of a column: the last groups, if they are small and begin with a mark or stand under a short line. */
export function notesOf(
  groups: readonly Group[],
  { facts, separators, plane }: Pick<Making, "facts" | "separators" | "plane">,
): Set<Group> {
  const notes = new Set<Group>();
  const tail: Group[] = [];
  for (const group of groups.toReversed()) {
    if (!isSmall(group, facts)) break;
    tail.unshift(group);
  }
  const begin = tail.findIndex((group) => beginsNote(group) || isUnderLine(group, separators));
  const first = tail[begin];
  if (!first) return notes;
  // A column all in small type is one, unless it is the foot of the page.
  if (tail.length === groups.length && !isUnderLine(first, separators) && (first.lines[0]?.base ?? 0) < plane.height * 0.6) return notes;
  for (const group of tail.slice(begin)) notes.add(group);
  return notes;
}

function isSmall({ lines }: Group, facts: PageFacts): boolean {
  return lines.every(({ size }) => size < facts.size * SMALLER);
}

function beginsNote({ lines: [first] }: Group): boolean {
  if (!first) return false;
  const [mark] = first.tokens;
  return (
    mark?.script === "super" ||
    mark?.word.style.script === "super" ||
    /^(?:[*†‡§¶]{1,3}|\d{1,3}|[¹²³⁴-⁹]+)(?:\s|$|(?=\p{Lu}))/u.test(textOf(first))
  );
}

function isUnderLine({ lines: [first] }: Group, separators: readonly Box[]): boolean {
  return first !== undefined && separators.some((rule) => isShortAbove(rule, first));
}

function isShortAbove(rule: Box, first: Line): boolean {
  const gap = topOf(first) - rule.y1;
  return gap > -first.size * 0.3 && gap < first.size * 2 && rule.x1 > first.x0 && rule.x0 < first.x1;
}
