import { type DescEnum, type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";

/** JSON that OpenAPI 3.1 takes for a schema. */
export type Schema = Readonly<Record<string, unknown>>;
/** What the contract's file says of a thing. */
export type CommentOf = (desc: DescEnum | DescField | DescMessage) => string;

const INT64: Schema = { type: "string", format: "int64", pattern: "^-?[0-9]+$" };
const SCALARS: Readonly<Partial<Record<ScalarType, Schema>>> = {
  [ScalarType.BOOL]: { type: "boolean" },
  [ScalarType.STRING]: { type: "string" },
  [ScalarType.BYTES]: { type: "string", contentEncoding: "base64" },
  [ScalarType.INT32]: { type: "integer", format: "int32" },
  [ScalarType.INT64]: INT64,
};
const WELL_KNOWN: Readonly<Record<string, Schema>> = {
  "google.protobuf.Timestamp": { type: "string", format: "date-time" },
  "google.protobuf.Duration": { type: "string", pattern: "^-?[0-9]+(\\.[0-9]+)?s$", examples: ["2s"] },
};

/** The contract's messages as JSON schemas, by the rules of protobuf's JSON; each that is asked for, and what it holds. */
export class Schemas {
  readonly components: Record<string, Schema> = {};
  readonly #comment: CommentOf;

  constructor(comment: CommentOf) {
    this.#comment = comment;
  }

  ofMessage(message: DescMessage): Schema {
    const known = WELL_KNOWN[message.typeName];
    if (known) return known;
    if (!this.components[message.name]) {
      this.components[message.name] = {};
      this.components[message.name] = {
        ...described(this.#comment(message)),
        type: "object",
        properties: Object.fromEntries(message.fields.map((field) => [field.jsonName, this.ofField(field)])),
      };
    }
    return { $ref: `#/components/schemas/${message.name}` };
  }

  ofField(field: DescField): Schema {
    return { ...this.#typeOf(field), ...described(this.#comment(field)) };
  }

  #typeOf(field: DescField): Schema {
    switch (field.fieldKind) {
      case "scalar":
        return scalar(field.scalar);
      case "enum":
        return this.#ofEnum(field.enum);
      case "message":
        return this.ofMessage(field.message);
      case "map":
        return { type: "object", additionalProperties: field.mapKind === "scalar" ? scalar(field.scalar) : true };
      default:
        return { type: "array", items: this.#ofItem(field) };
    }
  }

  #ofItem(field: DescField & { fieldKind: "list" }): Schema {
    if (field.listKind === "message") return this.ofMessage(field.message);
    return field.listKind === "enum" ? this.#ofEnum(field.enum) : scalar(field.scalar);
  }

  #ofEnum(desc: DescEnum): Schema {
    this.components[desc.name] ??= { ...described(this.#comment(desc)), type: "string", enum: desc.values.map(({ name }) => name) };
    return { $ref: `#/components/schemas/${desc.name}` };
  }
}

function scalar(type: ScalarType): Schema {
  const schema = SCALARS[type];
  if (!schema) throw new Error(`no JSON schema for scalar ${ScalarType[type]}`);
  return schema;
}

function described(comment: string): Schema {
  return comment ? { description: comment } : {};
}
