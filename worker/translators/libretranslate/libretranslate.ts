import type { ErrorCode } from "../../../platform/errors.ts";
import { charactersIn } from "../../engine/document/characters.ts";
import { canonical, configured } from "../configured.ts";
import type { EngineConfig } from "../engine_config.ts";
import { askJson, field, malformed, serverOf } from "../http.ts";
import { charactersSent, dialectOf, toMarkup, translationsOf } from "../markup.ts";
import type { LanguageGroup, TranslationEngine } from "../translation_engine.ts";

/** Its servers compute a batch on their own processors, one text after another; larger ones take longer than one waits. */
const TRAITS = {
  unit: "paragraph",
  limits: { texts: 16, characters: 4_000 },
  concurrency: 2,
  follows: new Set<never>(),
} as const;
const DEADLINE_MS = 180_000;

/** Codes of its own for languages that BCP 47 names otherwise. */
const NAMES: Readonly<Record<string, string>> = { pb: "pt-BR", zt: "zh-Hant" };

/**
 * LibreTranslate, or a server that speaks as it does: `libretranslate+https://HOST`. By its public API
 * (https://docs.libretranslate.com/api); a server's own limits on texts, where it has some, go into the address (`texts=`,
 * `characters=`). It answers with the source where it cannot translate: that is for the checks to find.
 */
export function libretranslate(config: EngineConfig): TranslationEngine {
  const { name: engine, key } = config;
  const server = serverOf(config, "https://libretranslate.com/");
  /** Its own codes of languages, as far as they differ. */
  let codes: ReadonlyMap<string, string> = new Map();

  return {
    name: engine,
    // Who asks for no key sends no bill.
    traits: configured({ ...TRAITS, billed: key !== "" }, config),
    billable: (batch) => charactersSent(batch, "html"),
    async languages(signal) {
      const answer = await askJson({ engine, url: new URL("languages", server) }, signal);
      if (!Array.isArray(answer)) throw malformed(engine);
      const byTargets = Map.groupBy(answer.filter(isLanguage), ({ targets }) => targets.join(" "));
      const different = new Map<string, string>();
      const nameOf = (code: string) => {
        const name = NAMES[code] ?? canonical(code);
        if (name !== code) different.set(name, code);
        return name;
      };
      const groups = [...byTargets.values()].map(
        (languages): LanguageGroup => ({
          sources: languages.map(({ code }) => nameOf(code)),
          targets: (languages[0]?.targets ?? []).map(nameOf),
          formality: false,
          glossary: false,
        }),
      );
      codes = different;
      return groups;
    },
    async translate(batch, { pair }, signal) {
      const dialect = dialectOf(batch, "html");
      const q = batch.map((unit) => toMarkup(unit, dialect));
      const json = {
        q,
        source: codes.get(pair.source) ?? pair.source,
        target: codes.get(pair.target) ?? pair.target,
        format: dialect === "plain" ? "text" : "html",
        ...(key && { api_key: key }),
      };
      const call = { engine, url: new URL("translate", server), json, refusal, deadlineMs: DEADLINE_MS };
      const texts = field(await askJson(call, signal), "translatedText");
      if (!Array.isArray(texts)) throw malformed(engine);
      return { translations: translationsOf(texts, batch, { engine, dialect }), billed: key ? charactersIn(q) : 0 };
    },
    async [Symbol.asyncDispose]() {},
  };
}

function isLanguage(entry: unknown): entry is { readonly code: string; readonly targets: readonly string[] } {
  const targets = field(entry, "targets");
  return typeof field(entry, "code") === "string" && Array.isArray(targets) && targets.every((target) => typeof target === "string");
}

/** It tells what is wrong in words alone, and says 400 for all of it. */
function refusal(status: number, answer: unknown): ErrorCode | undefined {
  const said = String(field(answer, "error") ?? "");
  if (status !== 400) return undefined;
  if (/not supported|not available/i.test(said)) return "UNSUPPORTED_LANGUAGE_PAIR";
  return /limit|exceeds/i.test(said) ? "REQUEST_TOO_LARGE" : undefined;
}
