import { around, type Box } from "../document/geometry.ts";
import type { PageFacts } from "./facts.ts";
import { rowsOf } from "./lines.ts";
import { boxOf, type Line, type Token, topOf } from "./token.ts";

/** Lines of one quotation are no further apart than this, in sizes. */
const MAX_STEP = 1.9;
/** Lines of the text that stand over and under it are no further away, in sizes. */
const NEAR = 3.5;
/** In shares of the text's size: what letters of another size differ by. */
const OTHER_SIZE = 0.08;
const MIN_LINES = 2;
/** In sizes: what is left free around a quotation, which words of one line, justified, seldom have between them. */
const CLEAR = 0.6;

export interface PullQuote {
  readonly words: readonly Token[];
  /** Drawn over and under it. */
  readonly rules: readonly Box[];
  /** Around all of it. */
  readonly box: Box;
}

/**
 * What stands in letters of another look over the gutter between two columns, whose lines make room for it: they go on over its
 * left edge and over its right one, and none over both.
 */
export function pullQuotes(tokens: readonly Token[], rules: readonly Box[], facts: PageFacts): readonly PullQuote[] {
  const body: Token[] = [];
  const others: Token[] = [];
  for (const token of tokens) (looksLikeText(token, facts) ? body : others).push(token);
  if (others.length === 0 || others.length > body.length) return [];
  const text = rowsOf(body).flatMap(({ lines }) => lines);
  return clustersOf(rowsOf(others).flatMap(({ lines }) => lines))
    .filter((lines) => lines.length >= MIN_LINES && areAlike(lines) && isOverGutter(lines, text))
    .map((lines) => {
      const words = lines.flatMap((line) => line.tokens);
      const size = Math.max(...lines.map((line) => line.size));
      const own = rules.filter((rule) => frames(rule, boxOf(words), size));
      return { words, rules: own, box: around([boxOf(words), ...own]) };
    });
}

/** Over or under it, and hardly wider. */
function frames(rule: Box, box: Box, size: number): boolean {
  const isNear = rule.y1 > box.y0 - size * MAX_STEP && rule.y0 < box.y1 + size * MAX_STEP;
  return isNear && rule.x0 > box.x0 - size * MAX_STEP && rule.x1 < box.x1 + size * MAX_STEP && rule.x1 > box.x0 && rule.x0 < box.x1;
}

/** Words in other letters stand in any text; a quotation is in letters of another face, slant or colour as a whole, or larger ones. */
function looksLikeText({ word: { style }, size, script }: Token, facts: PageFacts): boolean {
  if (script !== undefined) return true;
  const isOther = style.italic === true || style.font !== facts.font || (style.bold === true) !== facts.bold;
  return !isOther && style.color === facts.color && Math.abs(size - facts.size) <= facts.size * OTHER_SIZE;
}

/** Lines under each other that overlap sideways. */
function clustersOf(lines: readonly Line[]): Line[][] {
  const clusters: Line[][] = [];
  for (const line of lines.toSorted((one, other) => one.base - other.base)) {
    const goesOn = clusters.findLast((cluster) => {
      const last = cluster.at(-1) as Line;
      const step = line.base - last.base;
      return step > 0 && step <= Math.max(line.size, last.size) * MAX_STEP && line.x0 < last.x1 && line.x1 > last.x0;
    });
    if (goesOn) goesOn.push(line);
    else clusters.push([line]);
  }
  return clusters;
}

/** Of one size: words that OCR took for larger or smaller ones are not. */
function areAlike(lines: readonly Line[]): boolean {
  const sizes = lines.flatMap(({ tokens }) => tokens.map(({ size }) => size));
  return Math.max(...sizes) - Math.min(...sizes) <= Math.max(...sizes) * OTHER_SIZE;
}

function isOverGutter(lines: readonly Line[], text: readonly Line[]): boolean {
  const box = boxOf(lines.flatMap(({ tokens }) => tokens));
  const near = text.filter((line) => line.base > box.y0 - line.size * NEAR && topOf(line) < box.y1 + line.size * NEAR);
  const beside = near.filter((line) => line.base > box.y0 && topOf(line) < box.y1);
  const isClear = beside.every(({ x0, x1, size }) => x1 <= box.x0 - size * CLEAR || x0 >= box.x1 + size * CLEAR);
  const over = near.filter((line) => !beside.includes(line));
  const [left, right] = [over.filter((line) => crosses(line, box.x0)), over.filter((line) => crosses(line, box.x1))];
  const bothSides = beside.some(({ x1 }) => x1 <= box.x0) && beside.some(({ x0 }) => x0 >= box.x1);
  return isClear && bothSides && left.length > 0 && right.length > 0 && !left.some((line) => right.includes(line));
}

function crosses({ x0, x1, size }: Line, edge: Box["x0"]): boolean {
  return x0 < edge - size && x1 > edge + size;
}
