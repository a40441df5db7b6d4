import { LatestMap } from "../../platform/async/latest_map.ts";
import { DragomanError } from "../../platform/errors.ts";
import { servedAs, sourcesOf } from "../../platform/languages.ts";
import type { Logger } from "../../platform/log.ts";
import { baseOf } from "../engine/document/language_code.ts";
import type { Tagged } from "../engine/document/segment.ts";
import type { LanguagePair, Settled, Translation } from "../engine/ports/translator.ts";
import { keyOf } from "../engine/services/translation/memory.ts";
import { Account } from "./account.ts";
import type { DocumentBudget } from "./document_budget.ts";
import { EngineStep } from "./engine_step.ts";
import type { InFlight } from "./in_flight.ts";
import type { DocumentMemory } from "./memory/document_memory.ts";
import type { OpenEngine } from "./open_engine.ts";
import type { TranslationOrder } from "./order.ts";
import type { TermBook } from "./terms/term_book.ts";
import type { Example } from "./translation_engine.ts";
import type { DocumentTranslator, EngineUse, OrderRemark } from "./translators.ts";
import { followed, isDemanded } from "./wishes.ts";

/** More than an engine asks for before it says what became of the first ones. */
const MAX_UNSETTLED = 500;
/** So much of what stands before a text helps to understand it. */
const MAX_BEFORE = 2;
/** Less than a worker that stops has for its release; a memory that is away so long has lost what was to be kept. */
const FLUSH_MS = 4_000;

export interface DocumentParts {
  readonly order: TranslationOrder;
  /** As they are asked. */
  readonly engines: readonly OpenEngine[];
  readonly book: TermBook;
  readonly memory: DocumentMemory;
  readonly budget: DocumentBudget;
  readonly inFlight: InFlight;
  readonly log: Logger;
}

interface Given {
  readonly step: EngineStep;
  readonly translation: Translation;
  /** Why no engine before did it. */
  readonly reasons: readonly string[];
}

/** Asks the engines of one document's order, each for what the ones before could not translate. */
export class OrderTranslator implements DocumentTranslator {
  readonly #parts: DocumentParts;
  readonly #account = new Account();
  /** That were asked for. */
  readonly #pairs = new Map<string, LanguagePair>();
  readonly #steps = new Map<string, EngineStep>();
  readonly #unsettled = new LatestMap<string, Given>(MAX_UNSETTLED);
  #before: readonly Example[] = [];

  constructor(parts: DocumentParts) {
    this.#parts = parts;
  }

  uses(): readonly EngineUse[] {
    return this.#account.uses;
  }

  remarks(): readonly OrderRemark[] {
    return [...this.#account.remarks, ...this.#unusedGlossaries()];
  }

  /** Those to the order's target. */
  async pairs(): Promise<readonly LanguagePair[]> {
    const { target } = this.#parts.order;
    const served = await Promise.all(
      this.#parts.engines.map(async (engine) => {
        const groups = await engine.languages();
        // A detector tells languages, not their varieties.
        const sources = sourcesOf(target, groups).flatMap((source) => [source, baseOf(source)]);
        return sources.filter((source) => servedAs({ source, target }, groups));
      }),
    );
    return [...new Set(served.flat())].map((source) => ({ source, target }));
  }

  /** As the first engine takes it that serves `pair`. */
  async unitOf(pair: LanguagePair): Promise<"sentence" | "paragraph"> {
    for (const engine of this.#parts.engines) if (servedAs(pair, await engine.languages())) return engine.traits.unit;
    return "sentence";
  }

  get estimates(): "first" | "only" | undefined {
    const { order, engines } = this.#parts;
    if (order.isDryRun) return "only";
    const isLimited = order.isBudgeted || order.maxCharacters !== undefined;
    return isLimited && engines.some(({ traits }) => traits.billed) ? "first" : undefined;
  }

  async estimate(batch: readonly Tagged[], pair: LanguagePair, signal: AbortSignal): Promise<readonly Translation[]> {
    const [step] = await this.#stepsOf(pair);
    if (!step) throw unserved(pair);
    this.#notePair(pair);
    const { engine } = step;
    const { answers, characters } = await step.estimate(batch, signal);
    if (this.estimates === "only") {
      const use = { name: engine.name, model: engine.traits.model ?? "" };
      this.#account.add({ ...use, segments: answers.filter(isByEngine).length, charactersBilled: characters });
      step.noteIgnored(this.#account);
    } else this.#parts.budget.estimate(engine.name, characters);
    return answers;
  }

  async translate(
    batch: readonly Tagged[],
    pair: LanguagePair,
    signal: AbortSignal,
    refused: readonly string[] = [],
  ): Promise<readonly Translation[]> {
    this.#notePair(pair);
    if (this.#parts.order.isDryRun) return this.estimate(batch, pair, signal);
    await this.#parts.budget.check(signal);
    const steps = await this.#stepsOf(pair);
    const allowed = steps.filter(({ engine }) => !refused.includes(engine.name));
    if (allowed.length === 0 && refused.length > 0)
      return batch.map(() => ({ kind: "failed", why: "no other translation engine is named" }));
    const answers = batch.map((unit) => this.#known(unit, pair, allowed));
    const absent = this.#parts.engines.slice(0, this.#parts.engines.indexOf(steps[0]?.engine as OpenEngine));
    const reasons = [
      ...absent.map(({ name }) => `${name} does not serve ${pair.source}→${pair.target} as asked`),
      ...refused.map((name) => `what ${name} gave was not good enough`),
    ];
    let fault: DragomanError | undefined;
    for (const step of allowed) {
      const open = batch.map((unit, index) => ({ unit, index })).filter(({ index }) => answers[index]?.translation.kind !== "translated");
      if (open.length === 0) break;
      const asked = await step.ask(
        open.map(({ unit }) => unit),
        this.#before,
        signal,
      );
      if (asked.fault?.code === "BUDGET_EXCEEDED") throw asked.fault;
      for (const [at, { index }] of open.entries()) {
        const translation = asked.answers[at];
        if (translation) answers[index] = { step, translation, reasons: [...reasons] };
      }
      fault = asked.fault ? worse(fault, asked.fault) : fault;
      reasons.push(asked.fault ? `${step.engine.name} did not answer (${asked.fault.code})` : `${step.engine.name} could not translate it`);
    }
    this.#note(batch, pair, answers);
    return answers.map((answer) => {
      if (!answer) throw fault ?? unserved(pair);
      return answer.translation;
    });
  }

  settle(settled: readonly Settled[]): void {
    for (const { unit, pair, verdict } of settled) {
      const key = keyOf(unit, pair);
      const given = this.#unsettled.get(key);
      this.#unsettled.delete(key);
      if (!given || verdict === "failed") continue;
      this.#count(given);
      if (verdict === "ok") given.step.keep(unit, given.translation);
    }
  }

  #notePair(pair: LanguagePair): void {
    this.#pairs.set(`${pair.source} ${pair.target}`, pair);
  }

  /** What the document is in may be known only when it is read. */
  #unusedGlossaries(): OrderRemark[] {
    if (this.#pairs.size === 0) return [];
    return this.#parts.book.unused([...this.#pairs.values()]).map(({ name, pair }) => ({
      code: "OPTION_IGNORED",
      message: `The glossary ${name} is of ${pair?.source}→${pair?.target}, and nothing of the document was translated so.`,
    }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#parts.memory.flush(AbortSignal.timeout(FLUSH_MS)), this.#parts.budget.settle(this.#parts.log)]);
  }

  /** What was given already and not heard of since: who asks again because another text of the same question failed pays once. */
  #known(unit: Tagged, pair: LanguagePair, allowed: readonly EngineStep[]): Given | undefined {
    const given = this.#unsettled.get(keyOf(unit, pair));
    return given?.translation.kind === "translated" && allowed.includes(given.step) ? given : undefined;
  }

  /** What is used of an engine's, be it that the memory had it of that engine. */
  #count({ step, translation, reasons }: Given): void {
    const { engine } = step;
    if (translation.kind === "failed" || translation.by?.engine !== engine.name) return;
    if (isByEngine(translation)) this.#account.add({ name: engine.name, model: engine.traits.model ?? "", segments: 1 });
    step.noteIgnored(this.#account);
    if (engine !== this.#parts.engines[0]) this.#account.replaced(engine.name, 1, reasons);
  }

  #note(batch: readonly Tagged[], pair: LanguagePair, answers: readonly (Given | undefined)[]): void {
    for (const [index, unit] of batch.entries()) {
      const given = answers[index];
      if (!given) continue;
      this.#unsettled.set(keyOf(unit, pair), given);
      const { translation } = given;
      if (translation.kind === "translated")
        this.#before = [...this.#before, { source: unit.text, target: translation.target.text }].slice(-MAX_BEFORE);
    }
  }

  /** Of the order's engines those that serve `pair` as the order demands. Throws OPTION_UNSUPPORTED, UNSUPPORTED_LANGUAGE_PAIR. */
  async #stepsOf(pair: LanguagePair): Promise<readonly EngineStep[]> {
    const { engines, order } = this.#parts;
    const steps: EngineStep[] = [];
    let isServed = false;
    for (const engine of engines) {
      const served = servedAs(pair, await engine.languages());
      if (!served) continue;
      isServed = true;
      const ways = followed(order, engine.traits, served);
      if (isDemanded(order) && ways.ignored.includes("formality")) continue;
      const name = [engine.name, pair.source, pair.target].join(" ");
      const step = this.#steps.get(name) ?? new EngineStep({ ...this.#parts, account: this.#account, engine, pair, served, ...ways });
      this.#steps.set(name, step);
      steps.push(step);
    }
    if (steps.length > 0) return steps;
    if (!isServed) throw unserved(pair);
    throw DragomanError.of("OPTION_UNSUPPORTED", `No translation engine of this job has a formality in ${pair.source}→${pair.target}.`);
  }
}

function unserved({ source, target }: LanguagePair): DragomanError {
  return DragomanError.of("UNSUPPORTED_LANGUAGE_PAIR", `No translation engine of this job serves ${source}→${target}.`);
}

/** What may pass is tried again with the whole job. */
function worse(one: DragomanError | undefined, other: DragomanError): DragomanError {
  return one?.detail.retryable ? one : other;
}

/** What the memory has is nobody's work now. */
function isByEngine(answer: Translation | undefined): boolean {
  return answer?.kind === "translated" && answer.by?.from === "engine";
}
