import type { IncomingMessage, ServerResponse } from "node:http";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import type { Job, Ledger } from "../../gen/dragoman/v1/job_pb.ts";
import { GetResultRequestSchema } from "../../gen/dragoman/v1/job_service_pb.ts";
import { answerFile } from "../files.ts";
import { isRefusal, removeUpload, type StoredUpload, type UploadParts } from "../uploads.ts";
import type { OwnApi } from "./own_api.ts";

const DELETE_MS = 10_000;

/** The job of a file that came with a request; a file that surely became none is removed. Throws what `create` throws. */
export async function jobOf(
  { id, sha256, grant }: StoredUpload,
  { artefacts }: UploadParts,
  create: (made: { readonly uploadId: string; readonly contentSha256: string }) => Promise<Job>,
): Promise<Job> {
  try {
    return await create({ uploadId: id, contentSha256: sha256 });
  } catch (error) {
    if (isRefusal(error)) await removeUpload(grant, artefacts);
    throw error;
  }
}

/** Sends a file of a job's result; once the client has it whole, the job is removed. */
export async function giveResult(
  asked: MessageInitShape<typeof GetResultRequestSchema> & { readonly id: string },
  request: IncomingMessage,
  response: ServerResponse,
  api: OwnApi,
): Promise<void> {
  // Asked for before it is sent: afterwards both may be over.
  const taken = isTaken(response);
  await answerFile(create(GetResultRequestSchema, asked), request, response, (wanted) => api.result(wanted));
  if (request.method === "HEAD" || response.statusCode !== 200 || !(await taken)) return;
  // What is not removed now is when jobs of its age are.
  await api
    .until(AbortSignal.timeout(DELETE_MS))
    .deleteJob(asked.id)
    .catch(() => undefined);
}

/** Whether the whole answer was handed to the system, once it was or the client is gone. */
function isTaken(response: ServerResponse): Promise<boolean> {
  return new Promise((resolve) => {
    response.once("finish", () => resolve(true));
    response.once("close", () => resolve(false));
  });
}

/** What is not in a result that there is, in words, or empty; and all that is to be known of it. */
export function lacksOf({ segmentsFailed, pagesFailed, segmentsDoubted, entries }: Ledger) {
  const lacks = [
    segmentsFailed > 0 && `Sentences left as they were: ${segmentsFailed}.`,
    pagesFailed > 0 && `Pages that could not be read: ${pagesFailed}.`,
    segmentsDoubted > 0 && `Translations in doubt: ${segmentsDoubted}.`,
  ];
  return {
    lacks: lacks.filter((lack) => lack !== false).join(" "),
    remarks: entries.map(({ page, code, message }) => ({ page, code, message })),
  };
}
