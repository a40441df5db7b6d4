import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  type Artefact,
  ContentSelectionSchema,
  type Job,
  JobOptionsSchema,
  JobSchema,
  JobState,
  LedgerSchema,
  ResultFormat,
} from "../../gen/dragoman/v1/job_pb.ts";
import {
  CancelJobsResponseSchema,
  DeleteJobResponseSchema,
  type GetResultRequest,
  JobService,
  ListFormatsResponseSchema,
  ListJobsResponseSchema,
  ListLanguagePairsResponseSchema,
  type ResultChunk,
  ResultChunkSchema,
  RetryJobRequestSchema,
  RetryJobsResponseSchema,
} from "../../gen/dragoman/v1/job_service_pb.ts";
import { DragomanError } from "../../platform/errors.ts";
import { isFinal } from "../../platform/final.ts";
import type { Handlers } from "../../platform/grpc/server.ts";
import type { Messaging } from "../../platform/messaging/messaging.ts";
import type { Callers } from "../access/callers.ts";
import { type GuardedContext, guarded, type Requires } from "../access/guard.ts";
import type { LastingCalls } from "../access/lasting_calls.ts";
import type { Tenants } from "../access/tenants.ts";
import { outputKey, PAGED } from "../jobs/artefact_keys.ts";
import { demandOf } from "../jobs/capability.ts";
import type { JobRecord } from "../jobs/job.ts";
import type { DeletionParts } from "../scheduling/deletion.ts";
import { requireVersion } from "../scheduling/job_writer.ts";
import type { KnownControls } from "../scheduling/known_controls.ts";
import type { Admission } from "./admission.ts";
import { usageOf } from "./allowances.ts";
import { changeAll, retryRequestId } from "./bulk.ts";
import { bundle, bundleOf } from "./bundle.ts";
import { type CreationParts, createJob, MAX_REQUEST_ID, retryJob } from "./creation.ts";
import { explain } from "./explanation.ts";
import { fileFormats } from "./formats.ts";
import { shownTo } from "./guests.ts";
import { heldBackBy } from "./holding_back.ts";
import { listingOf, pageOf, pageTokenOf } from "./listing.ts";
import { Previews } from "./previews.ts";
import { receiptFor } from "./receipts.ts";
import { requireResult } from "./results.ts";
import { Revisions } from "./revisions.ts";
import { settingsOf } from "./settings_service.ts";
import { updateOf } from "./updating.ts";
import { usageReport } from "./usage.ts";
import { requireAll } from "./validation.ts";
import { watch } from "./watch.ts";
import { watchJobs } from "./watch_jobs.ts";

const CHUNK_BYTES = 64 * 1024;
const URL_TTL_MS = 300_000;
const MAX_WAIT_SECONDS = 60;
const MAX_REASON = 200;
const OPEN = [JobState.SCHEDULED, JobState.QUEUED, JobState.RUNNING, JobState.RETRY_WAIT];
const WITHOUT_RESULT = [JobState.FAILED, JobState.CANCELLED, JobState.EXPIRED];

const REQUIRES: Requires<typeof JobService> = {
  createJob: "jobs:write",
  getJob: { scope: "jobs:read", token: "read" },
  explainJob: "jobs:read",
  listJobs: "jobs:read",
  cancelJob: { scope: "jobs:write", token: "cancel" },
  retryJob: "jobs:write",
  updateJob: "jobs:write",
  cancelJobs: "jobs:write",
  retryJobs: "jobs:write",
  correctJob: "jobs:write",
  importXliff: "jobs:write",
  deleteJob: "jobs:write",
  getReceipt: "jobs:read",
  watchJob: { scope: "jobs:read", token: "read" },
  getResult: { scope: "jobs:read", token: "read" },
  watchJobs: "jobs:read",
  listLanguagePairs: "jobs:read",
  listFormats: "jobs:read",
  getUsage: "jobs:read",
};

interface JobServiceParts extends CreationParts, DeletionParts {
  readonly tenants: Tenants;
  readonly controls: KnownControls;
  readonly callers: Callers;
  readonly lasting: LastingCalls;
  readonly messaging: Messaging;
  readonly admission: Admission;
}

/** Answers clients. Every call is authenticated here, whoever proxied it. */
export function jobService(parts: JobServiceParts): Handlers<typeof JobService> {
  const { store, jobs, messaging, artefacts, fleet, lasting, admission, deletion } = parts;
  const previews = new Previews(parts);
  const revisions = new Revisions(parts);

  const owned = async (id: string, { principal: { tenantId } }: GuardedContext): Promise<JobRecord> => {
    const record = await store.get(id);
    if (!record || record.tenantId !== tenantId) throw DragomanError.of("JOB_NOT_FOUND", "There is no such job.");
    return record;
  };

  const whileKeyHolds = ({ authorization, refuse }: GuardedContext) => lasting.hold({ authorization, refuse });

  return guarded(JobService, parts, REQUIRES, {
    async createJob(request, context) {
      return admission.admit(context, () => createJob(parts, request, context));
    },
    async getJob(request, context) {
      const { job } = await owned(request.id, context);
      requireAll([request.waitSeconds >= 0 && request.waitSeconds <= MAX_WAIT_SECONDS, "wait_seconds", `is 0 to ${MAX_WAIT_SECONDS}`]);
      const known = request.afterVersion || job.version;
      if (request.waitSeconds === 0 || job.version > known || isFinal(job.state)) return shownTo(context.principal, job);
      using _ = whileKeyHolds(context);
      const enough = AbortSignal.any([context.signal, AbortSignal.timeout(request.waitSeconds * 1000)]);
      for await (const change of watch(store, messaging, request.id, known, enough)) return shownTo(context.principal, change);
      // Its key may have been taken back meanwhile.
      context.signal.throwIfAborted();
      return shownTo(context.principal, (await owned(request.id, context)).job);
    },
    async explainJob(request, context) {
      const record = await owned(request.id, context);
      const [position, heldBack] = await Promise.all([store.position(record.tenantId, record.job.id), heldBackBy(parts, record)]);
      const served = fleet.serves(demandOf(record.job, record.jobClass));
      return explain(record, { position, capacity: fleet.capacity(), served, heldBack });
    },
    async listJobs(request, context) {
      const { tenantId } = context.principal;
      const listing = listingOf(request, tenantId);
      const { records, next } = await pageOf(store, listing);
      const counts = request.counts ? await store.countByState(tenantId) : [];
      return create(ListJobsResponseSchema, {
        jobs: records.map(summary),
        nextPageToken: next ? pageTokenOf(listing, next) : "",
        counts: [...counts].map(([state, jobs]) => ({ state, jobs })),
      });
    },
    async cancelJob(request, context) {
      await owned(request.id, context);
      requireAll([request.reason.length <= MAX_REASON, "reason", `has at most ${MAX_REASON} characters`]);
      return shownTo(context.principal, (await jobs.apply(request.id, { kind: "cancel", reason: request.reason }, request)).job);
    },
    async deleteJob(request, context) {
      const record = await owned(request.id, context);
      requireVersion(record, request.expectedVersion);
      if (!isFinal(record.job.state)) throw DragomanError.of("JOB_NOT_FINISHED", "The job has not ended yet.");
      const { forgetMemory } = request;
      if (!(await deletion.forget(record, { by: context.principal.keyId, forgetMemory })))
        throw DragomanError.of("CONFLICT", "The job was changed meanwhile.");
      return create(DeleteJobResponseSchema, { receipt: await receiptFor(store, record.job.id, context.principal) });
    },
    async getReceipt(request, context) {
      return receiptFor(store, request.id, context.principal);
    },
    async retryJob(request, context) {
      const record = await owned(request.id, context);
      requireVersion(record, request.expectedVersion);
      return admission.admit(context, () => retryJob(parts, request, record, context));
    },
    async updateJob(request, context) {
      await owned(request.id, context);
      return (await jobs.apply(request.id, await updateOf(parts, request, context.principal), request)).job;
    },
    async cancelJobs(request, context) {
      requireAll([request.reason.length <= MAX_REASON, "reason", `has at most ${MAX_REASON} characters`]);
      const cancel = async (id: string) => {
        await owned(id, context);
        return summary(await jobs.apply(id, { kind: "cancel", reason: request.reason }));
      };
      return create(CancelJobsResponseSchema, await changeAll(store, context.principal.tenantId, request, OPEN, cancel));
    },
    async retryJobs(request, context) {
      const { requestId, options, optionsMask } = request;
      requireAll([requestId.length <= MAX_REQUEST_ID, "request_id", `has at most ${MAX_REQUEST_ID} characters`]);
      const retry = async (id: string) => {
        const again = create(RetryJobRequestSchema, {
          id,
          requestId: retryRequestId(request, id),
          ...(options && { options }),
          ...(optionsMask && { optionsMask }),
        });
        const record = await owned(id, context);
        const job = await admission.admit(context, () => retryJob(parts, again, record, context));
        return summary({ job });
      };
      return create(RetryJobsResponseSchema, await changeAll(store, context.principal.tenantId, request, WITHOUT_RESULT, retry));
    },
    async correctJob(request, context) {
      const record = await owned(request.id, context);
      using _ = whileKeyHolds(context);
      return await revisions.correct(record, request);
    },
    async importXliff(request, context) {
      const record = await owned(request.id, context);
      using _ = whileKeyHolds(context);
      return await revisions.importXliff(record, request);
    },
    async *watchJob(request, context): AsyncGenerator<Job> {
      await owned(request.id, context);
      for await (const job of watch(store, messaging, request.id, request.afterVersion, context.signal))
        yield shownTo(context.principal, job);
    },
    watchJobs: (request, { principal, signal }) => watchJobs(store, messaging, principal.tenantId, request, signal),
    async *getResult(request, context) {
      const record = await owned(request.id, context);
      const isPart = request.offset !== 0n || request.length !== 0n;
      requireAll(
        [request.offset >= 0n, "offset", "is not negative"],
        [request.length >= 0n, "length", "is not negative"],
        [request.format !== ResultFormat.BUNDLE || !isPart, "offset", "is 0, and `length`, for a bundle: it is made as it is sent"],
      );
      if (request.format === ResultFormat.BUNDLE) {
        requireResult(record);
        yield* inChunks(
          bundle(record, artefacts, (artefact) => previews.made(record, artefact), context.signal),
          bundleOf(record),
        );
        return;
      }
      const listed = findArtefact(record, request);
      const artefact = await previews.made(record, listed);
      const key = outputKey(record, artefact);
      // The address is of the whole file.
      if (request.preferUrl && artefacts.direct && !isPart) {
        const url = artefacts.direct.getUrl(key, artefact, URL_TTL_MS);
        yield create(ResultChunkSchema, { artefact, url, urlExpireTime: timestampFromMs(store.clock.now() + URL_TTL_MS) });
        return;
      }
      if (request.offset > 0n && request.offset >= artefact.sizeBytes)
        throw DragomanError.of("RANGE_NOT_SATISFIABLE", `The file has ${artefact.sizeBytes} bytes.`);
      const left = artefact.sizeBytes - request.offset;
      const length = request.length > 0n && request.length < left ? request.length : left;
      const range = isPart && length > 0n ? { offset: Number(request.offset), length: Number(length) } : undefined;
      yield* inChunks(artefacts.get(key, context.signal, range), artefact);
    },
    async listLanguagePairs(_, context) {
      const { tenantId } = context.principal;
      const { engine, fallbackEngines } = await settingsOf(store, tenantId);
      const pairs = fleet.pairs([...new Set([engine, ...fallbackEngines])]);
      return create(ListLanguagePairsResponseSchema, { pairs, engines: fleet.translationEngines() });
    },
    async listFormats() {
      return create(ListFormatsResponseSchema, { formats: fileFormats((id) => fleet.reads(id)) });
    },
    async getUsage(request, context) {
      const { tenantId } = context.principal;
      const report = await usageReport(store, tenantId, request);
      const { effective } = await parts.tenants.of(tenantId);
      return Object.assign(await usageOf(store, tenantId, effective.charactersPerMonth), report);
    },
  });
}

const NOTHING_LONG = { terms: [], doNotTranslate: [], context: "", instructions: "" };

/** A job without what can be long, so that a page of them stays a small message. */
export function summary({ job }: Pick<JobRecord, "job">): Job {
  const { ledger, options } = job;
  const selection = options?.selection && { selection: create(ContentSelectionSchema, { ...options.selection, keys: [], columns: [] }) };
  return create(JobSchema, {
    ...{ ...job, timeline: [], artefacts: [] },
    ...(ledger && { ledger: create(LedgerSchema, { ...ledger, entries: [], unknown: [] }) }),
    ...(options && { options: create(JobOptionsSchema, { ...options, ...selection, ...NOTHING_LONG }) }),
  });
}

/** The bytes in messages; the first one says what they are. */
async function* inChunks(bytes: AsyncIterable<Uint8Array>, artefact: Artefact): AsyncGenerator<ResultChunk> {
  let first = true;
  for await (const piece of bytes) {
    for (let start = 0; start < piece.length; start += CHUNK_BYTES) {
      yield create(ResultChunkSchema, { data: piece.subarray(start, start + CHUNK_BYTES), ...(first && { artefact }) });
      first = false;
    }
  }
  if (first) yield create(ResultChunkSchema, { artefact });
}

function findArtefact(record: JobRecord, request: GetResultRequest): Artefact {
  requireResult(record);
  const format = request.format || ResultFormat.MARKDOWN;
  const page = PAGED.has(format) ? request.page || 1 : 0;
  const artefact = record.job.artefacts.find((candidate) => candidate.format === format && candidate.page === page);
  if (!artefact) throw DragomanError.of("ARTEFACT_NOT_FOUND", "The result has no such file.");
  return artefact;
}
