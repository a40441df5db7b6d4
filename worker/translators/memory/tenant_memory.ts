import { setTimeout as sleep } from "node:timers/promises";
import type { WorkerService } from "../../../gen/dragoman/v1/worker_service_pb.ts";
import { aborted } from "../../../platform/async/aborted.ts";
import { LatestMap } from "../../../platform/async/latest_map.ts";
import { asDragomanError } from "../../../platform/errors.ts";
import type { GrpcClient } from "../../../platform/grpc/client.ts";
import type { Logger } from "../../../platform/log.ts";
import { inCalls, isRememberable, MEMORY_CALL } from "../../../platform/memory_calls.ts";
import type { Tagged } from "../../engine/document/segment.ts";
import type { Translation } from "../../engine/ports/translator.ts";
import type { TranslationOrder } from "../order.ts";
import type { TermBook } from "../terms/term_book.ts";
import { circumstances, contextOf, rememberedOf, toTaggedText, translated, type UnitInit } from "./contract.ts";
import type { DocumentMemory, MemoryScope, Remembered } from "./document_memory.ts";

const RECALL_MS = 3_000;
/** Long enough for an orchestrator to be replaced by another. */
const AWAY_MS = 5_000;
/** What is kept waits so long for more. */
const GATHER_MS = 300;
const AGAIN_MS = 250;
/** More than an orchestrator that is away leaves to be sent when it comes back. */
const MAX_PENDING = 5_000;
/** Texts whose neighbours are known. */
const MAX_CONTEXTS = 5_000;
const NOTHING: Remembered = { examples: [] };

export interface MemoryParts {
  readonly orchestrator: Pick<GrpcClient<typeof WorkerService>, "recallUnits" | "keepUnits">;
  /** A worker's key. */
  readonly apiKey: string;
  readonly log: Logger;
}

interface Pending {
  readonly source: Tagged;
  readonly target: Tagged;
  readonly unit: UnitInit;
}

/**
 * The memory of an order's tenant, which is the orchestrators'. What is kept is gathered and sent on by itself; while none of them
 * answers it waits, and nothing is asked for.
 */
export class TenantMemory implements DocumentMemory {
  readonly #parts: MemoryParts;
  readonly #order: TranslationOrder;
  readonly #book: TermBook;
  readonly #contexts = new LatestMap<string, string>(MAX_CONTEXTS);
  #last = "";
  #awayUntil = 0;
  #hasWarned = false;
  #pending: Pending[] = [];
  #lost = 0;
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;

  constructor(parts: MemoryParts, order: TranslationOrder, book: TermBook) {
    this.#parts = parts;
    this.#order = order;
    this.#book = book;
  }

  async recall(units: readonly Tagged[], scope: MemoryScope, signal: AbortSignal): Promise<readonly Remembered[]> {
    this.#noteContexts(units);
    const common = this.#circumstances(scope);
    const remembered = new Map<Tagged, Remembered>();
    for (const call of inCalls(units.filter(isRememberable), (unit) => [unit])) {
      const found = await this.#recall(
        call.map((unit) => ({ ...common, source: toTaggedText(unit), context: this.#contexts.get(unit.text) ?? "" })),
        signal,
      );
      for (const [index, unit] of call.entries()) remembered.set(unit, found[index] ?? NOTHING);
    }
    return units.map((unit) => remembered.get(unit) ?? NOTHING);
  }

  keep(kept: readonly { readonly unit: Tagged; readonly translation: Translation }[], scope: MemoryScope): void {
    if (this.#order.memory !== "update" || this.#order.isDryRun) return;
    const common = { ...this.#circumstances(scope), jobId: this.#order.jobId };
    for (const { unit: source, translation } of kept) {
      if (translation.kind === "failed" || !isRememberable(source) || !isRememberable(translation.target)) continue;
      const context = this.#contexts.get(source.text) ?? "";
      const unit = { ...common, source: toTaggedText(source), context, ...translated(translation) };
      this.#pending.push({ source, target: translation.target, unit });
    }
    this.#lost += this.#pending.splice(0, Math.max(0, this.#pending.length - MAX_PENDING)).length;
    if (this.#pending.length > 0) this.#timer ??= setTimeout(() => void this.#send(), GATHER_MS);
  }

  async flush(signal: AbortSignal): Promise<void> {
    while (this.#pending.length > 0 && !signal.aborted) {
      await aborted(this.#send(), signal).catch(() => undefined);
      if (this.#pending.length > 0) await sleep(AGAIN_MS, undefined, { signal }).catch(() => undefined);
    }
    clearTimeout(this.#timer);
    this.#lost += this.#pending.splice(0).length;
    if (this.#lost > 0) this.#parts.log.warn({ units: this.#lost }, "translations were not remembered");
    this.#lost = 0;
  }

  #circumstances(scope: MemoryScope): UnitInit {
    return circumstances(this.#order, scope, this.#book.of(scope.pair).hash);
  }

  /** Of a text that is asked for again, of another engine or alone, its first neighbours count. */
  #noteContexts(units: readonly Tagged[]): void {
    for (const [index, { text }] of units.entries()) {
      const before = units[index - 1]?.text ?? this.#last;
      if (this.#contexts.get(text) === undefined) this.#contexts.set(text, contextOf(before, units[index + 1]?.text ?? ""));
    }
    this.#last = units.at(-1)?.text ?? this.#last;
  }

  /** Nothing, while no orchestrator answers. Throws `signal`'s reason alone. */
  async #recall(units: readonly UnitInit[], signal: AbortSignal): Promise<Remembered[]> {
    if (performance.now() < this.#awayUntil) return [];
    const { orchestrator, apiKey } = this.#parts;
    const options = { authorization: `Bearer ${apiKey}`, signal: AbortSignal.any([signal, AbortSignal.timeout(RECALL_MS)]) };
    try {
      const { tenantId, jobId } = this.#order;
      const answer = await orchestrator.recallUnits({ tenantId, units: [...units] }, options);
      return answer.units.map((unit) => rememberedOf(unit, jobId));
    } catch (error) {
      signal.throwIfAborted();
      this.#note(error);
      return [];
    }
  }

  /** One after the other; until one fails, which is tried again later if it may then be taken. */
  #send(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined;
    });
    return this.#sending;
  }

  async #sendAll(): Promise<void> {
    const { orchestrator, apiKey } = this.#parts;
    for (;;) {
      const [call] = inCalls(this.#pending.slice(0, MEMORY_CALL.units), ({ source, target }) => [source, target]);
      if (!call) return;
      try {
        const units = call.map(({ unit }) => unit);
        await orchestrator.keepUnits({ tenantId: this.#order.tenantId, units }, { authorization: `Bearer ${apiKey}` });
      } catch (error) {
        this.#note(error);
        if (asDragomanError(error).detail.retryable) {
          this.#timer ??= setTimeout(() => void this.#send(), AWAY_MS);
          return;
        }
        this.#lost += call.length;
      }
      const sent = new Set(call);
      this.#pending = this.#pending.filter((each) => !sent.has(each));
    }
  }

  #note(error: unknown): void {
    const { code } = asDragomanError(error);
    if (code !== "INVALID_REQUEST") this.#awayUntil = performance.now() + AWAY_MS;
    if (!this.#hasWarned) this.#parts.log.warn({ err: code }, "the memory of translations does not answer as it should");
    this.#hasWarned = true;
  }
}
