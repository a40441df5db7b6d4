import {
  type DescEnum,
  type DescField,
  type DescMessage,
  fromJson,
  type JsonObject,
  type JsonValue,
  type MessageShape,
  ScalarType,
} from "@bufbuild/protobuf";
import { DragomanError } from "../platform/errors.ts";

/** More help nobody, and a body may hold a hundred thousand. */
const MAX_VIOLATIONS = 20;

interface Violation {
  readonly field: string;
  readonly description: string;
}

/**
 * The message that `json` says, by protobuf's rules for JSON; enum values may be said short and in any case ("high").
 * Throws INVALID_REQUEST with the first fields that do not fit.
 */
export function messageOf<D extends DescMessage>(desc: D, json: JsonObject): MessageShape<D> {
  const full = withFullNames(desc, json);
  try {
    return fromJson(desc, full);
  } catch (cause) {
    const violations = violationsOf(desc, full, "").slice(0, MAX_VIOLATIONS);
    const summary = violations.map(({ field, description }) => `${field} ${description}`).join("; ");
    throw DragomanError.of("INVALID_REQUEST", `The request is not valid: ${summary || "its JSON does not fit the contract"}.`, {
      violations,
      cause,
    });
  }
}

/** An enum's values without what all their names begin with ("HIGH"), but for the one that stands for none. */
export function shortNames(desc: DescEnum): string[] {
  return desc.values.filter(({ number }) => number !== 0).map(({ name }) => name.slice(desc.sharedPrefix?.length ?? 0));
}

export function fieldNamed(desc: DescMessage, name: string): DescField | undefined {
  return desc.fields.find((field) => field.name === name || field.jsonName === name);
}

function withFullNames(desc: DescMessage, json: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(json).map(([name, value]) => {
      const field = fieldNamed(desc, name);
      return [name, field ? withFullName(field, value) : value];
    }),
  );
}

function withFullName(field: DescField, value: JsonValue): JsonValue {
  if (field.fieldKind === "message" && isObject(value) && !isWellKnown(field.message)) return withFullNames(field.message, value);
  if (field.fieldKind === "list" && field.listKind === "enum" && Array.isArray(value))
    return value.map((each) => valueName(field.enum, each));
  return field.fieldKind === "enum" ? valueName(field.enum, value) : value;
}

function valueName(desc: DescEnum, value: JsonValue): JsonValue {
  if (typeof value !== "string") return value;
  const name = value.toUpperCase();
  const prefix = desc.sharedPrefix?.toUpperCase() ?? "";
  return name.startsWith(prefix) ? name : `${prefix}${name}`;
}

function violationsOf(desc: DescMessage, json: JsonObject, path: string): Violation[] {
  return Object.entries(json).flatMap(([name, value]) => {
    const field = fieldNamed(desc, name);
    // What the client calls a field may be anything, and long.
    if (!field) return [{ field: `${path}${name.slice(0, 40)}`, description: "is unknown" }];
    const at = `${path}${field.name}`;
    if (field.fieldKind === "message" && isObject(value) && !isWellKnown(field.message))
      return violationsOf(field.message, value, `${at}.`);
    return fits(desc, name, value) ? [] : [{ field: at, description: `is ${expected(field)}` }];
  });
}

function fits(desc: DescMessage, name: string, value: JsonValue): boolean {
  try {
    fromJson(desc, { [name]: value });
    return true;
  } catch {
    return false;
  }
}

function expected(field: DescField): string {
  if (field.fieldKind === "enum") return `one of ${shortNames(field.enum).join(", ")}`;
  if (field.fieldKind === "map") return "an object of texts";
  if (field.fieldKind === "list") return field.listKind === "enum" ? `a list of ${shortNames(field.enum).join(", ")}` : "a list";
  if (field.fieldKind === "message") return field.message.name === "Timestamp" ? 'a time as in "2026-01-15T09:30:00Z"' : "an object";
  if (field.scalar === ScalarType.STRING) return "a text";
  return field.scalar === ScalarType.BOOL ? "true or false" : "a whole number";
}

function isWellKnown({ typeName }: DescMessage): boolean {
  return typeName.startsWith("google.protobuf.");
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
