import type { TextStyle } from "../../document/model.ts";
import type { XmlElement } from "../xml/parse.ts";
import { xmlTrimmed } from "../xml/space.ts";
import { elementsOf, textIn } from "../xml/walk.ts";
import { contentOf, type RunsContent } from "./content.ts";
import { attributeOf, childOf, isOn, nameOf } from "./names.ts";
import { type PropertyReading, propertyReader, writtenKey } from "./properties.ts";
import type { RunProperties, TextToken, Token } from "./tokens.ts";
import { decodeXstring } from "./xstring.ts";

/**
 * Reads the strings of one part in SpreadsheetML: `x:si` of the shared strings, `x:is` of a cell, `x:text` of a comment.
 * A line's end is a break; phonetic guides (`x:rPh`) are left out once the string is another. Used as `drawingReader` is.
 */
export function stringReader({
  part,
  source,
}: {
  readonly part: string;
  readonly source: string;
}): (string: XmlElement) => RunsContent | undefined {
  const propertiesOf = propertyReader(source, SHEET);
  return (string) => {
    const prefix = string.name.slice(0, -string.local.length);
    const found = contentOf([...tokensOf(string, propertiesOf)], { part, dialect: "sheet", prefix });
    // All of the element, and its phonetic guides with it.
    return found && string.inner && { ...found, place: { ...found.place, range: string.inner } };
  };
}

function* tokensOf(string: XmlElement, propertiesOf: (properties: XmlElement | undefined) => RunProperties): Generator<Token> {
  for (const child of elementsOf(string)) {
    const name = nameOf(child);
    if (name === "x:t") yield* lines(child, child, propertiesOf(undefined));
    else if (name === "x:r") {
      const text = childOf(child, "x:t");
      if (text) yield* lines(text, child, propertiesOf(childOf(child, "x:rPr")));
    }
  }
}

function* lines(text: XmlElement, { range }: XmlElement, run: RunProperties): Generator<Token> {
  const facts = { kept: [{ range }], whole: range };
  const all = textIn(text);
  const isKept = attributeOf(text, "space") === "preserve";
  const said = decodeXstring(isKept ? all : xmlTrimmed(all));
  for (const [index, line] of said.split(/\r\n|\r|\n/).entries()) {
    if (index > 0) yield { kind: "atom", as: "break", text: "", sign: "\n", ...facts };
    if (line !== "") yield { kind: "text", text: line, run, ...facts } satisfies TextToken;
  }
}

const SHEET: PropertyReading = {
  key: (properties, source) => writtenKey(properties, source, () => false),
  style(properties): TextStyle {
    const on = (name: string) => isOn(childOf(properties, name));
    const [bold, italic, strike] = [on("x:b"), on("x:i"), on("x:strike")];
    const underline = childOf(properties, "x:u");
    const size = Number(attributeOf(childOf(properties, "x:sz")));
    const color = attributeOf(childOf(properties, "x:color"), "rgb");
    const script = attributeOf(childOf(properties, "x:vertAlign"));
    return {
      ...(bold !== undefined && { bold }),
      ...(italic !== undefined && { italic }),
      ...(strike !== undefined && { strike }),
      ...(underline && { underline: attributeOf(underline) !== "none" }),
      ...(size > 0 && { size }),
      ...(color && { color: `#${color.slice(-6).toLowerCase()}` }),
      ...(script === "superscript" && { script: "super" as const }),
      ...(script === "subscript" && { script: "sub" as const }),
    };
  },
  showsSpaces: (properties) => childOf(properties, "x:u") !== undefined || childOf(properties, "x:strike") !== undefined,
};
