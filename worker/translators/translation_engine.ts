import type { LanguageGroup } from "../../platform/languages.ts";
import type { Tagged } from "../engine/document/segment.ts";
import type { LanguagePair, Translation } from "../engine/ports/translator.ts";
import type { Formality, Term } from "./order.ts";

export type { LanguageGroup };

/** What a translation engine can do, whatever the document. */
export interface EngineTraits {
  /** What it takes as one text. */
  readonly unit: "sentence" | "paragraph";
  /** Most of one request; a batch is cut to fit. `characters` as Unicode counts them, `bytes` of the request's body. */
  readonly limits: { readonly texts: number; readonly characters: number; readonly bytes?: number };
  /** Requests that are sent to it at once. */
  readonly concurrency: number;
  /** Which of an order's wishes it can follow at all; the others are remarked. */
  readonly follows: ReadonlySet<"formality" | "tone" | "domain" | "context" | "instructions" | "glossary" | "examples">;
  /** Terms in its texts are put in by what stands around its driver (`terms/keeping_terms.ts`). */
  readonly keepsTerms?: true;
  /** Whether it is paid for by characters. */
  readonly billed: boolean;
  /** Of an engine with several. */
  readonly model?: string;
}

/** What goes with a batch. */
export interface EngineRequest {
  readonly pair: LanguagePair;
  readonly formality: Formality;
  readonly tone: string;
  readonly domain: string;
  readonly context: string;
  readonly instructions: string;
  /** Of the document, for engines that read it as context. */
  readonly title: string;
  /** Terms that stand in this batch. Engines that follow glossaries keep to them; for the others they are in the texts already, as atoms. */
  readonly terms: readonly Term[];
  /** All of the order's terms and their hash: what an engine that stores glossaries makes one of, once. */
  readonly glossary?: { readonly hash: string; readonly terms: readonly Term[] };
  /** What stands before the batch, and what became of it: not to be translated again. */
  readonly before: readonly Example[];
  /** Near texts of the memory. */
  readonly examples: readonly Example[];
}

export interface Example {
  readonly source: string;
  readonly target: string;
}

export interface EngineAnswer {
  /** One for each text, in order. */
  readonly translations: readonly Translation[];
  /** Characters that the engine billed, by its own word where it gives one. */
  readonly billed: number;
}

/**
 * One translation engine as its driver shows it: one request is one call, and nothing is tried again here. `translate` throws
 * DragomanError, of which only retryable ones are tried again: TRANSLATOR_UNAVAILABLE (`retryAfterMs` where the engine says),
 * TRANSLATOR_QUOTA_EXCEEDED, TRANSLATOR_REFUSED (its key, or its configuration), UNSUPPORTED_LANGUAGE_PAIR,
 * REQUEST_TOO_LARGE (the batch is halved); or `signal`'s reason. No message holds a key, an address' query or a word of the texts.
 */
export interface TranslationEngine extends AsyncDisposable {
  /** As the deployment calls it. */
  readonly name: string;
  readonly traits: EngineTraits;
  /** Characters that it would bill for `batch`; those of its texts if not given. */
  readonly billable?: (batch: readonly Tagged[]) => number;
  /** What it serves now. Throws as `translate` does. */
  languages(signal: AbortSignal): Promise<readonly LanguageGroup[]>;
  translate(batch: readonly Tagged[], request: EngineRequest, signal: AbortSignal): Promise<EngineAnswer>;
}
