import type { EngineTraits } from "./translation_engine.ts";

/** `traits` with what an operator says otherwise in the engine's address: `texts=`, `characters=` and `concurrency=`. */
export function configured(traits: EngineTraits, url: URL): EngineTraits {
  const given = (name: string, usual: number) => {
    const value = Number(url.searchParams.get(name));
    return Number.isInteger(value) && value > 0 ? value : usual;
  };
  const { limits, concurrency } = traits;
  return {
    ...traits,
    limits: { ...limits, texts: given("texts", limits.texts), characters: given("characters", limits.characters) },
    concurrency: given("concurrency", concurrency),
  };
}

/** A language's code as BCP 47 writes it, "pt-BR" for "PT-BR"; as it is where it is none. */
export function canonical(code: string): string {
  try {
    return Intl.getCanonicalLocales(code)[0] ?? code;
  } catch {
    return code;
  }
}
