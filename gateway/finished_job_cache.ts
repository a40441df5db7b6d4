import type { JobState } from "../gen/dragoman/v1/job_pb.ts";
import { isFinal } from "../platform/final.ts";

/** How old an answer may be: so long may a key that was taken back, or a job deleted or corrected through another gateway, still be seen as it was. */
const FRESH_MS = 1_000;
const MAX_BYTES = 16 * 1024 * 1024;

export interface KnownAnswer {
  /** Who it was given to; nobody else may have it. */
  readonly authorization: string;
  readonly body: Buffer;
  readonly version: string;
}

/**
 * REST answers about jobs that have ended, for those who ask again within a second. What is final hardly changes:
 * asking the orchestrator again could only tell that the job was deleted or corrected, or the key taken back.
 */
export class FinishedJobCache {
  /** Oldest first. */
  readonly #answers = new Map<string, KnownAnswer & { readonly until: number }>();
  #bytes = 0;
  #timer: NodeJS.Timeout | undefined;

  /** What is kept, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  find(id: string, authorization: string): KnownAnswer | undefined {
    const answer = this.#answers.get(id);
    return answer && answer.authorization === authorization && answer.until > performance.now() ? answer : undefined;
  }

  remember(id: string, state: JobState, answer: KnownAnswer): void {
    if (!isFinal(state)) return;
    this.forget(id);
    this.#answers.set(id, { ...answer, until: performance.now() + FRESH_MS });
    this.#bytes += answer.body.length;
    for (const oldest of this.#answers.keys()) {
      if (this.#bytes <= MAX_BYTES) break;
      this.forget(oldest);
    }
    this.#dropStaleLater();
  }

  forget(id: string): void {
    this.#bytes -= this.#answers.get(id)?.body.length ?? 0;
    this.#answers.delete(id);
  }

  #dropStaleLater(): void {
    if (this.#timer || this.#answers.size === 0) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const now = performance.now();
      for (const [id, { until }] of this.#answers) {
        if (until > now) break;
        this.forget(id);
      }
      this.#dropStaleLater();
    }, FRESH_MS).unref();
  }
}
