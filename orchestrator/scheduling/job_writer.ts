import { create } from "@bufbuild/protobuf";
import type { Error as ErrorMessage } from "../../gen/dragoman/v1/error_pb.ts";
import { JobEventSchema } from "../../gen/dragoman/v1/job_pb.ts";
import { LatestMap } from "../../platform/async/latest_map.ts";
import type { Clock, Instant } from "../../platform/clock.ts";
import { DragomanError } from "../../platform/errors.ts";
import { isFinal } from "../../platform/final.ts";
import type { Logger } from "../../platform/log.ts";
import type { OutboxMessage } from "../../platform/messaging/messaging.ts";
import { stageName, stateName } from "../../platform/names.ts";
import type { Traceparent } from "../../platform/trace.ts";
import { eventTypeOf } from "../deliveries/event_types.ts";
import { outputPrefix } from "../jobs/artefact_keys.ts";
import { type Demand, demandOf } from "../jobs/capability.ts";
import { abandons, expiring } from "../jobs/change.ts";
import type { JobCommand, JobRecord, Outcome } from "../jobs/job.ts";
import { transition } from "../jobs/machine.ts";
import { POLICY } from "../jobs/policy.ts";
import type { JobMetrics } from "../metrics.ts";
import type { AuditEntry } from "../policy/audit.ts";
import { chargesOf, isCharged, type JobLimits, type JobOwner, ownerOf, pagesOf, pagesReserved } from "../policy/charges.ts";
import type { Weighed } from "../policy/choice.ts";
import { inLane, type OrderSettings, PLAIN_ORDER, turnOf } from "../policy/order.ts";
import { retentionMsOf } from "../policy/retention.ts";
import { usageOf, usageToAdd } from "../policy/usage.ts";
import type { Commit, Store } from "../store/store.ts";
import { inCommitSpan, recordPeriod } from "./job_spans.ts";

const MAX_CONFLICTS = 20;
const MAX_REMEMBERED = 5_000;

/** Throws PRECONDITION_FAILED where the caller decided by another version of the job; 0 is any. */
export function requireVersion({ job }: JobRecord, expectedVersion: bigint): void {
  if (expectedVersion === 0n || job.version === expectedVersion) return;
  throw DragomanError.of("PRECONDITION_FAILED", `The job has version ${job.version}.`);
}

interface ApplyOptions {
  readonly expectedVersion?: bigint;
  readonly now?: () => Instant;
  /** Of an invitation: the service's time in the order of jobs when this one was chosen. */
  readonly chosenAt?: number;
  /** What the audit log tells of it; asked for anew with each try. */
  readonly audit?: (before: JobRecord, after: JobRecord) => AuditEntry;
}

/** What is known of a job that waits before it is given to anybody. */
export interface KnownJob extends Weighed {
  readonly demand: Demand;
  readonly tenantId: string;
  readonly keyId: string;
}

export interface JobWriterParts {
  readonly store: Store;
  readonly log: Logger;
  readonly metrics: JobMetrics;
  /** How long jobs are kept after their end; 0 for ever. */
  readonly retentionMs: number;
  /** For how many days a day's usage is kept; 400 if not given. */
  readonly usageDays?: number | undefined;
  readonly onCommit?: () => void;
  /** A tenant has more or less of what is limited. */
  readonly onCharged?: (tenantId: string) => void;
  readonly order?: OrderSettings;
  /** What a job is held to; nothing if not given. Throws UNAVAILABLE. */
  readonly limitsOf?: (owner: JobOwner) => Promise<JobLimits>;
}

const withoutLimits = async (): Promise<JobLimits> => ({ tenant: {}, key: {} });

/** Applies commands to jobs: reads, asks the state machine, commits under the version read, and reads again on a conflict. */
export class JobWriter {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #onCommit: () => void;
  readonly #onCharged: (tenantId: string) => void;
  readonly #metrics: JobMetrics;
  readonly #retentionMs: number;
  readonly #usageDays: number;
  readonly #order: OrderSettings;
  /** What a job is held to. */
  readonly limitsOf: (owner: JobOwner) => Promise<JobLimits>;
  /** Open jobs as they were last committed here. Another orchestrator may have changed one since: then the commit says so. */
  readonly #remembered = new LatestMap<string, JobRecord>(MAX_REMEMBERED);
  readonly #known = new LatestMap<string, KnownJob>(MAX_REMEMBERED);

  constructor(parts: JobWriterParts) {
    const { store, log, metrics, retentionMs, usageDays = 400, order = PLAIN_ORDER } = parts;
    const { onCommit = () => undefined, onCharged = () => undefined, limitsOf = withoutLimits } = parts;
    this.#order = order;
    this.#store = store;
    this.#clock = store.clock;
    this.#log = log;
    this.#metrics = metrics;
    this.#retentionMs = retentionMs;
    this.#onCommit = onCommit;
    this.#onCharged = onCharged;
    this.#usageDays = usageDays;
    this.limitsOf = limitsOf;
  }

  /** Stores a new job; false if its request's key is taken. Throws what `JobStore.commit` does. */
  async create(made: JobRecord, from: Omit<Commit, "record" | "expectedVersion" | "outbox">): Promise<boolean> {
    const limits = await this.limitsOf(ownerOf(made));
    const record = inLane(made, limits);
    const charges = { now: this.#clock.now(), meters: chargesOf(undefined, record, limits) };
    const turn = turnOf(undefined, record, this.#order);
    const stored = await inCommitSpan(record, this.#store.system, "create", (traceparent) =>
      this.#commit({ record, expectedVersion: 0n, outbox: [eventOf(undefined, record, traceparent)], charges, turn, ...from }),
    );
    if (stored) this.#committed(undefined, record);
    return stored;
  }

  /** `expectedVersion`: refused for any other; 0 for none. `now`: the time by another clock than the store's. Throws JOB_NOT_FOUND, PRECONDITION_FAILED, the refusal's code, QUOTA_EXCEEDED, or CONFLICT. */
  async apply(
    id: string,
    command: JobCommand,
    { expectedVersion = 0n, now: time = () => this.#clock.now(), chosenAt = 0, audit }: ApplyOptions = {},
  ): Promise<JobRecord> {
    for (let conflict = 0; conflict < MAX_CONFLICTS; conflict++) {
      const remembered = this.#remembered.get(id);
      const record = remembered ?? (await this.#store.get(id));
      if (!record) throw DragomanError.of("JOB_NOT_FOUND", "There is no such job.");
      const now = time();
      const outcome = transition(record, command, now);
      const isOther = expectedVersion !== 0n && record.job.version !== expectedVersion;
      if (remembered && (isOther || outcome.kind !== "changed")) {
        // Only the store can say no.
        this.#remembered.delete(id);
        continue;
      }
      requireVersion(record, expectedVersion);
      if (outcome.kind === "refused") throw DragomanError.of(outcome.code, outcome.message);
      if (outcome.kind === "unchanged") return outcome.record;
      // One that ended before keeps the time that it has.
      const after = isFinal(record.job.state) ? outcome.record : await this.#expiring(outcome.record, now);
      const usage = usageToAdd(usageOf(record, after), this.#usageDays, now);
      const charges = isCharged(record, after) && { now, meters: chargesOf(record, after, await this.limitsOf(ownerOf(after))) };
      const commit = (traceparent: Traceparent) =>
        this.#commit({
          record: after,
          expectedVersion: record.job.version,
          outbox: outboxOf(record, { ...outcome, record: after }, traceparent),
          turn: turnOf(record, after, this.#order, chosenAt),
          ...(usage && { usage }),
          ...(charges && { charges }),
          ...(audit && { audit: [audit(record, after)] }),
          ...(abandons(record, after) && { garbage: { prefix: outputPrefix(record), removeAt: now + POLICY.garbageAfterMs } }),
        });
      const notable = outcome.invitation || after.job.timeline.length > record.job.timeline.length;
      // A heartbeat that only says that the worker lives has no place in a trace.
      const committing = notable ? inCommitSpan(after, this.#store.system, command.kind, commit) : commit("");
      const stored = await committing.catch((thrown: unknown) => overPages(thrown, command));
      if (typeof stored === "object") {
        const over = { kind: "over_quota", attempt: record.job.attempt, pages: pagesReserved(after), error: stored } as const;
        const kept = await this.apply(id, over, { now: time });
        if (command.kind === "heartbeat") throw DragomanError.of("STALE_ATTEMPT", "The document has more pages than there are left.");
        return kept;
      }
      if (!stored) {
        this.#remembered.delete(id);
        continue;
      }
      recordPeriod(record, after, now);
      this.#metrics.changed(record, after, now);
      this.#committed(record, after);
      return after;
    }
    throw DragomanError.of("CONFLICT", "The job changes too fast.");
  }

  /** Of a job that has just ended, when it is to be forgotten. */
  async #expiring(record: JobRecord, now: Instant): Promise<JobRecord> {
    if (!isFinal(record.job.state)) return record;
    const { tenant } = await this.limitsOf(ownerOf(record));
    return expiring(record, retentionMsOf(record.job, tenant, this.#retentionMs), now);
  }

  /** What a waiting job asks of its worker, and what it counts as in the order of jobs; undefined if there is no such job. */
  async known(id: string): Promise<KnownJob | undefined> {
    const known = this.#known.get(id);
    if (known) return known;
    const record = this.#remembered.get(id) ?? (await this.#store.get(id));
    if (!record) return undefined;
    const { job, jobClass, share, tenantId } = record;
    const found = { demand: demandOf(job, jobClass), cost: pagesOf(record), share, tenantId, keyId: job.keyId };
    this.#known.set(id, found);
    return found;
  }

  async #commit(commit: Commit): Promise<boolean> {
    const started = performance.now();
    const stored = await this.#store.commit(commit);
    this.#metrics.committed((performance.now() - started) / 1000);
    if (stored && commit.charges) this.#onCharged(commit.record.tenantId);
    return stored;
  }

  #remember(record: JobRecord): void {
    const { id, state } = record.job;
    if (isFinal(state)) this.#remembered.delete(id);
    else this.#remembered.set(id, record);
  }

  #committed(before: JobRecord | undefined, after: JobRecord): void {
    this.#remember(after);
    this.#onCommit();
    const { job } = after;
    if (before?.job.state === job.state && before.job.stage === job.stage) return;
    const { attempt, traceId } = job;
    this.#log.info(
      {
        jobId: job.id,
        traceId,
        attempt,
        state: stateName(job.state),
        stage: stageName(job.stage),
        reason: job.timeline.at(-1)?.reason,
      },
      "job changed",
    );
  }
}

/** What a job does by itself, and goes on waiting or ends for where there are too few pages; whoever else asks is told. */
const BY_ITSELF: ReadonlySet<JobCommand["kind"]> = new Set(["heartbeat", "timer", "restart"]);

/** Why a document that turned out larger than it was taken for is over its quota. Throws what else a commit failed with. */
function overPages(thrown: unknown, { kind }: JobCommand): ErrorMessage {
  const isOver = thrown instanceof DragomanError && thrown.detail.quota?.quota === "pages" && BY_ITSELF.has(kind);
  if (!isOver) throw thrown;
  return thrown.detail;
}

/** The first message of each commit. It says what webhooks are owed, so that this is committed with what it tells of. */
function eventOf(before: JobRecord | undefined, after: JobRecord, traceparent: Traceparent): OutboxMessage {
  const { tenantId, job } = after;
  const webhookEvent = eventTypeOf(before, after) ?? "";
  return {
    id: `${job.id}:event:${job.version}`,
    content: { kind: "event", message: create(JobEventSchema, { tenantId, job, traceparent, webhookEvent }) },
  };
}

function outboxOf(
  before: JobRecord,
  { record, invitation, cancel }: Extract<Outcome, { kind: "changed" }>,
  traceparent: Traceparent,
): OutboxMessage[] {
  const outbox = [eventOf(before, record, traceparent)];
  if (invitation)
    outbox.push({
      id: `${invitation.jobId}:work:${invitation.dispatch}`,
      content: { kind: "work", message: { ...invitation, traceparent } },
    });
  if (cancel)
    outbox.push({ id: `${cancel.jobId}:cancel:${cancel.attempt}`, content: { kind: "cancel", message: { ...cancel, traceparent } } });
  return outbox;
}
