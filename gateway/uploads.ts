import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { create, type JsonObject } from "@bufbuild/protobuf";
import busboy from "busboy";
import { type Job, JobOptionsSchema } from "../gen/dragoman/v1/job_pb.ts";
import { CreateJobRequestSchema, JobService } from "../gen/dragoman/v1/job_service_pb.ts";
import { CreateUploadRequestSchema, type Upload, UploadService } from "../gen/dragoman/v1/upload_service_pb.ts";
import type { ArtefactStore, StoredArtefact } from "../platform/artefacts/artefacts.ts";
import { DragomanError } from "../platform/errors.ts";
import type { CallOptions } from "../platform/grpc/client.ts";
import { CLOCK_ALLOWANCE_MS, putUpload, verifyUpload } from "../platform/uploads.ts";
import type { Forward } from "./forward.ts";
import { messageOf } from "./json.ts";
import { idempotencyKey } from "./requests.ts";
import { checked } from "./resumable.ts";

/** Takes the bytes that a signed upload URL was made for. They go to the store as they come; nothing is held. */
export async function takeUpload(
  token: string,
  bytes: AsyncIterable<Uint8Array>,
  artefacts: ArtefactStore,
  secret: string,
): Promise<StoredArtefact> {
  const grant = verifyUpload(token, secret, Date.now() - CLOCK_ALLOWANCE_MS);
  if (!grant)
    throw DragomanError.of("PERMISSION_DENIED", "The upload's URL is not valid, or has expired.", { hint: "Call CreateUpload again." });
  // A job may be reading it by now: what was stored once is never replaced.
  if ((await artefacts.size(grant.key)) !== undefined) throw DragomanError.of("UPLOAD_ALREADY_DONE", "The file was sent before.");
  return putUpload(artefacts, grant.key, checked(bytes, grant.md5), { maxBytes: grant.maxBytes });
}

interface Stored {
  readonly id: string;
  readonly sha256: string;
}

/** `POST /jobs` as one multipart form: fields named as in JobOptions (a label as `labels.name`) first or last, and one `file`. */
export async function createJobFromForm(
  request: IncomingMessage,
  options: CallOptions,
  forward: Forward,
  artefacts: ArtefactStore,
  secret: string,
): Promise<Job> {
  const fields: JsonObject = {};
  const labels: JsonObject = {};
  let upload: Promise<Stored> | undefined;
  const form = openForm(request);
  form.on("field", (name, value) => {
    if (name.startsWith("labels.")) labels[name.slice("labels.".length)] = value;
    else fields[name] = value === "true" || value === "false" ? value === "true" : value;
  });
  const refused = new Promise<never>((_, reject) => {
    form.on("file", (_name, file, { filename }) => {
      // It may break before anybody reads it, and then its reader is told.
      file.on("error", () => undefined);
      upload = storeFile(file, filename ?? "", options, forward, artefacts, secret);
      upload.catch(reject);
    });
  });
  // A request that breaks off destroys the form, and with it the file that is being stored.
  await Promise.race([pipeline(request, form).catch(notAForm), refused]);
  if (!upload) throw DragomanError.of("INVALID_REQUEST", "The form has no part named `file`.");
  const { id: uploadId, sha256: contentSha256 } = await upload;
  // Sent again, the document is another upload, and all the same the same request.
  const requestId = idempotencyKey(request);
  const jobRequest = create(CreateJobRequestSchema, { uploadId, options: readOptions({ ...fields, labels }), requestId, contentSha256 });
  return (await forward(JobService.method.createJob, jobRequest, options)) as Job;
}

function openForm(request: IncomingMessage): busboy.Busboy {
  try {
    return busboy({ headers: request.headers, limits: { files: 1, fields: 20, fieldSize: 1024, parts: 21 } });
  } catch (error) {
    return notAForm(error);
  }
}

function notAForm(cause: unknown): never {
  throw DragomanError.of("INVALID_REQUEST", "The body is not a whole multipart/form-data form.", { cause });
}

async function storeFile(
  file: Readable,
  fileName: string,
  options: CallOptions,
  forward: Forward,
  artefacts: ArtefactStore,
  secret: string,
): Promise<Stored> {
  const upload = (await forward(UploadService.method.createUpload, create(CreateUploadRequestSchema, { fileName }), options)) as Upload;
  const { sha256 } = await takeUpload(upload.url.slice("/uploads/".length), file, artefacts, secret);
  return { id: upload.id, sha256 };
}

function readOptions(fields: JsonObject) {
  return messageOf(JobOptionsSchema, fields);
}
