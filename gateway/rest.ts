import type { IncomingMessage, ServerResponse } from "node:http";
import { create, type DescMethod, isMessage, type Message, toJson } from "@bufbuild/protobuf";
import { durationMs } from "@bufbuild/protobuf/wkt";
import { AdminService, ListAuditRequestSchema } from "../gen/dragoman/v1/admin_service_pb.ts";
import { type Job, JobSchema } from "../gen/dragoman/v1/job_pb.ts";
import {
  CancelJobRequestSchema,
  CorrectJobRequestSchema,
  DeleteJobRequestSchema,
  GetJobRequestSchema,
  GetResultRequestSchema,
  ImportXliffRequestSchema,
  type JobChange,
  JobService,
  type ResultChunk,
  RetryJobRequestSchema,
  UpdateJobRequestSchema,
  WatchJobRequestSchema,
  WatchJobsRequestSchema,
} from "../gen/dragoman/v1/job_service_pb.ts";
import { asDragomanError, errorKind } from "../platform/errors.ts";
import { isFinal } from "../platform/final.ts";
import type { CallOptions } from "../platform/grpc/client.ts";
import { auditFormat, sendAudit } from "./audit_export.ts";
import { sendBody } from "./bodies.ts";
import { isCsvWanted } from "./csv.ts";
import { begun, changeEvents, jobEvents, writeEvents } from "./events.ts";
import { answerFile } from "./files.ts";
import type { FinishedJobCache, KnownAnswer } from "./finished_job_cache.ts";
import { CHALLENGE, problemOf } from "./problem.ts";
import type { CallProxy } from "./proxy.ts";
import { readRequest, wantedVersions } from "./requests.ts";
import type { RestCall } from "./routes.ts";
import { usageCsv } from "./usage_csv.ts";

/** Reads the request by the method's descriptor, calls, and writes the answer: JSON, server-sent events, or a file. */
export async function answerRest(
  call: RestCall,
  request: IncomingMessage,
  query: URLSearchParams,
  response: ServerResponse,
  options: CallOptions,
  proxy: CallProxy,
  finished: FinishedJobCache,
): Promise<void> {
  const { method } = call;
  const asFile = method === AdminService.method.listAudit ? auditFormat(request, query) : undefined;
  const asCsv = TABLES.has(method) && isCsvWanted(request, query);
  const message = await readRequest(call, request, query);
  if (asFile && isMessage(message, ListAuditRequestSchema)) return sendAudit(message, asFile, { request, response }, options, proxy);
  if (isMessage(message, GetResultRequestSchema)) {
    const get = (asked: Message) => proxy(method, asked, options) as AsyncIterable<ResultChunk>;
    return answerFile(message, request, response, get);
  }
  if (isMessage(message, WatchJobRequestSchema)) {
    const job = (await proxy(JobService.method.getJob, create(GetJobRequestSchema, { id: message.id }), options)) as Job;
    // The client has its last version, and should not come again (HTML, 9.2.3).
    if (isFinal(job.state) && job.version <= message.afterVersion) return void response.writeHead(204).end();
    return writeEvents(request, response, jobEvents(proxy(method, message, options) as AsyncIterable<Job>));
  }
  if (isMessage(message, WatchJobsRequestSchema)) {
    const changes = proxy(method, message, options) as AsyncIterable<JobChange>;
    return writeEvents(request, response, changeEvents(request.method === "HEAD" ? changes : await begun(changes)));
  }
  const answered = await underConditions(message, request, (asked) => proxy(method, asked, options) as Promise<Message>);
  if (isMessage(message, GetJobRequestSchema)) return writeJob(request, response, answered as Job, finished);
  const csv = asCsv && usageCsv(message, answered);
  if (typeof csv === "string") return sendCsv(request, response, csv);
  return writeJson(request, response, method, answered);
}

/** Methods whose answers are tables, which CSV can say. */
const TABLES: ReadonlySet<DescMethod> = new Set([JobService.method.getUsage, AdminService.method.listUsage]);

/** What is done only with the version of a job that the client wants. */
const CONDITIONAL = [
  CancelJobRequestSchema,
  RetryJobRequestSchema,
  DeleteJobRequestSchema,
  CorrectJobRequestSchema,
  ImportXliffRequestSchema,
  UpdateJobRequestSchema,
] as const;

/** The call, with each version of the job that the client would take until it is the one. */
export async function underConditions(
  message: Message,
  request: IncomingMessage,
  call: (message: Message) => Promise<Message>,
): Promise<Message> {
  const isConditional = CONDITIONAL.some((schema) => isMessage(message, schema));
  const [first, ...others] = isConditional ? wantedVersions(request) : [];
  if (first === undefined) return call(message);
  let answer = call(withVersion(message, first));
  for (const version of others)
    answer = answer.catch((error: unknown) => {
      if (asDragomanError(error).code !== "PRECONDITION_FAILED") throw error;
      return call(withVersion(message, version));
    });
  return answer;
}

function withVersion(message: Message, expectedVersion: bigint): Message {
  return Object.assign({}, message, { expectedVersion });
}

/** The answer as JSON; where it is a job that was made, with its address. */
export async function writeJson(
  request: IncomingMessage,
  response: ServerResponse,
  method: Pick<DescMethod, "output" | "name">,
  message: Message,
): Promise<void> {
  if (method.name === "CreateJob" || method.name === "RetryJob") response.setHeader("location", `/jobs/${(message as Job).id}`);
  await sendJson(request, response, Buffer.from(JSON.stringify(toJson(method.output, message, { alwaysEmitImplicit: true }))));
}

/** The job, or 304 where the client has this version of it. */
async function writeJob(request: IncomingMessage, response: ServerResponse, job: Job, finished: FinishedJobCache): Promise<void> {
  const answer = {
    authorization: request.headers.authorization ?? "",
    body: Buffer.from(JSON.stringify(toJson(JobSchema, job, { alwaysEmitImplicit: true }))),
    version: String(job.version),
  };
  finished.remember(job.id, job.state, answer);
  await sendJob(request, response, answer);
}

const JOB = /^\/jobs\/([0-9A-Z]{26})$/;

/** Answers a GetJob whose answer is known; undefined where it has to be asked for. */
export function answerKnown(request: IncomingMessage, response: ServerResponse, finished: FinishedJobCache): Promise<void> | undefined {
  const [, id = ""] = (/^(GET|HEAD)$/.test(request.method ?? "") && JOB.exec(request.url ?? "")) || [];
  const answer = id && finished.find(id, request.headers.authorization ?? "");
  return answer ? sendJob(request, response, answer) : undefined;
}

async function sendJob(request: IncomingMessage, response: ServerResponse, { body, version }: KnownAnswer): Promise<void> {
  response.setHeader("cache-control", "private, no-cache");
  await sendJson(request, response, body, version);
}

function sendJson(request: IncomingMessage, response: ServerResponse, bytes: Buffer, tag = ""): Promise<void> {
  return sendBody(request, response, { type: "application/json", bytes, tag });
}

function sendCsv(request: IncomingMessage, response: ServerResponse, text: string): Promise<void> {
  response.setHeader("content-disposition", 'attachment; filename="usage.csv"');
  return sendBody(request, response, { type: "text/csv; charset=utf-8; header=present", bytes: Buffer.from(text), tag: "" });
}

export function writeProblem(response: ServerResponse, thrown: unknown, traceId: string): void {
  const error = asDragomanError(thrown);
  if (response.headersSent) return void response.destroy();
  const { retryAfter } = error.detail;
  const status = errorKind(error.code).http;
  if (retryAfter) response.setHeader("retry-after", String(Math.ceil(durationMs(retryAfter) / 1000)));
  if (status === 401) response.setHeader("www-authenticate", CHALLENGE);
  const body = Buffer.from(problemOf(error, traceId));
  response.writeHead(status, { "content-type": "application/problem+json", "content-length": body.length });
  response.end(response.req.method === "HEAD" ? undefined : body);
}
