import { around, type Box } from "../document/geometry.ts";
import type { ColorImage } from "./patches.ts";
import { skewMatrix } from "./skew.ts";
import type { Placing } from "./strip.ts";

/** Where one ground ends and another begins luminance changes by at least so many steps, */
const STEP = 24;
/** and stays so for as long as this, in ems: ink does not. */
const LASTING = 0.8;
/** What differs less is shade, which is followed. */
const SHADE = 10;
const FOLLOWED = 0.2;
/** Text that fills more than this of its ground's height and width stands on no box: it is the page's own. */
const LARGEST = 0.9;
/** Where beside a text its ground is looked at, as shares of its side. */
const PROBES = [0.2, 0.5, 0.8];

export interface Text {
  /** In points of the page straightened. */
  readonly box: Box;
  /** In points. */
  readonly size: number;
  /** Luminance of what it stands on. */
  readonly ground: number;
}

/**
 * The box of another colour that a text stands on, in points of the page straightened; undefined if it stands on the paper
 * itself. All its edges change the same way: to lighter around a dark box, to darker around a light one. An edge of the
 * picture may stand for one of them.
 */
export function groundBox(image: ColorImage, { box, size, ground }: Text, placing: Placing): Box | undefined {
  const light = lightOf(image, placing);
  const [across, down] = [
    PROBES.map((share) => box.y0 + (box.y1 - box.y0) * share),
    PROBES.map((share) => box.x0 + (box.x1 - box.x0) * share),
  ];
  const step = 1 / placing.pixelsPerPoint;
  const probe = (from: readonly (readonly [number, number])[], [dx, dy]: readonly [number, number], length: number) =>
    edgeOf(
      from.map(([x, y]) => edgeAlong((at) => light(x + dx * at, y + dy * at), { length, step, size, ground })),
      length,
    );
  const left = probe(
    across.map((y) => [box.x0, y]),
    [-1, 0],
    box.x0,
  );
  const right = probe(
    across.map((y) => [box.x1, y]),
    [1, 0],
    placing.width - box.x1,
  );
  const top = probe(
    down.map((x) => [x, box.y0]),
    [0, -1],
    box.y0,
  );
  const bottom = probe(
    down.map((x) => [x, box.y1]),
    [0, 1],
    placing.height - box.y1,
  );
  const edges = [left, right, top, bottom];
  const change = Math.sign(edges.reduce((sum, edge) => sum + (edge?.change ?? 0), 0));
  if (!left || !right || !top || !bottom || edges.filter((edge) => edge?.change === change).length < 3) return undefined;
  if (edges.some((edge) => edge && edge.change === -change)) return undefined;
  const found = { x0: box.x0 - left.at, y0: box.y0 - top.at, x1: box.x1 + right.at, y1: box.y1 + bottom.at };
  const isPage = found.x1 - found.x0 > LARGEST * placing.width && found.y1 - found.y0 > LARGEST * placing.height;
  return isPage ? undefined : around([found, box]);
}

interface Edge {
  /** How far away, in points. */
  readonly at: number;
  /** 1 if it is lighter beyond, -1 if it is darker, 0 where the picture ends. */
  readonly change: number;
}

/** What most probes agree on. */
function edgeOf(edges: readonly Edge[], length: number): Edge | undefined {
  for (const change of [1, -1, 0]) {
    const alike = edges.filter((edge) => edge.change === change).map(({ at }) => at);
    if (alike.length > edges.length / 2) return { at: change === 0 ? length : (alike.toSorted((a, b) => a - b)[0] ?? 0), change };
  }
  return undefined;
}

interface Probe {
  readonly length: number;
  readonly step: number;
  readonly size: number;
  readonly ground: number;
}

function edgeAlong(light: (at: number) => number, { length, step, size, ground }: Probe): Edge {
  let level = ground;
  let begun: { readonly at: number; readonly change: number } | undefined;
  for (let at = 0; at < length; at += step) {
    const difference = light(at) - level;
    if (Math.abs(difference) < SHADE) level += difference * FOLLOWED;
    if (Math.abs(difference) < STEP) begun = undefined;
    else if (begun?.change !== Math.sign(difference)) begun = { at, change: Math.sign(difference) };
    else if (at - begun.at >= LASTING * size) return begun;
  }
  return begun ?? { at: length, change: 0 };
}

/** Luminance at a place of the straightened page, over three pixels by three. */
function lightOf({ data, width, height }: ColorImage, placing: Placing): (x: number, y: number) => number {
  const [a, b, c, d, e, f] = skewMatrix(placing);
  return (x, y) => {
    const column = Math.max(1, Math.min(width - 2, Math.floor((a * x + c * y + e) * placing.pixelsPerPoint)));
    const row = Math.max(1, Math.min(height - 2, Math.floor((b * x + d * y + f) * placing.pixelsPerPoint)));
    let sum = 0;
    for (let down = -1; down <= 1; down++)
      for (let along = -1; along <= 1; along++) {
        const at = ((row + down) * width + column + along) * 3;
        sum += (data[at] as number) * 77 + (data[at + 1] as number) * 151 + (data[at + 2] as number) * 28;
      }
    return sum / (9 * 256);
  };
}
