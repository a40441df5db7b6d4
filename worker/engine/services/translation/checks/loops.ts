import { type Check, doubt, failed, isDense } from "./check.ts";

/** In words, or in signs of scripts without spaces, of which two or three make a word. */
const GRAM = { words: 5, signs: 12 };
/** "The licensee" of one language has four words in another. */
const NAME = { words: 2, signs: 4 };
const MOST = 3;

/**
 * The same few words again and again: what language models fall into. Where they are not most of the text it may be a name that
 * the target needs more words for.
 */
export const loops: Check = ({ source, target }) => {
  const { times, share } = mostRepeated(target.text);
  if (times <= Math.max(MOST, mostRepeated(source.text).times)) return undefined;
  return share >= 0.5 && times > mostRepeated(source.text, NAME).times ? failed(REASON) : doubt(REASON);
};

const REASON = "it says the same again and again";

/** How often what is said most often is said, and how much of the text that is. */
function mostRepeated(text: string, gram: Readonly<typeof GRAM> = GRAM): { readonly times: number; readonly share: number } {
  const words =
    text.toLowerCase().match(/[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]|[\p{L}\p{N}\p{M}]+|[^\s\p{L}\p{N}]/gu) ?? [];
  const length = isDense(text) ? gram.signs : gram.words;
  const counts = new Map<string, number>();
  let most = 0;
  for (let at = 0; at + length <= words.length; at++) {
    const gram = words.slice(at, at + length).join(" ");
    if (!/[\p{L}\p{N}]/u.test(gram)) continue;
    const count = (counts.get(gram) ?? 0) + 1;
    counts.set(gram, count);
    most = Math.max(most, count);
  }
  return { times: most, share: (most * length) / Math.max(1, words.length) };
}

/** The whole translation once more. */
export const doubled: Check = ({ source, target }) =>
  isDoubled(target.text) && !isDoubled(source.text) ? failed("it says everything twice") : undefined;

function isDoubled(text: string): boolean {
  const words = text.trim().split(/\s+/);
  const half = words.length / 2;
  return words.length >= 6 && Number.isInteger(half) && words.slice(0, half).join(" ") === words.slice(half).join(" ");
}
