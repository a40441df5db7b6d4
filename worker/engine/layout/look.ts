import type { TextStyle } from "../document/model.ts";
import type { PageFacts } from "./facts.ts";
import { type Line, type Token, weightedMedian } from "./token.ts";

/**
 * How the letters of lines look, but for those that `inlines` makes spans of: what the page's text is (`facts`) is in no
 * span, so it is counted by its majority; what differs from it only counts if all of them have it.
 */
export function lookOf(lines: readonly Line[], facts: PageFacts): { readonly look?: TextStyle } {
  const tokens = lines.flatMap((line) => line.tokens).filter(({ script }) => !script);
  const size = weightedMedian(tokens, (token) => token.size);
  if (tokens.length === 0) return {};
  const font = commonest(tokens, ({ word }) => word.style.font);
  const colors = new Set(tokens.map(({ word }) => word.style.color));
  const color = colors.size === 1 ? [...colors][0] : facts.color;
  return {
    look: {
      ...(has(tokens, facts.bold, ({ word }) => word.style.bold === true) ? { bold: true } : {}),
      ...(has(tokens, false, ({ word }) => word.style.italic === true) ? { italic: true } : {}),
      ...(font ? { font } : {}),
      size,
      ...(color ? { color } : {}),
    },
  };
}

function has(tokens: readonly Token[], isUsual: boolean, test: (token: Token) => boolean): boolean {
  return isUsual ? commonest(tokens, test) === true : tokens.every(test);
}

/** By letters. */
function commonest<Value>(tokens: readonly Token[], value: (token: Token) => Value): Value | undefined {
  const letters = new Map<Value, number>();
  for (const token of tokens) letters.set(value(token), (letters.get(value(token)) ?? 0) + token.word.text.length);
  return [...letters].sort((a, b) => b[1] - a[1])[0]?.[0];
}
