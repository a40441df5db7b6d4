import type { DescField, JsonObject } from "@bufbuild/protobuf";
import { ContentSelectionSchema, type JobOptions, JobOptionsSchema } from "../gen/dragoman/v1/job_pb.ts";
import { DragomanError } from "../platform/errors.ts";
import { fieldNamed, messageOf } from "./json.ts";
import { scalar } from "./requests.ts";

const LABEL = "labels.";
const SELECTION = "selection.";
const TEXTS = "do_not_translate";
const MAX_SHOWN = 40;

/**
 * A form's fields: named as in JobOptions, a label as `labels.name`, or all labels as one JSON object, and what of the document is
 * selected as `selection.keys`. Each at most once, but for lists.
 */
export class FormFields {
  readonly #seen = new Set<string>();
  readonly #json: JsonObject = {};
  readonly #labels: JsonObject = {};
  readonly #selection: JsonObject = {};

  /** Throws INVALID_REQUEST for what is no field, or was there before. */
  add(name: string, value: string): void {
    const field = fieldNamed(JobOptionsSchema, name);
    if (name === "file") throw refusedPart(name, "is no file: its part has a `filename`");
    if (name === "labels") return this.#addLabels(value);
    if (name.startsWith(LABEL)) return this.#addLabel(name.slice(LABEL.length), value);
    if (name.startsWith(SELECTION))
      return this.#add(name, fieldNamed(ContentSelectionSchema, name.slice(SELECTION.length)), this.#selection, value);
    if (field?.name === "selection") throw refusedPart(name, "is given field by field, as in selection.keys");
    this.#add(name, field, this.#json, value);
  }

  /** What the fields so far say. Throws INVALID_REQUEST. */
  options(): JobOptions {
    const selection = Object.keys(this.#selection).length > 0 && { selection: this.#selection };
    return messageOf(JobOptionsSchema, { ...this.#json, labels: this.#labels, ...selection });
  }

  /** Of a list a part for each item, or several in one with commas between, but for texts that have commas themselves. */
  #add(name: string, field: DescField | undefined, to: JsonObject, value: string): void {
    if (!field) throw refusedPart(name, "is unknown");
    if (field.fieldKind !== "list") {
      this.#once(name.startsWith(SELECTION) ? `${SELECTION}${field.name}` : field.name);
      to[field.jsonName] = scalar(field, value);
      return;
    }
    const items = (to[field.jsonName] as string[] | undefined) ?? [];
    const given = field.name === TEXTS ? [value] : value.split(",").map((item) => item.trim());
    to[field.jsonName] = [...items, ...given];
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
