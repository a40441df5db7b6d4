import { baseOf } from "../../../document/language_code.ts";
import type { Asking } from "../asking.ts";
import type { Detect } from "../language.ts";
import { type Check, type Compared, doubt, type Finding, failed } from "./check.ts";
import { echoes } from "./echoes.ts";
import { withoutKept } from "./kept.ts";
import { Lengths, length, runaway } from "./lengths.ts";
import { doubled, loops } from "./loops.ts";
import { brackets, cutOff, ending, question, quotes, sentences, tags } from "./marks.ts";
import { sameNumbers } from "./numbers.ts";
import { language, leftAsItWas, leftInPart, script } from "./tongue.ts";
import { addresses, code, markup, placeholders } from "./verbatim.ts";
import { Wording, wording } from "./wording.ts";

const nothing: Check = ({ target }) => (target.text.trim() === "" ? failed("the translator gave nothing back") : undefined);

const numbers: Check = ({ source, target, pair }) => {
  const said = [
    { text: source.text, language: baseOf(pair.source) },
    { text: target.text, language: baseOf(pair.target) },
  ] as const;
  return sameNumbers(...said) ? undefined : failed("the numbers differ");
};

const unknownWords: Check = ({ source, unknown }) => {
  const words = source.text.match(/\p{L}+/gu)?.length ?? 0;
  return words > 3 && unknown.length > words / 2 ? failed("most words are unknown to the translator") : undefined;
};

const terms: Check = ({ terms: use }) =>
  use && use.missed.length > 0 ? doubt("a term has not the translation that it should have") : undefined;

/** All, in the order in which their reasons are given: what is surely wrong first. */
const CHECKS: readonly Check[] = [
  ...[numbers, addresses, placeholders, unknownWords, echoes, loops, doubled, script, length, leftAsItWas],
  ...[terms, tags, leftInPart, language, cutOff, wording, sentences, question, brackets, markup, code],
];
/** Matters of style: where they are met often, they are the document's, or the engine's, and say nothing of one text. */
const HABITS: readonly Check[] = [ending, quotes];
const RARE = 0.01;
/** So many are doubted before it is known what is usual. */
const MAX_FIRST = 2;

/** How much is let pass: `strict` takes nothing that is doubted. */
export type Strictness = "usual" | "strict";

/** Judges the translations of one document, by what it learns of them as well. */
export function judgeBy(detect: Detect, strictness: Strictness = "usual"): Asking["judge"] {
  const known = new Map<string, Learned>();
  return (asked, { target: given, unknown, terms: use }, pair) => {
    const [source, target] = [withoutKept(asked, use?.kept), withoutKept(given, use?.kept)];
    const learned = known.get(pair.source) ?? new Learned();
    known.set(pair.source, learned);
    const { lengths, wording: words } = learned;
    const found = findings({ source, target, unknown, terms: use, pair, detect, lengths, wording: words }, learned);
    if (found.length === 0) {
      learned.observe(source.text, target.text);
      return { verdict: "ok", reasons: [] };
    }
    const isWrong = found.some(({ verdict }) => verdict === "failed");
    return { verdict: isWrong || strictness === "strict" ? "failed" : "doubt", reasons: found.map(({ reason }) => reason) };
  };
}

/** What is known of a document's translations from one language. */
class Learned {
  readonly lengths = new Lengths();
  readonly wording = new Wording();
  readonly #met = new Map<Check, number>();
  #texts = 0;

  observe(source: string, target: string): void {
    this.lengths.observe(source.length, target.length);
    this.wording.observe(source, target);
  }

  /** What matters of style say, but for what is usual. */
  unusual(compared: Compared): Finding[] {
    this.#texts += 1;
    return HABITS.flatMap((check) => {
      const found = check(compared);
      if (!found) return [];
      const met = (this.#met.get(check) ?? 0) + 1;
      this.#met.set(check, met);
      return met <= Math.max(MAX_FIRST, this.#texts * RARE) ? [found] : [];
    });
  }
}

function findings(compared: Compared, learned: Learned): Finding[] {
  const none = nothing(compared) ?? runaway(compared);
  if (none) return [none];
  const found = CHECKS.flatMap((check) => check(compared) ?? []);
  const all = [...found, ...learned.unusual(compared)];
  return [...all.filter(({ verdict }) => verdict === "failed"), ...all.filter(({ verdict }) => verdict === "doubt")];
}
