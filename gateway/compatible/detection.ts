import { DragomanError } from "../../platform/errors.ts";
import { baseOf, isSameLanguage } from "./language_codes.ts";

/** More of a text tells its language no better. */
const SAMPLE_LETTERS = 2_000;
/** What the detector calls a language, and what else it may be served as. */
const ALIASES: Readonly<Record<string, readonly string[]>> = { no: ["nb", "nn"], hr: ["sh"], sr: ["sh"] };

/** A language that a text may be in. */
export interface Likely {
  /** ISO 639-1. */
  readonly language: string;
  /** 0 to 100; at most 50 where the text is too short to be sure. */
  readonly confidence: number;
}

/** Loaded with the first text that needs it: 90 MB, and a fifth of a second. */
let loading: Promise<typeof import("eld/extrasmall")> | undefined;

/** Of all languages those that `text` is most like, the likeliest first; none where nothing can be told. */
export async function likelyLanguages(text: string): Promise<readonly Likely[]> {
  loading ??= import("eld/extrasmall");
  const { eld } = await loading;
  const found = eld.detect(text.slice(0, SAMPLE_LETTERS).toWellFormed());
  const isSure = found.isReliable();
  return Object.entries(found.getScores())
    .map(([language, score]) => ({ language, confidence: Math.round(Math.min(score, 1) * (isSure ? 1000 : 500)) / 10 }))
    .sort((one, other) => other.confidence - one.confidence);
}

/** The language that a text is translated from. */
export interface Source extends Likely {
  /** It is in the target language already. */
  readonly isTarget: boolean;
}

/** From what a target language is translated to. */
interface Sources {
  readonly target: string;
  readonly all: readonly string[];
  readonly has: (language: string) => boolean;
}

/**
 * Which of the sources a text is in. One that is too short to be sure is in the likeliest of those that there are, or in the only one. Throws
 * LANGUAGE_NOT_DETECTED, UNSUPPORTED_LANGUAGE_PAIR.
 */
export function sourceAmong(likely: readonly Likely[], { target, all, has }: Sources): Source {
  const named = (language: string) => [language, ...(ALIASES[language] ?? [])].find(has);
  const [best] = likely;
  if (best && best.confidence > 50) {
    if (isSameLanguage(best.language, target)) return { ...best, isTarget: true };
    const language = named(best.language);
    if (language !== undefined) return { ...best, language, isTarget: false };
    throw DragomanError.of(
      "UNSUPPORTED_LANGUAGE_PAIR",
      `The text seems to be in "${best.language}", from which nothing translates to "${target}".`,
    );
  }
  for (const { language, confidence } of likely) {
    const name = isSameLanguage(language, target) ? undefined : named(language);
    if (name !== undefined) return { language: name, confidence, isTarget: false };
  }
  const [only, ...others] = new Set(all.map(baseOf));
  if (only !== undefined && others.length === 0) return { language: only, confidence: 0, isTarget: false };
  throw DragomanError.of("LANGUAGE_NOT_DETECTED", "A text is too short to tell its language.");
}
