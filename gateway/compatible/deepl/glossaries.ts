import { timestampDate } from "@bufbuild/protobuf/wkt";
import type { Glossary } from "../../../gen/dragoman/v1/glossary_service_pb.ts";
import { type Asked, sendJson } from "../asked.ts";
import { type Fields, readFields } from "../fields.ts";
import { languageOf } from "../language_codes.ts";
import type { OwnApi } from "../own_api.ts";
import { termsOf, tsvOf } from "./entries.ts";
import { refused, required } from "./options.ts";

/** `POST /v2/glossaries`. */
export async function createGlossary({ request, response, query }: Asked, api: OwnApi): Promise<void> {
  const fields = await readFields(request, query);
  const glossary = await api.createGlossary({ name: required(fields, "name"), ...dictionaryOf(fields, "") });
  sendJson(response, 201, aboutOf(glossary));
}

/** Of a request's fields behind `prefix`. Throws INVALID_REQUEST. */
export function dictionaryOf(fields: Fields, prefix: string) {
  return {
    sourceLanguage: language(fields, `${prefix}source_lang`),
    targetLanguage: language(fields, `${prefix}target_lang`),
    terms: termsOf(required(fields, `${prefix}entries`), formatOf(fields, `${prefix}entries_format`)),
  };
}

export function language(fields: Fields, name: string): string {
  const code = languageOf(required(fields, name));
  if (code === undefined) throw refused(name, "is no language");
  return code;
}

function formatOf(fields: Fields, name: string): string {
  const format = fields.one(name) || "tsv";
  if (format !== "tsv" && format !== "csv") throw refused(name, "is tsv or csv");
  return format;
}

/** `GET /v2/glossaries`. */
export async function listGlossaries({ response }: Asked, api: OwnApi): Promise<void> {
  sendJson(response, 200, { glossaries: (await api.glossaries()).map(aboutOf) });
}

/** `GET /v2/glossaries/{id}`. */
export async function getGlossary({ response }: Asked, api: OwnApi, id: string): Promise<void> {
  sendJson(response, 200, aboutOf(await api.glossary(id)));
}

/** `GET /v2/glossaries/{id}/entries`. */
export async function glossaryEntries({ response }: Asked, api: OwnApi, id: string): Promise<void> {
  const { version } = await api.glossary(id);
  const bytes = Buffer.from(await tsvOf(api.terms(id, version)));
  response.writeHead(200, { "content-type": "text/tab-separated-values; charset=utf-8", "content-length": bytes.length });
  response.end(bytes);
}

/** `DELETE /v2/glossaries/{id}`, and of v3. */
export async function deleteGlossary({ response }: Asked, api: OwnApi, id: string): Promise<void> {
  await api.deleteGlossary(id);
  response.writeHead(204).end();
}

function aboutOf(glossary: Glossary) {
  return {
    glossary_id: glossary.id,
    name: glossary.name,
    ready: true,
    source_lang: glossary.sourceLanguage,
    target_lang: glossary.targetLanguage,
    creation_time: creationOf(glossary),
    entry_count: glossary.termCount,
  };
}

export function creationOf({ createTime }: Glossary): string {
  return (createTime ? timestampDate(createTime) : new Date(0)).toISOString();
}
