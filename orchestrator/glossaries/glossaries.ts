import type { Term } from "../../gen/dragoman/v1/job_pb.ts";
import { DragomanError } from "../../platform/errors.ts";
import { newId } from "../jobs/id.ts";
import type { GlossaryStore, StoredGlossary, StoredVersion } from "../store/glossary_store.ts";
import type { Store } from "../store/store.ts";
import { areSame } from "./change.ts";
import { packed, unpacked } from "./packed_terms.ts";
import type { TermsOfFile } from "./terms_file.ts";

/** Of one tenant. */
const MAX_GLOSSARIES = 200;
/** Of one glossary: jobs that wait keep to the one that they were made with. */
const MAX_VERSIONS = 20;
/** A change is made again on what another one made meanwhile. */
const TRIES = 5;

export interface NewGlossary {
  readonly tenantId: string;
  readonly name: string;
  readonly sourceLanguage: string;
  readonly targetLanguage: string;
}

/** What a glossary becomes; `name` where it gets another. */
export interface NextVersion extends TermsOfFile {
  readonly name?: string;
}

/** The glossaries that tenants keep, each with its last versions. Throws what the store throws. */
export class Glossaries {
  readonly #store: GlossaryStore & Pick<Store, "clock">;

  constructor(store: GlossaryStore & Pick<Store, "clock">) {
    this.#store = store;
  }

  list(tenantId: string): Promise<StoredGlossary[]> {
    return this.#store.glossaries(tenantId);
  }

  /** Throws GLOSSARY_NOT_FOUND. */
  async get(tenantId: string, id: string): Promise<StoredGlossary> {
    const glossary = await this.#store.glossary(tenantId, id);
    if (!glossary) throw notFound();
    return glossary;
  }

  /** Of one of its versions; 0 for the newest. Throws GLOSSARY_NOT_FOUND. */
  async terms(tenantId: string, id: string, version: number): Promise<{ readonly glossary: StoredGlossary; readonly terms: Term[] }> {
    const glossary = await this.get(tenantId, id);
    const bytes = await this.#store.glossaryTerms(tenantId, id, version || newestOf(glossary).version);
    if (!bytes) throw notFound("The glossary has no such version.");
    return { glossary, terms: await unpacked(bytes) };
  }

  /** Throws INVALID_REQUEST, TOO_MANY_GLOSSARIES. */
  async create(glossary: NewGlossary, { terms, skipped }: TermsOfFile): Promise<StoredGlossary> {
    const createdAt = this.#store.clock.now();
    const first = { version: 1, termCount: terms.length, createdAt, conceptsSkipped: skipped };
    const made: StoredGlossary = { ...glossary, id: newId(glossary.tenantId), createdAt, versions: [first] };
    const outcome = await this.#store.saveGlossary({ glossary: made, terms: await packed(terms), most: MAX_GLOSSARIES });
    if (outcome === "full") throw DragomanError.of("TOO_MANY_GLOSSARIES", `There are ${MAX_GLOSSARIES} glossaries already.`);
    if (outcome === "changed") throw conflict();
    return made;
  }

  /**
   * Makes of the newest version, which is `expected` unless that is 0, what `next` makes of it; the glossary as it is where that is
   * the same. Throws GLOSSARY_NOT_FOUND, INVALID_REQUEST, PRECONDITION_FAILED, CONFLICT.
   */
  async change(
    { tenantId, id, expected }: { readonly tenantId: string; readonly id: string; readonly expected: number },
    next: (terms: readonly Term[], glossary: StoredGlossary) => NextVersion,
  ): Promise<StoredGlossary> {
    for (let tries = 0; tries < TRIES; tries++) {
      const glossary = await this.get(tenantId, id);
      const { version } = newestOf(glossary);
      if (expected !== 0 && expected !== version)
        throw DragomanError.of("PRECONDITION_FAILED", `The glossary's newest version is ${version}.`);
      const bytes = await this.#store.glossaryTerms(tenantId, id, version);
      // Somebody was quicker, or deleted it.
      if (!bytes) continue;
      const terms = await unpacked(bytes);
      const { terms: changed, skipped, name = glossary.name } = next(terms, glossary);
      if (name === glossary.name && areSame(changed, terms)) return glossary;
      const newest = { version: version + 1, termCount: changed.length, createdAt: this.#store.clock.now(), conceptsSkipped: skipped };
      const made = { ...glossary, name, versions: [newest, ...glossary.versions].slice(0, MAX_VERSIONS) };
      if ((await this.#store.saveGlossary({ glossary: made, terms: await packed(changed), most: MAX_GLOSSARIES })) === "saved") return made;
    }
    throw conflict();
  }

  /** Throws GLOSSARY_NOT_FOUND. */
  async remove(tenantId: string, id: string): Promise<void> {
    if (!(await this.#store.removeGlossary(tenantId, id))) throw notFound();
  }
}

export function newestOf({ versions }: Pick<StoredGlossary, "versions">): StoredVersion {
  const [newest] = versions;
  if (!newest) throw new Error("A glossary has no version.");
  return newest;
}

function notFound(message = "There is no such glossary."): DragomanError {
  return DragomanError.of("GLOSSARY_NOT_FOUND", message);
}

function conflict(): DragomanError {
  return DragomanError.of("CONFLICT", "The glossary was changed meanwhile.");
}
