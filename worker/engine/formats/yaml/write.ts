import { isMap, isScalar, isSeq, parseDocument } from "yaml";
import { SWITCH, type YamlText } from "./read.ts";

/** Shorter lines of a folded text are ended there on purpose. */
const MIN_WIDTH = 40;

/** `value` in the style of the text that stood there; in quotes where that style can't say it. */
export function yamlScalar(value: string, text: YamlText): string {
  switch (text.style) {
    case "plain":
      return isPlain(value, text.inFlow) ? value : quoted(value);
    case "single":
      return /[\r\n]/.test(value) || !isPrintable(value) ? JSON.stringify(value) : `'${value.replaceAll("'", "''")}'`;
    case "double":
      return JSON.stringify(value);
    default:
      return blockScalar(value, text) ?? `${JSON.stringify(value)}${trailingOf(text.raw)}`;
  }
}

/** Whether `value`, without quotes, is read as the same text, whichever version of YAML reads it. */
function isPlain(value: string, inFlow: boolean): boolean {
  if (/[\r\n\t]/.test(value) || SWITCH.test(value) || /^[\d.+-][\d_.:,+-]*$/.test(value)) return false;
  const { contents, errors } = parseDocument(inFlow ? `[${value}]` : `- ${value}\n`, { logLevel: "silent" });
  const [item] = errors.length === 0 && isSeq(contents) && contents.items.length === 1 ? contents.items : [];
  if (!isScalar(item) || item.value !== value) return false;
  // Behind a key ": " would begin another.
  return inFlow || parseDocument(`k: ${value}\n`, { logLevel: "silent" }).errors.length === 0;
}

function quoted(value: string): string {
  return !/['\\\r\n\t]/.test(value) && isPrintable(value) ? `'${value}'` : JSON.stringify(value);
}

function isPrintable(value: string): boolean {
  return !/[\p{Cc}\p{Cs}\ufeff\u2028\u2029]/u.test(value);
}

/** The line ends behind a text, and what blanks are on these lines. */
function trailingOf(raw: string): string {
  let end = raw.length;
  while (end > 0 && /[ \t\r\n]/.test(raw.charAt(end - 1))) end--;
  const lineEnd = raw.slice(end).search(/[\r\n]/);
  return lineEnd < 0 ? "" : raw.slice(end + lineEnd);
}

/** How many line ends it ends with. */
function endOf(text: string): number {
  let count = 0;
  while (text[text.length - 1 - count] === "\n") count++;
  return count;
}

/** How many blanks its first line with a sign in it begins with. */
function leadOf(text: string): number {
  return /^ */.exec(text.split(/\r\n|\n|\r/).find((line) => line.trim() !== "") ?? "")?.[0].length ?? 0;
}

/** A text under `|` or `>`, with the header and the indentation that it had; undefined if it would be read as another. */
function blockScalar(value: string, { raw, style, value: before }: YamlText): string | undefined {
  const [header = "", lineEnd = "\n"] = /^[^\r\n]*(\r\n|\n|\r)/.exec(raw) ?? [];
  const body = raw.slice(header.length);
  const indent = " ".repeat(Math.max(0, leadOf(body) - leadOf(before)));
  const trailing = trailingOf(raw);
  const width = body.split(/\r\n|\n|\r/).reduce((longest, line) => Math.max(longest, line.length - indent.length), MIN_WIDTH);
  const said = value.slice(0, value.length - endOf(value));
  const lines =
    style === "folded" ? said.split("\n").flatMap((line, index) => [...(index > 0 ? [""] : []), ...folded(line, width)]) : said.split("\n");
  const written = (by: string) => lines.map((line) => (line === "" ? "" : by + line));
  // An indentation that is given counts from what the text stands in.
  const given = /^[|>][-+]?([1-9])/.exec(header)?.[1];
  const test = given === undefined ? indent : " ".repeat(Number(given));
  const isSame = readAs(`k: ${header.trimEnd()}\n${written(test).join("\n")}${trailing.replace(/\r\n|\r/g, "\n")}`, value);
  return isSame && indent !== "" ? `${header}${written(indent).join(lineEnd)}${trailing}` : undefined;
}

function readAs(source: string, value: string): boolean {
  const document = parseDocument(source, { logLevel: "silent" });
  return document.errors.length === 0 && isMap(document.contents) && (document.contents.get("k") as unknown) === value;
}

/** Wrapped between words, where neither line would begin or end with a blank. */
function folded(line: string, width: number): string[] {
  const lines: string[] = [];
  let current = "";
  for (const word of line.split(/(?<=\S) (?=\S)/)) {
    if (current !== "" && current.length + 1 + word.length > width) {
      lines.push(current);
      current = word;
    } else current = current === "" ? word : `${current} ${word}`;
  }
  return [...lines, current];
}
