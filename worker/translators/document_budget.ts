import { asDragomanError } from "../../platform/errors.ts";
import type { Logger } from "../../platform/log.ts";
import { type Allowances, overBudget } from "./allowances.ts";
import type { TranslationOrder } from "./order.ts";

const LAST_CALL_MS = 3_000;

/** What one document may be billed, and is. What was reserved and not billed is given back with the next reservation. */
export class DocumentBudget {
  readonly #allowances: Allowances | undefined;
  readonly #order: TranslationOrder;
  readonly #estimated = new Map<string, number>();
  readonly #owed = new Map<string, number>();
  #checked: Promise<unknown> = Promise.resolve();

  /** Without allowances nothing is limited. */
  constructor(allowances: Allowances | undefined, order: TranslationOrder) {
    this.#allowances = allowances;
    this.#order = order;
  }

  /** So much more will be needed. Throws BUDGET_EXCEEDED where that is more than the job may be billed. */
  estimate(engine: string, characters: number): void {
    const { maxCharacters = Number.POSITIVE_INFINITY } = this.#order;
    this.#estimated.set(engine, (this.#estimated.get(engine) ?? 0) + characters);
    const all = [...this.#estimated.values()].reduce((sum, each) => sum + each, 0);
    if (all > maxCharacters) throw overBudget(`the ${maxCharacters} characters of the job`);
  }

  /** Looks whether there is room for all that was estimated; whoever asks meanwhile waits for it too. Throws what `reserve` does. */
  async check(signal: AbortSignal): Promise<void> {
    const estimated = [...this.#estimated].filter(([, ahead]) => ahead > 0);
    this.#estimated.clear();
    const looked = estimated.map(([engine, ahead]) => this.#look(engine, ahead, signal));
    if (looked.length > 0) this.#checked = Promise.all(looked);
    await this.#checked;
  }

  /** Where an engine has no room for all of it, the next one of the order takes the rest. */
  async #look(engine: string, ahead: number, signal: AbortSignal): Promise<void> {
    try {
      await this.#reserve(engine, 0, ahead, signal);
    } catch (error) {
      if (asDragomanError(error).code !== "TRANSLATOR_QUOTA_EXCEEDED" || this.#order.engines.length < 2) throw error;
    }
  }

  /** Throws BUDGET_EXCEEDED, TRANSLATOR_QUOTA_EXCEEDED, UNAVAILABLE; `signal`'s reason. */
  async reserve(engine: string, characters: number, signal: AbortSignal): Promise<void> {
    const owed = this.#owed.get(engine) ?? 0;
    this.#owed.set(engine, 0);
    try {
      await this.#reserve(engine, characters + owed, 0, signal);
    } catch (error) {
      this.correct(engine, owed);
      throw error;
    }
  }

  /** So many more, or fewer, were billed than were reserved. */
  correct(engine: string, characters: number): void {
    this.#owed.set(engine, (this.#owed.get(engine) ?? 0) + characters);
  }

  /** Gives back what was not needed. What cannot be given back now is taken for billed: better too little is spent than too much. */
  async settle(log: Logger): Promise<void> {
    for (const [engine, owed] of this.#owed) {
      if (owed === 0) continue;
      await this.#reserve(engine, owed, 0, AbortSignal.timeout(LAST_CALL_MS)).catch((err: unknown) =>
        log.warn({ err, engine, characters: owed }, "what was reserved of a budget and not billed is not given back"),
      );
    }
    this.#owed.clear();
  }

  async #reserve(engine: string, characters: number, ahead: number, signal: AbortSignal): Promise<void> {
    const { tenantId, jobId, maxCharacters } = this.#order;
    if (characters !== 0 || ahead > 0)
      await this.#allowances?.reserve({ tenantId, jobId, engine, characters, ahead, maxCharacters }, signal);
  }
}
