import { header, problems } from "./responses.ts";
import type { Schema } from "./schemas.ts";

const TMX = { "application/x-tmx+xml": { schema: { type: "string" } } };
const COUNT = { type: "integer", minimum: 0 };
const CODING = { Vary: header("`accept-encoding`: it may be compressed.") };

/** The memory as a file, which no method of the contract stands behind. */
export const MEMORY_PATHS: Readonly<Record<string, Record<string, Schema>>> = {
  "/memory/tmx": {
    get: operation("exportMemory", "Gives the memory of translations as a TMX file", {
      description: "TMX 1.4b, UTF-8. What changes while it is sent may be missing or stand there twice.",
      parameters: [
        language("source_language", "Only units from this language."),
        language("target_language", "Only units to this language."),
      ],
      responses: {
        200: { description: "The file.", content: TMX },
        ...problems(["INVALID_REQUEST", "UNAUTHENTICATED", "PERMISSION_DENIED", "UNAVAILABLE"]),
      },
    }),
    post: operation("importMemory", "Adds the translations of a TMX file to the memory", {
      description:
        "TMX of any version, in its own encoding, at most 1 GiB. Its translations count as a person's, but for those of a file that `exportMemory` gave.",
      parameters: [
        language(
          "source_language",
          "Which texts are the sources, and what their language is called here; what the file says if not given.",
        ),
        language("target_language", "Which texts are the translations, likewise; all others if not given."),
      ],
      requestBody: { required: true, content: TMX },
      responses: {
        200: {
          description: "What of it was taken.",
          headers: CODING,
          content: {
            "application/json": {
              schema: {
                type: "object",
                required: ["units", "untagged", "refused", "pairs"],
                properties: {
                  units: { ...COUNT, description: "Translations that were added." },
                  untagged: { ...COUNT, description: "Of them, those whose tags do not belong together, and were left out." },
                  refused: { ...COUNT, description: "Translations that are empty, too long, or in a language without a code." },
                  pairs: { type: "object", description: "How many of each pair, as in `en es`.", additionalProperties: COUNT },
                },
              },
              example: { units: 1204, untagged: 3, refused: 0, pairs: { "en es": 1204 } },
            },
          },
        },
        ...problems(["INVALID_REQUEST", "UNAUTHENTICATED", "PERMISSION_DENIED", "FILE_TOO_LARGE", "UNAVAILABLE", "STORAGE_FULL"]),
      },
    }),
  },
};

function language(name: string, description: string): Schema {
  return { name, in: "query", description, schema: { type: "string" }, example: name === "source_language" ? "en" : "pt-BR" };
}

function operation(operationId: string, summary: string, rest: Schema): Schema {
  return { operationId, tags: ["MemoryService"], summary, ...rest };
}
