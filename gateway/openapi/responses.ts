import { create, type DescMethod, type JsonValue } from "@bufbuild/protobuf";
import { ErrorSchema } from "../../gen/dragoman/v1/error_pb.ts";
import { JobSchema } from "../../gen/dragoman/v1/job_pb.ts";
import { type ErrorCode, errorDetail, errorKind } from "../../platform/errors.ts";
import { problemJson } from "../problem.ts";
import { EXAMPLES } from "./examples.ts";
import type { Schema, Schemas } from "./schemas.ts";

/** What every call may answer beside its own errors. */
const EVERYWHERE: readonly ErrorCode[] = [
  "INVALID_REQUEST",
  "UNAUTHENTICATED",
  "PERMISSION_DENIED",
  "INTERNAL",
  "UNAVAILABLE",
  "OVERLOADED",
  "DEADLINE_EXCEEDED",
  "STORAGE_FULL",
];
const WITH_BODY: readonly ErrorCode[] = ["REQUEST_TIMEOUT", "REQUEST_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE"];
/** Files of results, by what they are. */
const RESULTS: Readonly<Record<string, Schema>> = {
  "text/markdown": { type: "string" },
  "text/plain": { type: "string" },
  "application/pdf": bytes(),
  "image/webp": bytes(),
  "application/json": { type: "object", description: "The document model; its schema is at /document.schema.json." },
  "application/zip": bytes(),
};
const ETAG = header("What tells this version from others.");
const TRACE = { "X-Trace-Id": header("The trace of the request, 32 hexadecimal digits.") };
const QUOTA = {
  RateLimit: header("What is left of each limit that the call counts against (draft-ietf-httpapi-ratelimit-headers)."),
  "RateLimit-Policy": header("These limits."),
};
const LOCATION = { Location: header("The job's address.") };
const CODING = { Vary: header("Whom the answer depends on: `accept-encoding` where it may be compressed.") };

/** Every answer of a method: of its success, and of each error that its comment names. */
export function responsesOf(method: DescMethod, comment: string, answered: Schemas, hasBody: boolean): Schema {
  const [, named = ""] = /Errors: ([A-Z_,\s]+)\./.exec(comment) ?? [];
  const codes = [...named.split(/,\s*/).filter(Boolean), ...EVERYWHERE, ...(hasBody ? WITH_BODY : [])] as ErrorCode[];
  return { ...withTrace(success(method, answered)), ...problems(codes) };
}

/** By status, and what else there may be. */
export function problems(codes: readonly ErrorCode[]): Schema {
  const byStatus = Map.groupBy(new Set(codes), (code) => errorKind(code).http);
  const content = (of: readonly ErrorCode[]) => ({
    "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" }, examples: exampleProblems(of) },
  });
  return {
    ...Object.fromEntries(
      [...byStatus].map(([status, of]) => [
        status,
        { description: of.join(" or "), headers: { ...TRACE, ...headersOf(status) }, content: content(of) },
      ]),
    ),
    default: { description: "Any other error, in the same form.", headers: TRACE, content: content(["UNAVAILABLE"]) },
  };
}

/** Any bytes, as generators know them. */
export function bytes(): Schema {
  return { type: "string", format: "binary", contentMediaType: "application/octet-stream" };
}

export function header(description: string): Schema {
  return { description, schema: { type: "string" } };
}

function headersOf(status: number): Schema {
  if (status === 401) return { "WWW-Authenticate": header("How to come in.") };
  if (status === 416) return { "Content-Range": header("`bytes */` and the file's size.") };
  return status === 429 || status === 503 || status === 409
    ? { "Retry-After": header("Seconds to wait before trying again, where it is known.") }
    : {};
}

function success(method: DescMethod, answered: Schemas): Record<string, Schema> {
  if (method.name === "GetResult") return results();
  if (method.name === "WatchJobs") return changes(answered);
  const schema = answered.ofMessage(method.output);
  const example = EXAMPLES[method.output.name] as JsonValue | undefined;
  if (method.methodKind === "server_streaming")
    return {
      200: {
        description: "Server-sent events named `job`, whose data is the job and whose id is its version.",
        content: {
          "text/event-stream": { schema: { type: "string" }, example: `id: 7\nevent: job\ndata: ${JSON.stringify(example)}\n\n` },
        },
      },
      204: { description: "The job has ended, and the client has its last version." },
    };
  const csv = ["GetUsage", "ListUsage"].includes(method.name) && { "text/csv": { schema: { type: "string" } } };
  const content = { "application/json": { schema, ...(example && { example }) }, ...csv };
  const isNew = method.name === "CreateJob" || method.name === "RetryJob";
  const headers = { ...CODING, ...(isNew && { ...LOCATION, ...QUOTA }), ...(method.name === "GetJob" && { ETag: ETAG }) };
  const answers: Record<string, Schema> = { 200: { description: method.output.name, headers, content } };
  if (method.name === "GetJob") answers["304"] = { description: "The client has this version.", headers: { ETag: ETAG } };
  return answers;
}

function changes(answered: Schemas): Record<string, Schema> {
  answered.ofMessage(JobSchema);
  const description =
    "Server-sent events whose id is the cursor: named `job`, whose data is the job, and `deleted`, whose data has the id of one that was deleted. One without data tells the cursor only.";
  const example = `id: 1790328600000000\n\nid: 1790328601843201\nevent: job\ndata: ${JSON.stringify(EXAMPLES["Job"])}\n\n`;
  return { 200: { description, content: { "text/event-stream": { schema: { type: "string" }, example } } } };
}

function results(): Record<string, Schema> {
  const content = Object.fromEntries(Object.entries(RESULTS).map(([type, schema]) => [type, { schema }]));
  const about = {
    "Content-Disposition": header("The name to save the file under."),
    ETag: header("The file's SHA-256, and how it is coded; not of a bundle."),
    "Repr-Digest": header("The file's SHA-256 (RFC 9530); not of a bundle, nor where it is compressed."),
    "Accept-Ranges": header("`bytes`, but for a bundle."),
  };
  const part = { ...about, "Content-Range": header("Which bytes these are, and of how many.") };
  return {
    200: { description: "The file.", headers: { ...about, ...CODING }, content },
    206: { description: "The part that was asked for, never compressed.", headers: part, content },
    304: { description: "The client has it.", headers: { ETag: ETAG } },
    307: {
      description: "With prefer_url: where the file is.",
      headers: { Location: header("Good for GET without a key, for five minutes.") },
    },
  };
}

function withTrace(responses: Record<string, Schema>): Record<string, Schema> {
  return Object.fromEntries(
    Object.entries(responses).map(([status, response]) => [
      status,
      { ...response, headers: { ...TRACE, ...(response["headers"] as Schema) } },
    ]),
  );
}

function exampleProblems(codes: readonly ErrorCode[]): Schema {
  const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
  return Object.fromEntries(
    codes.map((code) => [code, { value: problemJson(create(ErrorSchema, { ...errorDetail(code, "What happened, in words."), traceId })) }]),
  );
}
