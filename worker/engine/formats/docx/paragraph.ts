import type { TextStyle } from "../../document/model.ts";
import type { Range } from "../edits.ts";
import { contentOf, type RunsContent } from "../ooxml/content.ts";
import { attributeOf, childOf, isOn } from "../ooxml/names.ts";
import { type PropertyReading, propertyReader, writtenKey } from "../ooxml/properties.ts";
import type { RunProperties, Token } from "../ooxml/tokens.ts";
import type { XmlAttribute, XmlElement } from "../xml/parse.ts";
import { withFields, withRanges } from "./pairs.ts";
import { runStyle, type Styles } from "./styles.ts";
import { type RawToken, rawTokens, type TokenReading } from "./tokens.ts";
import type { Unread } from "./unread.ts";

/** A part with paragraphs, and what they refer to. */
export interface StoryFacts {
  readonly part: string;
  readonly source: string;
  readonly styles: Styles;
  /** External addresses by the relationship's id. */
  readonly links: ReadonlyMap<string, string>;
}

export interface ReadParagraph {
  /** Undefined if a reader sees no text there. */
  readonly found: RunsContent | undefined;
  /** All of its text is hidden. */
  readonly isHidden: boolean;
  /** Hidden text amid other text, each by itself. */
  readonly hidden: readonly RunsContent[];
  /** What may have text of its own: drawings, boxes. */
  readonly objects: readonly XmlElement[];
  readonly unread: readonly Unread[];
  /** Of a paragraph without text: what its formulas say. */
  readonly formula: string | undefined;
}

export type NoteMarks = Pick<TokenReading, "noteMark" | "ownMark">;

/** Reads the paragraphs of one part. */
export function paragraphReader({ part, source, styles, links }: StoryFacts): (paragraph: XmlElement, notes: NoteMarks) => ReadParagraph {
  const propertiesOf = propertyReader(source, readingWith(styles));
  const hiding = new Map<RunProperties, boolean>();
  const isHidden = (properties: XmlElement | undefined) => {
    if (!properties) return false;
    const known = propertiesOf(properties);
    let hidden = hiding.get(known);
    if (hidden === undefined) {
      hidden = isOn(childOf(properties, "w:vanish")) ?? styles.isHidden(attributeOf(childOf(properties, "w:rStyle")));
      hiding.set(known, hidden);
    }
    return hidden;
  };
  const linkOf = (hyperlink: XmlElement) => {
    if (hyperlink.local !== "hyperlink") return undefined;
    const anchor = attributeOf(hyperlink, "anchor");
    const id = hyperlink.attributes.find(({ local, uri }) => local === "id" && uri !== "")?.value;
    return links.get(id ?? "") ?? (anchor === undefined ? undefined : `#${anchor}`);
  };
  let preserves: boolean | undefined;
  return (paragraph, notes) => {
    preserves ??= rootOf(paragraph).attributes.some(({ name, value }) => name === "xml:space" && value === "preserve");
    const prefix = paragraph.name.slice(0, -paragraph.local.length);
    const facts = { part, dialect: "word", prefix } as const;
    const { raw, objects } = rawTokens(paragraph, { propertiesOf, isHidden, linkOf, preserves, ...notes });
    const paired = withFields(raw);
    const texts = paired.filter(({ token }) => token.kind === "text" && token.text.trim() !== "");
    const allHidden = texts.length > 0 && texts.every(({ hidden }) => hidden === true);
    const parted = allHidden ? { raw: paired, hidden: [] } : withoutHidden(paired);
    const found = contentOf(withRanges(parted.raw), facts);
    const hidden = parted.hidden.flatMap((tokens) => contentOf(tokens, facts) ?? []);
    const formulas = paired.flatMap(({ token }) => (token.kind === "atom" && token.as === "formula" ? [token.text] : []));
    return {
      found,
      isHidden: allHidden,
      hidden,
      objects,
      unread: unreadIn(raw),
      formula: found || formulas.length === 0 ? undefined : formulas.join(" "),
    };
  };
}

/** What fields, phonetic guides and deletions say that is not translated. */
function unreadIn(raw: readonly RawToken[]): Unread[] {
  return raw.flatMap(({ instructions, guide, deleted }): Unread[] => {
    if (guide) return ["guide"];
    if (deleted) return ["deletion"];
    if (instructions === undefined || !/\p{L}/u.test(instructions)) return [];
    if (/^\s*(?:XE|TC)\b/i.test(instructions)) return ["index"];
    return /^\s*MACROBUTTON\s+\S+\s+\P{L}*\p{L}/iu.test(instructions) ? ["button"] : [];
  });
}

function rootOf(element: XmlElement): XmlElement {
  let at = element;
  while (at.parent) at = at.parent;
  return at;
}

/** What is hidden amid text that is seen is no part of its sentence: it is kept there as one piece, and is read by itself. */
function withoutHidden(raw: readonly RawToken[]): { raw: RawToken[]; hidden: Token[][] } {
  const seen: RawToken[] = [];
  const hidden: Token[][] = [];
  let last: RawToken | undefined;
  for (const each of raw) {
    const isNext = last !== undefined && last.container === each.container;
    last = each.hidden ? each : undefined;
    if (!each.hidden) {
      seen.push(each);
      continue;
    }
    const { token, container } = each;
    if (isNext) hidden.at(-1)?.push(token);
    else hidden.push([token]);
    const from = isNext ? (seen.pop()?.token.whole[0] ?? token.whole[0]) : token.whole[0];
    const whole: Range = [from, token.whole[1]];
    seen.push({ token: { kind: "point", kept: [{ range: whole }], whole }, container });
  }
  return { raw: seen, hidden };
}

/** What no reader sees: languages, checkers' marks, and widths that converters fit to their lines by fractions of a point. */
function isNoise(named: XmlElement | XmlAttribute): boolean {
  switch (named.local) {
    case "lang":
    case "noProof":
    case "hint":
    case "kern":
    case "webHidden":
      return true;
    case "spacing":
      return "kind" in named && Math.abs(Number(attributeOf(named) ?? 99)) <= 10;
    case "w":
      return "kind" in named && Math.abs(Number.parseFloat(attributeOf(named) ?? "0") - 100) <= 5;
    default:
      return named.local.startsWith("rsid");
  }
}

const SHOWS_SPACES = ["w:u", "w:strike", "w:dstrike", "w:highlight", "w:shd", "w:bdr"];

function readingWith(styles: Styles): PropertyReading {
  return {
    // A hint alone is no choice of fonts.
    key: (properties, source) => writtenKey(properties, source, isNoise).replace("<rFonts >", ""),
    style: (properties): TextStyle => ({ ...styles.look(attributeOf(childOf(properties, "w:rStyle"))), ...runStyle(properties) }),
    showsSpaces: (properties) => SHOWS_SPACES.some((name) => childOf(properties, name) !== undefined),
  };
}
