import type { Tagged, TermUse } from "../../../document/segment.ts";
import type { LanguagePair } from "../../../ports/translator.ts";
import type { Detect } from "../language.ts";
import type { Lengths } from "./lengths.ts";
import type { Wording } from "./wording.ts";

/** A text and its translation, with what a check may go by. */
export interface Compared {
  readonly source: Tagged;
  readonly target: Tagged;
  /** Words that the translator did not know. */
  readonly unknown: readonly string[];
  readonly terms?: TermUse | undefined;
  readonly pair: LanguagePair;
  readonly detect: Detect;
  /** Of what was right in the document before. */
  readonly lengths: Lengths;
  readonly wording: Wording;
}

/** What speaks against a translation: `failed` if it is surely wrong, `doubt` if it may be right all the same. */
export interface Finding {
  readonly verdict: "doubt" | "failed";
  /** Half a sentence for people; no words of the text. */
  readonly reason: string;
}

/** Pure, and in linear time: both texts may be anybody's. */
export type Check = (compared: Compared) => Finding | undefined;

export function failed(reason: string): Finding {
  return { verdict: "failed", reason };
}

export function doubt(reason: string): Finding {
  return { verdict: "doubt", reason };
}

const DENSE = String.raw`\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}`;
const DENSE_SIGN = new RegExp(`[${DENSE}]`, "u");
/** Scripts, as a class of a regular expression has them, that put no space between a word of theirs and a foreign name, number or address. */
export const UNSPACED = String.raw`${DENSE}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}ー`;

/** Chinese, Japanese and Korean say in few letters what others say in many. */
export function isDense(text: string): boolean {
  return DENSE_SIGN.test(text);
}

/** Words of at least four letters that no capital marks as names. */
export function plainWords(text: string): string[] {
  return text.match(/(?<![\p{L}\p{M}])\p{Ll}[\p{L}\p{M}]{3,}/gu) ?? [];
}

/** The text with a sign for each atom, which has no text of its own: what stands beside one is not a word's beginning. */
export function withAtoms({ text, tags }: Tagged): string {
  let [shown, from] = ["", 0];
  for (const { at, kind } of tags) {
    if (kind !== "atom" || at < from) continue;
    shown += `${text.slice(from, at)}\uFFFC`;
    from = at;
  }
  return shown + text.slice(from);
}

/** How often each is there. */
export function countsOf(items: Iterable<string>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}

export function sameCounts(one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): boolean {
  return one.size === other.size && [...one].every(([item, count]) => other.get(item) === count);
}
