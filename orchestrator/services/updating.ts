import { timestampMs } from "@bufbuild/protobuf/wkt";
import { Priority } from "../../gen/dragoman/v1/job_pb.ts";
import type { UpdateJobRequest } from "../../gen/dragoman/v1/job_service_pb.ts";
import type { Principal } from "../access/keys.ts";
import type { UpdateCommand } from "../jobs/job_update.ts";
import { permissionsOf, permittedPriority } from "../policy/permissions.ts";
import type { JobWriter } from "../scheduling/job_writer.ts";
import { isTime, MAX_QUEUE_DEADLINE_SECONDS, requireAll, TIMES } from "./validation.ts";

/** What a call changes of a job, within what the tenant and the caller's key may. Throws INVALID_REQUEST. */
export async function updateOf(
  { jobs }: { readonly jobs: Pick<JobWriter, "limitsOf"> },
  { priority, notBefore, queueDeadlineSeconds: seconds }: UpdateJobRequest,
  caller: Pick<Principal, "tenantId" | "keyId">,
): Promise<UpdateCommand> {
  requireAll(
    [isTime(notBefore), "not_before", TIMES],
    [seconds >= 0 && seconds <= MAX_QUEUE_DEADLINE_SECONDS, "queue_deadline_seconds", `is 0 to ${MAX_QUEUE_DEADLINE_SECONDS}`],
  );
  const permissions = permissionsOf(await jobs.limitsOf(caller));
  return {
    kind: "update",
    by: caller.keyId,
    ...(priority !== Priority.UNSPECIFIED && { priority: permittedPriority(permissions, priority) }),
    ...(notBefore && { notBefore: timestampMs(notBefore) }),
    ...(seconds > 0 && { queueDeadlineSeconds: seconds }),
  };
}
