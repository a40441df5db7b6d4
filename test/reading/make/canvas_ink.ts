import { createRequire } from "node:module";
import path from "node:path";
import { type Canvas, createCanvas, GlobalFonts, type SKRSContext2D } from "@napi-rs/canvas";
import sharp, { type Sharp } from "sharp";
import type { Box } from "../../../worker/engine/document/geometry.ts";
import { faceOf, type Ink, randomFrom, type Type } from "./ink.ts";

const FACES = path.join(path.dirname(createRequire(import.meta.url).resolve("dejavu-fonts-ttf/package.json")), "ttf");
for (const type of ["serif", "sans", "mono"] as const)
  for (const bold of [false, true])
    for (const italic of [false, true]) {
      const face = faceOf({ family: type, size: 1, bold, italic });
      GlobalFonts.registerFromPath(path.join(FACES, `${face}.ttf`), face);
    }

/** A page as a scanner sees it. */
export class CanvasInk implements Ink {
  readonly width: number;
  readonly height: number;
  readonly #canvas: Canvas;
  readonly #context: SKRSContext2D;
  readonly #ink: string;

  /** Sizes in points. */
  constructor({ width = 595, height = 842, dpi = 200, paper = "#ffffff", ink = "#1e1e1e" } = {}) {
    this.width = width;
    this.height = height;
    this.#ink = ink;
    this.#canvas = createCanvas(Math.round((width * dpi) / 72), Math.round((height * dpi) / 72));
    this.#context = this.#canvas.getContext("2d");
    this.#context.scale(dpi / 72, dpi / 72);
    this.#context.fillStyle = paper;
    this.#context.fillRect(0, 0, width, height);
  }

  measure(text: string, type: Type): number {
    this.#set(type);
    return this.#context.measureText(text).width;
  }

  text(text: string, x: number, baseline: number, type: Type, wordSpacing = 0): void {
    this.#set(type);
    if (wordSpacing === 0) return this.#context.fillText(text, x, baseline);
    for (const word of text.split(" ")) {
      this.#context.fillText(word, x, baseline);
      x += this.#context.measureText(`${word} `).width + wordSpacing;
    }
  }

  rule(x0: number, y0: number, x1: number, y1: number, thickness = 0.8): void {
    this.#context.strokeStyle = this.#ink;
    this.#context.lineWidth = thickness;
    this.#context.beginPath();
    this.#context.moveTo(x0, y0);
    this.#context.lineTo(x1, y1);
    this.#context.stroke();
  }

  area({ x0, y0, x1, y1 }: Box, { fill, stroke = false }: { fill?: string; stroke?: boolean }): void {
    if (fill !== undefined) {
      this.#context.fillStyle = fill;
      this.#context.fillRect(x0, y0, x1 - x0, y1 - y0);
    }
    if (stroke) {
      for (const [a, b, c, d] of [
        [x0, y0, x1, y0],
        [x1, y0, x1, y1],
        [x1, y1, x0, y1],
        [x0, y1, x0, y0],
      ] as const)
        this.rule(a, b, c, d);
    }
  }

  /** Grain of a dark photo. */
  picture({ x0, y0, x1, y1 }: Box): void {
    const random = randomFrom(Math.round(x0 + y0));
    this.area({ x0, y0, x1, y1 }, { fill: "#3c3c3c" });
    for (let index = 0; index < 900; index++) {
      const grey = Math.round(20 + random() * 90);
      this.#context.fillStyle = `rgb(${grey},${grey},${grey})`;
      const [width, height] = [3 + random() * 26, 2 + random() * 18];
      this.#context.fillRect(x0 + random() * (x1 - x0 - width), y0 + random() * (y1 - y0 - height), width, height);
    }
  }

  /** Grey, a little blurred as lenses do. */
  async scan(): Promise<Sharp> {
    const { width, height } = this.#canvas;
    const drawn = sharp(this.#canvas.data(), { raw: { width, height, channels: 4 } });
    const { data, info } = await drawn.removeAlpha().greyscale().blur(0.7).raw().toBuffer({ resolveWithObject: true });
    return sharp(data, { raw: { width: info.width, height: info.height, channels: info.channels } });
  }

  #set(type: Type): void {
    this.#context.font = `${type.size}px "${faceOf(type)}"`;
    this.#context.fillStyle = type.color ?? this.#ink;
  }
}

/** Adds grain to a grey picture, `deviation` grey levels strong, over paper that is not quite white. */
export async function grained(picture: Sharp, deviation: number, seed: number): Promise<Sharp> {
  const { data, info } = await picture.greyscale().raw().toBuffer({ resolveWithObject: true });
  const random = randomFrom(seed);
  for (let index = 0; index < data.length; index++) {
    // Three even numbers added are near enough to a bell.
    const grain = (random() + random() + random() - 1.5) * 2 * deviation;
    data[index] = Math.max(0, Math.min(255, (data[index] ?? 0) * 0.94 + grain));
  }
  return sharp(data, { raw: { width: info.width, height: info.height, channels: 1 } });
}
