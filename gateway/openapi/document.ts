import { create, type DescMethod, type DescService, getOption, type JsonValue } from "@bufbuild/protobuf";
import { ErrorSchema } from "../../gen/dragoman/v1/error_pb.ts";
import { JobOptionsSchema } from "../../gen/dragoman/v1/job_pb.ts";
import { JobService } from "../../gen/dragoman/v1/job_service_pb.ts";
import { http } from "../../gen/google/api/annotations_pb.ts";
import { type ErrorCode, errorDetail, errorKind } from "../../platform/errors.ts";
import { problemJson } from "../problem.ts";
import { EXAMPLES } from "./examples.ts";
import { type CommentOf, type Schema, Schemas } from "./schemas.ts";

/** What every call may answer beside its own errors. */
const EVERYWHERE: readonly ErrorCode[] = ["UNAUTHENTICATED", "PERMISSION_DENIED", "UNAVAILABLE", "DEADLINE_EXCEEDED"];
const HEADERS: Readonly<Record<string, readonly Schema[]>> = {
  CreateJob: [header("Idempotency-Key", "request_id, for those that do not send it in the body.")],
  RetryJob: [header("Idempotency-Key", "request_id, for those that do not send it in the body.")],
  GetJob: [header("If-None-Match", "The ETag the client has: 304 if the job is still as it was. With wait_seconds, waits for a change.")],
  WatchJob: [header("Last-Event-ID", "after_version: the id of the last event the client has.")],
  GetResult: [
    header("Range", "One range of bytes."),
    header("If-Range", "The ETag of the file whose range is wanted."),
    header("If-None-Match", "The ETag the client has."),
  ],
};

type Describe = CommentOf & ((desc: DescMethod | DescService) => string);

/** The REST side of `services` as an OpenAPI 3.1 document: routes by their google.api.http options, errors by their comments. */
export function documentOf(services: readonly DescService[], describe: Describe): Schema {
  const schemas = new Schemas(describe);
  const paths: Record<string, Record<string, Schema>> = { "/uploads/{grant}": { put: putUpload() } };
  const tags: Schema[] = [];
  for (const service of services) {
    const routed = service.methods.filter((method) => getOption(method, http).pattern.case);
    if (routed.length > 0) tags.push({ name: service.name, description: describe(service) });
    for (const method of routed) {
      const { pattern } = getOption(method, http);
      const verb = pattern.case as string;
      const path = String(pattern.value);
      paths[path] = { ...paths[path], [verb]: operation(method, path, describe(method), schemas) };
    }
  }
  schemas.ofMessage(ErrorSchema);
  return {
    openapi: "3.1.0",
    info: {
      title: "Dragoman",
      version: "1",
      summary: "Translates documents.",
      description: "Jobs over REST. The same contract serves gRPC, gRPC-Web and Connect; every error is the same on each.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/", description: "This server" }],
    security: [{ apiKey: [] }],
    tags,
    paths,
    components: {
      securitySchemes: { apiKey: { type: "http", scheme: "bearer", description: "An API key, as `dragoman keys create` makes it." } },
      schemas: { ...schemas.components, Problem: problemSchema() },
    },
  };
}

function operation(method: DescMethod, path: string, comment: string, schemas: Schemas): Schema {
  const inPath = new Set([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
  const hasBody = getOption(method, http).body === "*";
  const fields = method.input.fields.filter(({ name }) => inPath.has(name) || !hasBody);
  const parameters = fields.map((field) => ({
    name: field.name,
    in: inPath.has(field.name) ? "path" : "query",
    ...(inPath.has(field.name) && { required: true }),
    schema: schemas.ofField(field),
  }));
  const [summary = "", ...rest] = comment.split(/(?<=\.)\s+/);
  return {
    operationId: method.localName,
    tags: [method.parent.name],
    summary: summary.replace(/\.$/, ""),
    ...(rest.length > 0 && { description: rest.join(" ") }),
    parameters: [...parameters, ...(HEADERS[method.name] ?? [])],
    ...(hasBody && { requestBody: { required: true, content: bodyOf(method, schemas, inPath) } }),
    responses: { ...success(method, schemas), ...errors(comment) },
  };
}

function bodyOf(method: DescMethod, schemas: Schemas, inPath: ReadonlySet<string | undefined>): Schema {
  const properties = method.input.fields.filter(({ name }) => !inPath.has(name)).map((field) => [field.jsonName, schemas.ofField(field)]);
  const example = EXAMPLES[method.input.name];
  const json = { schema: { type: "object", properties: Object.fromEntries(properties) }, ...(example && { example }) };
  if (method !== JobService.method.createJob && method.name !== "CreateJob") return { "application/json": json };
  const options = JobOptionsSchema.fields.map((field) => [field.name, schemas.ofField(field)]);
  const file = { type: "string", contentMediaType: "application/octet-stream", description: "The document." };
  const form = { type: "object", required: ["file", "target_language"], properties: { ...Object.fromEntries(options), file } };
  return { "application/json": json, "multipart/form-data": { schema: form } };
}

function success(method: DescMethod, schemas: Schemas): Schema {
  if (method.name === "GetResult") {
    const file = { "application/octet-stream": { schema: { type: "string", contentMediaType: "application/octet-stream" } } };
    return {
      200: { description: "The file, with its SHA-256 in Repr-Digest and ETag.", content: file },
      206: { description: "The range that was asked for.", content: file },
      304: { description: "The client has it." },
      307: { description: "With prefer_url: where the file is." },
    };
  }
  const schema = schemas.ofMessage(method.output);
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
  const content = { "application/json": { schema, ...(example && { example }) } };
  const unchanged = method.name === "GetJob" ? { 304: { description: "The client has this version." } } : {};
  return { 200: { description: method.output.name, content }, ...unchanged };
}

/** By status, from the line "Errors: A, B." of the method's comment. */
function errors(comment: string): Schema {
  const [, named = ""] = /Errors: ([A-Z_,\s]+)\./.exec(comment) ?? [];
  const codes = [...named.split(/,\s*/).filter(Boolean), ...EVERYWHERE] as ErrorCode[];
  const byStatus = Map.groupBy(codes, (code) => errorKind(code).http);
  return Object.fromEntries(
    [...byStatus].map(([status, of]) => [
      status,
      {
        description: of.join(" or "),
        content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" }, examples: exampleProblems(of) } },
      },
    ]),
  );
}

function exampleProblems(codes: readonly ErrorCode[]): Schema {
  const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
  return Object.fromEntries(
    codes.map((code) => [code, { value: problemJson(create(ErrorSchema, { ...errorDetail(code, "What happened, in words."), traceId })) }]),
  );
}

function problemSchema(): Schema {
  const text = (description: string) => ({ type: "string", description });
  return {
    description: "RFC 9457, with the members of Error.",
    type: "object",
    required: ["type", "title", "status", "code", "category"],
    properties: {
      type: text("urn:dragoman:error: and the code."),
      title: text("The code."),
      status: { type: "integer" },
      detail: text("What happened, for people."),
      code: text("Stable, for programs."),
      category: text("Who must act: as ErrorCategory, without its prefix."),
      hint: text("What to do about it."),
      retryable: { type: "boolean", description: "Whether the same request can succeed later." },
      retryAfter: text("How long to wait before that; also in Retry-After."),
      stage: text("The stage that failed."),
      page: { type: "integer" },
      traceId: text("Also in X-Trace-Id."),
      violations: { type: "array", items: { $ref: "#/components/schemas/FieldViolation" } },
    },
  };
}

function putUpload(): Schema {
  return {
    operationId: "putUpload",
    tags: ["UploadService"],
    summary: "Sends the bytes that an upload was created for",
    description:
      "The address is the `url` of CreateUpload's answer; it carries its own signature. Resumable uploads go to `resumable_url` by tus 1.0.0.",
    security: [],
    parameters: [{ name: "grant", in: "path", required: true, schema: { type: "string" } }],
    requestBody: {
      required: true,
      content: { "application/octet-stream": { schema: { type: "string", contentMediaType: "application/octet-stream" } } },
    },
    responses: { 204: { description: "Stored." }, ...errors("Errors: UPLOAD_ALREADY_DONE, FILE_TOO_LARGE, CHECKSUM_MISMATCH.") },
  };
}

function header(name: string, description: string): Schema {
  return { name, in: "header", description, schema: { type: "string" } };
}
