import type { IncomingMessage } from "node:http";
import type { JsonValue } from "@bufbuild/protobuf";
import { DragomanError } from "../../platform/errors.ts";
import { type FilePart, readForm } from "../form_parts.ts";
import { jsonObject, readWhole } from "../requests.ts";

/** Of all values together, as of a body that is read whole. */
const MAX_LETTERS = 1024 * 1024;
const FORM_LIMITS = { fields: 200, fieldBytes: MAX_LETTERS };
/** More no request of these APIs has; each is held by its name. */
const MAX_FIELDS = 20_000;
const MAX_NAME_LETTERS = 200;
const MAX_DEPTH = 5;

/** A request's parameters, however it sent them: each a list of texts under a name. */
export class Fields {
  readonly #values = new Map<string, string[]>();
  readonly #lists = new Set<string>();
  readonly #take: (bytes: number) => void;
  #count = 0;
  #letters = 0;

  /** `take` is told how much is held, before it is. */
  constructor(take: (bytes: number) => void = () => undefined) {
    this.#take = take;
  }

  /** Throws INVALID_REQUEST where there are too many, or one has too long a name; REQUEST_TOO_LARGE; and what `take` throws. */
  add(name: string, value: string): void {
    if (name.length > MAX_NAME_LETTERS) throw DragomanError.of("INVALID_REQUEST", "A parameter's name is too long.");
    if (++this.#count > MAX_FIELDS) throw DragomanError.of("INVALID_REQUEST", `The request has more than ${MAX_FIELDS} parameters.`);
    this.#letters += value.length;
    if (this.#letters > MAX_LETTERS) throw DragomanError.of("REQUEST_TOO_LARGE", "The request's parameters are too long.");
    this.#take(name.length + value.length);
    const values = this.#values.get(name);
    if (values) values.push(value);
    else this.#values.set(name, [value]);
  }

  /** Of a list that may have one value, or none. */
  addList(name: string): void {
    this.#lists.add(name);
  }

  /** Whether it was sent as a list, or more than once. */
  isList(name: string): boolean {
    return this.#lists.has(name) || this.all(name).length > 1;
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
export function queryFields(query: URLSearchParams, take?: (bytes: number) => void): Fields {
  const fields = new Fields(take);
  for (const [name, value] of query) fields.add(name, value);
  return fields;
}

/** How a body is read. */
interface Reading {
  /** Without it no part of a form may be a file. */
  readonly file?: (part: FilePart, before: Fields) => Promise<void>;
  readonly take?: (bytes: number) => void;
}

/**
 * Those of a query and a body: JSON, whose lists of objects are named as in "dictionaries[0].name", a form by its encoding in an address, or in
 * parts. Throws INVALID_REQUEST, UNSUPPORTED_MEDIA_TYPE, and as a body is read.
 */
export async function readFields(request: IncomingMessage, query: URLSearchParams, reading: Reading = {}): Promise<Fields> {
  const { file, take = () => undefined } = reading;
  const fields = queryFields(query, take);
  const type = (request.headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  if (type === "multipart/form-data") {
    const onFile = file ? (part: FilePart) => file(part, fields) : refuseFile;
    await readForm(request, { field: (name, value) => fields.add(name, value), file: onFile }, FORM_LIMITS);
    return fields;
  }
  const body = await readWhole(request, take);
  if (body.length === 0) return fields;
  if (type === "application/json" || type.endsWith("+json"))
    for (const [name, value] of Object.entries(jsonObject(body))) addJson(fields, name, value);
  else if (type === "application/x-www-form-urlencoded" || type === "")
    for (const [name, value] of new URLSearchParams(inUtf8(body))) fields.add(name, value);
  else throw DragomanError.of("UNSUPPORTED_MEDIA_TYPE", "The body is sent neither as JSON nor as a form.");
  return fields;
}

/** A form's text. Throws INVALID_REQUEST where it, or what its escapes say, is not UTF-8: signs would be lost. */
function inUtf8(body: Uint8Array): string {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(body);
    for (const [escapes] of text.matchAll(/(?:%[0-9a-f]{2})+/gi)) decodeURIComponent(escapes);
    return text;
  } catch {
    throw DragomanError.of("INVALID_REQUEST", "The form is not in UTF-8.");
  }
}

async function refuseFile(): Promise<void> {
  throw DragomanError.of("INVALID_REQUEST", "A file is sent where none is taken.");
}

function addJson(fields: Fields, name: string, value: JsonValue, depth = 0): void {
  if (value === null) return;
  if (typeof value !== "object") return fields.add(name, String(value));
  // Else a long name would be made as often as it has members.
  if (depth > MAX_DEPTH || name.length > MAX_NAME_LETTERS) throw DragomanError.of("INVALID_REQUEST", "The body's JSON nests too deep.");
  if (Array.isArray(value)) {
    fields.addList(name);
    // What was passed over would shift all answers behind it.
    if (value.some((each) => each === null || isPlain(each) !== isPlain(value[0] ?? "")))
      throw DragomanError.of("INVALID_REQUEST", "A list in the body's JSON has members of several kinds, or none.");
  }
  for (const [key, each] of Object.entries(value)) {
    if (!Array.isArray(value)) addJson(fields, `${name}.${key}`, each, depth + 1);
    else addJson(fields, isPlain(each) ? name : `${name}[${key}]`, each, depth + 1);
  }
}

function isPlain(value: JsonValue): boolean {
  return typeof value !== "object";
}
