import type { Tagged } from "../../../document/segment.ts";
import { UNSPACED } from "./check.ts";

/** What a whole word has not beside it. */
const BESIDE = `[[\\p{L}\\p{N}]--[${UNSPACED}]]`;

/** `tagged` with a sign in place of each letter of what is not to be translated: it is no sign of a text that was left as it is. */
export function withoutKept(tagged: Tagged, kept: readonly string[] = []): Tagged {
  if (kept.length === 0) return tagged;
  const longestFirst = kept
    .toSorted((one, other) => other.length - one.length)
    .map((words) => words.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  const whole = new RegExp(`(?<!${BESIDE})(?:${longestFirst.join("|")})(?!${BESIDE})`, "gv");
  return { ...tagged, text: tagged.text.replace(whole, (words) => "\ufffc".repeat(words.length)) };
}
