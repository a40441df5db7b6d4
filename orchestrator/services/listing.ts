import { createHash } from "node:crypto";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { encodeTime } from "ulid";
import type { ListJobsRequest } from "../../gen/dragoman/v1/job_service_pb.ts";
import { isTime, requireAll, TIMES } from "./validation.ts";

const DEFAULT_PAGE = 20;
const MAX_PAGE = 100;
const TOKEN = /^([0-9A-HJKMNP-TV-Z]{26})([0-9a-f]{12})$/;

/** Which of a tenant's jobs are asked for: those whose ids are within the bounds. */
interface Listing {
  readonly before: string;
  readonly from: string;
  readonly limit: number;
}

/** Ids begin with the time they were made at, so times and the page's token bound the same thing. Throws INVALID_REQUEST. */
export function listingOf({ pageSize, pageToken, createdAfter, createdBefore }: ListJobsRequest, tenantId: string): Listing {
  const last = lastOf(tenantId, pageToken);
  requireAll(
    [pageSize >= 0, "page_size", `is 1 to ${MAX_PAGE}, or 0 for ${DEFAULT_PAGE}`],
    [pageToken === "" || last !== "", "page_token", "is the `next_page_token` of an answer to this tenant, or empty"],
    [isTime(createdAfter), "created_after", TIMES],
    [isTime(createdBefore), "created_before", TIMES],
  );
  const bounds = [last, createdBefore ? encodeTime(timestampMs(createdBefore)) : ""].filter(Boolean).sort();
  return {
    before: bounds[0] ?? "~",
    from: createdAfter ? encodeTime(timestampMs(createdAfter)) : "",
    limit: Math.min(MAX_PAGE, pageSize || DEFAULT_PAGE),
  };
}

/** Where the page after the one that ends with job `id` begins. It is bound to its tenant, so that no other text passes for one. */
export function pageTokenOf(tenantId: string, id: string): string {
  return id + createHash("sha256").update(`page ${tenantId} ${id}`).digest("hex").slice(0, 12);
}

function lastOf(tenantId: string, token: string): string {
  const [, id = ""] = TOKEN.exec(token) ?? [];
  return id && pageTokenOf(tenantId, id) === token ? id : "";
}
