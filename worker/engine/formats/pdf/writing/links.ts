import { PDFArray, type PDFContext, PDFDict, PDFName, type PDFObject, type PDFPage, PDFRef } from "pdf-lib";
import { around, type Box, contains } from "../../../document/geometry.ts";
import { type Matrix, mapped } from "../../../document/matrix.ts";
import type { SetLine } from "../../../setting/sheet.ts";
import { annotationBox, type Link, type PdfAnnotation, targetOf } from "../annotations.ts";
import { Tiles } from "../tiles.ts";
import { placed, unplaced } from "./along.ts";

/** In points: runs of a link in one line that are nearer than this are one. */
const SAME_RUN = 8;

/** Where the words of each target came to stand, line by line. */
export function linkedBoxes(lines: readonly SetLine[]): Map<string, Box[]> {
  const boxes = new Map<string, Box[]>();
  for (const { pieces, turn, box } of lines) {
    let last: { readonly target: string; readonly end: number } | undefined;
    for (const piece of pieces) {
      if (piece.kind === "chip" || piece.link === undefined) continue;
      const { along } = placed(turn, piece.x, piece.y);
      const own = runBox(turn, box, along, along + piece.width);
      const known = boxes.get(piece.link) ?? [];
      const before = known.at(-1);
      if (last?.target === piece.link && before && along - last.end < SAME_RUN) known[known.length - 1] = around([before, own]);
      else known.push(own);
      boxes.set(piece.link, known);
      last = { target: piece.link, end: along + piece.width };
    }
  }
  return boxes;
}

/** What of a line lies between two places along it. */
export function runBox(turn: SetLine["turn"], line: Box, from: number, to: number): Box {
  const [one, other] = [placed(turn, line.x0, line.y0), placed(turn, line.x1, line.y1)];
  const a = unplaced(turn, { along: from, across: Math.min(one.across, other.across) });
  const b = unplaced(turn, { along: to, across: Math.max(one.across, other.across) });
  return { x0: Math.min(a.x, b.x), y0: Math.min(a.y, b.y), x1: Math.max(a.x, b.x), y1: Math.max(a.y, b.y) };
}

export interface Moving {
  readonly annotations: readonly PdfAnnotation[];
  /** What was under links and is gone. */
  readonly gone: readonly Box[];
  readonly lines: readonly SetLine[];
  readonly size: Box;
  /** From the file's coordinates to the page, and back. */
  readonly matrix: Matrix;
  readonly toPdf: Matrix;
}

/** Lays the links of words that moved over where these stand now, a rectangle for each line. What finds no end waits among `apart`. */
export function moveLinks(
  context: PDFContext,
  page: PDFPage,
  { annotations, gone, lines, size, matrix, toPdf }: Moving,
  apart: LinksApart,
): void {
  const boxes = linkedBoxes(lines);
  const all = page.node.lookup(PDFName.of("Annots"));
  if (!(all instanceof PDFArray) || !annotations.some(({ subtype }) => subtype === "Link")) {
    apart.add(page, toPdf, { boxes, objects: new Map() });
    return;
  }
  const letters = new Tiles(
    size,
    gone.map((box) => ({ box })),
  );
  const byTarget = new Map<string, PDFObject[]>();
  for (const annotation of annotations) {
    const target = targetOf(annotation);
    const box = annotationBox(annotation, matrix);
    const object = target && box ? objectOf(all, annotation) : undefined;
    if (!target || !box || !object || !isOver({ box, target }, letters)) continue;
    byTarget.set(target, [...(byTarget.get(target) ?? []), object]);
  }
  for (const [target, objects] of byTarget) lay(context, all, { objects, boxes: boxes.get(target) ?? [], toPdf });
  apart.add(page, toPdf, { boxes, objects: byTarget });
}

interface Apart {
  readonly page: PDFPage;
  readonly boxes: readonly Box[];
  readonly objects: readonly PDFObject[];
  readonly toPdf: Matrix;
}

/** Links whose words came to stand on another page than they did, as those of a paragraph that goes on there may. */
export class LinksApart {
  /** By target: pages that have only its words, and pages that have only its rectangles. */
  readonly #known = new Map<string, Apart[]>();

  add(
    page: PDFPage,
    toPdf: Matrix,
    { boxes, objects }: { readonly boxes: ReadonlyMap<string, Box[]>; readonly objects: ReadonlyMap<string, PDFObject[]> },
  ): void {
    for (const target of new Set([...boxes.keys(), ...objects.keys()])) {
      const one = { page, toPdf, boxes: boxes.get(target) ?? [], objects: objects.get(target) ?? [] };
      if (one.boxes.length > 0 === one.objects.length > 0) continue;
      this.#known.set(target, [...(this.#known.get(target) ?? []), one]);
    }
  }

  /** Takes each to the page beside its own where its words are now. `numberOf` counts pages. */
  join(context: PDFContext, numberOf: (page: PDFPage) => number): void {
    for (const known of this.#known.values())
      for (const { page, objects } of known.filter((one) => one.objects.length > 0)) {
        const words = known.find((one) => one.boxes.length > 0 && Math.abs(numberOf(one.page) - numberOf(page)) === 1);
        const from = page.node.lookup(PDFName.of("Annots"));
        if (!words || !(from instanceof PDFArray)) continue;
        known.splice(known.indexOf(words), 1);
        const to = annotationsOf(words.page);
        for (const object of objects) {
          from.remove(from.indexOf(object) ?? -1);
          to.push(object);
          const dict = context.lookup(object);
          if (dict instanceof PDFDict) dict.set(PDFName.of("P"), words.page.ref);
        }
        lay(context, to, { objects, boxes: words.boxes, toPdf: words.toPdf });
      }
  }
}

function annotationsOf({ node }: PDFPage): PDFArray {
  const found = node.lookup(PDFName.of("Annots"));
  if (found instanceof PDFArray) return found;
  const made = node.context.obj([]);
  node.set(PDFName.of("Annots"), made);
  return made;
}

function isOver({ box }: Link, letters: Tiles<{ readonly box: Box }>): boolean {
  // Counted: far from all pages there are no numbers between two that are a step apart.
  const steps = Math.min(16, Math.max(1, Math.ceil((box.x1 - box.x0) / 2)));
  for (let index = 0; index <= steps; index++) {
    const x = box.x0 + ((box.x1 - box.x0) * index) / steps;
    const y = (box.y0 + box.y1) / 2;
    const near = letters.near({ x0: x, y0: y, x1: x, y1: y });
    if (near.some(({ box: letter }) => contains(box, (letter.x0 + letter.x1) / 2, (letter.y0 + letter.y1) / 2))) return true;
  }
  return false;
}

/** pdf.js names an annotation by its reference. */
function objectOf(all: PDFArray, { id = "" }: PdfAnnotation): PDFObject | undefined {
  const [, number, generation] = /^(\d+)R(\d*)$/.exec(id) ?? [];
  return all
    .asArray()
    .find(
      (object) => object instanceof PDFRef && object.objectNumber === Number(number) && object.generationNumber === Number(generation || 0),
    );
}

function lay(
  context: PDFContext,
  all: PDFArray,
  { objects, boxes, toPdf }: { objects: readonly PDFObject[]; boxes: readonly Box[]; toPdf: Matrix },
): void {
  for (const [index, box] of boxes.entries()) {
    const object = objects[Math.min(index, objects.length - 1)];
    const dict = context.lookup(object);
    if (!(dict instanceof PDFDict)) continue;
    const laid = index < objects.length ? dict : dict.clone(context);
    const { x0, y0, x1, y1 } = mapped(toPdf, box.x0, box.y0, box.x1, box.y1);
    laid.set(PDFName.of("Rect"), context.obj([x0, y0, x1, y1]));
    laid.delete(PDFName.of("QuadPoints"));
    if (laid === dict) continue;
    for (const own of ["StructParent", "NM", "Popup"]) laid.delete(PDFName.of(own));
    all.push(context.register(laid));
  }
  // Lines that there are no more of.
  if (boxes.length > 0) for (const object of objects.slice(boxes.length)) all.remove(all.indexOf(object) ?? -1);
}
