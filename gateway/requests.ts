import type { IncomingMessage } from "node:http";
import { type DescField, isMessage, type JsonObject, type JsonValue, type Message, ScalarType } from "@bufbuild/protobuf";
import {
  CreateJobRequestSchema,
  GetJobRequestSchema,
  RetryJobRequestSchema,
  RetryJobsRequestSchema,
  WatchJobRequestSchema,
  WatchJobsRequestSchema,
} from "../gen/dragoman/v1/job_service_pb.ts";
import { DragomanError } from "../platform/errors.ts";
import { promptly } from "./admission.ts";
import { tagsOf, withoutCoding } from "./etags.ts";
import { fieldNamed, messageOf } from "./json.ts";
import type { RestCall } from "./routes.ts";

const MAX_BODY_BYTES = 1024 * 1024;
/** A client that would take more versions than these takes any. */
const MAX_WANTED = 5;
const JSON_TYPE = /^application\/([a-z0-9.+-]+\+)?json\s*(;|$)/i;

/** The method's request: of the path, the query or the body, and the headers. Throws INVALID_REQUEST and what `readJson` throws. */
export async function readRequest(call: RestCall, request: IncomingMessage, query: URLSearchParams): Promise<Message> {
  const { input } = call.method;
  const json: JsonObject = call.hasBody ? await readJson(request) : {};
  const seen = new Set<string>();
  for (const [name, value] of [...(call.hasBody ? [] : query), ...Object.entries(call.path())]) {
    const field = fieldNamed(input, name);
    if (field?.fieldKind === "list") {
      const items = json[field.jsonName];
      // No name of an enum's value has a comma; a text may.
      const given = field.listKind === "enum" ? value.split(",") : [value];
      json[field.jsonName] = [...(Array.isArray(items) ? items : []), ...given.map((each) => scalar(field, each))];
      continue;
    }
    const known = field?.name ?? name.slice(0, 40);
    if (seen.has(known)) throw refused(known, "is given more than once");
    seen.add(known);
    json[field?.jsonName ?? name] = field ? scalar(field, value) : value;
  }
  return withHeaders(messageOf(input, json), request);
}

/** The client's own key for a request. The header is a string of structured fields (RFC 9651), which many send without its quotes. */
export function idempotencyKey({ headers }: IncomingMessage): string {
  const value = String(headers["idempotency-key"] ?? "").trim();
  const [, quoted] = /^"((?:[^"\\]|\\["\\])*)"$/.exec(value) ?? [];
  return quoted === undefined ? value : quoted.replace(/\\(["\\])/g, "$1");
}

/** The fields that REST has headers for. What the body or the query says goes before. */
function withHeaders(message: Message, request: IncomingMessage): Message {
  const { headers } = request;
  if (isMessage(message, CreateJobRequestSchema) || isMessage(message, RetryJobRequestSchema) || isMessage(message, RetryJobsRequestSchema))
    message.requestId ||= idempotencyKey(request);
  if (isMessage(message, WatchJobRequestSchema)) message.afterVersion ||= versionOf(String(headers["last-event-id"] ?? ""));
  if (isMessage(message, WatchJobsRequestSchema)) message.cursor ||= String(headers["last-event-id"] ?? "");
  if (isMessage(message, GetJobRequestSchema)) message.afterVersion ||= knownVersion(headers["if-none-match"]);
  return message;
}

/** The newest that the client has. */
function knownVersion(header = ""): bigint {
  const tags = tagsOf(header);
  const versions = tags === "*" ? [] : tags.map(({ opaque }) => versionOf(withoutCoding(opaque)));
  // A version without quotes is no tag, and clear all the same.
  return [versionOf(header.trim()), ...versions].sort((one, other) => Number(other - one))[0] ?? 0n;
}

/** The versions of which the client wants one (If-Match); none for any. Throws PRECONDITION_FAILED where no job can ever have one. */
export function wantedVersions({ headers }: IncomingMessage): readonly bigint[] {
  const tags = headers["if-match"] === undefined ? "*" : tagsOf(headers["if-match"]);
  if (tags === "*") return [];
  const strong = tags.filter(({ weak }) => !weak).map(({ opaque }) => versionOf(withoutCoding(opaque)));
  const versions = [...new Set(strong)].filter((version) => version > 0n).slice(0, MAX_WANTED);
  if (versions.length > 0) return versions;
  throw DragomanError.of("PRECONDITION_FAILED", "If-Match names no version that a job can have.");
}

function versionOf(text: string): bigint {
  return /^\d{1,18}$/.test(text) ? BigInt(text) : 0n;
}

/** The text of a query or a form as the field's JSON. Throws INVALID_REQUEST. */
export function scalar(field: DescField, text: string): JsonValue {
  const isNumber = field.fieldKind === "scalar" && field.scalar !== ScalarType.STRING && field.scalar !== ScalarType.BOOL;
  // JSON would take more ("1e1").
  if (isNumber && !/^-?\d+$/.test(text)) throw refused(field.name, "is a whole number");
  if (field.fieldKind === "scalar" && field.scalar === ScalarType.BOOL && /^(true|false)$/.test(text)) return text === "true";
  return text;
}

function refused(field: string, description: string): DragomanError {
  return DragomanError.of("INVALID_REQUEST", `The request is not valid: ${field} ${description}.`, {
    violations: [{ field, description }],
  });
}

async function readJson(request: IncomingMessage): Promise<JsonObject> {
  const body = await readWhole(request, (_, before) => {
    if (before === 0) checkType(request);
  });
  return body.length === 0 ? {} : jsonObject(body);
}

/**
 * A body that is held in memory. `hear` is told of each chunk, and how many bytes came `before` it. Throws REQUEST_TOO_LARGE, REQUEST_TIMEOUT,
 * and what `hear` throws.
 */
export async function readWhole(request: IncomingMessage, hear: (bytes: number, before: number) => void): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of promptly(request)) {
    hear(chunk.length, size);
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw DragomanError.of("REQUEST_TOO_LARGE", `A request's body has at most ${MAX_BODY_BYTES} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Throws INVALID_REQUEST. */
export function jsonObject(body: Uint8Array): JsonObject {
  try {
    const json: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
    if (typeof json === "object" && json !== null && !Array.isArray(json)) return json as JsonObject;
  } catch {
    // Told below, without the body's text.
  }
  throw DragomanError.of("INVALID_REQUEST", "The body is not a JSON object in UTF-8.", { hint: "Send one JSON object." });
}

/** Throws UNSUPPORTED_MEDIA_TYPE where the body says that it is not plain JSON. */
function checkType({ headers }: IncomingMessage): void {
  const { "content-type": type = "application/json", "content-encoding": coding = "identity" } = headers;
  if (coding.toLowerCase() !== "identity")
    throw DragomanError.of("UNSUPPORTED_MEDIA_TYPE", "The body is compressed.", { hint: "Send it without content-encoding." });
  if (!JSON_TYPE.test(type)) throw DragomanError.of("UNSUPPORTED_MEDIA_TYPE", "The body is not sent as JSON.");
}
