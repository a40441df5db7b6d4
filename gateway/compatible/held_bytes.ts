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
    let isOver = false;
    return {
      take: (bytes) => {
        if (isOver) throw DragomanError.of("REQUEST_TIMEOUT", "The request was given up.");
        if (this.#held + bytes > this.#limit)
          throw DragomanError.of("OVERLOADED", "Too much came at once before the keys that it came with.", { retryAfterMs: 2_000 });
        this.#held += bytes;
        taken += bytes;
      },
      [Symbol.dispose]: () => {
        if (!isOver) this.#held -= taken;
        isOver = true;
      },
    };
  }
}

export interface Hold extends Disposable {
  /** Throws OVERLOADED, and REQUEST_TIMEOUT once it is disposed. */
  take(bytes: number): void;
}
