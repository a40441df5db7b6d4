import { baseOf } from "../../engine/document/language_code.ts";
import type { Tagged } from "../../engine/document/segment.ts";
import type { LanguagePair, TermUse, Translation } from "../../engine/ports/translator.ts";
import type { Term } from "../order.ts";
import { isCompounding } from "./forms.ts";
import { patternOf } from "./pattern.ts";
import { type Protected, withAtoms, withTerms } from "./placing.ts";
import { pluralOf } from "./plural.ts";
import { countsOf, type Occurrence } from "./term_index.ts";

const LETTER = /[\p{L}\p{M}\p{N}]/u;
const LEAST_COMPOUNDED = 4;

/** A text as it goes to an engine, with what it is held to. */
export interface PreparedUnit {
  /** With the terms as atoms of their own ids, where the engine does not keep to them by itself. */
  readonly unit: Tagged;
  /** Those that stand in it, each once. */
  readonly terms: readonly Term[];
  /** Nothing in `unit` is left to translate: no engine needs to be asked for it. */
  readonly isAllTerms: boolean;
  /** What the engine made of `unit`, with its terms in place, and what of them is missing. */
  restored(translation: Translation): Translation;
  /** What the memory has of the text, and what of its terms is missing in it. */
  checked(translation: Translation): Translation;
  /**
   * What to ask an engine that knows of no terms once it was asked for the text as it is: the text with those terms as atoms that
   * its answer misses. Undefined where it misses none, or none can be an atom.
   */
  again(answer: Translation): PreparedUnit | undefined;
}

/** A text for an engine that keeps to terms by itself: they are looked for in what it answers. */
export function native(unit: Tagged, found: readonly Occurrence[], pair: LanguagePair): PreparedUnit {
  const language = baseOf(pair.target);
  const checked = checker(unit, found, language);
  const again = (answer: Translation) => {
    const missed = new Set(
      answer.kind === "failed" ? [] : missesOf(found, unit.text, answer.target.text, language).map(({ term }) => term),
    );
    const prepared = opaque(
      unit,
      found.filter(({ term }) => missed.has(term)),
      pair,
    );
    return prepared.unit.tags.length > unit.tags.length ? prepared : undefined;
  };
  return { unit, terms: termsOf(found), isAllTerms: false, restored: checked, checked, again };
}

function checker({ text }: Tagged, found: readonly Occurrence[], language: string): (translation: Translation) => Translation {
  return (translation) =>
    translation.kind === "failed" ? translation : { ...translation, terms: useOf(found, text, translation.target.text, language) };
}

/**
 * A text for an engine that knows of no terms: they are atoms in it. Left in it are those in a form that no rule makes of their
 * translation, and those that a tag stands within; they are looked for in what it answers.
 */
export function opaque(unit: Tagged, found: readonly Occurrence[], pair: LanguagePair): PreparedUnit {
  const language = baseOf(pair.target);
  const isCut = cutsIn(unit);
  const targets = found.map((occurrence) => (isCut(occurrence) ? undefined : standIn(occurrence, language)));
  const protectedTerms = found.flatMap((occurrence, index): Protected[] => {
    const target = targets[index];
    return target === undefined ? [] : [{ occurrence, target }];
  });
  const left = found.filter((_, index) => targets[index] === undefined);
  const { text, byId } = withAtoms(unit, protectedTerms);
  const checked = checker(unit, found, language);
  const restored = (translation: Translation): Translation => {
    if (translation.kind === "failed") return translation;
    const present = new Set(translation.target.tags.flatMap(({ id, kind }) => (kind === "atom" ? [id] : [])));
    // Its words went with it: what is left says something else.
    if ([...byId.keys()].some((id) => !present.has(id)))
      return { kind: "failed", why: "a term that was to stand in it was lost", ...(translation.by && { by: translation.by }) };
    const target = withTerms(translation.target, byId, unit.text);
    const use = useOf(left, unit.text, target.text, language);
    const placed = protectedTerms
      .filter(({ target: words }) => words === "")
      .map(({ occurrence: { from, to } }) => unit.text.slice(from, to));
    return { ...translation, target, terms: { ...use, found: found.length, ...keptIn([...placed, ...(use.kept ?? [])]) } };
  };
  const isAllTerms = protectedTerms.length > 0 && !LETTER.test(text.text);
  return { unit: text, terms: termsOf(found), isAllTerms, restored, checked, again: () => undefined };
}

/** Whether a tag stands within a term. */
function cutsIn({ text, tags }: Tagged): (occurrence: Occurrence) => boolean {
  const before = new Uint32Array(text.length + 2);
  for (const { at } of tags) before[at + 1] = (before[at + 1] ?? 0) + 1;
  for (let at = 1; at < before.length; at++) before[at] = (before[at] ?? 0) + (before[at - 1] ?? 0);
  return ({ from, to }) => before[to] !== before[from + 1];
}

function termsOf(found: readonly Occurrence[]): readonly Term[] {
  return [...new Set(found.map(({ term }) => term))];
}

/** What stands for a term in another language; undefined where no rule makes the form of it. */
function standIn({ term, number }: Occurrence, language: string): string | undefined {
  return number === "same" || term.target === "" ? term.target : pluralOf(term.target, language);
}

/** What became of the terms that stand in `source`. */
function useOf(found: readonly Occurrence[], source: string, target: string, language: string): TermUse {
  const wordsOf = ({ from, to }: Occurrence) => source.slice(from, to);
  const missed = missesOf(found, source, target, language).map(wordsOf);
  const kept = found.filter(({ term }) => term.target === "").map(wordsOf);
  return { found: found.length, missed, ...keptIn(kept.filter((words) => !missed.includes(words))) };
}

function keptIn(kept: readonly string[]): Pick<TermUse, "kept"> {
  return kept.length > 0 ? { kept: [...new Set(kept)] } : {};
}

/** Those whose translation does not stand in `target`: each term is to stand there as often as in the source. */
function missesOf(found: readonly Occurrence[], source: string, target: string, language: string): Occurrence[] {
  if (found.length === 0) return [];
  const groups = [...Map.groupBy(found, (occurrence) => keyOf(occurrence, source)).values()].map((occurrences) => {
    const [{ term, from, to }] = occurrences as [Occurrence];
    const isKept = term.target === "";
    const expected = isKept ? { ...term, caseSensitive: true, exact: true } : term;
    return { occurrences, term, pattern: patternOf(expected, isKept ? source.slice(from, to) : term.target, language, true) };
  });
  const looked = groups.flatMap(({ pattern }) => pattern ?? []);
  const counts = countsOf(looked, target);
  const small = isCompounding(language) ? target.toLowerCase() : "";
  return groups.flatMap(({ occurrences, term, pattern }) => {
    const whole = pattern ? (counts.get(pattern) ?? 0) : 0;
    const count = whole < occurrences.length && small !== "" ? Math.max(whole, withinCompounds(term, small)) : whole;
    return occurrences.slice(count);
  });
}

/** What is expected in the translation: of what stays, the very words. */
function keyOf({ term: { source, target }, from, to }: Occurrence, text: string): string {
  return target === "" ? `=${text.slice(from, to)}` : JSON.stringify([source, target]);
}

/** How often a term's translation stands in `text`, in small letters, be it as a part of a word. */
function withinCompounds({ target }: Term, text: string): number {
  return target.length < LEAST_COMPOUNDED ? 0 : text.split(target.toLowerCase()).length - 1;
}
