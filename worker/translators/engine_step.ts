import { asDragomanError, type DragomanError } from "../../platform/errors.ts";
import type { Served } from "../../platform/languages.ts";
import type { Tagged } from "../engine/document/segment.ts";
import type { LanguagePair, Translation } from "../engine/ports/translator.ts";
import { keyOf } from "../engine/services/translation/memory.ts";
import type { Account } from "./account.ts";
import type { DocumentParts } from "./document_translator.ts";
import { Gathered } from "./gathered.ts";
import type { Keyed } from "./in_flight.ts";
import type { MemoryScope, Remembered } from "./memory/document_memory.ts";
import type { OpenEngine } from "./open_engine.ts";
import type { PreparedUnit } from "./terms/prepared.ts";
import type { EngineRequest, Example } from "./translation_engine.ts";
import type { Followed } from "./wishes.ts";

export interface StepParts extends DocumentParts, Followed {
  readonly account: Account;
  readonly engine: OpenEngine;
  /** As the document has it. */
  readonly pair: LanguagePair;
  readonly served: Served;
}

export interface Answers {
  /** One for each text; undefined where there is none, which `fault` tells of. */
  readonly answers: readonly (Translation | undefined)[];
  readonly fault: DragomanError | undefined;
}

/** A text on its way to the engine. */
interface Sent extends Keyed {
  readonly unit: Tagged;
  readonly prepared: PreparedUnit;
  readonly remembered: Remembered | undefined;
  /** What stands before the question that it is of. */
  readonly before: readonly Example[];
  readonly signal: AbortSignal;
}

/** What the engine made of a text, or what was wrong with the request. */
interface Answered {
  readonly translation?: Translation;
  readonly fault?: DragomanError;
}

/** One engine's part in one document, in one pair of languages: the memory, then the terms, then the engine itself. */
export class EngineStep {
  readonly #parts: StepParts;
  readonly #scope: MemoryScope;
  readonly #isNative: boolean;
  readonly #way: string;
  readonly #gathered: Gathered<Sent, Answered>;

  constructor(parts: StepParts) {
    const { engine, pair, served, wishes, book, order } = parts;
    const model = engine.traits.model ?? "";
    this.#parts = parts;
    this.#scope = { pair, engine: engine.name, model };
    this.#isNative = engine.traits.keepsTerms || (engine.traits.follows.has("glossary") && served.group.glossary);
    this.#way = JSON.stringify([order.tenantId, engine.name, model, book.hash, Object.entries(wishes)]);
    this.#gathered = new Gathered(engine.traits, (batch) => this.#send(batch));
  }

  get engine(): OpenEngine {
    return this.#parts.engine;
  }

  /** Notes what of the order it could not follow, once it did some of the work. */
  noteIgnored(account: Account): void {
    const { engine, ignored, pair, served } = this.#parts;
    account.ignored(engine.name, ignored);
    if (!served.exact) account.inexact(engine.name, pair.target, served.pair.target);
  }

  /** What would become of `units`, each as it is, or as the memory has it; and how many characters would be billed. */
  async estimate(units: readonly Tagged[], signal: AbortSignal): Promise<{ answers: Translation[]; characters: number }> {
    const texts = await this.#prepared(units, [], signal);
    const open = texts.filter(({ remembered, prepared }) => !remembered?.translation && !prepared.isAllTerms);
    const answers = texts.map((text, index): Translation => {
      const known = rememberedOf(text);
      if (known) return known;
      const terms = { found: text.prepared.terms.length, missed: [] };
      return { kind: "translated", target: units[index] as Tagged, unknown: [], by: { engine: this.engine.name, from: "engine" }, terms };
    });
    return { answers, characters: this.engine.traits.billed ? this.#billable(open) : 0 };
  }

  async #prepared(units: readonly Tagged[], before: readonly Example[], signal: AbortSignal): Promise<Sent[]> {
    const { memory, book, pair } = this.#parts;
    const remembered = await memory.recall(units, this.#scope, signal);
    return units.map((unit, index) => {
      const prepared = book.prepare(unit, pair, this.#isNative);
      const key = this.#way + keyOf(prepared.unit, pair);
      return { unit: prepared.unit, prepared, remembered: remembered[index], key, before, signal };
    });
  }

  /** Throws `signal`'s reason alone. */
  async ask(units: readonly Tagged[], before: readonly Example[], signal: AbortSignal): Promise<Answers> {
    const { inFlight } = this.#parts;
    const texts = await this.#prepared(units, before, signal);
    const open = texts.filter(({ remembered, prepared }) => !remembered?.translation && !prepared.isAllTerms);
    let fault: DragomanError | undefined;
    const send = async (own: readonly Sent[]) => {
      const answers = await this.#gathered.ask(own);
      fault ??= answers.find((answer) => answer.fault)?.fault;
      return answers.map(({ translation }) => translation);
    };
    const shared = await inFlight.share(open, send, signal);
    const given = new Map(open.map((text, index) => [text, shared[index]]));
    const answers = texts.map((text) => rememberedOf(text) ?? this.#restored(text, given.get(text) ?? withoutEngine(text)));
    return { answers, fault: answers.includes(undefined) ? fault : undefined };
  }

  /** It was right. */
  keep(unit: Tagged, translation: Translation): void {
    if (translation.kind === "translated" && translation.by?.from === "engine")
      this.#parts.memory.keep([{ unit, translation }], this.#scope);
  }

  #restored({ prepared, remembered }: Sent, answer: Translation | undefined): Translation | undefined {
    if (!answer) return undefined;
    const by = { engine: this.engine.name, from: "engine" } as const;
    const restored = prepared.restored(answer);
    const { similarity } = remembered ?? {};
    return { ...restored, by, ...(restored.kind === "translated" && similarity !== undefined && { similarity }) };
  }

  /** Of what is too much at once each half is asked for alone; what one gave is paid for, and stays if the other fails. Throws the signal's reason alone. */
  async #send(batch: readonly Sent[]): Promise<readonly Answered[]> {
    try {
      const translations = await this.#call(batch);
      return translations.map((translation) => ({ translation }));
    } catch (error) {
      batch[0]?.signal.throwIfAborted();
      const fault = asDragomanError(error);
      const isTooLarge = fault.code === "REQUEST_TOO_LARGE";
      if (isTooLarge && batch.length === 1) return [{ translation: { kind: "failed", why: `it is too long for ${this.engine.name}` } }];
      if (isTooLarge) {
        const middle = Math.ceil(batch.length / 2);
        const first = await this.#send(batch.slice(0, middle));
        const isDown = first.find((answer) => answer.fault);
        return [...first, ...(isDown ? batch.slice(middle).map(() => isDown) : await this.#send(batch.slice(middle)))];
      }
      this.#parts.log.warn({ err: error, engine: this.engine.name }, "a translation engine did not translate");
      return batch.map(() => ({ fault }));
    }
  }

  async #call(batch: readonly Sent[]): Promise<readonly Translation[]> {
    const { account, budget } = this.#parts;
    const { engine, model } = this.#scope;
    // All are of one document; what stands before the first of them stands before the others too.
    const { signal, before } = batch[0] as Sent;
    const { billed: isBilled } = this.engine.traits;
    const units = batch.map(({ unit }) => unit);
    const reserved = isBilled ? this.#billable(batch) : 0;
    if (isBilled) await budget.reserve(engine, reserved, signal);
    const correct = (characters: number) => isBilled && budget.correct(engine, characters);
    const count = (billed: number) => {
      account.add({ name: engine, model, charactersBilled: billed });
      correct(billed);
    };
    const onRequest = () => account.add({ name: engine, model, requests: 1 });
    const call = { request: this.#request(batch, before), onRequest, onUseless: (billed: number) => isBilled && count(billed) };
    try {
      const { translations, billed } = await this.engine.translate(units, call, signal);
      count(billed);
      correct(-reserved);
      return translations;
    } catch (error) {
      // Of a request that was given up nobody knows whether it is billed.
      if (!signal.aborted) correct(-reserved);
      throw error;
    }
  }

  #billable(texts: readonly Sent[]): number {
    return this.engine.billable(texts.map(({ unit }) => unit));
  }

  #request(batch: readonly Sent[], before: readonly Example[]): EngineRequest {
    const { wishes, book, order, pair, served, engine } = this.#parts;
    const glossary = book.of(pair);
    const terms = new Map(batch.flatMap(({ prepared }) => prepared.terms.map((term) => [term.source, term])));
    const examples = new Map(batch.flatMap(({ remembered }) => (remembered?.examples ?? []).map((example) => [example.source, example])));
    return {
      ...wishes,
      pair: served.pair,
      title: order.fileName,
      terms: [...terms.values()],
      ...(this.#isNative && glossary.terms.length > 0 && { glossary }),
      before: engine.traits.follows.has("context") ? before : [],
      examples: engine.traits.follows.has("examples") ? [...examples.values()] : [],
    };
  }
}

/** Of what is nothing but terms, which have their translations already. */
function withoutEngine({ prepared, unit }: Sent): Translation | undefined {
  return prepared.isAllTerms ? { kind: "translated", target: unit, unknown: [] } : undefined;
}

/** As the memory has it, held to the same terms. */
function rememberedOf({ remembered, prepared }: Sent): Translation | undefined {
  return remembered?.translation && prepared.checked(remembered.translation);
}
