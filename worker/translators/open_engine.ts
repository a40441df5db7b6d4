import { setTimeout as sleep } from "node:timers/promises";
import { DragomanError } from "../../platform/errors.ts";
import { LANGUAGE } from "../../platform/languages.ts";
import type { Logger } from "../../platform/log.ts";
import { charactersIn } from "../engine/document/characters.ts";
import { withoutForeignSigns } from "../engine/document/foreign_signs.ts";
import type { Tagged } from "../engine/document/segment.ts";
import type { Translation } from "../engine/ports/translator.ts";
import { Breaker } from "./breaker.ts";
import { UselessAnswer } from "./http.ts";
import { Limiter, type TakeRate } from "./limited.ts";
import { retried } from "./retried.ts";
import type { EngineAnswer, EngineRequest, EngineTraits, LanguageGroup, TranslationEngine } from "./translation_engine.ts";

const LANGUAGES_MS = 15_000;
/** What an engine serves seldom changes; what is installed beside the worker is looked at more often, and that costs nothing. */
const FRESH_MS = 300_000;
const FRESH_FREE_MS = 5_000;
const AGAIN_MS = 10_000;
/** It was serving them a while ago, and may only be away. */
const STALE_MS = 3600_000;
/** Documents ask for this with every batch, of an engine that may be behind others: one that hangs is not to hold them up. */
const PATIENCE_MS = 1_000;
/** Several times what any engine has; more would be work for all who look for a language. */
const MAX_GROUPS = 300;
const MAX_CODES = 500;

/** What goes with one call of an engine. */
export interface EngineCall {
  readonly request: EngineRequest;
  /** Hears of each request that is sent. */
  readonly onRequest: () => void;
  /** Hears how many characters were billed for an answer of no use. */
  readonly onUseless: (billed: number) => void;
}

/** A translation engine in use, by all documents of this worker: with its patience, limits and languages. */
export class OpenEngine implements AsyncDisposable {
  readonly #driver: TranslationEngine;
  readonly #log: Logger;
  readonly #breaker = new Breaker();
  readonly #limiter: Limiter;
  #groups: readonly LanguageGroup[] = [];
  #seenAt = Number.NEGATIVE_INFINITY;
  #lookAt = Number.NEGATIVE_INFINITY;
  #looking: Promise<readonly LanguageGroup[]> | undefined;
  #lookingSince = 0;

  constructor(driver: TranslationEngine, takeRate: TakeRate, log: Logger) {
    this.#driver = driver;
    this.#limiter = new Limiter(driver.traits.concurrency, takeRate);
    this.#log = log.child({ engine: driver.name });
  }

  get name(): string {
    return this.#driver.name;
  }

  get traits(): EngineTraits {
    return this.#driver.traits;
  }

  /** Characters that it would bill for `batch`. */
  billable(batch: readonly Tagged[]): number {
    return this.#driver.billable?.(batch) ?? charactersIn(batch.map(({ text }) => text));
  }

  /** What it serves now; nothing where that cannot be told. Who looked before waits little, and goes by what was there then. */
  async languages(): Promise<readonly LanguageGroup[]> {
    const now = performance.now();
    if (now < this.#lookAt) return this.#groups;
    if (!this.#looking) {
      this.#lookingSince = now;
      this.#looking = this.#look().finally(() => {
        this.#looking = undefined;
      });
    }
    if (this.#lookAt === Number.NEGATIVE_INFINITY) return this.#looking;
    const patience = new AbortController();
    try {
      const late = sleep(Math.max(0, this.#lookingSince + PATIENCE_MS - now), undefined, { signal: patience.signal });
      await Promise.race([this.#looking, late]);
      return this.#groups;
    } finally {
      patience.abort();
    }
  }

  async #look(): Promise<readonly LanguageGroup[]> {
    try {
      this.#groups = wellFormed(await this.#driver.languages(AbortSignal.timeout(LANGUAGES_MS)));
      this.#seenAt = performance.now();
      this.#lookAt = this.#seenAt + (this.traits.billed ? FRESH_MS : FRESH_FREE_MS);
    } catch (error) {
      this.#log.warn({ err: error }, "a translation engine does not say what it translates");
      this.#lookAt = performance.now() + AGAIN_MS;
      if (performance.now() - this.#seenAt > STALE_MS) this.#groups = [];
    }
    return this.#groups;
  }

  /** Throws DragomanError as engines do, once nothing is left to be tried; `signal`'s reason. */
  async translate(batch: readonly Tagged[], { request, onRequest, onUseless }: EngineCall, signal: AbortSignal): Promise<EngineAnswer> {
    const need = { characters: charactersIn(batch.map(({ text }) => text)) };
    const once = async () => {
      onRequest();
      const answer = await this.#driver.translate(batch, request, signal).catch((error: unknown) => {
        onUseless(uselessIn(error));
        throw error;
      });
      if (answer.translations.length === batch.length) return answer;
      onUseless(answer.billed);
      throw DragomanError.of("TRANSLATOR_UNAVAILABLE", `${this.name} gave ${answer.translations.length} answers to ${batch.length} texts.`);
    };
    const { translations, billed } = await retried(
      () => this.#breaker.through(() => this.#limiter.through(once, need, signal), signal),
      signal,
    );
    return { translations: batch.map((unit, index) => cleaned(unit, translations[index] as Translation)), billed };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#driver[Symbol.asyncDispose]();
  }
}

function cleaned(unit: Tagged, translation: Translation): Translation {
  return translation.kind === "failed" ? translation : { ...translation, target: withoutForeignSigns(unit, translation.target) };
}

function uselessIn(error: unknown): number {
  return error instanceof DragomanError && error.cause instanceof UselessAnswer ? error.cause.billed : 0;
}

/** Without what is no language's code, which nobody can ask for. */
function wellFormed(groups: readonly LanguageGroup[]): LanguageGroup[] {
  const codes = (given: readonly string[]) => [...new Set(given.filter((code) => LANGUAGE.test(code)))].slice(0, MAX_CODES);
  return groups.slice(0, MAX_GROUPS).map((group) => ({ ...group, sources: codes(group.sources), targets: codes(group.targets) }));
}
