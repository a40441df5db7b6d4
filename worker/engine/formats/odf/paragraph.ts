import type { Atom, Inline, TextStyle } from "../../document/model.ts";
import type { Range } from "../edits.ts";
import { KEPT_IN_TEXT, kindOfKept, parted } from "../inline_text.ts";
import type { XmlElement, XmlNode } from "../xml/parse.ts";
import type { AtomAnchor, SpanAnchor } from "./anchors.ts";
import { lineOf, nameOf, stated } from "./names.ts";
import type { Styles } from "./styles.ts";

/** What a paragraph says, and where that stands. */
export interface ParagraphText {
  readonly content: readonly Inline[];
  readonly range: Range;
  readonly atStart: boolean;
  readonly base?: SpanAnchor;
  readonly look?: TextStyle;
  /** Notes, frames, comments: what stands in it and has paragraphs of its own. */
  readonly nested: readonly XmlElement[];
}

/** A span that runs stand in. Neighbours of the same key are one. */
interface Frame {
  readonly key: string;
  readonly style?: TextStyle;
  readonly link?: string;
  readonly anchor: SpanAnchor;
}

interface Run {
  readonly path: readonly Frame[];
  readonly inline: { readonly kind: "text"; readonly text: string } | Atom;
}

/** Elements that wrap text which is read with what is around it. Of all others of text, the words are a program's: fields. */
const WRAPPING = new Set(["text:a", "text:meta", "text:placeholder", "text:text-input", "text:ruby", "text:ruby-base"]);
/** Points, and the ends of passages: without words. */
const MARK = /^(?:text:(?:bookmark|reference-mark|change|.+-mark)(?:-start|-end)?|office:annotation(?:-end)?|text:hidden-paragraph)$/;

/** The text of `text:p` or `text:h`. Undefined if there is none to be seen. */
export function readParagraph(paragraph: XmlElement, source: string, styles: Styles): ParagraphText | undefined {
  if (!paragraph.inner) return undefined;
  const reader = new Runs(source, styles);
  reader.walk(paragraph.children, []);
  const { runs, nested } = reader;
  if (runs.length === 0) return undefined;
  let [first, last] = [0, runs.length];
  while (first < last && isUnseen(runs[first])) first++;
  while (last > first && isUnseen(runs[last - 1])) last--;
  const range: Range = [endOf(runs[first - 1]) ?? paragraph.inner[0], startOf(runs[last]) ?? paragraph.inner[1]];
  const seen = runs.slice(first, last);
  const base = baseOf(seen);
  const content = tree(base ? seen.map((run) => withoutBase(run, base)) : seen, 0);
  const atStart = runs.slice(0, first).every(({ inline }) => inline.kind === "atom" && inline.as === "field");
  return {
    ...{ content, range, atStart, nested },
    ...(base && { base: base.anchor, ...(base.style && { look: base.style }) }),
  };
}

/** A mark or a frame beside the words, which stays where it is. */
function isUnseen(run: Run | undefined): boolean {
  return run?.path.length === 0 && run.inline.kind === "atom" && run.inline.text === "" && run.inline.as !== "break";
}

function endOf(run: Run | undefined): number | undefined {
  return run && ((run.inline as Atom).anchor as AtomAnchor).range?.[1];
}

function startOf(run: Run | undefined): number | undefined {
  return run && ((run.inline as Atom).anchor as AtomAnchor).range?.[0];
}

/** The look that most letters have, if all are in spans: it goes around all that has no other. */
function baseOf(runs: readonly Run[]): Frame | undefined {
  const letters = new Map<string, number>();
  const frames = new Map<string, Frame>();
  for (const { path, inline } of runs) {
    const [outer] = path;
    if (!outer) {
      if (inline.text.trim() !== "") return undefined;
      continue;
    }
    letters.set(outer.key, (letters.get(outer.key) ?? 0) + inline.text.length);
    if (!frames.has(outer.key)) frames.set(outer.key, outer);
  }
  const [most] = [...letters].sort((a, b) => b[1] - a[1]);
  const frame = most && frames.get(most[0]);
  return frame?.key.startsWith("style ") ? frame : undefined;
}

function withoutBase(run: Run, base: Frame): Run {
  const [outer, ...rest] = run.path;
  if (!outer || outer.key === base.key) return { ...run, path: rest };
  return { ...run, path: [{ ...outer, key: `bare ${outer.key}`, anchor: { ...outer.anchor, bare: true } }, ...rest] };
}

function tree(runs: readonly Run[], depth: number): Inline[] {
  const content: Inline[] = [];
  for (let from = 0; from < runs.length; ) {
    const { path, inline } = runs[from] as Run;
    const frame = path[depth];
    let to = from + 1;
    if (frame) {
      while (to < runs.length && runs[to]?.path[depth]?.key === frame.key) to++;
      const { style, link, anchor } = frame;
      content.push({
        ...{ kind: "span" as const, content: tree(runs.slice(from, to), depth + 1), anchor },
        ...(style && { style }),
        ...(link !== undefined && { link }),
      });
    } else content.push(...(inline.kind === "text" ? kept(inline.text) : [inline]));
    from = to;
  }
  return content;
}

/** Addresses go along with the words around them. */
function kept(text: string): Inline[] {
  return parted(text, KEPT_IN_TEXT, (found) => ({ kind: "atom", as: kindOfKept(found), text: found, anchor: {} satisfies AtomAnchor }));
}

/** Walks what stands in a paragraph, in order. */
class Runs {
  readonly runs: Run[] = [];
  readonly nested: XmlElement[] = [];
  readonly #source: string;
  readonly #styles: Styles;
  /** White space that follows is dropped (OpenDocument 1.3, part 3, 6.1.2). */
  #afterSpace = true;

  constructor(source: string, styles: Styles) {
    this.#source = source;
    this.#styles = styles;
  }

  walk(nodes: readonly XmlNode[], path: readonly Frame[]): void {
    const ends = endsOf(nodes);
    const part = (from: number, to: number, inside: readonly Frame[]) => {
      for (let index = from; index < to; index++) {
        const node = nodes[index] as XmlNode;
        const end = node.kind === "element" ? ends.get(node) : undefined;
        // A passage that ends within another begun one stays two marks.
        if (end !== undefined && end < to && inside.length < MAX_PASSAGES) {
          const anchor: SpanAnchor = { open: node.range, close: (nodes[end] as XmlNode).range, marks: true };
          part(index + 1, end, [...inside, { key: `mark ${node.range[0]}`, anchor }]);
          index = end;
        } else this.#node(node, inside);
      }
    };
    part(0, nodes.length, path);
  }

  #node(node: XmlNode, path: readonly Frame[]): void {
    if (node.kind === "text") this.#text(node.text, path);
    if (node.kind !== "element") return;
    const name = nameOf(node);
    if (name === "text:span") this.#span(node, path);
    else if (WRAPPING.has(name) || isForeign(name, node)) this.#wrapped(node, path);
    else if (name === "text:s") this.#spaces(node, path);
    else if (name === "text:tab") this.#atom("break", "\t", node, path);
    else if (name === "text:line-break") this.#atom("break", "", node, path);
    else if (name === "text:note") this.#nested("note", noteMark(node), node, path);
    else if (name === "office:annotation" || (MARK.test(name) && lineOf(node) === "")) this.#mark(node, path);
    else if (/^(?:draw|dr3d):/.test(name)) this.#nested("image", "", node, path);
    // Says where a page ended before it was translated.
    else if (name === "text:soft-page-break" || name === "text:ruby-text") return;
    else this.#atom("field", lineOf(node), node, path);
  }

  #text(text: string, path: readonly Frame[]): void {
    let collapsed = text.replace(/[ \t\r\n]+/g, " ");
    if (this.#afterSpace && collapsed.startsWith(" ")) collapsed = collapsed.slice(1);
    if (collapsed === "") return;
    this.#afterSpace = collapsed.endsWith(" ");
    this.#add({ kind: "text", text: collapsed }, path);
  }

  #add(inline: Run["inline"], path: readonly Frame[]): void {
    const before = this.runs.at(-1);
    if (inline.kind === "text" && before?.inline.kind === "text" && isSamePath(before.path, path))
      this.runs[this.runs.length - 1] = { path: before.path, inline: { kind: "text", text: before.inline.text + inline.text } };
    else this.runs.push({ path, inline });
  }

  #span(node: XmlElement, path: readonly Frame[]): void {
    const { key, style } = this.#styles.span(stated(node, "text:style-name") ?? "");
    if (key === "" || !node.inner) this.walk(node.children, path);
    else this.walk(node.children, [...path, { key: `style ${key}`, style, anchor: tagsOf(node) }]);
  }

  #wrapped(node: XmlElement, path: readonly Frame[]): void {
    if (!node.inner) return this.#mark(node, path);
    const anchor = nameOf(node) === "text:ruby" ? rubyOf(node) : tagsOf(node);
    const link = stated(node, "xlink:href");
    // Links of the same start tag that stand side by side are one that a program has parted.
    const key = link === undefined ? `wrap ${node.range[0]}` : `link ${this.#source.slice(...anchor.open)}`;
    if (nameOf(node) === "text:a") this.nested.push(node);
    this.walk(node.children, nameOf(node) === "text:ruby-base" ? path : [...path, { key, anchor, ...(link !== undefined && { link }) }]);
  }

  /** One is a space; more are there to set what follows apart. */
  #spaces(node: XmlElement, path: readonly Frame[]): void {
    if ((stated(node, "text:c") ?? "1") !== "1") return this.#atom("break", "", node, path);
    this.#afterSpace = false;
    this.#add({ kind: "text", text: " " }, path);
  }

  #nested(as: Atom["as"], text: string, node: XmlElement, path: readonly Frame[]): void {
    this.nested.push(node);
    this.#atom(as, text, node, path);
  }

  #mark(node: XmlElement, path: readonly Frame[]): void {
    if (nameOf(node) === "office:annotation") this.nested.push(node);
    this.#add({ kind: "atom", as: "field", text: "", anchor: { range: node.range } satisfies AtomAnchor }, path);
  }

  #atom(as: Atom["as"], text: string, node: XmlElement, path: readonly Frame[]): void {
    this.#afterSpace = false;
    this.#add({ kind: "atom", as, text, anchor: { range: node.range } satisfies AtomAnchor }, path);
  }
}

/** Bookmarks and the like that are within so many others stay marks. */
const MAX_PASSAGES = 20;

function isSamePath(a: readonly Frame[], b: readonly Frame[]): boolean {
  return a.length === b.length && a.every(({ key }, index) => key === b[index]?.key);
}

/** Of another namespace, with text in it: what a program puts around the text of a standard that it goes beyond. */
function isForeign(name: string, node: XmlElement): boolean {
  return !/^(?:text|draw|dr3d|office|presentation|table|math|script):/.test(name) && node.inner !== undefined;
}

function tagsOf(node: XmlElement): SpanAnchor {
  const inner = node.inner ?? node.range;
  return { open: [node.range[0], inner[0]], close: [inner[1], node.range[1]] };
}

/** The small text beside the base stays with its end. */
function rubyOf(node: XmlElement): SpanAnchor {
  const base = node.children.find((child) => child.kind === "element" && nameOf(child) === "text:ruby-base") as XmlElement | undefined;
  if (!base?.inner) return tagsOf(node);
  return { open: [node.range[0], base.inner[0]], close: [base.inner[1], node.range[1]] };
}

function noteMark(note: XmlElement): string {
  const citation = note.children.find((child) => child.kind === "element" && nameOf(child) === "text:note-citation");
  return citation ? lineOf(citation) : "";
}

/** By the start of each passage that ends among `nodes`, where that is. */
function endsOf(nodes: readonly XmlNode[]): ReadonlyMap<XmlNode, number> {
  const ends = new Map<XmlNode, number>();
  const open = new Map<string, XmlNode>();
  for (const [index, node] of nodes.entries()) {
    if (node.kind !== "element") continue;
    const [, kind, side] = /^text:(.+)-(start|end)$/.exec(nameOf(node)) ?? [];
    if (kind === undefined) continue;
    const id = stated(node, "text:name") ?? stated(node, "text:id") ?? stated(node, "text:change-id");
    const key = `${kind} ${id}`;
    const start = open.get(key);
    if (side === "start") open.set(key, node);
    else if (start) {
      ends.set(start, index);
      open.delete(key);
    }
  }
  return ends;
}
