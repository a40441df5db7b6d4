import { baseOf } from "../../../document/language_code.ts";
import { type Check, doubt, failed } from "./check.ts";

/** What no translation has of itself: reasoning, fences, and the data that a model was asked for. */
const MARKS: readonly RegExp[] = [
  /<\/?(?:think|thinking|reasoning|translation|source|target|output|answer)>/i,
  /```/,
  /^\s*[[{]\s*(?:\{\s*)?"(?:id|text|items?|translations?|target)"\s*:/i,
];
/** "Here is the translation", a refusal, and the like, in the languages that models say it in. */
const TALK: readonly (readonly [language: string, said: RegExp])[] = [
  ["en", /^\W*(?:here(?: is|'s|’s)|sure|certainly|of course|okay|below is)\b[^.\n]{0,60}\b(?:translat\w*|text|sentence|version)\b/i],
  ["en", /^\W*(?:the )?(?:translation|translated text|output)\s*(?:\([^)]{0,30}\)|(?:in|into|to) \p{L}{2,20})?\s*:/iu],
  ["en", /\bas an? (?:ai|artificial intelligence|(?:large )?language model)\b/i],
  [
    "en",
    /\b(?:i(?:'m| am|’m) sorry|i can(?:not|'t|’t)|i(?:'m| am|’m) unable)\b[^.\n]{0,40}\b(?:translat\w*|(?:this|that|your) request)\b/i,
  ],
  ["es", /^\W*(?:la )?traducción[^.\n]{0,30}:/iu],
  ["fr", /^\W*(?:la )?traduction[^.\n]{0,30}:/iu],
  ["de", /^\W*(?:die )?übersetzung[^.\n]{0,30}:/iu],
  ["pt", /^\W*(?:a )?tradução[^.\n]{0,30}:/iu],
  ["it", /^\W*(?:la )?traduzione[^.\n]{0,30}:/iu],
  ["es", /^\W*(?:aquí (?:está|tienes|tiene)|claro|por supuesto)\b[^.\n]{0,60}\btraduc\w*/iu],
  ["fr", /^\W*(?:voici|bien sûr)\b[^.\n]{0,60}\btraduc\w*/iu],
  ["de", /^\W*(?:hier ist|natürlich)\b[^.\n]{0,60}\bübersetz\w*/iu],
  ["pt", /^\W*(?:aqui está|claro)\b[^.\n]{0,60}\btradu[cz]\w*/iu],
];
/** Within so many letters a text that has a label of its own has its colon. */
const LABEL_LETTERS = 80;

/** What language models say beside what they were asked for. In the target's own language it may be what the source says. */
export const echoes: Check = ({ source, target, pair }) => {
  if (MARKS.some((mark) => mark.test(target.text) && !mark.test(source.text))) return failed(REASON);
  if (TALK.some(([, said]) => said.test(source.text))) return undefined;
  const found = TALK.filter(([, said]) => said.test(target.text));
  if (found.length === 0) return undefined;
  const isOwnLanguage = found.every(([language]) => language === baseOf(pair.target));
  const isLabel = hasColon(target.text) && !hasColon(source.text);
  return isOwnLanguage && !isLabel ? doubt(REASON) : failed(REASON);
};

const REASON = "it says something beside the translation";

function hasColon(text: string): boolean {
  return /[:：]/.test(text.slice(0, LABEL_LETTERS));
}
