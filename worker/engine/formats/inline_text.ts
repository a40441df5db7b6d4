import type { Atom, Inline } from "../document/model.ts";

const ADDRESSES = [
  /(?:https?|ftp):\/\/[^\s<>"'`]*[^\s<>"'`.,;:!?)\]}*_~|]/,
  /www\.[^\s<>"'`]*[^\s<>"'`.,;:!?)\]}*_~|]/,
  /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/,
];

/** Addresses of the web and of mail, which no text is translated in. */
export const ADDRESS = new RegExp(ADDRESSES.map(({ source }) => source).join("|"), "giu");

/**
 * What stands in running text and is not for translating: addresses of the web and of mail; what code hosts make links or
 * signs of (people, "@anna"; issues, "#12" and "owner/name#12"; `:warning:`); and formulas of TeX. A formula has a sign of
 * mathematics in it, so that "$5 and $6" is none.
 */
export const KEPT_IN_TEXT = new RegExp(
  [
    ...ADDRESSES,
    /(?<![\p{L}\p{N}_.@/&])@[a-z\d][a-z\d-]{0,38}(?:\/[a-z\d][\w.-]{0,98}[\w-])?(?![\p{L}\p{N}_@])/u,
    /(?<![\p{L}\p{N}_#&/])(?:[\w-]{1,38}\/[\w.-]{1,98})?#\d{1,9}(?![\p{L}\p{N}_#])/u,
    /(?<![\p{L}\p{N}_:]):(?:[+-]1|[a-z\d_]{1,60}):(?![\p{L}\p{N}_:])/u,
    /(?<![\\$\w])\$(?=[^\s$])(?=[^$\n]{0,200}[\\^_={}+])[^$\n]{1,200}(?<=[^\s\\])\$(?![\w$])/,
  ]
    .map(({ source }) => source)
    .join("|"),
  "giu",
);

/** `text` with what `pattern` finds in it as the atoms that `atomOf` makes of it; where that makes none, it stays text. */
export function parted(text: string, pattern: RegExp, atomOf: (found: string, index: number) => Atom | undefined): Inline[] {
  const content: Inline[] = [];
  let done = 0;
  for (const { 0: found, index } of text.matchAll(pattern)) {
    const atom = atomOf(found, index);
    if (!atom) continue;
    if (index > done) content.push({ kind: "text", text: text.slice(done, index) });
    content.push(atom);
    done = index + found.length;
  }
  if (done < text.length) content.push({ kind: "text", text: text.slice(done) });
  return content;
}

/** What something is that KEPT_IN_TEXT finds. */
export function kindOfKept(found: string): Atom["as"] {
  return found.startsWith("$") ? "formula" : "field";
}

const CJK = "[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\u3000-\\u303f\\uff00-\\uffef]";
const BETWEEN_CJK = new RegExp(`(${CJK})[ \\t]*(?:\\r\\n|\\n|\\r)[ \\t]*(?=${CJK})`, "gu");

/** A line end with the blanks around it. Long rows of blanks without one are passed over at once, not sign by sign. */
const LINE_END = /(?:(?<![ \t])[ \t]+)?(?:\r\n|\n|\r)[ \t]*/g;

/** `text` as one line: where it was wrapped is a space, or nothing in scripts without spaces. */
export function unwrapped(text: string): string {
  if (!/[\r\n]/.test(text)) return text;
  return text.replace(BETWEEN_CJK, "$1").replace(LINE_END, " ");
}
