import type { Box } from "../../../document/geometry.ts";
import { inverse, type Matrix, multiply } from "../../../document/matrix.ts";
import { leavesOf, type Page } from "../../../document/model.ts";
import type { Remark } from "../../../document/remarks.ts";
import { EngineError } from "../../../errors.ts";
import type { Patches } from "../../../inpainting/patches.ts";
import { skewMatrix } from "../../../inpainting/skew.ts";
import type { PlacedChip, SetLine, SetPassage, Sheet } from "../../../setting/sheet.ts";
import type { Writing } from "../../format.ts";
import { areasOf, drawnObstacles, linesOn, placesOn } from "../../passages.ts";
import type { GlyphRange } from "../anchors.ts";
import { annotationBox } from "../annotations.ts";
import { boxOf } from "./along.ts";
import { type Carried, carriedBy } from "./carried.ts";
import { drawnAt, type GlyphsOf, type OwnGlyphs, ownGlyphs } from "./chips.ts";
import type { EditedDocument, PageReading } from "./document.ts";
import { freeTextBoxes, freeTextOf, freeTextsIn, writeFreeTexts } from "./free_texts.ts";
import { Gone, goneBoxes, keyOf } from "./gone.ts";
import { keptBoxes } from "./kept_boxes.ts";
import { moveLinks } from "./links.ts";
import { moveMarkups } from "./markups.ts";
import { resourcesOf, wrapContents, writeContents } from "./page_content.ts";
import { layPatches, NOTHING_PAINTED, paintedOver } from "./paint_over.ts";
import { exchange, Rewriting } from "./rewrite.ts";
import { atomsOf, looking, type Setting } from "./settings.ts";
import { parted } from "./split.ts";
import { overTheirSource, stayingInPictures } from "./staying.ts";
import { straighten } from "./straighten.ts";
import { setResource } from "./streams.ts";
import { underlinesOf } from "./underlines.ts";
import { Uneditable } from "./uneditable.ts";

/** In points, between a text and the dots that lead on from it. */
const LEADER_GAP = 3;

/** What is to become of a page. */
export interface PageWork {
  readonly page: Page;
  readonly settings: readonly Setting[];
  /** From earlier pages. */
  readonly carried: readonly Carried[];
  readonly writing: Writing;
}

export interface WrittenPage {
  readonly set: readonly SetPassage[];
  readonly remarks: readonly Remark[];
  /** For later pages. */
  readonly carried: ReadonlyMap<number, Carried>;
}

/**
 * Takes the source's words out of a page and sets their translation there. Words of a picture, and those of a page whose
 * content cannot be edited, are painted over with their own ground.
 */
export async function writePage(document: EditedDocument, work: PageWork): Promise<WrittenPage> {
  const { number, geometry } = work.page;
  try {
    return await write(document, work, await document.reading(number, geometry?.rotation));
  } catch (error) {
    if (!(error instanceof Uneditable)) throw error;
    const written = await write(document, work, undefined);
    const message = `The source's text is painted over, and still there when text is searched for. ${error.message}`;
    return { ...written, remarks: [...written.remarks, { page: number, code: "PAGE_COVERED", message }] };
  }
}

/** `reading` is undefined for a page whose content cannot be edited. Throws Uneditable before anything is changed. */
async function write(
  document: EditedDocument,
  { page, settings: whole, carried, writing }: PageWork,
  reading: PageReading | undefined,
): Promise<WrittenPage> {
  const divided = whole.map((setting) => ({ setting, parts: parted(setting, (ranges) => boxesIn(reading, ranges, page.number)) }));
  const settings = divided.flatMap(({ parts }) => parts ?? []);
  const { geometry } = page;
  const rotation = geometry?.rotation ?? 0;
  const matrix = reading?.trace.matrix ?? (await document.matrix(page.number, rotation));
  const toPdf = inverse(matrix);
  if (!toPdf) throw new Uneditable("The page has no size.");
  const isStencil = (setting: Setting) => reading !== undefined && showsThrough(reading, setting, page.number);
  const isPicture = (part: Pick<Setting, "ranges">) =>
    freeTextOf(part.ranges, page.number) === undefined && (reading === undefined || !isSeen(reading, part, page.number));
  const leaves = [...settings.filter((setting) => !isStencil(setting)), ...carried]
    .filter(isPicture)
    .flatMap((part) => ("leaf" in part ? [part.leaf] : part.leaves));
  const painted = await paintedOver(document, page, { leaves, rotation, signal: writing.signal }).catch((error: unknown) => {
    // A page that cannot be shown keeps the words of its pictures.
    if (!(error instanceof EngineError) || error.code === "STORAGE_FULL" || writing.signal.aborted) throw error;
    return { ...NOTHING_PAINTED, kept: new Set(leaves.map(({ id }) => id)) };
  });
  const isKept = (setting: Setting) => isStencil(setting) || painted.kept.has(setting.leaf.id);
  const placed = settings.filter((setting) => !isKept(setting)).map((setting) => looking(setting, painted.looks.get(setting.leaf.id)));
  const gone = new Gone();
  for (const { ranges } of [...placed, ...carried]) gone.addRanges(ranges, page.number);
  const chips = reading ? await chipsOf(document, placed, isPicture) : new Map<unknown, OwnGlyphs>();
  const sheet = sheetOf({ page, settings: placed, carried, writing }, reading, { gone, painted });
  const set = document.setter.set(sheet, (atom) => chips.get(atom));
  for (const [index, { leaders = [] }] of placed.entries())
    makeRoom(reading, gone, { leaders, lines: set[index]?.lines ?? [], page: page.number });
  const lines = placed.flatMap(({ ranges }, index) => (freeTextOf(ranges, page.number) === undefined ? (set[index]?.lines ?? []) : []));
  // A picture's words that stay are found and copied as the rest of its page is.
  const passages = reading ? stayingInPictures(page, new Set(whole.map(({ leaf }) => leaf))) : [];
  const staying = overTheirSource(
    passages,
    document.setter.set({ ...sheet, passages, obstacles: [], containers: [] }, () => undefined),
  );
  const own: Carried = { ranges: [], leaves: [], lines: lines.filter((line) => line.page === page.number), chips };
  await draw(document, {
    page,
    reading,
    gone,
    painted,
    toPdf,
    drawn: [...carried, own],
    staying,
  });
  if (writing.straighten && geometry) straighten(document.page(page.number), geometry, toPdf);
  if (reading) {
    const texts = placed.map(({ ranges }, index) => ({ ranges, lines: set[index]?.lines ?? [] }));
    moveMarkups(document.pdf.context, { number: page.number, trace: reading.trace, toPdf, language: writing.targetLanguage }, texts);
  }
  const freeTexts = freeTextsIn(page.number, placed, (index) => set[index]?.lines ?? []);
  const { annotations } = reading?.trace ?? { annotations: freeTexts.size > 0 ? await document.annotations(page.number) : [] };
  writeFreeTexts(document.pdf.context, freeTexts, { annotations, text: document.text, toPdf });
  const kept = [...divided.flatMap(({ setting, parts }) => (parts ? [] : [setting])), ...settings.filter(isKept)];
  const remarks = kept.map(({ leaf }) => keptRemark(page.number, leaf.id));
  return { set, remarks, carried: carriedBy(page.number, placed, { set, chips }) };
}

/** Takes out the dots that text came to stand on. */
function makeRoom(
  reading: PageReading | undefined,
  gone: Gone,
  { leaders, lines, page }: { readonly leaders: readonly GlyphRange[]; readonly lines: readonly SetLine[]; readonly page: number },
): void {
  for (const [on, operator, from, to] of leaders)
    for (const glyph of on === page ? (reading?.trace.glyphs.get(operator)?.slice(from, to) ?? []) : []) {
      const { x0, x1, y0, y1 } = boxOf(glyph);
      if (lines.some(({ box }) => x1 > box.x0 && x0 < box.x1 + LEADER_GAP && y1 > box.y0 && y0 < box.y1)) gone.add(glyph);
    }
}

function boxesIn(reading: PageReading | undefined, ranges: readonly GlyphRange[], page: number): Box[] {
  return ranges.flatMap(([on, operator, from, to]) =>
    on === page ? (reading?.trace.glyphs.get(operator)?.slice(from, to) ?? []).map(boxOf) : [],
  );
}

function sheetOf(
  { page, settings, carried, writing }: PageWork,
  reading: PageReading | undefined,
  { gone, painted }: { gone: Gone; painted: Patches },
): Sheet {
  const passages = settings.map(({ passage }) => passage);
  const texts = placesOn(page, passages);
  const set = new Set(settings.map(({ leaf }) => leaf));
  const staying = [...leavesOf(page.blocks)].filter(
    (leaf) => !set.has(leaf) && leaf.kind !== "figure" && (!reading || leaf.anchor === undefined),
  );
  const waiting = carried.flatMap(({ lines }) => lines.map(({ box }) => box));
  // Dots make room.
  const leaders = new Gone(gone);
  for (const setting of settings) leaders.addRanges(setting.leaders ?? [], page.number);
  return {
    page: page.number,
    width: page.geometry?.width ?? 0,
    height: page.geometry?.height ?? 0,
    passages,
    obstacles: [
      ...drawnObstacles(page, texts),
      ...(reading ? keptBoxes(reading.trace, leaders, texts) : []),
      ...fieldBoxes(reading),
      ...staying.flatMap((leaf) => linesOn(page.number, leaf)),
      ...waiting,
    ],
    containers: [
      ...areasOf(page),
      ...(reading ? freeTextBoxes(reading.trace.annotations, reading.trace.matrix) : []),
      ...(reading?.trace.grounds ?? []),
      ...painted.grounds,
    ],
    language: writing.targetLanguage,
    sourceLanguage: writing.sourceLanguage,
  };
}

function fieldBoxes(reading: PageReading | undefined): Box[] {
  const { annotations = [], matrix } = reading?.trace ?? {};
  return annotations.flatMap((annotation) => (annotation.subtype === "Widget" && matrix ? (annotationBox(annotation, matrix) ?? []) : []));
}

function keptRemark(page: number, block: string): Remark {
  return { page, block, code: "TEXT_KEPT", message: "Its letters cannot be taken out of what they stand on: they are as they were." };
}

interface Drawing {
  readonly page: Page;
  readonly reading: PageReading | undefined;
  readonly gone: Gone;
  readonly painted: Patches;
  /** From what is looked at. */
  readonly toPdf: Matrix;
  readonly drawn: readonly Carried[];
  /** What is seen in the page's pictures, and stays. */
  readonly staying: readonly SetLine[];
}

async function draw(document: EditedDocument, { page, reading, gone, painted, toPdf, drawn, staying }: Drawing): Promise<void> {
  const { pdf, text, clones } = document;
  const { node } = document.page(page.number);
  const size = { width: page.geometry?.width ?? 0, height: page.geometry?.height ?? 0 };
  // What can fail comes first: the page is as it was then.
  const rewritten = reading && rewrittenOf(reading, gone, { boxes: textBoxes(drawn), clones, isPainted: painted.patches.length > 0 });
  if (rewritten) exchange(node, rewritten.exchanged);
  const resources = resourcesOf(node);
  const patches = await layPatches(pdf, painted, { toPdf, resources });
  const fromText = multiply(toPdf, skewMatrix({ ...size, skew: page.geometry?.skew ?? 0 }));
  const lines = drawn.flatMap((part) => part.lines);
  const { content, fonts } = text.operators(lines, fromText);
  const hidden = text.operators(staying, fromText, "hidden");
  const chips = drawn.map((part) => chipsIn(part, { toPdf: fromText, resources })).join("");
  for (const [name, font] of [...fonts, ...hidden.fonts]) setResource(resources, "Font", name, font);
  const appended = Buffer.concat([Buffer.from(patches, "latin1"), content, Buffer.from(chips, "latin1"), hidden.content]);
  if (!reading || !rewritten) return wrapContents(pdf.context, node, appended);
  const { trace, contents } = reading;
  const sheet = { x0: 0, y0: 0, x1: size.width, y1: size.height };
  const moving = {
    annotations: trace.annotations,
    gone: goneBoxes(trace, gone),
    lines,
    size: sheet,
    matrix: trace.matrix,
    toPdf,
  };
  moveLinks(pdf.context, document.page(page.number), moving, document.links);
  writeContents(pdf.context, node, contents, { edits: rewritten.edits, appended });
}

function rewrittenOf(
  { trace, contents }: PageReading,
  gone: Gone,
  { boxes, clones, isPainted }: { boxes: readonly Box[]; clones: EditedDocument["clones"]; isPainted: boolean },
) {
  gone.addBlanks(trace);
  // What OCR once read there says what is painted over.
  if (isPainted) gone.addHidden(trace, boxes);
  const paths = contents.paths === trace.paths ? underlinesOf(trace, gone) : new Set<number>();
  return new Rewriting(trace, { isGone: gone.has, paths }, clones).of(contents.content);
}

function textBoxes(drawn: readonly Carried[]): Box[] {
  return drawn.flatMap(({ lines }) => lines.map(({ box }) => box));
}

function chipsIn({ lines, chips }: Carried, drawing: Parameters<typeof drawnAt>[2]): string {
  const placed = lines.flatMap(({ pieces }) => pieces.filter((piece): piece is PlacedChip => piece.kind === "chip"));
  return placed
    .map((piece) => {
      const glyphs = chips.get(piece.atom);
      return glyphs ? drawnAt(glyphs, piece, drawing) : "";
    })
    .join("");
}

async function chipsOf(
  document: EditedDocument,
  settings: readonly Setting[],
  isPicture: (setting: Setting) => boolean,
): Promise<Map<unknown, OwnGlyphs>> {
  const withAtoms = settings.filter((setting) => !isPicture(setting) && [...atomsOf(setting.passage.content)].length > 0);
  const readings = new Map<number, PageReading>();
  for (const page of new Set(withAtoms.flatMap(({ ranges }) => ranges.map(([on]) => on)))) {
    const reading = await document.reading(page).catch(() => undefined);
    if (reading) readings.set(page, reading);
  }
  const glyphsOf: GlyphsOf = (page, operator) => readings.get(page)?.glyphs(operator);
  const chips = new Map<unknown, OwnGlyphs>();
  for (const { passage } of withAtoms)
    for (const atom of atomsOf(passage.content)) {
      const own = ownGlyphs(atom, passage.frames, glyphsOf);
      if (own) chips.set(atom, own);
    }
  return chips;
}

/** Whether most glyphs of a part on `page` are seen: those of text behind a picture are not, and words of OCR have none. */
function isSeen({ trace: { hidden } }: PageReading, { ranges }: Pick<Setting, "ranges">, page: number): boolean {
  let [seen, all] = [0, 0];
  for (const [on, operator, from, to] of ranges)
    if (on === page)
      for (let index = from; index < to; index++) {
        all++;
        if (!hidden.has(keyOf({ operator, index }))) seen++;
      }
  return all > 0 && seen * 2 > all;
}

/** Letters that others are seen through cannot be taken out. */
function showsThrough({ trace }: PageReading, { ranges }: Setting, page: number): boolean {
  return ranges.some(([on, operator]) => on === page && (trace.glyphs.get(operator)?.[0]?.mode ?? 0) >= 4);
}
