import { baseOf } from "../../../document/language_code.ts";
import type { Tagged } from "../../../document/segment.ts";
import type { LanguagePair } from "../../../ports/translator.ts";
import { type Check, countsOf, doubt } from "./check.ts";

/** Styles, links and atoms: each of the source's is there, atoms once, and a span that held words holds some. */
export const tags: Check = ({ source, target }) => {
  const [known, found] = [kindsOf(source), kindsOf(target)];
  const lost = [...known].some(([id, kind]) => found.get(id) !== kind);
  const foreign = [...found.keys()].some((id) => !known.has(id));
  if (lost || foreign) return doubt("styles, links or marks were lost");
  const doubled = [...countsOf(target.tags.filter(({ kind }) => kind === "atom").map(({ id }) => String(id))).values()].some(
    (count) => count > 1,
  );
  if (doubled) return doubt("a mark is there twice");
  const held = lettersWithin(source);
  const holds = lettersWithin(target);
  const emptied = [...held].some(([id, letters]) => letters > 0 && (holds.get(id) ?? 0) === 0);
  return emptied ? doubt("a style or link lost its words") : undefined;
};

function kindsOf({ tags: all }: Tagged): ReadonlyMap<number, "span" | "atom"> {
  return new Map(all.map(({ id, kind }) => [id, kind === "atom" ? "atom" : "span"]));
}

/** Of each span. */
function lettersWithin({ text, tags: all }: Tagged): ReadonlyMap<number, number> {
  const letters = new Map<number, number>();
  const opened = new Map<number, number>();
  for (const { id, at, kind } of all) {
    if (kind === "open") opened.set(id, at);
    const from = opened.get(id);
    if (kind !== "close" || from === undefined) continue;
    opened.delete(id);
    letters.set(id, (letters.get(id) ?? 0) + text.slice(from, at).trim().length);
  }
  return letters;
}

const BRACKETS: Readonly<Record<string, string>> = {
  "（": "(",
  "）": ")",
  "［": "[",
  "］": "]",
  "｛": "{",
  "｝": "}",
  "【": "[",
  "】": "]",
};

/** A translation may explain something in brackets of its own; those of the source are there, and each is closed. */
export const brackets: Check = ({ source, target }) => {
  const [before, after] = [bracketsIn(source.text), bracketsIn(target.text)];
  const isLost = [...before].some(([sign, count]) => (after.get(sign) ?? 0) < count);
  const isOpen = PAIRS.some(([open, close]) => before.get(open) === before.get(close) && after.get(open) !== after.get(close));
  return isLost || isOpen ? doubt("the brackets differ") : undefined;
};

const PAIRS = [
  ["(", ")"],
  ["[", "]"],
  ["{", "}"],
] as const;

function bracketsIn(text: string): ReadonlyMap<string, number> {
  return countsOf([...(text.match(/[()[\]{}（）［］｛｝【】]/g) ?? [])].map((sign) => BRACKETS[sign] ?? sign));
}

const QUOTES = /["“”„‟«»‹›「」『』《》〈〉]/g;

/** What is quoted is quoted still, and what was begun is ended. */
export const quotes: Check = ({ source, target }) => {
  const [before, after] = [source.text.match(QUOTES)?.length ?? 0, target.text.match(QUOTES)?.length ?? 0];
  if (before % 2 === 0 && after % 2 === 1) return doubt("a quotation is not ended");
  return before >= 2 && after === 0 ? doubt("the quotation marks are lost") : undefined;
};

/** In standard deviations: nothing by itself, but with the end of a sentence missing it is. */
const SHORT = -1;
const QUESTION = /[?？؟]$/;
const ENDED = /[?？؟!！.。．।።။។།۔։…:：;；\u037E—–,、，،]$/;
/** Languages whose sentences end without a sign, or questions with another: Greek has a semicolon, Armenian a sign within a word. */
const UNENDED: ReadonlySet<string> = new Set(["th", "lo"]);
const ASK_OTHERWISE: ReadonlySet<string> = new Set(["el", "hy", "my", ...UNENDED]);

export const question: Check = ({ source, target, pair }) =>
  isBetween(pair, ASK_OTHERWISE) || (endingOf(source.text) === "question") === (endingOf(target.text) === "question")
    ? undefined
    : doubt("one of the two is a question");

/** A matter of style, where it is not short as well. */
export const ending: Check = ({ source, target, pair }) =>
  losesEnding(source, target, pair) ? doubt("it does not end as a sentence") : undefined;

export const cutOff: Check = ({ source, target, pair, lengths }) =>
  losesEnding(source, target, pair) && lengths.deviation(source.text.length, target.text.length) < SHORT
    ? doubt("it seems to be cut off")
    : undefined;

function losesEnding(source: Tagged, target: Tagged, pair: LanguagePair): boolean {
  return !isBetween(pair, UNENDED) && endingOf(source.text) !== "" && endingOf(target.text) === "";
}

/** Whether one of the two is among `languages`. */
function isBetween({ source, target }: LanguagePair, languages: ReadonlySet<string>): boolean {
  return languages.has(baseOf(source)) || languages.has(baseOf(target));
}

/** What a text ends with, whatever closes behind it. */
function endingOf(text: string): "question" | "ended" | "" {
  const bare = text.trimEnd().replace(/["'”’»)\]）」』\s]{1,6}$/u, "");
  if (QUESTION.test(bare)) return "question";
  return ENDED.test(bare) ? "ended" : "";
}

const STOPS = /[.!?…।።།။۔։؟](?=["'”’»)\]）」』]{0,4}(?:\s|$))|[。！？](?![。！？])/gu;

/** Half as many sentences, or half as many again, and a difference of two at least. */
export const sentences: Check = ({ source, target, pair }) => {
  if (isBetween(pair, UNENDED)) return undefined;
  const [before, after] = [source.text.match(STOPS)?.length ?? 0, target.text.match(STOPS)?.length ?? 0];
  const difference = Math.abs(before - after);
  return difference >= 2 && difference > Math.max(1, before) / 2 ? doubt("it has another number of sentences") : undefined;
};
