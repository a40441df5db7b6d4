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

/** A language's code in the letters that BCP 47 has it in, "pt-BR" for "PT-BR". It stays the engine's own: "tl" becomes no "fil". */
export function canonical(code: string): string {
  return code
    .split(/[-_]/)
    .map((part, index) => {
      if (index > 0 && part.length === 2) return part.toUpperCase();
      const small = part.toLowerCase();
      return index > 0 && part.length === 4 ? small.charAt(0).toUpperCase() + small.slice(1) : small;
    })
    .join("-");
}
