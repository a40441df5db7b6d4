import type { PDFDocumentProxy } from "pdfjs-dist/legacy/build/pdf.mjs";
import type { PdfAnnotation } from "./annotations.ts";

/** What a PDF says beside its pages: where it says it, and in which words. They are found again by these. */
export interface UnseenAnchor {
  readonly of: "title" | "outline" | "tooltip" | "note";
  readonly text: string;
}

export interface Unseen {
  readonly text: string;
  readonly anchor: UnseenAnchor;
}

/** A book's outline has hundreds. */
const MAX_TITLES = 3000;
const MAX_LETTERS = 1000;
const MAX_DEPTH = 32;
/** Programs write the name of their file for a title. */
const FILE_NAME = /\.(?:docx?|odt|rtf|tex|dvi|ps|pdf|indd|pptx?|xlsx?|html?|qxd|pages|md|txt)$|^(?:untitled|microsoft word)\b/i;

interface OutlineItem {
  readonly title: string;
  readonly items?: readonly OutlineItem[];
}

/** The document's title, and those of its outline, each once. What of them cannot be read is none. */
export async function unseenOfDocument(document: PDFDocumentProxy): Promise<readonly Unseen[]> {
  const [metadata, outline] = await Promise.all([
    document.getMetadata().catch(() => undefined),
    document.getOutline().catch(() => undefined) as Promise<readonly OutlineItem[] | null | undefined>,
  ]);
  const title: unknown = (metadata?.info as { Title?: unknown } | undefined)?.Title;
  const titles = new Set<string>();
  const walk = (items: readonly OutlineItem[], depth: number) => {
    for (const item of items) {
      if (titles.size >= MAX_TITLES || depth > MAX_DEPTH) return;
      titles.add(item.title);
      walk(item.items ?? [], depth + 1);
    }
  };
  walk(outline ?? [], 0);
  return [
    ...(typeof title === "string" && !FILE_NAME.test(title.trim()) ? unseen("title", title) : []),
    ...[...titles].flatMap((text) => unseen("outline", text)),
  ];
}

/** What the annotations of a page say when they are pointed at: tooltips of fields, and notes. */
export function unseenOfPage(annotations: readonly PdfAnnotation[]): readonly Unseen[] {
  const all = annotations.flatMap(({ subtype, alternativeText, contentsObj }) => {
    if (subtype === "Widget") return unseen("tooltip", alternativeText ?? "");
    return subtype === "FreeText" || subtype === "Popup" ? [] : unseen("note", contentsObj?.str ?? "");
  });
  return [...new Map(all.map((one) => [`${one.anchor.of} ${one.text}`, one])).values()];
}

function unseen(of: UnseenAnchor["of"], text: string): Unseen[] {
  const plain = text.replace(/\s+/g, " ").trim();
  return /\p{L}{2}/u.test(plain) && plain.length <= MAX_LETTERS ? [{ text: plain, anchor: { of, text: plain } }] : [];
}
