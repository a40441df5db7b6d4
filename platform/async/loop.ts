import { setImmediate as turn } from "node:timers/promises";
import { asDragomanError } from "../errors.ts";
import type { Logger } from "../log.ts";

const FAILED_WAIT_MS = 1_000;

/** Runs one step at a time: when kicked, and every `intervalMs`. A step that fails comes round again; only the first of a row of failures is logged. */
export class Loop implements AsyncDisposable {
  readonly #step: () => Promise<void>;
  readonly #intervalMs: number;
  readonly #name: string;
  readonly #log: Logger;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #again = false;
  #closed = false;
  #failing = false;

  constructor(name: string, intervalMs: number, step: () => Promise<void>, log: Logger) {
    this.#name = name;
    this.#intervalMs = intervalMs;
    this.#step = step;
    this.#log = log;
    this.#timer = setTimeout(() => this.#start(), intervalMs);
  }

  /** Runs the step soon, once more if it runs already; but in its own time while it fails. */
  kick(): void {
    if (this.#closed || this.#failing) return;
    if (this.#running) {
      this.#again = true;
      return;
    }
    this.#start();
  }

  #start(): void {
    clearTimeout(this.#timer);
    this.#running = this.#run();
  }

  async #run(): Promise<void> {
    do {
      this.#again = false;
      try {
        await this.#step();
        if (this.#failing) this.#log.info({ loop: this.#name }, "the step works again");
        this.#failing = false;
      } catch (error) {
        if (!this.#failing) this.#log.error({ err: asDragomanError(error), loop: this.#name }, "the step fails");
        this.#failing = true;
        this.#again = false;
      }
      // A store in the process answers without a turn of the event loop: whoever else has something to do goes before the next step.
      if (this.#again) await turn();
    } while (this.#again && !this.#closed);
    this.#running = undefined;
    const waitMs = this.#failing ? Math.max(FAILED_WAIT_MS, this.#intervalMs) : this.#intervalMs;
    if (!this.#closed) this.#timer = setTimeout(() => this.#start(), waitMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#running;
  }
}
