import { createRequire } from "node:module";
import { createCanvas, GlobalFonts, type SKRSContext2D } from "@napi-rs/canvas";
import sharp, { type Sharp } from "sharp";
import { around } from "../../worker/engine/document/geometry.ts";
import type { Paragraph } from "../../worker/engine/document/model.ts";

const require = createRequire(import.meta.url);
for (const [file, name] of [
  ["@expo-google-fonts/tinos/400Regular/Tinos_400Regular.ttf", "Serif"],
  ["@expo-google-fonts/tinos/700Bold/Tinos_700Bold.ttf", "Serif Bold"],
  ["@expo-google-fonts/arimo/400Regular/Arimo_400Regular.ttf", "Sans"],
  ["@expo-google-fonts/arimo/700Bold/Arimo_700Bold.ttf", "Sans Bold"],
  ["dejavu-fonts-ttf/ttf/DejaVuSerif.ttf", "Wide Serif"],
  ["dejavu-fonts-ttf/ttf/DejaVuSerif-Bold.ttf", "Wide Serif Bold"],
  ["@expo-google-fonts/noto-serif/400Regular/NotoSerif_400Regular.ttf", "Other Serif"],
  ["@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf", "Other Sans"],
] as const)
  GlobalFonts.registerFromPath(require.resolve(file), name);

/** What a page lies on the glass like. */
export interface Paper {
  readonly width: number;
  readonly height: number;
  readonly dotsPerInch: number;
  /** Red, green, blue. */
  readonly color?: readonly [number, number, number];
  /** What is lost of the light from one corner to the other, 0 to 1. */
  readonly shade?: number;
  /** Standard deviation of its grain. */
  readonly grain?: number;
  /** How far its lines fall to the right, in degrees. */
  readonly skew?: number;
}

/** A page that `draw` has printed, as a scanner sees it; units of the drawing are points. */
export async function scanned(paper: Paper, draw: (context: SKRSContext2D) => void): Promise<Sharp> {
  const { width, height, dotsPerInch, color = [255, 255, 255], shade = 0, grain = 0, skew = 0 } = paper;
  const scale = dotsPerInch / 72;
  const canvas = createCanvas(Math.round(width * scale), Math.round(height * scale));
  const context = canvas.getContext("2d");
  context.fillStyle = `rgb(${color.join(",")})`;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.scale(scale, scale);
  context.translate(width / 2, height / 2);
  context.rotate((skew * Math.PI) / 180);
  context.translate(-width / 2, -height / 2);
  context.fillStyle = "#1c1c1c";
  draw(context);
  const pixels = Buffer.from(canvas.data());
  const [columns, rows] = [canvas.width, canvas.height];
  const noise = grain > 0 ? await noiseOf(columns, rows, grain) : undefined;
  const data = Buffer.alloc(columns * rows * 3);
  for (let index = 0; index < columns * rows; index++) {
    const light = 1 - (shade * ((index % columns) / columns + Math.floor(index / columns) / rows)) / 2;
    const spot = noise ? (noise[index] as number) - 128 : 0;
    for (let channel = 0; channel < 3; channel++)
      data[index * 3 + channel] = Math.max(0, Math.min(255, Math.round((pixels[index * 4 + channel] as number) * light + spot)));
  }
  return sharp(data, { raw: { width: columns, height: rows, channels: 3 } }).withDensity(dotsPerInch);
}

/** Grain as scanners have it: a little wider than a pixel. */
async function noiseOf(width: number, height: number, sigma: number): Promise<Buffer> {
  const create = { width, height, channels: 3 as const, background: "black", noise: { type: "gaussian" as const, mean: 128, sigma } };
  return sharp({ create }).extractChannel(0).toColourspace("b-w").raw().toBuffer();
}

/** How lines are printed; in points. */
export interface Print {
  readonly x: number;
  /** The first line's baseline. */
  readonly y: number;
  readonly font: "Serif" | "Serif Bold" | "Sans" | "Sans Bold" | "Wide Serif" | "Wide Serif Bold" | "Other Serif" | "Other Sans";
  readonly size: number;
  readonly leading?: number;
  readonly color?: string;
}

/** Prints `texts` below one another, and gives the paragraph that a reader would find there. */
export function print(context: SKRSContext2D, id: string, texts: readonly string[], how: Print): Paragraph {
  const before = context.fillStyle;
  context.font = `${how.size}px "${how.font}"`;
  if (how.color) context.fillStyle = how.color;
  const lines = texts.map((text, index) => {
    const baseline = how.y + index * (how.leading ?? how.size * 1.25);
    context.fillText(text, how.x, baseline);
    const { actualBoundingBoxAscent: ascent, actualBoundingBoxDescent: descent, width } = context.measureText(text);
    return { box: { x0: how.x, y0: baseline - ascent, x1: how.x + width, y1: baseline + descent }, baseline };
  });
  context.fillStyle = before;
  const content = [{ kind: "text" as const, text: texts.join(" ") }];
  return { kind: "paragraph", id, content, frames: [{ page: 1, box: around(lines.map(({ box }) => box)), lines }] };
}
