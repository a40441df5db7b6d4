import { timestampMs } from "@bufbuild/protobuf/wkt";
import { priorityName, stateName } from "../../../platform/names.ts";
import type { JobRecord } from "../../jobs/job.ts";

/** What an operator's change of a job changed, as the audit log shows it. */
export function differences(before: JobRecord, after: JobRecord): { readonly before: object; readonly after: object } {
  const [was, is] = [shownOf(before), shownOf(after)];
  const changed = Object.keys(is).filter((name) => was[name] !== is[name]);
  const only = (of: Readonly<Record<string, unknown>>) => Object.fromEntries(changed.map((name) => [name, of[name] ?? null]));
  return { before: only(was), after: only(is) };
}

function shownOf({ job, queueDeadlineAt }: JobRecord): Record<string, unknown> {
  const { options, error } = job;
  return {
    state: stateName(job.state),
    priority: priorityName(options?.priority ?? 0),
    urgent: job.urgent,
    notBefore: options?.notBefore && new Date(timestampMs(options.notBefore)).toISOString(),
    queueDeadline: new Date(queueDeadlineAt).toISOString(),
    runDeadlineSeconds: options?.runDeadlineSeconds,
    expireInSeconds: options?.expireInSeconds,
    quarantined: job.quarantined,
    error: error?.code,
  };
}
