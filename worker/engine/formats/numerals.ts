const ROMAN: readonly (readonly [number, string])[] = [
  [1000, "m"],
  [900, "cm"],
  [500, "d"],
  [400, "cd"],
  [100, "c"],
  [90, "xc"],
  [50, "l"],
  [40, "xl"],
  [10, "x"],
  [9, "ix"],
  [5, "v"],
  [4, "iv"],
  [1, "i"],
];
/** Roman numerals have no letter for more. */
const MAX_ROMAN = 3999;
const LETTERS = 26;
/** As many times as a letter is doubled at most. */
const MAX_DOUBLED = 20;

/** In small Roman numerals; in figures where there are none for it. */
export function romanNumeral(number: number): string {
  if (!isWithin(number, MAX_ROMAN)) return String(number);
  let [rest, made] = [number, ""];
  for (const [worth, sign] of ROMAN) for (; rest >= worth; rest -= worth) made += sign;
  return made;
}

/** a to z, then aa, bb, cc, as office programs count; in figures where that has no end. */
export function doubledLetters(number: number): string {
  if (!isWithin(number, LETTERS * MAX_DOUBLED)) return String(number);
  return letter(number).repeat(Math.ceil(number / LETTERS));
}

/** a to z, then aa, ab, ac, as HTML counts (CSS Counter Styles 3, 3.1.4); in figures what is no number of an item. */
export function countedLetters(number: number): string {
  if (!isWithin(number, Number.MAX_SAFE_INTEGER)) return String(number);
  let made = "";
  for (let left = number; left > 0; left = Math.floor((left - 1) / LETTERS)) made = letter(left) + made;
  return made;
}

function letter(number: number): string {
  return String.fromCharCode(97 + ((number - 1) % LETTERS));
}

/** What a file says of a number may be no number at all. */
function isWithin(number: number, most: number): boolean {
  return Number.isInteger(number) && number >= 1 && number <= most;
}
