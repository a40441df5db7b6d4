import { setTimeout as sleep } from "node:timers/promises";
import type { Granted } from "../gen/dragoman/v1/worker_service_pb.ts";
import { isInEngine } from "../platform/stages.ts";
import { ActiveAttempt, type ActiveAttemptParts, type AttemptAnswer, HEARTBEAT_MS } from "./active_attempt.ts";
import type { WorkerLoad } from "./metrics.ts";

/** What a worker holds leases of: one attempt of a job at most is heard, the newest. */
export class ActiveAttempts {
  readonly #held = new Map<string, ActiveAttempt>();
  readonly #running = new Set<Promise<void>>();

  /** Runs it to its end. */
  run(grant: Granted, parts: ActiveAttemptParts): Promise<void> {
    const { jobId } = grant;
    const attempt = new ActiveAttempt(grant, parts);
    this.#held.set(jobId, attempt);
    const run = attempt.run().finally(() => {
      if (this.#held.get(jobId) === attempt) this.#held.delete(jobId);
      this.#running.delete(run);
    });
    this.#running.add(run);
    return run;
  }

  /** What is said of an attempt that is not held is dropped. */
  receive(answer: AttemptAnswer): void {
    const { jobId, attempt } = answer.value;
    const held = this.#held.get(jobId);
    if (held?.attempt === attempt) held.receive(answer);
  }

  /** Says of all of them how far they are. */
  report(): void {
    for (const attempt of this.#held.values()) attempt.report();
  }

  /** Keeps their leases until `signal` aborts. */
  async beat(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await sleep(HEARTBEAT_MS, undefined, { signal }).catch(() => undefined);
      for (const attempt of this.#held.values()) attempt.beat();
    }
  }

  /** Hands all of them back. */
  release(): void {
    for (const attempt of this.#held.values()) attempt.stop("RELEASED");
  }

  /** Waits until all have ended, but no longer than `timeoutMs`. */
  async settled(timeoutMs: number): Promise<void> {
    await Promise.race([Promise.allSettled(this.#running), sleep(timeoutMs, undefined, { ref: false })]);
  }

  load(): Omit<WorkerLoad, "slots"> {
    const progress = [...this.#held.values()].map((attempt) => attempt.progress);
    const children = progress.filter(({ stage }) => isInEngine(stage));
    return {
      held: progress.length,
      children: children.length,
      childMemoryBytes: children.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0),
    };
  }
}
