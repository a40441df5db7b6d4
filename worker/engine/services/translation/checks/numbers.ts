import { numbersInHan, withoutScales } from "./han_numbers.ts";
import { numbersInWords } from "./number_words.ts";

/** A number as it is written, and all that it may mean: "1,204" is 1204 in English, 1.204 in Spanish. */
type Meanings = ReadonlySet<number>;

/**
 * Whether both texts have the same numbers, by value and as often. What is written in digits in one may stand in words, as
 * a Roman numeral or as a month's name in the other ("19th century", "siglo XIX"); words and numerals alone prove nothing.
 */
export function sameNumbers(source: Said, target: Said): boolean {
  const [left, right] = [inDigits(source.text), inDigits(target.text)];
  return (
    agree(left, right, source, target) ||
    // A thousand's space may come or go.
    agree(joinedDigits(source.text), joinedDigits(target.text), source, target) ||
    agree(left, joinedDigits(target.text), source, target) ||
    agree(joinedDigits(source.text), right, source, target) ||
    agree(inDigits(inOneNotation(source.text)), inDigits(inOneNotation(target.text)), source, target) ||
    agree(inDigits(withoutScales(source.text)), inDigits(withoutScales(target.text)), source, target)
  );
}

/** A text and its language, ISO 639-1. */
export interface Said {
  readonly text: string;
  readonly language: string;
}

function agree(left: readonly Meanings[], right: readonly Meanings[], source: Said, target: Said): boolean {
  const [onlyLeft, onlyRight] = unmatched(left, right);
  return isSaid(onlyLeft, target) && isSaid(onlyRight, source);
}

/** Those of each side that have no partner on the other. */
function unmatched(left: readonly Meanings[], right: readonly Meanings[]): [Meanings[], Meanings[]] {
  // Those that can mean only one thing choose first.
  const rest = right.toSorted((a, b) => a.size - b.size);
  const alone = left
    .toSorted((a, b) => a.size - b.size)
    .filter((meanings) => {
      const at = rest.findIndex((other) => !meanings.isDisjointFrom(other));
      if (at < 0) return true;
      rest.splice(at, 1);
      return false;
    });
  return [alone, rest];
}

/** Whether `text` says each of them in another way than by digits. */
function isSaid(numbers: readonly Meanings[], { text, language }: Said): boolean {
  if (numbers.length === 0) return true;
  const values = [...numbersInWords(text, language), ...romanNumerals(text), ...numbersInHan(text)];
  return numbers.every((meanings) => {
    const at = values.findIndex((value) => meanings.has(value));
    if (at >= 0) values.splice(at, 1);
    return at >= 0;
  });
}

const THIN_SPACES = /(?<=\d)[\u00a0\u2009\u202f'’](?=\d{3}(?!\d))/g;
/** Whatever bounds it, and the English plural of decades. */
const NUMBER = /\d+(?:[.,]\d+)*(?:['’]?s\b)?/g;

function inDigits(text: string): Meanings[] {
  return [...plainDigits(text).replace(THIN_SPACES, "").matchAll(NUMBER)].flatMap(([written]) => meaningsOf(written));
}

const HALF_DAY = /(?<![\d.,])(\d{1,2})(:\d{2})?[ \u00a0\u202f]?([ap])\.?[ \u00a0\u202f]?m\b/gi;
const FULL_HOUR = /(?<=(?<!\d)\d{1,2}):00(?!\d)/g;
/** It is said in words elsewhere. */
const ALWAYS = /(?<!\d)24\/7(?!\d)/g;
const RAISED = /[\u00b2\u00b3\u00b9\u2070-\u2079\u2080-\u2089\u00bc-\u00be]/g;

/** Times by the day's 24 hours, of full ones without minutes, and raised figures and fractions as others ("m2", "1/2"). */
function inOneNotation(text: string): string {
  return text
    .replace(HALF_DAY, (_, hour: string, minutes = "", half: string) => `${(Number(hour) % 12) + (/p/i.test(half) ? 12 : 0)}${minutes}`)
    .replace(FULL_HOUR, "")
    .replace(ALWAYS, " ")
    .replace(RAISED, (figure) => ` ${figure.normalize("NFKC")}`);
}

function joinedDigits(text: string): Meanings[] {
  return inDigits(plainDigits(text).replace(/(?<![\d.,])\d{1,3}(?: \d{3})+(?![\d])/g, (number) => number.replaceAll(" ", "")));
}

function meaningsOf(written: string): Meanings[] {
  const digits = written.replace(/['’]?s$/, "");
  const isDecade = digits !== written && /^\d{4}$/.test(digits) && digits.endsWith("0");
  const parts = digits.split(/[.,]/);
  const marks = digits.replace(/\d/g, "");
  const decimal = (whole: readonly string[], fraction: string) => Number(`${whole.join("")}.${fraction}`);
  if (parts.length === 1) return [new Set([Number(digits), ...(isDecade ? [Number(digits) % 100] : [])])];
  const groups = parts.slice(1).every((part) => part.length === 3) && (parts[0]?.length ?? 0) <= 3;
  const whole = Number(parts.join(""));
  if (parts.length === 2)
    return [new Set(groups ? [whole, decimal(parts.slice(0, 1), parts[1] ?? "")] : [decimal(parts.slice(0, 1), parts[1] ?? "")])];
  if (groups && new Set(marks).size === 1) return [new Set([whole])];
  const lastDiffers = marks.lastIndexOf(marks.at(-1) ?? "") === marks.indexOf(marks.at(-1) ?? "");
  if (lastDiffers && new Set(marks).size === 2 && parts.slice(1, -1).every((part) => part.length === 3))
    return [new Set([decimal(parts.slice(0, -1), parts.at(-1) ?? "")])];
  // A date, a version, an address: its parts.
  return parts.map((part) => new Set([Number(part)]));
}

/** Digits of other scripts as ours. In Unicode the ten of a script follow each other, from a place that ends in 0 or 6. */
function plainDigits(text: string): string {
  return text.replace(/(?![0-9])\p{Nd}/gu, (digit) => {
    const code = digit.codePointAt(0) ?? 0;
    const low = code & 0xf;
    const fromSix = low >= 6 && /\p{Nd}/u.test(String.fromCodePoint((code | 0xf) >>> 0));
    return String(low - (fromSix ? 6 : 0));
  });
}

const ROMAN: Readonly<Record<string, number>> = { I: 1, V: 5, X: 10, L: 50, C: 100, D: 500, M: 1000 };

function romanNumerals(text: string): number[] {
  const numerals =
    text.match(/(?<![\p{L}\p{N}])(?=[IVXLCDM])M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})(?![\p{L}\p{N}])/gu) ?? [];
  return numerals.map((numeral) =>
    [...numeral].reduce((sum, letter, index, all) => {
      const value = ROMAN[letter] ?? 0;
      return sum + (value < (ROMAN[all[index + 1] ?? ""] ?? 0) ? -value : value);
    }, 0),
  );
}
