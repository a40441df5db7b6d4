import type { DocumentContext } from "../context.ts";
import type { ToRead } from "../formats/format.ts";
import type { PageContent } from "../layout/content.ts";

/** Reads pictures of text. One of these per document: it holds what it learned of it (languages, turns), and its readers. */
export interface Ocr extends AsyncDisposable {
  /**
   * `content` with the words that were read where it had none, in points. What it is not sure of it remarks;
   * a page that it cannot read gets a `failure`.
   * Throws EngineError: TIME_LIMIT, ENGINE_CRASHED; `signal`'s reason. Several pages at once are read side by side.
   */
  complete(content: PageContent, toRead: ToRead, signal: AbortSignal): Promise<PageContent>;
}

export type OpenOcr = (context: DocumentContext) => Ocr;
