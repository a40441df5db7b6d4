import { create } from "@bufbuild/protobuf";
import { ListTenantJobsResponseSchema, type TenantJob, TenantJobSchema } from "../../../gen/dragoman/v1/admin_service_pb.ts";
import { DragomanError } from "../../../platform/errors.ts";
import type { JobRecord } from "../../jobs/job.ts";
import { summary } from "../job_service.ts";
import { requireAll } from "../validation.ts";
import { actionOf, carryOut } from "./actions.ts";
import { type AdminCalls, type AdminParts, actorOf } from "./admin_parts.ts";
import { lookAtJobs } from "./all_jobs.ts";
import { filterOf } from "./job_filter.ts";
import { reasonRule } from "./reason.ts";

const DEFAULT_PAGE = 20;
const MAX_PAGE = 100;
/** For a page of those that are meant, so many jobs are looked at so many times: each may be most of a megabyte. */
const LOOKED_AT = 100;
const LOOKS = 10;
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

function shown({ tenantId, job }: JobRecord): TenantJob {
  return create(TenantJobSchema, { tenantId, job });
}
