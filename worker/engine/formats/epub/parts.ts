import { isRightToLeft } from "../../setting/direction.ts";
import type { Edit } from "../edits.ts";
import type { Writing } from "../format.ts";
import type { Draft } from "../markup/drafts.ts";
import { oneLine } from "../markup/inline.ts";
import type { LanguageMark } from "../markup/language.ts";
import type { Markup } from "../markup/read.ts";
import type { XmlElement, XmlText } from "../xml/parse.ts";
import { attribute, elementsOf, type Package, type XmlPart } from "./package.ts";

const DUBLIN_CORE = "http://purl.org/dc/elements/1.1/";

/** What the book says of itself, to be translated: its title, description and subjects. */
export function metadataOf({ decoded, root }: Package): Markup {
  const said = ["title", "description", "subject"].flatMap((local) => elementsOf(root, local).filter(({ uri }) => uri === DUBLIN_CORE));
  const languages = elementsOf(root, "language").filter(({ uri }) => uri === DUBLIN_CORE);
  return {
    ...{ source: decoded.text, isXml: true, wasXml: true, drafts: said.flatMap(textDraft) },
    languages: [...languageMarks(root), ...languages.flatMap((element, index) => textMark(element, index === 0 ? "root" : "other"))],
  };
}

/** The labels of the older table of contents (OPF 2.0.1, NCX). */
export function labelsOf({ decoded, root }: XmlPart): Markup {
  const labels = [...elementsOf(root, "docTitle"), ...elementsOf(root, "navLabel")].flatMap((each) => elementsOf(each, "text"));
  return { source: decoded.text, isXml: true, wasXml: true, drafts: labels.flatMap(textDraft), languages: languageMarks(root) };
}

/** The text of an element that has nothing else. */
function textDraft(element: XmlElement): Draft[] {
  const only = textOf(element);
  if (!only || !/\p{L}/u.test(only.text)) return [];
  // Some programs put a page of HTML there as text.
  if (/<\/?[a-z][^<>]*>/i.test(only.text))
    return [{ kind: "remark", remark: { code: "TEXT_KEPT", message: "What the book's metadata has as HTML was left as it is." } }];
  const anchor = { setting: "plain", range: only.range } as const;
  return [{ kind: "paragraph", layer: "unseen", content: [{ kind: "text", text: oneLine(only.text).trim() }], anchor }];
}

function textOf({ children }: XmlElement): XmlText | undefined {
  const [only, ...others] = children;
  return only?.kind === "text" && others.length === 0 ? only : undefined;
}

function textMark(element: XmlElement, kind: LanguageMark["element"]): LanguageMark[] {
  const [only] = element.children;
  return only?.kind === "text"
    ? [{ element: kind, values: [{ name: "lang", value: only.text.trim(), range: only.range, quote: '"' }] }]
    : [];
}

/** Of a root, what is said of the direction of its texts as well. */
function languageMarks(element: XmlElement): LanguageMark[] {
  const names = element.parent ? ["xml:lang"] : ["xml:lang", "dir"];
  const values = element.attributes.flatMap(({ name, value, range }) =>
    names.includes(name) ? [{ name: name as "xml:lang" | "dir", value, range, quote: '"' }] : [],
  );
  const inner = element.children.flatMap((child) => (child.kind === "element" ? languageMarks(child) : []));
  return values.length > 0 ? [{ element: element.parent ? "other" : "body", values }, ...inner] : inner;
}

/** From which side pages are turned, where the translation is written from another than the source. Only EPUB 3 says so. */
export function progressionEdits({ root, decoded }: Package, { sourceLanguage, targetLanguage }: Writing): Edit[] {
  const [spine] = elementsOf(root, "spine");
  if (!spine || !/^[3-9]/.test(attribute(root, "version") ?? "")) return [];
  const wanted = isRightToLeft(targetLanguage) ? "rtl" : "ltr";
  const own = spine.attributes.find(({ name }) => name === "page-progression-direction");
  if (own) return own.value === wanted || own.value === "default" ? [] : [{ from: own.range[0], to: own.range[1], text: wanted }];
  if (wanted === "ltr" && !isRightToLeft(sourceLanguage)) return [];
  const name = /^<[^\s/>]+/.exec(decoded.text.slice(...spine.range))?.[0] ?? "";
  const at = spine.range[0] + name.length;
  return [{ from: at, to: at, text: ` page-progression-direction="${wanted}"` }];
}
