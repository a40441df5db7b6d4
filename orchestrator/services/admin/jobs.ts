import { create } from "@bufbuild/protobuf";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import {
  type ListTenantJobsRequest,
  ListTenantJobsResponseSchema,
  type TenantJob,
  TenantJobSchema,
} from "../../../gen/dragoman/v1/admin_service_pb.ts";
import { DragomanError } from "../../../platform/errors.ts";
import type { JobRecord } from "../../jobs/job.ts";
import type { OperatorFilter } from "../../jobs/operator_filter.ts";
import { summary } from "../job_service.ts";
import { isTime, requireAll, TIMES } from "../validation.ts";
import { actionOf, carryOut } from "./actions.ts";
import { type AdminCalls, type AdminParts, actorOf } from "./admin_parts.ts";
import { lookAtJobs } from "./all_jobs.ts";
import { reasonRule } from "./reason.ts";

const DEFAULT_PAGE = 20;
const MAX_PAGE = 100;
/** How many jobs are looked at for a page of those that are meant. */
const LOOKED_AT = 500;
const LOOKS = 4;
const MAX_IDS = 1000;
const MAX_LABELS = 10;
const ID = /^[0-9A-HJKMNP-TV-Z]{26}$/;

/** The calls about the jobs of all tenants. */
export function jobCalls(parts: AdminParts): AdminCalls<"listTenantJobs" | "getTenantJob" | "overrideJob"> {
  const { store } = parts.creation;
  const named = async (id: string): Promise<JobRecord> => {
    const record = await store.get(id);
    if (!record) throw DragomanError.of("JOB_NOT_FOUND", "There is no such job.");
    return record;
  };
  return {
    async listTenantJobs(request) {
      const { pageSize, pageToken } = request;
      requireAll(
        [pageSize >= 0, "page_size", `is 1 to ${MAX_PAGE}, or 0 for ${DEFAULT_PAGE}`],
        [pageToken === "" || ID.test(pageToken), "page_token", "is a next_page_token, or empty"],
      );
      const filter = filterOf(request);
      const size = Math.min(MAX_PAGE, pageSize || DEFAULT_PAGE);
      const jobs: JobRecord[] = [];
      let before = pageToken || "~";
      for (let look = 0; look < LOOKS && before !== "" && jobs.length < size; look++) {
        const { records, last } = await lookAtJobs(store, filter, before, LOOKED_AT);
        jobs.push(...records);
        before = last;
      }
      const page = jobs.slice(0, size);
      const next = jobs.length > size ? (page.at(-1)?.job.id ?? "") : before;
      return create(ListTenantJobsResponseSchema, {
        jobs: page.map((record) => shown({ ...record, job: summary(record) })),
        nextPageToken: next,
      });
    },
    getTenantJob: async ({ id }) => shown(await named(id)),
    async overrideJob(request, context) {
      const { id, reason, expectedVersion } = request;
      requireAll(reasonRule(reason));
      const action = actionOf(request);
      const order = { action, by: actorOf(context.principal), reason, operationId: "", expectedVersion };
      return shown(await carryOut(parts.creation, await named(id), order, context));
    },
  };
}

/** Which jobs a request means. Throws INVALID_REQUEST. */
export function filterOf(request: Omit<ListTenantJobsRequest, "pageSize" | "pageToken" | "$typeName" | "$unknown">): OperatorFilter {
  const { tenantId, states, labels, ids, createdAfter, createdBefore, updatedAfter, updatedBefore, errorCode, quarantined } = request;
  const times = { created_after: createdAfter, created_before: createdBefore, updated_after: updatedAfter, updated_before: updatedBefore };
  requireAll(
    ...Object.entries(times).map(([field, time]) => [isTime(time), field, TIMES] as const),
    [ids.length <= MAX_IDS && ids.every((id) => ID.test(id)), "ids", `has at most ${MAX_IDS} ids of jobs`],
    [
      labels.length <= MAX_LABELS && labels.every((label) => label.indexOf("=") > 0),
      "labels",
      `has at most ${MAX_LABELS}, as in "order=1042"`,
    ],
  );
  return {
    ...{ tenantId, states, labels, ids, errorCode, quarantined },
    createdFrom: createdAfter && timestampMs(createdAfter),
    createdBefore: createdBefore && timestampMs(createdBefore),
    updatedFrom: updatedAfter && timestampMs(updatedAfter),
    updatedBefore: updatedBefore && timestampMs(updatedBefore),
  };
}

function shown({ tenantId, job }: JobRecord): TenantJob {
  return create(TenantJobSchema, { tenantId, job });
}
