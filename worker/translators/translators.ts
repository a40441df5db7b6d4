import type { ServedLanguages } from "../../platform/languages.ts";
import type { LanguagePair, Translator } from "../engine/ports/translator.ts";
import type { TranslationOrder } from "./order.ts";

/** What one engine did for a document. */
export interface EngineUse {
  readonly name: string;
  readonly model: string;
  readonly segments: number;
  /** Those that failed too. */
  readonly requests: number;
  readonly charactersBilled: number;
}

/** Something that a reader of the result should know of how it was translated. */
export interface OrderRemark {
  readonly code: "OPTION_IGNORED" | "ENGINE_REPLACED";
  readonly message: string;
}

/** Translates one document, as its order says. Disposing of it ends what it has begun. */
export interface DocumentTranslator extends Translator {
  /** Whether what the document takes is estimated before anything is translated, or instead of it; absent: it is not. */
  readonly estimates?: "first" | "only" | undefined;
  /** So far. */
  uses(): readonly EngineUse[];
  remarks(): readonly OrderRemark[];
}

/** A translation engine as the worker tells of it. */
export interface OfferedEngine extends ServedLanguages {
  readonly model: string;
  /** Options that it can follow. */
  readonly follows: readonly string[];
  readonly billed: boolean;
}

/** All that translates for this worker. */
export interface Translators extends AsyncDisposable {
  /** What is served now. */
  pairs(): Promise<readonly LanguagePair[]>;
  /** The same by engine, the worker's own first. Who has no such method has one engine, which jobs cannot name. */
  engines?(): Promise<readonly OfferedEngine[]>;
  /** Throws DragomanError: TRANSLATION_ENGINE_UNKNOWN. */
  open(order: TranslationOrder): Promise<DocumentTranslator>;
}
