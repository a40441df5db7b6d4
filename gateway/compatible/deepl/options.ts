import type { MessageInitShape } from "@bufbuild/protobuf";
import { Formality, type JobOptionsSchema } from "../../../gen/dragoman/v1/job_pb.ts";
import { DragomanError } from "../../../platform/errors.ts";
import type { Fields } from "../fields.ts";

const FORMALITIES: Readonly<Record<string, Formality>> = {
  default: Formality.UNSPECIFIED,
  more: Formality.MORE,
  less: Formality.LESS,
  prefer_more: Formality.PREFER_MORE,
  prefer_less: Formality.PREFER_LESS,
};
/** What is kept at DeepL, and there is none of here. */
const UNKNOWN_THERE = ["style_id", "translation_memory_id", "translation_memory_threshold"];

/** What DeepL's parameters of texts and of documents say of how to translate. Throws INVALID_REQUEST for what cannot be heeded. */
export function jobOptionsOf(fields: Fields): MessageInitShape<typeof JobOptionsSchema> {
  const [unknown] = UNKNOWN_THERE.filter((name) => fields.one(name) !== "");
  if (unknown !== undefined) throw refused(unknown, "names what there is none of here");
  const formality = FORMALITIES[(fields.one("formality") || "default").toLowerCase()];
  if (formality === undefined) throw refused("formality", `is one of ${Object.keys(FORMALITIES).join(", ")}`);
  const glossaries = [fields.one("glossary_id"), ...fields.all("glossary_ids").flatMap((ids) => ids.split(","))].filter(Boolean);
  if (glossaries.length > 0 && fields.one("source_lang") === "") throw refused("source_lang", "is required with a glossary");
  return {
    formality,
    glossaries,
    context: fields.one("context"),
    instructions: fields.all("custom_instructions").join("\n"),
    engine: fields.one("engine"),
  };
}

/** DeepL takes booleans as 1 and 0 too. */
export function flag(fields: Fields, name: string): boolean {
  return ["1", "true"].includes(fields.one(name).toLowerCase());
}

export function required(fields: Fields, name: string): string {
  const value = fields.one(name);
  if (value === "") throw refused(name, "is required");
  return value;
}

export function refused(field: string, description: string): DragomanError {
  return DragomanError.of("INVALID_REQUEST", `Value for '${field}' not supported: it ${description}.`, {
    violations: [{ field, description }],
  });
}
