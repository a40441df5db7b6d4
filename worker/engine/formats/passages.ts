import { areaOf, type Box, sharedArea } from "../document/geometry.ts";
import { type Leaf, type Page, plainText, type TextStyle } from "../document/model.ts";
import type { Segment } from "../document/segment.ts";
import type { Passage } from "../setting/sheet.ts";

/** What a leaf without a look is taken to be. */
const USUAL: TextStyle = { font: "serif", size: 11 };

/** The segments of `leaf` that say something else than their source. */
export function changedSegments({ segments = [] }: Leaf): Segment[] {
  return segments.filter(({ outcome, source, target }) => outcome === "translated" && target !== undefined && target.text !== source.text);
}

/** What is to be set for `leaf`, in the look that was measured of it, if it was; undefined for one without a place, or nothing to say. */
export function passageOf(leaf: Leaf, measured?: TextStyle): Passage | undefined {
  const [first, ...others] = leaf.frames ?? [];
  if (!first || plainText(leaf.content).trim() === "") return undefined;
  return { id: leaf.id, content: leaf.content, look: { ...USUAL, ...leaf.look, ...measured }, frames: [first, ...others] };
}

/** Where the texts of `passages` stood on `page`. */
export function placesOn(page: Page, passages: readonly Passage[]): Box[] {
  return passages.flatMap(({ frames }) => frames.filter((frame) => frame.page === page.number).map(({ box }) => box));
}

/** What is drawn on `page` that text must keep clear of: rules, and pictures that none of `texts` stood on. */
export function drawnObstacles({ graphics = [] }: Page, texts: readonly Box[]): Box[] {
  return graphics.flatMap(({ kind, box }) => {
    if (kind === "rule") return [box];
    return kind === "image" && !texts.some((text) => sharedArea(text, box) > 0.5 * areaOf(text)) ? [box] : [];
  });
}

/** The framed and filled boxes of `page`. */
export function areasOf({ graphics = [] }: Page): Box[] {
  return graphics.flatMap(({ kind, box }) => (kind === "area" ? [box] : []));
}

/** The lines of a block on a page, or its box where they are not known. */
export function linesOn(page: number, { frames = [] }: Pick<Leaf, "frames">): Box[] {
  return frames.filter((frame) => frame.page === page).flatMap(({ box, lines }) => lines?.map((line) => line.box) ?? [box]);
}
