import type { IncomingMessage, ServerResponse } from "node:http";
import {
  type DescField,
  type DescMethod,
  type DescService,
  fromJson,
  getOption,
  isMessage,
  type JsonObject,
  type JsonValue,
  type Message,
  toJson,
} from "@bufbuild/protobuf";
import { durationMs } from "@bufbuild/protobuf/wkt";
import { type Job, JobSchema } from "../gen/dragoman/v1/job_pb.ts";
import {
  CreateJobRequestSchema,
  GetJobRequestSchema,
  GetResultRequestSchema,
  type ResultChunk,
  RetryJobRequestSchema,
  WatchJobRequestSchema,
} from "../gen/dragoman/v1/job_service_pb.ts";
import { http } from "../gen/google/api/annotations_pb.ts";
import { asDragomanError, DragomanError, errorKind } from "../platform/errors.ts";
import type { CallOptions } from "../platform/grpc/client.ts";
import { answerFile, write } from "./files.ts";
import type { FinalJobs } from "./final_jobs.ts";
import type { Forward } from "./forward.ts";
import { problemOf } from "./problem.ts";

const MAX_BODY_BYTES = 1024 * 1024;
const ALIVE_MS = 15_000;

interface Route {
  readonly verb: string;
  /** As the contract has it ("/jobs/{id}"). */
  readonly route: string;
  readonly pattern: RegExp;
  readonly names: readonly string[];
  readonly method: DescMethod;
  readonly hasBody: boolean;
}

/** A request matched to its method. */
export interface RestCall {
  readonly method: DescMethod;
  readonly route: string;
  /** Throws INVALID_REQUEST where a part is not percent-encoded UTF-8. */
  readonly path: () => Readonly<Record<string, string>>;
  readonly hasBody: boolean;
}

export type RestMatch = (verb: string, path: string) => RestCall | undefined;

/** The routes that the contract's google.api.http annotations declare. */
export function restRoutes(services: readonly DescService[]): RestMatch {
  const routes = services.flatMap((service) => service.methods).flatMap(toRoute);
  return (verb, path) => {
    for (const route of routes) {
      const match = route.verb === verb ? route.pattern.exec(path) : null;
      if (match)
        return {
          method: route.method,
          route: route.route,
          hasBody: route.hasBody,
          path: () => Object.fromEntries(route.names.map((name, index) => [name, decoded(match[index + 1] ?? "")])),
        };
    }
    return undefined;
  };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    throw DragomanError.of("INVALID_REQUEST", "The path is not percent-encoded UTF-8.", { cause });
  }
}

function toRoute(method: DescMethod): Route[] {
  const { pattern, body } = getOption(method, http);
  if (!pattern.case || pattern.case === "custom") return [];
  const names: string[] = [];
  const source = pattern.value.replace(/\{(\w+)\}/g, (_, name: string) => {
    names.push(name);
    return "([^/]+)";
  });
  return [
    { verb: pattern.case.toUpperCase(), route: pattern.value, pattern: new RegExp(`^${source}$`), names, method, hasBody: body === "*" },
  ];
}

/** Reads the request by the method's descriptor, calls, and writes the answer: JSON, server-sent events, or a file. */
export async function answerRest(
  call: RestCall,
  request: IncomingMessage,
  query: URLSearchParams,
  response: ServerResponse,
  options: CallOptions,
  forward: Forward,
  finals: FinalJobs,
): Promise<void> {
  const message = withHeaders(await readRequest(call, request, query), request);
  if (isMessage(message, GetResultRequestSchema)) {
    const get = (asked: Message) => forward(call.method, asked, options) as AsyncIterable<ResultChunk>;
    return answerFile(message, request, response, get);
  }
  const askedAt = performance.now();
  const answer = forward(call.method, message, options);
  if (call.method.methodKind !== "unary") return writeEvents(response, answer as AsyncIterable<Job>);
  const answered = await (answer as Promise<Message>);
  if (isMessage(message, GetJobRequestSchema)) {
    const job = answered as Job;
    const answer = toAnswer(request, job);
    finals.remember(job, answer, askedAt);
    return sendJob(request, response, answer);
  }
  return writeJson(response, 200, call.method, answered);
}

/** The fields that REST has headers for. What the body or the query says goes before. */
function withHeaders(message: Message, { headers }: IncomingMessage): Message {
  if (isMessage(message, CreateJobRequestSchema) || isMessage(message, RetryJobRequestSchema))
    message.requestId ||= String(headers["idempotency-key"] ?? "");
  if (isMessage(message, WatchJobRequestSchema)) message.afterVersion ||= versionOf(headers["last-event-id"]);
  if (isMessage(message, GetJobRequestSchema)) message.afterVersion ||= versionOf(headers["if-none-match"]?.replaceAll('"', ""));
  return message;
}

function versionOf(text: string | string[] | undefined): bigint {
  return typeof text === "string" && /^\d{1,18}$/.test(text) ? BigInt(text) : 0n;
}

async function readRequest({ method, path, hasBody }: RestCall, request: IncomingMessage, query: URLSearchParams): Promise<Message> {
  const json: JsonObject = hasBody ? await readJson(request) : {};
  for (const [name, value] of [...(hasBody ? [] : query), ...Object.entries(path())]) {
    const field = method.input.fields.find((candidate) => candidate.name === name || candidate.jsonName === name);
    json[name] = field ? scalar(field, value) : value;
  }
  return parse(method, json);
}

function parse(method: DescMethod, json: JsonValue): Message {
  try {
    return fromJson(method.input, json);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw DragomanError.of("INVALID_REQUEST", `The request does not fit ${method.input.typeName}: ${message.slice(0, 300)}`);
  }
}

/** A query's text as the field's JSON; enum values may be said short and in lower case ("markdown"). */
function scalar(field: DescField, text: string): JsonValue {
  if (field.fieldKind === "enum") {
    const name = text.toUpperCase();
    return name.startsWith(field.enum.sharedPrefix?.toUpperCase() ?? "") ? name : `${field.enum.sharedPrefix ?? ""}${name}`.toUpperCase();
  }
  if (text === "true" || text === "false") return text === "true";
  return text;
}

async function readJson(request: IncomingMessage): Promise<JsonObject> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw DragomanError.of("FILE_TOO_LARGE", `A JSON body has at most ${MAX_BODY_BYTES} bytes.`);
    chunks.push(chunk);
  }
  if (size === 0) return {};
  try {
    const json: unknown = JSON.parse(Buffer.concat(chunks).toString());
    if (typeof json === "object" && json !== null && !Array.isArray(json)) return json as JsonObject;
  } catch {
    // Told below, without the body's text.
  }
  throw DragomanError.of("INVALID_REQUEST", "The body is not a JSON object.");
}

export function writeJson(response: ServerResponse, status: number, method: Pick<DescMethod, "output">, message: Message): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(toJson(method.output, message, { alwaysEmitImplicit: true })));
}

function toAnswer({ headers }: IncomingMessage, job: Job) {
  return {
    authorization: headers.authorization ?? "",
    body: Buffer.from(JSON.stringify(toJson(JobSchema, job, { alwaysEmitImplicit: true }))),
    etag: `"${job.version}"`,
  };
}

const JOB = /^\/jobs\/([0-9A-Z]{26})$/;

/** Answers a GetJob whose answer is known; false where it has to be asked for. */
export function answerKnown(request: IncomingMessage, response: ServerResponse, finals: FinalJobs): boolean {
  const [, id = ""] = (request.method === "GET" && JOB.exec(request.url ?? "")) || [];
  const answer = id && finals.find(id, request.headers.authorization ?? "");
  if (answer) sendJob(request, response, answer);
  return Boolean(answer);
}

/** The job, or 304 where the client has this version of it. */
function sendJob({ headers }: IncomingMessage, response: ServerResponse, { body, etag }: { body: Buffer; etag: string }): void {
  const about = { etag, "cache-control": "private, no-cache" };
  if (headers["if-none-match"] === etag) response.writeHead(304, about).end();
  else response.writeHead(200, { ...about, "content-type": "application/json", "content-length": body.length }).end(body);
}

async function writeEvents(response: ServerResponse, jobs: AsyncIterable<Job>): Promise<void> {
  const begin = () => response.headersSent || response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  // Keeps the connection open through proxies that end silent ones.
  const alive = setInterval(() => begin() && response.write(": alive\n\n"), ALIVE_MS);
  try {
    for await (const job of jobs) {
      begin();
      const data = JSON.stringify(toJson(JobSchema, job, { alwaysEmitImplicit: true }));
      await write(response, `id: ${job.version}\nevent: job\ndata: ${data}\n\n`);
    }
  } finally {
    clearInterval(alive);
  }
  // Nothing newer than what the client has: the job has ended, and it should not come again (HTML, 9.2.3).
  if (response.headersSent) response.end();
  else response.writeHead(204).end();
}

export function writeProblem(response: ServerResponse, thrown: unknown, traceId: string): void {
  const error = asDragomanError(thrown);
  if (response.headersSent) return void response.destroy();
  const { retryAfter } = error.detail;
  if (retryAfter) response.setHeader("retry-after", String(Math.ceil(durationMs(retryAfter) / 1000)));
  response.writeHead(errorKind(error.code).http, { "content-type": "application/problem+json" });
  response.end(problemOf(error, traceId));
}
