import type { Tagged } from "../../engine/document/segment.ts";
import type { LanguagePair, Translation } from "../../engine/ports/translator.ts";
import type { Example } from "../translation_engine.ts";

/** Whose translations are good: those of the same engine and model. Terms, formality and the rest of an order are the memory's own affair. */
export interface MemoryScope {
  readonly pair: LanguagePair;
  /** Empty for a person, whose translations are good for every engine and order. */
  readonly engine: string;
  readonly model: string;
}

/** What the memory has of one text. */
export interface Remembered {
  /** Of the same text. */
  readonly translation?: Translation;
  /** Of nearly the same texts, the nearest first. */
  readonly examples: readonly Example[];
  /** Of the nearest one that is not the document's own, 0 to 1. */
  readonly similarity?: number;
}

/** The tenant's memory of translations, as one document uses it. A memory that is away remembers nothing, and fails no document. */
export interface DocumentMemory {
  /** One for each of `units`, which follow each other in the document. */
  recall(units: readonly Tagged[], scope: MemoryScope, signal: AbortSignal): Promise<readonly Remembered[]>;
  /** To be remembered; what was right alone is given here. */
  keep(translated: readonly { readonly unit: Tagged; readonly translation: Translation }[], scope: MemoryScope): void;
  /** Resolves when all that was kept is stored, or cannot be. */
  flush(signal: AbortSignal): Promise<void>;
}

export const NO_MEMORY: DocumentMemory = {
  recall: async (units) => units.map(() => ({ examples: [] })),
  keep: () => undefined,
  flush: async () => undefined,
};
