import type { Page } from "../../../document/model.ts";
import type { Remark } from "../../../document/remarks.ts";
import type { PlacedChip, SetLine, SetPassage, Sheet } from "../../../setting/sheet.ts";
import type { Writing } from "../../format.ts";
import type { GlyphRange } from "../anchors.ts";
import { inverse, type Matrix } from "../matrix.ts";
import { drawnAt, type GlyphsOf, type OwnGlyphs, ownGlyphs } from "./chips.ts";
import type { EditedDocument, PageReading } from "./document.ts";
import { Gone, goneBoxes } from "./gone.ts";
import { moveLinks } from "./links.ts";
import { resourcesOf, writeContents } from "./page_content.ts";
import { atomsOf, type Setting } from "./passages.ts";
import { Rewriting } from "./rewrite.ts";
import { containersOf, keptBoxes, obstaclesOf } from "./sheet_of.ts";
import { setResource } from "./streams.ts";
import { underlinesOf } from "./underlines.ts";
import { Uneditable } from "./uneditable.ts";

/** What paragraphs that began on earlier pages leave for a page: their glyphs to take out, and their lines to draw. */
export interface Carried {
  readonly ranges: readonly GlyphRange[];
  readonly lines: readonly SetLine[];
  readonly chips: ReadonlyMap<unknown, OwnGlyphs>;
}

export interface WrittenPage {
  readonly set: readonly SetPassage[];
  readonly remarks: readonly Remark[];
  /** For later pages. */
  readonly carried: ReadonlyMap<number, Carried>;
}

/** Takes the source's words of `settings` out of a page and sets their translation there. Throws Uneditable before anything is changed. */
export async function writePage(
  document: EditedDocument,
  { page, settings: all, carried, writing }: { page: Page; settings: readonly Setting[]; carried: readonly Carried[]; writing: Writing },
): Promise<WrittenPage> {
  const reading = await document.reading(page.number);
  const stencils = new Set(all.filter((setting) => isStencil(reading, setting, page.number)));
  const settings = all.filter((setting) => !stencils.has(setting));
  const toPdf = inverse(reading.trace.matrix);
  if (!toPdf) throw new Uneditable("The page has no size.");
  const gone = new Gone();
  for (const { ranges } of [...settings, ...carried]) gone.addRanges(ranges, page.number);
  const chips = await chipsOf(document, settings);
  const texts = settings.flatMap(({ passage }) => passage.frames.filter((frame) => frame.page === page.number).map(({ box }) => box));
  const waiting = carried.flatMap(({ lines }) => lines.map(({ box }) => box));
  const sheet: Sheet = {
    page: page.number,
    width: page.geometry?.width ?? 0,
    height: page.geometry?.height ?? 0,
    passages: settings.map(({ passage }) => passage),
    obstacles: [...obstaclesOf(page, texts, keptBoxes(reading.trace, gone, texts)), ...waiting],
    containers: [...containersOf(page), ...reading.trace.grounds],
    language: writing.targetLanguage,
    sourceLanguage: writing.sourceLanguage,
  };
  const set = document.setter.set(sheet, (atom) => chips.get(atom));
  gone.addBlanks(reading.trace);
  const lines = set.flatMap((passage) => passage.lines);
  const own: Carried = { ranges: [], lines: lines.filter((line) => line.page === page.number), chips };
  draw(document, reading, { gone, toPdf, drawn: [...carried, own], size: sheet });
  const remarks = [...stencils].map(({ leaf }) => keptRemark(page.number, leaf.id));
  return { set, remarks, carried: carriedBy(page.number, settings, { set, chips }) };
}

function keptRemark(page: number, block: string): Remark {
  return { page, block, code: "TEXT_KEPT", message: "Its letters let something be seen through them: they stand as they were." };
}

function draw(
  { pdf, text, clones }: EditedDocument,
  { page, trace, contents }: PageReading,
  { gone, toPdf, drawn, size }: { gone: Gone; toPdf: Matrix; drawn: readonly Carried[]; size: Pick<Sheet, "width" | "height"> },
): void {
  // What can fail comes first: the page is as it was then.
  const paths = contents.paths === trace.paths ? underlinesOf(trace, gone) : new Set<number>();
  const edits = new Rewriting(trace, { isGone: gone.has, paths }, clones).edits(contents.content);
  const resources = resourcesOf(page.node);
  const { content, fonts } = text.operators(
    drawn.flatMap(({ lines }) => lines),
    toPdf,
  );
  const chips = drawn.flatMap(({ lines, chips: known }) =>
    lines.flatMap(({ pieces }) =>
      pieces
        .filter((piece): piece is PlacedChip => piece.kind === "chip")
        .map((piece) => {
          const glyphs = known.get(piece.atom);
          return glyphs ? drawnAt(glyphs, piece, { toPdf, resources }) : "";
        }),
    ),
  );
  moveLinks(pdf.context, page.node, {
    annotations: trace.annotations,
    gone: goneBoxes(trace, gone),
    lines: drawn.flatMap(({ lines }) => lines),
    size: { x0: 0, y0: 0, x1: size.width, y1: size.height },
    matrix: trace.matrix,
    toPdf,
  });
  for (const [name, font] of fonts) setResource(resources, "Font", name, font);
  writeContents(pdf.context, page.node, contents, { edits, appended: Buffer.concat([content, Buffer.from(chips.join(""), "latin1")]) });
}

async function chipsOf(document: EditedDocument, settings: readonly Setting[]): Promise<Map<unknown, OwnGlyphs>> {
  const pages = new Set(
    settings.flatMap(({ ranges, passage }) => ([...atomsOf(passage.content)].length > 0 ? ranges.map(([page]) => page) : [])),
  );
  const readings = new Map<number, PageReading>();
  for (const page of pages) {
    const reading = await document.reading(page).catch(() => undefined);
    if (reading) readings.set(page, reading);
  }
  const glyphsOf: GlyphsOf = (page, operator) => readings.get(page)?.glyphs(operator);
  const chips = new Map<unknown, OwnGlyphs>();
  for (const { passage } of settings)
    for (const atom of atomsOf(passage.content)) {
      const own = ownGlyphs(atom, passage.frames, glyphsOf);
      if (own) chips.set(atom, own);
    }
  return chips;
}

function carriedBy(
  page: number,
  settings: readonly Setting[],
  { set, chips }: { set: readonly SetPassage[]; chips: ReadonlyMap<unknown, OwnGlyphs> },
): Map<number, Carried> {
  const carried = new Map<number, Carried>();
  for (const [index, { ranges, passage }] of settings.entries())
    for (const later of new Set([...ranges.map(([on]) => on), ...passage.frames.map((frame) => frame.page)])) {
      if (later <= page) continue;
      const before = carried.get(later);
      carried.set(later, {
        ranges: [...(before?.ranges ?? []), ...ranges.filter(([on]) => on === later)],
        lines: [...(before?.lines ?? []), ...(set[index]?.lines.filter((line) => line.page === later) ?? [])],
        chips,
      });
    }
  return carried;
}

/** Letters that others are seen through cannot be taken out. */
function isStencil(reading: PageReading, { ranges }: Setting, page: number): boolean {
  return ranges.some(([on, operator]) => on === page && (reading.trace.glyphs.get(operator)?.[0]?.mode ?? 0) >= 4);
}
