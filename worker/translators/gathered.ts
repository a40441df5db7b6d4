import type { Tagged } from "../engine/document/segment.ts";
import { cut } from "./batches.ts";
import type { EngineTraits } from "./translation_engine.ts";

interface Waiting<T, R> {
  readonly unit: Tagged;
  readonly text: T;
  readonly resolve: (answer: R) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Texts that are asked for at one moment, or while all of an engine's requests are under way, go together: each request is as
 * full as the engine takes it, whatever the questions' sizes. Nothing waits while there is room for another request.
 */
export class Gathered<T extends { readonly unit: Tagged }, R> {
  readonly #traits: Pick<EngineTraits, "limits" | "concurrency">;
  readonly #send: (batch: readonly T[]) => Promise<readonly R[]>;
  readonly #waiting: Waiting<T, R>[] = [];
  #open = 0;

  /** `send` gives one answer for each text, in order. */
  constructor(traits: Pick<EngineTraits, "limits" | "concurrency">, send: (batch: readonly T[]) => Promise<readonly R[]>) {
    this.#traits = traits;
    this.#send = send;
  }

  /** One answer for each of `texts`, in order. Throws what `send` throws for any of them. */
  ask(texts: readonly T[]): Promise<R[]> {
    // What else comes in this turn of the loop goes along.
    setImmediate(() => this.#fill("any"));
    return Promise.all(
      texts.map((text) => {
        const { promise, resolve, reject } = Promise.withResolvers<R>();
        this.#waiting.push({ unit: text.unit, text, resolve, reject });
        return promise;
      }),
    );
  }

  /** `full`: requests that nothing more goes into, and no others. */
  #fill(which: "full" | "any"): void {
    const { limits, concurrency } = this.#traits;
    while (this.#open < concurrency && this.#waiting.length > 0) {
      const [first = [], next] = cut(this.#waiting.slice(0, limits.texts), limits);
      if (which === "full" && !next && first.length < limits.texts) return;
      void this.#sent(this.#waiting.splice(0, first.length));
    }
  }

  async #sent(batch: readonly Waiting<T, R>[]): Promise<void> {
    this.#open += 1;
    try {
      const answers = await this.#send(batch.map(({ text }) => text));
      for (const [index, { resolve }] of batch.entries()) resolve(answers[index] as R);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      this.#open -= 1;
      // Before anything is done with the answers; what is asked for next because of them goes along with the rest.
      this.#fill("full");
      setImmediate(() => this.#fill("any"));
    }
  }
}
