import type { TextStyle } from "../../document/model.ts";
import type { XmlElement } from "../xml/parse.ts";
import { elementsOf } from "../xml/walk.ts";
import { attributeOf, childOf, nameOf, stated } from "./names.ts";

/** Styles have a parent, which may have one; a chain that is longer leads nowhere or in a circle. */
const MAX_ANCESTORS = 30;

interface Style {
  readonly name: string;
  readonly parent: string | undefined;
  /** Made by a program for one place, not named by a person. */
  readonly isAutomatic: boolean;
  readonly outlineLevel: string | undefined;
  /** Of its text, by their names, without what nobody sees. */
  readonly properties: ReadonlyMap<string, string>;
}

/** How a span of text looks. */
export interface SpanLook {
  /** Equal for spans that look and are named alike; empty for one that looks as what is around it. */
  readonly key: string;
  readonly style: TextStyle;
}

/** The styles of a document: those of its styles' part and those of one other. */
export class Styles {
  readonly #text = new Map<string, Style>();
  readonly #paragraph = new Map<string, Style>();
  readonly #fonts = new Map<string, string>();
  readonly #lists = new Map<string, XmlElement>();
  readonly #looks = new Map<string, SpanLook>();
  /** ISO 639-1, that of text which says no other; empty if unknown. */
  readonly #language: string;

  /** `roots` are those of parts, the common styles' first; `language` is the source's, if known. */
  constructor(roots: readonly XmlElement[], language: string) {
    for (const root of roots) {
      for (const font of elementsOf(childOf(root, "office:font-face-decls")))
        this.#fonts.set(
          stated(font, "style:name") ?? "",
          `${stated(font, "style:font-pitch") ?? ""} ${stated(font, "svg:font-family") ?? ""}`,
        );
    }
    this.#language = language || languageOf(roots);
    for (const root of roots) {
      this.#add(childOf(root, "office:styles"), false);
      this.#add(childOf(root, "office:automatic-styles"), true);
    }
  }

  /** Of `text:span`, by the name of its style. */
  span(name: string): SpanLook {
    let look = this.#looks.get(name);
    if (!look) {
      look = this.#resolve(name);
      this.#looks.set(name, look);
    }
    return look;
  }

  /** The names of a paragraph's style and of those that it is made from. */
  *paragraphNames(name: string | undefined): Generator<string> {
    for (const style of chain(this.#paragraph, name)) yield style.name;
  }

  listStyle(name: string): XmlElement | undefined {
    return this.#lists.get(name);
  }

  #add(styles: XmlElement | undefined, isAutomatic: boolean): void {
    for (const element of elementsOf(styles)) {
      const name = stated(element, "style:name");
      if (name === undefined) continue;
      if (nameOf(element) === "text:list-style") this.#lists.set(name, element);
      const family = stated(element, "style:family");
      const known = family === "text" ? this.#text : family === "paragraph" ? this.#paragraph : undefined;
      known?.set(name, {
        name,
        isAutomatic,
        parent: stated(element, "style:parent-style-name"),
        outlineLevel: stated(element, "style:default-outline-level"),
        properties: this.#properties(childOf(element, "style:text-properties")),
      });
    }
  }

  #properties(element: XmlElement | undefined): Map<string, string> {
    const found = new Map<string, string>();
    for (const attribute of element?.attributes ?? []) {
      const name = nameOf(attribute);
      if (!isNoise(name, attribute.value, this.#language)) found.set(name, attribute.value);
    }
    return found;
  }

  #resolve(name: string): SpanLook {
    const properties = new Map<string, string>();
    let named = "";
    for (const style of chain(this.#text, name)) {
      if (!style.isAutomatic && named === "") named = style.name;
      for (const [property, value] of style.properties) if (!properties.has(property)) properties.set(property, value);
    }
    const own = [...properties].map(([property, value]) => `${property}=${value}`).sort();
    return { key: named || own.length > 0 ? [named, ...own].join("\n") : "", style: textStyle(properties, this.#fonts) };
  }
}

function* chain(styles: ReadonlyMap<string, Style>, name: string | undefined): Generator<Style> {
  let style = name === undefined ? undefined : styles.get(name);
  for (let count = 0; style && count < MAX_ANCESTORS; count++) {
    yield style;
    style = style.parent === undefined ? undefined : styles.get(style.parent);
  }
}

/** What tells runs of text apart that look alike: numbers of editing sessions, and the language that all text is in. */
function isNoise(name: string, value: string, language: string): boolean {
  // Declarations, and what is of no namespace that is known.
  if (/^:|^officeooo:|^loext:.*rsid|^fo:country$|^fo:script$|^style:(?:country|script|rfc-language-tag|language)-?/.test(name)) return true;
  return name === "fo:language" && (language === "" || value.toLowerCase().split("-")[0] === language);
}

/** That of the text of paragraphs, by their default style. */
function languageOf(roots: readonly XmlElement[]): string {
  for (const style of roots.flatMap((root) => elementsOf(childOf(root, "office:styles")))) {
    if (nameOf(style) !== "style:default-style" || stated(style, "style:family") !== "paragraph") continue;
    const properties = childOf(style, "style:text-properties");
    return (properties && attributeOf(properties, "fo:language")?.value.toLowerCase()) ?? "";
  }
  return "";
}

function textStyle(properties: ReadonlyMap<string, string>, fonts: ReadonlyMap<string, string>): TextStyle {
  const has = (name: string, pattern: RegExp) => pattern.test(properties.get(name) ?? "");
  const drawn = (line: string) =>
    /^(?!none$)./.test(properties.get(`style:text-${line}-style`) ?? properties.get(`style:text-${line}-type`) ?? "");
  const font = properties.get("style:font-name");
  const face = `${(font !== undefined && fonts.get(font)) || font || ""} ${properties.get("fo:font-family") ?? ""}`;
  const script = /^(super|sub|-?\d)/.exec(properties.get("style:text-position") ?? "")?.[1];
  const color = properties.get("fo:color");
  return {
    ...(has("fo:font-weight", /^(?:bold|[6-9]00)$/) && { bold: true }),
    ...(has("fo:font-style", /^(?:italic|oblique)$/) && { italic: true }),
    ...(drawn("underline") && { underline: true }),
    ...(drawn("line-through") && { strike: true }),
    ...(/\bfixed\b|mono|courier|consolas/i.test(face) && { font: "mono" as const }),
    ...(color !== undefined && /^#[\da-f]{6}$/i.test(color) && { color }),
    ...(script !== undefined &&
      script !== "0" && { script: script === "sub" || script.startsWith("-") ? ("sub" as const) : ("super" as const) }),
  };
}
