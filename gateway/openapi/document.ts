import { type DescFile, type DescMessage, type DescMethod, type DescService, getOption } from "@bufbuild/protobuf";
import { http } from "../../gen/google/api/annotations_pb.ts";
import { EXAMPLES } from "./examples.ts";
import { MEMORY_PATHS } from "./memory.ts";
import { bytes, responsesOf } from "./responses.ts";
import { type CommentOf, type Schema, Schemas } from "./schemas.ts";
import { UPLOAD_PATHS } from "./uploads.ts";

const IF_MATCH = header("If-Match", "expected_version: the ETag of the job as the client knows it; 412 if it has changed.");
const FORMAT = {
  ...{ name: "format", in: "query", description: "As which it is given; goes before Accept." },
  schema: { type: "string", enum: ["json", "csv"] },
};
const HEADERS: Readonly<Record<string, readonly Schema[]>> = {
  CreateJob: [header("Idempotency-Key", "request_id, for those that do not send it in the body.")],
  RetryJob: [header("Idempotency-Key", "request_id, for those that do not send it in the body."), IF_MATCH],
  CancelJob: [IF_MATCH],
  UpdateJob: [IF_MATCH],
  RetryJobs: [header("Idempotency-Key", "request_id, for those that do not send it in the body.")],
  CorrectJob: [IF_MATCH],
  ImportXliff: [IF_MATCH],
  DeleteJob: [IF_MATCH],
  GetJob: [header("If-None-Match", "The ETag the client has: 304 if the job is still as it was. With wait_seconds, waits for a change.")],
  WatchJob: [header("Last-Event-ID", "after_version: the id of the last event the client has.")],
  WatchJobs: [header("Last-Event-ID", "cursor: the id of the last event the client has.")],
  GetUsage: [FORMAT],
  ListUsage: [FORMAT],
  GetResult: [
    header("Range", "One range of bytes."),
    header("If-Range", "The ETag of the file whose range is wanted."),
    header("If-None-Match", "The ETag the client has."),
  ],
};

/** How a form's parts are written that are no plain text. */
const ENCODING = { file: { contentType: "application/octet-stream" }, labels: { contentType: "application/json" } };

type Describe = CommentOf & ((desc: DescMethod | DescService) => string);

/** The REST side of `services` as an OpenAPI 3.1 document: routes by their google.api.http options, errors by their comments. */
export function documentOf(services: readonly DescService[], describe: Describe): Schema {
  const { answered, sent, components } = Schemas.of(describe);
  const paths: Record<string, Record<string, Schema>> = { ...UPLOAD_PATHS, ...MEMORY_PATHS };
  const tags: Schema[] = [];
  for (const service of services) {
    const routed = service.methods.filter((method) => getOption(method, http).pattern.case);
    if (routed.length > 0) tags.push({ name: service.name, description: describe(service) });
    for (const method of routed) {
      const { pattern } = getOption(method, http);
      const verb = pattern.case as string;
      const path = String(pattern.value);
      paths[path] = { ...paths[path], [verb]: operation(method, path, describe(method), { answered, sent }) };
    }
  }
  const error = messageNamed(services, "Error");
  answered.ofMessage(error);
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
      schemas: { ...components, Problem: problemSchema(answered, error) },
    },
  };
}

function operation(
  method: DescMethod,
  path: string,
  comment: string,
  { answered, sent }: Pick<ReturnType<typeof Schemas.of>, "answered" | "sent">,
): Schema {
  const inPath = new Set([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
  const hasBody = getOption(method, http).body === "*";
  const fields = method.input.fields.filter(({ name }) => inPath.has(name) || !hasBody);
  const parameters = fields.map((field) => ({
    name: field.name,
    in: inPath.has(field.name) ? "path" : "query",
    ...(inPath.has(field.name) && { required: true }),
    schema: inText(sent.ofField(field)),
  }));
  const [summary = "", ...rest] = comment.split(/(?<=\.)\s+/);
  return {
    operationId: method.localName,
    tags: [method.parent.name],
    summary: summary.replace(/\.$/, ""),
    ...(rest.length > 0 && { description: rest.join(" ") }),
    parameters: [...parameters, ...(HEADERS[method.name] ?? [])],
    ...(hasBody && { requestBody: { required: true, content: bodyOf(method, sent, inPath) } }),
    responses: responsesOf(method, comment, answered, hasBody),
  };
}

/** As the plugin was given it: what was generated before has no comments. */
function messageNamed(services: readonly DescService[], name: string): DescMessage {
  const within = (file: DescFile): DescMessage | undefined =>
    file.messages.find((message) => message.typeName === `dragoman.v1.${name}`) ?? file.dependencies.map(within).find(Boolean);
  const found = services.map(({ file }) => within(file)).find(Boolean);
  if (!found) throw new Error(`the contract has no ${name}`);
  return found;
}

/** A number in a path or a query is text, whatever it may be in JSON. */
function inText(schema: Schema): Schema {
  return schema["format"] === "int64" ? { ...schema, type: "string" } : schema;
}

function bodyOf(method: DescMethod, sent: Schemas, inPath: ReadonlySet<string | undefined>): Schema {
  const example = EXAMPLES[method.input.name];
  const schema = sent.ofFields(method.input.fields.filter(({ name }) => !inPath.has(name)));
  const json = { "application/json": { schema, ...(example && { example }) } };
  if (method.name === "ImportXliff") return { ...json, "application/xliff+xml": { schema: bytes() } };
  if (method.name !== "CreateJob") return json;
  const fields = messageNamed([method.parent], "JobOptions").fields.filter(({ name }) => name !== "selection");
  const options = sent.ofFields(fields, ({ name }) => name);
  const selection = sent.ofFields(messageNamed([method.parent], "ContentSelection").fields, ({ name }) => `selection.${name}`);
  const form = {
    ...options,
    required: ["file", ...(options["required"] as string[])],
    properties: {
      file: { ...bytes(), description: "The document." },
      ...(options["properties"] as Schema),
      ...(selection["properties"] as Schema),
    },
  };
  return { ...json, "multipart/form-data": { schema: form, encoding: ENCODING } };
}

/** RFC 9457, with the members of Error; `detail` is its message. */
function problemSchema(answered: Schemas, error: DescMessage): Schema {
  const text = (description: string) => ({ type: "string", description });
  const { properties, required } = answered.ofFields(error.fields.filter(({ name }) => name !== "message")) as {
    properties: Schema;
    required: string[];
  };
  return {
    description: "RFC 9457, with the members of Error.",
    type: "object",
    required: ["type", "title", "status", "detail", ...required],
    properties: {
      type: text("urn:dragoman:error: and the code."),
      title: text("The code."),
      status: { type: "integer" },
      detail: text("What happened, for people."),
      ...properties,
    },
  };
}

function header(name: string, description: string): Schema {
  return { name, in: "header", description, schema: { type: "string" } };
}
