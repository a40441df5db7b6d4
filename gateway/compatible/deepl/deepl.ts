import { type ApiRoute, answererOf, apiRoute, nameIn } from "../api_routes.ts";
import { type Asked, sendJson } from "../asked.ts";
import { OwnApi } from "../own_api.ts";
import { documentResult, documentStatus, sendDocument } from "./documents.ts";
import { createGlossary, deleteGlossary, getGlossary, glossaryEntries, listGlossaries } from "./glossaries.ts";
import { glossaryPairs, languages } from "./languages.ts";
import {
  changeMultilingual,
  createMultilingual,
  dictionaryEntries,
  getMultilingual,
  listMultilingual,
  replaceDictionary,
} from "./multilingual_glossaries.ts";
import { translate } from "./translate.ts";

type Answer = (asked: Asked, api: OwnApi, id: string) => Promise<void>;

const ROUTES: readonly ApiRoute<Answer>[] = [
  apiRoute("POST", "/v2/translate", translate),
  apiRoute("POST", "/v2/document", sendDocument),
  apiRoute("POST GET", "/v2/document/{id}", documentStatus),
  apiRoute("POST", "/v2/document/{id}/result", documentResult),
  apiRoute("GET POST", "/v2/languages", languages),
  apiRoute("GET POST", "/v2/usage", usage),
  apiRoute("GET", "/v2/glossary-language-pairs", glossaryPairs),
  apiRoute("GET", "/v2/glossaries", listGlossaries),
  apiRoute("POST", "/v2/glossaries", createGlossary),
  apiRoute("GET", "/v2/glossaries/{id}", getGlossary),
  apiRoute("DELETE", "/v2/glossaries/{id}", deleteGlossary),
  apiRoute("GET", "/v2/glossaries/{id}/entries", glossaryEntries),
  apiRoute("GET", "/v3/glossaries", listMultilingual),
  apiRoute("POST", "/v3/glossaries", createMultilingual),
  apiRoute("GET", "/v3/glossaries/{id}", getMultilingual),
  apiRoute("PATCH", "/v3/glossaries/{id}", changeMultilingual),
  apiRoute("DELETE", "/v3/glossaries/{id}", deleteGlossary),
  apiRoute("GET", "/v3/glossaries/{id}/entries", dictionaryEntries),
  apiRoute("PUT", "/v3/glossaries/{id}/dictionaries", replaceDictionary),
];

/** The route of DeepL's API that `pathname` is, with names in place of ids; undefined if it is none of theirs. */
export function deeplRoute(pathname: string): string | undefined {
  if (!/^\/v[23]\//.test(pathname)) return undefined;
  return nameIn(ROUTES, pathname) ?? "/v2";
}

/**
 * DeepL's API (https://developers.deepl.com/api-reference) for clients that exist: their key is one of ours. Throws DragomanError, before anything
 * of the body is read where the key is not good.
 */
export async function answerDeepl(asked: Asked): Promise<void> {
  const { request, parts } = asked;
  const { answer, part } = answererOf(ROUTES, asked);
  const authorization = (request.headers.authorization ?? "").replace(/^DeepL-Auth-Key /i, "Bearer ");
  await parts.admit(authorization);
  await answer(asked, new OwnApi(parts, { ...asked.options, authorization }), part);
}

/** What DeepL says of those who may have as much as they like. */
const NO_LIMIT = 1_000_000_000_000;

/** `GET /v2/usage`: of this calendar month. */
async function usage({ response }: Asked, api: OwnApi): Promise<void> {
  const { charactersBilled, charactersLimit } = await api.usage();
  sendJson(response, 200, { character_count: Number(charactersBilled), character_limit: Number(charactersLimit) || NO_LIMIT });
}
