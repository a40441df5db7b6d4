import { create } from "@bufbuild/protobuf";
import { type MemoryUnit, MemoryUnitSchema } from "../../gen/dragoman/v1/memory_service_pb.ts";
import { LANGUAGE } from "../../platform/languages.ts";
import { isRememberable } from "../../platform/memory_calls.ts";
import type { ReadUnit } from "./read.ts";
import { numbered } from "./segment.ts";

/** Which languages of a file are wanted, and what they are called here; empty for all, as the file calls them. */
export interface WantedLanguages {
  readonly sourceLanguage: string;
  readonly targetLanguage: string;
}

/** What a unit of a file gives. */
export interface FoundUnits {
  readonly units: readonly MemoryUnit[];
  /** Of them, those whose tags were left out. */
  readonly untagged: number;
  /** Translations that the memory cannot take: empty, too long, or in a language without a code of BCP 47. */
  readonly refused: number;
}

const NAME = /^\P{Cc}{0,200}$/u;
const MAX_WORDS = 500;

/** Each of its translations as a unit of its own. */
export function unitsOf(read: ReadUnit, wanted: WantedLanguages): FoundUnits {
  const variants = read.variants.map(({ language, text }) => ({ language: canonical(language), text }));
  const asked = wanted.sourceLanguage || canonical(read.sourceLanguage);
  const source =
    asked === ""
      ? variants[0]
      : (variants.find(({ language }) => language === asked) ?? variants.find(({ language }) => isMeant(language, asked)));
  const targets = variants.filter((each) => each !== source && (!wanted.targetLanguage || isMeant(each.language, wanted.targetLanguage)));
  if (!source) return { units: [], untagged: 0, refused: targets.length };
  const made = targets.map(({ language, text }) => {
    const { lostTags, ...texts } = numbered(source.text, text);
    const sourceLanguage = wanted.sourceLanguage || source.language;
    const targetLanguage = wanted.targetLanguage || language;
    const isTaken =
      [texts.source, texts.target].every(isRememberable) && [sourceLanguage, targetLanguage].every((code) => LANGUAGE.test(code));
    const unit = { ...propertyOf(read.property), sourceLanguage, targetLanguage, ...texts };
    return { isTaken, lostTags, unit: () => create(MemoryUnitSchema, unit) };
  });
  const taken = made.filter(({ isTaken }) => isTaken);
  const untagged = taken.filter(({ lostTags }) => lostTags).length;
  return { units: taken.map(({ unit }) => unit()), untagged, refused: made.length - taken.length };
}

/** Programs are not strict about regions: one that is named may stand without, and the other way round. */
function isMeant(language: string, wanted: string): boolean {
  return language === wanted || language.split("-")[0] === wanted || language === wanted.split("-")[0];
}

function canonical(code: string): string {
  try {
    return Intl.getCanonicalLocales(code)[0] ?? "";
  } catch {
    return "";
  }
}

/** What Dragoman wrote of a unit; of a person's where that is none, or was changed to what cannot be. */
function propertyOf(json: string) {
  const said = parsed(json);
  const name = (value: unknown) => (typeof value === "string" && NAME.test(value) ? value : "");
  const words = (value: unknown) => (Array.isArray(value) ? value.filter((each) => typeof each === "string").slice(0, MAX_WORDS) : []);
  const count = Number.isInteger(said["termsFound"]) ? Math.max(0, Math.min(Number(said["termsFound"]), 1e6)) : 0;
  return {
    ...{ engine: name(said["engine"]), model: name(said["model"]), manner: name(said["manner"]), context: name(said["context"]) },
    ...{ unknown: words(said["unknown"]), termsFound: count, termsMissed: words(said["termsMissed"]) },
  };
}

function parsed(json: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
