/** A result that nobody could be given waits so long for whoever asks again. */
const KEPT_MS = 60_000;
const MAX_KEPT = 200;

/**
 * Work that goes on for whoever asks for the same meanwhile, or again after giving up on it: clients with a short timeout send what they
 * have sent before, and would else pay for it twice.
 */
export class SharedWork<T> {
  readonly #running = new Map<string, Promise<T>>();
  readonly #keptMs: number;

  constructor(keptMs = KEPT_MS) {
    this.#keptMs = keptMs;
  }

  get size(): number {
    return this.#running.size;
  }

  /** The result of `work`, or of the same work that goes on already. Throws what it throws. */
  async share(key: string, work: () => Promise<T>, asker: AbortSignal): Promise<T> {
    const promise = this.#running.get(key) ?? this.#begin(key, work);
    try {
      return await promise;
    } finally {
      if (!asker.aborted) this.#forget(key, promise);
    }
  }

  #begin(key: string, work: () => Promise<T>): Promise<T> {
    const promise = work();
    this.#running.set(key, promise);
    const keep = () => {
      setTimeout(() => this.#forget(key, promise), this.#keptMs).unref();
      if (this.#running.size > MAX_KEPT) this.#forgetOldest();
    };
    promise.then(keep, () => this.#forget(key, promise));
    return promise;
  }

  /** Who awaits it has it all the same. */
  #forgetOldest(): void {
    for (const oldest of this.#running.keys()) return void this.#running.delete(oldest);
  }

  #forget(key: string, promise: Promise<T>): void {
    if (this.#running.get(key) === promise) this.#running.delete(key);
  }
}
