import { canonical } from "../configured.ts";
import { type Ask, field, malformed } from "../http.ts";
import type { LanguageGroup } from "../translation_engine.ts";

interface Language {
  readonly code: string;
  readonly formality: boolean;
  readonly glossary: boolean;
}

/** What DeepL serves, by its call of version 3, or of version 2 from servers that know no other. Throws as engines do. */
export async function languagesOf(engine: string, ask: Ask, signal: AbortSignal): Promise<LanguageGroup[]> {
  let isOld = false;
  const refusal = (status: number) => {
    isOld = status === 404 || status === 405;
    return undefined;
  };
  try {
    const answer = await ask("v3/languages?resource=translate_text", { refusal }, signal);
    if (!Array.isArray(answer)) throw malformed(engine);
    const usable = (as: string) => answer.filter((each) => field(each, as) === true).flatMap((each) => languageOf(each, "lang"));
    return groupsOf(usable("usable_as_source"), usable("usable_as_target"));
  } catch (error) {
    if (!isOld || signal.aborted) throw error;
  }
  const listed = async (type: string) => {
    const answer = await ask(`v2/languages?type=${type}`, {}, signal);
    if (!Array.isArray(answer)) throw malformed(engine);
    return answer.flatMap((each) => languageOf(each, "language"));
  };
  return groupsOf(await listed("source"), await listed("target"));
}

function languageOf(entry: unknown, name: string): Language[] {
  const code = field(entry, name);
  if (typeof code !== "string") return [];
  const features = field(entry, "features");
  // Version 2 has no word of glossaries, which nearly all its languages have.
  const glossary = features === undefined || field(features, "glossary") !== undefined;
  const formality = field(entry, "supports_formality") === true || field(features, "formality") !== undefined;
  return [{ code: canonical(code), formality, glossary }];
}

/** Languages that can do the same things stand together. */
function groupsOf(sources: readonly Language[], targets: readonly Language[]): LanguageGroup[] {
  const from = Map.groupBy(sources, ({ glossary }) => glossary);
  const into = Map.groupBy(targets, ({ glossary, formality }) => `${glossary} ${formality}`);
  return [...from].flatMap(([isSource, some]) =>
    [...into.values()].map((others) => ({
      sources: some.map(({ code }) => code),
      targets: others.map(({ code }) => code),
      formality: others[0]?.formality ?? false,
      glossary: isSource && (others[0]?.glossary ?? false),
    })),
  );
}
