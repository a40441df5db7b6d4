import { canonical } from "../configured.ts";
import type { LanguageGroup } from "../translation_engine.ts";

/** Large models know more languages than anyone has listed: these are the ones that they are commonly measured in. An operator may name others. */
const COMMON =
  "af ar az be bg bn bs ca cs cy da de el en es et eu fa fi fr ga gl gu he hi hr hu hy id is it ja ka kk km kn ko lo lt lv mk ml mn mr ms mt my nb ne nl nn pa pl pt ro ru si sk sl sq sr sv sw ta te th fil tr uk ur uz vi zh";
/** Told apart where something is translated into them. */
const REGIONAL = "en-GB en-US es-419 fr-CA pt-BR pt-PT zh-Hans zh-Hant";

/** What a model is taken to translate between: `named` (codes with commas between), or what large ones commonly know. */
export function languagesOf(named: string): readonly LanguageGroup[] {
  const own = named.split(",").flatMap((code) => (code.trim() === "" ? [] : canonical(code.trim())));
  const sources = own.length > 0 ? own : COMMON.split(" ");
  const targets = own.length > 0 ? own : [...sources, ...REGIONAL.split(" ")];
  return [{ sources, targets, formality: true, glossary: true }];
}
