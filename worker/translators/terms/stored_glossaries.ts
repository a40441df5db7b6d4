import type { WorkerService } from "../../../gen/dragoman/v1/worker_service_pb.ts";
import { LatestMap } from "../../../platform/async/latest_map.ts";
import { DragomanError } from "../../../platform/errors.ts";
import type { GrpcClient } from "../../../platform/grpc/client.ts";
import type { Term, TranslationOrder } from "../order.ts";
import { bookOf } from "./book_of.ts";
import type { TermBook, TermSource } from "./term_book.ts";

/** Each of them may hold ten thousand terms, which take 18 MB with what finds them. */
const MAX_KEPT = 6;
/** More pages than a glossary has; each gives some of its terms. */
const MAX_PAGES = 1_000;

type Fetch = GrpcClient<typeof WorkerService>["getGlossaryTerms"];

/** Glossaries as the orchestrator has them. What was fetched is kept for other documents: a version never changes. */
export class StoredGlossaries {
  readonly #fetch: Fetch;
  readonly #apiKey: string;
  readonly #kept = new LatestMap<string, Promise<TermSource>>(MAX_KEPT);

  /** `apiKey`: a worker's. */
  constructor(fetch: Fetch, apiKey: string) {
    this.#fetch = fetch;
    this.#apiKey = apiKey;
  }

  /** All that the document of `order` is held to. Throws GLOSSARY_NOT_FOUND; UNAVAILABLE and what else a call throws. */
  async bookOf(order: Pick<TranslationOrder, "tenantId" | "glossaries" | "terms" | "doNotTranslate">): Promise<TermBook> {
    return bookOf(order, await Promise.all(order.glossaries.map((glossary) => this.#get(order.tenantId, glossary))));
  }

  #get(tenantId: string, glossary: string): Promise<TermSource> {
    const key = `${tenantId} ${glossary}`;
    const kept = this.#kept.get(key);
    if (kept) return kept;
    const fetched = this.#fetchAll(tenantId, glossary);
    this.#kept.set(key, fetched);
    // What failed is asked for again.
    fetched.catch(() => this.#kept.delete(key));
    return fetched;
  }

  async #fetchAll(tenantId: string, glossary: string): Promise<TermSource> {
    const [id = "", version = ""] = glossary.split("@");
    const terms: Term[] = [];
    for (let page = 0; page < MAX_PAGES; page++) {
      const asked = { tenantId, id, version: Number(version), offset: terms.length };
      const answer = await this.#fetch(asked, { authorization: `Bearer ${this.#apiKey}` });
      terms.push(...answer.terms.map(({ source, target, caseSensitive, exact }) => ({ source, target, caseSensitive, exact })));
      const pair = { source: answer.sourceLanguage, target: answer.targetLanguage };
      if (terms.length >= answer.termCount) return { name: glossary, pair, terms };
      if (answer.terms.length === 0) break;
    }
    throw DragomanError.of("UNAVAILABLE", "The orchestrator does not give all terms of a glossary.");
  }
}
