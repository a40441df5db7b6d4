import { grown } from "../../document/geometry.ts";
import type { Picture } from "../../formats/format.ts";
import type { PixelBox, ReadWord } from "./hocr.ts";
import type { Rulings } from "./rulings.ts";
import { lettersOf, SURE } from "./sift.ts";
import { near } from "./split.ts";

const DARK = 160;
/** How near a rule lies to a word that it may have taken strokes from, or lent some, in pixels. */
const TOUCH = 3;
/** Where a letter stands on a rule, more is dark than the rule is thick. */
const THICKER = 1;
/** Words beyond these stay as they were read. */
const MOST_WORDS = 200;
/** Around each word on the sheet, of its height. */
const SPACE = 0.6;

/** What a page holds that is to be looked at again. */
interface Ruled {
  readonly image: Picture;
  readonly words: readonly ReadWord[];
  readonly rulings: Rulings;
}

/**
 * Tesseract takes drawn rules away before it reads, and with them the strokes that lie on them: of a table whose figures touch
 * its rules 8 is read as 3 and 6 as 0, and surely so. Words that touch a rule, and all figures of ruled tables, are therefore
 * read a second time, one below the other, from a picture in which rules are paper but for where a letter stands on them. Where the two readings differ, the
 * surer one counts, and the word is doubtful: what lies on a rule from end to end no picture shows. `read` reads lines.
 */
export async function lookAgain(
  { image, words, rulings }: Ruled,
  read: (sheet: Picture) => Promise<readonly ReadWord[]>,
): Promise<ReadWord[]> {
  const columns = rulings.upright.toSorted((a, b) => a.x0 - b.x0);
  const rows = rulings.level.toSorted((a, b) => a.y0 - b.y0);
  const table = tableOf(rulings);
  const touched: Touched[] = [];
  for (const word of words) {
    if (touched.length >= MOST_WORDS || word.turn !== 0 || lettersOf(word.text) === 0) continue;
    const wide = grown(word.box, TOUCH);
    const level = near(rows, "y", wide).filter((rule) => meets(rule, wide));
    const upright = near(columns, "x", wide).filter((rule) => meets(rule, wide));
    if (level.length + upright.length > 0 || (table && /\p{N}/u.test(word.text) && meets(word.box, table)))
      touched.push({ word, level, upright });
  }
  if (touched.length === 0) return [...words];
  const { sheet, bands } = sheetOf(image, touched);
  const found = await read(sheet);
  const again = new Map(touched.map(({ word }, index) => [word, decided(word, within(found, bands[index] as Band))]));
  return words.map((word) => again.get(word) ?? word);
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

interface Touched {
  readonly word: ReadWord;
  readonly level: readonly PixelBox[];
  readonly upright: readonly PixelBox[];
}

/** From where to where on the sheet a word stands. */
interface Band {
  readonly y0: number;
  readonly y1: number;
}

function decided(first: ReadWord, second: readonly ReadWord[]): ReadWord {
  const text = second.map((word) => word.text).join("");
  if (text === "" || text === first.text) return first;
  const confidence = Math.min(...second.map((word) => word.confidence));
  const better = confidence > first.confidence && (isFigure(text) || !isFigure(first.text));
  return { ...first, text: better ? text : first.text, confidence: Math.min(first.confidence, SURE - 1) };
}

function isFigure(text: string): boolean {
  return /^[\p{N}\p{P}\p{Sc}%+]+$/u.test(text);
}

function within(found: readonly ReadWord[], { y0, y1 }: Band): ReadWord[] {
  return found.filter(({ box }) => (box.y0 + box.y1) / 2 >= y0 && (box.y0 + box.y1) / 2 < y1).sort((a, b) => a.box.x0 - b.box.x0);
}

function sheetOf(image: Picture, touched: readonly Touched[]): { sheet: Picture; bands: Band[] } {
  const cuts = touched.map((each) => cleaned(image, each));
  const space = Math.round(SPACE * Math.max(...touched.map(({ word }) => word.box.y1 - word.box.y0)));
  const width = Math.max(...cuts.map((cut) => cut.width)) + 2 * space;
  const height = cuts.reduce((sum, cut) => sum + cut.height + space, space);
  const data = Buffer.alloc(width * height, 255);
  const bands: Band[] = [];
  let top = space;
  for (const cut of cuts) {
    for (let y = 0; y < cut.height; y++) cut.data.copy(data, (top + y) * width + space, y * cut.width, (y + 1) * cut.width);
    bands.push({ y0: top - space / 2, y1: top + cut.height + space / 2 });
    top += cut.height + space;
  }
  return { sheet: { ...image, data, width, height }, bands };
}

interface Cut {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
}

/** The word's own part of the picture up to the rules, and these with it, made paper. */
function cleaned(image: Picture, { word, level, upright }: Touched): Cut {
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
  return { data, width, height };
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

function meets(a: PixelBox, b: PixelBox): boolean {
  return a.x0 < b.x1 && a.x1 > b.x0 && a.y0 < b.y1 && a.y1 > b.y0;
}
