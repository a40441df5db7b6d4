import type { Box } from "../document/geometry.ts";
import { around } from "../document/geometry.ts";
import type { TextStyle } from "../document/model.ts";
import { type LineShape, PageEdges } from "./alignment.ts";
import { LineFiller } from "./breaking.ts";
import { baseDirection, isRightToLeft } from "./direction.ts";
import { drawn, extentOf } from "./drawing.ts";
import { type Fitted, fitted } from "./fitting.ts";
import { commonScales } from "./harmony.ts";
import { type Prepared, place } from "./placing.ts";
import type { Surface } from "./regions.ts";
import { Room } from "./room.ts";
import type { ChipOf, Passage, SetPassage, Sheet } from "./sheet.ts";
import { DESCENT, type SourceShape, sourceShape } from "./source_shape.ts";
import { styledText } from "./styled_text.ts";
import { openTools, type SettingOptions, type Tools } from "./tools.ts";
import type { Upright } from "./upright.ts";
import { Typesetter } from "./words.ts";

/** Sets text where its source stood. */
export interface Setter {
  /** In the order of the sheet's passages. */
  set(sheet: Sheet, chipOf: ChipOf): SetPassage[];
}

/** Loads what shapes text; fonts are read as they are needed. */
export async function openSetter(options: SettingOptions): Promise<Setter> {
  const tools = await openTools(options);
  return { set: (sheet, chipOf) => setSheet(sheet, { ...tools, chipOf }) };
}

interface SheetTools extends Tools {
  readonly chipOf: ChipOf;
}

interface Known extends Prepared {
  readonly look: string;
  readonly missing: ReadonlySet<string>;
}

function setSheet(sheet: Sheet, tools: SheetTools): SetPassage[] {
  const shapes = sheet.passages.map((passage) => sourceShape(passage, sheet.width, sheet.height));
  const surfaces = new Surfaces(sheet, shapes);
  const edges = new PageEdges(shapes, sheet.obstacles, isRightToLeft(sheet.sourceLanguage));
  const known = sheet.passages.map((passage, index): Known => {
    const shape = shapes[index] as SourceShape;
    const surface = surfaces.of(shape);
    const [{ box, upright }] = shape.frames;
    const hasNeighbour = surface.room.right(box, passage.id) !== undefined || surface.room.left(box, passage.id) !== undefined;
    const lineShape = edges.shapeOf(shape, { container: surface.room.containerOf(box), hasNeighbour, width: upright.width });
    return prepared(passage, { shape, lineShape, sheet, tools });
  });
  const results = known.map((passage) => {
    const surface = surfaces.of(passage.shape);
    const result = fitted(passage, surface);
    surfaces.claim(passage, result);
    return result;
  });
  // What overflows is small for want of room, not for its look: the others do not follow it.
  const scaled = known.flatMap(({ look }, index) => {
    const { placement, overflow } = results[index] as Fitted;
    return placement && !overflow ? [{ look, scale: placement.attempt.scale }] : [];
  });
  const common = commonScales(scaled);
  return known.map((passage, index) => finished(passage, results[index] as Fitted, common.get(passage.look) ?? 1));
}

function prepared(
  passage: Passage,
  {
    shape,
    lineShape,
    sheet,
    tools,
  }: { readonly shape: SourceShape; readonly lineShape: LineShape; readonly sheet: Sheet; readonly tools: SheetTools },
): Known {
  const source = styledText(passage.content, passage.look, shape.size, tools.chipOf);
  const direction = baseDirection(source.text, sheet.language);
  const typesetter = new Typesetter(source, direction, { fonts: tools.fonts, language: sheet.language });
  const filler = new LineFiller(typesetter, tools.hyphenator);
  const isSourceMirrored = isRightToLeft(sheet.sourceLanguage);
  // Numbers keep the side that they stand at.
  const hasLetters = /\p{L}/u.test(source.text);
  return {
    ...{ id: passage.id, shape, lineShape, filler, isSourceMirrored, missing: typesetter.missing },
    isRightToLeft: hasLetters ? isRightToLeft(sheet.language) : isSourceMirrored,
    look: lookKey(passage.look, shape.size),
  };
}

function lookKey({ font, bold, italic, color }: TextStyle, size: number): string {
  return [font ?? "serif", bold ?? false, italic ?? false, color ?? "", Math.round(size * 2)].join(" ");
}

function finished(passage: Known, { placement, overflow }: Fitted, common: number): SetPassage {
  const missing = [...passage.missing];
  if (!placement) return { id: passage.id, lines: [], scale: 1, overflow, missing };
  const alike = common < placement.attempt.scale ? place(passage, { ...placement.attempt, scale: common }) : undefined;
  const best = alike ?? placement;
  return { id: passage.id, lines: drawn(passage, best), scale: best.attempt.scale, overflow, missing };
}

/** The page as lines of each turn see it. */
class Surfaces {
  readonly #sheet: Sheet;
  readonly #shapes: readonly SourceShape[];
  readonly #known = new Map<number, Surface & { readonly upright: Upright }>();

  constructor(sheet: Sheet, shapes: readonly SourceShape[]) {
    this.#sheet = sheet;
    this.#shapes = shapes;
  }

  of({ frames: [{ upright }] }: SourceShape): Surface {
    const known = this.#known.get(upright.turn);
    if (known) return known;
    const { page, passages, obstacles, containers } = this.#sheet;
    const room = new Room(upright.width, upright.height);
    for (const box of obstacles) room.add(upright.from(box));
    for (const box of containers) room.addContainer(upright.from(box));
    const texts: Box[] = [];
    for (const [index, { frames }] of this.#shapes.entries()) {
      for (const frame of frames) {
        if (frame.page !== page) continue;
        const box = upright.from(frame.upright.boxToPage(frame.box));
        texts.push(box);
        room.add(box, passages[index]?.id ?? "");
      }
    }
    const surface = { page, room, upright, margins: marginsOf(upright.width, upright.height, texts) };
    this.#known.set(upright.turn, surface);
    return surface;
  }

  /** What a passage grew into belongs to it, and is an obstacle to the others. */
  claim(passage: Known, { placement }: Fitted): void {
    const { id, shape } = passage;
    for (const [index, frame] of shape.frames.entries()) {
      const region = placement?.attempt.regions[index];
      const lines = placement?.lines.filter((line) => line.frame === frame) ?? [];
      const last = lines.at(-1);
      if (frame.page !== this.#sheet.page || !placement || !region || !last) continue;
      const y1 = Math.max(frame.box.y1, last.baseline + DESCENT * shape.size * placement.attempt.scale);
      // Several lines may be broken anew in a smaller size; one only becomes shorter.
      const [x0, x1] = lines.length > 1 ? [region.x0, region.x1] : extentOf(passage, placement, last);
      const box = frame.upright.boxToPage({ x0, x1, y0: frame.box.y0, y1 });
      for (const { room, upright } of this.#known.values()) room.add(upright.from(box), id);
    }
  }
}

/** In points: no text comes nearer to the paper's edge than this, but for what stood nearer. */
const EDGE = 12;

/** As wide on either side as on the other, where the text of the page shows it. */
function marginsOf(width: number, height: number, texts: readonly Box[]): Box {
  const block = texts.length > 0 ? around(texts) : { x0: EDGE, y0: EDGE, x1: width - EDGE, y1: height - EDGE };
  const side = Math.max(0, Math.min(block.x0, width - block.x1));
  return {
    x0: Math.min(Math.max(side, EDGE), block.x0),
    x1: Math.max(width - Math.max(side, EDGE), block.x1),
    y0: Math.min(EDGE, block.y0),
    y1: Math.max(block.y1, height - Math.max(EDGE, Math.min(side, block.y0))),
  };
}
