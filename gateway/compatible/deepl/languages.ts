import type { LanguageGroup } from "../../../platform/languages.ts";
import { type Asked, sendJson } from "../asked.ts";
import { queryFields, readFields } from "../fields.ts";
import { baseOf, enginesOf, languageName } from "../language_codes.ts";
import type { OwnApi } from "../own_api.ts";
import { refused } from "./options.ts";

/** Their clients do not send these without a region: what is served without one is offered with each of them. */
const REGIONS: Readonly<Record<string, readonly string[]>> = { en: ["en-GB", "en-US"], pt: ["pt-PT", "pt-BR"] };

/** `GET /v2/languages?type=source|target`. */
export async function languages({ request, response, query }: Asked, api: OwnApi): Promise<void> {
  const fields = request.method === "POST" ? await readFields(request, query) : queryFields(query);
  const type = fields.one("type") || "source";
  if (type !== "source" && type !== "target") throw refused("type", "is source or target");
  const [served, name] = [await api.languages(), fields.one("engine")];
  const groups = enginesOf(served, name).flatMap((engine) => engine.groups);
  const formal = served.engines.filter((engine) => name === "" || engine.name === name).flatMap(({ languages }) => languages);
  sendJson(response, 200, type === "source" ? sourcesIn(groups) : targetsIn(groups, formal));
}

function sourcesIn(groups: readonly LanguageGroup[]) {
  const codes = new Set(groups.flatMap(({ sources }) => sources.map(baseOf)));
  return [...codes].sort().map((code) => ({ language: code.toUpperCase(), name: languageName(code) }));
}

/** `formal`: of engines that may have a formality. */
function targetsIn(groups: readonly LanguageGroup[], formal: readonly LanguageGroup[]) {
  const codes = new Set(groups.flatMap(({ targets }) => targets).flatMap((code) => REGIONS[code] ?? [code]));
  return [...codes].sort().map((code) => ({
    language: code.toUpperCase(),
    name: languageName(code),
    supports_formality: formal.some(({ targets, formality }) => formality && (targets.includes(code) || targets.includes(baseOf(code)))),
  }));
}

/** `GET /v2/glossary-language-pairs`: all that is served, since terms are put into the answer of an engine that takes none. */
export async function glossaryPairs({ response }: Asked, api: OwnApi): Promise<void> {
  const { pairs } = await api.languages();
  const bases = new Set(pairs.map(({ source, target }) => `${baseOf(source)} ${baseOf(target)}`));
  const listed = [...bases].sort().map((pair) => pair.split(" "));
  sendJson(response, 200, { supported_languages: listed.map(([source_lang, target_lang]) => ({ source_lang, target_lang })) });
}
