import type { Leaf } from "../../document/model.ts";
import { plainText } from "../../document/model.ts";
import { attributeOf, childOf, descendant } from "../ooxml/names.ts";
import type { XmlElement } from "../xml/parse.ts";
import { inherited, inheritedShapes, placeholderOf } from "./inheritance.ts";
import type { ShapeText } from "./shapes.ts";

const EMU_PER_POINT = 12_700;
/** Of text without a size anywhere (ISO/IEC 29500-1, 21.1.2.3.9), in points. */
const USUAL_SIZE = 18;
/** Of a line against its letters: what the faces of presentations have, about. */
const LINE = 1.2;

/** Where a text has to stay, in points. */
export interface Room {
  readonly width: number;
  readonly height: number;
}

/** Within the shape's insets; undefined where the file does not say how large it is, or its text may go beyond it sideways. */
export function roomOf(text: ShapeText): Room | undefined {
  const { shape } = text;
  const shapes = [shape, ...inheritedShapes(placeholderOf(shape), text.slide)];
  const extent = shapes.map((each) => descendant(each, "p:spPr", "a:xfrm", "a:ext")).find((found) => found !== undefined);
  const body = (name: string) => bodyProperty(shapes, name);
  if (!extent || body("wrap") === "none") return undefined;
  const scale = groupScale(shape);
  const [across, down] = [points(attributeOf(extent, "cx")) * scale.x, points(attributeOf(extent, "cy")) * scale.y];
  const [width, height] = /vert/i.test(body("vert") ?? "") ? [down, across] : [across, down];
  const inset = (name: string, usual: number) => points(body(name) ?? String(usual));
  const room = {
    width: width - inset("lIns", 91_440) - inset("rIns", 91_440),
    height: height - inset("tIns", 45_720) - inset("bIns", 45_720),
  };
  const columns = Math.min(16, Math.max(1, Number(body("numCol") ?? 1) || 1));
  return room.width > 0 && room.height > 0 ? { width: room.width / columns, height: room.height * columns } : undefined;
}

/** An attribute of the properties of a shape's text, its own or one that it inherits. */
function bodyProperty(shapes: readonly XmlElement[], name: string): string | undefined {
  return shapes.map((each) => attributeOf(descendant(each, "p:txBody", "a:bodyPr"), name)).find((value) => value !== undefined);
}

function points(emu: string | undefined): number {
  return (Number(emu) || 0) / EMU_PER_POINT;
}

/** What is in a group is as much larger or smaller as the group is than its own measure. */
function groupScale(shape: XmlElement): { readonly x: number; readonly y: number } {
  let [x, y] = [1, 1];
  for (let group = shape.parent; group; group = group.parent) {
    const transform = descendant(group, "p:grpSpPr", "a:xfrm");
    const [outer, inner] = [childOf(transform, "a:ext"), childOf(transform, "a:chExt")];
    const ratio = (name: string) => points(attributeOf(outer, name)) / points(attributeOf(inner, name));
    const [across, down] = [ratio("cx"), ratio("cy")];
    if (Number.isFinite(across) && across > 0) x *= across;
    if (Number.isFinite(down) && down > 0) y *= down;
  }
  return { x, y };
}

/** How text is set: 1 is as the file has it. */
export interface Scale {
  readonly font: number;
  /** Taken off the space between lines. */
  readonly lineReduction: number;
}

/** How high the shape's text is in points, by what its letters mostly measure; `leafOf`: what a paragraph says. */
export function heightOf(text: ShapeText, { width }: Room, { font, lineReduction }: Scale, leafOf: (leaf: Leaf) => Leaf): number {
  let height = 0;
  for (const [index, { element, leaf }] of text.paragraphs.entries()) {
    const look = (find: (properties: XmlElement) => number | undefined) => inherited(element, text.lists, find);
    const inheritedSize = look((properties) => sizeIn(childOf(properties, "a:defRPr")));
    const ownSize = leaf?.look?.size ?? sizeIn(childOf(element, "a:endParaRPr"));
    const size = (ownSize ?? inheritedSize ?? USUAL_SIZE) * font;
    const spacing = (look((properties) => percentIn(childOf(properties, "a:lnSpc"))) ?? 1) - lineReduction;
    const before = index === 0 ? 0 : (look((properties) => spaceIn(childOf(properties, "a:spcBef"), size)) ?? 0);
    const indent = look((properties) => optional(attributeOf(properties, "marL"))) ?? 0;
    const lines = leaf ? linesOf(plainText(leafOf(leaf).content), Math.max(size, width - indent / EMU_PER_POINT) / size) : 1;
    height += lines * size * LINE * Math.max(0.5, spacing) + before * font;
  }
  return height;
}

function optional(value: string | undefined): number | undefined {
  const number = Number(value);
  return value === undefined || !Number.isFinite(number) ? undefined : number;
}

function sizeIn(properties: XmlElement | undefined): number | undefined {
  const hundredths = optional(attributeOf(properties, "sz"));
  return hundredths === undefined ? undefined : hundredths / 100;
}

function percentIn(spacing: XmlElement | undefined): number | undefined {
  const thousandths = optional(attributeOf(childOf(spacing, "a:spcPct"), "val")?.replace(/%$/, "000"));
  return thousandths === undefined ? undefined : thousandths / 100_000;
}

function spaceIn(spacing: XmlElement | undefined, size: number): number | undefined {
  const hundredths = optional(attributeOf(childOf(spacing, "a:spcPts"), "val"));
  const share = percentIn(spacing);
  return hundredths === undefined ? (share === undefined ? undefined : share * size * LINE) : hundredths / 100;
}

/** How many lines `text` takes, wrapped between words; `width` in ems. */
export function linesOf(text: string, width: number): number {
  return text.split("\n").reduce((sum, line) => sum + wrappedLines(line, width), 0);
}

function wrappedLines(line: string, width: number): number {
  let [lines, at] = [1, 0];
  for (const word of line.match(
    /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]|\S+?(?=[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]|\s|$)|\s+/gu,
  ) ?? []) {
    const length = widthOf(word);
    if (at > 0 && at + length > width && word.trim() !== "") {
      lines++;
      at = 0;
    }
    if (at === 0 && word.trim() === "") continue;
    at += length;
    // A word that is wider than all of the shape is broken.
    while (at > width && word.trim() !== "") {
      lines++;
      at -= width;
    }
  }
  return lines;
}

/** In ems, as wide as the faces of presentations are, about (Arial's and Calibri's metrics). */
function widthOf(word: string): number {
  let width = 0;
  for (const sign of word) {
    if (/[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uff60]|[\u{1f000}-\u{3ffff}]/u.test(sign)) width += 1;
    else if (/[ijl.,;:'!|()[\]tfrI\s]/.test(sign)) width += 0.29;
    else if (/[mwMW@%]/.test(sign)) width += 0.84;
    else if (/\p{Lu}/u.test(sign)) width += 0.65;
    else if (!/\p{M}/u.test(sign)) width += 0.52;
  }
  return width;
}
