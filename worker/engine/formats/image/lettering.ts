import type { Path2D as Outline, SKRSContext2D } from "@napi-rs/canvas";
import { type Matrix, multiply } from "../../document/matrix.ts";
import type { ColorImage } from "../../inpainting/patches.ts";
import { skewMatrix } from "../../inpainting/skew.ts";
import type { Face, GlyphRun, SetLine } from "../../setting/sheet.ts";

/** Underlines and strikes, in ems: as most fonts have them. */
const UNDERLINE = { at: 0.12, thickness: 0.06 };
const STRIKE = { at: -0.28, thickness: 0.06 };

/** Draws set lines into pictures, by the outlines of their glyphs. */
export interface Lettering {
  /** The pixels of `image` with `lines` on them. Their points are those of the page straightened; `skew` is as `PageGeometry` has it. */
  draw(image: ColorImage, lines: readonly SetLine[], skew: number): Buffer;
}

interface Drawn {
  readonly unitsPerEm: number;
  outline(glyph: number): Outline;
}

/** Loads HarfBuzz, which knows the glyphs by the numbers that text was set with, and a canvas. */
export async function openLettering(): Promise<Lettering> {
  const [{ Blob, Face: FontFile, Font }, { createCanvas, ImageData, Path2D }] = await Promise.all([
    import("harfbuzzjs"),
    import("@napi-rs/canvas"),
  ]);
  const faces = new Map<Face, Drawn>();
  const faceOf = (face: Face): Drawn => {
    const known = faces.get(face);
    if (known) return known;
    const file = new FontFile(new Blob(face.data));
    const font = new Font(file);
    const outlines = new Map<number, Outline>();
    const outline = (glyph: number): Outline => {
      const path = outlines.get(glyph) ?? new Path2D(font.glyphToPath(glyph));
      outlines.set(glyph, path);
      return path;
    };
    const drawn = { unitsPerEm: file.upem, outline };
    faces.set(face, drawn);
    return drawn;
  };
  return {
    draw({ data, width, height, pixelsPerPoint }, lines, skew) {
      const canvas = createCanvas(width, height);
      const context = canvas.getContext("2d");
      context.putImageData(new ImageData(withAlpha(data), width, height), 0, 0);
      const scale: Matrix = [pixelsPerPoint, 0, 0, pixelsPerPoint, 0, 0];
      const toPixels = multiply(skewMatrix({ width, height, skew }), scale);
      for (const { pieces, turn } of lines)
        for (const piece of pieces)
          if (piece.kind === "glyphs") drawRun(context, piece, multiply(toPixels, alongRun(piece, turn)), faceOf(piece.face));
      return withoutAlpha(canvas.data());
    },
  };
}

function withoutAlpha(pixels: Buffer): Buffer {
  const data = Buffer.alloc((pixels.length / 4) * 3);
  for (let from = 0, to = 0; from < pixels.length; from += 4, to += 3) {
    data[to] = pixels[from] as number;
    data[to + 1] = pixels[from + 1] as number;
    data[to + 2] = pixels[from + 2] as number;
  }
  return data;
}

function withAlpha(data: Uint8Array): Uint8ClampedArray {
  const pixels = new Uint8ClampedArray((data.length / 3) * 4);
  for (let from = 0, to = 0; from < data.length; from += 3, to += 4) {
    pixels[to] = data[from] as number;
    pixels[to + 1] = data[from + 1] as number;
    pixels[to + 2] = data[from + 2] as number;
    pixels[to + 3] = 255;
  }
  return pixels;
}

const ALONG = { 0: [1, 0], 90: [0, 1], 180: [-1, 0], 270: [0, -1] } as const;

/** From a run's own points, x along it and y down from its baseline, to the page's. */
function alongRun({ x, y }: GlyphRun, turn: SetLine["turn"]): Matrix {
  const [u, v] = ALONG[turn];
  return [u, v, 0 - v, u, x, y];
}

function drawRun(context: SKRSContext2D, run: GlyphRun, toPixels: Matrix, face: Drawn): void {
  const { size, stretch, width, glyphs, color, underline, strike } = run;
  context.fillStyle = color;
  const unit = size / face.unitsPerEm;
  let pen = 0;
  for (const { id, advance, dx, dy } of glyphs) {
    context.setTransform(...multiply(toPixels, [unit * stretch, 0, 0, -unit, (pen + dx) * size * stretch, -dy * size]));
    context.fill(face.outline(id));
    pen += advance;
  }
  context.setTransform(...toPixels);
  for (const { at, thickness } of [...(underline ? [UNDERLINE] : []), ...(strike ? [STRIKE] : [])])
    context.fillRect(0, (at - thickness / 2) * size, width, thickness * size);
}
