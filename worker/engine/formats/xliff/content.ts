import type { Inline } from "../../document/model.ts";
import type { Range } from "../edits.ts";
import { tokensOf } from "../named_texts/tokens.ts";
import type { XmlElement, XmlNode } from "../xml/parse.ts";
import { attributeOf } from "./read.ts";

/** What a mark is written from: a part of the file, or text. */
export type MarkAnchor = { readonly range: Range } | { readonly open: Range; readonly close: Range } | { readonly text: string };

/** Elements around words: of both versions. */
const SPANS = new Set(["g", "pc", "mrk", "sub"]);
/** Elements that end a line. */
const BREAK = /^(?:lb|x-lb|x-br|xlf:lb)$/;

/** The content of a source: its codes are atoms, what is around words are spans, what is protected is an atom. */
export function contentOf(element: XmlElement, preserves: boolean): Inline[] {
  return element.children.flatMap((child) => inlinesOf(child, preserves));
}

function inlinesOf(node: XmlNode, preserves: boolean): Inline[] {
  if (node.kind === "other") return [];
  if (node.kind === "text")
    return textInlines(preserves ? node.text : node.text.replace(/\s+/g, (space) => (/[\r\n]/.test(space) ? " " : space)));
  const { range, inner, local, children } = node;
  const isProtected = attributeOf(node, "mtype")?.value === "protected" || attributeOf(node, "translate")?.value === "no";
  if (inner && SPANS.has(local) && !isProtected) {
    const anchor: MarkAnchor = { open: [range[0], inner[0]], close: [inner[1], range[1]] };
    return [{ kind: "span", content: children.flatMap((child) => inlinesOf(child, preserves)), anchor }];
  }
  const kind = attributeOf(node, "ctype")?.value ?? attributeOf(node, "subType")?.value ?? "";
  const anchor: MarkAnchor = { range };
  if (BREAK.test(kind)) return [{ kind: "atom", as: "break", text: "", anchor }];
  const shown = attributeOf(node, "equiv-text")?.value ?? attributeOf(node, "disp")?.value ?? attributeOf(node, "equiv")?.value;
  return [{ kind: "atom", as: "field", text: shown ?? saidIn(node), anchor }];
}

function saidIn({ children }: XmlElement): string {
  return children.map((child) => (child.kind === "text" ? child.text : child.kind === "element" ? saidIn(child) : "")).join("");
}

/** Placeholders of programs, and tags that are text here, are atoms. */
function textInlines(text: string): Inline[] {
  return tokensOf(text, [0, text.length], "none", () => false).map((token): Inline => {
    if (token.kind === "text") return { kind: "text", text: token.text };
    const anchor: MarkAnchor = { text: text.slice(...token.range) };
    if (token.kind === "break") return { kind: "atom", as: "break", text: "", anchor };
    return { kind: "atom", as: token.kind === "atom" ? "field" : "html", text: anchor.text, anchor };
  });
}
