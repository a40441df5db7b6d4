import type { PDFDict, PDFObject } from "pdf-lib";
import type { QuarterTurn } from "../../../document/geometry.ts";
import { contains } from "../../../document/geometry.ts";
import { type Matrix, multiply } from "../../../document/matrix.ts";
import type { Atom, Frame } from "../../../document/model.ts";
import { pdfColor, pdfNumbers } from "../../../setting/pdf_numbers.ts";
import type { Chip } from "../../../setting/sheet.ts";
import { rangesOf } from "../anchors.ts";
import type { TracedGlyph } from "../marks.ts";
import { acrossOf, placed, sizeOf, unplaced } from "./along.ts";
import { addResource } from "./streams.ts";

/** Of a size: glyphs of one chip are no further from its line than this, or it goes over two lines. */
const ONE_LINE = 1.1;
const [RISE, FALL] = [0.75, 0.22];
/** Of the widest line: a longer one would hardly be set, and is text. */
const LONGEST = 0.7;

/** A glyph, and what it is drawn with. */
export interface OwnGlyph {
  readonly glyph: TracedGlyph;
  readonly code: Uint8Array;
  readonly font: PDFObject;
}

/** The glyphs of an atom, which keep their font wherever they are set. */
export interface OwnGlyphs extends Chip {
  readonly glyphs: readonly OwnGlyph[];
  /** Where the left end of its baseline was. */
  readonly x: number;
  readonly y: number;
}

/** The glyphs of an operator of a page: undefined where they cannot be drawn again. */
export type GlyphsOf = (page: number, operator: number) => readonly OwnGlyph[] | undefined;

/** Undefined for an atom that is set as text: it has no glyphs, goes over two lines, or is too long to be moved about. */
export function ownGlyphs({ anchor, as }: Atom, frames: readonly Frame[], glyphsOf: GlyphsOf): OwnGlyphs | undefined {
  const ranges = as === "break" ? [] : rangesOf(anchor);
  const glyphs = ranges.flatMap(([page, operator, from, to]) => glyphsOf(page, operator)?.slice(from, to) ?? []);
  const counted = ranges.reduce((sum, [, , from, to]) => sum + to - from, 0);
  const [first] = ranges;
  if (!first || glyphs.length !== counted) return undefined;
  const frame = frames.find(({ page }) => page === first[0]) ?? frames[0];
  return extent(glyphs, first[0], frames, frame?.turn ?? 0);
}

function extent(glyphs: readonly OwnGlyph[], page: number, frames: readonly Frame[], turn: QuarterTurn): OwnGlyphs | undefined {
  const [head] = glyphs;
  if (!head) return undefined;
  const baseline = baselineAt(head.glyph, page, frames, turn);
  let [x0, x1, ascent, descent] = [Infinity, -Infinity, 0, 0];
  for (const { glyph } of glyphs) {
    const { matrix, advance } = glyph;
    const from = placed(turn, matrix[4], matrix[5]);
    const to = placed(turn, matrix[0] * advance + matrix[4], matrix[1] * advance + matrix[5]);
    const [size, rise] = [sizeOf(glyph), baseline - from.across];
    if (Math.abs(rise) > ONE_LINE * Math.max(size, sizeOf(head.glyph))) return undefined;
    [x0, x1] = [Math.min(x0, from.along, to.along), Math.max(x1, from.along, to.along)];
    [ascent, descent] = [Math.max(ascent, rise + RISE * size), Math.max(descent, FALL * size - rise)];
  }
  const widest = Math.max(...frames.map(({ box }) => (turn % 180 === 0 ? box.x1 - box.x0 : box.y1 - box.y0)));
  if (x1 - x0 > LONGEST * widest) return undefined;
  return { glyphs, ...unplaced(turn, { along: x0, across: baseline }), width: x1 - x0, ascent, descent };
}

/** Of the line that the glyph is in; where none is known, of the glyph itself. */
function baselineAt({ matrix, advance }: TracedGlyph, page: number, frames: readonly Frame[], turn: QuarterTurn): number {
  const [x, y] = [matrix[0] * advance * 0.5 + matrix[2] * 0.3 + matrix[4], matrix[1] * advance * 0.5 + matrix[3] * 0.3 + matrix[5]];
  const lines = frames.filter((frame) => frame.page === page).flatMap(({ lines: all = [] }) => all);
  const line = lines.find(({ box, baseline }) => baseline !== undefined && contains({ ...box, x0: box.x0 - 1, x1: box.x1 + 1 }, x, y));
  return line?.baseline === undefined ? placed(turn, matrix[4], matrix[5]).across : acrossOf(turn, line.baseline);
}

/** Draws glyphs at another place of a page, with their fonts among its `resources`. */
export function drawnAt(
  own: OwnGlyphs,
  at: { readonly x: number; readonly y: number; readonly scale: number },
  { toPdf, resources }: Drawing,
): string {
  const shift: Matrix = [at.scale, 0, 0, at.scale, at.x - own.x * at.scale, at.y - own.y * at.scale];
  const matrix = multiply(toPdf, shift);
  const drawn = own.glyphs.map(({ glyph, code, font }) => {
    const name = addResource(resources, "Font", "DragomanOwn", font);
    const place = pdfNumbers(multiply(matrix, glyph.matrix));
    return `${pdfColor(glyph.color)} rg /${name} 1 Tf ${place} Tm <${Buffer.from(code).toString("hex")}> Tj\n`;
  });
  return `q 0 Tc 0 Tw 100 Tz 0 Ts 0 Tr BT\n${drawn.join("")}ET Q\n`;
}

export interface Drawing {
  readonly toPdf: Matrix;
  readonly resources: PDFDict;
}
