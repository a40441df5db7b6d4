import { encodeTime } from "ulid";
import { isMeantByOperator, type OperatorFilter } from "../../jobs/operator_filter.ts";
import type { AllJobs, AllJobsPage } from "../../store/all_jobs_store.ts";
import type { JobStore } from "../../store/store.ts";

/** Looks at `limit` jobs with ids below `before`, the newest first, and gives those of them that are meant. */
export async function lookAtJobs(store: JobStore & AllJobs, filter: OperatorFilter, before: string, limit: number): Promise<AllJobsPage> {
  const { records, last } = filter.ids?.length ? await named(store, filter.ids, before, limit) : await listed(store, filter, before, limit);
  return { records: records.filter((record) => isMeantByOperator(record, filter)), last };
}

async function named(store: JobStore, ids: readonly string[], before: string, limit: number): Promise<AllJobsPage> {
  const below = [...new Set(ids)].filter((id) => id < before).sort();
  const next = below.reverse().slice(0, limit);
  const records = await Promise.all(next.map((id) => store.get(id)));
  return { records: records.filter((record) => record !== undefined), last: next.length < limit ? "" : (next.at(-1) ?? "") };
}

/** Of one tenant, or all. */
function listed(store: AllJobs, filter: OperatorFilter, before: string, limit: number): Promise<AllJobsPage> {
  const { tenantId = "", states = [], labels = [], createdFrom, createdBefore } = filter;
  const end = createdBefore === undefined ? "~" : encodeTime(createdBefore);
  const bounds = { before: before < end ? before : end, from: createdFrom === undefined ? "" : encodeTime(createdFrom), limit };
  return store.listAll({ tenantId, states, label: labels[0] ?? "", ...bounds });
}
