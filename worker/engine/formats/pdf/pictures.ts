import { areaOf, around, type Box, heightOf, sharedArea, widthOf } from "../../document/geometry.ts";
import type { Word } from "../../layout/content.ts";
import type { Image } from "./marks.ts";

/** A centimetre: a picture less high or wide has no words on it that anyone reads. In points. */
const LEAST_SIDE = 28;
/** Fewer pixels on a point (36 dots an inch) show no letters. */
const LEAST_DENSITY = 0.5;
const LEAST_PIXELS = 24;
/** Where text covers so much of a picture, the picture is what the text stands on. Lines of text cover about a third of their page. */
const GROUND = 0.2;
/** Scans are cut into strips whose edges meet, but for rounding. */
const SEAM = 1.5;
/** A page with more pictures is a mosaic; they are taken as one. */
const MAX_IMAGES = 5000;

/** A picture, put together from its strips and tiles. */
export interface Picture {
  readonly box: Box;
  /** It is large and sharp enough to show words. */
  readonly mayHaveWords: boolean;
}

export function picturesOf(images: readonly Image[]): Picture[] {
  const boxed = images.filter(({ box }) => widthOf(box) > 0 && heightOf(box) > 0);
  const parts = boxed.length > MAX_IMAGES ? [joined(boxed)] : boxed;
  const strips = seamed(
    parts,
    ({ x0, x1 }) => [x0, x1],
    ({ y0, y1 }) => [y0, y1],
  );
  const tiles = seamed(
    strips,
    ({ y0, y1 }) => [y0, y1],
    ({ x0, x1 }) => [x0, x1],
  );
  const whole = seamed(
    tiles,
    ({ x0, x1 }) => [x0, x1],
    ({ y0, y1 }) => [y0, y1],
  );
  return whole.map(({ box, pixels }) => ({
    box,
    mayHaveWords:
      Math.min(widthOf(box), heightOf(box)) >= LEAST_SIDE &&
      Math.min(pixels.width, pixels.height) >= LEAST_PIXELS &&
      Math.min(pixels.width / widthOf(box), pixels.height / heightOf(box)) >= LEAST_DENSITY,
  }));
}

/** Whether `words` stand on the picture, so that it is only their ground. */
export function isGround({ box }: Picture, words: readonly Word[]): boolean {
  return coverage(box, words) >= GROUND;
}

function coverage(box: Box, words: readonly Word[]): number {
  return words.reduce((sum, word) => sum + sharedArea(box, word.box), 0) / areaOf(box);
}

type Interval = (box: Box) => readonly [number, number];

/** Joins images that are equal in one direction and touch in the other. */
function seamed(images: readonly Image[], equal: Interval, touching: Interval): Image[] {
  const columns = Map.groupBy(images, ({ box }) =>
    equal(box)
      .map((edge) => Math.round(edge / SEAM))
      .join(),
  );
  return [...columns.values()].flatMap((column) => {
    const made: Image[] = [];
    for (const image of column.toSorted((a, b) => touching(a.box)[0] - touching(b.box)[0])) {
      const last = made.at(-1);
      if (last && touching(image.box)[0] - touching(last.box)[1] < SEAM) made[made.length - 1] = joined([last, image]);
      else made.push(image);
    }
    return made;
  });
}

/** Many images as one, as sharp as the sharpest of them. */
function joined(images: readonly Image[]): Image {
  const box = around(images.map((image) => image.box));
  const across = largest(images, ({ pixels, box: part }) => pixels.width / widthOf(part));
  const down = largest(images, ({ pixels, box: part }) => pixels.height / heightOf(part));
  const plain = images.every((image) => image.plain);
  return { box, order: images[0]?.order ?? 0, plain, pixels: { width: across * widthOf(box), height: down * heightOf(box) } };
}

function largest(images: readonly Image[], measure: (image: Image) => number): number {
  return images.reduce((most, image) => Math.max(most, measure(image)), 0);
}
