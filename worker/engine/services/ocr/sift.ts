import { around } from "../../document/geometry.ts";
import type { PixelBox, ReadWord } from "./hocr.ts";
import { type Prepared, toPage } from "./prepare.ts";

/** Tesseract is mostly right about words from here on: of an upright printed page nearly all are over 85. */
export const SURE = 60;
/** Of a whole line: below it, letters are guesses. */
const LEAST_LINE = 50;
/** On a photo every texture is read as letters: words on one must be better than others. */
const LEAST_ON_PICTURE = 75;
/** Beside words that are legible a word is no speck if it is at least this sure, or has letters enough. */
const LEAST_SPECK = 30;
/** How near scraps must stand to be of one drawing, and what is smaller than one, in points. */
const SCRAP_GAP = 14;
const LEAST_REGION = 20;
const LEAST_SCRAPS = 3;
/** In points to a side; smaller dark spots are no pictures. */
const LEAST_PICTURE = 36;
/** A scanner's black edges lie around a page; a picture fills its box. */
const LEAST_FILL = 0.5;

/** What of a reading is text. Boxes are in pixels of the prepared picture. */
export interface Sifted {
  readonly words: readonly ReadWord[];
  /** Those of `words` that are doubtful. */
  readonly doubtful: readonly ReadWord[];
  /** Where a photo or another dark picture is. */
  readonly pictures: readonly PixelBox[];
  /** Where there is something like letters that cannot be read. */
  readonly unread: readonly PixelBox[];
  /** 0 to 100: the mean over all letters outside of pictures, those that were left out with them; NaN without any. */
  readonly confidence: number;
  /** How many letters and figures that mean is of. */
  readonly letters: number;
}

export function lettersOf(text: string): number {
  return text.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
}

/** Mean confidence by letters; NaN without any. */
export function meanConfidence(words: readonly ReadWord[]): number {
  let [sum, letters] = [0, 0];
  for (const { text, confidence } of words) {
    const count = lettersOf(text);
    sum += count * confidence;
    letters += count;
  }
  return sum / letters;
}

/** Parts the words from what Tesseract took for some: textures of photos, drawings, codes, specks. */
export function sift(read: readonly ReadWord[], prepared: Prepared): Sifted {
  const { pixelsPerPoint } = prepared.image;
  const kept: ReadWord[] = [];
  const scraps: ReadWord[] = [];
  const onPaper: ReadWord[] = [];
  for (const line of linesOf(read)) {
    const onPicture = line.filter(({ box }) => isOnPicture(box, prepared)).length > line.length / 2;
    if (!onPicture) onPaper.push(...line);
    if (isLegible(line, onPicture)) kept.push(...line.filter((word) => isWord(word, line)));
    else if (!onPicture) scraps.push(...line);
  }
  const clusters = clustersOf(
    scraps.map(({ box }) => box),
    SCRAP_GAP * pixelsPerPoint,
  );
  const unread = clusters
    .filter(({ box, count }) => {
      const [width, height] = [(box.x1 - box.x0) / pixelsPerPoint, (box.y1 - box.y0) / pixelsPerPoint];
      return count >= LEAST_SCRAPS && width >= LEAST_REGION && height >= LEAST_REGION / 2;
    })
    .map(({ box }) => box);
  return {
    words: kept,
    doubtful: kept.filter(({ text, confidence }) => confidence < SURE && lettersOf(text) > 0),
    pictures: pictureTiles(prepared),
    unread,
    confidence: meanConfidence(onPaper),
    letters: onPaper.reduce((sum, { text }) => sum + lettersOf(text), 0),
  };
}

function linesOf(words: readonly ReadWord[]): ReadWord[][] {
  const lines = new Map<number, ReadWord[]>();
  for (const word of words) {
    const line = lines.get(word.line);
    if (line) line.push(word);
    else lines.set(word.line, [word]);
  }
  return [...lines.values()];
}

function isLegible(line: readonly ReadWord[], onPicture: boolean): boolean {
  const mean = meanConfidence(line);
  if (onPicture) return mean >= LEAST_ON_PICTURE && line.some(({ text, confidence }) => confidence >= SURE && lettersOf(text) >= 3);
  return mean >= LEAST_LINE || line.some(({ text, confidence }) => confidence >= SURE && lettersOf(text) >= 2);
}

/** In a legible line: a doubtful word, and no speck, which is read as a sign or, standing apart, as a letter. */
function isWord(word: ReadWord, line: readonly ReadWord[]): boolean {
  const letters = lettersOf(word.text);
  if (word.confidence >= SURE) return true;
  if (letters === 0) return word.confidence >= LEAST_SPECK;
  if (letters > 1 || word.confidence >= LEAST_SPECK) return true;
  const reach = 2 * word.height;
  return line.some((other) => other !== word && other.box.x0 - reach < word.box.x1 && other.box.x1 + reach > word.box.x0);
}

function isOnPicture({ x0, y0, x1, y1 }: PixelBox, prepared: Prepared): boolean {
  const { tiles, tilePixelsPerPoint } = prepared;
  let [on, of] = [0, 0];
  for (const share of [0.1, 0.5, 0.9])
    for (const y of [y0, (y0 + y1) / 2, y1]) {
      const [left, top] = toPage(prepared, x0 + (x1 - x0) * share, y, true);
      const column = Math.floor((left * tilePixelsPerPoint) / tiles.size);
      const row = Math.floor((top * tilePixelsPerPoint) / tiles.size);
      of += 1;
      if (column >= 0 && column < tiles.columns && row >= 0 && row < tiles.rows) on += tiles.picture[row * tiles.columns + column] ?? 0;
    }
  return on > of / 2;
}

interface Cluster {
  readonly box: PixelBox;
  readonly count: number;
}

/** Boxes that lie within `gap` of one another, put together. By a grid, so that a page of specks takes no longer than one of words. */
function clustersOf(boxes: readonly PixelBox[], gap: number): Cluster[] {
  const side = Math.max(1, gap);
  const cells = new Map<string, number>();
  const parents = boxes.map((_, index) => index);
  const rootOf = (index: number): number => {
    let root = index;
    while (parents[root] !== root) {
      parents[root] = parents[parents[root] as number] as number;
      root = parents[root] as number;
    }
    return root;
  };
  boxes.forEach(({ x0, y0, x1, y1 }, index) => {
    for (let row = Math.floor((y0 - gap / 2) / side); row <= Math.floor((y1 + gap / 2) / side); row++)
      for (let column = Math.floor((x0 - gap / 2) / side); column <= Math.floor((x1 + gap / 2) / side); column++) {
        const other = cells.get(`${row} ${column}`);
        if (other === undefined) cells.set(`${row} ${column}`, index);
        else parents[rootOf(index)] = rootOf(other);
      }
  });
  const clusters = new Map<number, { box: PixelBox; count: number }>();
  boxes.forEach((box, index) => {
    const root = rootOf(index);
    const cluster = clusters.get(root);
    if (!cluster) clusters.set(root, { box, count: 1 });
    else clusters.set(root, { box: around([cluster.box, box]), count: cluster.count + 1 });
  });
  return [...clusters.values()];
}

/** Tiles of a picture that touch, as boxes in pixels of the prepared picture. */
function pictureTiles(prepared: Prepared): PixelBox[] {
  const { tiles, image, width, height, tilePixelsPerPoint } = prepared;
  const points = tiles.size / tilePixelsPerPoint;
  const boxes: PixelBox[] = [];
  for (let index = 0; index < tiles.picture.length; index++) {
    if (!tiles.picture[index]) continue;
    const [column, row] = [index % tiles.columns, Math.floor(index / tiles.columns)];
    boxes.push({
      x0: column * points,
      y0: row * points,
      x1: Math.min(width, (column + 1) * points),
      y1: Math.min(height, (row + 1) * points),
    });
  }
  // From the page's points about its middle to the prepared picture's pixels; what little it was straightened by is left out.
  const x = (at: number) => image.width / 2 + (at - width / 2) * image.pixelsPerPoint;
  const y = (at: number) => image.height / 2 + (at - height / 2) * image.pixelsPerPoint;
  return clustersOf(boxes, points / 2)
    .filter(({ box, count }) => {
      const [wide, high] = [box.x1 - box.x0, box.y1 - box.y0];
      return wide >= LEAST_PICTURE && high >= LEAST_PICTURE && count * points ** 2 >= LEAST_FILL * wide * high;
    })
    .map(({ box }) => box)
    .map((box) => ({ x0: x(box.x0), y0: y(box.y0), x1: x(box.x1), y1: y(box.y1) }));
}
