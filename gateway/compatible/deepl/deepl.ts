import { DragomanError } from "../../../platform/errors.ts";
import { type Asked, sendJson } from "../asked.ts";
import { OwnApi } from "../own_api.ts";
import { documentResult, documentStatus, sendDocument } from "./documents.ts";
import { languages } from "./languages.ts";
import { translate } from "./translate.ts";

interface Route {
  readonly verbs: readonly string[];
  /** As their documentation has it. */
  readonly route: string;
  readonly pattern: RegExp;
  readonly answer: (asked: Asked, api: OwnApi, id: string) => Promise<void>;
}

/** Of a part of their addresses. */
const ID = "([A-Za-z0-9-]{1,64})";

const ROUTES: readonly Route[] = [
  { verbs: ["POST"], route: "/v2/translate", pattern: /^\/v2\/translate$/, answer: translate },
  { verbs: ["POST"], route: "/v2/document", pattern: /^\/v2\/document$/, answer: sendDocument },
  { verbs: ["POST", "GET"], route: "/v2/document/{id}", pattern: new RegExp(`^/v2/document/${ID}$`), answer: documentStatus },
  { verbs: ["POST"], route: "/v2/document/{id}/result", pattern: new RegExp(`^/v2/document/${ID}/result$`), answer: documentResult },
  { verbs: ["GET", "POST"], route: "/v2/languages", pattern: /^\/v2\/languages$/, answer: languages },
  { verbs: ["GET", "POST"], route: "/v2/usage", pattern: /^\/v2\/usage$/, answer: usage },
];

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
  if (!route) throw DragomanError.of("METHOD_NOT_ALLOWED", `There is no ${request.method} here.`, { hint: "" });
  const authorization = (request.headers.authorization ?? "").replace(/^DeepL-Auth-Key /i, "Bearer ");
  await parts.admit(authorization);
  const [, id = ""] = route.pattern.exec(pathname) ?? [];
  await route.answer(asked, new OwnApi(parts, { ...asked.options, authorization }), id);
}

/** `GET /v2/usage`: nothing is counted by months here, so it has neither a count nor a limit, which their clients take for "not limited". */
async function usage({ response }: Asked, api: OwnApi): Promise<void> {
  await api.languagePairs();
  sendJson(response, 200, {});
}
