import { DragomanError } from "../../platform/errors.ts";
import type { LanguageGroup } from "../../platform/languages.ts";
import type { Logger } from "../../platform/log.ts";
import type { LanguagePair } from "../engine/ports/translator.ts";
import type { Allowances } from "./allowances.ts";
import { DocumentBudget } from "./document_budget.ts";
import { OrderTranslator } from "./document_translator.ts";
import { InFlight } from "./in_flight.ts";
import type { TakeRate } from "./limited.ts";
import { type DocumentMemory, NO_MEMORY } from "./memory/document_memory.ts";
import { OpenEngine } from "./open_engine.ts";
import type { TranslationOrder } from "./order.ts";
import { bookOf } from "./terms/book_of.ts";
import { keepingTerms } from "./terms/keeping_terms.ts";
import type { TermBook } from "./terms/term_book.ts";
import type { TranslationEngine } from "./translation_engine.ts";
import type { Translators } from "./translators.ts";

/** What is told pair by pair, to orchestrators that know no engines. */
const MAX_PAIRS = 1_000;

export interface TranslatorsParts {
  /** The first one is the deployment's own. */
  readonly engines: readonly TranslationEngine[];
  /** All that a document is held to; what its order itself says if not given. */
  readonly termsOf?: (order: TranslationOrder) => Promise<TermBook>;
  /** What a document's memory is; none if not given. */
  readonly memoryOf?: (order: TranslationOrder, book: TermBook) => Promise<DocumentMemory>;
  /** Rates and budgets; none if not given. */
  readonly allowances?: Allowances;
  readonly log: Logger;
}

/** Every translation engine of this worker, behind what all documents share. */
export function openTranslators({ engines, termsOf, memoryOf, allowances, log }: TranslatorsParts): Translators {
  const rateOf = (name: string): TakeRate => {
    return async ({ characters }, signal) => allowances?.takeRate(name, characters, signal);
  };
  const open = new Map(engines.map((driver) => [driver.name, new OpenEngine(keepingTerms(driver), rateOf(driver.name), log)]));
  const inFlight = new InFlight();
  const named = (name: string): OpenEngine => {
    const engine = name === "" ? [...open.values()][0] : open.get(name);
    if (!engine) throw DragomanError.of("TRANSLATION_ENGINE_UNKNOWN", `This worker has no translation engine ${JSON.stringify(name)}.`);
    return engine;
  };
  return {
    async pairs() {
      const groups = (await Promise.all([...open.values()].map((engine) => engine.languages()))).flat();
      const pairs = new Map<string, LanguagePair>();
      for (const { source, target } of pairsOf(groups)) {
        if (pairs.size === MAX_PAIRS) break;
        if (source !== target) pairs.set(`${source} ${target}`, { source, target });
      }
      return [...pairs.values()];
    },
    async engines() {
      return Promise.all(
        [...open.values()].map(async (engine) => {
          const { model = "", follows, billed } = engine.traits;
          const options = [...follows].filter((each) => each !== "glossary" && each !== "examples");
          return { name: engine.name, model, groups: await engine.languages(), follows: options, billed };
        }),
      );
    },
    async open(order) {
      const wanted = [...new Set((order.engines.length > 0 ? order.engines : [""]).map(named))];
      const book = (await termsOf?.(order)) ?? bookOf(order, []);
      const memory = (order.memory === "none" ? undefined : await memoryOf?.(order, book)) ?? NO_MEMORY;
      const budget = new DocumentBudget(allowances, order);
      return new OrderTranslator({ order, engines: wanted, book, memory, budget, inFlight, log: log.child({ jobId: order.jobId }) });
    },
    async [Symbol.asyncDispose]() {
      for (const engine of open.values()) await engine[Symbol.asyncDispose]();
    },
  };
}

function* pairsOf(groups: readonly LanguageGroup[]): Generator<LanguagePair> {
  for (const { sources, targets } of groups) for (const source of sources) for (const target of targets) yield { source, target };
}
