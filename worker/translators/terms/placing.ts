import type { Tag, Tagged } from "../../engine/document/segment.ts";
import type { Occurrence } from "./term_index.ts";

const LETTER = /[\p{L}\p{M}\p{N}]/u;
/** Scripts that leave no space between words. */
const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;

/** An engine that says one more often has lost the thread. */
const MOST_TIMES = 3;

/** A term that travels as an atom, and what stands in its place then. */
export interface Protected {
  readonly occurrence: Occurrence;
  readonly target: string;
}

/** `unit` with atoms of new ids in place of terms, and which they are. */
export function withAtoms(
  unit: Tagged,
  terms: readonly Protected[],
): { readonly text: Tagged; readonly byId: ReadonlyMap<number, Protected> } {
  const byId = new Map<number, Protected>();
  const tags: Tag[] = [];
  let [text, from, tagsDone] = ["", 0, 0];
  let next = unit.tags.reduce((most, { id }) => Math.max(most, id), 0) + 1;
  const advance = (to: number) => {
    for (let tag = unit.tags[tagsDone]; tag && tag.at <= to; tag = unit.tags[++tagsDone])
      tags.push({ ...tag, at: text.length + tag.at - from });
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

/** `target` with terms in place of their atoms; one that comes again is left out, unless there are words between: they say something of it. */
export function withTerms(target: Tagged, byId: ReadonlyMap<number, Protected>, source: string): Tagged {
  const tags: Tag[] = [];
  const placed = new Map<number, { readonly at: number; readonly times: number }>();
  const text = new TextWithTerms();
  let from = 0;
  for (const tag of target.tags.toSorted((one, other) => one.at - other.at)) {
    text.add(target.text.slice(from, tag.at));
    from = tag.at;
    const term = tag.kind === "atom" ? byId.get(tag.id) : undefined;
    if (term) {
      const { at, times } = placed.get(tag.id) ?? { at: 0, times: 0 };
      if (times > 0 && (times === MOST_TIMES || !LETTER.test(target.text.slice(at, tag.at)))) continue;
      text.addTerm(inPlace(term, source, !text.hasLetters));
      placed.set(tag.id, { at: tag.at, times: times + 1 });
    } else {
      tags.push({ ...tag, at: text.length });
      if (tag.kind === "atom") text.part();
    }
  }
  text.add(target.text.slice(from));
  return { text: text.toString(), tags };
}

/** A text as it grows: between a term and a letter beside it comes a space. */
class TextWithTerms {
  readonly #parts: string[] = [];
  #length = 0;
  #last = "";
  #endsWithTerm = false;
  #hasLetters = false;

  get length(): number {
    return this.#length;
  }

  get hasLetters(): boolean {
    return this.#hasLetters;
  }

  add(text: string): void {
    if (text === "") return;
    this.#push(this.#endsWithTerm && needsSpace(this.#last, text) ? ` ${text}` : text);
    this.#endsWithTerm = false;
  }

  addTerm(term: string): void {
    this.#push(needsSpace(this.#last, term) ? ` ${term}` : term);
    this.#endsWithTerm = true;
  }

  /** An atom stands here, which parts words as space does. */
  part(): void {
    this.#last = "";
  }

  toString(): string {
    return this.#parts.join("");
  }

  #push(text: string): void {
    this.#parts.push(text);
    this.#length += text.length;
    this.#last = text.slice(-2);
    this.#hasLetters ||= LETTER.test(text);
  }
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
