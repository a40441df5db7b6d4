import type { JsonObject } from "@bufbuild/protobuf";
import { type JobOptions, JobOptionsSchema } from "../gen/dragoman/v1/job_pb.ts";
import { DragomanError } from "../platform/errors.ts";
import { fieldNamed, messageOf } from "./json.ts";
import { scalar } from "./requests.ts";

const LABEL = "labels.";
const MAX_SHOWN = 40;

/** A form's fields: named as in JobOptions, a label as `labels.name`, or all labels as one JSON object. Each at most once, but for lists. */
export class FormFields {
  readonly #seen = new Set<string>();
  readonly #json: JsonObject = {};
  readonly #labels: JsonObject = {};

  /** Throws INVALID_REQUEST for what is no field, or was there before. */
  add(name: string, value: string): void {
    const field = fieldNamed(JobOptionsSchema, name);
    if (name === "file") throw refusedPart(name, "is no file: its part has a `filename`");
    if (name === "labels") return this.#addLabels(value);
    if (name.startsWith(LABEL)) return this.#addLabel(name.slice(LABEL.length), value);
    if (!field) throw refusedPart(name, "is unknown");
    if (field.fieldKind === "list") return this.#addItems(field.jsonName, value);
    this.#once(field.name);
    this.#json[field.jsonName] = scalar(field, value);
  }

  /** What the fields so far say. Throws INVALID_REQUEST. */
  options(): JobOptions {
    return messageOf(JobOptionsSchema, { ...this.#json, labels: this.#labels });
  }

  /** A part for each item, or several in one with commas between. */
  #addItems(name: string, value: string): void {
    const items = (this.#json[name] as string[] | undefined) ?? [];
    this.#json[name] = [...items, ...value.split(",").map((item) => item.trim())];
  }

  #addLabels(value: string): void {
    this.#once("labels");
    for (const [label, text] of Object.entries(parseLabels(value))) this.#addLabel(label, text);
  }

  #addLabel(label: string, value: string): void {
    this.#once(`${LABEL}${label}`);
    Object.defineProperty(this.#labels, label, { value, enumerable: true });
  }

  #once(name: string): void {
    if (this.#seen.has(name)) throw refusedPart(name, "is given more than once");
    this.#seen.add(name);
  }
}

function parseLabels(value: string): Record<string, string> {
  try {
    const labels: unknown = JSON.parse(value);
    if (typeof labels === "object" && labels !== null && Object.values(labels).every((text) => typeof text === "string"))
      return labels as Record<string, string>;
  } catch {
    // Told below.
  }
  throw refusedPart("labels", 'is a JSON object of texts, as in {"order":"1042"}');
}

/** For a part of a form that is not taken. What the client calls it may be anything, and long. */
export function refusedPart(name: string, description: string): DragomanError {
  const field = name.slice(0, MAX_SHOWN);
  return DragomanError.of("INVALID_REQUEST", `The form is not valid: ${field} ${description}.`, { violations: [{ field, description }] });
}
