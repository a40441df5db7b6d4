import { createHash } from "node:crypto";
import { create, toBinary } from "@bufbuild/protobuf";
import { type Job, type JobOptions, JobOptionsSchema } from "../../gen/dragoman/v1/job_pb.ts";
import { type CreateJobRequest, CreateJobRequestSchema, type RetryJobRequest } from "../../gen/dragoman/v1/job_service_pb.ts";
import type { ArtefactStore } from "../../platform/artefacts/artefacts.ts";
import { asDragomanError, DragomanError } from "../../platform/errors.ts";
import { isFinal } from "../../platform/final.ts";
import { traceIdOf } from "../../platform/trace.ts";
import { chunksPrefix, uploadDigest } from "../../platform/uploads.ts";
import type { GuardedContext } from "../access/guard.ts";
import type { Seal } from "../access/sealed.ts";
import type { Glossaries } from "../glossaries/glossaries.ts";
import { fitting, pinned } from "../glossaries/pinned.ts";
import { uploadKey } from "../jobs/artefact_keys.ts";
import { newJob } from "../jobs/change.ts";
import { newId } from "../jobs/id.ts";
import type { JobRecord, NewJob } from "../jobs/job.ts";
import { classOf } from "../jobs/job_class.ts";
import { POLICY } from "../jobs/policy.ts";
import { waitingForQuota } from "../jobs/quota.ts";
import type { AuditEntry } from "../policy/audit.ts";
import { pagesReserved } from "../policy/charges.ts";
import { type Permissions, permissionsOf, permittedPriority, requireEngines, requireFormat, requireSize } from "../policy/permissions.ts";
import type { Fleet } from "../scheduling/fleet.ts";
import type { JobWriter } from "../scheduling/job_writer.ts";
import type { Commit, Store } from "../store/store.ts";
import type { Intake } from "./intake.ts";
import { retryOptions } from "./retry_options.ts";
import { requireRoom } from "./room.ts";
import { settingsOf, withSettings } from "./settings_service.ts";
import { requireAll, validateCreateJob } from "./validation.ts";

export const MAX_REQUEST_ID = 64;
/** PDF takes no longer ones (ISO 32000-2, 7.6.4.3.3). */
const MAX_PASSWORD_BYTES = 127;

export interface CreationParts {
  readonly store: Store;
  readonly jobs: JobWriter;
  readonly artefacts: ArtefactStore;
  readonly fleet: Fleet;
  readonly intake: Intake;
  readonly glossaries: Glossaries;
  /** Where traces are looked at (Jaeger's origin); empty for nowhere. */
  readonly traceUi: string;
  /** From how many megabytes on a document is large; 0 for never. */
  readonly largeMb: number;
  /** For passwords of documents. */
  readonly seal: Seal;
  /** Why a tenant's webhooks are not sent to a URL; undefined if they are. */
  readonly webhookRefusal: (url: string, tenantId: string) => Promise<string | undefined>;
}

type Caller = Pick<GuardedContext, "traceparent" | "setHeader" | "signal" | "principal"> & {
  /** What the audit log tells of the new job, where it tells of it at all. */
  readonly audit?: (record: JobRecord) => AuditEntry;
};

/** What a new job begins with, beside what every job gets. */
type Origin = Pick<NewJob, "tenantId" | "inputKey" | "inputSha256" | "fileName" | "sizeBytes" | "options" | "retryOf"> & {
  readonly password: string;
};

/** The call's own key, and what the call says, so that one key makes one job. */
interface Repeatable {
  readonly requestId: string;
  readonly fingerprint: string;
}

interface Acceptance extends Repeatable {
  /** What the commit holds the new job to. */
  readonly from: Pick<Commit, "uploadId" | "retryOf" | "garbage">;
}

/** Makes a job of an upload, or gives the one that the same call made before. */
export async function createJob(parts: CreationParts, request: CreateJobRequest, caller: Caller): Promise<Job> {
  const { store, artefacts, fleet } = parts;
  const { tenantId } = caller.principal;
  const { password, options: given } = withoutPassword(request.options ?? create(JobOptionsSchema));
  const fingerprint = createHash("sha256")
    .update(request.contentSha256 || request.uploadId)
    .update(toBinary(JobOptionsSchema, inOrder(given)))
    .digest("hex");
  const repeatable = { requestId: request.requestId, fingerprint };
  const [earlier, settings] = await Promise.all([earlierJob(store, tenantId, repeatable), settingsOf(store, tenantId)]);
  const options = withSettings(given, settings);
  if (!earlier) {
    checkPassword(password, "options.password");
    await requireWebhook(parts, tenantId, given);
    validateCreateJob(request, options, { pairs: fleet.pairs(), engines: fleet.engines(), own: fleet.ownEngines() });
  }
  const stored = await store.upload(request.uploadId);
  const upload = stored?.tenantId === tenantId ? stored : undefined;
  if (earlier) {
    // The document was sent again for nothing.
    if (upload) await store.expireUpload(upload, store.clock.now());
    return earlier;
  }
  const inputKey = uploadKey(tenantId, request.uploadId);
  const sent = upload && (await whatWasSent(artefacts, inputKey));
  if (!sent) throw DragomanError.of("UPLOAD_NOT_FOUND", "There is no such upload, or its bytes were not sent.");
  const { sizeBytes, sha256, firstChunk } = sent;
  if (sizeBytes === 0) throw DragomanError.of("EMPTY_FILE", "The file is empty.");
  const inputSha256 = sha256 || request.contentSha256;
  if (request.contentSha256 && request.contentSha256 !== inputSha256)
    throw DragomanError.of("CHECKSUM_MISMATCH", "The bytes that were sent are not those whose content_sha256 was given.");
  // A gateway that died after it had made one file of the chunks left them.
  const garbage = firstChunk !== undefined && { prefix: chunksPrefix(inputKey), removeAt: store.clock.now() + POLICY.garbageAfterMs };
  const named = given.glossaries.length > 0 ? given.glossaries : await fitting(parts.glossaries, tenantId, options);
  const glossaries = await pinned(parts.glossaries, tenantId, { ...options, glossaries: named });
  const origin = { tenantId, inputKey, inputSha256, fileName: upload.fileName, sizeBytes, password };
  const held = { ...origin, options: create(JobOptionsSchema, { ...options, glossaries }) };
  return accept(parts, held, caller, { ...repeatable, from: { uploadId: upload.id, ...(garbage && { garbage }) } });
}

/** Makes a job of the same document and options as one that has ended. */
export async function retryJob(
  parts: CreationParts,
  { requestId, options: given, optionsMask, ...request }: RetryJobRequest,
  { job, tenantId, inputKey, inputSha256 }: JobRecord,
  caller: Caller,
): Promise<Job> {
  requireAll([requestId.length <= MAX_REQUEST_ID, "request_id", `has at most ${MAX_REQUEST_ID} characters`]);
  const password = request.password || (given?.password ?? "");
  const fingerprint = createHash("sha256").update(`retry ${job.id}`);
  const mask = optionsMask?.paths ?? [];
  if (given || mask.length > 0)
    fingerprint.update(mask.join()).update(given ? toBinary(JobOptionsSchema, withoutPassword(inOrder(given)).options) : "");
  const repeatable = { requestId, fingerprint: fingerprint.digest("hex"), from: { retryOf: job.id } };
  const earlier = await earlierJob(parts.store, tenantId, repeatable);
  if (earlier) return earlier;
  if (!isFinal(job.state)) throw DragomanError.of("JOB_NOT_FINISHED", "The job has not ended yet.");
  if (job.quarantined) throw DragomanError.of("DOCUMENT_QUARANTINED", "The document ended the engine that read it, more than once.");
  checkPassword(password, "password");
  if (job.passwordGiven && password === "")
    throw DragomanError.of("PASSWORD_NEEDED", "The document's password was forgotten when its job ended.");
  const { fileName, sizeBytes, options: before = create(JobOptionsSchema) } = job;
  const options = given || mask.length > 0 ? await otherwise(parts, tenantId, before, retryOptions(before, given, mask)) : before;
  const origin = { tenantId, inputKey, inputSha256, fileName, sizeBytes: Number(sizeBytes), options, password, retryOf: job.id };
  return accept(parts, origin, caller, repeatable);
}

/** Throws INVALID_REQUEST where the job's end may not be posted to its `webhook_url`. */
async function requireWebhook({ webhookRefusal }: CreationParts, tenantId: string, { webhookUrl }: JobOptions): Promise<void> {
  const refused = webhookUrl ? await webhookRefusal(webhookUrl, tenantId) : undefined;
  requireAll([refused === undefined, "options.webhook_url", refused ?? ""]);
}

/** A retry's options, looked at as those of a new job are. The glossaries that the job had serve what they are of. */
async function otherwise(parts: CreationParts, tenantId: string, before: JobOptions, options: JobOptions): Promise<JobOptions> {
  const { fleet, glossaries } = parts;
  await requireWebhook(parts, tenantId, options);
  const request = create(CreateJobRequestSchema, { uploadId: "sent before" });
  validateCreateJob(request, options, { pairs: fleet.pairs(), engines: fleet.engines(), own: fleet.ownEngines() });
  const isNamed = options.glossaries.join() !== before.glossaries.join();
  const named = isNamed ? options.glossaries : await fitting(glossaries, tenantId, options);
  return create(JobOptionsSchema, { ...options, glossaries: await pinned(glossaries, tenantId, { ...options, glossaries: named }) });
}

/** What is stored of an upload: its size and SHA-256, and whether chunks of it are there; undefined if its bytes are not. */
async function whatWasSent(artefacts: ArtefactStore, inputKey: string) {
  const [sizeBytes, sha256, firstChunk] = await Promise.all([
    artefacts.size(inputKey),
    uploadDigest(artefacts, inputKey),
    artefacts.size(`${chunksPrefix(inputKey)}/0`),
  ]);
  return sizeBytes === undefined ? undefined : { sizeBytes, sha256, firstChunk };
}

/** A map's entries come in any order, and mean the same. */
function inOrder(options: JobOptions): JobOptions {
  const labels = Object.entries(options.labels).sort(([one], [other]) => (one < other ? -1 : 1));
  return create(JobOptionsSchema, { ...options, labels: Object.fromEntries(labels) });
}

/** No job has it among its options: those are shown, published and compared. */
function withoutPassword(options: JobOptions): { readonly password: string; readonly options: JobOptions } {
  return { password: options.password, options: create(JobOptionsSchema, { ...options, password: "" }) };
}

/** Throws INVALID_REQUEST. */
export function checkPassword(password: string, field: string): void {
  requireAll([Buffer.byteLength(password) <= MAX_PASSWORD_BYTES, field, `has at most ${MAX_PASSWORD_BYTES} bytes`]);
}

async function accept(
  parts: CreationParts,
  { password, ...origin }: Origin,
  caller: Caller,
  { from, ...repeatable }: Acceptance,
): Promise<Job> {
  const { store, jobs, fleet, intake, traceUi, seal, largeMb } = parts;
  const { traceparent, principal } = caller;
  const { tenantId, keyId } = principal;
  await intake.require(tenantId);
  const intakePausedForMs = fleet.intakePausedForMs();
  if (intakePausedForMs > 0) throw DragomanError.of("OVERLOADED", "The work queue is full.", { retryAfterMs: intakePausedForMs });
  if (caller.signal.aborted) throw DragomanError.of("CANCELLED", "The caller no longer waits.");
  const limits = await jobs.limitsOf(principal);
  const options = permitted(origin, permissionsOf(limits), fleet);
  const traceUrl = traceUi && `${traceUi}/trace/${traceIdOf(traceparent)}`;
  const now = store.clock.now();
  // By the store's clock, as all that looks for jobs by a time does.
  const id = newId(tenantId, now);
  const record = newJob(
    { ...origin, options, keyId, traceparent, id, traceUrl, jobClass: classOf(origin, largeMb), sealedPassword: seal.seal(password, id) },
    now,
  );
  const request = repeatable.requestId && { request: repeatable };
  const audit = caller.audit && { audit: [caller.audit(record)] };
  const make = async (made: JobRecord) => {
    await requireRoom(store, made, limits, caller.setHeader);
    // What is used now is another matter when it is committed, so it is counted there.
    return (await jobs.create(made, { ...from, ...request, ...audit })) ? made.job : undefined;
  };
  const made = await make(record).catch((thrown: unknown) => {
    const { detail } = asDragomanError(thrown);
    const waiting = waitingForQuota(record, pagesReserved(record), detail, store.clock.now());
    if (!waiting) throw thrown;
    return make(waiting);
  });
  if (made) return made;
  const winner = await earlierJob(store, tenantId, repeatable);
  if (winner) return winner;
  throw DragomanError.of("CONFLICT", "The job could not be stored.");
}

/** A job's options, its priority no higher than it may be. Throws FILE_TOO_LARGE, UNSUPPORTED_FILE_TYPE and PERMISSION_DENIED. */
function permitted(origin: Pick<Origin, "fileName" | "sizeBytes" | "options">, permissions: Permissions, fleet: Fleet): JobOptions {
  const { fileName, sizeBytes, options } = origin;
  // Another key of the tenant may have sent it, which may send more.
  requireSize(permissions, sizeBytes);
  requireFormat(permissions, fileName);
  const own = fleet.ownEngines().map(({ name }) => name);
  requireEngines(permissions, options, own);
  return create(JobOptionsSchema, { ...options, priority: permittedPriority(permissions, options.priority) });
}

async function earlierJob(store: Store, tenantId: string, { requestId, fingerprint }: Repeatable): Promise<Job | undefined> {
  const earlier = requestId ? await store.byRequest(tenantId, requestId) : undefined;
  if (!earlier) return undefined;
  if (earlier.fingerprint !== fingerprint) throw DragomanError.of("REQUEST_ID_REUSED", "This request_id was used for a different request.");
  return (await store.get(earlier.jobId))?.job;
}
