import { createHash } from "node:crypto";
import { create, toBinary } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type Job, JobOptionsSchema, JobSchema, LedgerSchema, ResultFormat } from "../../gen/dragoman/v1/job_pb.ts";
import {
  type CreateJobRequest,
  type GetResultRequest,
  type JobService,
  ListJobsResponseSchema,
  ListLanguagePairsResponseSchema,
  ResultChunkSchema,
} from "../../gen/dragoman/v1/job_service_pb.ts";
import type { ArtefactStore } from "../../platform/artefacts/artefacts.ts";
import { DragomanError } from "../../platform/errors.ts";
import type { CallContext, Handlers } from "../../platform/grpc/server.ts";
import type { Messaging } from "../../platform/messaging/messaging.ts";
import { type Traceparent, traceIdOf } from "../../platform/trace.ts";
import { authenticate } from "../access/keys.ts";
import { newJob } from "../jobs/change.ts";
import { newId } from "../jobs/id.ts";
import { isFinal, type JobRecord } from "../jobs/job.ts";
import { outputPrefix, uploadKey } from "../jobs/place.ts";
import type { Fleet } from "../scheduling/fleet.ts";
import type { Jobs } from "../scheduling/jobs.ts";
import type { Store } from "../store/store.ts";
import { explain } from "./explanation.ts";
import { validateCreateJob } from "./validation.ts";
import { watch } from "./watch.ts";

/** Jobs of one tenant that may be open at once. */
const MAX_OPEN_JOBS = 1000;
const CHUNK_BYTES = 64 * 1024;
const URL_TTL_MS = 300_000;

interface JobServiceParts {
  readonly store: Store;
  readonly jobs: Jobs;
  readonly messaging: Messaging;
  readonly artefacts: ArtefactStore;
  readonly fleet: Fleet;
  /** Where traces are looked at (Jaeger's origin); empty for nowhere. */
  readonly traceUi: string;
}

/** Answers clients. Every call is authenticated here, whoever forwarded it. */
export function jobService(parts: JobServiceParts): Handlers<typeof JobService> {
  const { store, jobs, messaging, artefacts, fleet } = parts;

  const owned = async (id: string, context: CallContext): Promise<JobRecord> => {
    const { tenantId } = await authenticate(store, context.authorization, "client");
    const record = await store.get(id);
    if (!record || record.tenantId !== tenantId) throw DragomanError.of("JOB_NOT_FOUND", "There is no such job.");
    return record;
  };

  return {
    async createJob(request, context) {
      const { tenantId } = await authenticate(store, context.authorization, "client");
      return createJob(parts, request, tenantId, context.traceparent);
    },
    async getJob(request, context) {
      return (await owned(request.id, context)).job;
    },
    async explainJob(request, context) {
      const record = await owned(request.id, context);
      return explain(record, await store.position(record.tenantId, record.job.id), fleet.capacity());
    },
    async listJobs(request, context) {
      const { tenantId } = await authenticate(store, context.authorization, "client");
      const limit = Math.min(100, request.pageSize > 0 ? request.pageSize : 20);
      const records = await store.list({ tenantId, state: request.state, limit: limit + 1, before: request.pageToken || "~" });
      const page = records.slice(0, limit).map(summary);
      return create(ListJobsResponseSchema, { jobs: page, nextPageToken: records.length > limit ? (page.at(-1)?.id ?? "") : "" });
    },
    async cancelJob(request, context) {
      await owned(request.id, context);
      return (await jobs.apply(request.id, { kind: "cancel", reason: request.reason.slice(0, 200) })).job;
    },
    async *watchJob(request, context): AsyncGenerator<Job> {
      await owned(request.id, context);
      yield* watch(store, messaging, request.id, context.signal);
    },
    async *getResult(request, context) {
      const record = await owned(request.id, context);
      const { artefact, key } = findArtefact(record, request);
      if (request.preferUrl && artefacts.direct) {
        const url = artefacts.direct.getUrl(key, artefact, URL_TTL_MS);
        yield create(ResultChunkSchema, { artefact, url, urlExpireTime: timestampFromMs(store.clock.now() + URL_TTL_MS) });
        return;
      }
      let first = true;
      for await (const bytes of artefacts.get(key, context.signal)) {
        for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
          yield create(ResultChunkSchema, { data: bytes.subarray(start, start + CHUNK_BYTES), ...(first && { artefact }) });
          first = false;
        }
      }
      if (first) yield create(ResultChunkSchema, { artefact });
    },
    async listLanguagePairs(_, context) {
      await authenticate(store, context.authorization, "client");
      return create(ListLanguagePairsResponseSchema, { pairs: fleet.pairs() });
    },
  };
}

/** A job without what can be long, so that a page of them stays a small message. */
function summary({ job }: JobRecord): Job {
  const ledger = job.ledger && create(LedgerSchema, { ...job.ledger, entries: [] });
  return create(JobSchema, { ...job, timeline: [], artefacts: [], ...(ledger && { ledger }) });
}

async function createJob(parts: JobServiceParts, request: CreateJobRequest, tenantId: string, traceparent: Traceparent): Promise<Job> {
  const { store, jobs, artefacts, fleet } = parts;
  const options = request.options ?? create(JobOptionsSchema);
  const fingerprint = createHash("sha256").update(request.uploadId).update(toBinary(JobOptionsSchema, options)).digest("hex");
  if (request.requestId) {
    const earlier = await earlierJob(store, tenantId, request.requestId, fingerprint);
    if (earlier) return earlier;
  }
  validateCreateJob(request, options, fleet.pairs());
  const fullForMs = fleet.fullForMs();
  if (fullForMs > 0) throw DragomanError.of("OVERLOADED", "The work queue is full.", { retryAfterMs: fullForMs });
  const upload = await store.upload(request.uploadId);
  const key = uploadKey(tenantId, request.uploadId);
  const sizeBytes = upload?.tenantId === tenantId ? await artefacts.size(key) : undefined;
  if (!upload || sizeBytes === undefined)
    throw DragomanError.of("UPLOAD_NOT_FOUND", "There is no such upload, or its bytes were not sent.");
  if (sizeBytes === 0) throw DragomanError.of("EMPTY_FILE", "The file is empty.");
  if ((await store.countOpen(tenantId)) >= MAX_OPEN_JOBS)
    throw DragomanError.of("QUOTA_EXCEEDED", `There are ${MAX_OPEN_JOBS} open jobs already.`, { retryAfterMs: 30_000 });
  const id = newId(tenantId);
  const traceUrl = parts.traceUi && `${parts.traceUi}/trace/${traceIdOf(traceparent)}`;
  const given = { id, tenantId, inputKey: key, fileName: upload.fileName, sizeBytes, options, traceparent, traceUrl };
  const record = newJob(given, store.clock.now());
  const requestKey = request.requestId && { request: { requestId: request.requestId, fingerprint } };
  if (await jobs.create(record, { uploadId: upload.id, ...requestKey })) return record.job;
  const winner = await earlierJob(store, tenantId, request.requestId, fingerprint);
  if (winner) return winner;
  throw DragomanError.of("CONFLICT", "The job could not be stored.");
}

async function earlierJob(store: Store, tenantId: string, requestId: string, fingerprint: string): Promise<Job | undefined> {
  const earlier = await store.byRequest(tenantId, requestId);
  if (!earlier) return undefined;
  if (earlier.fingerprint !== fingerprint) throw DragomanError.of("REQUEST_ID_REUSED", "This request_id was used for a different request.");
  return (await store.get(earlier.jobId))?.job;
}

function findArtefact(record: JobRecord, request: GetResultRequest) {
  const { job } = record;
  if (!isFinal(job.state)) throw DragomanError.of("RESULT_NOT_READY", "The job has not ended yet.", { retryAfterMs: 2000 });
  if (job.artefacts.length === 0) throw DragomanError.of("NO_RESULT", "The job ended without a result.");
  const format = request.format || ResultFormat.MARKDOWN;
  const page = format === ResultFormat.PREVIEW ? request.page || 1 : 0;
  const artefact = job.artefacts.find((candidate) => candidate.format === format && candidate.page === page);
  if (!artefact) throw DragomanError.of("ARTEFACT_NOT_FOUND", "The result has no such file.");
  return { artefact, key: `${outputPrefix(record)}/${artefact.fileName}` };
}
