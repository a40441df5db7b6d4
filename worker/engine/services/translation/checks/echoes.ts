import { type Check, failed } from "./check.ts";

/** What language models say beside what they were asked for. */
const ECHOES: readonly RegExp[] = [
  /<\/?(?:think|thinking|reasoning|translation|source|target|output|answer)>/i,
  /```/,
  /^\W*(?:here(?: is|'s|’s)|sure|certainly|of course|okay|below is)\b[^.\n]{0,60}\b(?:translat\w*|text|sentence|version)\b/i,
  /^\W*(?:the )?(?:translation|translated text|output|traducción|traduction|übersetzung|tradução|traduzione)\s*(?:\([^)]{0,30}\)|(?:in|into|to|en|auf|em) \p{L}{2,20})?\s*(?:is\b|:)/iu,
  /\bas an? (?:ai|artificial intelligence|(?:large )?language model)\b/i,
  /\b(?:i(?:'m| am|’m) sorry|i can(?:not|'t|’t)|i(?:'m| am|’m) unable)\b[^.\n]{0,40}\b(?:translat\w*|assist|help|comply|fulfil\w*)\b/i,
  /^\s*[[{]\s*(?:\{\s*)?"(?:id|text|items?|translations?|target)"\s*:/i,
  /^\W*(?:aquí (?:está|tienes|tiene)|claro|por supuesto|voici|bien sûr|hier ist|natürlich|aqui está|ecco)\b[^.\n]{0,60}\b(?:traduc\w*|tradu[cz]\w*|übersetz\w*)/iu,
];

export const echoes: Check = ({ source, target }) =>
  ECHOES.some((echo) => echo.test(target.text) && !echo.test(source.text)) ? failed("it says something beside the translation") : undefined;
