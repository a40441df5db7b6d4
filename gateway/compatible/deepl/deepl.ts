import { DragomanError } from "../../../platform/errors.ts";
import { type Asked, notAllowed, sendJson } from "../asked.ts";
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

interface Route {
  readonly verbs: readonly string[];
  /** As their documentation has it. */
  readonly route: string;
  readonly pattern: RegExp;
  readonly answer: Answer;
}

type Answer = (asked: Asked, api: OwnApi, id: string) => Promise<void>;

const ROUTES: readonly Route[] = [
  routeOf("POST", "/v2/translate", translate),
  routeOf("POST", "/v2/document", sendDocument),
  routeOf("POST GET", "/v2/document/{id}", documentStatus),
  routeOf("POST", "/v2/document/{id}/result", documentResult),
  routeOf("GET POST", "/v2/languages", languages),
  routeOf("GET POST", "/v2/usage", usage),
  routeOf("GET", "/v2/glossary-language-pairs", glossaryPairs),
  routeOf("GET", "/v2/glossaries", listGlossaries),
  routeOf("POST", "/v2/glossaries", createGlossary),
  routeOf("GET", "/v2/glossaries/{id}", getGlossary),
  routeOf("DELETE", "/v2/glossaries/{id}", deleteGlossary),
  routeOf("GET", "/v2/glossaries/{id}/entries", glossaryEntries),
  routeOf("GET", "/v3/glossaries", listMultilingual),
  routeOf("POST", "/v3/glossaries", createMultilingual),
  routeOf("GET", "/v3/glossaries/{id}", getMultilingual),
  routeOf("PATCH", "/v3/glossaries/{id}", changeMultilingual),
  routeOf("DELETE", "/v3/glossaries/{id}", deleteGlossary),
  routeOf("GET", "/v3/glossaries/{id}/entries", dictionaryEntries),
  routeOf("PUT", "/v3/glossaries/{id}/dictionaries", replaceDictionary),
];

function routeOf(verbs: string, route: string, answer: Answer): Route {
  return { verbs: verbs.split(" "), route, pattern: new RegExp(`^${route.replace("{id}", "([A-Za-z0-9-]{1,64})")}$`), answer };
}

/** The route of DeepL's API that `pathname` is, with names in place of ids; undefined if it is none of theirs. */
export function deeplRoute(pathname: string): string | undefined {
  if (!/^\/v[23]\//.test(pathname)) return undefined;
  return ROUTES.find(({ pattern }) => pattern.test(pathname))?.route ?? "/v2";
}

/**
 * DeepL's API (https://developers.deepl.com/api-reference) for clients that exist: their key is one of ours. Throws DragomanError, before anything
 * of the body is read where the key is not good.
 */
export async function answerDeepl(asked: Asked): Promise<void> {
  const { request, pathname, parts } = asked;
  const known = ROUTES.filter(({ pattern }) => pattern.test(pathname));
  const route = known.find(({ verbs }) => verbs.includes(request.method ?? ""));
  if (known.length === 0)
    throw DragomanError.of("ROUTE_NOT_FOUND", "There is nothing at this address.", {
      hint: "The README lists what of DeepL's API is served.",
    });
  if (!route) throw notAllowed(asked, known);
  const authorization = (request.headers.authorization ?? "").replace(/^DeepL-Auth-Key /i, "Bearer ");
  await parts.admit(authorization);
  const [, id = ""] = route.pattern.exec(pathname) ?? [];
  await route.answer(asked, new OwnApi(parts, { ...asked.options, authorization }), id);
}

/** `GET /v2/usage`: nothing is counted by months here, so it has neither a count nor a limit, which their clients take for "not limited". */
async function usage({ response }: Asked, api: OwnApi): Promise<void> {
  await api.languages();
  sendJson(response, 200, {});
}
