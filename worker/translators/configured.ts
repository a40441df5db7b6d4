import { UsageError } from "../../platform/usage_error.ts";
import type { EngineConfig } from "./engine_config.ts";
import type { EngineTraits } from "./translation_engine.ts";

/**
 * `traits` with what an operator says otherwise in the engine's address: `texts=`, `characters=` and `concurrency=`. Throws
 * UsageError for what is no number.
 */
export function configured(traits: EngineTraits, { name: engine, url }: EngineConfig): EngineTraits {
  const given = (name: string, usual: number) => {
    const value = url.searchParams.get(name);
    if (value === null) return usual;
    if (/^[1-9]\d{0,8}$/.test(value)) return Number(value);
    throw new UsageError(`The address of the translation engine ${engine} takes a number from 1 as ${name}=.`);
  };
  const { limits, concurrency } = traits;
  return {
    ...traits,
    limits: { ...limits, texts: given("texts", limits.texts), characters: given("characters", limits.characters) },
    concurrency: given("concurrency", concurrency),
  };
}

/** A key as a header takes it. Throws UsageError where there is none, or one that no header takes. */
export function keyOf({ name, key }: EngineConfig): string {
  if (key === "") throw new UsageError(`The translation engine ${name} needs a key.`);
  if (!/^[\x21-\x7e]+$/.test(key)) throw new UsageError(`The key of the translation engine ${name} has signs that no key has.`);
  return key;
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
