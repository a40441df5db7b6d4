import type { Encoding } from "../encoding.ts";
import type { PropertyText } from "./read.ts";

/** Up to which code a file's signs are written as they are: no further than it does so itself, for many tools read ISO 8859-1 alone. */
export function mostOf(source: string, encoding: Encoding): number {
  if (!/[\u0080-\uffff]/.test(source)) return 0x7f;
  return encoding === "windows-1252" ? 0xff : 0xffff;
}

const SIGNS: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\f": "\\f" };

/** `value` as it stands in a file of properties: escaped, and on as many lines as the text that stood there if that was on several. */
export function propertyValue(value: string, { raw, column }: PropertyText, most: number): string {
  const bare = raw.replace(/\\[\s\S]/g, "");
  const alike = [...":=#!'\""].filter((sign) => raw.includes(`\\${sign}`) && !bare.includes(sign));
  const isUpper = /\\u[\da-f]*[A-F]/.test(raw) || !/\\u[\da-f]*[a-f]/.test(raw);
  const text = [...value.matchAll(/[\s\S]/g)]
    .map(([sign]) => {
      if (alike.includes(sign)) return `\\${sign}`;
      const code = sign.charCodeAt(0);
      if (code <= most && code !== 0x7f) return SIGNS[sign] ?? sign;
      const hex = code.toString(16).padStart(4, "0");
      return `\\u${isUpper ? hex.toUpperCase() : hex}`;
    })
    .join("");
  return overLines(/^[ =:]/.test(text) ? `\\${text}` : text, raw, column);
}

/** Broken between words, and behind the line ends of the text itself if the source was broken there. */
function overLines(text: string, raw: string, column: number): string {
  const [whole, end = ""] = /\\(\r\n|\n|\r)[ \t\f]*/.exec(raw) ?? [];
  if (whole === undefined) return text;
  const atBreaks = /\\n\\[\r\n]/.test(raw);
  const lines = raw.split(/\r\n|\n|\r/);
  const width = lines.reduce((longest, line, index) => Math.max(longest, line.length + (index === 0 ? column : 0)), 0);
  const indent = whole.slice(1 + end.length);
  let [line, made, at] = ["", "", column];
  const next = () => {
    made += `${line}${whole}`;
    [line, at] = ["", indent.length];
  };
  // A blank at a line's begin would be lost: it stays before the backslash.
  for (const word of text.split(/(?<=[^\\] )(?! )|(?<=\\n)/)) {
    if (line !== "" && (at + line.length + word.trimEnd().length + 1 > width || (atBreaks && line.endsWith("\\n")))) {
      if (!/^[ \t\f]/.test(word)) next();
    }
    line += word;
  }
  return made + line;
}
