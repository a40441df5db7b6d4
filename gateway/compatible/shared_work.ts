/** A result that nobody could be given waits so long for whoever asks again. */
const KEPT_MS = 60_000;
const MAX_KEPT = 50;

/**
 * Work that goes on for whoever asks for the same meanwhile, or again after giving up on it: clients with a short timeout send what they
 * have sent before, and would else pay for it twice.
 */
export class SharedWork<T> {
  readonly #running = new Map<string, Promise<T>>();
  /** Of what is over and was given to nobody, the oldest first. */
  readonly #kept = new Map<string, Promise<T>>();
  readonly #keptMs: number;

  constructor(keptMs = KEPT_MS) {
    this.#keptMs = keptMs;
  }

  get size(): number {
    return this.#running.size + this.#kept.size;
  }

  /** The result of `work`, or of the same work that goes on already. Throws what it throws. */
  async share(key: string, work: () => Promise<T>, asker: AbortSignal): Promise<T> {
    const promise = this.#running.get(key) ?? this.#kept.get(key) ?? this.#begin(key, work);
    try {
      return await promise;
    } finally {
      if (!asker.aborted) this.#forget(key, promise);
    }
  }

  #begin(key: string, work: () => Promise<T>): Promise<T> {
    const promise = work();
    this.#running.set(key, promise);
    promise.then(
      () => this.#keep(key, promise),
      () => this.#forget(key, promise),
    );
    return promise;
  }

  /** Who awaits it forgets it in the same turn. */
  #keep(key: string, promise: Promise<T>): void {
    this.#running.delete(key);
    this.#kept.set(key, promise);
    setTimeout(() => this.#forget(key, promise), this.#keptMs).unref();
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MAX_KEPT) return;
      this.#kept.delete(oldest);
    }
  }

  #forget(key: string, promise: Promise<T>): void {
    for (const works of [this.#running, this.#kept]) if (works.get(key) === promise) works.delete(key);
  }
}
