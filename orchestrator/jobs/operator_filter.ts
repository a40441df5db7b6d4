import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { Instant } from "../../platform/clock.ts";
import type { JobRecord } from "./job.ts";
import { isMeant, type JobFilter } from "./job_filter.ts";

/** Which jobs of all tenants an operator means: those of which all of it holds. What is not given, or empty, any job has. */
export interface OperatorFilter extends JobFilter {
  readonly tenantId?: string;
  readonly ids?: readonly string[];
  readonly updatedBefore?: Instant | undefined;
  readonly errorCode?: string;
  /** Only those whose document is quarantined. */
  readonly quarantined?: boolean;
}

export function isMeantByOperator({ job, tenantId }: Pick<JobRecord, "job" | "tenantId">, filter: OperatorFilter): boolean {
  const { ids = [], updatedBefore, errorCode = "", quarantined = false } = filter;
  return (
    isMeant({ job }, filter) &&
    (!filter.tenantId || tenantId === filter.tenantId) &&
    (ids.length === 0 || ids.includes(job.id)) &&
    (updatedBefore === undefined || !job.updateTime || timestampMs(job.updateTime) < updatedBefore) &&
    (errorCode === "" || job.error?.code === errorCode) &&
    (!quarantined || job.quarantined)
  );
}
