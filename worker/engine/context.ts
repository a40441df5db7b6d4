import type { OpenDocument } from "./formats/format.ts";
import type { Office } from "./ports/office.ts";
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
  /** Pages that were scanned askew or turned come back level and upright; else as they were scanned. */
  readonly straighten?: boolean;
  /** It is opened for pictures of its pages alone, however many it has. */
  readonly isLookedAt?: boolean;
  /** What of it is translated; the usual if not given. */
  readonly selection?: Selection;
  /** Where an office suite is installed. */
  readonly office?: Office;
  /** Opens what is attached to a document as one of its own; not given where documents are attached too deeply. Throws EngineError. */
  readonly openAttached?: (file: string, fileName: string) => Promise<OpenDocument>;
}

/** What of a document is translated beside its running text, and which of it is. Each concerns the file types that have it. */
export interface Selection {
  /** Of readers, in office files. */
  readonly comments?: boolean;
  /** Names of sheets: formulas of other files that refer to them no longer find them. */
  readonly sheetNames?: boolean;
  /** Documents that are attached to a mail. */
  readonly attachments?: boolean;
  /** Of files of named texts only those whose path of keys matches one: "menu.*.label", where "*" is one key and "**" any number. */
  readonly keys?: readonly string[];
  /** Of a table of separated values, by their heads or their numbers from 1; all with words if not given. */
  readonly columns?: readonly string[];
  /** Whether a table of separated values begins with the names of its columns; told by its look if not given. */
  readonly header?: boolean;
}
