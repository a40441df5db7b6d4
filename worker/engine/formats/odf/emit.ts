import { type Inline, type Leaf, plainText, type Span } from "../../document/model.ts";
import { type Edit, edited } from "../edits.ts";
import { cleaned } from "../setting.ts";
import { escapeAttribute, escapeText } from "../xml/write.ts";
import type { AtomAnchor, LeafAnchor, SpanAnchor } from "./anchors.ts";

/** What stands in the place of `leaf`'s range; `inner` are the edits within it, in order. */
export function emit(leaf: Leaf, source: string, inner: readonly Edit[]): string {
  const anchor = leaf.anchor as LeafAnchor;
  switch (anchor.setting) {
    case "inline":
      return new Emission(anchor, source, inner).write(leaf.content);
    case "text":
      return escapeText(cleaned(plainText(leaf.content)).trim());
    case "attribute":
    case "sheet":
      return escapeAttribute(cleaned(plainText(leaf.content)).trim());
  }
}

class Emission {
  readonly #anchor: LeafAnchor;
  readonly #source: string;
  readonly #inner: readonly Edit[];
  #text = "";
  /** White space that follows would be dropped. */
  #afterSpace: boolean;
  #inBase = false;
  /** How many pieces of each passage are to come, by its place. */
  readonly #pieces = new Map<number, number>();
  readonly #opened = new Set<number>();

  constructor(anchor: LeafAnchor, source: string, inner: readonly Edit[]) {
    this.#anchor = anchor;
    this.#source = source;
    this.#inner = inner;
    this.#afterSpace = anchor.atStart ?? false;
  }

  write(content: readonly Inline[]): string {
    this.#count(content);
    for (const inline of content) {
      this.#base(inline.kind !== "span" || !(inline.anchor as SpanAnchor | undefined)?.bare);
      this.#add(inline);
    }
    this.#base(false);
    return this.#text;
  }

  #count(content: readonly Inline[]): void {
    for (const inline of content) {
      if (inline.kind !== "span") continue;
      const { open, marks } = (inline.anchor ?? {}) as Partial<SpanAnchor>;
      if (open && marks) this.#pieces.set(open[0], (this.#pieces.get(open[0]) ?? 0) + 1);
      this.#count(inline.content);
    }
  }

  /** Opens or closes what is around all that has no look of its own. */
  #base(wanted: boolean): void {
    const { base } = this.#anchor;
    if (!base || wanted === this.#inBase) return;
    this.#raw(wanted ? base.open : base.close);
    this.#inBase = wanted;
  }

  #add(inline: Inline): void {
    if (inline.kind === "text") this.#words(inline.text);
    else if (inline.kind === "span") this.#span(inline);
    else {
      const { range } = (inline.anchor ?? {}) as AtomAnchor;
      if (!range) return this.#words(inline.text);
      this.#raw(range);
      if (inline.text !== "" || inline.as !== "field") this.#afterSpace &&= range[0] === range[1];
    }
  }

  #span(span: Span): void {
    const { open, close, marks } = (span.anchor ?? { open: [0, 0], close: [0, 0] }) as SpanAnchor;
    const left = marks ? (this.#pieces.get(open[0]) ?? 1) - 1 : 0;
    if (marks) this.#pieces.set(open[0], left);
    const again = this.#opened.has(open[0]);
    this.#opened.add(open[0]);
    if (!marks || !again) this.#raw(open, again);
    for (const inline of span.content) this.#add(inline);
    if (left === 0) this.#raw(close);
  }

  /** No two elements of a document have one id. */
  #raw([from, to]: readonly [number, number], again = false): void {
    const text = edited(this.#source, this.#inner, from, to);
    this.#text += again ? text.replace(/\s(?:xml|text):id\s*=\s*(?:"[^"]*"|'[^']*')/g, "") : text;
  }

  /** Spaces that would be taken for one, or dropped, are elements (OpenDocument 1.3, part 3, 6.1.3). */
  #words(text: string): void {
    for (const [part] of cleaned(text)
      .replaceAll("\t", " ")
      .matchAll(/ +|[^ ]+/g)) {
      if (!part.startsWith(" ")) this.#text += escapeText(part);
      else {
        const plain = this.#afterSpace ? 0 : 1;
        const others = part.length - plain;
        const count = others === 1 ? "" : ` ${this.#anchor.prefix ?? "text:"}c="${others}"`;
        this.#text += " ".repeat(plain) + (others > 0 ? `<${this.#anchor.prefix ?? "text:"}s${count}/>` : "");
        this.#afterSpace = others === 0;
        continue;
      }
      this.#afterSpace = false;
    }
  }
}
