import type { PDFDocumentProxy } from "pdfjs-dist/legacy/build/pdf.mjs";
import type { Remark } from "../../document/remarks.ts";
import { count, type PdfAnnotation } from "./annotations.ts";

/** What a PDF says beside its pages: where it says it, and in which words. They are found again by these. */
export interface UnseenAnchor {
  readonly of: "title" | "outline" | "label" | "tooltip" | "note" | "alt";
  readonly text: string;
}

export interface Unseen {
  readonly text: string;
  readonly anchor: UnseenAnchor;
}

/** What is said beside the pages, and what of it is too much to be read. */
export interface UnseenTexts {
  readonly texts: readonly Unseen[];
  readonly remarks: readonly Remark[];
}

/** A book's outline has hundreds. */
const MAX_TITLES = 3000;
const MAX_LETTERS = 1000;
const MAX_DEPTH = 32;
/** Of a page's structure: a table has thousands. */
const MAX_NODES = 100_000;
/** Programs write the name of their file for a title. */
const FILE_NAME = /\.(?:docx?|odt|rtf|tex|dvi|ps|pdf|indd|pptx?|xlsx?|html?|qxd|pages|md|txt)$|^(?:untitled|microsoft word)\b/i;

interface OutlineItem {
  readonly title: string;
  readonly items?: readonly OutlineItem[];
}

/** The document's title, those of its outline, and what its pages' numbers stand behind, each once. What of them cannot be read is none. */
export async function unseenOfDocument(document: PDFDocumentProxy): Promise<UnseenTexts> {
  const [metadata, outline, labels] = await Promise.all([
    document.getMetadata().catch(() => undefined),
    document.getOutline().catch(() => undefined) as Promise<readonly OutlineItem[] | null | undefined>,
    document.getPageLabels().catch(() => undefined),
  ]);
  const title: unknown = (metadata?.info as { Title?: unknown } | undefined)?.Title;
  const titles = new Set<string>();
  let isCut = false;
  const walk = (items: readonly OutlineItem[], depth: number) => {
    for (const item of items) {
      isCut ||= titles.size >= MAX_TITLES || depth > MAX_DEPTH;
      if (isCut) return;
      titles.add(item.title);
      walk(item.items ?? [], depth + 1);
    }
  };
  walk(outline ?? [], 0);
  const prefixes = new Set((labels ?? []).map(prefixOf));
  const found = gathered(0, [
    ...(typeof title === "string" && !FILE_NAME.test(title.trim()) ? [["title", title] as const] : []),
    ...[...titles].map((text) => ["outline", text] as const),
    ...[...prefixes].map((text) => ["label", text] as const),
  ]);
  const cut = `Of the outline the first ${MAX_TITLES} titles are read, and no deeper than ${MAX_DEPTH}: the others stay as they are.`;
  return isCut ? { ...found, remarks: [...found.remarks, { page: 0, code: "TEXT_KEPT", message: cut }] } : found;
}

/** A label without its number: "Appendix " of "Appendix iv" (ISO 32000-2, 12.4.2). */
function prefixOf(label: string): string {
  return label.slice(0, MAX_LETTERS).replace(/(?:\d+|\b[ivxlcdm]+|\b[IVXLCDM]+|\b([A-Za-z])\1*)$/, "");
}

/** What the annotations of a page say when they are pointed at, tooltips of fields and notes, and what its structure says of pictures. */
export function unseenOfPage(page: number, annotations: readonly PdfAnnotation[], structure: StructureNode | undefined): UnseenTexts {
  const around = annotations.flatMap(({ subtype, alternativeText = "", contentsObj }): Said[] => {
    if (subtype === "Widget") return [["tooltip", alternativeText]];
    return subtype === "FreeText" || subtype === "Popup" ? [] : [["note", contentsObj?.str ?? ""]];
  });
  return gathered(page, [...around, ...alternatives(structure).map((text) => ["alt", text] as const)]);
}

/** An element of a page's structure, as far as it is asked. */
export interface StructureNode {
  readonly alt?: unknown;
  readonly children?: readonly unknown[];
}

function alternatives(root: StructureNode | undefined): string[] {
  const found: string[] = [];
  const waiting = root ? [root] : [];
  for (let seen = 0, node = waiting.pop(); node && seen < MAX_NODES; node = waiting.pop(), seen++) {
    if (typeof node.alt === "string") found.push(node.alt);
    for (const child of node.children ?? []) if (typeof child === "object" && child !== null) waiting.push(child);
  }
  return found;
}

type Said = readonly [of: UnseenAnchor["of"], text: string];

/** Each text once. */
function gathered(page: number, all: readonly Said[]): UnseenTexts {
  const texts = new Map<string, Unseen>();
  let long = 0;
  for (const [of, text] of all) {
    const plain = text.replace(/\s+/g, " ").trim();
    if (!/\p{L}{2}/u.test(plain)) continue;
    if (plain.length > MAX_LETTERS) long++;
    else texts.set(`${of} ${plain}`, { text: plain, anchor: { of, text: plain } });
  }
  const message = `${count(long, "text")} beside the page of more than ${MAX_LETTERS} letters ${long === 1 ? "stays as it is" : "stay as they are"}.`;
  return { texts: [...texts.values()], remarks: long > 0 ? [{ page, code: "TEXT_KEPT", message }] : [] };
}
