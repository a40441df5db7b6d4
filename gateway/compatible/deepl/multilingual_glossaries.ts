import type { Glossary } from "../../../gen/dragoman/v1/glossary_service_pb.ts";
import { DragomanError } from "../../../platform/errors.ts";
import { type Asked, sendJson } from "../asked.ts";
import { queryFields, readFields } from "../fields.ts";
import { baseOf } from "../language_codes.ts";
import type { OwnApi } from "../own_api.ts";
import { tsvOf } from "./entries.ts";
import { creationOf, dictionaryOf, language } from "./glossaries.ts";
import { refused, required } from "./options.ts";

const FIRST = "dictionaries[0].";
const ONE = "has one dictionary: make a glossary for each pair of languages, and name several in a request";

/** `POST /v3/glossaries`: a glossary has one pair of languages here, and so one dictionary. */
export async function createMultilingual({ request, response, query }: Asked, api: OwnApi): Promise<void> {
  const fields = await readFields(request, query);
  if (fields.one("dictionaries[1].source_lang") !== "") throw refused("dictionaries", ONE);
  sendJson(response, 201, aboutOf(await api.createGlossary({ name: required(fields, "name"), ...dictionaryOf(fields, FIRST) })));
}

/** `GET /v3/glossaries`. */
export async function listMultilingual({ response }: Asked, api: OwnApi): Promise<void> {
  sendJson(response, 200, { glossaries: (await api.glossaries()).map(aboutOf) });
}

/** `GET /v3/glossaries/{id}`. */
export async function getMultilingual({ response }: Asked, api: OwnApi, id: string): Promise<void> {
  sendJson(response, 200, aboutOf(await api.glossary(id)));
}

/** `GET /v3/glossaries/{id}/entries?source_lang=&target_lang=`. */
export async function dictionaryEntries({ response, query }: Asked, api: OwnApi, id: string): Promise<void> {
  const fields = queryFields(query);
  const glossary = await api.glossary(id);
  checkPair(glossary, language(fields, "source_lang"), language(fields, "target_lang"));
  const entries = await tsvOf(api.terms(id, glossary.version));
  sendJson(response, 200, { dictionaries: [{ ...pairOf(glossary), entries, entries_format: "tsv" }] });
}

/** `PATCH /v3/glossaries/{id}`: another name, entries that are added or replaced. */
export async function changeMultilingual({ request, response, query }: Asked, api: OwnApi, id: string): Promise<void> {
  const fields = await readFields(request, query);
  const glossary = await api.glossary(id);
  if (fields.one("dictionaries[1].source_lang") !== "") throw refused("dictionaries", ONE);
  const dictionary = fields.one(`${FIRST}entries`) === "" ? undefined : dictionaryOf(fields, FIRST);
  if (dictionary) checkPair(glossary, dictionary.sourceLanguage, dictionary.targetLanguage);
  const changed = await api.changeGlossary({ id, name: fields.one("name"), terms: dictionary?.terms ?? [] });
  sendJson(response, 200, aboutOf(changed));
}

/** `PUT /v3/glossaries/{id}/dictionaries`: other entries in place of all. */
export async function replaceDictionary({ request, response, query }: Asked, api: OwnApi, id: string): Promise<void> {
  const { sourceLanguage, targetLanguage, terms } = dictionaryOf(await readFields(request, query), "");
  const glossary = await api.glossary(id);
  checkPair(glossary, sourceLanguage, targetLanguage);
  const kept = new Set(terms.map(({ source }) => source?.normalize("NFC")));
  const remove: string[] = [];
  for await (const { source } of api.terms(id, glossary.version)) if (!kept.has(source)) remove.push(source);
  const changed = await api.changeGlossary({ id, terms, remove, expectedVersion: glossary.version });
  sendJson(response, 200, pairOf(changed));
}

/** A dictionary that a glossary has not is not found. */
function checkPair(glossary: Glossary, source: string, target: string): void {
  if (baseOf(source) === baseOf(glossary.sourceLanguage) && baseOf(target) === baseOf(glossary.targetLanguage)) return;
  throw DragomanError.of("GLOSSARY_NOT_FOUND", `The glossary has no dictionary of ${source}→${target}: it ${ONE}.`);
}

function aboutOf(glossary: Glossary) {
  return {
    glossary_id: glossary.id,
    name: glossary.name,
    creation_time: creationOf(glossary),
    dictionaries: [pairOf(glossary)],
  };
}

function pairOf({ sourceLanguage, targetLanguage, termCount }: Glossary) {
  return { source_lang: sourceLanguage, target_lang: targetLanguage, entry_count: termCount };
}
