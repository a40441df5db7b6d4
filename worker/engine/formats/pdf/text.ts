import { type Matrix, mapped, multiply } from "../../document/matrix.ts";
import { EngineError } from "../../errors.ts";
import type { FontLook } from "./fonts.ts";
import type { Glyph, Marks, TracedGlyph } from "./marks.ts";
import type { GraphicsState, TextCursor } from "./state.ts";
import { type PdfGlyph, textOf } from "./unicode.ts";

/** A newspaper's page has sixty thousand. */
const MAX_GLYPHS = 600_000;
const GLYPH_UNITS = 0.001;

interface Showing {
  readonly state: GraphicsState;
  readonly cursor: TextCursor;
  readonly marks: Marks;
  readonly order: number;
  readonly annotation: string | undefined;
  /** The number of the operator; undefined in an annotation. */
  readonly operator: number | undefined;
  /** Hears of each glyph of the page's content. */
  readonly trace: ((glyph: TracedGlyph) => void) | undefined;
}

/** Places the glyphs of one text operator as ISO 32000-2, 9.4.4 has it: glyphs, and numbers that move the next one back. */
export function showText(shown: unknown, showing: Showing): void {
  if (!Array.isArray(shown)) return;
  const { state, cursor, marks } = showing;
  const { font, fontSize, widthScale } = state;
  const vertical = font?.vertical === true;
  let index = 0;
  for (const item of shown as readonly (number | PdfGlyph | null)[]) {
    if (typeof item === "number") {
      const back = (-item / 1000) * fontSize;
      cursor.advance(vertical ? 0 : back * widthScale, vertical ? back : 0);
    } else if (item) {
      if (marks.glyphs.length >= MAX_GLYPHS) throw new EngineError("DOCUMENT_TOO_COMPLEX", `The page has more than ${MAX_GLYPHS} letters.`);
      place(item, index++, showing);
    }
  }
}

function place(glyph: PdfGlyph, index: number, showing: Showing): void {
  const { state, cursor } = showing;
  const { font, fontSize, widthScale } = state;
  const unit = (font?.fontMatrix?.[0] || GLYPH_UNITS) * fontSize;
  const spacing = state.charSpacing + (glyph.isSpace ? state.wordSpacing : 0);
  const width = (glyph.width ?? font?.defaultWidth ?? 0) * unit;
  const matrix = multiply(state.matrix, cursor.matrix);
  if (showing.trace) trace(glyph, index, { showing, width, spacing, unit });
  if (font?.vertical === true && glyph.vmetric) {
    const [advance, originX, originY] = glyph.vmetric;
    add(glyph, showing, { index, matrix, x: cursor.x - originX * unit, y: cursor.y - originY * unit, width, column: -advance * unit });
    cursor.advance(0, advance * unit + spacing);
  } else {
    add(glyph, showing, { index, matrix, x: cursor.x, y: cursor.y, width: width * widthScale });
    cursor.advance((width + spacing) * widthScale, 0);
  }
}

function trace(
  glyph: PdfGlyph,
  index: number,
  { showing, width, spacing, unit }: { showing: Showing; width: number; spacing: number; unit: number },
): void {
  const { state, cursor, operator } = showing;
  const { font, fontSize, widthScale, mode } = state;
  if (operator === undefined) return;
  const along = font?.vertical === true && glyph.vmetric ? glyph.vmetric[0] * unit : width;
  showing.trace?.({
    operator,
    index,
    code: glyph.originalCharCode,
    move: fontSize === 0 ? 0 : ((along + spacing) / fontSize) * -1000,
    matrix: multiply(multiply(state.matrix, cursor.matrix), [fontSize * widthScale, 0, 0, fontSize, cursor.x, cursor.y + state.rise]),
    advance: fontSize === 0 ? 0 : width / fontSize,
    text: textOf(glyph, font),
    composite: font?.composite === true,
    mode,
    color: mode === 1 || mode === 5 ? state.stroke : state.fill,
  });
}

interface Place {
  /** Of the glyph in its operator. */
  readonly index: number;
  readonly matrix: Matrix;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  /** How far the next letter of a column is below; undefined for lines. */
  readonly column?: number;
}

function add(glyph: PdfGlyph, { state, marks, order, annotation, operator }: Showing, place: Place): void {
  const text = textOf(glyph, state.font);
  if (text === "") return;
  const { fontSize, look } = state;
  const y = place.y + state.rise;
  const [a, b, c, d, e, f] = place.matrix;
  const [originX, originY] = [a * place.x + c * y + e, b * place.x + d * y + f];
  const lengthwise = Math.hypot(a, b);
  const size = Math.abs(fontSize) * Math.hypot(c, d);
  if (![originX, originY, lengthwise, size, place.width].every(Number.isFinite) || size === 0) return;
  const [low, high] = [y + look.descent * fontSize, y + look.ascent * fontSize];
  const box = mapped(place.matrix, place.x, low, place.x + place.width, high);
  // Nobody can see it: not on this page, or not within what may be painted on.
  if (isOutside(box, state.clip)) return;
  const mode = state.mode;
  const made: Glyph = {
    text,
    size,
    ...(place.column === undefined
      ? {
          look,
          x: originX,
          y: originY,
          angle: angleOf(a, b, place.width, fontSize),
          width: Math.abs(place.width) * lengthwise,
          spacing: state.charSpacing * state.widthScale * lengthwise,
        }
      : columnwise(place, y + look.ascent * fontSize, look)),
    color: mode === 1 || mode === 5 ? state.stroke : state.fill,
    order,
    shown: operator === undefined ? undefined : { operator, index: place.index },
    annotation,
    numbered: isNumbered(glyph, text, state),
    box,
    hidden: mode === 3 || mode === 7 || (mode % 4 === 1 ? state.strokeAlpha : state.fillAlpha) === 0 ? "not drawn" : undefined,
  };
  marks.glyphs.push(made);
  if (mode === 7) state.stencil = { glyph: made, before: state.stencil };
}

/** A negative size or width scale turns the letters about. */
function angleOf(a: number, b: number, width: number, fontSize: number): number {
  return width < 0 || (width === 0 && fontSize < 0) ? Math.atan2(-b, -a) : Math.atan2(b, a);
}

/** Letters of a column stand upright, one below the other, their middles on a line that runs down. */
function columnwise({ matrix: [a, b, c, d, e, f], x, width, column = 0 }: Place, top: number, look: FontLook) {
  const middle = x + width / 2;
  return {
    look: { ...look, ascent: 0.5, descent: -0.5 },
    x: a * middle + c * top + e,
    y: b * middle + d * top + f,
    angle: Math.atan2(-d, -c),
    width: Math.abs(column) * Math.hypot(c, d),
    spacing: 0,
  };
}

function isNumbered(glyph: PdfGlyph, text: string, { font }: GraphicsState): boolean {
  return font?.composite === true && text.codePointAt(0) === glyph.originalCharCode;
}

function isOutside({ x0, y0, x1, y1 }: Glyph["box"], clip: Glyph["box"]): boolean {
  const [x, y] = [(x0 + x1) / 2, (y0 + y1) / 2];
  return x < clip.x0 || x > clip.x1 || y < clip.y0 || y > clip.y1;
}
