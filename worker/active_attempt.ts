import { create, toBinary } from "@bufbuild/protobuf";
import { Stage } from "../gen/dragoman/v1/job_pb.ts";
import { type Complete, CompleteSchema, type Granted, Report } from "../gen/dragoman/v1/worker_service_pb.ts";
import { asDragomanError, DragomanError } from "../platform/errors.ts";
import { MAX_REPORT_BYTES } from "../platform/report.ts";
import type { AttemptParts, AttemptProgress, RunAttempt } from "./attempt.ts";
import type { Incoming, Session } from "./session.ts";

/** How often a lease is renewed. */
export const HEARTBEAT_MS = 5_000;
/** Changes closer together than this share one heartbeat. */
const REPORT_EVERY_MS = 200;
/** Less than the lease, so that a worker that hears nothing has stopped before its job is given away. */
const STOP_WITHOUT_ANSWER_MS = 20_000;

/** Why an attempt's processes were stopped. */
type StopReason =
  /** The job was: it fails so. */
  | "CANCELLED"
  /** Another may have the job: nothing is said of it any more. */
  | "LEASE_LOST"
  /** The worker stops: the job is handed back. */
  | "RELEASED";

class Stopped extends Error {
  readonly reason: StopReason;
  constructor(reason: StopReason) {
    super(reason);
    this.reason = reason;
  }
}

/** What is said of an attempt that a worker holds. */
export type AttemptAnswer = Extract<Incoming, { case: "accepted" | "refused" | "cancel" }>;
type Outcome = Extract<Parameters<Session["send"]>[0], { case: "complete" | "fail" | "release" }>;

export interface ActiveAttemptParts extends AttemptParts {
  /** What is done with a job. */
  readonly run: RunAttempt;
  readonly session: Session;
}

/** An attempt that this worker runs: its lease is kept by heartbeats, until its outcome was answered. */
export class ActiveAttempt {
  readonly #grant: Granted;
  readonly #parts: ActiveAttemptParts;
  readonly #stop = new AbortController();
  #progress: AttemptProgress = { stage: Stage.DOWNLOADING, percent: 0, pagesDone: 0, pagesTotal: 0, memoryBytes: 0, longestSpans: [] };
  /** By the monotonic clock. */
  #answeredAt = performance.now();
  /** Said in place of heartbeats once it is there. */
  #outcome: Outcome | undefined;
  #outcomeAnswered: () => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(grant: Granted, parts: ActiveAttemptParts) {
    this.#grant = grant;
    this.#parts = parts;
  }

  get attempt(): number {
    return this.#grant.attempt;
  }

  get progress(): AttemptProgress {
    return this.#progress;
  }

  /** To its end, whatever that is: it is reported, not thrown. */
  async run(): Promise<void> {
    const { run, log } = this.#parts;
    const { jobId, attempt } = this.#grant;
    const { signal } = this.#stop;
    try {
      const result = await run(this.#grant, this.#parts, (progress) => this.#progressed(progress), signal);
      await this.#sendOutcome({ case: "complete", value: checkedSize(create(CompleteSchema, { jobId, attempt, ...result })) });
    } catch (thrown) {
      const stopped = signal.aborted ? (signal.reason as Stopped) : undefined;
      if (stopped?.reason === "LEASE_LOST") {
        log.warn("attempt stopped: the lease is lost");
        return;
      }
      if (stopped?.reason === "RELEASED") {
        await this.#sendOutcome({ case: "release", value: { jobId, attempt, reason: "WORKER_STOPS" } });
        return;
      }
      const error = stopped ? DragomanError.of("CANCELLED", "The job was cancelled.") : asDragomanError(thrown);
      if (!stopped) log.warn({ code: error.code, err: error.cause }, "attempt failed");
      await this.#sendOutcome({ case: "fail", value: { jobId, attempt, error: error.detail } });
    } finally {
      clearTimeout(this.#timer);
    }
  }

  stop(reason: StopReason): void {
    this.#stop.abort(new Stopped(reason));
  }

  receive(answer: AttemptAnswer): void {
    this.#answeredAt = performance.now();
    if (answer.case === "cancel") this.stop("CANCELLED");
    else if (answer.case === "refused") {
      this.stop("LEASE_LOST");
      this.#outcomeAnswered();
    } else if (answer.value.report !== Report.HEARTBEAT) this.#outcomeAnswered();
  }

  /** Every HEARTBEAT_MS: keeps the lease, or gives it up where nobody answers. */
  beat(): void {
    const silentMs = performance.now() - this.#answeredAt;
    if (silentMs > STOP_WITHOUT_ANSWER_MS) this.stop("LEASE_LOST");
    else if (silentMs > 2 * HEARTBEAT_MS) this.#parts.session.hangUp();
    else this.report();
  }

  /** Says how far it is, or its outcome. */
  report(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { jobId, attempt } = this.#grant;
    const { memoryBytes, longestSpans, ...progress } = this.#progress;
    const heartbeat = { jobId, attempt, ...progress, memoryBytes: BigInt(memoryBytes), longestSpans: [...longestSpans] };
    this.#parts.session.send(this.#outcome ?? { case: "heartbeat", value: heartbeat });
  }

  /** Again after each reconnect, until it is answered or the lease must be over. */
  async #sendOutcome(outcome: Outcome): Promise<void> {
    const answered = Promise.withResolvers<void>();
    this.#outcome = outcome;
    this.#outcomeAnswered = () => answered.resolve();
    this.report();
    const timer = setTimeout(() => answered.resolve(), STOP_WITHOUT_ANSWER_MS);
    await answered.promise;
    clearTimeout(timer);
  }

  #progressed(progress: AttemptProgress): void {
    const staged = progress.stage !== this.#progress.stage;
    this.#progress = progress;
    if (staged) this.report();
    else this.#timer ??= setTimeout(() => this.report(), REPORT_EVERY_MS);
  }
}

/** What is too long for one message would break the session, of this job and all others. Throws RESULT_TOO_LARGE. */
function checkedSize(report: Complete): Complete {
  const { length } = toBinary(CompleteSchema, report);
  if (length <= MAX_REPORT_BYTES) return report;
  const message = `The list of the result's ${report.artefacts.length} files takes ${length} bytes; the limit is ${MAX_REPORT_BYTES}.`;
  throw DragomanError.of("RESULT_TOO_LARGE", message);
}
