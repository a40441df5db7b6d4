import type { TargetLanguage } from "../ooxml/language.ts";
import { attributeOf, childOf } from "../ooxml/names.ts";
import type { PartEdit } from "../ooxml/writing.ts";
import type { XmlElement } from "../xml/parse.ts";
import { inherited } from "./inheritance.ts";
import type { ParagraphPlace } from "./read.ts";

type Turn = NonNullable<TargetLanguage["turn"]>;

/** The sides that text is aligned to are those of the slide, whichever way it runs (ST_TextAlignType). */
const OTHER_SIDE: Readonly<Record<string, string>> = { l: "r", r: "l" };

/** A paragraph that runs the other way, and stands at the other side. */
export function turnedParagraph({ element, lists }: ParagraphPlace, turn: Turn): PartEdit {
  const align = inherited(element, lists, (properties) => attributeOf(properties, "algn")) ?? "l";
  const other = OTHER_SIDE[align];
  const set = { rtl: turn === "to right-to-left" ? "1" : "0", ...(other && { algn: other }) };
  const own = childOf(element, "a:pPr");
  if (own) return attributesEdit(own, set);
  const prefix = element.name.slice(0, -element.local.length);
  const at = element.inner?.[0] ?? element.range[1];
  const attributes = Object.entries(set).map(([name, value]) => ` ${name}="${value}"`);
  return { from: at, to: at, text: () => `<${prefix}pPr${attributes.join("")}/>` };
}

/** A table whose first column stands at the other side. */
export function turnedTable(properties: XmlElement, turn: Turn): PartEdit {
  return attributesEdit(properties, { rtl: turn === "to right-to-left" ? "1" : "0" });
}

/** The start tag of `element` with other values of attributes. */
function attributesEdit(element: XmlElement, set: Readonly<Record<string, string>>): PartEdit {
  const kept = element.attributes.filter(({ name }) => !(name in set));
  const from = element.range[0] + 1 + element.name.length;
  const to = element.inner ? element.inner[0] : element.range[1];
  return {
    ...{ from, to },
    text: (sliceOf) => {
      const others = kept.map(({ name, range }) => ` ${name}=${sliceOf([range[0] - 1, range[1] + 1])}`);
      const made = Object.entries(set).map(([name, value]) => ` ${name}="${value}"`);
      return `${[...others, ...made].join("")}${element.inner ? ">" : "/>"}`;
    },
  };
}
