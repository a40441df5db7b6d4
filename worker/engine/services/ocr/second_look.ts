import { grown, meets } from "../../document/geometry.ts";
import type { Picture } from "../../formats/format.ts";
import { type Gap, gapsWithin } from "./gaps.ts";
import type { PixelBox, ReadWord } from "./hocr.ts";
import type { Rulings } from "./rulings.ts";
import { type Band, type Cut, sheetOf, within } from "./sheet.ts";
import { lettersOf, SURE } from "./sift.ts";
import { near } from "./split.ts";

const DARK = 160;
/** How near a rule lies to a word that it may have taken strokes from, or lent some, in pixels. */
const TOUCH = 3;
/** Where a letter stands on a rule, more is dark than the rule is thick. */
const THICKER = 1;
/** Words beyond these stay as they were read. */
const MOST_WORDS = 200;
/** What a gap is widened by, of the word's height. */
const WIDENED = 0.6;

/** What a page holds that may be looked at again. */
interface Seen {
  readonly image: Picture;
  readonly words: readonly ReadWord[];
  readonly rulings: Rulings;
}

/**
 * Tesseract takes drawn rules away before it reads, and with them the strokes that lie on them: of a table whose figures touch
 * its rules 8 is read as 3 and 6 as 0, and surely so. Words that touch a rule, and all figures of ruled tables, are therefore
 * read a second time, one below the other, from a picture in which rules are paper but for where a letter stands on them. Where
 * the two readings differ, the surer one counts, and the word is doubtful: what lies on a rule from end to end no picture shows.
 * Words with a gap in them as wide as one between words are read once more with the gap made wider: where they are two then,
 * they are two. `read` reads lines.
 */
export async function lookAgain(
  { image, words, rulings }: Seen,
  read: (sheet: Picture) => Promise<readonly ReadWord[]>,
): Promise<ReadWord[]> {
  const doubted = doubtedOf({ image, words, rulings });
  if (doubted.length === 0) return [...words];
  const { sheet, bands } = sheetOf(
    image,
    doubted.map((each) => widened(cleaned(image, each), each)),
  );
  const found = await read(sheet);
  const again = new Map(doubted.map((each, index) => [each.word, decided(each, within(found, bands[index] as Band))]));
  return words.flatMap((word) => again.get(word) ?? [word]);
}

function doubtedOf({ image, words, rulings }: Seen): Doubted[] {
  const columns = rulings.upright.toSorted((a, b) => a.x0 - b.x0);
  const rows = rulings.level.toSorted((a, b) => a.y0 - b.y0);
  const table = tableOf(rulings);
  const wide = gapsWithin(image, words);
  const doubted: Doubted[] = [];
  for (const word of words) {
    if (doubted.length >= MOST_WORDS || word.turn !== 0 || lettersOf(word.text) === 0) continue;
    const reach = grown(word.box, TOUCH);
    const level = near(rows, "y", reach).filter((rule) => meets(rule, reach));
    const upright = near(columns, "x", reach).filter((rule) => meets(rule, reach));
    const ruled = level.length + upright.length > 0 || (table !== undefined && /\p{N}/u.test(word.text) && meets(word.box, table));
    const gaps = ruled ? [] : (wide.get(word) ?? []);
    if (ruled || gaps.length > 0) doubted.push({ word, level, upright, gaps });
  }
  return doubted;
}

/** Around all that is ruled both ways; undefined where nothing is. */
function tableOf({ level, upright }: Rulings): PixelBox | undefined {
  if (level.length < 2 || upright.length < 2) return undefined;
  const least = (values: readonly number[]) => values.reduce((a, b) => Math.min(a, b));
  const most = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b));
  return {
    x0: least(upright.map(({ x0 }) => x0)),
    y0: Math.max(least(upright.map(({ y0 }) => y0)), least(level.map(({ y0 }) => y0)) - TOUCH),
    x1: most(upright.map(({ x1 }) => x1)),
    y1: Math.min(most(upright.map(({ y1 }) => y1)), most(level.map(({ y1 }) => y1)) + TOUCH),
  };
}

interface Doubted {
  readonly word: ReadWord;
  /** The rules that it touches. */
  readonly level: readonly PixelBox[];
  readonly upright: readonly PixelBox[];
  /** Within it; of a word that touches no rule. */
  readonly gaps: readonly Gap[];
}

function decided({ word: first, gaps }: Doubted, second: readonly ReadWord[]): ReadWord[] {
  const text = second.map((word) => word.text).join("");
  const confidence = Math.min(...second.map((word) => word.confidence));
  if (gaps.length > 0) {
    const isSurer = text === first.text || confidence > first.confidence;
    return second.length === gaps.length + 1 && isSurer && areWords(second) ? parted(first, gaps, second) : [first];
  }
  if (text === "" || text === first.text) return [first];
  const better = confidence > first.confidence && (isFigure(text) || !isFigure(first.text));
  return [{ ...first, text: better ? text : first.text, confidence: Math.min(first.confidence, SURE - 1) }];
}

/** A thin sign may be all that is between two letters, and figures may stand far apart: neither are words of their own. */
function areWords(pieces: readonly ReadWord[]): boolean {
  const text = pieces.map((piece) => piece.text).join(" ");
  return (text.match(/[\p{L}\p{N}] (?=\p{L})|\p{L} (?=\p{N})/gu)?.length ?? 0) === pieces.length - 1;
}

/** The words on both sides of each gap. They are doubtful where their letters are others than were read first. */
function parted(first: ReadWord, gaps: readonly Gap[], second: readonly ReadWord[]): ReadWord[] {
  const isSame = second.map((word) => word.text).join("") === first.text;
  return second.map(({ text, confidence }, index) => ({
    ...first,
    text,
    confidence: isSame ? Math.max(first.confidence, confidence) : Math.min(confidence, SURE - 1),
    box: { ...first.box, x0: gaps[index - 1]?.to ?? first.box.x0, x1: gaps[index]?.from ?? first.box.x1 },
  }));
}

function isFigure(text: string): boolean {
  return /^[\p{N}\p{P}\p{Sc}%+]+$/u.test(text);
}

/** The word's own part of the picture up to the rules, and these with it, made paper. */
function cleaned(image: Picture, { word, level, upright }: Doubted): Placed {
  const rules = [...level, ...upright];
  const reach = { x0: level.length > 0 ? 1 : 0, y0: upright.length > 0 ? 1 : 0 };
  const box = {
    x0: Math.max(0, Math.min(word.box.x0, ...upright.map((rule) => rule.x0)) - 1 - reach.x0),
    y0: Math.max(0, Math.min(word.box.y0, ...level.map((rule) => rule.y0)) - 1 - reach.y0),
    x1: Math.min(image.width, Math.max(word.box.x1, ...upright.map((rule) => rule.x1)) + 1 + reach.x0),
    y1: Math.min(image.height, Math.max(word.box.y1, ...level.map((rule) => rule.y1)) + 1 + reach.y0),
  };
  const [width, height] = [box.x1 - box.x0, box.y1 - box.y0];
  const data = Buffer.allocUnsafe(width * height);
  for (let y = 0; y < height; y++)
    image.data.copy(data, y * width, (box.y0 + y) * image.width + box.x0, (box.y0 + y) * image.width + box.x1);
  for (const rule of rules) {
    const isLevel = level.includes(rule);
    const [from, to] = isLevel ? [rule.y0 - box.y0, rule.y1 - box.y0] : [rule.x0 - box.x0, rule.x1 - box.x0];
    const walk = isLevel
      ? { along: width, across: height, step: 1, stride: width }
      : { along: height, across: width, step: width, stride: 1 };
    erase(data, walk, [Math.max(0, from), Math.min(walk.across, to)]);
  }
  return { x0: box.x0, data, width, height };
}

/** A part of the picture, and its left edge there. */
interface Placed extends Cut {
  readonly x0: number;
}

/** With each gap wider by as much paper as is between words. */
function widened({ x0, data, width, height }: Placed, { word, gaps }: Doubted): Cut {
  if (gaps.length === 0) return { data, width, height };
  const more = Math.round(WIDENED * word.height);
  const wide = width + gaps.length * more;
  const pixels = Buffer.alloc(wide * height, 255);
  const edges = [0, ...gaps.map(({ from, to }) => Math.round((from + to) / 2) - x0), width];
  for (let y = 0; y < height; y++)
    for (const [index, from] of edges.slice(0, -1).entries())
      data.copy(pixels, y * wide + from + index * more, y * width + from, y * width + (edges[index + 1] as number));
  return { data: pixels, width: wide, height };
}

interface Walk {
  /** Pixels along the rule, and across it. */
  readonly along: number;
  readonly across: number;
  /** From a pixel to the next along the rule, and across it. */
  readonly step: number;
  readonly stride: number;
}

/** Makes the rule that lies between the two rows paper, wherever no more is dark across it than the rule is thick. */
function erase(data: Buffer, { along, across, step, stride }: Walk, [from, to]: readonly [number, number]): void {
  const runs = Array.from({ length: along }, (_, at) => {
    let first = from;
    while (first < to && (data[at * step + first * stride] as number) >= DARK) first++;
    if (first >= to) return undefined;
    let last = first;
    while (last + 1 < across && (data[at * step + (last + 1) * stride] as number) < DARK) last++;
    while (first > 0 && (data[at * step + (first - 1) * stride] as number) < DARK) first--;
    return { first, last };
  });
  const lengths = runs.flatMap((run) => (run ? [run.last - run.first + 1] : [])).sort((a, b) => a - b);
  // Most of a rule's length has no letter on it; where it has, the rule is what is shortest.
  const thickness = lengths[Math.floor(lengths.length / 5)] ?? 0;
  for (const [at, run] of runs.entries()) {
    if (!run || run.last - run.first + 1 > thickness + THICKER) continue;
    // Its soft edges too.
    for (let row = Math.max(0, run.first - 1); row <= Math.min(across - 1, run.last + 1); row++) data[at * step + row * stride] = 255;
  }
}
