import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import type { ClientDuplexStream } from "@grpc/grpc-js";
import { Stage } from "../gen/dragoman/v1/job_pb.ts";
import {
  type Complete,
  CompleteSchema,
  type Granted,
  type OrchestratorMessage,
  Report,
  type WorkDescriptor,
  type WorkerMessage,
  WorkerMessageSchema,
  WorkerService,
} from "../gen/dragoman/v1/worker_service_pb.ts";
import type { ArtefactStore } from "../platform/artefacts/artefacts.ts";
import { Semaphore } from "../platform/async/semaphore.ts";
import { asDragomanError, DragomanError } from "../platform/errors.ts";
import { fromServiceError, grpcClient } from "../platform/grpc/client.ts";
import type { Logger } from "../platform/log.ts";
import type { Invitation, Messaging } from "../platform/messaging/messaging.ts";
import { MAX_REPORT_BYTES } from "../platform/report.ts";
import { inSpan, SpanKind } from "../platform/trace.ts";
import type { AttemptProgress, RunAttempt } from "./attempt.ts";
import { type ClaimAnswer, Claims } from "./claims.ts";
import type { Translator } from "./engine/ports/translator.ts";
import { observeWorker, type WorkerLoad } from "./metrics.ts";
import { canDo, type Pair, samePairs } from "./pairs.ts";
import { previewer } from "./previews.ts";
import { confine, requireAll } from "./sandbox/confinement.ts";
import type { Limits } from "./sandbox/limits.ts";
import { ChildPool } from "./sandbox/pool.ts";

const HEARTBEAT_MS = 5_000;
/** Changes closer together than this share one heartbeat. */
const REPORT_EVERY_MS = 200;
/** Less than the lease, so that a worker that hears nothing has stopped before its job is given away. */
const STOP_WITHOUT_ANSWER_MS = 20_000;
const CLAIM_DEADLINE_MS = 10_000;
const PAIRS_EVERY_MS = 30_000;
/** An invitation that went round so often without a worker that can do its job is dropped: it will be made anew. */
const MAX_DELIVERIES = 50;
const RECONNECT_FIRST_MS = 100;
const RECONNECT_MAX_MS = 3_000;

export interface WorkerParts {
  /** The orchestrator's `host:port`. */
  readonly orchestrator: string;
  /** A worker's key. */
  readonly apiKey: string;
  readonly slots: number;
  readonly prefetch: number;
  /** Whom its engines ask. */
  readonly translator: Translator;
  /** What it can translate now. Asked again while it runs; without any it takes no work. */
  readonly pairs: () => Promise<readonly Pair[]>;
  readonly messaging: Messaging;
  /** What is done with a job. */
  readonly run: RunAttempt;
  readonly artefacts: ArtefactStore;
  /** Where documents lie while they are worked on. */
  readonly scratch: string;
  readonly limits: Limits;
  /** Whether it refuses to start where a document would not be walled off entirely. */
  readonly requireSandbox?: boolean;
  /** How many engines are held ready for documents; 0 if not given: each is started for one document. */
  readonly prepared?: number;
  /** How long it goes on with what it holds when it is told to stop, in milliseconds. */
  readonly graceMs: number;
  readonly log: Logger;
  /** How often it looks again at what it can translate, in milliseconds. */
  readonly pairsEveryMs?: number;
}

type Message = NonNullable<MessageInitShape<typeof WorkerMessageSchema>["message"]>;

/** Why an attempt's processes were stopped. */
type Stop = "CANCELLED" | "LEASE_LOST" | "RELEASED";

class Stopped extends Error {
  readonly why: Stop;
  constructor(why: Stop) {
    super(why);
    this.why = why;
  }
}

interface Held {
  readonly grant: Granted;
  readonly abort: AbortController;
  progress: AttemptProgress;
  /** By the monotonic clock. */
  answeredAt: number;
  /** The attempt's last word, sent until it is answered. */
  report: Message | undefined;
  reportAnswered: () => void;
  timer: NodeJS.Timeout | undefined;
}

/** Takes work and holds leases; never computes. Each document runs in a child process. Closing it releases what it holds. */
export class DragomanWorker implements AsyncDisposable {
  readonly #parts: WorkerParts;
  /** Says where to look: in a container the host's name is the pod's. */
  readonly #id = `${hostname()}-${process.pid}-${randomUUID().slice(0, 4)}`;
  readonly #held = new Map<string, Held>();
  readonly #running = new Set<Promise<void>>();
  readonly #claims = new Claims();
  readonly #closing = new AbortController();
  /** A document takes one while it is worked on. */
  readonly #slots: Semaphore;
  /** Since it started. */
  #children: ChildPool | undefined;
  #answering: Disposable | undefined;
  #stream: ClientDuplexStream<WorkerMessage, OrchestratorMessage> | undefined;
  /** Aborted once it takes no more work. */
  readonly #draining = new AbortController();
  #wake = Promise.withResolvers<void>();
  #pairs: readonly Pair[] = [];
  /** Whether this session is about to be ended by the orchestrator. */
  #drained = false;
  /** Aborted while no invitation may be taken: without a session, in one that is being ended, or without anything to offer. */
  #taking = new AbortController();
  #loops: Promise<unknown> = Promise.resolve();

  constructor(parts: WorkerParts) {
    this.#parts = parts;
    this.#slots = new Semaphore(parts.slots);
    observeWorker(() => this.#load());
  }

  #load(): WorkerLoad {
    const held = [...this.#held.values()];
    const children = held.filter(({ progress: { stage } }) => stage >= Stage.CONVERTING && stage <= Stage.EXPORTING);
    return {
      slots: this.#parts.slots,
      held: held.length,
      children: children.length,
      childMemoryBytes: children.reduce((sum, { progress }) => sum + progress.memoryBytes, 0),
    };
  }

  async start(): Promise<void> {
    const { scratch, requireSandbox, limits, translator, prepared = 0, artefacts, log } = this.#parts;
    const confinement = await confine(scratch);
    if (requireSandbox) requireAll(confinement);
    this.#children = new ChildPool({ confinement, limits, translator, folder: scratch, size: prepared, log });
    this.#children.prepare();
    const answer = previewer({ artefacts, scratch, log, children: this.#children, signal: this.#draining.signal });
    this.#answering = await this.#parts.messaging.answerPreviews(answer);
    const { name, layers, missing, advice } = confinement;
    const sandbox = { way: name, layers: [...layers].join(" "), ...(missing.length > 0 && { missing: missing.join(" "), advice }) };
    this.#pairs = await this.#parts.pairs();
    this.#taking.abort();
    this.#parts.log.info({ workerId: this.#id, pairs: this.#pairs.length, sandbox }, "worker starts");
    const seats = Array.from({ length: this.#parts.slots + this.#parts.prefetch }, () => this.#seat());
    this.#loops = Promise.all([this.#connect(), this.#beat(), this.#watchPairs(), ...seats]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#answering?.[Symbol.dispose]();
    this.#draining.abort();
    await Promise.race([Promise.allSettled(this.#running), sleep(this.#parts.graceMs, undefined, { ref: false })]);
    for (const held of this.#held.values()) held.abort.abort(new Stopped("RELEASED"));
    await Promise.race([Promise.allSettled(this.#running), sleep(5_000, undefined, { ref: false })]);
    this.#closing.abort();
    this.#changed();
    this.#stream?.cancel();
    await this.#loops;
    await this.#children?.[Symbol.asyncDispose]();
  }

  async #connect(): Promise<void> {
    const { orchestrator, apiKey, log } = this.#parts;
    using client = grpcClient(WorkerService, orchestrator);
    for (let delayMs = RECONNECT_FIRST_MS; !this.#closing.signal.aborted; delayMs = Math.min(RECONNECT_MAX_MS, delayMs * 2)) {
      const stream = client.session({ authorization: `Bearer ${apiKey}` });
      this.#stream = stream;
      this.#drained = false;
      stream.on("error", () => undefined);
      this.#sayHello();
      for (const held of this.#held.values()) this.#report(held);
      try {
        for await (const message of stream) {
          delayMs = RECONNECT_FIRST_MS;
          this.#receive(message);
        }
      } catch (error) {
        if (!this.#closing.signal.aborted) log.warn({ code: fromServiceError(error).code }, "session lost");
      }
      this.#stream = undefined;
      this.#taking.abort();
      this.#claims.abandon();
      await sleep(delayMs * (0.5 + Math.random() / 2), undefined, { signal: this.#closing.signal }).catch(() => undefined);
    }
  }

  /** Says what it can do, and takes invitations from then on if that is anything. */
  #sayHello(): void {
    const { slots: slotCount, prefetch } = this.#parts;
    this.#send({ case: "hello", value: { workerId: this.#id, slots: slotCount, prefetch, pairs: [...this.#pairs] } });
    if (this.#pairs.length === 0) this.#taking.abort();
    else if (this.#taking.signal.aborted) this.#taking = new AbortController();
    this.#changed();
  }

  /** What is installed or broken while it runs is offered or withdrawn. */
  async #watchPairs(): Promise<void> {
    const { signal } = this.#closing;
    const { pairs, log, pairsEveryMs = PAIRS_EVERY_MS } = this.#parts;
    if (this.#pairs.length === 0) log.warn("no language pair is installed: no work is taken");
    while (!signal.aborted) {
      await sleep(pairsEveryMs, undefined, { signal }).catch(() => undefined);
      const found = await pairs().catch((error: unknown) => {
        log.warn({ err: asDragomanError(error).cause ?? error }, "the language pairs could not be looked at");
        return this.#pairs;
      });
      if (signal.aborted || samePairs(found, this.#pairs)) continue;
      log.info({ pairs: found.length, before: this.#pairs.length }, "the language pairs changed");
      this.#pairs = found;
      // In a session that is being ended it says nothing more: the next one begins with it.
      if (this.#stream && !this.#drained) this.#sayHello();
    }
  }

  /** One job at a time: takes an invitation, claims the job, acks once the claim is answered, and runs it. */
  async #seat(): Promise<void> {
    const { signal } = this.#draining;
    while (!signal.aborted) {
      if (this.#taking.signal.aborted) {
        await this.#wake.promise;
        continue;
      }
      const invitation = await this.#parts.messaging.nextInvitation(AbortSignal.any([signal, this.#taking.signal]));
      if (!invitation) continue;
      const { jobId } = invitation.work;
      const answer = await this.#answerInvitation(invitation);
      if (typeof answer === "string") continue;
      if (signal.aborted) this.#send({ case: "release", value: { jobId, attempt: answer.attempt, reason: "WORKER_STOPS" } });
      else await this.#begin(answer);
    }
  }

  /** In a span that goes on from where the invitation was published. By the conventions for messaging. */
  #answerInvitation(invitation: Invitation): Promise<ClaimAnswer> {
    const attributes = {
      "job.id": invitation.work.jobId,
      "messaging.system.name": this.#parts.messaging.system,
      "messaging.destination.name": "jobs.ready",
      "messaging.operation.type": "process",
    };
    return inSpan("process jobs.ready", { kind: SpanKind.CONSUMER, parent: invitation.work.traceparent, attributes }, async (span) => {
      const answer = await this.#claim(invitation.work);
      span.setAttribute("claim", typeof answer === "string" ? answer : "granted");
      const again = answer === "unanswered" || (answer === "unserved" && invitation.deliveries < MAX_DELIVERIES);
      if (again) invitation.giveBack();
      else await invitation.ack();
      return answer;
    });
  }

  async #claim(work: WorkDescriptor): Promise<ClaimAnswer> {
    const { jobId, dispatch, traceparent } = work;
    if (!canDo(this.#pairs, work)) return "unserved";
    let timer: NodeJS.Timeout | undefined;
    const answer = await this.#claims.make(jobId, dispatch, () => {
      timer = setTimeout(() => {
        this.#claims.answer(jobId, "unanswered");
        this.#hangUp();
      }, CLAIM_DEADLINE_MS);
      if (!this.#send({ case: "claim", value: { jobId, dispatch, traceparent } })) this.#claims.answer(jobId, "unanswered");
    });
    clearTimeout(timer);
    return answer;
  }

  #begin(grant: Granted): Promise<void> {
    const held: Held = {
      grant,
      abort: new AbortController(),
      progress: { stage: Stage.DOWNLOADING, percent: 0, pagesDone: 0, pagesTotal: 0, memoryBytes: 0, longestSpans: [] },
      answeredAt: performance.now(),
      report: undefined,
      reportAnswered: () => undefined,
      timer: undefined,
    };
    this.#held.set(grant.jobId, held);
    const run = this.#run(held).finally(() => {
      clearTimeout(held.timer);
      if (this.#held.get(grant.jobId) === held) this.#held.delete(grant.jobId);
      this.#running.delete(run);
    });
    this.#running.add(run);
    return run;
  }

  async #run(held: Held): Promise<void> {
    const { grant, abort } = held;
    const { jobId, attempt } = grant;
    const log = this.#parts.log.child({ jobId, attempt, tenantId: grant.tenantId, traceId: grant.traceId });
    const parts = {
      artefacts: this.#parts.artefacts,
      folder: path.join(this.#parts.scratch, `${jobId}-${attempt}`),
      children: this.#children as ChildPool,
      runMs: this.#parts.limits.runMs,
      slot: (signal: AbortSignal) => this.#slots.take(signal),
      log,
    };
    try {
      const result = await this.#parts.run(grant, parts, (progress) => this.#progressed(held, progress), abort.signal);
      await this.#last(held, { case: "complete", value: checkedSize(create(CompleteSchema, { jobId, attempt, ...result })) });
    } catch (thrown) {
      const stopped = abort.signal.aborted ? (abort.signal.reason as Stopped) : undefined;
      if (stopped?.why === "LEASE_LOST") {
        log.warn("attempt stopped: the lease is lost");
        return;
      }
      if (stopped?.why === "RELEASED") return this.#last(held, { case: "release", value: { jobId, attempt, reason: "WORKER_STOPS" } });
      const error = stopped ? DragomanError.of("CANCELLED", "The job was cancelled.") : asDragomanError(thrown);
      if (!stopped) log.warn({ code: error.code, err: error.cause }, "attempt failed");
      await this.#last(held, { case: "fail", value: { jobId, attempt, error: error.detail } });
    }
  }

  /** Sends the attempt's last word, again after each reconnect, until it is answered or the lease must be over. */
  async #last(held: Held, report: Message): Promise<void> {
    const answered = Promise.withResolvers<void>();
    held.report = report;
    held.reportAnswered = () => answered.resolve();
    this.#report(held);
    const timer = setTimeout(() => answered.resolve(), STOP_WITHOUT_ANSWER_MS);
    await answered.promise;
    clearTimeout(timer);
  }

  #progressed(held: Held, progress: AttemptProgress): void {
    const staged = progress.stage !== held.progress.stage;
    held.progress = progress;
    if (staged) this.#report(held);
    else held.timer ??= setTimeout(() => this.#report(held), REPORT_EVERY_MS);
  }

  #report(held: Held): void {
    clearTimeout(held.timer);
    held.timer = undefined;
    const { jobId, attempt } = held.grant;
    const { memoryBytes, longestSpans, ...progress } = held.progress;
    const heartbeat = { jobId, attempt, ...progress, memoryBytes: BigInt(memoryBytes), longestSpans: [...longestSpans] };
    this.#send(held.report ?? { case: "heartbeat", value: heartbeat });
  }

  async #beat(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      await sleep(HEARTBEAT_MS, undefined, { signal }).catch(() => undefined);
      for (const held of this.#held.values()) {
        const silentMs = performance.now() - held.answeredAt;
        if (silentMs > STOP_WITHOUT_ANSWER_MS) held.abort.abort(new Stopped("LEASE_LOST"));
        else if (silentMs > 2 * HEARTBEAT_MS) this.#hangUp();
        else this.#report(held);
      }
    }
  }

  /** Whoever does not answer may never do: the next session is with another, or with the same one anew. */
  #hangUp(): void {
    this.#parts.log.warn("the orchestrator does not answer");
    this.#stream?.cancel();
  }

  #receive({ message }: OrchestratorMessage): void {
    if (message.case === "drain") {
      this.#parts.log.info("the orchestrator is being stopped: nothing more is claimed of it");
      this.#drained = true;
      this.#taking.abort();
      return;
    }
    if (message.case === "granted") {
      const { jobId, attempt } = message.value;
      if (!this.#claims.answer(jobId, message.value)) this.#send({ case: "release", value: { jobId, attempt, reason: "CLAIM_TIMED_OUT" } });
      return;
    }
    if (!message.case) return;
    const { jobId, attempt } = message.value;
    if (message.case === "refused" && attempt === 0) {
      this.#claims.answer(jobId, message.value.reason === "NOT_SERVED" ? "unserved" : "refused");
      return;
    }
    const held = this.#held.get(jobId);
    if (!held || held.grant.attempt !== attempt) return;
    held.answeredAt = performance.now();
    if (message.case === "cancel") held.abort.abort(new Stopped("CANCELLED"));
    else if (message.case === "refused") {
      held.abort.abort(new Stopped("LEASE_LOST"));
      held.reportAnswered();
    } else if (message.value.report !== Report.HEARTBEAT) held.reportAnswered();
  }

  #send(message: Message): boolean {
    if (!this.#stream) return false;
    this.#stream.write(create(WorkerMessageSchema, { message }));
    return true;
  }

  #changed(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }
}

/** What is too long for one message would break the session, of this job and all others. Throws RESULT_TOO_LARGE. */
function checkedSize(report: Complete): Complete {
  const { length } = toBinary(CompleteSchema, report);
  if (length <= MAX_REPORT_BYTES) return report;
  const message = `The list of the result's ${report.artefacts.length} files takes ${length} bytes; the limit is ${MAX_REPORT_BYTES}.`;
  throw DragomanError.of("RESULT_TOO_LARGE", message);
}
