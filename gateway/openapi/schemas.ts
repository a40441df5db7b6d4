import { type DescEnum, type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { FeatureSet_FieldPresence } from "@bufbuild/protobuf/wkt";
import { shortNames } from "../json.ts";

/** JSON that OpenAPI 3.1 takes for a schema. */
export type Schema = Readonly<Record<string, unknown>>;
/** What the contract's file says of a thing. */
export type CommentOf = (desc: DescEnum | DescField | DescMessage) => string;

const SCALARS: Readonly<Partial<Record<ScalarType, Schema>>> = {
  [ScalarType.BOOL]: { type: "boolean" },
  [ScalarType.STRING]: { type: "string" },
  [ScalarType.BYTES]: { type: "string", contentEncoding: "base64" },
  [ScalarType.INT32]: { type: "integer", format: "int32" },
  [ScalarType.DOUBLE]: { type: "number", format: "double" },
  [ScalarType.INT64]: { type: "string", format: "int64", pattern: "^-?[0-9]+$" },
};
/** What is written as text may be sent as a number as well. */
const INT64_SENT: Schema = { type: ["string", "integer"], format: "int64", pattern: "^-?[0-9]+$" };
const WELL_KNOWN: Readonly<Record<string, Schema>> = {
  "google.protobuf.Timestamp": { type: "string", format: "date-time" },
  "google.protobuf.FieldMask": { type: "string", examples: ["engine,tone"] },
  "google.protobuf.Duration": { type: "string", pattern: "^-?[0-9]+(\\.[0-9]+)?s$", examples: ["2s"] },
};

/**
 * The contract's messages as JSON schemas, by the rules of protobuf's JSON; each that is asked for, and what it holds.
 * One that is sent to the server is another schema than one that it answers with: little of it is required, and enum
 * values may be short.
 */
export class Schemas {
  readonly #components: Record<string, Schema>;
  readonly #comment: CommentOf;
  readonly #isSent: boolean;

  private constructor(comment: CommentOf, components: Record<string, Schema>, isSent: boolean) {
    this.#comment = comment;
    this.#components = components;
    this.#isSent = isSent;
  }

  /** Those of answers and those of requests, which add to the same `components`. */
  static of(comment: CommentOf): { readonly answered: Schemas; readonly sent: Schemas; readonly components: Record<string, Schema> } {
    const components: Record<string, Schema> = {};
    return { answered: new Schemas(comment, components, false), sent: new Schemas(comment, components, true), components };
  }

  ofMessage(message: DescMessage): Schema {
    const known = WELL_KNOWN[message.typeName];
    if (known) return known;
    const name = this.#isSent ? `${message.name}Input` : message.name;
    if (!this.#components[name]) {
      this.#components[name] = {};
      this.#components[name] = { ...described(this.#comment(message)), ...this.ofFields(message.fields) };
    }
    return { $ref: `#/components/schemas/${name}` };
  }

  /** An object of these fields; `nameOf`: as the object calls them. */
  ofFields(fields: readonly DescField[], nameOf: (field: DescField) => string = ({ jsonName }) => jsonName): Schema {
    const required = fields.filter((field) => this.#isRequired(field)).map(nameOf);
    return {
      type: "object",
      ...(required.length > 0 && { required }),
      properties: Object.fromEntries(fields.map((field) => [nameOf(field), this.ofField(field)])),
    };
  }

  ofField(field: DescField): Schema {
    return { ...this.#typeOf(field), ...described(this.#comment(field)) };
  }

  /** The server writes every field but for messages and choices that are not there; what a client must send, the contract's comment says. */
  #isRequired(field: DescField): boolean {
    if (this.#isSent) return /\bRequired\./.test(this.#comment(field));
    return field.fieldKind !== "message" && field.oneof === undefined && field.presence !== FeatureSet_FieldPresence.EXPLICIT;
  }

  #typeOf(field: DescField): Schema {
    switch (field.fieldKind) {
      case "scalar":
        return this.#scalar(field.scalar);
      case "enum":
        return this.#ofEnum(field.enum);
      case "message":
        return this.ofMessage(field.message);
      case "map":
        return { type: "object", additionalProperties: field.mapKind === "scalar" ? this.#scalar(field.scalar) : true };
      default:
        return { type: "array", items: this.#ofItem(field) };
    }
  }

  #ofItem(field: DescField & { fieldKind: "list" }): Schema {
    if (field.listKind === "message") return this.ofMessage(field.message);
    return field.listKind === "enum" ? this.#ofEnum(field.enum) : this.#scalar(field.scalar);
  }

  #ofEnum(desc: DescEnum): Schema {
    const name = this.#isSent ? `${desc.name}Input` : desc.name;
    const short = this.#isSent ? shortNames(desc).map((value) => value.toLowerCase()) : [];
    const values = [...desc.values.map((value) => value.name), ...short];
    this.#components[name] ??= { ...described(this.#comment(desc)), type: "string", enum: values };
    return { $ref: `#/components/schemas/${name}` };
  }

  #scalar(type: ScalarType): Schema {
    const schema = this.#isSent && type === ScalarType.INT64 ? INT64_SENT : SCALARS[type];
    if (!schema) throw new Error(`no JSON schema for scalar ${ScalarType[type]}`);
    return schema;
  }
}

function described(comment: string): Schema {
  return comment ? { description: comment } : {};
}
