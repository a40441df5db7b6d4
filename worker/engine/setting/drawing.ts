import type { Box } from "../document/geometry.ts";
import { around } from "../document/geometry.ts";
import { visualOrder } from "./direction.ts";
import type { PlacedLine, Placement, Prepared } from "./placing.ts";
import type { GlyphRun, PlacedChip, SetLine, ShapedGlyph } from "./sheet.ts";
import type { Alignment, SourceFrame } from "./source_shape.ts";
import type { LetterStyle } from "./styled_text.ts";
import type { Fragment } from "./words.ts";

/** In ems: what a gap of a justified line may grow by. Chinese letters stand in the middle of more. */
const [MOST_EXTRA, MOST_CJK_EXTRA] = [0.6, 0.25];

type LineInFrame = Omit<PlacedLine, "frame"> & { readonly frame: Pick<SourceFrame, "page" | "upright"> };

interface Piece extends Fragment {
  /** What its last glyph is moved on by beyond its width, in points at the source's size. */
  readonly extra: number;
}

/** The glyphs of a placed passage where they stand on the page. */
export function drawn(passage: Prepared, { attempt, lines }: Placement): SetLine[] {
  return lines
    .filter(({ line }) => line.words.some(({ fragments }) => fragments.length > 0))
    .map((line) => drawnLine(styleOf(passage), line, attempt));
}

/** From where to where a line goes that is not filled. */
export function extentOf(
  { lineShape, isRightToLeft }: Prepared,
  { attempt }: Placement,
  { line, x0, x1 }: PlacedLine,
): readonly [x0: number, x1: number] {
  const width = line.width * attempt.scale * attempt.stretch;
  const rest = x1 - x0 - width;
  const alignsRight = isRightToLeft !== (lineShape.alignment === "end");
  const start = x0 + (lineShape.alignment === "center" ? rest / 2 : alignsRight ? rest : 0);
  return [start, start + width];
}

/** How the lines of a passage stand. */
export interface LineStyle {
  readonly alignment: Alignment;
  /** Of most letters, in points. */
  readonly size: number;
  /** Lines start at the right. */
  readonly isRightToLeft: boolean;
}

function styleOf({ lineShape, shape, isRightToLeft }: Prepared): LineStyle {
  return { alignment: lineShape.alignment, size: shape.size, isRightToLeft };
}

interface Zoom {
  readonly scale: number;
  readonly stretch: number;
}

/** A line where it stands on its page. */
export function drawnLine(style: LineStyle, placed: LineInFrame, zoom: Zoom): SetLine {
  const { frame, line, baseline } = placed;
  const across = zoom.scale * zoom.stretch;
  const room = placed.x1 - placed.x0 - line.width * across;
  const isFilled = style.alignment === "justify" && !line.isLast;
  const pieces = visualOrder(piecesOf(placed, isFilled ? room / across : 0, style.size));
  const width = pieces.reduce((sum, piece) => sum + piece.width + piece.extra, 0) * across;
  const rest = placed.x1 - placed.x0 - width;
  const alignsRight = style.isRightToLeft !== (style.alignment === "end");
  let x = placed.x0 + (style.alignment === "center" ? rest / 2 : alignsRight ? rest : 0);
  const set: (GlyphRun | PlacedChip)[] = [];
  const inks: Box[] = [];
  for (const run of runsOf(pieces)) {
    const length = run.reduce((sum, piece) => sum + piece.width + piece.extra, 0) * across;
    const { style: letters, chip } = run[0] as Piece;
    const y = baseline - letters.raise * zoom.scale;
    inks.push(inkOf(run, { x, y, length, scale: zoom.scale }));
    const [pageX, pageY] = frame.upright.toPage(x, y);
    if (chip) set.push({ kind: "chip", x: pageX, y: pageY, scale: zoom.scale, atom: chip.atom });
    else set.push(...glyphRun(run, { x: pageX, y: pageY, length, zoom }));
    x += length;
  }
  return { page: frame.page, turn: frame.upright.turn, box: frame.upright.boxToPage(around(inks)), pieces: set };
}

/** In the order that they are read in; `room` is shared among the gaps. */
function piecesOf({ line }: Pick<PlacedLine, "line">, room: number, size: number): Piece[] {
  const gaps = line.words.slice(0, -1).filter(({ space, isStretchable }) => space || isStretchable).length;
  const share = gaps > 0 ? Math.max(0, room / gaps) : 0;
  return line.words.flatMap(({ fragments, space, isStretchable }, index): Piece[] => {
    const isEnd = index === line.words.length - 1;
    const extra = isEnd ? 0 : Math.min(share, (space ? MOST_EXTRA : MOST_CJK_EXTRA) * size);
    const isGap = isStretchable && !space;
    const letters = fragments.map((fragment, at): Piece => ({ ...fragment, extra: isGap && at === fragments.length - 1 ? extra : 0 }));
    return space && !isEnd ? [...letters, { ...space, extra }] : letters;
  });
}

/** Neighbours that are drawn alike. */
function runsOf(pieces: readonly Piece[]): Piece[][] {
  const runs: Piece[][] = [];
  for (const piece of pieces) {
    const before = runs.at(-1)?.[0];
    const isSame = before !== undefined && !piece.chip && before.face === piece.face && isAlike(before.style, piece.style);
    if (isSame) runs.at(-1)?.push(piece);
    else runs.push([piece]);
  }
  return runs;
}

function isAlike(a: LetterStyle, b: LetterStyle): boolean {
  if (a === b) return true;
  return (
    a.size === b.size &&
    a.raise === b.raise &&
    a.color === b.color &&
    a.underline === b.underline &&
    a.strike === b.strike &&
    a.link === b.link
  );
}

function glyphRun(
  run: readonly Piece[],
  { x, y, length, zoom }: { readonly x: number; readonly y: number; readonly length: number; readonly zoom: Zoom },
): GlyphRun[] {
  const { style, face } = run[0] as Piece;
  if (!face) return [];
  const glyphs = run.flatMap(({ glyphs, extra }): readonly ShapedGlyph[] => {
    const last = glyphs.at(-1);
    return extra > 0 && last ? [...glyphs.slice(0, -1), { ...last, advance: last.advance + extra / style.size }] : glyphs;
  });
  const { color, underline, strike, link } = style;
  const size = style.size * zoom.scale;
  return [
    {
      ...{ kind: "glyphs", x, y, width: length, face, size, stretch: zoom.stretch, color, glyphs, underline, strike },
      ...(link !== undefined && { link }),
    },
  ];
}

/** What is seen of a run, on the page turned upright. */
function inkOf(
  run: readonly Piece[],
  at: { readonly x: number; readonly y: number; readonly length: number; readonly scale: number },
): Box {
  const { x, y, length, scale } = at;
  let [top, bottom] = [0, 0];
  for (const { glyphs, face, style, chip } of run) {
    if (chip) [top, bottom] = [Math.max(top, chip.size.ascent), Math.min(bottom, -chip.size.descent)];
    for (const { id, dy } of glyphs) {
      const ink = face?.inkOf(id) ?? { top: 0, bottom: 0 };
      top = Math.max(top, (ink.top + dy) * style.size);
      bottom = Math.min(bottom, (ink.bottom + dy) * style.size);
    }
  }
  return { x0: x, x1: x + length, y0: y - top * scale, y1: y - bottom * scale };
}
