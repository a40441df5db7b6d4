import type { Instant } from "../../platform/clock.ts";

/** One version of a glossary; its terms lie beside it. */
export interface StoredVersion {
  readonly version: number;
  readonly termCount: number;
  readonly createdAt: Instant;
  readonly conceptsSkipped: number;
}

export interface StoredGlossary {
  readonly id: string;
  readonly tenantId: string;
  readonly name: string;
  readonly sourceLanguage: string;
  readonly targetLanguage: string;
  readonly createdAt: Instant;
  /** Those that are kept, the newest first; one at least. */
  readonly versions: readonly StoredVersion[];
}

/** The next version of a glossary, or its first. */
export interface GlossaryCommit {
  readonly glossary: StoredGlossary;
  /** Of its newest version. */
  readonly terms: Uint8Array;
  /** How many glossaries the tenant may have with a new one. */
  readonly most: number;
}

/** The glossaries of each tenant. */
export interface GlossaryStore {
  glossary(tenantId: string, id: string): Promise<StoredGlossary | undefined>;
  /** The tenant's, newest first. */
  glossaries(tenantId: string): Promise<StoredGlossary[]>;
  /**
   * `changed` if its newest version is not the one before the given one, or it is there or gone against expectation; `full` if
   * the tenant has as many as it may. Terms of versions that it does not list any more are forgotten.
   */
  saveGlossary(commit: GlossaryCommit): Promise<"saved" | "changed" | "full">;
  /** As they were saved. */
  glossaryTerms(tenantId: string, id: string, version: number): Promise<Uint8Array | undefined>;
  /** False if there is none of this id. */
  removeGlossary(tenantId: string, id: string): Promise<boolean>;
}
