import type { ErrorCode } from "../../../platform/errors.ts";
import { charactersIn } from "../../engine/document/characters.ts";
import { canonical, configured } from "../configured.ts";
import type { EngineConfig } from "../engine_config.ts";
import { type Ask, askJson, field, malformed, serverOf } from "../http.ts";
import { charactersSent, dialectOf, toMarkup, translationsOf } from "../markup.ts";
import type { EngineTraits, TranslationEngine } from "../translation_engine.ts";
import { Access, serviceAccount } from "./access.ts";

/**
 * https://cloud.google.com/translate/quotas has 1,024 texts and 30,720 code points, markup included. A third of that is answered
 * sooner, and is less to ask for again.
 */
const TRAITS: EngineTraits = {
  unit: "paragraph",
  limits: { texts: 128, characters: 10_000 },
  concurrency: 6,
  follows: new Set(),
  billed: true,
};

/**
 * Google Cloud Translation, version 3: `google:?location=us-central1&model=…`, with a service account's JSON file as its key.
 * `project=` is the account's own if not said, `google+https://HOST` another server. Its glossaries are made of files in its
 * cloud storage, so terms travel in the texts.
 */
export function google(config: EngineConfig): TranslationEngine {
  const { name: engine, url } = config;
  const server = serverOf(config, "https://translation.googleapis.com/");
  const location = url.searchParams.get("location") ?? "global";
  const model = url.searchParams.get("model") ?? "";
  const account = serviceAccount(config);
  const project = url.searchParams.get("project") ?? account.project;
  const place = `projects/${encodeURIComponent(project)}/locations/${encodeURIComponent(location)}`;
  const tokens = new Access(engine, account);

  const ask: Ask = async (path, more, signal) => {
    const refusal = (status: number, answer: unknown): ErrorCode | undefined => {
      // A token may end early: the next one tells whether the account is refused.
      if (status === 401) tokens.forget();
      return status === 401 ? "TRANSLATOR_UNAVAILABLE" : meaning(status, answer);
    };
    const headers = { authorization: `Bearer ${await tokens.token(signal)}` };
    return askJson({ engine, url: new URL(path, server), headers, refusal, ...more }, signal);
  };

  return {
    name: engine,
    traits: configured({ ...TRAITS, ...(model && { model }) }, config),
    billable: (batch) => charactersSent(batch, "html"),
    async languages(signal) {
      const listed = field(await ask(`v3/${place}/supportedLanguages`, {}, signal), "languages");
      if (!Array.isArray(listed)) throw malformed(engine);
      const usable = (as: string) =>
        listed.flatMap((each) => {
          const code = field(each, "languageCode");
          return field(each, as) === true && typeof code === "string" ? [canonical(code)] : [];
        });
      return [{ sources: usable("supportSource"), targets: usable("supportTarget"), formality: false, glossary: false }];
    },
    async translate(batch, { pair }, signal) {
      const dialect = dialectOf(batch, "html");
      const contents = batch.map((unit) => toMarkup(unit, dialect));
      const json = {
        contents,
        sourceLanguageCode: pair.source,
        targetLanguageCode: pair.target,
        mimeType: dialect === "plain" ? "text/plain" : "text/html",
        ...(model && { model: model.startsWith("projects/") ? model : `${place}/models/${model}` }),
      };
      const translations = field(await ask(`v3/${place}:translateText`, { json }, signal), "translations");
      if (!Array.isArray(translations)) throw malformed(engine);
      const texts = translations.map((each) => field(each, "translatedText"));
      return { translations: translationsOf(texts, batch, { engine, dialect }), billed: charactersIn(contents) };
    },
    async [Symbol.asyncDispose]() {},
  };
}

/** It says 403 of quotas too: those of a minute pass, those of a day or month do not. */
function meaning(status: number, answer: unknown): ErrorCode | undefined {
  const said = String(field(field(answer, "error"), "message") ?? "");
  if (status === 403 && /user rate limit|per minute/i.test(said)) return "TRANSLATOR_UNAVAILABLE";
  if (status === 403 && /limit exceeded|quota/i.test(said)) return "TRANSLATOR_QUOTA_EXCEEDED";
  if (status !== 400) return undefined;
  if (/too (?:long|large)|exceeds/i.test(said)) return "REQUEST_TOO_LARGE";
  return /language/i.test(said) ? "UNSUPPORTED_LANGUAGE_PAIR" : undefined;
}
