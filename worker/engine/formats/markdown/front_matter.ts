import { isMap, isScalar, parseDocument, Scalar, stringify } from "yaml";
import type { Range } from "../edits.ts";

/** What of front matter is for people. All else of it steers programs. */
const SAID = new Set(["title", "description"]);
/** Longer front matter is left as it is. */
const MAX_LENGTH = 64 * 1024;

export interface MatterValue {
  /** Of the value in the source, its quotes with it. */
  readonly range: Range;
  readonly value: string;
}

/** The values of front matter that are translated. `range` has its fences with it. What is no proper YAML or TOML has none. */
export function matterValues(kind: "yaml" | "toml", range: Range, source: string): MatterValue[] {
  const whole = source.slice(...range);
  if (whole.length > MAX_LENGTH) return [];
  const head = /^[^\r\n]*(?:\r\n|\n|\r)/.exec(whole)?.[0].length ?? 0;
  const matter = whole.slice(head).replace(/(?:---|\+\+\+)[ \t]*$/, "");
  const found = kind === "yaml" ? yamlValues(matter) : tomlValues(matter);
  return found.map(({ value, range: [from, to] }) => ({ value, range: [range[0] + head + from, range[0] + head + to] }));
}

function yamlValues(matter: string): MatterValue[] {
  const document = parseDocument(matter, { prettyErrors: false, logLevel: "silent" });
  if (document.errors.length > 0 || !isMap(document.contents)) return [];
  return document.contents.items.flatMap(({ key, value }): MatterValue[] => {
    if (!isScalar(key) || !SAID.has(String(key.value)) || !isScalar(value) || typeof value.value !== "string" || !value.range) return [];
    if (value.anchor !== undefined || value.tag !== undefined) return [];
    const [from, end] = value.range;
    const isBlock = value.type === Scalar.BLOCK_LITERAL || value.type === Scalar.BLOCK_FOLDED;
    const to = isBlock ? from + matter.slice(from, end).trimEnd().length : end;
    const text = value.value.trim();
    return /\p{L}/u.test(text) ? [{ value: text, range: [from, to] }] : [];
  });
}

/** A string on one line, before the first table: what such front matter has. */
const TOML_STRING = /^([ \t]*(\w+)[ \t]*=[ \t]*)("(?:[^"\\\r\n]|\\["\\bfnrt])*"|'[^'\r\n]*')/gm;

function tomlValues(matter: string): MatterValue[] {
  const top = matter.split(/^[ \t]*\[/m, 1)[0] ?? "";
  return [...top.matchAll(TOML_STRING)].flatMap((match): MatterValue[] => {
    const [, before = "", key = "", raw = ""] = match;
    if (!SAID.has(key)) return [];
    const from = match.index + before.length;
    const value = raw.startsWith("'") ? raw.slice(1, -1) : (JSON.parse(raw) as string);
    return /\p{L}/u.test(value) ? [{ value, range: [from, from + raw.length] }] : [];
  });
}

/** `value` as it is written in front matter in the place of `raw`: in quotes of the same kind where they can hold it. */
export function matterString(kind: "yaml" | "toml", value: string, raw: string): string {
  if (kind === "toml") return raw.startsWith("'") && !value.includes("'") ? `'${value}'` : JSON.stringify(value);
  const scalar = new Scalar(value);
  scalar.type = raw.startsWith("'") ? Scalar.QUOTE_SINGLE : /^["|>]/.test(raw) ? Scalar.QUOTE_DOUBLE : Scalar.PLAIN;
  return stringify(scalar, { lineWidth: 0, singleQuote: raw.startsWith("'") }).trimEnd();
}
