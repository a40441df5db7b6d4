import { createHash } from "node:crypto";
import { setImmediate as turn } from "node:timers/promises";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { encodeTime } from "ulid";
import { JobSort, type ListJobsRequest } from "../../gen/dragoman/v1/job_service_pb.ts";
import type { JobRecord } from "../jobs/job.ts";
import { isMeant, type JobFilter } from "../jobs/job_filter.ts";
import type { AllJobs } from "../store/all_jobs_store.ts";
import { type ChangeStore, firstNumberAt } from "../store/change_store.ts";
import { retryLabel } from "../store/store.ts";
import { filterRules, isTime, requireAll, TIMES } from "./validation.ts";

const DEFAULT_PAGE = 20;
const MAX_PAGE = 100;
const MAX_NAME = 200;
/** Jobs that one call looks at for those that are asked for; the next page goes on after them. */
const MAX_LOOKED_AT = 1000;
/** Each may be most of a megabyte. */
const BATCH = 100;
const TOKEN = /^([0-9A-HJKMNP-TV-Z]{26}|\d{1,16})([0-9a-f]{12})$/;

/** Which of a tenant's jobs are asked for, from where on, and in which order. */
export interface Listing {
  readonly tenantId: string;
  readonly filter: JobFilter;
  readonly order: "created" | "updated";
  readonly descending: boolean;
  /** The place in the order after which the page begins: a job's id, or the number of its change; empty for the beginning. */
  readonly after: string;
  readonly limit: number;
}

/** One page; `next` as `Listing.after` for the one after it, undefined on the last. */
export interface ListedPage {
  readonly records: readonly JobRecord[];
  readonly next: string | undefined;
}

/** Throws INVALID_REQUEST. */
export function listingOf(request: ListJobsRequest, tenantId: string): Listing {
  const { pageSize, pageToken, createdAfter, createdBefore, updatedAfter, label, labels, states, state, name, retryOf, sort } = request;
  const order = sort === JobSort.UPDATED_ASC || sort === JobSort.UPDATED_DESC ? "updated" : "created";
  const after = placeOf(tenantId, order, pageToken);
  const filter: JobFilter = {
    states: state === 0 ? states : [...states, state],
    labels: label === "" ? labels : [...labels, label],
    name,
    retryOf,
    ...{ createdFrom: createdAfter && timestampMs(createdAfter), createdBefore: createdBefore && timestampMs(createdBefore) },
    updatedFrom: updatedAfter && timestampMs(updatedAfter),
  };
  requireAll(
    [pageSize >= 0, "page_size", `is 1 to ${MAX_PAGE}, or 0 for ${DEFAULT_PAGE}`],
    [pageToken === "" || after !== "", "page_token", "is the `next_page_token` of an answer to this tenant for this order, or empty"],
    [isTime(createdAfter), "created_after", TIMES],
    [isTime(createdBefore), "created_before", TIMES],
    [isTime(updatedAfter), "updated_after", TIMES],
    [name.length <= MAX_NAME, "name", `has at most ${MAX_NAME} characters`],
    ...filterRules(request),
  );
  const descending = sort !== JobSort.CREATED_ASC && sort !== JobSort.UPDATED_ASC;
  return { tenantId, filter, order, descending, after, limit: Math.min(MAX_PAGE, pageSize || DEFAULT_PAGE) };
}

/** Where the page after place `after` begins. It is bound to its tenant and order, so that no other text passes for one. */
export function pageTokenOf({ tenantId, order }: Pick<Listing, "tenantId" | "order">, after: string): string {
  const digest = createHash("sha256").update(`page ${tenantId} ${order === "created" ? "" : `${order} `}${after}`);
  return after + digest.digest("hex").slice(0, 12);
}

function placeOf(tenantId: string, order: Listing["order"], token: string): string {
  const [, place = ""] = TOKEN.exec(token) ?? [];
  return place && pageTokenOf({ tenantId, order }, place) === token ? place : "";
}

/** A page of the jobs that are asked for, in their order, found among so many: where more have to be looked at, the page ends. */
export async function pageOf(store: AllJobs & ChangeStore, listing: Listing, maxLookedAt = MAX_LOOKED_AT): Promise<ListedPage> {
  const read = listing.order === "created" ? byCreation(store, listing) : byChange(store, listing);
  const found: Placed[] = [];
  let after = listing.after;
  for (let lookedAt = 0; lookedAt < maxLookedAt; ) {
    const size = lookedAt === 0 ? listing.limit + 1 : Math.min(BATCH, maxLookedAt);
    const { placed, last } = await read(after, size);
    for (const { place, record } of placed) {
      if (!isMeant(record, listing.filter)) continue;
      found.push({ place, record });
      if (found.length > listing.limit) {
        const page = found.slice(0, listing.limit);
        return { records: page.map((each) => each.record), next: page.at(-1)?.place };
      }
    }
    if (!last) return { records: found.map((each) => each.record), next: undefined };
    // A store in the process answers at once, and what is looked at may be large.
    await turn();
    lookedAt += size;
    after = last;
  }
  return { records: found.map((each) => each.record), next: after };
}

interface Placed {
  readonly place: string;
  readonly record: JobRecord;
}

/** Some jobs after a place; `last` is the place that was looked at last, also of a job that is forgotten, and empty where there are no more. */
type ReadOn = (after: string, limit: number) => Promise<{ readonly placed: readonly Placed[]; readonly last: string }>;

/** By ids, which begin with the time they were made at. */
function byCreation(store: AllJobs, { tenantId, filter, descending }: Listing): ReadOn {
  const { states = [], labels = [], retryOf, createdFrom, createdBefore } = filter;
  const [firstId, endId] = [
    createdFrom === undefined ? "" : encodeTime(createdFrom),
    createdBefore === undefined ? "~" : encodeTime(createdBefore),
  ];
  const label = retryOf ? retryLabel(retryOf) : (labels[0] ?? "");
  return async (after, limit) => {
    const before = descending && after && after < endId ? after : endId;
    // No id lies between one and itself with another character.
    const from = !descending && after && `${after}0` > firstId ? `${after}0` : firstId;
    const { records, last } = await store.listAll({ tenantId, states, label, limit, before, from, oldestFirst: !descending });
    return { placed: records.map((record) => ({ place: record.job.id, record })), last };
  };
}

function byChange(store: ChangeStore, { tenantId, filter, descending }: Listing): ReadOn {
  const first = filter.updatedFrom === undefined ? 0 : firstNumberAt(filter.updatedFrom) - 1;
  return async (after, limit) => {
    const above = descending || !after ? first : Math.max(first, Number(after));
    const below = descending && after ? Number(after) : Number.MAX_SAFE_INTEGER;
    const changes = await store.changes({ tenantId, above, below, latestFirst: descending, limit });
    const placed = changes.flatMap(({ number, record }) => (record ? [{ place: String(number), record }] : []));
    return { placed, last: changes.length < limit ? "" : String(changes.at(-1)?.number ?? "") };
  };
}
