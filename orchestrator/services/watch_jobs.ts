import { setImmediate as turn } from "node:timers/promises";
import { create } from "@bufbuild/protobuf";
import { type JobChange, JobChangeSchema, type WatchJobsRequest } from "../../gen/dragoman/v1/job_service_pb.ts";
import type { Messaging } from "../../platform/messaging/messaging.ts";
import { isMeant } from "../jobs/job_filter.ts";
import type { ChangeStore } from "../store/change_store.ts";
import { filterRules, requireAll } from "./validation.ts";
import { pause } from "./watch.ts";

/** Changes that are read at once: each may be a job of some hundred kilobytes. */
const BATCH = 20;
const CURSOR = /^\d{1,16}$/;

/**
 * The changes of a tenant's jobs after the cursor, for ever. They are read by their numbers in the store, and messages only say when
 * to look: so none is missed, whatever becomes of these. Throws INVALID_REQUEST.
 */
export async function* watchJobs(
  store: ChangeStore,
  messaging: Pick<Messaging, "subscribe">,
  tenantId: string,
  { cursor, fromStart, labels, states }: WatchJobsRequest,
  signal: AbortSignal,
): AsyncGenerator<JobChange> {
  requireAll(
    [cursor === "" || CURSOR.test(cursor), "cursor", "is the `cursor` of an answer, or empty"],
    ...filterRules({ labels, states }),
  );
  let wake = Promise.withResolvers<void>();
  using _subscription = await messaging.subscribe({ tenantId, changed: () => wake.resolve() });
  let seen = cursor ? Number(cursor) : fromStart ? 0 : await store.lastChange(tenantId);
  let told = seen;
  yield create(JobChangeSchema, { cursor: String(seen) });
  while (!signal.aborted) {
    wake = Promise.withResolvers();
    const changes = await store.changes({ tenantId, above: seen, below: Number.MAX_SAFE_INTEGER, latestFirst: false, limit: BATCH });
    for (const { number, record, jobId } of changes) {
      seen = number;
      // Of one that is forgotten nobody knows what it was.
      if (record ? !isMeant(record, { labels, states }) : labels.length + states.length > 0) continue;
      told = number;
      yield create(JobChangeSchema, { cursor: String(number), ...(record ? { job: record.job } : { deletedJobId: jobId }) });
    }
    if (changes.length === BATCH) {
      // A store in the process answers at once, and a tenant may have any number of changes that are not asked for.
      await turn();
      continue;
    }
    // So that whoever comes again has not to go through what it does not ask for once more.
    if (seen !== told) yield create(JobChangeSchema, { cursor: String(seen) });
    told = seen;
    await pause(wake.promise, signal);
  }
}
