import type { QuarterTurn } from "../../document/geometry.ts";
import type { TextStyle } from "../../document/model.ts";
import type { Word } from "../../layout/content.ts";
import { withAccents } from "./accents.ts";
import { anchorOf } from "./anchors.ts";
import type { Glyph } from "./marks.ts";
import { readingOrder } from "./right_to_left.ts";
import { type PlacedGlyph, type Run, runsOf } from "./runs.ts";

/** A larger gap than between the line's letters by this part of the size parts words. Poppler takes 0.1 without looking at the line. */
const WORD_GAP = 0.13;
/** Letters further apart than this are words of one letter. */
const MAX_LETTER_SPACING = 1;
/** So many gaps tell how a line is spaced. */
const ENOUGH_GAPS = 4;
const SMALLER = 0.88;
/** The mark of a list's item is no part of the word right behind it. */
const BULLET = /^[•●▪◦‣■□○◆◇❖►▶➢➤✓✔∙⁃]$/u;

/** A word's glyphs, parted where its style changes. */
type Pieces = readonly (readonly PlacedGlyph[])[];

/** The words of a page's glyphs that run `turn`, a run after the other. */
export function wordsOf(glyphs: readonly Glyph[], turn: QuarterTurn, page: number): Word[] {
  const angle = (turn * Math.PI) / 180;
  const direction = { cos: Math.round(Math.cos(angle)), sin: Math.round(Math.sin(angle)) };
  return runsOf(glyphs, direction).flatMap((run) => {
    const place = { page, turn, script: scriptIn(run) };
    return readingOrder(wordsOfRun(run).map((word) => pieces(word, place.script))).flatMap((word) =>
      word.flatMap((piece, i) => toWord(piece, { ...place, joined: i > 0 })),
    );
  });
}

/** Those of `words` that `isKept` keeps. What followed a piece that is gone begins a word, unless the piece before that is kept. */
export function keep(words: readonly Word[], isKept: (word: Word) => boolean): Word[] {
  const kept: Word[] = [];
  let isBegun = false;
  for (const word of words) {
    if (!word.joined) isBegun = false;
    if (!isKept(word)) continue;
    const { joined, ...free } = word;
    kept.push(joined && !isBegun ? free : word);
    isBegun = true;
  }
  return kept;
}

/** How many words stand at `angle`, in radians. */
export function countWords(glyphs: readonly Glyph[], angle: number): number {
  const runs = runsOf(glyphs, { cos: Math.cos(angle), sin: Math.sin(angle) });
  return runs.reduce((sum, run) => sum + wordsOfRun(run).length, 0);
}

/** Parts a run at its blanks, and where letters stand further apart than its letters do. */
function wordsOfRun(run: Run): PlacedGlyph[][] {
  const glyphs = withAccents(run.glyphs);
  const letterGap = usualGap(glyphs);
  const words: PlacedGlyph[][] = [];
  let word: PlacedGlyph[] = [];
  for (const glyph of glyphs) {
    const last = word.at(-1);
    const isApart = last !== undefined && gapBetween(last, glyph) > letterGap + WORD_GAP;
    if (word.length > 0 && (glyph.text === " " || isApart)) {
      words.push(word);
      word = [];
    }
    if (glyph.text !== " ") word.push(glyph);
  }
  if (word.length > 0) words.push(word);
  return words;
}

/** Between two glyphs, as a part of their size, without what the file itself calls letter spacing. */
function gapBetween(last: PlacedGlyph, next: PlacedGlyph): number {
  const size = (last.size + next.size) / 2;
  const spacing = last.spacing < 1.2 * size ? Math.max(0, last.spacing) : 0;
  return (next.along - last.along - last.width - spacing) / size;
}

/** The lower quarter of a line's gaps is between letters, whether they are set tight, loose, or one by one. */
function usualGap(glyphs: readonly PlacedGlyph[]): number {
  const gaps: number[] = [];
  for (const [i, glyph] of glyphs.entries()) {
    const last = glyphs[i - 1];
    if (last && isLetter(last) && isLetter(glyph)) gaps.push(gapBetween(last, glyph));
  }
  if (gaps.length < ENOUGH_GAPS) return 0;
  const quarter = gaps.sort((a, b) => a - b)[Math.floor(gaps.length / 4)] ?? 0;
  return quarter > MAX_LETTER_SPACING ? 0 : Math.max(0, quarter);
}

/** Dots that lead to a page number are set wider than anything else in their line. */
function isLetter({ text }: PlacedGlyph): boolean {
  return /^[\p{L}\p{N}]/u.test(text);
}

type Script = (glyph: PlacedGlyph) => TextStyle["script"];

/** Which glyphs of a run are smaller than most, and raised or lowered. */
function scriptIn(run: Run): Script {
  const widths = new Map<number, number>();
  for (const { size, width } of run.glyphs) {
    const rounded = Math.round(size * 2) / 2;
    widths.set(rounded, (widths.get(rounded) ?? 0) + width);
  }
  const [size = run.size] = [...widths].reduce((most, other) => (other[1] > most[1] ? other : most), [run.size, 0]);
  const usual = run.glyphs.find((glyph) => Math.round(glyph.size * 2) / 2 === size) ?? run.glyphs[0];
  return ({ size: own, across }) => {
    if (!usual || own > SMALLER * usual.size) return undefined;
    const raised = (usual.across - across) / usual.size;
    return raised > 0.12 ? "super" : raised < -0.06 ? "sub" : undefined;
  };
}

function pieces(word: readonly PlacedGlyph[], script: Script): Pieces {
  const made: PlacedGlyph[][] = [];
  let last: PlacedGlyph | undefined;
  for (const glyph of word) {
    const isBullet = last !== undefined && glyph === word[1] && BULLET.test(last.text);
    if (last && !isBullet && looksAlike(last, glyph) && script(last) === script(glyph)) made.at(-1)?.push(glyph);
    else made.push([glyph]);
    last = glyph;
  }
  return made;
}

function looksAlike(a: PlacedGlyph, b: PlacedGlyph): boolean {
  const [one, other] = [a.look.style, b.look.style];
  return (
    (a.look === b.look ||
      (one.bold === other.bold && one.italic === other.italic && one.font === other.font && a.look.maths === b.look.maths)) &&
    a.field === b.field &&
    a.freeText === b.freeText &&
    a.color === b.color &&
    Math.abs(a.size - b.size) < 0.03 * a.size
  );
}

interface Place {
  readonly page: number;
  readonly turn: QuarterTurn;
  readonly script: Script;
  readonly joined: boolean;
}

function toWord(glyphs: readonly PlacedGlyph[], { page, turn, script, joined }: Place): Word[] {
  const text = glyphs
    .map((glyph) => glyph.text)
    .join("")
    .replace(/\s+/g, "")
    .normalize("NFC");
  const first = glyphs[0];
  if (!first || text === "") return [];
  const raised = script(first);
  const black = first.color === undefined || first.color === "#000000";
  const style: TextStyle = { ...first.look.style, ...(black ? {} : { color: first.color }), ...(raised ? { script: raised } : {}) };
  const box = boxOf(glyphs, turn);
  const atom = atomOf(first, text);
  const baseline = turn % 180 === 0 ? first.y : first.x;
  return [
    {
      text,
      box,
      baseline,
      size: first.size,
      style,
      turn,
      confidence: 100,
      ...(joined ? { joined } : {}),
      ...atom,
      ...anchorOf(glyphs, page),
    },
  ];
}

function atomOf({ field, look }: PlacedGlyph, text: string): Pick<Word, "atom"> {
  if (field) return { atom: "field" };
  return look.maths && !BULLET.test(text) ? { atom: "formula" } : {};
}

/** Around the glyphs: from the first's beginning to the last's end, as high and deep as their font goes. */
function boxOf(glyphs: readonly PlacedGlyph[], turn: QuarterTurn): Word["box"] {
  let [start, end, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const { along, across, width, size, look } of glyphs) {
    start = Math.min(start, along);
    end = Math.max(end, along + width);
    top = Math.min(top, across - look.ascent * size);
    bottom = Math.max(bottom, across - look.descent * size);
  }
  switch (turn) {
    case 0:
      return { x0: start, y0: top, x1: end, y1: bottom };
    case 90:
      return { x0: -bottom, y0: start, x1: -top, y1: end };
    case 180:
      return { x0: -end, y0: -bottom, x1: -start, y1: -top };
    case 270:
      return { x0: top, y0: -end, x1: bottom, y1: -start };
  }
}
