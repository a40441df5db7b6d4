import { createHmac, timingSafeEqual } from "node:crypto";
import { type Job, JobState, type Ledger, ResultFormat } from "../../../gen/dragoman/v1/job_pb.ts";
import { DragomanError } from "../../../platform/errors.ts";
import { isFinal } from "../../../platform/final.ts";
import type { FilePart } from "../../form_parts.ts";
import { limitStalls } from "../../stalls.ts";
import type { StoredUpload } from "../../uploads.ts";
import { removeUpload } from "../../uploads.ts";
import { type Asked, sendJson } from "../asked.ts";
import { type Fields, readFields } from "../fields.ts";
import { enginesOf } from "../language_codes.ts";
import type { OwnApi } from "../own_api.ts";
import { giveResult, jobOf, lacksOf } from "../results.ts";
import { failureOf, sourceOf, targetOf } from "../texts.ts";
import { jobOptionsOf, refused, required } from "./options.ts";

/** A status is answered when there is another, or after so long: clients that ask every five seconds wait less. */
const STATUS_MS = 4_200;

/** `POST /v2/document`: a document becomes a job, whose id is the document's. */
export async function sendDocument({ request, response, query, parts }: Asked, api: OwnApi): Promise<void> {
  limitStalls(request, response);
  let stored: StoredUpload | undefined;
  const file = async ({ name, bytes, fileName }: FilePart, before: Fields) => {
    if (name !== "file") throw refused(name, "is no file");
    stored = await api.storeUpload(bytes, fileName || before.one("filename"));
  };
  let fields: Fields;
  try {
    fields = await readFields(request, query, { file });
  } catch (error) {
    if (stored) await removeUpload(stored.grant, parts.artefacts);
    throw error;
  }
  if (!stored) throw refused("file", "is required");
  const job = await jobOf(stored, parts, async (made) => api.createJob({ ...made, options: await documentOptions(fields, api) }));
  sendJson(response, 200, { document_id: job.id, document_key: documentKey(job.id, parts.uploadSecret) });
}

async function documentOptions(fields: Fields, api: OwnApi) {
  const engines = enginesOf(await api.languages(), fields.one("engine"));
  const targetLanguage = targetOf(required(fields, "target_lang"), engines);
  const source = fields.one("source_lang");
  const sourceLanguage = source === "" ? "" : sourceOf(source, targetLanguage, engines);
  return {
    ...jobOptionsOf(fields),
    sourceLanguage,
    targetLanguage,
    outputs: [outputOf(fields)],
    labels: { api: "deepl" },
  };
}

/** Another format than the document's own can only be PDF. */
function outputOf(fields: Fields): ResultFormat {
  const format = fields.one("output_format").toLowerCase();
  if (format === "pdf") return ResultFormat.PDF;
  if (format !== "") throw refused("output_format", "is pdf, or left out for the document's own");
  return ResultFormat.DOCUMENT;
}

/** `POST /v2/document/{id}`. */
export async function documentStatus(asked: Asked, api: OwnApi, id: string): Promise<void> {
  await checkKey(asked, id);
  const job = await settled(await api.getJob(id), api, performance.now() + STATUS_MS);
  sendJson(asked.response, 200, { document_id: id, ...statusOf(job) });
}

/** `POST /v2/document/{id}/result`: the document, which is removed once it was taken. */
export async function documentResult(asked: Asked, api: OwnApi, id: string): Promise<void> {
  await checkKey(asked, id);
  const { request, response } = asked;
  const { options } = await api.getJob(id);
  const format = options?.outputs[0] ?? ResultFormat.DOCUMENT;
  await giveResult({ id, format }, request, response, api);
}

/** Only whoever sent the document has its key, as at DeepL. Throws JOB_NOT_FOUND. */
async function checkKey({ request, query, parts }: Asked, id: string): Promise<void> {
  const given = Buffer.from(required(await readFields(request, query), "document_key").toLowerCase());
  const expected = Buffer.from(documentKey(id, parts.uploadSecret));
  if (given.length !== expected.length || !timingSafeEqual(given, expected))
    throw DragomanError.of("JOB_NOT_FOUND", "There is no document of this id and key.", {
      hint: "It was never there, or was taken already.",
    });
}

function documentKey(id: string, secret: string): string {
  return createHmac("sha256", secret).update(`document ${id}`).digest("hex");
}

async function settled(job: Job, api: OwnApi, until: number): Promise<Job> {
  const seconds = Math.floor((until - performance.now()) / 1000);
  if (isFinal(job.state) || seconds < 1) return job;
  return settled(await api.getJob(job.id, seconds, job.version), api, until);
}

function statusOf(job: Job) {
  const { ledger } = job;
  switch (job.state) {
    case JobState.SUCCEEDED:
    case JobState.PARTIALLY_SUCCEEDED:
      return { status: "done", billed_characters: Number(ledger?.charactersBilled ?? 0n), ...(ledger && told(ledger)) };
    case JobState.FAILED:
    case JobState.CANCELLED:
    case JobState.EXPIRED:
      return { status: "error", error_message: failureOf(job).message };
    case JobState.RUNNING:
    case JobState.CANCELLING:
      return { status: "translating", seconds_remaining: secondsLeft(job) };
    default:
      return { status: "queued" };
  }
}

function told(ledger: Ledger) {
  const { lacks, remarks } = lacksOf(ledger);
  return { ...(lacks && { error_message: lacks }), ...(remarks.length > 0 && { remarks }) };
}

/** By what was done so far in this attempt; at least a second. */
function secondsLeft({ percent, timeline }: Job): number {
  const began = timeline.findLast(({ stage }) => stage !== 0)?.time?.seconds;
  const spent = began === undefined ? 1 : Date.now() / 1000 - Number(began);
  return Math.max(1, Math.ceil((spent * (100 - percent)) / Math.max(percent, 1)));
}
