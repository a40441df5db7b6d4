import type { IncomingMessage } from "node:http";
import { create } from "@bufbuild/protobuf";
import type { Job } from "../gen/dragoman/v1/job_pb.ts";
import { CreateJobRequestSchema, JobService } from "../gen/dragoman/v1/job_service_pb.ts";
import { asDragomanError, DragomanError } from "../platform/errors.ts";
import type { CallOptions } from "../platform/grpc/client.ts";
import { FormFields, refusedPart } from "./form_fields.ts";
import { type FilePart, readForm } from "./form_parts.ts";
import { idempotencyKey } from "./requests.ts";
import { isRefusal, removeUpload, type StoredUpload, storeUpload, type UploadParts } from "./uploads.ts";

/** A list has a part for each item. */
const LIMITS = { fields: 100, fieldBytes: 16 * 1024 };
/**
 * `POST /jobs` as one multipart form: options as fields, and one `file`. Fields that come before the file are checked
 * before its bytes are taken, and a file that becomes no job is removed at once.
 */
export async function createJobFromForm(request: IncomingMessage, options: CallOptions, parts: UploadParts): Promise<Job> {
  const fields = new FormFields();
  const file = new FormFile(fields, options, parts);
  try {
    await readForm(request, { field: (name, value) => fields.add(name, value), file: (part) => file.take(part) }, LIMITS);
    const { id: uploadId, sha256: contentSha256 } = await file.stored();
    // Sent again, the document is another upload, and all the same the same request.
    const requestId = idempotencyKey(request);
    const job = create(CreateJobRequestSchema, { uploadId, options: fields.options(), requestId, contentSha256 });
    return (await parts.proxy(JobService.method.createJob, job, options)) as Job;
  } catch (error) {
    if (isRefusal(error)) await file.remove();
    throw error;
  }
}

/** The form's file on its way to the store. */
class FormFile {
  readonly #fields: FormFields;
  readonly #options: CallOptions;
  readonly #parts: UploadParts;
  #sent: Promise<StoredUpload> | undefined;

  constructor(fields: FormFields, options: CallOptions, parts: UploadParts) {
    this.#fields = fields;
    this.#options = options;
    this.#parts = parts;
  }

  /** Of the file's part of the form. Throws INVALID_REQUEST for another's, and what the orchestrator says against the fields so far. */
  async take({ name, bytes, fileName }: FilePart): Promise<void> {
    if (name !== "file") throw refusedPart(name, "is unknown: the file's part is named `file`");
    const asked = this.#fields.options();
    const check = (uploadId: string) => this.#check(create(CreateJobRequestSchema, { uploadId, options: asked }));
    this.#sent = storeUpload(bytes, { fileName, ...(asked.targetLanguage && { reserved: check }) }, this.#parts, this.#options);
    await this.#sent;
  }

  /** Throws INVALID_REQUEST if the form had no file. */
  async stored(): Promise<StoredUpload> {
    if (!this.#sent) throw DragomanError.of("INVALID_REQUEST", "The form has no part named `file`.");
    return this.#sent;
  }

  async remove(): Promise<void> {
    const stored = await this.#sent?.catch(() => undefined);
    if (stored) await removeUpload(stored.grant, this.#parts.artefacts);
  }

  /** A job of an upload without bytes: what else is wrong with it is said first. */
  async #check(request: ReturnType<typeof create<typeof CreateJobRequestSchema>>): Promise<void> {
    try {
      await this.#parts.proxy(JobService.method.createJob, request, this.#options);
    } catch (error) {
      if (asDragomanError(error).code !== "UPLOAD_NOT_FOUND") throw error;
    }
  }
}
