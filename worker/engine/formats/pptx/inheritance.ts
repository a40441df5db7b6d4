import { attributeOf, childOf, descendant, nameOf } from "../ooxml/names.ts";
import type { XmlElement } from "../xml/parse.ts";

/** A slide, a layout or a master, and what it is made after. */
export interface SlideLike {
  readonly root: XmlElement;
  readonly above: SlideLike | undefined;
}

/** What a shape's placeholder is: its text's looks come from the layout's and the master's of the same. */
export interface Placeholder {
  /** "title", "ctrTitle", "body", "subTitle", "dt", "ftr", "sldNum" …; "obj" if it does not say. */
  readonly type: string;
  readonly index: string;
}

/** Undefined for a shape of the slide's own. */
export function placeholderOf(shape: XmlElement): Placeholder | undefined {
  const facts = [...shape.children].find((child): child is XmlElement => child.kind === "element" && child.local.startsWith("nv"));
  const found = descendant(facts, "p:nvPr", "p:ph");
  return found && { type: attributeOf(found, "type") ?? "obj", index: attributeOf(found, "idx") ?? "0" };
}

/** What stands for what it is not given: content is body text, and each title is one. */
function family(type: string): "title" | "body" | "other" {
  if (type === "title" || type === "ctrTitle") return "title";
  return ["body", "subTitle", "obj", "tbl", "chart", "dgm", "media", "clipArt", "pic"].includes(type) ? "body" : "other";
}

/** The same placeholder on the layout, then on the master: by its number, else by what it is. */
export function inheritedShapes(placeholder: Placeholder | undefined, slide: SlideLike): XmlElement[] {
  const found: XmlElement[] = [];
  for (let above = slide.above; placeholder && above; above = above.above) {
    const shapes = shapesOf(above.root);
    const like = (test: (other: Placeholder) => boolean) => shapes.find((shape) => test(placeholderOf(shape) as Placeholder));
    const same =
      like(({ index, type }) => index === placeholder.index && placeholder.index !== "0" && family(type) === family(placeholder.type)) ??
      like(({ type }) => type === placeholder.type) ??
      like(({ type }) => family(type) === family(placeholder.type));
    if (same) found.push(same);
  }
  return found;
}

/** No layout has so many: each shape of a slide is compared with them. */
const MAX_PLACEHOLDERS = 100;
const placeholders = new WeakMap<XmlElement, readonly XmlElement[]>();

function shapesOf(root: XmlElement): readonly XmlElement[] {
  const known = placeholders.get(root);
  if (known) return known;
  const tree = descendant(root, "p:cSld", "p:spTree");
  const found = (tree?.children ?? [])
    .filter((child): child is XmlElement => child.kind === "element" && placeholderOf(child) !== undefined)
    .slice(0, MAX_PLACEHOLDERS);
  placeholders.set(root, found);
  return found;
}

/** Where a property of text is looked for, the nearest first: lists of styles by level. */
export function styleLists(shape: XmlElement, slide: SlideLike): XmlElement[] {
  const placeholder = placeholderOf(shape);
  const shapes = [shape, ...inheritedShapes(placeholder, slide)];
  const own = shapes.flatMap((each) => descendant(each, "p:txBody", "a:lstStyle") ?? []);
  let master: SlideLike | undefined = slide;
  while (master?.above) master = master.above;
  const styles = childOf(master?.root, "p:txStyles");
  const kind = placeholder ? family(placeholder.type) : "other";
  const general = childOf(styles, `p:${kind}Style`);
  return general ? [...own, general] : own;
}

/** From 0 to 8, whatever the file says. */
export function listLevel(properties: XmlElement | undefined): number {
  const level = Math.trunc(Number(attributeOf(properties, "lvl") ?? 0)) || 0;
  return Math.min(8, Math.max(0, level));
}

/** What `find` finds of a paragraph of `level` (from 0), nearest first: in itself, or in what it is made after. */
export function inherited<T>(
  paragraph: XmlElement,
  lists: readonly XmlElement[],
  find: (properties: XmlElement) => T | undefined,
): T | undefined {
  const own = childOf(paragraph, "a:pPr");
  const level = listLevel(own);
  const found = own && find(own);
  if (found !== undefined) return found;
  for (const list of lists) {
    const properties = childOf(list, `a:lvl${level + 1}pPr`) ?? childOf(list, "a:defPPr");
    const value = properties && find(properties);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** What stands before a paragraph of a list. */
export type Bullet =
  | { readonly kind: "none" }
  | { readonly kind: "sign"; readonly mark: string }
  | { readonly kind: "number"; readonly scheme: string; readonly from: number };

/** ST_TextBulletStartAtNum (ISO/IEC 29500-1, 20.1.10.61). */
const MAX_START = 32_767;

export function bulletIn(properties: XmlElement): Bullet | undefined {
  for (const child of properties.children) {
    if (child.kind !== "element") continue;
    switch (nameOf(child)) {
      case "a:buNone":
        return { kind: "none" };
      case "a:buChar": {
        const mark = attributeOf(child, "char") ?? "•";
        // Of symbol fonts: what they draw is some bullet.
        return { kind: "sign", mark: /^[•–—‣◦*-]$/u.test(mark) ? mark : "•" };
      }
      case "a:buBlip":
        return { kind: "sign", mark: "•" };
      case "a:buAutoNum":
        return {
          kind: "number",
          scheme: attributeOf(child, "type") ?? "arabicPeriod",
          from: Math.min(MAX_START, Math.max(1, Math.trunc(Number(attributeOf(child, "startAt") ?? 1)) || 1)),
        };
    }
  }
  return undefined;
}
