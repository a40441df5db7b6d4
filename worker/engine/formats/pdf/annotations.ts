import { type Box, contains, heightOf, widthOf } from "../../document/geometry.ts";
import { asMatrix, type Matrix, mapped } from "../../document/matrix.ts";
import type { Remark } from "../../document/remarks.ts";
import type { Word } from "../../layout/content.ts";
import { upright } from "../../setting/upright.ts";
import { freeTextAnchor, objectNumberOf } from "./anchors.ts";

/** What pdf.js says of an annotation, as far as it is asked. All of it comes from the file. */
export interface PdfAnnotation {
  readonly id?: string;
  readonly subtype?: string;
  readonly rect?: readonly number[];
  /** Of what marks words: four corners for each of its boxes. */
  readonly quadPoints?: ArrayLike<number> | null;
  readonly url?: string;
  /** Where in the document it leads: a name, or a page and a place on it. */
  readonly dest?: unknown;
  readonly hidden?: boolean;
  /** A field's tooltip. */
  readonly alternativeText?: string;
  readonly contentsObj?: { readonly str?: string };
  readonly defaultAppearanceData?: { readonly fontSize?: number; readonly fontColor?: ArrayLike<number> };
  readonly fieldType?: string;
  readonly fieldValue?: unknown;
  readonly password?: boolean;
  readonly checkBox?: boolean;
  readonly radioButton?: boolean;
  readonly exportValue?: unknown;
  readonly buttonValue?: unknown;
  readonly options?: readonly { readonly exportValue?: unknown; readonly displayValue?: unknown }[];
}

/** A page of a form has hundreds. */
export const MAX_ANNOTATIONS = 3000;
/** What a field takes, unless its file draws it. */
const MAX_VALUE_LETTERS = 20_000;
const MAX_TARGET = 200;
const USUAL_SIZE = 12;
/** Of the size: what a letter takes where no font says it. */
const USUAL_WIDTH = 0.5;

/** A link, and the page's part that leads there. */
export interface Link {
  readonly box: Box;
  /** An address, or "#" and what tells a place of the document from others. */
  readonly target: string;
}

/** What of the annotations becomes words, links, or only remarks. `drawn` are those that words were drawn for. */
export function readAnnotations(
  all: readonly PdfAnnotation[],
  { page, matrix, drawn }: { page: number; matrix: Matrix; drawn: ReadonlySet<string> },
) {
  const annotations = all.slice(0, MAX_ANNOTATIONS).filter((annotation) => annotation.hidden !== true);
  const remarks: Remark[] = [];
  const words: Word[] = [];
  const links: Link[] = [];
  let notes = 0;
  for (const annotation of annotations) {
    const box = boxOf(annotation.rect, matrix);
    const isDrawn = drawn.has(annotation.id ?? "");
    if (annotation.subtype === "Link") {
      const target = targetOf(annotation);
      if (box && target) links.push({ box, target });
    } else if (annotation.subtype === "Widget" || annotation.subtype === "FreeText") {
      if (box && !isDrawn) words.push(...wordsIn(annotation, box, matrix).map((word) => ({ ...word, ...placeOf(annotation, page) })));
    } else if (annotation.subtype !== "Popup" && !isDrawn && annotation.contentsObj?.str?.trim()) notes++;
  }
  if (notes > 0)
    remarks.push(dropped(page, `${count(notes, "note")} of readers, shown only when pointed at, ${notes === 1 ? "is" : "are"} left out.`));
  if (all.length > MAX_ANNOTATIONS) remarks.push(dropped(page, `Of ${all.length} annotations the first ${MAX_ANNOTATIONS} were read.`));
  return { words, links, remarks };
}

/** Where a link leads; undefined if it does something else. */
export function targetOf({ url, dest }: PdfAnnotation): string | undefined {
  if (url) return url;
  if (typeof dest === "string") return `#${dest.slice(0, MAX_TARGET)}`;
  return Array.isArray(dest) && dest.length > 0
    ? `#${JSON.stringify(dest)
        .replace(/[^\w.]+/g, "-")
        .slice(0, MAX_TARGET)}`
    : undefined;
}

/** Where on the page an annotation is. */
export function annotationBox({ rect }: PdfAnnotation, matrix: Matrix): Box | undefined {
  return boxOf(rect, matrix);
}

/** `words` with the addresses of the links that they lie on, and a remark for links that no words lie on. */
export function linked(
  words: readonly Word[],
  links: readonly Link[],
  page: number,
): { words: readonly Word[]; remarks: readonly Remark[] } {
  if (links.length === 0) return { words, remarks: [] };
  const used = new Set<Link>();
  const made = words.map((word) => {
    const link = links.find(({ box }) => contains(box, (word.box.x0 + word.box.x1) / 2, (word.box.y0 + word.box.y1) / 2));
    if (!link) return word;
    used.add(link);
    return { ...word, link: link.target };
  });
  const rest = links.filter((link) => !used.has(link) && !link.target.startsWith("#")).length;
  return {
    words: made,
    remarks: rest > 0 ? [dropped(page, `${count(rest, "link")} on no words of the text layer ${rest === 1 ? "is" : "are"} left out.`)] : [],
  };
}

export function dropped(page: number, message: string): Remark {
  return { page, code: "CONTENT_DROPPED", message };
}

export function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? "" : "s"}`;
}

function boxOf(rect: readonly number[] | undefined, matrix: Matrix): Box | undefined {
  const [x0, y0, x1, y1] = rect ?? [];
  if (x0 === undefined || y0 === undefined || x1 === undefined || y1 === undefined) return undefined;
  return asMatrix([1, 0, 0, 1, x1 - x0, y1 - y0]) && mapped(matrix, x0, y0, x1, y1);
}

/** What a reader would see in the annotation. */
function shownBy(annotation: PdfAnnotation): string {
  const { subtype, fieldType, fieldValue } = annotation;
  if (subtype === "FreeText") return annotation.contentsObj?.str ?? "";
  if (fieldType === "Btn") return isChecked(annotation) ? "✔" : "";
  if (annotation.password === true || (fieldType !== "Tx" && fieldType !== "Ch")) return "";
  const values: readonly unknown[] = Array.isArray(fieldValue) ? fieldValue : [fieldValue];
  return values
    .filter((value): value is string => typeof value === "string")
    .map((value) => String(annotation.options?.find(({ exportValue }) => exportValue === value)?.displayValue ?? value))
    .join("\n");
}

function isChecked({ checkBox, radioButton, fieldValue, exportValue, buttonValue }: PdfAnnotation): boolean {
  if (typeof fieldValue !== "string" || fieldValue === "Off" || fieldValue === "") return false;
  return checkBox === true ? fieldValue === exportValue : radioButton === true && fieldValue === buttonValue;
}

/** What was filled in stays as it is, and so does a text annotation that cannot be found again. */
function placeOf({ subtype, id }: PdfAnnotation, page: number): Pick<Word, "atom" | "anchor"> {
  const object = subtype === "FreeText" ? objectNumberOf(id) : undefined;
  return object === undefined ? { atom: "field" } : { anchor: freeTextAnchor(object, page) };
}

/** Words of a value that the file does not draw, set from the box's upper left; those of a text annotation run as the file's pages do. */
function wordsIn(annotation: PdfAnnotation, given: Box, [a, b]: Matrix): Word[] {
  const turned = Math.abs(a) >= Math.abs(b) ? (a < 0 ? 180 : 0) : b > 0 ? 90 : 270;
  const turn = annotation.subtype === "FreeText" ? turned : 0;
  const frame = upright(turn, 0, 0);
  const box = frame.from(given);
  const lines = shownBy(annotation)
    .slice(0, MAX_VALUE_LETTERS)
    .normalize("NFC")
    .split(/\r\n?|\n/);
  const { fontSize = USUAL_SIZE, fontColor } = annotation.defaultAppearanceData ?? {};
  const size = Math.min(fontSize > 0 ? fontSize : USUAL_SIZE, heightOf(box) / (lines.length * 1.2) || USUAL_SIZE);
  return lines.flatMap((line, i) => {
    const baseline = box.y0 + (i + 1) * size * 1.15;
    const unit = Math.min(size * USUAL_WIDTH, widthOf(box) / Math.max(1, line.length));
    return [...line.matchAll(/\S+/g)].map(({ 0: text, index }): Word => {
      const x0 = box.x0 + index * unit;
      const place = { x0, y0: baseline - size * 0.8, x1: x0 + text.length * unit, y1: baseline + size * 0.2 };
      const [acrossX, acrossY] = frame.toPage(x0, baseline);
      const across = turn % 180 === 0 ? acrossY : acrossX;
      return { text, box: frame.boxToPage(place), baseline: across, size, style: styleOf(fontColor), turn, confidence: 100 };
    });
  });
}

function styleOf(color: ArrayLike<number> | undefined): Word["style"] {
  const [red = 0, green = 0, blue = 0] = Array.from(color ?? []);
  if (red + green + blue === 0) return { font: "sans" };
  return { font: "sans", color: `#${[red, green, blue].map((part) => part.toString(16).padStart(2, "0")).join("")}` };
}
