import type { Box, QuarterTurn } from "../document/geometry.ts";
import type { Layer, PageGeometry, TextStyle } from "../document/model.ts";
import type { Remark } from "../document/remarks.ts";

/** A word, or a piece of one in another style, where it stands. All figures in points of the page as it is looked at. */
export interface Word {
  readonly text: string;
  readonly box: Box;
  /** The y of the line that its letters stand on; for turned words the x of it. */
  readonly baseline: number;
  /** Of its type. */
  readonly size: number;
  readonly style: TextStyle;
  /** Which way its letters run: 90 is top to bottom. Words at other angles are not among these: they are remarked. */
  readonly turn: QuarterTurn;
  /** 0 to 100; 100 for words of a text layer. */
  readonly confidence: number;
  /** It follows the word before it without a space. */
  readonly joined?: boolean;
  /** The address of the link that it lies on. */
  readonly link?: string;
  /** Where Tesseract put it: the same numbers, the same block, paragraph, line. Rules and white space overrule it. */
  readonly ocr?: { readonly block: number; readonly paragraph: number; readonly line: number };
  /** Where it is known before the layout (form values, annotations, running heads found by repetition). */
  readonly layer?: Layer;
  /** It is not to be translated: signs of mathematics, by its font, or what someone filled into a form. */
  readonly atom?: "formula" | "field";
  /** For the format's writer. */
  readonly anchor?: unknown;
}

/** A straight line that is drawn: level if it is wider than high. */
export interface Rule {
  readonly box: Box;
}

/** A rectangle that is filled or framed: a cell, a box, a coloured ground. */
export interface Area {
  readonly box: Box;
  /** "#rrggbb", where it is filled. */
  readonly fill?: string;
  readonly framed: boolean;
}

/** What stands on a page, whoever read it, before it is laid out. */
export interface PageContent {
  /** From 1. */
  readonly number: number;
  readonly geometry: PageGeometry;
  /** In the order that the file or OCR gives them. */
  readonly words: readonly Word[];
  readonly rules: readonly Rule[];
  readonly areas: readonly Area[];
  /** Pictures, and what OCR found to be no text. */
  readonly images: readonly Box[];
  /** What is said of the page or the document and is not on it, each with what its format finds it by. */
  readonly unseen?: readonly { readonly text: string; readonly anchor: unknown }[];
  readonly remarks: readonly Remark[];
  readonly ocr?: { readonly words: number; readonly confidence: number };
  /** Why it could not be read, in words for people. */
  readonly failure?: string;
}
