import type { Tag, Tagged } from "../../engine/document/segment.ts";
import type { LanguagePair, TermUse, Translation } from "../../engine/ports/translator.ts";
import type { Term } from "../order.ts";
import { pluralOf } from "./plural.ts";
import { countOf, type Occurrence, patternOf } from "./term_index.ts";

const LETTER = /[\p{L}\p{M}\p{N}]/u;
/** Scripts that leave no space between words. */
const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;

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
}

/** A text for an engine that keeps to terms by itself: they are looked for in what it answers. */
export function native(unit: Tagged, found: readonly Occurrence[], { target }: LanguagePair): PreparedUnit {
  const checked = checker(unit, found, languageOf(target));
  return { unit, terms: termsOf(found), isAllTerms: false, restored: checked, checked };
}

function checker({ text }: Tagged, found: readonly Occurrence[], language: string): (translation: Translation) => Translation {
  return (translation) =>
    translation.kind === "failed" ? translation : { ...translation, terms: useOf(found, text, translation.target.text, language) };
}

/** A term that travels as an atom, and what stands in its place then. */
interface Protected {
  readonly occurrence: Occurrence;
  readonly target: string;
}

/**
 * A text for an engine that knows of no terms: they are atoms in it. Left in it are those in a form that no rule makes of their
 * translation, and those that a tag stands within; they are looked for in what it answers.
 */
export function opaque(unit: Tagged, found: readonly Occurrence[], pair: LanguagePair): PreparedUnit {
  const language = languageOf(pair.target);
  const protectedTerms = found.flatMap((occurrence): Protected[] => {
    const isCut = unit.tags.some(({ at }) => occurrence.from < at && at < occurrence.to);
    const target = isCut ? undefined : standIn(occurrence, language);
    return target === undefined ? [] : [{ occurrence, target }];
  });
  const left = found.filter((occurrence) => !protectedTerms.some((each) => each.occurrence === occurrence));
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
    return { ...translation, target, terms: { found: found.length, missed: use.missed } };
  };
  return { unit: text, terms: termsOf(found), isAllTerms: protectedTerms.length > 0 && !LETTER.test(text.text), restored, checked };
}

function termsOf(found: readonly Occurrence[]): readonly Term[] {
  return [...new Set(found.map(({ term }) => term))];
}

/** What stands for a term in another language; undefined where no rule makes the form of it. */
function standIn({ term, number }: Occurrence, language: string): string | undefined {
  return number === "same" || term.target === "" ? term.target : pluralOf(term.target, language);
}

/** `unit` with atoms of new ids in place of terms, and which they are. */
function withAtoms(unit: Tagged, terms: readonly Protected[]): { readonly text: Tagged; readonly byId: ReadonlyMap<number, Protected> } {
  const byId = new Map<number, Protected>();
  const tags: Tag[] = [];
  const tagsLeft = [...unit.tags];
  let [text, from] = ["", 0];
  let next = unit.tags.reduce((most, { id }) => Math.max(most, id), 0) + 1;
  const advance = (to: number) => {
    while (tagsLeft[0] && tagsLeft[0].at <= to) {
      const tag = tagsLeft.shift() as Tag;
      tags.push({ ...tag, at: text.length + tag.at - from });
    }
    text += unit.text.slice(from, to);
    from = to;
  };
  for (const each of terms) {
    advance(each.occurrence.from);
    byId.set(next, each);
    tags.push({ id: next++, at: text.length, kind: "atom" });
    from = each.occurrence.to;
  }
  advance(unit.text.length);
  return { text: { text, tags }, byId };
}

/** `target` with terms in place of their atoms; one that comes again is left out. */
function withTerms(target: Tagged, byId: ReadonlyMap<number, Protected>, source: string): Tagged {
  const tags: Tag[] = [];
  const placed = new Set<number>();
  let [text, from] = ["", 0];
  /** The last term, until something stands behind it. */
  let open = "";
  /** Where an atom stands, which parts words as space does. */
  let parted = -1;
  const add = (part: string) => {
    text += open && parted !== text.length && needsSpace(open, part) ? ` ${part}` : part;
    if (part !== "") open = "";
  };
  for (const tag of target.tags.toSorted((one, other) => one.at - other.at)) {
    add(target.text.slice(from, tag.at));
    from = tag.at;
    const term = tag.kind === "atom" ? byId.get(tag.id) : undefined;
    if (!term) {
      tags.push({ ...tag, at: text.length });
      if (tag.kind === "atom") parted = text.length;
    } else if (!placed.has(tag.id)) {
      const words = inPlace(term, source, !LETTER.test(text));
      if (parted !== text.length && needsSpace(text, words)) text += " ";
      text += words;
      open = words;
      placed.add(tag.id);
    }
  }
  add(target.text.slice(from));
  return { text, tags };
}

function needsSpace(before: string, after: string): boolean {
  const [last = "", first = ""] = [[...before.slice(-2)].at(-1), [...after.slice(0, 2)][0]];
  return LETTER.test(last) && LETTER.test(first) && !UNSPACED.test(last + first);
}

/** The term as it is written where it stands: with capitals as its source has them, or as a sentence begins. */
function inPlace({ occurrence: { term, from, to }, target }: Protected, source: string, begins: boolean): string {
  const found = source.slice(from, to);
  if (term.target === "") return found;
  if (term.caseSensitive) return target;
  if (isShouted(found) && !isShouted(term.source)) return target.toUpperCase();
  const began = !LETTER.test(source.slice(0, from));
  const isRaised = /^\p{Lu}/u.test(found) && /^\p{Ll}/u.test(term.source);
  const isCapital = begins ? /^[^\p{L}]*\p{Lu}/u.test(source) : isRaised && !began;
  // A name that begins small ("iOS") is written so everywhere.
  return isCapital && /^\p{Ll}/u.test(target) && !/^\p{Ll}+\p{Lu}/u.test(target) ? capitalised(target) : target;
}

function isShouted(text: string): boolean {
  return /\p{Lu}.*\p{Lu}/su.test(text) && !/\p{Ll}/u.test(text);
}

function capitalised(text: string): string {
  const [first = ""] = text;
  return first.toUpperCase() + text.slice(first.length);
}

/** Which of the terms that stand in a text stand in its translation, as often as there. */
function useOf(found: readonly Occurrence[], source: string, target: string, language: string): TermUse {
  const missed: string[] = [];
  for (const [term, occurrences] of Map.groupBy(found, (occurrence) => occurrence.term)) {
    const pattern = patternOf(term, term.target || term.source, language, true);
    const count = pattern ? countOf(pattern, target) : 0;
    const misses = occurrences.slice(0, Math.max(0, occurrences.length - count));
    missed.push(...misses.map(({ from, to }) => source.slice(from, to)));
  }
  return { found: found.length, missed };
}

/** The language that a code is of: endings know no regions. */
export function languageOf(code: string): string {
  return code.split("-")[0] ?? code;
}
