import type { Shown } from "./marks.ts";

/**
 * Glyphs of one text operator of a page, by their places in it: from `from` up to, not with, `to`. What a text annotation shows has
 * no operator of the page: there it is the number of the annotation's object, below 0.
 */
export type GlyphRange = readonly [page: number, operator: number, from: number, to: number];

/** What shows a word: mostly one range, several where fonts change or accents are letters of their own. */
export type WordAnchor = readonly GlyphRange[];

interface Drawn {
  readonly shown: Shown | undefined;
  readonly also?: readonly Shown[];
  readonly freeText?: number;
}

/** The anchor of a word that `glyphs` make; none if all of them are an annotation's that is no text annotation. */
export function anchorOf(glyphs: readonly Drawn[], page: number): { readonly anchor?: WordAnchor } {
  const { freeText } = glyphs[0] ?? {};
  if (freeText !== undefined) return { anchor: freeTextAnchor(freeText, page) };
  const all = glyphs.flatMap(({ shown, also = [] }) => (shown ? [shown, ...also] : also));
  const ranges: [number, number, number, number][] = [];
  for (const { operator, index } of all.toSorted((a, b) => a.operator - b.operator || a.index - b.index)) {
    const last = ranges.at(-1);
    if (last?.[1] === operator && last[3] >= index) last[3] = Math.max(last[3], index + 1);
    else ranges.push([page, operator, index, index + 1]);
  }
  return ranges.length > 0 ? { anchor: ranges } : {};
}

/** The ranges of what the layout made of word anchors: a list of them. Of anything else none. */
export function rangesOf(anchor: unknown): readonly GlyphRange[] {
  return Array.isArray(anchor) ? (anchor as readonly WordAnchor[]).flat() : [];
}

/** Of all words of a text annotation. */
export function freeTextAnchor(object: number, page: number): WordAnchor {
  return [[page, -object, 0, 1]];
}

/** The objects of the text annotations of `page` that `ranges` are of. */
export function freeTextsOf(ranges: readonly GlyphRange[], page: number): ReadonlySet<number> {
  return new Set(ranges.flatMap(([on, operator]) => (on === page && operator < 0 ? [-operator] : [])));
}

/** The number of the object that pdf.js names; undefined for one that is none. */
export function objectNumberOf(id: string | undefined): number | undefined {
  const number = /^([1-9]\d{0,9})R$/.exec(id ?? "")?.[1];
  return number === undefined ? undefined : Number(number);
}
