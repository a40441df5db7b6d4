import type { Line, Token } from "./token.ts";

/** What a formula has besides its letters: figures, brackets, signs. */
const SIGNS = /^[\p{Sm}\p{N}()[\]{}|,.:;/*·∙−–′″°%^-]+$/u;
/** What holds together what stands on its two sides. */
const OPERATOR = /[\p{Sm}/*·∙−^]/u;
const STOPS = /^[,.:;]+$/;
const LONE_LETTER = /^\p{L}$/u;

/**
 * Which tokens of a line are formulas, by the number of the formula that each is in: signs of mathematics, a lone letter in
 * italics among letters that are not, or among signs alone, and the figures, operators, brackets, raised and lowered signs that belong to them.
 */
export function formulasIn({ tokens }: Line): ReadonlyMap<Token, number> {
  const formulas = new Map<Token, number>();
  const isUpright = tokens.some(({ word }) => word.style.italic !== true && /\p{L}{2}/u.test(word.text));
  // Half of a fraction has no other letters to be told from.
  const isAlone = tokens.length > 1 && tokens.every((_, at) => isLoneLetter(tokens, at) || isSign(tokens, at));
  const seeds = tokens.map((token, at) => token.word.atom === "formula" || ((isUpright || isAlone) && isLoneLetter(tokens, at)));
  if (!seeds.includes(true)) return formulas;
  let count = 0;
  for (let from = 0; from < tokens.length; ) {
    let to = from;
    while (to < tokens.length && (seeds[to] === true || isSign(tokens, to))) to++;
    const range = rangeIn(tokens, seeds, from, to);
    if (range) {
      count++;
      for (const token of tokens.slice(...range)) formulas.set(token, count);
    }
    from = to + 1;
  }
  return formulas;
}

/** Not a letter of a word whose other letters look different, as a drop cap is. */
function isLoneLetter(tokens: readonly Token[], at: number): boolean {
  const [own, before, next] = [tokens[at], tokens[at - 1], tokens[at + 1]];
  if (own?.word.style.italic !== true || !LONE_LETTER.test(own.word.text)) return false;
  const follows = own.glued && /[\p{L}’']$/u.test(before?.word.text ?? "");
  const goesOn = next?.glued === true && /^[\p{L}’']/u.test(next.word.text) && !next.word.style.script;
  return !follows && !goesOn;
}

function isSign(tokens: readonly Token[], at: number): boolean {
  const token = tokens[at];
  return token !== undefined && (SIGNS.test(token.word.text) || (token.glued && token.word.style.script !== undefined));
}

/** Of a stretch of letters and signs from `from` to `to` what hangs together with the letters. */
function rangeIn(tokens: readonly Token[], seeds: readonly boolean[], from: number, to: number): [number, number] | undefined {
  let start = seeds.indexOf(true, from);
  let end = seeds.lastIndexOf(true, to - 1) + 1;
  if (start < 0 || start >= to || end <= start) return undefined;
  const text = (at: number) => tokens[at]?.word.text ?? "";
  while (start > from && (tokens[start]?.glued || OPERATOR.test(text(start - 1)) || OPERATOR.test(text(start)))) start--;
  while (end < to && (tokens[end]?.glued || OPERATOR.test(text(end)) || OPERATOR.test(text(end - 1)))) end++;
  const whole = () =>
    tokens
      .slice(start, end)
      .map(({ word }) => word.text)
      .join("");
  while (!seeds[end - 1] && (STOPS.test(text(end - 1)) || isUnmatched(whole(), text(end - 1), /[)\]}]/g, /[([{]/g))) end--;
  while (!seeds[start] && (STOPS.test(text(start)) || isUnmatched(whole(), text(start), /[([{]/g, /[)\]}]/g))) start++;
  return [start, end];
}

/** Whether `sign` is nothing but a bracket whose other half is not in `text`. */
function isUnmatched(text: string, sign: string, own: RegExp, other: RegExp): boolean {
  if (sign.replace(own, "").replace(/[,.:;]/g, "") !== "") return false;
  return (text.match(own)?.length ?? 0) > (text.match(other)?.length ?? 0);
}
