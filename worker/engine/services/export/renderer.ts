import type { Page } from "../../document/model.ts";
import type { Remark } from "../../document/remarks.ts";

/** What a result can be asked to have. */
export type OutputFormat = "MARKDOWN" | "TEXT" | "JSON" | "PDF" | "DOCUMENT" | "BILINGUAL" | "XLIFF";

/** One file of a result. */
export interface Output {
  readonly format: OutputFormat | "PREVIEW" | "SOURCE_PREVIEW" | "SOURCE_PDF";
  /** Of a preview, from 1; else 0. */
  readonly page: number;
  /** Of a PREVIEW, which page of the source it translates. */
  readonly sourcePage?: number;
  /** It is the same file as that of this format, which stands before it. */
  readonly sameAs?: OutputFormat;
  readonly mediaType: string;
  readonly fileName: string;
}

/** Makes one file of the translated pages, which it is given in order, one at a time. */
export interface Renderer {
  page(page: Page): Promise<void> | void;
  /** Writes what is left. What could not be shown is remarked. */
  finish(): Promise<readonly Remark[]>;
}

/** What stands in the result for a page that could not be read. */
export function placeholder(page: Page): string {
  return `[Page ${page.number} could not be read: ${page.failure}]`;
}
