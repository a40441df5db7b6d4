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

export const READY = "JOBS_READY";
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
  const workers: Partial<ConsumerConfig> = {
    durable_name: WORKERS,
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    ack_wait: nanos(ackWaitMs),
    // Nothing is dead-lettered by a count: the store says when a job is over.
    max_deliver: -1,
    max_ack_pending: maxReady,
  };
  return { streams: [ready, events] as const, workers };
}

/** Makes the streams and the consumer, or gives those that are there these settings. */
export async function ensureStreams(jsm: JetStreamManager, given: StreamSettings): Promise<void> {
  const { streams, workers } = streamConfigs(given);
  for (const stream of streams) {
    try {
      await jsm.streams.update(stream.name as string, stream);
    } catch (error) {
      if (!(error instanceof NatsError && error.api_error?.err_code === STREAM_NOT_FOUND)) throw error;
      await jsm.streams.add(stream);
    }
  }
  await jsm.consumers.add(READY, workers);
}
