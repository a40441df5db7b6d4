import { doubledLetters, romanNumeral } from "../numerals.ts";

const CHICAGO = ["*", "†", "‡", "§"];

/** `value` in a number format (ST_NumberFormat, ISO/IEC 29500-1, 17.18.59); in figures in those that are not known. */
export function numberIn(format: string, value: number): string {
  switch (format) {
    case "lowerRoman":
      return romanNumeral(value);
    case "upperRoman":
      return romanNumeral(value).toUpperCase();
    case "lowerLetter":
      return doubledLetters(value);
    case "upperLetter":
      return doubledLetters(value).toUpperCase();
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
