import type { Job } from "../../gen/dragoman/v1/job_pb.ts";
import { DragomanError } from "../../platform/errors.ts";
import { isFinal } from "../../platform/final.ts";
import type { Messaging } from "../../platform/messaging/messaging.ts";
import type { JobStore } from "../store/store.ts";

/** A watcher that falls further behind than this is told to watch again. */
const MAX_BEHIND = 1000;
/** How often the store is looked at, in case a message was lost. */
const RECHECK_MS = 5000;

/** The job as it is, if that is newer than `afterVersion`, then after every change in order, until it is final. Subscribes before it reads, so that nothing falls between. */
export async function* watch(
  store: JobStore,
  messaging: Messaging,
  jobId: string,
  afterVersion: bigint,
  signal: AbortSignal,
): AsyncGenerator<Job> {
  const changes: Job[] = [];
  let wake = Promise.withResolvers<void>();
  using _subscription = await messaging.subscribe({
    jobId,
    events: ({ job }) => {
      if (job) changes.push(job);
      wake.resolve();
    },
  });
  let seen = afterVersion;
  const snapshot = async () => {
    const record = await store.get(jobId);
    if (!record) throw DragomanError.of("JOB_NOT_FOUND", "The job was deleted.");
    return record.job;
  };
  changes.unshift(await snapshot());
  while (!signal.aborted) {
    if (changes.length > MAX_BEHIND) throw DragomanError.of("CONFLICT", "The watcher reads too slowly; watch again.");
    const job = changes.shift();
    if (job === undefined) {
      if (await pause(wake.promise, signal)) wake = Promise.withResolvers();
      else changes.push(await snapshot());
    } else {
      if (job.version > seen) yield job;
      if (job.version > seen) seen = job.version;
      if (isFinal(job.state)) return;
    }
  }
}

/** Whether `event` came before the next look at the store was due. */
export async function pause(event: Promise<void>, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return true;
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), RECHECK_MS);
  const abort = () => resolve(true);
  signal.addEventListener("abort", abort, { once: true });
  void event.then(() => resolve(true));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  }
}
