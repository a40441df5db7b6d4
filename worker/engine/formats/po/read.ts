import type { Range } from "../edits.ts";
import { brokenAt } from "../named_texts/broken.ts";

/** A string of a catalogue, on one line or on several. */
export interface PoString {
  readonly value: string;
  /** From its first quote to behind its last. */
  readonly range: Range;
}

export interface PoEntry {
  readonly context?: PoString | undefined;
  readonly id: PoString;
  readonly plural?: PoString | undefined;
  /** By their numbers; one without a number is 0. */
  readonly translations: readonly PoString[];
  /** Lines of flags ("#, fuzzy, c-format"), without their line ends. */
  readonly flags: readonly Range[];
  /** Lines of what the message was before ("#| msgid "), with their line ends. */
  readonly previous: readonly Range[];
  readonly isFuzzy: boolean;
}

interface Building {
  context?: PoString;
  id?: PoString;
  plural?: PoString;
  translations: PoString[];
  flags: Range[];
  previous: Range[];
}

const LINE = /[^\r\n]*/y;
const KEYWORD = /^[ \t]*(msgctxt|msgid_plural|msgid|msgstr(?:\[(\d{1,2})\])?)[ \t]*(?=")/;
const STRING = /^[ \t]*"([^"\\\r\n]*(?:\\.[^"\\\r\n]*)*)"[ \t]*$/;
/** Of any language. */
const MAX_FORMS = 10;

/**
 * The messages of `source`, a catalogue of gettext, in order; those that are obsolete (`#~`) are none. The first is the
 * header, if its id is empty. Throws DOCUMENT_CORRUPT, which says where it breaks.
 */
export function readPo(source: string): PoEntry[] {
  const entries: PoEntry[] = [];
  let building: Building = { translations: [], flags: [], previous: [] };
  let last: { value: string; range: Range } | undefined;
  const end = (at: number) => {
    const { id, translations, flags } = building;
    if (id) {
      if (translations.length === 0) throw brokenAt("catalogue of messages", source, at, "a msgstr is missing");
      entries.push({ ...building, id, isFuzzy: flags.some((range) => /\bfuzzy\b/.test(source.slice(...range))) });
    }
    building = { translations: [], flags: [], previous: [] };
  };
  for (let at = 0; at < source.length; ) {
    LINE.lastIndex = at;
    const line = LINE.exec(source)?.[0] ?? "";
    const next = at + line.length + (source.startsWith("\r\n", at + line.length) ? 2 : 1);
    const comment = /^[ \t]*#([,=|~]?)/.exec(line);
    if (comment) {
      if (building.id && building.translations.length > 0) end(at);
      if (comment[1] === "," || comment[1] === "=") building.flags.push([at, at + line.length]);
      if (comment[1] === "|") building.previous.push([at, Math.min(next, source.length)]);
      if (comment[1] === "~") end(at);
    } else if (line.trim() !== "") {
      const keyword = KEYWORD.exec(line);
      const string = STRING.exec(line.slice(keyword?.[0].length ?? 0));
      if (!string || string.index > 0) throw brokenAt("catalogue of messages", source, at, "neither a message nor a comment");
      const from = at + (keyword?.[0].length ?? 0) + line.slice(keyword?.[0].length ?? 0).indexOf('"');
      const to = at + line.trimEnd().length;
      if (keyword) {
        const [, name = "", number = "0"] = keyword;
        if ((name === "msgid" || name === "msgctxt") && building.translations.length > 0) end(at);
        last = { value: unescaped(string[1] ?? ""), range: [from, to] };
        if (!put(building, name, Number(number), last))
          throw brokenAt("catalogue of messages", source, at, "a keyword is out of its place");
      } else if (last) {
        last.value += unescaped(string[1] ?? "");
        last.range = [last.range[0], to];
      } else throw brokenAt("catalogue of messages", source, at, "a text without a keyword");
    }
    at = next;
  }
  end(source.length);
  return entries;
}

function put(building: Building, name: string, number: number, string: PoString): boolean {
  if (name.startsWith("msgstr")) {
    if (!building.id || number !== building.translations.length || number >= MAX_FORMS) return false;
    building.translations.push(string);
    return true;
  }
  const key = name === "msgctxt" ? "context" : name === "msgid" ? "id" : "plural";
  if (building[key] || (key === "plural" && !building.id) || (key === "context" && building.id)) return false;
  building[key] = string;
  return true;
}

const SIGNS: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", a: "\u0007", b: "\b", f: "\f", v: "\v" };

function unescaped(text: string): string {
  return text.replace(/\\(?:x([\da-fA-F]{1,2})|([0-7]{1,3})|(.))/g, (_, hex?: string, octal?: string, sign = "") => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    return octal === undefined ? (SIGNS[sign] ?? sign) : String.fromCharCode(Number.parseInt(octal, 8));
  });
}
