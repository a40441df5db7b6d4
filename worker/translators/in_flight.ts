import { aborted } from "../../platform/async/aborted.ts";
import type { Translation } from "../engine/ports/translator.ts";

/** So many times somebody waits for others, before asking in any case. */
const MAX_TURNS = 2;

/** One text that is to be translated, and what else is the same of it: who shares its translation has the same key. */
export interface Keyed {
  readonly key: string;
}

/** One answer for each text; undefined where there is none. */
type Ask<T> = (texts: readonly T[]) => Promise<readonly (Translation | undefined)[]>;

/** Equal texts that are asked for at the same time are asked for once. */
export class InFlight {
  readonly #asked = new Map<string, Promise<Translation | undefined>>();

  /** One answer for each of `texts`: by `ask`, or by whoever asks for the same already. Throws what `ask` does; `signal`'s reason. */
  async share<T extends Keyed>(texts: readonly T[], ask: Ask<T>, signal: AbortSignal): Promise<(Translation | undefined)[]> {
    const answers = new Map<string, Translation>();
    let left: readonly T[] = unique(texts);
    // Whoever asked for what is left failed, or gave up: one of those who waited asks again for all of them.
    for (let turn = 0; left.length > 0 && turn < MAX_TURNS; turn++) left = await this.#share(left, ask, answers, signal);
    await this.#lead(left, ask, answers);
    return texts.map(({ key }) => answers.get(key));
  }

  /** Gives back what others asked for, and got no answer to. */
  async #share<T extends Keyed>(
    texts: readonly T[],
    ask: Ask<T>,
    answers: Map<string, Translation>,
    signal: AbortSignal,
  ): Promise<readonly T[]> {
    const others = texts.filter(({ key }) => this.#asked.has(key));
    const own = texts.filter(({ key }) => !this.#asked.has(key));
    const given = others.map(async ({ key }) => {
      const answer = await this.#asked.get(key);
      if (answer) answers.set(key, answer);
    });
    await Promise.all([this.#lead(own, ask, answers), aborted(Promise.all(given), signal)]);
    return others.filter(({ key }) => !answers.has(key));
  }

  async #lead<T extends Keyed>(texts: readonly T[], ask: Ask<T>, answers: Map<string, Translation>): Promise<void> {
    if (texts.length === 0) return;
    const { promise, resolve } = Promise.withResolvers<readonly (Translation | undefined)[]>();
    for (const [index, { key }] of texts.entries())
      this.#asked.set(
        key,
        promise.then((given) => given[index]),
      );
    let given: readonly (Translation | undefined)[] = [];
    try {
      given = await ask(texts);
    } finally {
      for (const { key } of texts) this.#asked.delete(key);
      resolve(given);
    }
    for (const [index, { key }] of texts.entries()) {
      const answer = given[index];
      if (answer) answers.set(key, answer);
    }
  }
}

function unique<T extends Keyed>(texts: readonly T[]): T[] {
  return [...new Map(texts.map((text) => [text.key, text])).values()];
}
