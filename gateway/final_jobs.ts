import { type Job, JobState } from "../gen/dragoman/v1/job_pb.ts";

/** How old an answer may be, counted from when it was asked for: so long may a key that was taken back, or a job deleted through another gateway, still be seen. */
const FRESH_MS = 900;
const MAX_JOBS = 1_000;
const MAX_BODY_BYTES = 256 * 1024;

interface Answer {
  /** Who it was given to; nobody else may have it. */
  readonly authorization: string;
  readonly body: Buffer;
  readonly etag: string;
  readonly until: number;
}

/**
 * REST answers about jobs that have ended, for those who ask again within a second. What is final does not change, so
 * asking the orchestrator again could only tell that the job was deleted, or the key taken back.
 */
export class FinalJobs {
  readonly #answers = new Map<string, Answer>();

  find(id: string, authorization: string): Answer | undefined {
    const answer = this.#answers.get(id);
    return answer && answer.authorization === authorization && answer.until > performance.now() ? answer : undefined;
  }

  remember({ id, state }: Job, answer: Omit<Answer, "until">, askedAt: number): void {
    if (state < JobState.SUCCEEDED || answer.body.length > MAX_BODY_BYTES) return;
    this.#answers.delete(id);
    this.#answers.set(id, { ...answer, until: askedAt + FRESH_MS });
    if (this.#answers.size > MAX_JOBS) this.forget(this.#answers.keys().next().value as string);
  }

  forget(id: string): void {
    this.#answers.delete(id);
  }
}
