import { createHash } from "node:crypto";
import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { type Job, JobOptionsSchema, type JobState } from "../../gen/dragoman/v1/job_pb.ts";
import { type JobOutcomeSchema, ListJobsRequestSchema, type RetryJobsRequest } from "../../gen/dragoman/v1/job_service_pb.ts";
import { asDragomanError, type DragomanError } from "../../platform/errors.ts";
import type { AllJobs } from "../store/all_jobs_store.ts";
import type { ChangeStore } from "../store/change_store.ts";
import { listingOf, pageOf, pageTokenOf } from "./listing.ts";
import { requireAll } from "./validation.ts";

/** Jobs that one call changes. */
const MOST = 100;
const AT_ONCE = 10;

/** Which jobs a call is about: these, or those with a label. */
interface Chosen {
  readonly ids: readonly string[];
  readonly label: string;
  readonly labels: readonly string[];
  readonly states: readonly JobState[];
  readonly pageToken: string;
}

type OutcomeInit = MessageInitShape<typeof JobOutcomeSchema>;

/**
 * Does `change` to each job that is chosen, at most a hundred, and says what became of each: what is refused for one says nothing of the
 * others. By a label, those in one of `states` are meant if none is named, and the next call goes on with the token. Throws INVALID_REQUEST.
 */
export async function changeAll(
  store: AllJobs & ChangeStore,
  tenantId: string,
  { ids, label, labels, states, pageToken }: Chosen,
  usualStates: readonly JobState[],
  change: (id: string) => Promise<Job>,
): Promise<{ readonly outcomes: OutcomeInit[]; readonly nextPageToken: string }> {
  const byLabel = label !== "" || labels.length > 0;
  requireAll(
    [ids.length > 0 !== byLabel, "ids", "or a label is given, and not both"],
    [ids.length <= MOST, "ids", `has at most ${MOST} items`],
    [new Set(ids).size === ids.length, "ids", "has each job once"],
    [ids.length === 0 || pageToken === "", "page_token", "is for jobs with a label"],
  );
  if (ids.length > 0) return { outcomes: await eachOf(ids, change), nextPageToken: "" };
  const chosen = { label, labels: [...labels], states: [...(states.length > 0 ? states : usualStates)], pageToken, pageSize: MOST };
  const listing = listingOf(create(ListJobsRequestSchema, chosen), tenantId);
  const { records, next } = await pageOf(store, listing);
  const outcomes = await eachOf(
    records.map(({ job }) => job.id),
    change,
  );
  return { outcomes, nextPageToken: next ? pageTokenOf(listing, next) : "" };
}

async function eachOf(ids: readonly string[], change: (id: string) => Promise<Job>): Promise<OutcomeInit[]> {
  const outcomes: OutcomeInit[] = [];
  for (let start = 0; start < ids.length; start += AT_ONCE)
    outcomes.push(
      ...(await Promise.all(
        ids.slice(start, start + AT_ONCE).map((id) =>
          change(id).then(
            (job) => ({ id, job }),
            (error: unknown) => ({ id, error: ofOne(asDragomanError(error)) }),
          ),
        ),
      )),
    );
  return outcomes;
}

/** What one job was refused for. Throws what concerns all of them. */
function ofOne(error: DragomanError): DragomanError["detail"] {
  if (["INTERNAL", "UNAVAILABLE", "CANCELLED"].includes(error.code)) throw error;
  return error.detail;
}

/** One for each job of a call, so that the same call again makes no second retry of it: by its own key, or without one by its options. */
export function retryRequestId({ requestId, options, optionsMask }: RetryJobsRequest, jobId: string): string {
  // Whoever has the store could try passwords on what was made of one.
  const shown = options ? toBinary(JobOptionsSchema, create(JobOptionsSchema, { ...options, password: "" })) : [];
  // Nobody has looked at them yet, so they may be what no JSON can say.
  const key = requestId || [Buffer.from(shown).toString("base64"), ...(optionsMask?.paths ?? [])].join();
  return createHash("sha256").update(`retries ${key} ${jobId}`).digest("hex");
}
