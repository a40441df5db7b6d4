/** What a worker answers beside its jobs: from when it is begun until it is stopped, as often as that comes about. */
export class SideWork implements Disposable {
  readonly #open: () => Promise<Disposable>;
  #going: Promise<Disposable> | undefined;
  #closed = false;

  /** `open`: answers until what it gives is disposed of. */
  constructor(open: () => Promise<Disposable>) {
    this.#open = open;
  }

  /** Throws what `open` does, and may be called again then. */
  async begin(): Promise<void> {
    if (this.#closed) return;
    const going = this.#going ?? this.#open();
    this.#going = going;
    try {
      await going;
    } catch (error) {
      if (this.#going === going) this.#going = undefined;
      throw error;
    }
  }

  /** What is being answered goes on. */
  stop(): void {
    this.#going?.then(
      (open) => open[Symbol.dispose](),
      () => undefined,
    );
    this.#going = undefined;
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    this.stop();
  }
}
