import type { Inline, Leaf, TextStyle } from "../../../document/model.ts";
import type { Passage } from "../../../setting/sheet.ts";
import { changedSegments, passageOf } from "../../passages.ts";
import { type GlyphRange, rangesOf } from "../anchors.ts";

/** A leaf as it is to be set, and the glyphs that it stands for. */
export interface Setting {
  readonly leaf: Leaf;
  readonly passage: Passage;
  readonly ranges: readonly GlyphRange[];
  /** Dots that lead on from it: they make room for it. */
  readonly leaders?: readonly GlyphRange[];
}

/** Lone letters of the West are signs, as in formulas. */
const WORDS = /\p{L}[\p{L}\p{M}’']|(?!\p{Script=Latin}|\p{Script=Greek}|\p{Script=Cyrillic})\p{L}/u;

/** Whether `leaf` says something else than its source did, which had words. */
export function isTranslated(leaf: Leaf): boolean {
  return changedSegments(leaf).some(({ source }) => WORDS.test(source.text));
}

/** Undefined for a leaf that has no place, or nothing to say. */
export function settingOf(leaf: Leaf): Setting | undefined {
  const passage = passageOf(leaf);
  return passage && { leaf, passage, ranges: rangesOf(leaf.anchor) };
}

/** `setting` in the look that was measured on a picture, if it was. */
export function looking(setting: Setting, look: TextStyle | undefined): Setting {
  return look ? { ...setting, passage: { ...setting.passage, look: { ...setting.passage.look, ...look } } } : setting;
}

/** The atoms of `content`, wherever they stand. */
export function* atomsOf(content: readonly Inline[]): Generator<Extract<Inline, { kind: "atom" }>> {
  for (const inline of content) {
    if (inline.kind === "atom") yield inline;
    else if (inline.kind === "span") yield* atomsOf(inline.content);
  }
}
