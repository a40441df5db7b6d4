import type { Selection } from "../../context.ts";
import type { Layer } from "../../document/model.ts";
import type { Sections } from "../sectioned.ts";
import { ListMarks } from "./lists.ts";
import type { Styles } from "./styles.ts";

/** What a part is read with. */
export interface Reading {
  /** Its name in the package; empty for a file of one part. */
  readonly part: string;
  readonly source: string;
  readonly styles: Styles;
  readonly lists: ListMarks;
  readonly sections: Sections;
  readonly selection: Selection;
  /** What formulas look for in cells, in lower case. */
  readonly sought: ReadonlySet<string>;
  readonly left: Left;
  /** Its tables are what a chart draws. */
  readonly chart: boolean;
  readonly layer?: Layer;
}

/** What of a document stays as it is, counted. */
export interface Left {
  comments: number;
  deletions: number;
  objects: number;
  messages: number;
  /** Cells whose text formulas look for. */
  sought: number;
  /** Words on the controls of forms. */
  labels: number;
  /** Cells that the file says once and repeats, beyond those that are shown. */
  unshown: number;
}

export function readingOf(given: Omit<Reading, "lists">): Reading {
  return { ...given, lists: new ListMarks(given.styles) };
}
