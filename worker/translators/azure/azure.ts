import type { ErrorCode } from "../../../platform/errors.ts";
import { charactersIn } from "../../engine/document/characters.ts";
import { canonical, configured, keyOf } from "../configured.ts";
import type { EngineConfig } from "../engine_config.ts";
import { askJson, field, malformed, serverOf } from "../http.ts";
import { charactersSent, dialectOf, toMarkup, translationsOf } from "../markup.ts";
import type { EngineTraits, TranslationEngine } from "../translation_engine.ts";
import { type Version, versionOf } from "./versions.ts";

/**
 * https://learn.microsoft.com/azure/ai-services/translator/service-limits has 1,000 texts and 50,000 characters, markup included.
 * A fifth of that is answered sooner, and is less to ask for again.
 */
const LIMITS = { texts: 128, characters: 10_000 };
const CONCURRENCY = 6;

/**
 * Azure's Translator, `azure:?region=westeurope`, in its versions 3.0 and 2026-06-06 (`version=`); `azure+https://HOST/PATH` is
 * a resource's own address, up to the path of its calls. `category=` names a model of Custom Translator; `deployment=` a
 * language model of one's own, which only the newer version has, and which alone follows formality and examples.
 */
export function azure(config: EngineConfig): TranslationEngine {
  const { name: engine, url } = config;
  const server = serverOf(config, "https://api.cognitive.microsofttranslator.com/");
  const region = url.searchParams.get("region");
  const version = versionOf(config);
  const headers = { "ocp-apim-subscription-key": keyOf(config), ...(region && { "ocp-apim-subscription-region": region }) };
  const address = (path: string, query: Readonly<Record<string, string>>) => {
    const made = new URL(path, server);
    made.search = new URLSearchParams({ "api-version": version.name, ...query }).toString();
    return made;
  };

  return {
    name: engine,
    traits: configured(traitsOf(version), config),
    billable: (batch) => charactersSent(batch, "html"),
    async languages(signal) {
      const listed = field(await askJson({ engine, url: address("languages", { scope: "translation" }), headers }, signal), "translation");
      if (typeof listed !== "object" || listed === null) throw malformed(engine);
      const codes = Object.keys(listed).map(canonical);
      return [{ sources: codes, targets: codes, formality: version.follows.includes("formality"), glossary: false }];
    },
    async translate(batch, request, signal) {
      const dialect = dialectOf(batch, "html");
      const texts = batch.map((unit) => toMarkup(unit, dialect));
      const { query, json } = version.asked(texts, dialect === "plain" ? "plain" : "html", request);
      const answer = await askJson({ engine, url: address("translate", query), headers, json, refusal }, signal);
      const items = version.items(answer);
      if (!Array.isArray(items)) throw malformed(engine);
      const translations = items.map((item) => {
        const all = field(item, "translations");
        return Array.isArray(all) ? all[0] : undefined;
      });
      return {
        translations: translationsOf(
          translations.map((each) => field(each, "text")),
          batch,
          { engine, dialect },
        ),
        billed: charactersIn(texts),
      };
    },
    async [Symbol.asyncDispose]() {},
  };
}

function traitsOf({ follows, model }: Version): EngineTraits {
  return {
    unit: "paragraph",
    limits: LIMITS,
    concurrency: CONCURRENCY,
    follows: new Set(follows),
    billed: true,
    ...(model && { model }),
  };
}

/** Six digits: the status, and what it is about (https://learn.microsoft.com/azure/ai-services/translator/text-translation/reference/status-response-codes). */
function refusal(_status: number, answer: unknown): ErrorCode | undefined {
  const code = Number(field(field(answer, "error"), "code"));
  if (code === 403001) return "TRANSLATOR_QUOTA_EXCEEDED";
  if ([400050, 400077].includes(code)) return "REQUEST_TOO_LARGE";
  return [400018, 400019, 400023, 400035, 400036].includes(code) ? "UNSUPPORTED_LANGUAGE_PAIR" : undefined;
}
