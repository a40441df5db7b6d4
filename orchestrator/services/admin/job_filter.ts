import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { JobFilter } from "../../../gen/dragoman/v1/admin_service_pb.ts";
import type { OperatorFilter } from "../../jobs/operator_filter.ts";
import { isTime, requireAll, TIMES } from "../validation.ts";

const MAX_IDS = 1000;
const MAX_LABELS = 10;
const ID = /^[0-9A-HJKMNP-TV-Z]{26}$/;

/** What requests name jobs by. */
type Asked = Omit<JobFilter, "$typeName" | "$unknown">;

/** Which jobs a request means. Throws INVALID_REQUEST. */
export function filterOf(request: Asked): OperatorFilter {
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
