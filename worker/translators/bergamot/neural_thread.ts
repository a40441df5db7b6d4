import { Worker } from "node:worker_threads";
import { DragomanError } from "../../../platform/errors.ts";
import type { Tagged } from "../../engine/document/segment.ts";
import type { Translation } from "../../engine/ports/translator.ts";
import type { ModelFiles } from "./models.ts";
import type { Answer, Question } from "./thread.ts";

/** Loading two models, and a batch of long sentences, on a busy machine. */
const DEADLINE_MS = 120_000;

interface Open {
  readonly thread: Worker;
  readonly resolve: (translations: readonly Translation[]) => void;
  readonly reject: (error: unknown) => void;
}

/** The thread that neural models run in: begun with the first question, and anew with the next one when it has ended. */
export class NeuralThread implements AsyncDisposable {
  readonly #engine: string;
  readonly #deadlineMs: number;
  readonly #open = new Map<number, Open>();
  #thread: Worker | undefined;
  #lastId = 0;
  #closed = false;

  constructor(engine: string, deadlineMs = DEADLINE_MS) {
    this.#engine = engine;
    this.#deadlineMs = deadlineMs;
  }

  /**
   * One answer for each of `units`. What `signal` ends is still computed, and thrown away. Throws TRANSLATOR_UNAVAILABLE where the
   * thread ended or takes too long, which ends it; UNSUPPORTED_LANGUAGE_PAIR for files that are no models; `signal`'s reason.
   */
  async translate(route: readonly ModelFiles[], units: readonly Tagged[], signal: AbortSignal): Promise<readonly Translation[]> {
    signal.throwIfAborted();
    if (this.#closed) throw this.#unavailable("was ended");
    const { promise, resolve, reject } = Promise.withResolvers<readonly Translation[]>();
    const id = ++this.#lastId;
    const thread = this.#begun();
    this.#open.set(id, { thread, resolve, reject });
    thread.postMessage({ id, route, units } satisfies Question);
    const late = setTimeout(() => {
      reject(this.#unavailable(`did not answer within ${this.#deadlineMs / 1000} s`));
      this.#drop(thread);
    }, this.#deadlineMs);
    const leave = () => reject(signal.reason);
    signal.addEventListener("abort", leave, { once: true });
    try {
      return await promise;
    } finally {
      clearTimeout(late);
      signal.removeEventListener("abort", leave);
      this.#open.delete(id);
    }
  }

  #begun(): Worker {
    if (this.#thread) return this.#thread;
    const thread = new Worker(new URL("./thread.ts", import.meta.url), {
      name: "bergamot",
      env: {},
      // Of the process' own only what runs TypeScript is needed.
      execArgv: ["--disable-warning=ExperimentalWarning"],
    });
    thread.unref();
    thread.on("message", (answer: Answer) => this.#take(answer, thread));
    // It ends by this, and what an error says may be a document's words.
    thread.on("error", () => undefined);
    thread.on("exit", () => {
      this.#drop(thread);
      for (const open of this.#open.values()) if (open.thread === thread) open.reject(this.#unavailable("ended"));
    });
    this.#thread = thread;
    return thread;
  }

  #take(answer: Answer, thread: Worker): void {
    const open = this.#open.get(answer.id);
    if (answer.kind === "translated") return open?.resolve(answer.translations);
    this.#drop(thread);
    open?.reject(
      DragomanError.of("UNSUPPORTED_LANGUAGE_PAIR", `The translation engine ${this.#engine} cannot read its models of this pair.`),
    );
  }

  /** The next question begins another. */
  #drop(thread: Worker): void {
    if (this.#thread === thread) this.#thread = undefined;
    void thread.terminate();
  }

  #unavailable(what: string): DragomanError {
    return DragomanError.of("TRANSLATOR_UNAVAILABLE", `The translation engine ${this.#engine} ${what}.`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await this.#thread?.terminate();
  }
}
