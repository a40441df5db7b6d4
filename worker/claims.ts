import type { Granted } from "../gen/dragoman/v1/worker_service_pb.ts";

/** "unserved": not this worker's to do, but the invitation is good for another. */
export type ClaimAnswer = Granted | "refused" | "unserved" | "unanswered";

interface Claim {
  readonly deliveryAttempt: number;
  readonly answered: Promise<ClaimAnswer>;
  readonly ask: () => void;
  readonly answer: (answer: ClaimAnswer) => void;
}

/** The claims that are under way: one for each job at most, however often it is invited. */
export class Claims {
  readonly #open = new Map<string, Claim>();

  /** Has `ask` claim the job, and waits for the answer. An invitation that comes twice, or that a newer one has replaced, counts as refused. */
  async make(jobId: string, deliveryAttempt: number, ask: () => void): Promise<ClaimAnswer> {
    for (let other = this.#open.get(jobId); other; other = this.#open.get(jobId)) {
      // The claim that is under way stands for it.
      if (deliveryAttempt <= other.deliveryAttempt) return "refused";
      // One that replaces the other: good only if the other is refused.
      const answer = await other.answered;
      if (answer !== "refused") return typeof answer === "string" ? answer : "refused";
    }
    const { promise, resolve } = Promise.withResolvers<ClaimAnswer>();
    this.#open.set(jobId, { deliveryAttempt, answered: promise, ask, answer: resolve });
    // Before whoever else waits for this answer goes on.
    void promise.then(() => this.#open.delete(jobId));
    ask();
    return promise;
  }

  /** False if no such claim is under way. */
  answer(jobId: string, answer: ClaimAnswer): boolean {
    const claim = this.#open.get(jobId);
    claim?.answer(answer);
    return claim !== undefined;
  }

  /** In a new session: what was granted in the last one may not have been heard. */
  askAgain(): void {
    for (const { ask } of this.#open.values()) ask();
  }

  /** Gives up on all of them. */
  abandon(): void {
    for (const { answer } of this.#open.values()) answer("unanswered");
  }
}
