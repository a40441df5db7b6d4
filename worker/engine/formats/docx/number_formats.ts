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
/** Letters go on by doubling: z, aa, bb. */
const MAX_LETTERS = 26 * 20;
const CHICAGO = ["*", "†", "‡", "§"];

/** `value` in a number format (ST_NumberFormat, ISO/IEC 29500-1, 17.18.59); in figures in those that are not known. */
export function numberIn(format: string, value: number): string {
  switch (format) {
    case "lowerRoman":
      return roman(value);
    case "upperRoman":
      return roman(value).toUpperCase();
    case "lowerLetter":
      return letters(value);
    case "upperLetter":
      return letters(value).toUpperCase();
    case "decimalZero":
      return String(value).padStart(2, "0");
    case "decimalEnclosedCircle":
      return value >= 1 && value <= 20 ? String.fromCodePoint(0x2460 + value - 1) : String(value);
    case "ordinal":
      return `${value}.`;
    case "chicago":
      return value >= 1 && value <= 40 ? (CHICAGO[(value - 1) % 4] as string).repeat(Math.ceil(value / 4)) : String(value);
    case "none":
      return "";
    default:
      return String(value);
  }
}

function roman(value: number): string {
  if (value < 1 || value > MAX_ROMAN) return String(value);
  let [rest, made] = [value, ""];
  for (const [worth, sign] of ROMAN)
    while (rest >= worth) {
      made += sign;
      rest -= worth;
    }
  return made;
}

function letters(value: number): string {
  if (value < 1 || value > MAX_LETTERS) return String(value);
  return String.fromCharCode(97 + ((value - 1) % 26)).repeat(Math.ceil(value / 26));
}
