import { PDFArray, type PDFContext, PDFDict, PDFHexString, PDFName, PDFRawStream, PDFRef, PDFStream, PDFString } from "pdf-lib";
import { around, type Box } from "../../../document/geometry.ts";
import { asMatrix, IDENTITY, type Matrix, mapped } from "../../../document/matrix.ts";
import { type Leaf, leavesOf, type Page, plainText } from "../../../document/model.ts";
import { pdfNumbers } from "../../../setting/pdf_numbers.ts";
import type { PdfText } from "../../../setting/pdf_text.ts";
import type { SetLine } from "../../../setting/sheet.ts";
import { freeTextsOf, type GlyphRange, objectNumberOf, rangesOf } from "../anchors.ts";
import { annotationBox, type PdfAnnotation } from "../annotations.ts";
import { type Content, contentOf } from "./contents.ts";
import { applied, type ByteEdit } from "./rewrite.ts";
import { addResource, decoded, registered } from "./streams.ts";
import { Uneditable } from "./uneditable.ts";

/** A rich text's body says how all of it looks; it is not longer than this. */
const MAX_BODY = 4000;

/** The text annotation that `ranges` are wholly of. */
export function freeTextOf(ranges: readonly GlyphRange[], page: number): number | undefined {
  const objects = freeTextsOf(ranges, page);
  const [object] = objects;
  return objects.size === 1 && ranges.every(([on, operator]) => on === page && operator < 0) ? object : undefined;
}

/** What stands in a text annotation beside `translated`, and is as it was: all of an annotation is drawn anew. */
export function besideInFreeTexts(page: Page, translated: readonly Leaf[]): Leaf[] {
  const touched = new Set(
    translated.flatMap(({ anchor, layer }) => (layer === "unseen" ? [] : [...freeTextsOf(rangesOf(anchor), page.number)])),
  );
  if (touched.size === 0) return [];
  return [...leavesOf(page.blocks)].filter((leaf) => {
    const own = leaf.layer === "unseen" ? undefined : freeTextOf(rangesOf(leaf.anchor), page.number);
    return own !== undefined && touched.has(own) && !translated.includes(leaf);
  });
}

/** A text annotation as it is to be, by the number of its object. */
export interface FreeText {
  /** Of all that it says. */
  readonly texts: readonly string[];
  /** Of what stands in it and in nothing else. */
  readonly lines: readonly SetLine[];
}

/** What the leaves of `settings` make of the text annotations of `page`. */
export function freeTextsIn(
  page: number,
  settings: readonly { readonly leaf: Leaf; readonly ranges: readonly GlyphRange[] }[],
  linesOf: (index: number) => readonly SetLine[],
): ReadonlyMap<number, FreeText> {
  const made = new Map<number, { texts: string[]; lines: SetLine[] }>();
  for (const [index, { leaf, ranges }] of settings.entries())
    for (const object of freeTextsOf(ranges, page)) {
      const one = made.get(object) ?? { texts: [], lines: [] };
      made.set(object, one);
      one.texts.push(plainText(leaf.content));
      if (freeTextOf(ranges, page) === object) one.lines.push(...linesOf(index));
    }
  return made;
}

/** Where the text annotations of a page are. */
export function freeTextBoxes(annotations: readonly PdfAnnotation[], matrix: Matrix): Box[] {
  return annotations.flatMap((annotation) => (annotation.subtype === "FreeText" ? (annotationBox(annotation, matrix) ?? []) : []));
}

interface Drawing {
  readonly annotations: readonly PdfAnnotation[];
  readonly text: PdfText;
  /** From what is looked at to the file's coordinates. */
  readonly toPdf: Matrix;
}

/** Gives the text annotations of a page their new words: as text, as rich text, and as they are drawn over their own ground. */
export function writeFreeTexts(context: PDFContext, texts: ReadonlyMap<number, FreeText>, { annotations, text, toPdf }: Drawing): void {
  for (const { id } of annotations) {
    const object = objectNumberOf(id);
    const made = object === undefined ? undefined : texts.get(object);
    const dict = object === undefined || !made ? undefined : context.lookup(PDFRef.of(object));
    if (!made || !(dict instanceof PDFDict)) continue;
    dict.set(PDFName.of("Contents"), PDFHexString.fromText(made.texts.join("\n")));
    if (dict.has(PDFName.of("RC"))) dict.set(PDFName.of("RC"), PDFHexString.fromText(richText(dict, made.texts)));
    const { content, fonts } = text.operators(made.lines, toPdf);
    const resources = context.obj({ Font: Object.fromEntries(fonts) });
    const ground = groundOf(context, dict, resources);
    const box = grown(dict, made.lines, toPdf);
    const form = context.flateStream(Buffer.concat([Buffer.from(ground, "latin1"), content]), {
      ...{ Type: "XObject", Subtype: "Form", BBox: box, Resources: resources },
    });
    dict.set(PDFName.of("Rect"), context.obj(box));
    dict.set(PDFName.of("AP"), context.obj({ N: context.register(form) }));
    dict.delete(PDFName.of("AS"));
  }
}

/** The annotation's rectangle, as far as its lines need it. */
function grown(dict: PDFDict, lines: readonly SetLine[], toPdf: Matrix): number[] {
  const { x0, y0, x1, y1 } = around([rectOf(dict), ...lines.map(({ box }) => mapped(toPdf, box.x0, box.y0, box.x1, box.y1))]);
  return [x0, y0, x1, y1];
}

function rectOf(dict: PDFDict, key = "Rect"): Box {
  const [a = 0, b = 0, c = 0, d = 0] = numbersOf(dict, key);
  return { x0: Math.min(a, c), y0: Math.min(b, d), x1: Math.max(a, c), y1: Math.max(b, d) };
}

function numbersOf(dict: PDFDict, key: string): number[] {
  const array = dict.lookup(PDFName.of(key));
  return array instanceof PDFArray ? array.asArray().map((item) => Number(String(item)) || 0) : [];
}

/** What the annotation was drawn as without its words: its colour and frame, where nothing draws it. */
function groundOf(context: PDFContext, dict: PDFDict, resources: PDFDict): string {
  const looks = dict.lookup(PDFName.of("AP"));
  const normal = looks instanceof PDFDict ? looks.lookup(PDFName.of("N")) : undefined;
  if (!(normal instanceof PDFStream)) return plainGround(dict);
  try {
    const own = normal.dict.lookup(PDFName.of("Resources"));
    const { content } = contentOf(context, decoded(normal), own instanceof PDFDict ? own : undefined);
    const bare = registered(context, withoutText(context, content), normal.dict);
    const name = addResource(resources, "XObject", "DragomanForm", bare);
    return `q ${pdfNumbers(fitting(normal.dict, rectOf(dict)))} cm /${name} Do Q\n`;
  } catch (error) {
    if (error instanceof Uneditable) return plainGround(dict);
    throw error;
  }
}

function plainGround(dict: PDFDict): string {
  const color = numbersOf(dict, "C");
  const operator = ["g", "rg", "k"][[1, 3, 4].indexOf(color.length)];
  const { x0, y0, x1, y1 } = rectOf(dict);
  return operator ? `q ${pdfNumbers(color)} ${operator} ${pdfNumbers([x0, y0, x1 - x0, y1 - y0])} re f Q\n` : "";
}

function withoutText(context: PDFContext, { bytes, texts, forms, resources }: Content): Uint8Array {
  const edits: ByteEdit[] = texts.map(({ at }) => ({ from: at.start, to: at.end, text: "" }));
  for (const { at, stream, content } of forms) {
    if (!resources || !hasText(content)) continue;
    const name = addResource(resources, "XObject", "DragomanForm", registered(context, withoutText(context, content), stream.dict));
    edits.push({ from: at.start, to: at.end, text: `/${name} Do` });
  }
  return applied(
    bytes,
    edits.sort((a, b) => a.from - b.from),
  );
}

function hasText({ texts, forms }: Content): boolean {
  return texts.length > 0 || forms.some(({ content }) => hasText(content));
}

/** What lays a form's box over `rect` (ISO 32000-2, 12.5.5). */
function fitting(form: PDFDict, rect: Box): Matrix {
  const own = rectOf(form, "BBox");
  const box = mapped(asMatrix(numbersOf(form, "Matrix")) ?? IDENTITY, own.x0, own.y0, own.x1, own.y1);
  const [across, down] = [(rect.x1 - rect.x0) / (box.x1 - box.x0), (rect.y1 - rect.y0) / (box.y1 - box.y0)];
  return asMatrix([across, 0, 0, down, rect.x0 - box.x0 * across, rect.y0 - box.y0 * down]) ?? IDENTITY;
}

/** Paragraphs in the body that said how the source looks (ISO 32000-2, 12.7.4.4). */
function richText(dict: PDFDict, texts: readonly string[]): string {
  const before = textOf(dict.lookup(PDFName.of("RC"))).slice(0, MAX_BODY);
  const body = /<body\b[^>]*>/.exec(before)?.[0] ?? '<body xmlns="http://www.w3.org/1999/xhtml">';
  const paragraphs = texts.map((text) => `<p>${text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;")}</p>`);
  return `<?xml version="1.0"?>${body}${paragraphs.join("")}</body>`;
}

function textOf(value: unknown): string {
  if (value instanceof PDFString || value instanceof PDFHexString) return value.decodeText();
  if (!(value instanceof PDFRawStream)) return "";
  try {
    return Buffer.from(decoded(value)).toString("utf8");
  } catch (error) {
    if (error instanceof Uneditable) return "";
    throw error;
  }
}
