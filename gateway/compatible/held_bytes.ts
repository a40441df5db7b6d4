import { DragomanError } from "../../platform/errors.ts";

/** Memory for what came with requests whose key is not known yet, because it comes in their bodies: so much for all of them together. */
export class HeldBytes {
  readonly #limit: number;
  #held = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** For one request; what it took is free again when it is disposed. */
  hold(): Hold {
    let taken = 0;
    return {
      take: (bytes) => {
        if (this.#held + bytes > this.#limit)
          throw DragomanError.of("OVERLOADED", "Too much came at once before the keys that it came with.", { retryAfterMs: 2_000 });
        this.#held += bytes;
        taken += bytes;
      },
      [Symbol.dispose]: () => {
        this.#held -= taken;
        taken = 0;
      },
    };
  }
}

export interface Hold extends Disposable {
  /** Throws OVERLOADED. */
  take(bytes: number): void;
}
