import type { ReadHeading, ReadItem, Reading } from "./reading.ts";
import type { Structure } from "./truth.ts";
import { alignment, compareBags, longestCommon, numbersOf, similarity } from "./words.ts";

export interface Measures {
  /** Share of the truth's words that were read, all layers together. */
  readonly recall: number;
  /** Of the words of the body that both have: the share that stands in the truth's order. */
  readonly order: number;
  /** Share of the truth's numbers that were read letter for letter. */
  readonly numbers: number;
  /** Each 0 to 1, and absent where neither the truth nor the reading has any. */
  readonly structure: Readonly<Partial<Record<Structure, number>>>;
  /** Words of the truth that nothing in the reading stands for, and that no remark speaks of. */
  readonly lost: readonly string[];
  /** Words of the reading that are not in the truth, nor near to any. */
  readonly invented: readonly string[];
}

/** Which kinds of signs are told apart. OCR reads a bullet as what looks like one. */
export interface Strictness {
  readonly bullets: boolean;
  readonly levels: boolean;
}

/** Pages of which these are said may miss words: it is not in silence. */
const EXCUSES: ReadonlySet<string> = new Set(["CONTENT_DROPPED", "PAGE_FAILED", "PICTURE_NOT_READ"]);
/** Units are the same where at least this share of their words is: a letter misread makes no other paragraph. */
const SAME = 0.9;

/** How well `got` reads what `wanted` says. */
export function measure(wanted: Reading, got: Reading, strictness: Strictness): Measures {
  const { both, missing, extra } = compareBags(wanted.words, got.words);
  const numbers = numbersOf(wanted.words);
  const { lost, invented } = pairMisread(missing, extra);
  return {
    recall: share(both.length, wanted.words.length),
    order: orderOf(wanted.body, got.body),
    numbers: share(compareBags(numbers, numbersOf(got.words)).both.length, numbers.length),
    structure: structureOf(wanted, got, strictness),
    lost: lost.length > 0 ? inSilence(wanted, got, lost) : [],
    invented,
  };
}

/** The longest sequence of words in common, by the words in common in any order. */
export function orderOf(wanted: readonly string[], got: readonly string[]): number {
  const common = compareBags(wanted, got).both.length;
  return share(longestCommon(wanted, got), common);
}

/**
 * Those of the `lost` words that no remark speaks of. A word is lost on the page of the words before and behind it, or on one
 * between: a remark of another page excuses nothing.
 */
function inSilence(wanted: Reading, got: Reading, lost: readonly string[]): string[] {
  const excused = got.pages.map(({ remarks }) => remarks.some((code) => EXCUSES.has(code)));
  if (got.pages.length < 2 && got.remarks.some((code) => EXCUSES.has(code))) return [];
  const places = alignment(wanted.words, got.words);
  const pageOf = (place: number) => got.pages.findIndex(({ end }) => place < end);
  const left = wanted.words.filter((_, index) => {
    if (places[index] !== undefined) return false;
    const before = places.slice(0, index).findLast((place) => place !== undefined);
    const behind = places.slice(index).find((place) => place !== undefined);
    const [from, to] = [before === undefined ? 0 : pageOf(before), behind === undefined ? excused.length - 1 : pageOf(behind)];
    return !excused.slice(from, to + 1).some(Boolean);
  });
  return compareBags(lost, left).both;
}

function structureOf(wanted: Reading, got: Reading, strictness: Strictness): Partial<Record<Structure, number>> {
  const scores: Partial<Record<Structure, number>> = {};
  const note = (structure: Structure, score: number | undefined) => {
    if (score !== undefined) scores[structure] = score;
  };
  note("headings", headingScore(wanted.headings, got.headings, strictness));
  note("paragraphs", foundShare(wanted.paragraphs, got.lines));
  note(
    "lists",
    pairedScore(wanted.items, got.items, (a, b) => sameItem(a, b, strictness)),
  );
  note("tables", tableScore(wanted.tables, got.tables));
  note("apart", foundShare(wanted.apart.map(tagged), got.apart.map(tagged)));
  note(
    "notes",
    pairedScore(wanted.noteMarks, got.noteMarks, (a, b) => a === b),
  );
  note(
    "links",
    pairedScore(wanted.links, got.links, (a, b) => a === b),
  );
  return scores;
}

const tagged = ({ layer, words }: { layer: string; words: readonly string[] }) => [`(${layer})`, ...words];

/** A pair of a word missing and a word too much that look alike is a word misread. */
function pairMisread(missing: readonly string[], extra: readonly string[]): { lost: string[]; invented: string[] } {
  const left = [...extra];
  const lost = missing.filter((word) => {
    const at = left.findIndex((other) => similarity([...word.toLowerCase()], [...other.toLowerCase()]) >= 0.5);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  return { lost, invented: left };
}

/** Headings found, and none invented; those of the truth that rank apart must rank apart the same way. */
function headingScore(wanted: readonly ReadHeading[], got: readonly ReadHeading[], strictness: Strictness): number | undefined {
  const pairs = pair(wanted, got, (a, b) => same(a.words, b.words));
  const score = pairedScore(wanted, got, (a, b) => same(a.words, b.words));
  if (score === undefined || pairs.length === 0) return score;
  const ranked = pairs.filter(([a, b]) =>
    strictness.levels
      ? a.level === undefined || a.level === b.level
      : pairs.every(
          ([c, d]) => !differs(a.level, c.level) || Math.sign(rank(a.level) - rank(c.level)) === Math.sign(rank(b.level) - rank(d.level)),
        ),
  );
  return score * share(ranked.length, pairs.length);
}

const rank = (level: number | undefined) => level ?? 0;
const differs = (a: number | undefined, b: number | undefined) => a !== undefined && b !== undefined && a !== b;

function sameItem(a: ReadItem, b: ReadItem, { bullets }: Strictness): boolean {
  const mark = (item: ReadItem) => (bullets || /[\p{L}\p{N}]/u.test(item.mark) ? item.mark : "•");
  return (a.depth === undefined || a.depth === b.depth) && mark(a) === mark(b) && same(a.words, b.words);
}

/** Of each table the cells, empty ones with them, that have the right words at the right place, by all cells of both. */
function tableScore(wanted: Reading["tables"], got: Reading["tables"]): number | undefined {
  if (wanted.length + got.length === 0) return undefined;
  const cells = (grid: readonly (readonly string[])[]) => grid.reduce((sum, row) => sum + row.length, 0);
  const left = [...got];
  let right = 0;
  for (const table of wanted) {
    const counts = left.map((other) => sharedCells(table, other));
    const best = counts.indexOf(Math.max(...counts));
    if (best < 0) continue;
    right += counts[best] ?? 0;
    left.splice(best, 1);
  }
  const all = [...wanted, ...got].reduce((sum, table) => sum + cells(table), 0);
  return share(2 * right, all);
}

function sharedCells(a: readonly (readonly string[])[], b: readonly (readonly string[])[]): number {
  let shared = 0;
  for (const [index, row] of a.entries())
    for (const [column, text] of row.entries()) {
      const other = b[index]?.[column];
      if (other !== undefined && same(text.split(" "), other.split(" "))) shared++;
    }
  return shared;
}

/** Share of `wanted` that is in `got`; what `got` has besides is not counted. */
function foundShare(wanted: readonly (readonly string[])[], got: readonly (readonly string[])[]): number | undefined {
  return wanted.length === 0 ? undefined : share(pair(wanted, got, same).length, wanted.length);
}

/** Twice the pairs by the number of both. */
function pairedScore<T>(wanted: readonly T[], got: readonly T[], equal: (a: T, b: T) => boolean): number | undefined {
  if (wanted.length + got.length === 0) return undefined;
  return share(2 * pair(wanted, got, equal).length, wanted.length + got.length);
}

function pair<T>(wanted: readonly T[], got: readonly T[], equal: (a: T, b: T) => boolean): [T, T][] {
  const left = [...got];
  const pairs: [T, T][] = [];
  for (const one of wanted) {
    const at = left.findIndex((other) => equal(one, other));
    const [other] = at < 0 ? [] : left.splice(at, 1);
    if (other !== undefined) pairs.push([one, other]);
  }
  return pairs;
}

function same(a: readonly string[], b: readonly string[]): boolean {
  if (a.length > 2 * b.length + 2 || b.length > 2 * a.length + 2) return false;
  // Of a few words, each counts: letters tell a misreading from another text.
  if (Math.max(a.length, b.length) < 10) return similarity([...a.join(" ")], [...b.join(" ")]) >= SAME;
  return similarity(a, b) >= SAME;
}

function share(part: number, whole: number): number {
  return whole === 0 ? 1 : part / whole;
}
