import type { Cell, HeadingLevel, Inline, Layer } from "../../document/model.ts";
import type { Remark } from "../../document/remarks.ts";
import type { LeafAnchor } from "./anchors.ts";

/** Blocks of a page while it is read, before they have their numbers. */
export type Draft =
  | DraftLeaf
  | DraftList
  | DraftTable
  | { readonly kind: "quote"; readonly blocks: Draft[] }
  | { readonly kind: "code"; readonly text: string }
  | { readonly kind: "rule" }
  | { readonly kind: "remark"; readonly remark: Omit<Remark, "page"> };

export type DraftLeaf = (
  | { readonly kind: "heading"; readonly level: HeadingLevel }
  | { readonly kind: "paragraph" | "caption" }
  | { readonly kind: "figure" }
) & { readonly layer?: Layer; readonly content: Inline[]; readonly anchor: LeafAnchor };

export interface DraftList {
  readonly kind: "list";
  readonly items: { readonly mark: string; readonly blocks: Draft[] }[];
  /** How the next item is marked. */
  readonly numbering: Numbering | undefined;
}

export interface Numbering {
  readonly style: string;
  readonly step: 1 | -1;
  next: number;
}

export interface DraftTable {
  readonly kind: "table";
  readonly captions: Draft[];
  readonly rows: DraftCell[][];
  /** It only places what stands in its cells, as pages of old do. */
  isLayout: boolean;
}

export type DraftCell = Omit<Cell, "blocks" | "frame"> & { readonly blocks: Draft[] };
