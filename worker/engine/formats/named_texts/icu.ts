import { type MessageFormatElement, parse, TYPE } from "@formatjs/icu-messageformat-parser";
import type { Range } from "../edits.ts";
import type { PluralType } from "./plurals.ts";

/** A text of a message: literals, and arguments between them, some of which hold texts of their own. */
export interface IcuText {
  readonly range: Range;
  readonly parts: readonly IcuPart[];
}

export interface IcuPart {
  readonly kind: "literal" | "argument";
  readonly range: Range;
  /** Of a plural or a selection. */
  readonly branches: readonly IcuText[];
}

export interface IcuPlural {
  readonly forms: readonly string[];
  readonly type: PluralType;
}

const STRUCTURED = /\{\s*[\w.-]{1,100}\s*,\s*(?:plural|select|selectordinal)\s*,/;
/** Longer ones are no messages. */
const MAX_LETTERS = 50_000;

/** Whether a value selects between texts: a message of ICU with a plural or a selection. */
export function isStructured(value: string): boolean {
  return STRUCTURED.test(value);
}

/** A message of ICU with the places of all that it has, or undefined if it is none (https://unicode-org.github.io/icu/userguide/format_parse/messages/). */
export function readIcu(value: string): { readonly text: IcuText; readonly plurals: readonly IcuPlural[] } | undefined {
  if (value.length > MAX_LETTERS) return undefined;
  const plurals: IcuPlural[] = [];
  try {
    const elements = parse(value, { captureLocation: true, ignoreTag: true, requiresOtherClause: false, shouldParseSkeletons: false });
    return { text: { range: [0, value.length], parts: partsOf(elements, plurals) }, plurals };
  } catch {
    // The library throws a SyntaxError for what is no message, and a RangeError for what nests without end.
    return undefined;
  }
}

function partsOf(elements: readonly MessageFormatElement[], plurals: IcuPlural[]): IcuPart[] {
  return elements.map((element): IcuPart => {
    const range = rangeOf(element.location);
    if (element.type === TYPE.literal) return { kind: "literal", range, branches: [] };
    if (element.type !== TYPE.plural && element.type !== TYPE.select) return { kind: "argument", range, branches: [] };
    if (element.type === TYPE.plural) plurals.push({ forms: Object.keys(element.options), type: element.pluralType ?? "cardinal" });
    const branches = Object.values(element.options).map(({ value, location }): IcuText => {
      const [from, to] = rangeOf(location);
      return { range: [from + 1, to - 1], parts: partsOf(value, plurals) };
    });
    return { kind: "argument", range, branches };
  });
}

function rangeOf(location: MessageFormatElement["location"]): Range {
  if (!location) throw new SyntaxError("a message without places");
  return [location.start.offset, location.end.offset];
}
