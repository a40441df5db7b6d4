import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { createGenerator } from "ts-json-schema-generator";

// Writes docs/document.schema.json from the types of the document model, as it is published.
const at = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

function schemaOf(type: string): Record<string, unknown> {
  const generator = createGenerator({
    path: at("worker/engine/services/export/json.ts"),
    tsconfig: at("tsconfig.json"),
    type,
    topRef: false,
    skipTypeCheck: true,
    additionalProperties: true,
  });
  return generator.createSchema(type) as Record<string, unknown>;
}

/** Without what only formats read, and with the references of draft 2020-12. */
function published(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(published);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).filter(([name]) => name !== "anchor" && name !== "Anchor");
  return Object.fromEntries(
    members.map(([name, member]) => [
      name,
      name === "$ref" && typeof member === "string" ? member.replace("#/definitions/", "#/$defs/") : published(member),
    ]),
  );
}

const { definitions, $schema: _, ...root } = schemaOf("DocumentResult");
const { definitions: segmentParts, $schema: __, ...Segment } = schemaOf("PublishedSegment");
const { Tagged: ___, ...parts } = { ...(definitions as object), ...(segmentParts as object), Segment } as Record<string, unknown>;
const schema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "A translated document",
  ...(published(root) as object),
  $defs: published(Object.fromEntries(Object.entries(parts).toSorted(([one], [other]) => one.localeCompare(other)))),
};
await writeFile(at("docs/document.schema.json"), `${JSON.stringify(schema, null, 2)}\n`);
