import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import type { Readable, Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { create } from "@bufbuild/protobuf";
import busboy from "busboy";
import { ErrorCategory } from "../gen/dragoman/v1/error_pb.ts";
import type { Job } from "../gen/dragoman/v1/job_pb.ts";
import { CreateJobRequestSchema, JobService } from "../gen/dragoman/v1/job_service_pb.ts";
import { CreateUploadRequestSchema, type Upload, UploadService } from "../gen/dragoman/v1/upload_service_pb.ts";
import type { ArtefactStore } from "../platform/artefacts/artefacts.ts";
import { asDragomanError, DragomanError } from "../platform/errors.ts";
import type { CallOptions } from "../platform/grpc/client.ts";
import type { UploadGrant } from "../platform/uploads.ts";
import { checked, promisedDigests } from "./digests.ts";
import { FormFields, refusedPart } from "./form_fields.ts";
import { PartCounter } from "./part_counter.ts";
import type { CallProxy } from "./proxy.ts";
import { idempotencyKey } from "./requests.ts";
import { granted, removeUpload, takeUpload } from "./uploads.ts";

const MAX_FIELDS = 20;
const MAX_FIELD_BYTES = 16 * 1024;
/** Errors after which there is surely no job. */
const REFUSALS: ReadonlySet<ErrorCategory> = new Set([
  ErrorCategory.INVALID_INPUT,
  ErrorCategory.UNSUPPORTED,
  ErrorCategory.LIMIT_EXCEEDED,
]);

export interface FormParts {
  readonly proxy: CallProxy;
  readonly artefacts: ArtefactStore;
  readonly uploadSecret: string;
}

/**
 * `POST /jobs` as one multipart form: options as fields, and one `file`. Fields that come before the file are checked
 * before its bytes are taken, and a file that becomes no job is removed at once.
 */
export async function createJobFromForm(request: IncomingMessage, options: CallOptions, parts: FormParts): Promise<Job> {
  const fields = new FormFields();
  const file = new FormFile(fields, options, parts);
  const form = openForm(request);
  const { refused, taken } = readParts(form, fields, file);
  try {
    const bytes = checked(request.iterator({ destroyOnReturn: false }), promisedDigests(request.headers));
    const counter = new PartCounter(request.headers["content-type"] ?? "");
    await Promise.race([feed(counter.pass(bytes), form), refused]);
    if (counter.parts > taken()) throw refusedPart("form", "has a part that is no named `form-data`");
    const { id: uploadId, sha256: contentSha256 } = await file.stored();
    // Sent again, the document is another upload, and all the same the same request.
    const requestId = idempotencyKey(request);
    const job = create(CreateJobRequestSchema, { uploadId, options: fields.options(), requestId, contentSha256 });
    return (await parts.proxy(JobService.method.createJob, job, options)) as Job;
  } catch (error) {
    // Ends what still reads the file.
    form.destroy();
    if (REFUSALS.has(asDragomanError(error).detail.category)) await file.remove();
    throw error;
  }
}

interface Reading {
  /** Rejects with what is wrong with a part. */
  readonly refused: Promise<never>;
  /** How many parts there were so far; busboy passes over one that is not `form-data`, and says nothing. */
  readonly taken: () => number;
}

/** Takes each part as it comes. */
function readParts(form: busboy.Busboy, fields: FormFields, file: FormFile): Reading {
  const { promise, reject } = Promise.withResolvers<never>();
  let parts = 0;
  promise.catch(() => undefined);
  form.on("error", (cause) => reject(notAForm(cause)));
  form.on("field", (name = "", value, { valueTruncated }) => {
    parts++;
    try {
      if (!name) throw refusedPart("form", "has a part without a name");
      if (valueTruncated) throw refusedPart(name, `has more than ${MAX_FIELD_BYTES} bytes`);
      fields.add(name, value);
    } catch (error) {
      reject(error);
    }
  });
  form.on("file", (name = "", bytes, { filename }) => {
    // It may break before anybody reads it, and then its reader is told.
    bytes.on("error", () => undefined);
    parts++;
    if (name === "file") file.send(bytes, filename ?? "").catch(reject);
    else if (!name) reject(refusedPart("form", "has a part without a name"));
    else reject(refusedPart(name, "is unknown: the file's part is named `file`"));
  });
  form.on("filesLimit", () => reject(refusedPart("file", "is given more than once: a job is made of one file")));
  form.on("fieldsLimit", () => reject(refusedPart("form", `has more than ${MAX_FIELDS} fields`)));
  return { refused: promise, taken: () => parts };
}

async function feed(bytes: AsyncIterable<Uint8Array>, form: Writable): Promise<void> {
  for await (const chunk of bytes) {
    if (form.destroyed) return;
    if (!form.write(chunk)) await once(form, "drain");
  }
  form.end();
  await finished(form);
}

function openForm(request: IncomingMessage): busboy.Busboy {
  try {
    const limits = { files: 1, fields: MAX_FIELDS, fieldSize: MAX_FIELD_BYTES };
    return busboy({ headers: request.headers, defParamCharset: "utf8", limits });
  } catch (cause) {
    throw notAForm(cause);
  }
}

function notAForm(cause: unknown): DragomanError {
  return DragomanError.of("INVALID_REQUEST", "The body is not a whole multipart/form-data form.", { cause });
}

interface Stored {
  readonly id: string;
  readonly sha256: string;
}

/** The form's file on its way to the store. */
class FormFile {
  readonly #fields: FormFields;
  readonly #options: CallOptions;
  readonly #parts: FormParts;
  #grant: UploadGrant | undefined;
  #sent: Promise<Stored> | undefined;

  constructor(fields: FormFields, options: CallOptions, parts: FormParts) {
    this.#fields = fields;
    this.#options = options;
    this.#parts = parts;
  }

  send(bytes: Readable, fileName: string): Promise<Stored> {
    this.#sent = this.#send(bytes, fileName);
    return this.#sent;
  }

  /** Throws INVALID_REQUEST if the form had no file. */
  async stored(): Promise<Stored> {
    if (!this.#sent) throw DragomanError.of("INVALID_REQUEST", "The form has no part named `file`.");
    return this.#sent;
  }

  async remove(): Promise<void> {
    await this.#sent?.catch(() => undefined);
    if (this.#grant) await removeUpload(this.#grant, this.#parts.artefacts);
  }

  async #send(bytes: Readable, fileName: string): Promise<Stored> {
    const { proxy, artefacts, uploadSecret } = this.#parts;
    const asked = this.#fields.options();
    const reserve = create(CreateUploadRequestSchema, { fileName });
    const { id, url } = (await proxy(UploadService.method.createUpload, reserve, this.#options)) as Upload;
    if (asked.targetLanguage) await this.#check(create(CreateJobRequestSchema, { uploadId: id, options: asked }));
    const grant = granted(url.slice("/uploads/".length), uploadSecret);
    const { sha256 } = await takeUpload(grant, bytes, artefacts);
    this.#grant = grant;
    return { id, sha256 };
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
