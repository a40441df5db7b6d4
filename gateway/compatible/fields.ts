import type { IncomingMessage } from "node:http";
import type { JsonValue } from "@bufbuild/protobuf";
import { DragomanError } from "../../platform/errors.ts";
import { type FilePart, readForm } from "../form_parts.ts";
import { jsonObject, readWhole } from "../requests.ts";

const FORM_LIMITS = { fields: 200, fieldBytes: 1024 * 1024 };
/** More no request of these APIs has; each is held by its name. */
const MAX_FIELDS = 20_000;
const MAX_NAME_LETTERS = 200;
const MAX_DEPTH = 5;

/** A request's parameters, however it sent them: each a list of texts under a name. */
export class Fields {
  readonly #values = new Map<string, string[]>();
  #count = 0;

  /** Throws INVALID_REQUEST where there are too many, or one has too long a name. */
  add(name: string, value: string): void {
    if (name.length > MAX_NAME_LETTERS) throw DragomanError.of("INVALID_REQUEST", "A parameter's name is too long.");
    if (++this.#count > MAX_FIELDS) throw DragomanError.of("INVALID_REQUEST", `The request has more than ${MAX_FIELDS} parameters.`);
    const values = this.#values.get(name);
    if (values) values.push(value);
    else this.#values.set(name, [value]);
  }

  all(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }

  /** The first of that name that is not empty, or "". */
  one(name: string): string {
    return this.all(name).find((value) => value !== "") ?? "";
  }
}

/** Those of a query. */
export function queryFields(query: URLSearchParams): Fields {
  const fields = new Fields();
  for (const [name, value] of query) fields.add(name, value);
  return fields;
}

/**
 * Those of a query and a body: JSON, whose lists of objects are named as in "dictionaries[0].name", a form by its encoding in an address, or in
 * parts. Without `file` no part of a form may be one. Throws INVALID_REQUEST, UNSUPPORTED_MEDIA_TYPE, and as a body is read.
 */
export async function readFields(
  request: IncomingMessage,
  query: URLSearchParams,
  file?: (part: FilePart, before: Fields) => Promise<void>,
): Promise<Fields> {
  const fields = queryFields(query);
  const type = (request.headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  if (type === "multipart/form-data") {
    const take = file ? (part: FilePart) => file(part, fields) : refuseFile;
    await readForm(request, { field: (name, value) => fields.add(name, value), file: take }, FORM_LIMITS);
    return fields;
  }
  const body = await readWhole(request);
  if (body.length === 0) return fields;
  if (type === "application/json" || type.endsWith("+json"))
    for (const [name, value] of Object.entries(jsonObject(body))) addJson(fields, name, value);
  else if (type === "application/x-www-form-urlencoded" || type === "")
    for (const [name, value] of new URLSearchParams(body.toString())) fields.add(name, value);
  else throw DragomanError.of("UNSUPPORTED_MEDIA_TYPE", "The body is sent neither as JSON nor as a form.");
  return fields;
}

async function refuseFile(): Promise<void> {
  throw DragomanError.of("INVALID_REQUEST", "A file is sent where none is taken.");
}

function addJson(fields: Fields, name: string, value: JsonValue, depth = 0): void {
  if (value === null) return;
  if (typeof value !== "object") return fields.add(name, String(value));
  // Else a long name would be made as often as it has members.
  if (depth > MAX_DEPTH || name.length > MAX_NAME_LETTERS) throw DragomanError.of("INVALID_REQUEST", "The body's JSON nests too deep.");
  for (const [key, each] of Object.entries(value)) {
    if (!Array.isArray(value)) addJson(fields, `${name}.${key}`, each, depth + 1);
    else addJson(fields, isPlain(each) ? name : `${name}[${key}]`, each, depth + 1);
  }
}

function isPlain(value: JsonValue): boolean {
  return value === null || typeof value !== "object";
}
