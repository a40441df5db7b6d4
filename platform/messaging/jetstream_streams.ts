import {
  AckPolicy,
  type ConsumerConfig,
  DeliverPolicy,
  DiscardPolicy,
  type JetStreamManager,
  NatsError,
  nanos,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from "nats";
import { JOB_CLASSES, type JobClass } from "../job_classes.ts";

export const READY = "JOBS_READY";
/**
 * Work of other classes than `default`. A stream of its own, beside `jobs.ready.>`: what takes from a work queue may not overlap, and
 * older versions make their stream and its one consumer, which is of all subjects, whenever they start; they would fail to if either were
 * narrowed.
 */
export const CLASSES = "JOBS_CLASSES";
export const EVENTS = "JOB_EVENTS";
export const WORKERS = "workers";

export interface StreamSettings {
  /** Replicas of each stream: 3 on a cluster that must survive a machine. */
  readonly replicas: number;
  /** Invitations that may wait. The dispatcher makes only as many as there are free slots. */
  readonly maxReady: number;
  readonly ackWaitMs: number;
  /** How long one request for an invitation stands before it is made anew; also how soon a stalled one is noticed. */
  readonly pullMs: number;
}

const STREAM_NOT_FOUND = 10_059;

/** Where invitations of a class are published. */
export function subjectOf(jobClass: JobClass): string {
  return jobClass === "default" ? "jobs.ready.default" : `jobs.classes.${jobClass}`;
}

/** What takes them. */
export function consumerOf(jobClass: JobClass): { readonly stream: string; readonly name: string } {
  return jobClass === "default" ? { stream: READY, name: WORKERS } : { stream: CLASSES, name: `${WORKERS}-${jobClass}` };
}

/** Every setting of what Dragoman keeps on JetStream. */
export function streamConfigs({ replicas, maxReady, ackWaitMs }: StreamSettings) {
  const common = { num_replicas: replicas, duplicate_window: nanos(120_000) };
  const ready: Partial<StreamConfig> = {
    ...common,
    name: READY,
    subjects: ["jobs.ready.>"],
    storage: StorageType.File,
    retention: RetentionPolicy.Workqueue,
    // `old` would drop invitations that nobody has seen.
    discard: DiscardPolicy.New,
    max_msgs: maxReady,
  };
  const classes: Partial<StreamConfig> = { ...ready, name: CLASSES, subjects: ["jobs.classes.*"] };
  const events: Partial<StreamConfig> = {
    ...common,
    name: EVENTS,
    subjects: ["jobs.events.>"],
    // Whoever watches looks at the store as well: what dies with the server is not worth a write to disk for each heartbeat.
    storage: StorageType.Memory,
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.Old,
    max_age: nanos(3600_000),
    max_bytes: 256 * 1024 ** 2,
  };
  const taking: Partial<ConsumerConfig> = {
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    ack_wait: nanos(ackWaitMs),
    // Nothing is dead-lettered by a count: the store says when a job is over.
    max_deliver: -1,
    max_ack_pending: maxReady,
  };
  const consumers = JOB_CLASSES.map((jobClass) => {
    const { stream, name } = consumerOf(jobClass);
    // That of `default` is of the whole stream, as older versions have it.
    const filter = jobClass === "default" ? {} : { filter_subject: subjectOf(jobClass) };
    return { stream, config: { ...taking, durable_name: name, ...filter } };
  });
  return { streams: [ready, classes, events] as const, consumers };
}

/** Makes the streams and their consumers, or gives those that are there these settings. */
export async function ensureStreams(jsm: JetStreamManager, given: StreamSettings): Promise<void> {
  const { streams, consumers } = streamConfigs(given);
  for (const stream of streams) {
    try {
      await jsm.streams.update(stream.name as string, stream);
    } catch (error) {
      if (!(error instanceof NatsError && error.api_error?.err_code === STREAM_NOT_FOUND)) throw error;
      await jsm.streams.add(stream);
    }
  }
  await Promise.all(consumers.map(({ stream, config }) => jsm.consumers.add(stream, config)));
}
