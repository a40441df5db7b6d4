import type { Box } from "../document/geometry.ts";
import type { PageFacts } from "./facts.ts";
import type { Row } from "./lines.ts";
import { isLeader, isMarkAlone, type Mark, markOf } from "./marks.ts";
import { bottomOf, isOcr, type Line, median, textOf, topOf } from "./token.ts";

/** Lines that are one paragraph, heading or item. */
export interface Group {
  readonly lines: Line[];
  readonly mark?: Mark;
  /** White space above it, in sizes; more than any for the first. */
  readonly above: number;
  /** It stands beside something else on its line. */
  readonly beside: boolean;
}

/** The lines of one column, and what paragraphs are told by. */
interface Column {
  readonly left: number;
  readonly right: number;
  /** How many lines begin at an x. */
  startsAt(x: number): number;
  /** The usual distance of baselines, in sizes. */
  readonly leading: number;
  /** Level lines that part what is above from what is below. */
  readonly separators: readonly Box[];
  /** Of the page's running text, and where its text begins and ends. */
  readonly facts: Pick<PageFacts, "size" | "extent">;
  /** Words on a picture are labels and signs: what ends there goes on nowhere. */
  readonly onPicture: boolean;
}

/** A gap wider than this, in sizes, parts what is on one line, unless that is justified. */
const PARTS_LINE = 3;
/** What is indented by more than this, in sizes, begins something. */
const INDENT = 0.7;
/** Lines of one paragraph are no further apart than this, in sizes, whatever is usual. */
const MAX_LEADING = 2.7;
/** Lines of more words are set from the left, or are justified. */
const FEW_WORDS = 7;
/** Where so many lines begin is an edge that text is set at. */
const EDGE = 3;
/** A paragraph beside others may go on this many groups back. */
const LOOK_BACK = 3;

/** Paragraphs of one column from top to bottom: by space, indent, short last lines, size, weight, marks, and lines drawn between. */
export function paragraphs(rows: readonly Row[], drawn: Pick<Column, "separators" | "onPicture" | "facts">): Group[] {
  const extent = {
    x0: Math.min(...rows.map((row) => row.lines[0]?.x0 ?? 0)),
    x1: Math.max(...rows.map((row) => row.lines.at(-1)?.x1 ?? 0)),
  };
  const levels = rows.map((row) => pieces(row, extent));
  const column = columnOf(levels, drawn);
  const groups: Group[] = [];
  levels.forEach((lines, index) => {
    for (const line of lines) {
      const next = levels[index + 1]?.find((below) => overlaps(line, below));
      const group =
        lines.length > 1 && !isMarkAlone(line)
          ? groups.slice(-LOOK_BACK).findLast((one) => overlaps(one.lines.at(-1), line))
          : groups.at(-1);
      if (group && goesOn(group, line, next, column)) {
        group.lines.push(line);
        continue;
      }
      const last = levels[index - 1]?.at(-1);
      const mark = markOf(line);
      const above = last ? (topOf(line) - bottomOf(last)) / line.size : Number.POSITIVE_INFINITY;
      groups.push({ lines: [line], above, beside: lines.length > 1, ...(mark ? { mark } : {}) });
    }
  });
  return groups;
}

/** The whole line of a row, or its parts where a wide gap is left between them on purpose. */
function pieces({ lines }: Row, extent: { readonly x0: number; readonly x1: number }): Line[] {
  const result: Line[] = [];
  for (const line of lines) {
    const last = result.at(-1);
    if (last && !isApart(last, line, lines, extent))
      result[result.length - 1] = { ...last, tokens: [...last.tokens, ...line.tokens], x1: Math.max(last.x1, line.x1) };
    else result.push(line);
  }
  return result;
}

function isApart(left: Line, right: Line, all: readonly Line[], extent: { readonly x0: number; readonly x1: number }): boolean {
  const size = Math.max(left.size, right.size);
  const gap = right.x0 - left.x1;
  if (gap <= size * PARTS_LINE) return false;
  const [end, begin] = [left.tokens.at(-1)?.word, right.tokens[0]?.word];
  if (isMarkAlone(left) || !end || !begin || isLeader(end.text) || isLeader(begin.text) || end.text.endsWith(":")) return false;
  const [first, last] = [all[0], all.at(-1)];
  const justified = first && last && first.x0 - extent.x0 < size && extent.x1 - last.x1 < size && extent.x1 - extent.x0 < size * 22;
  return !justified || gap > (extent.x1 - extent.x0) * 0.6;
}

function columnOf(levels: readonly (readonly Line[])[], drawn: Pick<Column, "separators" | "onPicture" | "facts">): Column {
  const lines = levels.flat();
  const lefts = lines.map(({ x0 }) => x0);
  const steps: number[] = [];
  for (const [index, below] of levels.entries()) {
    const [line] = below;
    const above = levels[index - 1]?.find((one) => line && overlaps(one, line));
    if (line && above && Math.abs(line.size - above.size) < line.size * 0.2) steps.push((line.base - above.base) / line.size);
  }
  return {
    left: mostUsual(lefts, median(lines.map(({ size }) => size)) * 0.3),
    right: Math.max(...lines.map(({ x1 }) => x1)),
    startsAt: countStarts(lefts),
    leading: usualLeading(steps),
    ...drawn,
  };
}

/** To two points. */
export function countStarts(lefts: readonly number[]): (x: number) => number {
  const counts = new Map<number, number>();
  for (const x of lefts) counts.set(Math.round(x / 2), (counts.get(Math.round(x / 2)) ?? 0) + 1);
  return (x) => (counts.get(Math.floor(x / 2)) ?? 0) + (counts.get(Math.floor(x / 2) + 1) ?? 0);
}

/** The smallest leading that is not rare: a column of headings and one-line paragraphs has wide ones as well. */
function usualLeading(steps: readonly number[]): number {
  const plausible = steps.filter((step) => step > 0.7 && step < MAX_LEADING).sort((a, b) => a - b);
  for (const step of plausible) {
    const near = plausible.filter((other) => Math.abs(other - step) < 0.12).length;
    if (near >= Math.max(2, plausible.length * 0.2)) return step + 0.06;
  }
  return Math.min(plausible[0] ?? 1.25, 1.6);
}

function mostUsual(values: readonly number[], reach: number): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(Math.round(value / reach), (counts.get(Math.round(value / reach)) ?? 0) + 1);
  const [best] = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  return (best?.[0] ?? 0) * reach;
}

function overlaps(above: Line | undefined, below: Line): boolean {
  if (!above) return false;
  const shared = Math.min(above.x1, below.x1) - Math.max(above.x0, below.x0);
  return shared > 0.4 * Math.min(above.x1 - above.x0, below.x1 - below.x0);
}

function goesOn(group: Group, line: Line, next: Line | undefined, column: Column): boolean {
  const last = group.lines.at(-1);
  if (!last || !overlaps(last, line) || !looksAlike(last, line)) return false;
  const step = (line.base - last.base) / line.size;
  if (step < 0.5 || isTooFar(group, step, column)) return false;
  if (column.separators.some((rule) => isBetween(rule, last, line))) return false;
  if (hasLeader(last)) return false;
  const ended = hasEnded(last, line, column);
  if (hasLeader(line)) return !ended && group.lines.length < 3 && !/^\p{N}/u.test(textOf(line)) && !markOf(line);
  const mark = markOf(line);
  if (mark && ((step > 1.75 && mark.sure) || startsItem(group, mark, last, ended))) return false;
  if (ended && column.onPicture) return false;
  if (isOcr(line) && isOcr(last)) return goesOnInOcr(last, line, ended, step, column);
  if (isCentred(group, line, column)) return !isOwnLine(last, line, column);
  if (isSetRight(group, line, column)) return /^\p{Ll}/u.test(textOf(line));
  if (step > 1.75 && ended) return false;
  if (ended && isShort(last, line, column)) return false;
  return !isIndented(group, line, next, ended, column);
}

function looksAlike(a: Line, b: Line): boolean {
  const [larger, smaller] = [Math.max(a.size, b.size), Math.min(a.size, b.size)];
  if (larger - smaller > larger * (isOcr(a) || Math.min(a.tokens.length, b.tokens.length) < 3 ? 0.25 : 0.12)) return false;
  return (
    sameIn(a, b, ({ bold }) => String(bold === true)) &&
    sameIn(a, b, ({ font }) => String(font === "mono")) &&
    sameIn(a, b, ({ color }) => color ?? "")
  );
}

/** False if each line is of one look, and these differ. */
function sameIn(a: Line, b: Line, look: (style: Line["tokens"][number]["word"]["style"]) => string): boolean {
  const [one, other] = [uniform(a, look), uniform(b, look)];
  return one === undefined || other === undefined || one === other;
}

function uniform({ tokens }: Line, look: (style: Line["tokens"][number]["word"]["style"]) => string): string | undefined {
  const [first] = tokens;
  const value = first && look(first.word.style);
  return tokens.every(({ word, script }) => script || !/[\p{L}\p{N}]/u.test(word.text) || look(word.style) === value) ? value : undefined;
}

function isTooFar({ lines }: Group, step: number, { leading }: Column): boolean {
  const [first, last] = [lines[0], lines.at(-1)];
  const own = first && last && lines.length > 1 ? (last.base - first.base) / (lines.length - 1) / last.size : leading;
  return step > MAX_LEADING || step > Math.max(own, Math.min(leading, own * 1.1)) * 1.25 + 0.08;
}

/** A line drawn between two lines of text, and not under a part of the upper one. */
function isBetween(rule: Box, above: Line, below: Line): boolean {
  const y = (rule.y0 + rule.y1) / 2;
  if (y < above.base - above.size * 0.1 || y > below.base - below.size * 0.5 || rule.x0 > below.x1 || rule.x1 < below.x0) return false;
  const near = y < above.base + above.size * 0.38;
  return !(near && rule.x0 > above.x0 - 3 && rule.x1 < above.x1 + 3);
}

function hasLeader({ tokens }: Line): boolean {
  const at = tokens.findLastIndex(({ word }) => isLeader(word.text) || /[^.…]\.{4,}/.test(word.text) || /\.{4,}\d*$/.test(word.text));
  if (at >= 0) return tokens.length - at <= 4;
  // Leaders of single dots, each a word.
  return tokens.length > 6 && tokens.slice(-7, -1).filter(({ word }) => word.text === ".").length > 3;
}

/** Whether `last` may be the end of what it belongs to, by its last letters and by the first of what follows. */
function hasEnded(last: Line, line: Line, column: Column): boolean {
  if (/^\p{Ll}/u.test(line.tokens[0]?.word.text ?? "") && !markOf(line)) return false;
  if (/[.!?:;…。！？]["'”’»)\]]*$/.test(textOf({ tokens: last.tokens.filter(({ script }) => !script) }))) return true;
  return column.right - last.x1 > (column.right - column.left) * 0.3;
}

/** Whether the first word of `line` would have had room behind `last`. */
function isShort(last: Line, line: Line, { right }: Column): boolean {
  const [first] = line.tokens;
  const width = first ? first.box.x1 - first.box.x0 : 0;
  return right - last.x1 > width + line.size * 0.8;
}

function startsItem(group: Group, mark: Mark, last: Line, ended: boolean): boolean {
  const items = group.mark?.kind === mark.kind;
  if (items && Math.abs((group.mark?.x0 ?? 0) - mark.x0) < last.size * 0.8) return true;
  if (group.mark && mark.x0 < group.mark.textX0 - last.size * 0.4) return mark.sure || ended;
  if (mark.tokens === 0) return true;
  const hangs = Math.abs(mark.x0 - (group.lines[0]?.x0 ?? mark.x0)) > last.size * 0.6;
  return ended || (hangs && mark.sure) || (mark.sure && /^[^\w([]/.test(mark.text));
}

/** Tesseract's paragraphs are kept, unless a line ends early; where it parts one, a sentence that goes on joins it again. */
function goesOnInOcr(last: Line, line: Line, ended: boolean, step: number, column: Column): boolean {
  const [a, b] = [last.tokens[0]?.word.ocr, line.tokens[0]?.word.ocr];
  if (a && b && a.block === b.block && a.paragraph === b.paragraph) return !(ended && isShort(last, line, column));
  return !ended && !isShort(last, line, column) && step < column.leading * 1.2;
}

function isCentred({ lines }: Group, line: Line, { left, right }: Column): boolean {
  const middle = (line.x0 + line.x1) / 2;
  const ragged = lines.every(
    ({ x0, x1 }) => Math.abs((x0 + x1) / 2 - middle) < line.size * 0.5 && Math.abs(x0 - line.x0) > line.size * 0.5,
  );
  return ragged && lines.every(({ x0, x1 }) => x0 > left + line.size && x1 < right - line.size) && line.x0 > left + line.size * 0.5;
}

/** So much larger than the text are titles, which are parted anywhere. */
const TITLE_SIZE = 1.35;

/** Of centred lines the second is one of its own, as names and dates of title pages are, if it begins as such and its first word had room above. */
function isOwnLine(last: Line, line: Line, { left, right, facts: { size, extent } }: Column): boolean {
  const [first] = line.tokens;
  if (!first || !/^[\p{Lu}\p{N}]/u.test(first.word.text) || line.size > size * TITLE_SIZE) return false;
  const [above, own] = [last.x1 - last.x0, line.x1 - line.x0];
  const isInPage = Math.abs(last.x0 + last.x1 - extent.x0 - extent.x1) < size * 3;
  const hasRoom = (isInPage ? extent.x1 - extent.x0 : right - left) - above > first.box.x1 - first.box.x0 + line.size * 2;
  return hasRoom && Math.abs(above - own) > Math.max(above, own) * 0.1;
}

/** Lines that end where the others do and begin anywhere, as dates and addresses of letters: each is one of its own, unless a sentence goes on in it. */
function isSetRight({ lines, mark }: Group, line: Line, { right, startsAt }: Column): boolean {
  if (mark || Math.abs(right - line.x1) > line.size * 0.3 || startsAt(line.x0) >= EDGE) return false;
  return lines.every(
    ({ x0, x1, tokens }) =>
      Math.abs(x1 - line.x1) < line.size * 0.1 &&
      Math.abs(x0 - line.x0) > line.size * 0.3 &&
      startsAt(x0) < EDGE &&
      tokens.length <= FEW_WORDS,
  );
}

function isIndented(group: Group, line: Line, next: Line | undefined, ended: boolean, column: Column): boolean {
  const [first, last] = [group.lines[0], group.lines.at(-1)];
  if (!first || !last) return false;
  if (group.mark) {
    // An item hangs on its mark; what begins left of its text is another paragraph, unless the item does not hang.
    return group.lines.length > 1 && line.x0 < last.x0 - line.size * INDENT && ended;
  }
  const body = group.lines.length > 1 ? Math.min(...group.lines.slice(1).map(({ x0 }) => x0)) : first.x0;
  const shift = (line.x0 - body) / line.size;
  const beginsLikeFirst = next && next.x0 < line.x0 - line.size * INDENT && Math.abs(next.x0 - column.left) < line.size * 0.5;
  if (shift > INDENT) return ended || (group.lines.length > 1 && !/^\p{Ll}/u.test(textOf(line)));
  if (group.lines.length === 1)
    return shift < -8 || (ended && Math.abs(shift) <= INDENT && first.x0 > column.left + line.size * INDENT && beginsLikeFirst === true);
  return shift < -INDENT && ended;
}
