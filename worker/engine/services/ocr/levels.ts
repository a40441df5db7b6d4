import type { Picture } from "../../formats/format.ts";
import { WHITE } from "./ink.ts";
import { findPale } from "./pale.ts";

/** A tile holds a few letters, so that it is mostly paper wherever there is any: 16 points, four lines of an A4 page's thousand. */
const TILE_POINTS = 16;
const MIN_TILE = 12;
const MAX_TILES_A_SIDE = 400;
/** Grey levels that ink must differ from its paper by, whatever the grain. */
const LEAST_CONTRAST = 24;
/** Ink that is paler than this is made darker, if it stands out more than print that shows through from the other side. */
const FAINT = 130;
const FAINTEST_CONTRAST = 45;
/** Paper in a shadow has at least this share of the light that the brightest paper of the page has. */
const DARKEST_PAPER = 0.4;
/**
 * How far the middle of a tile lies below its bright end, of its whole contrast: for letters on paper with grain, blurred
 * ones too, at most 0.2; for a photo's texture a quarter (normal distribution) to 0.38 (even distribution).
 */
const MOST_BETWEEN = 0.22;
/** Grain beyond which single dark pixels would be left after levelling. */
const GRAINY = 5;

/** A page's tiles, row by row. */
export interface Tiles {
  /** Pixels to a tile's side. */
  readonly size: number;
  readonly columns: number;
  readonly rows: number;
  /** 1 where there is a picture rather than paper. */
  readonly picture: Uint8Array;
  /** 1 where there is something like letters that stays too pale to be read. */
  readonly pale: Uint8Array;
}

export interface Levelled {
  readonly image: Picture;
  readonly tiles: Tiles;
  /** It was white on black and is turned into black on white. */
  readonly inverted: boolean;
  /** Its paper has grain that a median takes away. */
  readonly grainy: boolean;
}

/** Grey levels of a tile: that of its darkest pixels, and of those that 16, 50, 80 and 99.5 % are no lighter than. */
export interface Tile {
  readonly ink: number;
  readonly low: number;
  readonly middle: number;
  readonly high: number;
  readonly top: number;
}

/**
 * The page with its paper white and its ink black wherever on it they stand: light falls off towards a photographed
 * page's edges, scanned paper is grey and has grain, and a dark picture says nothing about the ink beside it. So levels
 * are those of tiles, as in Sauvola's and other local binarisations, but the greys between are kept: Tesseract reads them.
 * A page that is black on white already is left as it is.
 */
export function level(image: Picture): Levelled {
  const grid = gridOf(image);
  let tiles = measure(image, grid);
  const inverted = isInverted(tiles);
  if (inverted) {
    image = { ...image, data: negative(image.data) };
    tiles = measure(image, grid);
  }
  const brightest = percentile(
    tiles.map(({ high }) => high),
    0.85,
  );
  const ground = tiles.map((tile) => isPaper(tile, brightest));
  const papers = tiles.filter((_, index) => ground[index]);
  const grain = percentile(
    papers.map(({ low, middle }) => middle - low),
    0.5,
  );
  const contrast = Math.max(LEAST_CONTRAST, 5 * grain);
  const written = papers.filter(({ ink, middle }) => middle - ink > contrast);
  const black = percentile(
    written.map(({ ink }) => ink),
    0.5,
  );
  const white = whitePoints(tiles, ground, { brightest, grain, columns: grid.columns });
  const blacks = blackPoints(tiles, ground, { black, contrast: Math.max(FAINTEST_CONTRAST, contrast), columns: grid.columns });
  const levelled = written.length === 0 || isClean(white, blacks) ? image : stretch(image, grid, white, blacks);
  const picture = Uint8Array.from(ground, (paper) => (paper ? 0 : 1));
  const pale = findPale(image, { grid, tiles, ground, white, black: blacks, contrast });
  return { image: levelled, tiles: { ...grid, picture, pale }, inverted, grainy: grain >= GRAINY };
}

type Grid = Pick<Tiles, "size" | "columns" | "rows">;

function gridOf({ width, height, pixelsPerPoint }: Picture): Grid {
  const size = Math.max(MIN_TILE, Math.round(TILE_POINTS * pixelsPerPoint), Math.ceil(Math.max(width, height) / MAX_TILES_A_SIDE));
  return { size, columns: Math.ceil(width / size), rows: Math.ceil(height / size) };
}

function measure({ data, width, height }: Picture, { size, columns, rows }: Grid): Tile[] {
  const tiles: Tile[] = [];
  const histogram = new Uint32Array(256);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      histogram.fill(0);
      const [left, top] = [column * size, row * size];
      const [right, bottom] = [Math.min(width, left + size), Math.min(height, top + size)];
      for (let y = top; y < bottom; y++)
        for (let index = y * width + left; index < y * width + right; index++) {
          const value = data[index] as number;
          histogram[value] = (histogram[value] as number) + 1;
        }
      tiles.push(tileOf(histogram, (right - left) * (bottom - top)));
    }
  return tiles;
}

function tileOf(histogram: Uint32Array, pixels: number): Tile {
  const shares = [0.005, 0.16, 0.5, 0.8, 0.995];
  const found: number[] = [];
  let seen = 0;
  for (let value = 0; value < 256 && found.length < shares.length; value++) {
    seen += histogram[value] as number;
    while (found.length < shares.length && seen >= pixels * (shares[found.length] as number)) found.push(value);
  }
  const [ink = 255, low = 255, middle = 255, high = 255, top = 255] = found;
  return { ink, low, middle, high, top };
}

function negative(data: Buffer): Buffer {
  const inverted = Buffer.allocUnsafe(data.length);
  for (let index = 0; index < data.length; index++) inverted[index] = 255 - (data[index] as number);
  return inverted;
}

/** Letters are the lesser part of their ground: where a tile's middle is near its dark end, they are light on dark. */
function isInverted(tiles: readonly Tile[]): boolean {
  let [darkGround, lightGround] = [0, 0];
  for (const { ink, middle, top } of tiles) {
    const contrast = top - ink;
    if (contrast < 80) continue;
    const at = (middle - ink) / contrast;
    if (at < 0.2) darkGround += 1;
    if (at > 0.8) lightGround += 1;
  }
  return darkGround > 2 * lightGround && darkGround >= 4;
}

function isPaper({ ink, low, middle, high }: Tile, brightest: number): boolean {
  if (high < brightest * DARKEST_PAPER) return false;
  return high - middle <= Math.max(LEAST_CONTRAST, MOST_BETWEEN * (high - ink)) || high - low < LEAST_CONTRAST;
}

/** What is made white in each tile: its paper, less its grain; where there is no paper, as in the tiles beside. */
function whitePoints(
  tiles: readonly Tile[],
  ground: readonly boolean[],
  { brightest, grain, columns }: { brightest: number; grain: number; columns: number },
): Float32Array {
  const white = Float32Array.from(tiles, ({ middle, high }, index) =>
    ground[index] ? Math.max(middle, high - 2 * grain - 4) - 2 * grain : 0,
  );
  const rows = tiles.length / columns;
  return white.map((value, index) => {
    const [column, row] = [index % columns, Math.floor(index / columns)];
    let best = value;
    // A letter larger than a tile is no shadow: the brightest of its neighbours tells the paper.
    for (let y = Math.max(0, row - 1); y <= Math.min(rows - 1, row + 1); y++)
      for (let x = Math.max(0, column - 1); x <= Math.min(columns - 1, column + 1); x++)
        best = Math.max(best, white[y * columns + x] as number);
    return best > 0 ? best : brightest - 2 * grain;
  });
}

/**
 * What is made black in each tile: the ink of the page, or its own where that of the line about it is faint, as a stamp's or
 * a worn ribbon's. Of its line, because a tile may hold no more than the pale edge of a letter.
 */
function blackPoints(
  tiles: readonly Tile[],
  ground: readonly boolean[],
  { black, contrast, columns }: { black: number; contrast: number; columns: number },
): Float32Array {
  return Float32Array.from(tiles, (_, index) => {
    const column = index % columns;
    let darkest = 255;
    for (let at = index - Math.min(2, column); at <= index + Math.min(2, columns - 1 - column); at++) {
      const { ink, middle } = tiles[at] as Tile;
      if (ground[at] && middle - ink > contrast) darkest = Math.min(darkest, ink);
    }
    return darkest < 255 && darkest > Math.max(FAINT, black) ? darkest : black;
  });
}

function isClean(white: Float32Array, black: Float32Array): boolean {
  return black.every((value) => value <= 90) && white.every((value) => value >= 250);
}

function stretch(image: Picture, { size, columns, rows }: Grid, white: Float32Array, black: Float32Array): Picture {
  const { data, width, height } = image;
  const levelled = Buffer.alloc(data.length, WHITE);
  const down = between(height, size, rows);
  const line = new Float32Array(columns + 1);
  const inks = new Float32Array(columns + 1);
  for (let y = 0; y < height; y++) {
    const [above, share] = [down.first[y] as number, down.share[y] as number];
    const below = Math.min(rows - 1, above + 1);
    for (let column = 0; column < columns; column++) {
      const [first, second] = [above * columns + column, below * columns + column];
      line[column] = (white[first] as number) * (1 - share) + (white[second] as number) * share;
      inks[column] = (black[first] as number) * (1 - share) + (black[second] as number) * share;
    }
    line[columns] = line[columns - 1] as number;
    inks[columns] = inks[columns - 1] as number;
    // From the middle of one tile to the middle of the next both change evenly; before the first and behind the last they do not.
    for (let column = -1; column < columns; column++) {
      const from = column < 0 ? 0 : Math.min(width, Math.round((column + 0.5) * size));
      const to = column === columns - 1 ? width : Math.min(width, Math.round((column + 1.5) * size));
      const [left, right] = [Math.max(0, column), column < 0 ? 0 : column + 1];
      const [paper, darkest] = [line[left] as number, inks[left] as number];
      const paperStep = ((line[right] as number) - paper) / size;
      const inkStep = ((inks[right] as number) - darkest) / size;
      const least = Math.min(paper - darkest, (line[right] as number) - (inks[right] as number));
      // All that is as light is paper, wherever it stands between the two.
      const light = least >= LEAST_CONTRAST ? Math.max(paper, line[right] as number) : WHITE + 1;
      const start = y * width + from;
      for (let index = start; index < y * width + to; index++) {
        const value = data[index] as number;
        if (value >= light) continue;
        const dark = darkest + inkStep * (index - start);
        const contrast = Math.max(LEAST_CONTRAST, paper + paperStep * (index - start) - dark);
        levelled[index] = Math.max(0, Math.min(WHITE, (value - dark) * (WHITE / contrast)));
      }
    }
  }
  return { ...image, data: levelled };
}

/** For each pixel the first of the two tiles whose middles it lies between, and how far it is on to the second. */
function between(length: number, size: number, count: number): { first: Uint16Array; share: Float32Array } {
  const first = new Uint16Array(length);
  const share = new Float32Array(length);
  for (let at = 0; at < length; at++) {
    const position = Math.min(count - 1, Math.max(0, at / size - 0.5));
    first[at] = Math.floor(position);
    share[at] = position - Math.floor(position);
  }
  return { first, share };
}

function percentile(values: readonly number[], share: number): number {
  if (values.length === 0) return 0;
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] as number;
}
