import type { Box, QuarterTurn } from "./geometry.ts";
import type { Remark } from "./remarks.ts";
import type { Segment } from "./segment.ts";

/** What a format needs to find a place in its file again: plain data that goes through JSON. Only the format that made it reads it. */
export type Anchor = unknown;

/** How text looks, as far as a reader of the result would miss it. What is not given is as the body's text. */
export interface TextStyle {
  readonly bold?: boolean;
  readonly italic?: boolean;
  readonly underline?: boolean;
  readonly strike?: boolean;
  readonly font?: "serif" | "sans" | "mono";
  /** In points. */
  readonly size?: number;
  /** "#rrggbb". */
  readonly color?: string;
  /** Raised or lowered, as the marks of notes and the figures of formulas are. */
  readonly script?: "super" | "sub";
}

/** A piece of running text. Spans nest, as marks do in Markdown, HTML and office files; texts and atoms do not. */
export type Inline = Text | Span | Atom;

export interface Text {
  readonly kind: "text";
  readonly text: string;
  readonly anchor?: Anchor;
}

/** Text that looks different from what is around it, or leads somewhere. */
export interface Span {
  readonly kind: "span";
  readonly style?: TextStyle;
  /** Where it leads, as the file has it. */
  readonly link?: string;
  readonly content: readonly Inline[];
  readonly anchor?: Anchor;
}

/** What stands in a sentence and is not translated: it goes along with its words. */
export interface Atom {
  readonly kind: "atom";
  /** `break` ends a line within a paragraph, or is a tab; no sentence goes over it. */
  readonly as: "image" | "code" | "formula" | "note" | "field" | "html" | "break";
  /** What a reader sees or would say: the code, the note's mark. Of a break a tab, or nothing for a line's end. */
  readonly text: string;
  readonly anchor?: Anchor;
}

/** Where a part of a block stands. A paragraph that goes on in the next column or page has several. */
export interface Frame {
  /** From 1. */
  readonly page: number;
  readonly box: Box;
  /** The turn of its lines against the page's. */
  readonly turn?: QuarterTurn;
  /** Of each of its lines, top to bottom: the line's box, and the y of its baseline where that is known. */
  readonly lines?: readonly { readonly box: Box; readonly baseline?: number }[];
}

/**
 * Where on a page a block belongs. Headers and footers are what repeats from page to page, page numbers with them. What is
 * unseen is said of the page or the document, and is not on it: titles of the outline, tooltips; no text that is read has it.
 */
export type Layer = "body" | "header" | "footer" | "note" | "margin" | "unseen";

interface BlockFacts {
  /** Unique in the document, stable from run to run: "p3b7". */
  readonly id: string;
  /** `body` if not given. */
  readonly layer?: Layer;
  readonly frames?: readonly Frame[];
  readonly anchor?: Anchor;
  /** 0 to 100, of what OCR read: the mean of its words. */
  readonly confidence?: number;
}

/** What is translated in one piece, and what became of each of its sentences once it was. */
interface Content {
  readonly content: readonly Inline[];
  /** As its text looks where no span says otherwise, if the file says how: face, size, colour. */
  readonly look?: TextStyle;
  /** Of a source only what is translated already: it is left as it is. */
  readonly segments?: readonly Segment[];
  /**
   * Of a text that the file has once and shows at several places: the id of the leaf that stands first of these, its own for
   * that one. It is translated once, and has its segments there; the others say the same.
   */
  readonly sameAs?: string;
}

export type HeadingLevel = 1 | 2 | 3 | 4 | 5 | 6;

export type Heading = BlockFacts & Content & { readonly kind: "heading"; readonly level: HeadingLevel };
/** A title or a description of what stands beside it is a caption. */
export type Paragraph = BlockFacts & Content & { readonly kind: "paragraph" | "caption" };
/** A picture, with the words that stand for it. */
export type Figure = BlockFacts & Content & { readonly kind: "figure" };
export type List = BlockFacts & { readonly kind: "list"; readonly items: readonly ListItem[] };
export type Table = BlockFacts & { readonly kind: "table"; readonly rows: readonly (readonly Cell[])[] };
export type Quote = BlockFacts & { readonly kind: "quote"; readonly blocks: readonly Block[] };
/** Kept as it is, line breaks with it. */
export type Verbatim = BlockFacts & { readonly kind: "code" | "formula"; readonly text: string; readonly language?: string };
/** A line between what is above and what is below. */
export type Divider = BlockFacts & { readonly kind: "rule" };

/** What is translated by itself. All others are made of these, or are kept. */
export type Leaf = Heading | Paragraph | Figure;
export type Block = Leaf | List | Table | Quote | Verbatim | Divider;

export interface ListItem {
  /** As it stands there: "7.", "a)", "•". */
  readonly mark: string;
  /** Of a task. */
  readonly checked?: boolean;
  readonly blocks: readonly Block[];
}

/** An empty cell has no blocks. */
export interface Cell {
  readonly blocks: readonly Block[];
  /** 1 if not given. */
  readonly rowSpan?: number;
  readonly columnSpan?: number;
  readonly header?: boolean;
  readonly align?: "left" | "center" | "right";
  readonly frame?: Frame;
}

/** What is drawn on a page and is no text. */
export interface Graphic {
  readonly kind: "image" | "rule" | "area";
  readonly box: Box;
  /** "#rrggbb". */
  readonly color?: string;
}

export interface PageGeometry {
  /** What is looked at, in points after rotation: the origin is its top left. */
  readonly width: number;
  readonly height: number;
  /** As the file has it. */
  readonly rotation: QuarterTurn;
  /** How its text was come by. */
  readonly reading: "text layer" | "ocr" | "both";
  /** Of the picture that OCR read. */
  readonly pixelsPerPoint?: number;
  /**
   * How far the lines fall to the right on what is looked at, in degrees: everything else that is said of the page is said
   * of it turned back by that about its middle.
   */
  readonly skew?: number;
}

export interface Page {
  /** From 1. */
  readonly number: number;
  /** None for documents without pages, whose pages are only shares of the work. */
  readonly geometry?: PageGeometry;
  /** In reading order. */
  readonly blocks: readonly Block[];
  readonly graphics?: readonly Graphic[];
  /** What a reader of the result should know of it; becomes part of the ledger. */
  readonly remarks: readonly Remark[];
  /** Why it could not be read; it is then a placeholder in the result. */
  readonly failure?: string;
  /** 0 to 100 of the words that OCR read. */
  readonly ocr?: { readonly words: number; readonly confidence: number };
}

/** All leaves of `blocks` in reading order, those of lists, tables and quotes with them. */
export function* leavesOf(blocks: readonly Block[]): Generator<Leaf> {
  for (const block of blocks) {
    switch (block.kind) {
      case "list":
        for (const item of block.items) yield* leavesOf(item.blocks);
        break;
      case "table":
        for (const cell of block.rows.flat()) yield* leavesOf(cell.blocks);
        break;
      case "quote":
        yield* leavesOf(block.blocks);
        break;
      case "heading":
      case "paragraph":
      case "caption":
      case "figure":
        yield block;
    }
  }
}

/** `blocks` with each leaf replaced by what `map` makes of it, wherever it stands. */
export function mapLeaves(blocks: readonly Block[], map: (leaf: Leaf) => Leaf): Block[] {
  return blocks.map((block): Block => {
    switch (block.kind) {
      case "list":
        return { ...block, items: block.items.map((item) => ({ ...item, blocks: mapLeaves(item.blocks, map) })) };
      case "table":
        return { ...block, rows: block.rows.map((row) => row.map((cell) => ({ ...cell, blocks: mapLeaves(cell.blocks, map) }))) };
      case "quote":
        return { ...block, blocks: mapLeaves(block.blocks, map) };
      case "heading":
      case "paragraph":
      case "caption":
      case "figure":
        return map(block);
      default:
        return block;
    }
  });
}

/** What a reader sees of `content`; breaks are line ends. */
export function plainText(content: readonly Inline[]): string {
  return content
    .map((inline) => {
      if (inline.kind === "span") return plainText(inline.content);
      return inline.kind === "atom" && inline.as === "break" ? inline.text || "\n" : inline.text;
    })
    .join("");
}
