import type { Timed } from "./stopwatch.ts";

/** What every step of one document works with. */
export interface DocumentContext {
  /** The only folder that can be written to. */
  readonly folder: string;
  /** Ends all work on the document. */
  readonly signal: AbortSignal;
  /** Times a step for the trace. */
  readonly time: Timed;
  /** ISO 639-1; empty to detect it. */
  readonly sourceLanguage: string;
  readonly targetLanguage: string;
  /** What an encrypted document opens with. */
  readonly password?: string;
}
