import type { Box } from "../../../worker/engine/document/geometry.ts";

export interface Type {
  readonly family: "serif" | "sans" | "mono";
  /** In points. */
  readonly size: number;
  readonly bold?: boolean;
  readonly italic?: boolean;
  /** "#rrggbb"; black if not given. */
  readonly color?: string;
}

/** A page to draw on, in a PDF or as a picture. Points, the origin at the top left. */
export interface Ink {
  readonly width: number;
  readonly height: number;
  measure(text: string, type: Type): number;
  /** `wordSpacing` is added to each space. */
  text(text: string, x: number, baseline: number, type: Type, wordSpacing?: number): void;
  rule(x0: number, y0: number, x1: number, y1: number, thickness?: number): void;
  area(box: Box, look: { readonly fill?: string; readonly stroke?: boolean }): void;
  /** A drawing without words. */
  picture(box: Box): void;
}

/** The file name of the DejaVu face for `type`, without its extension. */
export function faceOf({ family, bold = false, italic = false }: Type): string {
  const slant = family === "serif" ? "Italic" : "Oblique";
  const style = `${bold ? "Bold" : ""}${italic ? slant : ""}`;
  const name = { serif: "DejaVuSerif", sans: "DejaVuSans", mono: "DejaVuSansMono" }[family];
  return style ? `${name}-${style}` : name;
}

/** Steadily the same numbers from 0 to 1 for one seed (mulberry32), so that every machine makes the same documents. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
