import type { Leaf } from "../../document/model.ts";
import type { Remark } from "../../document/remarks.ts";
import { attributeOf, descendant, nameOf } from "../ooxml/names.ts";
import type { PartEdit } from "../ooxml/writing.ts";
import type { XmlElement } from "../xml/parse.ts";
import { elementsOf } from "../xml/walk.ts";
import { inheritedShapes, placeholderOf } from "./inheritance.ts";
import { heightOf, roomOf, type Scale } from "./measure.ts";
import type { ShapeText } from "./shapes.ts";

/** As PowerPoint itself goes down when it fits text; nothing smaller is read from a distance. */
const STEPS: readonly Scale[] = [
  { font: 1, lineReduction: 0.1 },
  { font: 0.925, lineReduction: 0.1 },
  { font: 0.85, lineReduction: 0.2 },
  { font: 0.775, lineReduction: 0.2 },
  { font: 0.7, lineReduction: 0.2 },
  { font: 0.625, lineReduction: 0.2 },
  { font: 0.6, lineReduction: 0.2 },
];
/** Measures are estimates: so much more than the room is none too much. */
const TOLERANCE = 1.03;

const AUTOFITS = new Set(["a:noAutofit", "a:normAutofit", "a:spAutoFit"]);

export interface Fit {
  readonly edit: PartEdit;
  readonly remark: Omit<Remark, "page">;
}

/**
 * The translation of a shape's text set smaller, if it is longer than the source and does not fit into the shape. Undefined
 * where nothing has to be done, or the shape grows with its text.
 */
export function fitOf(text: ShapeText, leafOf: (leaf: Leaf) => Leaf): Fit | undefined {
  const body = descendant(text.shape, "p:txBody", "a:bodyPr");
  const room = roomOf(text);
  if (!body || !room) return undefined;
  const shapes = [text.shape, ...inheritedShapes(placeholderOf(text.shape), text.slide)];
  const given = shapes.map((shape) => autofitIn(descendant(shape, "p:txBody", "a:bodyPr"))).find((found) => found !== undefined);
  if (given && nameOf(given) === "a:spAutoFit") return undefined;
  const now: Scale = { font: percent(given, "fontScale") ?? 1, lineReduction: percent(given, "lnSpcReduction") ?? 0 };
  const before = heightOf(text, room, now, (leaf) => leaf);
  // What was too much already may be so again.
  const limit = Math.max(room.height, before) * TOLERANCE;
  if (heightOf(text, room, now, leafOf) <= limit) return undefined;
  const smaller = STEPS.filter(({ font, lineReduction }) => font <= now.font && (font < now.font || lineReduction > now.lineReduction));
  const fitting = smaller.find((scale) => heightOf(text, room, scale, leafOf) <= limit);
  const scale = fitting ?? smaller.at(-1);
  const block = text.paragraphs.find(({ leaf }) => leaf && leafOf(leaf) !== leaf)?.leaf?.id;
  const about = block === undefined ? {} : { block };
  if (!scale) return undefined;
  const size = `${Math.round(scale.font * 100)} %`;
  const remark = fitting
    ? ({ code: "TEXT_SHRUNK", message: `A text is set at ${size} of its size, to stay in its shape.` } as const)
    : ({ code: "TEXT_OVERFLOW", message: `A text may go beyond its shape, though it is set at ${size} of its size.` } as const);
  return { edit: autofitEdit(body, scale), remark: { ...remark, ...about } };
}

function autofitIn(body: XmlElement | undefined): XmlElement | undefined {
  return body && elementsOf(body).find((child) => AUTOFITS.has(nameOf(child)));
}

function percent(autofit: XmlElement | undefined, name: string): number | undefined {
  const value = attributeOf(autofit, name);
  if (value === undefined) return undefined;
  return value.endsWith("%") ? Number.parseFloat(value) / 100 : Number(value) / 100_000;
}

/** What stands before the element that fits text, in the schema's order (CT_TextBodyProperties). */
function autofitEdit(body: XmlElement, { font, lineReduction }: Scale): PartEdit {
  const prefix = descendant(body.parent, "a:p")?.name.slice(0, -1) ?? "a:";
  const scaled = font < 1 ? ` fontScale="${Math.round(font * 100_000)}"` : "";
  const reduced = lineReduction > 0 ? ` lnSpcReduction="${Math.round(lineReduction * 100_000)}"` : "";
  const xml = `<${prefix}normAutofit${scaled}${reduced}/>`;
  const own = autofitIn(body);
  if (own) return { from: own.range[0], to: own.range[1], text: () => xml };
  if (!body.inner) {
    const end = body.range[1];
    // Closed at once: "/>" becomes an end tag.
    return { from: end - 2, to: end, text: () => `>${xml}</${body.name}>` };
  }
  const warp = elementsOf(body).find((child) => nameOf(child) === "a:prstTxWarp");
  const at = warp ? warp.range[1] : body.inner[0];
  return { from: at, to: at, text: () => xml };
}
