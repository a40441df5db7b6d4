import { PDFArray, PDFDict, PDFName, PDFNumber, type PDFObject, type PDFPage, PDFRef, PDFStream } from "pdf-lib";
import type { Box } from "../../../document/geometry.ts";
import { type Matrix, mapped } from "../../../document/matrix.ts";
import { annotationsOf, isOf } from "./links.ts";

const name = PDFName.of;
/** Hidden, and not to be viewed (ISO 32000-1, table 165). */
const UNSEEN = 0b10 | 0b100000;

/** Draws what annotations show into the page's content: a page that is drawn within another has no annotations. */
export function flatten(page: PDFPage): void {
  const operators: string[] = [];
  for (const annotation of annotationsOf(page)) {
    const flags = annotation.lookup(name("F"));
    const unseen = flags instanceof PDFNumber && (flags.asNumber() & UNSEEN) !== 0;
    const look = unseen || isOf(annotation, "Popup") ? undefined : appearanceOf(annotation);
    const rect = boxIn(annotation.lookup(name("Rect")));
    if (!look || !rect) continue;
    // Numbers of PDF have no exponent.
    const [x, y, width, height] = fitted(look.form, rect).map((number) => number.toFixed(6));
    operators.push(`q ${width} 0 0 ${height} ${x} ${y} cm ${page.node.newXObject("Look", look.ref)} Do Q`);
  }
  if (operators.length === 0) return;
  const { context } = page.doc;
  page.node.normalize();
  const stream = (content: string) => context.register(context.flateStream(content));
  if (!page.node.wrapContentStreams(stream("q\n"), stream(`\nQ\n${operators.join("\n")}\n`)))
    page.node.set(name("Contents"), context.obj([stream(operators.join("\n"))]));
}

/** Of the state that it is in, where it has several. */
function appearanceOf(annotation: PDFDict): { ref: PDFRef; form: PDFDict } | undefined {
  const looks = annotation.lookup(name("AP"));
  let normal: PDFObject | undefined = looks instanceof PDFDict ? looks.get(name("N")) : undefined;
  const states = annotation.context.lookup(normal);
  if (states instanceof PDFDict) {
    const state = annotation.lookup(name("AS"));
    normal = state instanceof PDFName ? states.get(state) : undefined;
  }
  const form = annotation.context.lookup(normal);
  return normal instanceof PDFRef && form instanceof PDFStream ? { ref: normal, form: form.dict } : undefined;
}

/** What lays the form's box on `rect` (ISO 32000-1, 12.5.5, algorithm 8.1). */
function fitted(form: PDFDict, rect: Box): [x: number, y: number, width: number, height: number] {
  const box = boxIn(form.lookup(name("BBox"))) ?? rect;
  const given = form.lookup(name("Matrix"));
  const numbers = given instanceof PDFArray ? given.asArray().map((one) => (one instanceof PDFNumber ? one.asNumber() : 0)) : [];
  const seen = numbers.length === 6 ? mapped(numbers as unknown as Matrix, box.x0, box.y0, box.x1, box.y1) : box;
  const [across, up] = [(rect.x1 - rect.x0) / (seen.x1 - seen.x0 || 1), (rect.y1 - rect.y0) / (seen.y1 - seen.y0 || 1)];
  return [rect.x0 - seen.x0 * across, rect.y0 - seen.y0 * up, across, up];
}

function boxIn(given: PDFObject | undefined): Box | undefined {
  if (!(given instanceof PDFArray) || given.size() < 4) return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = [0, 1, 2, 3].map((at) => given.lookupMaybe(at, PDFNumber)?.asNumber() ?? 0);
  return { x0: Math.min(a, c), y0: Math.min(b, d), x1: Math.max(a, c), y1: Math.max(b, d) };
}
