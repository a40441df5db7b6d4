import type { Leaf } from "../../../document/model.ts";
import type { SetLine, SetPassage } from "../../../setting/sheet.ts";
import type { GlyphRange } from "../anchors.ts";
import type { OwnGlyphs } from "./chips.ts";
import type { Setting } from "./settings.ts";

/** What paragraphs that began on earlier pages leave for a page: what is to be taken out of it, and their lines to draw. */
export interface Carried {
  readonly ranges: readonly GlyphRange[];
  readonly leaves: readonly Leaf[];
  readonly lines: readonly SetLine[];
  /** By their atoms. */
  readonly chips: ReadonlyMap<unknown, OwnGlyphs>;
}

/** What `settings` leave for pages after `page`. */
export function carriedBy(
  page: number,
  settings: readonly Setting[],
  { set, chips }: { readonly set: readonly SetPassage[]; readonly chips: ReadonlyMap<unknown, OwnGlyphs> },
): Map<number, Carried> {
  const carried = new Map<number, Carried>();
  for (const [index, { leaf, ranges, passage }] of settings.entries())
    for (const later of new Set([...ranges.map(([on]) => on), ...passage.frames.map((frame) => frame.page)])) {
      if (later <= page) continue;
      const before = carried.get(later);
      carried.set(later, {
        ranges: [...(before?.ranges ?? []), ...ranges.filter(([on]) => on === later)],
        leaves: [...(before?.leaves ?? []), leaf],
        lines: [...(before?.lines ?? []), ...(set[index]?.lines.filter((line) => line.page === later) ?? [])],
        chips,
      });
    }
  return carried;
}
