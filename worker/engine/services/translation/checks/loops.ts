import { type Check, failed } from "./check.ts";

const GRAM = 5;
const MOST = 3;

/** The same five words, or signs of scripts without spaces, again and again: what language models fall into. */
export const loops: Check = ({ source, target }) =>
  mostRepeated(target.text) > Math.max(MOST, mostRepeated(source.text)) ? failed("it says the same again and again") : undefined;

function mostRepeated(text: string): number {
  const words =
    text.toLowerCase().match(/[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]|[\p{L}\p{N}\p{M}]+|[^\s\p{L}\p{N}]/gu) ?? [];
  const counts = new Map<string, number>();
  let most = 0;
  for (let at = 0; at + GRAM <= words.length; at++) {
    const gram = words.slice(at, at + GRAM).join(" ");
    if (!/[\p{L}\p{N}]/u.test(gram)) continue;
    const count = (counts.get(gram) ?? 0) + 1;
    counts.set(gram, count);
    most = Math.max(most, count);
  }
  return most;
}

/** The whole translation once more. */
export const doubled: Check = ({ source, target }) =>
  isDoubled(target.text) && !isDoubled(source.text) ? failed("it says everything twice") : undefined;

function isDoubled(text: string): boolean {
  const words = text.trim().split(/\s+/);
  const half = words.length / 2;
  return words.length >= 6 && Number.isInteger(half) && words.slice(0, half).join(" ") === words.slice(half).join(" ");
}
