/** What a worker goes through, each once and in this order. */
export type WorkerState =
  /** Takes invitations while it has a session and anything to offer, and runs what it was granted. */
  | "TAKING"
  /** Was told to stop: takes nothing more, and goes on with what it holds for as long as it is given. */
  | "DRAINING"
  /** That time is over: what still runs is stopped and handed back, for others to begin. */
  | "RELEASING"
  /** Holds nothing, or was not heard in time: its session ends and is not opened again. */
  | "CLOSED";

/** Which of its states a worker has come to. */
export class Lifecycle {
  readonly #entered: Readonly<Record<WorkerState, AbortController>> = {
    TAKING: new AbortController(),
    DRAINING: new AbortController(),
    RELEASING: new AbortController(),
    CLOSED: new AbortController(),
  };

  enter(state: WorkerState): void {
    this.#entered[state].abort();
  }

  /** Aborted once the worker has come to `state`. */
  entered(state: WorkerState): AbortSignal {
    return this.#entered[state].signal;
  }
}
