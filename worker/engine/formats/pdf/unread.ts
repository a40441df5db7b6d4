import { areaOf, type Box, contains, overlap, sharedArea } from "../../document/geometry.ts";
import type { Remark } from "../../document/remarks.ts";
import type { Word } from "../../layout/content.ts";
import { count, dropped } from "./annotations.ts";
import { isGround, type Picture } from "./pictures.ts";
import type { TextLayer } from "./text_layer.ts";
import { Tiles } from "./tiles.ts";
import { keep } from "./words.ts";

/** So many drawn shapes on a page without words may be letters. */
const MANY_DRAWINGS = 20;
/** Of a page: a picture that covers more should have more than a few words. */
const LARGE = 0.2;
const FEW_WORDS = 5;

export interface Reading {
  readonly words: readonly Word[];
  readonly remarks: readonly Remark[];
  /** What OCR is to read: the whole page, parts of it, or nothing. */
  readonly toRead: "page" | readonly Box[] | undefined;
}

interface PageLayers {
  readonly page: number;
  readonly box: Box;
  readonly seen: TextLayer;
  /** Text that is not drawn, or is below a picture: what OCR once read there, as a rule. */
  readonly unseen: TextLayer;
  readonly pictures: readonly Picture[];
  /** Painted shapes that are neither rules nor rectangles. */
  readonly drawings: number;
}

/** Decides which layer's words stand for what is seen, and what only OCR can read. */
export function readingOf({ page, box, seen, unseen, pictures, drawings }: PageLayers): Reading {
  if (seen.unreadable) {
    const message = "The fonts of the page do not say which letters they show; it was read by OCR.";
    return { words: [], remarks: [{ page, code: "TEXT_LAYER_UNREADABLE", message }], toRead: "page" };
  }
  const remarks = [...seen.remarks];
  const rest = new Set(unseen.words);
  const over = new Tiles(box, seen.words);
  const isSeen = (word: Word) => over.near(word.box).some((other) => isOn(word, other));
  const words = [...seen.words];
  const areas: Box[] = [];
  for (const picture of pictures) {
    const area = picture.box;
    const layer = unseen.words.filter((word) => rest.has(word) && isIn(area, word));
    if (isGround(picture, seen.words) || (layer.length === 0 && !picture.mayHaveWords)) continue;
    for (const word of layer) rest.delete(word);
    if (standsFor(area, layer, box)) {
      const there = new Set(layer);
      words.push(...keep(unseen.words, (word) => there.has(word) && !isSeen(word)));
    } else {
      if (picture.mayHaveWords) areas.push(area);
      if (layer.length > 0 || unseen.unreadable) remarks.push(behind(page, picture.mayHaveWords));
    }
  }
  const left = [...rest].filter((word) => !isSeen(word));
  // Letters that were turned into outlines, and the text that goes with them.
  if (left.length > 0 && words.length === 0 && drawings >= left.length && standsFor(box, left, box))
    words.push(...keep(unseen.words, (word) => rest.has(word)));
  else if (left.length > 0)
    remarks.push(dropped(page, `${count(left.length, "word")} that nobody sees ${left.length === 1 ? "is" : "are"} left out.`));
  const outlines = words.length === 0 && areas.length === 0 && drawings >= MANY_DRAWINGS;
  const toRead = outlines || (areas.length > 0 && words.length === 0) ? "page" : areas.length > 0 ? areas : undefined;
  return { words, remarks, toRead };
}

function behind(page: number, isRead: boolean): Remark {
  return isRead
    ? { page, code: "TEXT_LAYER_UNREADABLE", message: "The text behind a picture makes no sense; the picture was read by OCR." }
    : dropped(page, "The text behind a picture makes no sense, and is left out.");
}

/** Whether `layer` is what is to be read in `area`: words, and not too few of them for it. */
function standsFor(area: Box, layer: readonly Word[], page: Box): boolean {
  if (layer.length < (areaOf(area) > LARGE * areaOf(page) ? FEW_WORDS : 1)) return false;
  const texts = layer.map(({ text }) => text);
  const signs = texts.join("");
  const plain = signs.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
  const single = texts.filter((text) => text.length === 1).length;
  return plain > 0.7 * signs.length && single < 0.4 * texts.length && signs.length < 15 * texts.length;
}

function isIn(area: Box, { box }: Word): boolean {
  return contains(area, (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2);
}

function isOn({ box }: Word, { box: other }: Word): boolean {
  return overlap(box.x0, box.x1, other.x0, other.x1) > 0 && sharedArea(box, other) > 0.3 * areaOf(box);
}
