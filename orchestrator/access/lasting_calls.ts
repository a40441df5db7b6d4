import { Loop } from "../../platform/async/loop.ts";
import { asDragomanError, type DragomanError } from "../../platform/errors.ts";
import type { Logger } from "../../platform/log.ts";
import type { Callers } from "./callers.ts";

/** How long a call goes on whose key was taken back. */
const LOOK_EVERY_MS = 500;

/** A call that goes on after it was authenticated: a watch, a download, a worker's session. */
interface LastingCall {
  /** The `authorization` it began with. */
  readonly authorization: string;
  /** Ends it. */
  readonly refuse: (error: DragomanError) => void;
}

/** Ends calls whose key was taken back or has expired since they began. While the store does not answer they go on. */
export class LastingCalls implements AsyncDisposable {
  readonly #callers: Pick<Callers, "of">;
  /** By authorization, so that a key is looked up once however many calls it has. */
  readonly #calls = new Map<string, Set<LastingCall>>();
  readonly #loop: Loop;

  constructor(callers: Pick<Callers, "of">, log: Logger) {
    this.#callers = callers;
    this.#loop = new Loop("keys of lasting calls", LOOK_EVERY_MS, () => this.#look(), log);
  }

  /** Watches over a call until what it gives is disposed of. */
  hold(call: LastingCall): Disposable {
    const { authorization } = call;
    const calls = this.#calls.get(authorization) ?? new Set();
    this.#calls.set(authorization, calls.add(call));
    return {
      [Symbol.dispose]: () => {
        calls.delete(call);
        if (calls.size === 0 && this.#calls.get(authorization) === calls) this.#calls.delete(authorization);
      },
    };
  }

  async #look(): Promise<void> {
    await Promise.all([...this.#calls.values()].map((calls) => this.#lookAt(calls)));
  }

  async #lookAt(calls: ReadonlySet<LastingCall>): Promise<void> {
    const [first] = calls;
    if (!first) return;
    try {
      await this.#callers.of(first.authorization);
    } catch (thrown) {
      const error = asDragomanError(thrown);
      if (error.code !== "UNAUTHENTICATED") throw error;
      for (const call of [...calls]) call.refuse(error);
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#loop[Symbol.asyncDispose]();
  }
}
