import type { TextStyle } from "../../document/model.ts";
import type { Range } from "../edits.ts";
import type { XmlElement } from "../xml/parse.ts";
import { elementsOf, textIn } from "../xml/walk.ts";
import { contentOf, type RunsContent } from "./content.ts";
import { attributeOf, childOf, descendant, findAll, nameOf } from "./names.ts";
import { type PropertyReading, propertyReader, writtenKey } from "./properties.ts";
import type { RunProperties, Token } from "./tokens.ts";

/**
 * Reads the paragraphs (`a:p`) of one part in DrawingML: slides, charts, SmartArt, shapes. What it gives goes into a leaf:
 *
 *     const read = drawingReader({ part, source });
 *     const found = read(paragraph);  // undefined: no text
 *     leaf = { kind: "paragraph", content: found.content, look: found.look, anchor: { places: [found.place] } satisfies LeafAnchor }
 *
 * and is written by `partEdits(changedLeaves, target)` and `settled(source, edits)`.
 */
export function drawingReader({
  part,
  source,
}: {
  readonly part: string;
  readonly source: string;
}): (paragraph: XmlElement) => RunsContent | undefined {
  const propertiesOf = propertyReader(source, DRAWING);
  return (paragraph) => {
    const prefix = paragraph.name.slice(0, -paragraph.local.length);
    return contentOf([...tokensOf(paragraph, propertiesOf)], { part, dialect: "drawing", prefix });
  };
}

function* tokensOf(paragraph: XmlElement, propertiesOf: (properties: XmlElement | undefined) => RunProperties): Generator<Token> {
  for (const child of elementsOf(paragraph)) {
    const whole: Range = child.range;
    const kept = [{ range: whole }];
    switch (nameOf(child)) {
      case "a:r":
        yield { kind: "text", text: textIn(childOf(child, "a:t") ?? child), run: propertiesOf(childOf(child, "a:rPr")), kept, whole };
        break;
      case "a:br":
        yield { kind: "atom", as: "break", text: "", kept, whole };
        break;
      case "a:fld":
        yield { kind: "atom", as: "field", text: textIn(childOf(child, "a:t") ?? child), kept, whole };
        break;
      case "a:pPr":
      case "a:endParaRPr":
        break;
      default:
        yield { kind: "atom", as: "formula", text: formulaText(child), kept, whole };
    }
  }
}

const MATH = new Set(["m:oMath"]);
const MATH_TEXT = new Set(["m:t"]);

/** The text of the formulas in `element`, as far as it is text. */
export function formulaText(element: XmlElement): string {
  // What stands in an alternative for older programs is the same again.
  const [first] = nameOf(element) === "m:oMath" ? [element] : findAll(element, MATH);
  return first ? findAll(first, MATH_TEXT).map(textIn).join("") : "";
}

/** Of what nobody sees: the language, and what a spelling checker or a converter left. */
const NOISE = new Set(["lang", "altLang", "noProof", "dirty", "err", "smtClean", "smtId", "bmk", "kumimoji"]);

const DRAWING: PropertyReading = {
  key: (properties, source) => writtenKey(properties, source, ({ local }) => NOISE.has(local)),
  style(properties): TextStyle {
    const on = (name: string) => ({ "1": true, true: true, "0": false, false: false })[attributeOf(properties, name) ?? ""];
    const [bold, italic] = [on("b"), on("i")];
    const underline = attributeOf(properties, "u");
    const strike = attributeOf(properties, "strike");
    const size = Number(attributeOf(properties, "sz"));
    const raised = Number.parseInt(attributeOf(properties, "baseline") ?? "0", 10);
    const color = attributeOf(descendant(properties, "a:solidFill", "a:srgbClr"));
    return {
      ...(bold !== undefined && { bold }),
      ...(italic !== undefined && { italic }),
      ...(underline !== undefined && { underline: underline !== "none" }),
      ...(strike !== undefined && { strike: strike !== "noStrike" }),
      ...(size > 0 && { size: size / 100 }),
      ...(color !== undefined && { color: `#${color.toLowerCase()}` }),
      ...(raised !== 0 && { script: raised > 0 ? ("super" as const) : ("sub" as const) }),
    };
  },
  showsSpaces: (properties) =>
    /^(?!none)/.test(attributeOf(properties, "u") ?? "none") ||
    /^(?!noStrike)/.test(attributeOf(properties, "strike") ?? "noStrike") ||
    childOf(properties, "a:highlight") !== undefined,
};
