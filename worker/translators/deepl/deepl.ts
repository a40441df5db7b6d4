import { charactersIn } from "../../engine/document/characters.ts";
import { configured, keyOf } from "../configured.ts";
import type { EngineConfig } from "../engine_config.ts";
import { type Ask, askJson, field, malformed, serverOf } from "../http.ts";
import { dialectOf, toMarkup, translationsOf } from "../markup.ts";
import type { EngineRequest, EngineTraits, TranslationEngine } from "../translation_engine.ts";
import { Glossaries } from "./glossaries.ts";
import { languagesOf } from "./languages.ts";

/** https://developers.deepl.com/docs/api-reference/translate: 50 texts, and 128 KiB with what goes along with them. */
const TRAITS: EngineTraits = {
  unit: "paragraph",
  limits: { texts: 50, characters: 100_000, bytes: 100 << 10 },
  concurrency: 4,
  follows: new Set(["formality", "context", "glossary"] as const),
  billed: true,
};
/** It is free, but counts with the body. */
const MAX_CONTEXT = 4_000;
/** For one text; whoever bills more counts something else. */
const MAX_BILLED = 1e9;

/**
 * DeepL, `deepl:`, by its public API (v2, glossaries and languages by v3); `deepl+https://HOST` is another server that speaks as
 * it does. Keys of free accounts end with ":fx", and have a server of their own.
 */
export function deepl(config: EngineConfig): TranslationEngine {
  const engine = config.name;
  const key = keyOf(config);
  const server = serverOf(config, key.endsWith(":fx") ? "https://api-free.deepl.com/" : "https://api.deepl.com/");
  const headers = { authorization: `DeepL-Auth-Key ${key}` };
  const ask: Ask = (path, more, signal) => askJson({ engine, url: new URL(path, server), headers, ...more }, signal);
  const glossaries = new Glossaries(engine, ask);

  return {
    name: engine,
    traits: configured(TRAITS, config),
    languages: (signal) => languagesOf(engine, ask, signal),
    async translate(batch, request, signal) {
      const dialect = dialectOf(batch, "xml");
      const text = batch.map((unit) => toMarkup(unit, dialect));
      const glossary = await glossaries.idFor(request, signal);
      const json = {
        text,
        ...fieldsOf(request),
        ...(dialect === "xml" && { tag_handling: "xml" }),
        ...(glossary && { glossary_id: glossary }),
        show_billed_characters: true,
        preserve_formatting: true,
        split_sentences: "nonewlines",
      };
      let isGone = false;
      const refusal = (status: number, answer: unknown) => {
        const said = String(field(answer, "message") ?? "");
        isGone = glossary !== undefined && (status === 404 || (status === 400 && /glossary/i.test(said)));
        if (isGone) glossaries.forget(request);
        if (isGone) return "TRANSLATOR_UNAVAILABLE" as const;
        return status === 400 && /(?:source|target)_lang/i.test(said) ? ("UNSUPPORTED_LANGUAGE_PAIR" as const) : undefined;
      };
      const translations = field(await ask("v2/translate", { json, refusal }, signal), "translations");
      if (!Array.isArray(translations)) throw malformed(engine);
      const texts = translations.map((each) => field(each, "text"));
      return { translations: translationsOf(texts, batch, { engine, dialect }), billed: billedFor(translations, text) };
    },
    async [Symbol.asyncDispose]() {},
  };
}

/** What is asked of every text of a batch. */
function fieldsOf({ pair, formality, context, before }: EngineRequest) {
  const around = [context, ...before.map(({ source }) => source)].filter((text) => text !== "").join("\n");
  return {
    source_lang: pair.source.toUpperCase(),
    target_lang: pair.target.toUpperCase(),
    ...(formality !== "default" && { formality: formality.replace(" ", "_") }),
    ...(around && { context: around.slice(0, MAX_CONTEXT).toWellFormed() }),
  };
}

/** By its own word; what was sent where it says none, as servers do that are not DeepL's. */
function billedFor(translations: readonly unknown[], sent: readonly string[]): number {
  return translations.reduce((sum: number, each, index) => {
    const billed = field(each, "billed_characters");
    const isCount = typeof billed === "number" && Number.isInteger(billed) && billed >= 0 && billed <= MAX_BILLED;
    return sum + (isCount ? billed : charactersIn([sent[index] ?? ""]));
  }, 0);
}
