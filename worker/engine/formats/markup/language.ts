import { isRightToLeft } from "../../setting/direction.ts";
import type { Edit, Range } from "../edits.ts";
import type { Writing } from "../format.ts";
import { attributeOf, type Tag } from "./tokens.ts";

/** Where a page says which language a part of it is in, or from which side its lines begin. */
export interface LanguageMark {
  readonly element: "root" | "body" | "other";
  readonly values: readonly LanguageValue[];
  /** Of the root, where attributes can be added. */
  readonly addAt?: number;
}

interface LanguageValue {
  readonly name: "lang" | "xml:lang" | "dir";
  readonly value: string;
  readonly range: Range;
  readonly quote: string;
}

const NAMES = ["lang", "xml:lang", "dir"] as const;

/** What `tag` says of its language; undefined if nothing that a translation changes. */
export function languageMark(tag: Tag, source: string): LanguageMark | undefined {
  if (tag.kind === "close" || tag.scope.foreign) return undefined;
  const values = tag.attributes.flatMap(({ name, value, range, quote }): LanguageValue[] => {
    const known = NAMES.find((each) => each === name);
    return known && range ? [{ name: known, value, range, quote }] : [];
  });
  if (tag.name === "html") {
    const name = /^<[^\s/>]+/.exec(source.slice(...tag.range))?.[0] ?? "";
    return { element: "root", values, addAt: tag.range[0] + name.length };
  }
  if (tag.name === "meta" && /^content-language$/i.test(attributeOf(tag.attributes, "http-equiv") ?? "")) {
    const content = tag.attributes.find(({ name }) => name === "content");
    if (!content?.range) return undefined;
    return { element: "other", values: [{ name: "lang", value: content.value, range: content.range, quote: content.quote }] };
  }
  if (values.length === 0 || tag.scope.kept) return undefined;
  return { element: tag.name === "body" ? "body" : "other", values };
}

/** The page is in the target language from its root on; a part that says it is in the source's says the same. */
export function languageEdits(
  marks: readonly LanguageMark[],
  { isXml, source }: { readonly isXml: boolean; readonly source: string },
  { sourceLanguage, targetLanguage }: Writing,
): Edit[] {
  const direction = isRightToLeft(targetLanguage) ? "rtl" : "ltr";
  return marks.flatMap(({ element, values, addAt }) => {
    const edits = values.flatMap(({ name, value, range, quote }): Edit[] => {
      const set = (text: string) => (value === text ? [] : [{ from: range[0], to: range[1], text: quote === "" ? `"${text}"` : text }]);
      if (name === "dir") return element !== "other" && /^(?:ltr|rtl)$/i.test(value.trim()) ? set(direction) : [];
      return element === "root" || isLanguage(value, sourceLanguage) ? set(targetLanguage) : [];
    });
    if (addAt === undefined) return edits;
    const has = (name: LanguageValue["name"]) => values.some((each) => each.name === name);
    const names = has("lang") || has("xml:lang") ? [] : languageAttributes(isXml, source);
    const added = names.map((name) => ` ${name}="${targetLanguage}"`).join("") + (direction === "rtl" && !has("dir") ? ' dir="rtl"' : "");
    return added === "" ? edits : [{ from: addAt, to: addAt, text: added }, ...edits];
  });
}

/** XHTML 1.1 has no `lang`, and HTML no `xml:lang`. */
function languageAttributes(isXml: boolean, source: string): string[] {
  if (!isXml) return ["lang"];
  return /<!DOCTYPE[^>]{0,200}XHTML 1\.1/i.test(source.slice(0, 2000)) ? ["xml:lang"] : ["xml:lang", "lang"];
}

/** Whether a code such as "en-GB" is of `language`. */
function isLanguage(code: string, language: string): boolean {
  return code.trim().toLowerCase().split(/[-_]/)[0] === language.toLowerCase();
}
