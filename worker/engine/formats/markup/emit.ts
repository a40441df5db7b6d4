import type { Inline, Leaf, Span } from "../../document/model.ts";
import { type Edit, edited } from "../edits.ts";
import { cleaned, lineStart, type Piece, set, type Wrapping } from "../setting.ts";
import type { AtomAnchor, LeafAnchor, SpanAnchor } from "./anchors.ts";

export interface Emitting {
  readonly source: string;
  /** Every `&` is a reference, as XML wants it, and some authors. */
  readonly isStrict: boolean;
  readonly isXml: boolean;
  /** Made within tags, in order. */
  readonly edits: readonly Edit[];
  /** `text` with the signs as references that are to be so. */
  readonly referenced: (text: string) => string;
}

/** What stands in the place of `leaf`'s range: its tags as the source has them, its words as text and nothing else. */
export function emit(leaf: Leaf, emitting: Emitting): string {
  const { setting, range, quote } = leaf.anchor as LeafAnchor;
  if (setting === "value") return quoted(wordsOf(leaf.content), quote ?? '"', emitting);
  const writer = new Writer(emitting);
  writer.leaf(leaf.content);
  return set(writer.pieces, setting === "text" ? wrappingOf(emitting.source, range[0], range[1]) : undefined);
}

function quoted(text: string, quote: '"' | "'" | "", emitting: Emitting): string {
  const escaped = escapedText(text, emitting);
  const { referenced } = emitting;
  const value = referenced(quote === "'" ? escaped.replaceAll("'", "&#39;") : escaped.replaceAll('"', "&quot;"));
  return quote === "" ? `"${value}"` : value;
}

function wordsOf(content: readonly Inline[]): string {
  return cleaned(content.map((inline) => (inline.kind === "span" ? wordsOf(inline.content) : inline.text)).join("")).trim();
}

/** `text` so that none of it is a tag or a reference, by the rules of XML or the looser ones of HTML. */
function escapedText(text: string, { isXml, isStrict }: Emitting): string {
  const whole = text.toWellFormed();
  if (isXml)
    return whole
      .replace(/[\ufffe\uffff]/g, "")
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll("]]>", "]]&gt;");
  return whole.replace(isStrict ? /&/g : /&(?=[a-zA-Z#]|$)/g, "&amp;").replace(/<(?=[a-zA-Z/!?]|$)/g, "&lt;");
}

class Writer {
  readonly pieces: Piece[] = [];
  readonly #emitting: Emitting;
  /** Start tags that were written: what is written again must not have the same name again. */
  readonly #written = new Set<number>();
  #unopened: ReadonlySet<Span> = new Set();
  #unclosed: ReadonlySet<Span> = new Set();

  constructor(emitting: Emitting) {
    this.#emitting = emitting;
  }

  leaf(content: readonly Inline[]): void {
    const spans = [...spansOf(content)];
    const before = elements(spans, "before");
    const after = elements(spans, "after");
    // Where it begins or ends within elements that go on outside, these need no tags there.
    this.#unopened = matching(edge(content, 0), before, "before");
    this.#unclosed = matching(edge(content, -1), after, "after");
    const opened = before.slice(this.#unopened.size);
    for (const span of opened.toReversed()) this.#mark(this.#endTag(span));
    this.#content(content);
    for (const span of after.slice(this.#unclosed.size)) this.#mark(this.#startTag(span));
  }

  #content(content: readonly Inline[]): void {
    for (const inline of content) {
      if (inline.kind === "text") this.#text(inline.text);
      else if (inline.kind === "atom") {
        const range = (inline.anchor as AtomAnchor | undefined)?.range;
        if (range) this.#mark(edited(this.#emitting.source, this.#emitting.edits, ...range));
        else this.#text(inline.text);
      } else this.#span(inline);
    }
  }

  #text(text: string): void {
    this.pieces.push({ text: this.#emitting.referenced(escapedText(cleaned(text), this.#emitting)), isWords: true });
  }

  #span(span: Span): void {
    const anchor = span.anchor as SpanAnchor | undefined;
    if (!anchor) return this.#content(span.content);
    if (!this.#unopened.has(span)) this.#mark(this.#startTag(span));
    this.#content(span.content);
    if (this.#unclosed.has(span)) return;
    const { source, edits } = this.#emitting;
    this.#mark(anchor.close ? edited(source, edits, ...anchor.close) : this.#endTag(span));
  }

  #mark(text: string): void {
    this.pieces.push({ text, isWords: false });
  }

  #startTag(span: Span): string {
    const { source, edits } = this.#emitting;
    const { open, before } = span.anchor as SpanAnchor;
    const tag = edited(source, edits, ...open);
    if (this.#written.has(open[0]) || before) return withoutId(tag);
    this.#written.add(open[0]);
    return tag;
  }

  #endTag(span: Span): string {
    const { open } = span.anchor as SpanAnchor;
    return `</${/^<([^\s/>]+)/.exec(this.#emitting.source.slice(...open))?.[1] ?? ""}>`;
  }
}

const ATTRIBUTE = /[\s/]*([^\s"'<>/=]+)(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+))?/y;

/** A start tag without its `id`, which a page can have but once. */
function withoutId(tag: string): string {
  ATTRIBUTE.lastIndex = /^<[^\s/>]+/.exec(tag)?.[0].length ?? 0;
  for (let from = ATTRIBUTE.lastIndex; ; from = ATTRIBUTE.lastIndex) {
    const match = ATTRIBUTE.exec(tag);
    if (!match) return tag;
    if (/^(?:xml:)?id$/i.test(match[1] as string)) return withoutId(tag.slice(0, from) + tag.slice(ATTRIBUTE.lastIndex));
  }
}

function* spansOf(content: readonly Inline[]): Generator<Span> {
  for (const inline of content) {
    if (inline.kind !== "span") continue;
    yield inline;
    yield* spansOf(inline.content);
  }
}

/** One span of each element that goes on on that side of the leaf, outermost first. */
function elements(spans: readonly Span[], side: "before" | "after"): Span[] {
  const first = new Map<number, Span>();
  for (const span of spans) {
    const anchor = span.anchor as SpanAnchor | undefined;
    if (anchor?.[side] && !first.has(anchor.open[0])) first.set(anchor.open[0], span);
  }
  return [...first].sort(([one], [other]) => one - other).map(([, span]) => span);
}

/** The spans that the content begins or ends with, outermost first. */
function edge(content: readonly Inline[], at: 0 | -1): Span[] {
  const spans: Span[] = [];
  for (let inline = content.at(at); inline?.kind === "span"; inline = inline.content.at(at)) spans.push(inline);
  return spans;
}

/** Those of `chain` that are the elements in `outside`, as many as come in the same order. */
function matching(chain: readonly Span[], outside: readonly Span[], side: "before" | "after"): Set<Span> {
  const found = new Set<Span>();
  for (const span of chain) {
    const anchor = span.anchor as SpanAnchor | undefined;
    const next = outside[found.size]?.anchor as SpanAnchor | undefined;
    if (anchor?.[side] && anchor.open[0] === next?.open[0]) found.add(span);
  }
  return found;
}

/** How the lines of a range are broken in the source; undefined if it is one line. */
function wrappingOf(source: string, from: number, to: number): Wrapping | undefined {
  // A line that ends where it is shown to end is not wrapped.
  const raw = source.slice(from, to).replace(/<br\b[^<>]{0,200}>\s*/gi, "");
  const lineEnd = /\r\n|\n|\r/.exec(raw)?.[0];
  if (lineEnd === undefined) return undefined;
  const lines = raw.split(/\r\n|\n|\r/);
  const column = from - lineStart(source, from);
  const indented = lines.slice(1).find((line) => line.trim() !== "") ?? "";
  return {
    ...{ lineEnd, column, prefix: /^[ \t]*/.exec(indented)?.[0] ?? "" },
    width: lines.reduce((longest, line) => Math.max(longest, line.length), column + (lines[0]?.length ?? 0)),
    length: lines.reduce((sum, line) => sum + line.trim().length + 1, -1),
  };
}
