import { type Timestamp, timestampMs } from "@bufbuild/protobuf/wkt";
import { type Histogram, metrics } from "@opentelemetry/api";
import { JobState, Priority } from "../gen/dragoman/v1/job_pb.ts";
import type { Clock, Instant } from "../platform/clock.ts";
import { isFinal } from "../platform/final.ts";
import { JOB_CLASSES } from "../platform/job_classes.ts";
import { categoryName, priorityName, stageName, stateName } from "../platform/names.ts";
import type { JobRecord } from "./jobs/job.ts";
import { endedPeriod } from "./jobs/periods.ts";
import { type Controls, mayTake, orderFor } from "./policy/controls.ts";
import type { Fleet } from "./scheduling/fleet.ts";
import type { Stats } from "./store/store.ts";

/** Seconds: from a message's way to a night's queue. */
const SECONDS = [0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 21_600, 86_400];
const FAST_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];
const HEARTBEAT_LATE_MS = 10_000;

/** What is measured of jobs as they change. Labels are bounded: no ids, no names; the tenant only where the deployment wants it. */
export class JobMetrics {
  readonly #tenants: boolean;
  readonly #meter = metrics.getMeter("dragoman");
  readonly #wait = this.#histogram("dragoman.job.wait.duration", "How long jobs waited in one state.");
  readonly #life = this.#histogram("dragoman.job.duration", "From a job's creation to its end.");
  readonly #stage = this.#histogram("dragoman.stage.duration", "How long one stage of an attempt took.");
  readonly #commit = this.#histogram("dragoman.store.commit.duration", "How long the store took for one commit.", FAST_SECONDS);
  readonly #publish = this.#histogram(
    "dragoman.messaging.publish.duration",
    "How long one batch of messages took to be acknowledged.",
    FAST_SECONDS,
  );
  readonly #attempts = this.#meter.createCounter("dragoman.attempts", {
    description: "Attempts that ended, by outcome and error category.",
  });
  readonly #leases = this.#meter.createCounter("dragoman.leases.lost", {
    description: "Leases that ran out because their worker was silent.",
  });
  readonly #late = this.#meter.createCounter("dragoman.heartbeats.late", {
    description: "Heartbeats that came more than 10 s after the last.",
  });
  readonly #ledger = this.#meter.createCounter("dragoman.ledger.segments", {
    description: "Segments of finished jobs, by what became of them.",
  });
  readonly #pages = this.#meter.createCounter("dragoman.ledger.pages", { description: "Pages of finished jobs, by what became of them." });

  constructor(tenants: boolean) {
    this.#tenants = tenants;
  }

  #histogram(name: string, description: string, buckets = SECONDS): Histogram {
    return this.#meter.createHistogram(name, { unit: "s", description, advice: { explicitBucketBoundaries: buckets } });
  }

  committed(seconds: number): void {
    this.#commit.record(seconds);
  }

  published(seconds: number): void {
    this.#publish.record(seconds);
  }

  changed(before: JobRecord, after: JobRecord, now: Instant): void {
    const labels = {
      priority: priorityName(after.job.options?.priority || Priority.NORMAL),
      ...(this.#tenants && { tenant: after.tenantId }),
    };
    this.#stageEnded(before, after, now);
    if (
      before.job.state === JobState.RUNNING &&
      after.job.state === JobState.RUNNING &&
      now - millis(before.job.updateTime) > HEARTBEAT_LATE_MS
    )
      this.#late.add(1);
    const period = endedPeriod(before, after, now);
    if (period?.kind === "wait") this.#wait.record((period.endMs - period.startMs) / 1000, { ...labels, state: stateName(period.state) });
    if (period?.kind === "attempt") {
      const { state, error } = after.job;
      this.#attempts.add(1, {
        outcome: stateName(state),
        category: error && state !== before.job.state ? categoryName(error.category) : "NONE",
      });
      if (error?.code === "WORKER_LOST") this.#leases.add(1);
    }
    if (isFinal(after.job.state) && !isFinal(before.job.state)) this.#ended(after, now, labels);
  }

  #stageEnded(before: JobRecord, after: JobRecord, now: Instant): void {
    const { stage, attempt } = before.job;
    if (stage === 0 || stage === after.job.stage) return;
    const entered = before.job.timeline.find((entry) => entry.attempt === attempt && entry.stage === stage);
    if (entered) this.#stage.record((now - millis(entered.time)) / 1000, { stage: stageName(stage) });
  }

  #ended({ job }: JobRecord, now: Instant, labels: Record<string, string>): void {
    this.#life.record((now - millis(job.createTime)) / 1000, { ...labels, state: stateName(job.state) });
    const { ledger } = job;
    if (!ledger) return;
    this.#ledger.add(ledger.segmentsTranslated, { outcome: "translated" });
    this.#ledger.add(ledger.segmentsKept, { outcome: "kept" });
    this.#ledger.add(ledger.segmentsFailed, { outcome: "failed" });
    this.#pages.add(ledger.pagesOut, { outcome: "out" });
    this.#pages.add(ledger.pagesFailed, { outcome: "failed" });
  }
}

/** What is measured when somebody looks: each look asks the store, whatever the number of jobs, a fixed amount. */
export function observeService(stats: Stats, fleet: Fleet, clock: Clock, controls: () => Promise<Controls>): void {
  const meter = metrics.getMeter("dragoman");
  const jobs = meter.createObservableGauge("dragoman.jobs", {
    description: "Jobs that are not final, by state and priority; of the whole store.",
  });
  const depth = meter.createObservableGauge("dragoman.outbox.depth", { description: "Messages that commits owe; of the whole store." });
  const age = meter.createObservableGauge("dragoman.outbox.age", { unit: "s", description: "Age of the oldest message that is owed." });
  const slots = meter.createObservableGauge("dragoman.slots", {
    description: "Workers' slots of the whole fleet, as this orchestrator knows it.",
  });
  const workers = meter.createObservableGauge("dragoman.workers", { description: "Workers of the whole fleet." });
  const classWaiting = meter.createObservableGauge("dragoman.class.waiting", {
    description: "Jobs that wait for a worker, by class of work; of the whole store.",
  });
  const classWorkers = meter.createObservableGauge("dragoman.class.workers", {
    description: "Workers that take jobs of a class of work, as this orchestrator knows the fleet.",
  });
  const paused = meter.createObservableGauge("dragoman.paused", {
    description: "1 where operators have paused it: the intake, or a class of work.",
  });
  meter.addBatchObservableCallback(
    async (result) => {
      const [waiting, set] = await Promise.all([stats.waitingByClass(), controls()]).catch(() => []);
      if (!waiting || !set) return;
      const counts = new Map(waiting.map(({ jobClass, count }) => [jobClass, count]));
      const taking = fleet.members().filter(({ id }) => !orderFor(set, id));
      result.observe(paused, set.intake ? 1 : 0, { what: "intake" });
      for (const name of JOB_CLASSES) {
        result.observe(classWaiting, counts.get(name) ?? 0, { class: name });
        result.observe(classWorkers, taking.filter((worker) => mayTake(worker, name)).length, { class: name });
        result.observe(paused, set.classes[name] ? 1 : 0, { what: name });
      }
    },
    [classWaiting, classWorkers, paused],
  );
  meter.addBatchObservableCallback(
    async (result) => {
      const [open, outbox] = await Promise.all([stats.openJobs(), stats.outboxState()]).catch(() => []);
      for (const { state, priority, count } of open ?? [])
        result.observe(jobs, count, { state: stateName(state), priority: priorityName(priority || Priority.NORMAL) });
      if (outbox) {
        result.observe(depth, outbox.depth);
        result.observe(age, outbox.oldestAt === null ? 0 : Math.max(0, clock.now() - outbox.oldestAt) / 1000);
      }
      const capacity = fleet.capacity();
      result.observe(slots, capacity.slotsFree, { use: "free" });
      result.observe(slots, capacity.slots - capacity.slotsFree, { use: "taken" });
      result.observe(workers, capacity.workers);
    },
    [jobs, depth, age, slots, workers],
  );
}

function millis(time: Timestamp | undefined): Instant {
  return time ? timestampMs(time) : Number.NaN;
}
