import { asDragomanError } from "../../platform/errors.ts";
import type { Logger } from "../../platform/log.ts";

/** Runs one step at a time: when kicked, and every `intervalMs`. A failed step is logged and comes round again. */
export class Loop implements AsyncDisposable {
  readonly #step: () => Promise<void>;
  readonly #intervalMs: number;
  readonly #name: string;
  readonly #log: Logger;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #again = false;
  #closed = false;

  constructor(name: string, intervalMs: number, step: () => Promise<void>, log: Logger) {
    this.#name = name;
    this.#intervalMs = intervalMs;
    this.#step = step;
    this.#log = log;
    this.#timer = setTimeout(() => this.kick(), intervalMs);
  }

  /** Runs the step soon; once more if it runs already. */
  kick(): void {
    if (this.#closed) return;
    if (this.#running) {
      this.#again = true;
      return;
    }
    clearTimeout(this.#timer);
    this.#running = this.#run();
  }

  async #run(): Promise<void> {
    do {
      this.#again = false;
      try {
        await this.#step();
      } catch (error) {
        this.#log.error({ err: asDragomanError(error), loop: this.#name }, "step failed");
        this.#again = false;
      }
    } while (this.#again && !this.#closed);
    this.#running = undefined;
    if (!this.#closed) this.#timer = setTimeout(() => this.kick(), this.#intervalMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#running;
  }
}
