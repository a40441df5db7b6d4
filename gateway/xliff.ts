import type { IncomingMessage } from "node:http";
import { create, type Message } from "@bufbuild/protobuf";
import { ErrorCategory } from "../gen/dragoman/v1/error_pb.ts";
import type { Job } from "../gen/dragoman/v1/job_pb.ts";
import { ImportXliffRequestSchema, JobService } from "../gen/dragoman/v1/job_service_pb.ts";
import { asDragomanError } from "../platform/errors.ts";
import type { CallOptions } from "../platform/grpc/client.ts";
import { checked, promisedDigests } from "./digests.ts";
import { underConditions } from "./rest.ts";
import { removeUpload, storeUpload, type UploadParts } from "./uploads.ts";

/** Whether `PUT /jobs/{id}/xliff` has the file itself as its body. */
export function isXliff({ headers }: IncomingMessage): boolean {
  return /^(?:application\/(?:x-)?xliff(?:\+xml)?|(?:application|text)\/xml)\s*(?:;|$)/i.test(headers["content-type"] ?? "");
}

/** Stores the body as an upload, and has the job corrected by it. What corrects nothing because it is wrong is removed at once. */
export async function importXliffBody(id: string, request: IncomingMessage, options: CallOptions, parts: UploadParts): Promise<Job> {
  const bytes = checked(request.iterator({ destroyOnReturn: false }), promisedDigests(request.headers));
  const { id: uploadId, grant } = await storeUpload(bytes, { fileName: "translation.xlf" }, parts, options);
  try {
    const call = (asked: Message) => parts.proxy(JobService.method.importXliff, asked, options) as Promise<Message>;
    return (await underConditions(create(ImportXliffRequestSchema, { id, uploadId }), request, call)) as Job;
  } catch (error) {
    if (asDragomanError(error).detail.category === ErrorCategory.INVALID_INPUT) await removeUpload(grant, parts.artefacts);
    throw error;
  }
}
