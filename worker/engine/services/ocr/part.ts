import type { Box } from "../../document/geometry.ts";
import type { Word } from "../../layout/content.ts";
import { findDrawings } from "./drawings.ts";
import type { PixelBox, ReadWord } from "./hocr.ts";
import type { ReadPart } from "./merge.ts";
import type { Reading } from "./page_reader.ts";
import { paleAreas } from "./pale_areas.ts";
import { type Prepared, toPage } from "./prepare.ts";
import { sift } from "./sift.ts";

/** Tesseract's heights of type are from the highest letter to the lowest: so much of the size that a typesetter names. */
const HEIGHT_OF_SIZE = 0.95;
/** A dark spot that has so much of words is a large heading, or a ground with words on it, and no picture. */
const MOST_WORDS = 0.1;

/** Where what was read lies on the page, as the page is turned to be read. */
export interface At {
  /** Of its upper left corner, in points. */
  readonly x: number;
  readonly y: number;
  /** Where it was before it was straightened: beside a text layer, which was not. Else lines are level. */
  readonly asBefore: boolean;
}

/** What a reading found, in points of the page; how sure it is of it, and of how many letters that is said. */
export function partOf(
  { prepared, words: read, unread: numbers, rulings }: Reading,
  at: At,
): { part: ReadPart; confidence: number; letters: number } {
  const { words, doubtful, pictures, unread, confidence, letters } = sift(read, prepared);
  const boxes = words.map(({ box }) => box);
  const photos = pictures.filter((picture) => coveredBy(picture, boxes) < MOST_WORDS);
  const fringes = photos.map((photo) => fringed(photo, prepared));
  const inPhoto = (box: PixelBox) => fringes.some((photo) => shared(photo, box) > areaOf(box) / 2);
  const rules = [...rulings.level, ...rulings.upright].filter((rule) => !inPhoto(rule));
  const drawings = findDrawings(prepared.image, boxes, [...rules, ...fringes]);
  const notRead = united([...[...unread, ...numbers].filter((box) => !inPhoto(box)), ...drawings]);
  const figures = united([...photos, ...notRead]);
  const drawn = rules.filter((rule) => !figures.some((figure) => shared(figure, rule) > areaOf(rule) / 2));
  const toBox = (pixels: PixelBox): Box => boxOf(prepared, pixels, at);
  const onPage = new Map(words.map((word) => [word, wordOf(prepared, word, at)]));
  return {
    part: {
      words: [...onPage.values()],
      doubtful: doubtful.map((word) => onPage.get(word)).filter((word) => word !== undefined),
      rules: drawn.map((rule) => ({ box: toBox(rule) })),
      pictures: figures.map(toBox),
      unread: notRead.map(toBox),
      pale: paleAreas(prepared, [...read.map(({ box }) => box), ...fringes, ...figures]).map((box) => placed(box, at)),
    },
    ...{ confidence, letters },
  };
}

function placed({ x0, y0, x1, y1 }: PixelBox, at: At): Box {
  return { x0: x0 + at.x, y0: y0 + at.y, x1: x1 + at.x, y1: y1 + at.y };
}

/** A photo is found by tiles, so that up to one of them may lie about its edges. */
function fringed({ x0, y0, x1, y1 }: PixelBox, { tiles, tilePixelsPerPoint, image }: Prepared): PixelBox {
  const tile = (tiles.size / tilePixelsPerPoint) * image.pixelsPerPoint;
  return { x0: x0 - tile, y0: y0 - tile, x1: x1 + tile, y1: y1 + tile };
}

/** A box keeps its size; where the page was straightened and is shown as before, its middle goes back. */
function boxOf(prepared: Prepared, { x0, y0, x1, y1 }: PixelBox, at: At): Box {
  const scale = prepared.image.pixelsPerPoint;
  const [x, y] = toPage(prepared, (x0 + x1) / 2, (y0 + y1) / 2, at.asBefore);
  const [width, height] = [(x1 - x0) / scale, (y1 - y0) / scale];
  return { x0: at.x + x - width / 2, y0: at.y + y - height / 2, x1: at.x + x + width / 2, y1: at.y + y + height / 2 };
}

function wordOf(prepared: Prepared, word: ReadWord, at: At): Word {
  const scale = prepared.image.pixelsPerPoint;
  const box = boxOf(prepared, word.box, at);
  const level = word.turn === 0;
  const baseline = level ? box.y1 + (word.baseline - word.box.y1) / scale : box.x0 + (word.baseline - word.box.x0) / scale;
  return {
    ...{ text: word.text, box, baseline, size: word.height / scale / HEIGHT_OF_SIZE, style: {}, turn: word.turn },
    ...{ confidence: word.confidence, ocr: { block: word.block, paragraph: word.paragraph, line: word.line } },
  };
}

/** Boxes that overlap, put together. There are a few dozen at most of what is large enough to be a figure. */
function united(boxes: readonly PixelBox[]): PixelBox[] {
  const done: PixelBox[] = [];
  for (const box of boxes) {
    let whole = box;
    const touching = () => done.findIndex((each) => shared(each, whole) > 0);
    for (let other = touching(); other >= 0; other = touching()) {
      const [taken = whole] = done.splice(other, 1);
      whole = {
        x0: Math.min(whole.x0, taken.x0),
        y0: Math.min(whole.y0, taken.y0),
        x1: Math.max(whole.x1, taken.x1),
        y1: Math.max(whole.y1, taken.y1),
      };
    }
    done.push(whole);
  }
  return done;
}

function areaOf({ x0, y0, x1, y1 }: PixelBox): number {
  return (x1 - x0) * (y1 - y0);
}

function shared(a: PixelBox, b: PixelBox): number {
  return Math.max(0, Math.min(a.x1, b.x1) - Math.max(a.x0, b.x0)) * Math.max(0, Math.min(a.y1, b.y1) - Math.max(a.y0, b.y0));
}

function coveredBy(box: PixelBox, others: readonly PixelBox[]): number {
  return others.reduce((sum, other) => sum + shared(box, other), 0) / Math.max(1, areaOf(box));
}
