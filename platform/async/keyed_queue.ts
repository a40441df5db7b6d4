/** Work on different keys side by side, on one key in turn. */
export class KeyedQueue {
  readonly #limit: number;
  readonly #last = new Map<string, Promise<void>>();
  readonly #running = new Set<Promise<void>>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Starts `work` when its turn comes; resolves once less than the limit is under way. `work` must not throw. */
  async add(key: string, work: () => Promise<void>): Promise<void> {
    const done = (this.#last.get(key) ?? Promise.resolve()).then(work);
    this.#last.set(key, done);
    this.#running.add(done);
    void done.then(() => {
      this.#running.delete(done);
      if (this.#last.get(key) === done) this.#last.delete(key);
    });
    while (this.#running.size >= this.#limit) await Promise.race(this.#running);
  }

  /** Waits until nothing is under way. */
  async finish(): Promise<void> {
    await Promise.all(this.#running);
  }
}
