import type { Atom, Inline, Span, TextStyle } from "../../document/model.ts";

/** How inline content is written as Markdown. */
export interface InlineWriting {
  /** In a cell of a table, where a line cannot end and `|` parts. */
  readonly inCell: boolean;
  /** In a heading, which is one line. */
  readonly inLine: boolean;
  /** The label of the note that a mark leads to; undefined if it leads nowhere. */
  noteLabel(mark: string): string | undefined;
}

/** What is written, piece by piece: an emphasis is written only where Markdown would read it as one. */
type Piece = { readonly text: string; readonly mark?: "open" | "close"; readonly of?: number };

/** Inline content as CommonMark. None of its text becomes markup. Styles that Markdown has no mark for are left out. */
export function inlineMarkdown(content: readonly Inline[], writing: InlineWriting): string {
  const pieces: Piece[] = [];
  let marks = 0;
  const push = (text: string) => pieces.push({ text });
  const surround = (mark: string, write: () => void) => {
    const of = marks++;
    pieces.push({ text: mark, mark: "open", of });
    write();
    pieces.push({ text: mark, mark: "close", of });
  };
  const walk = (inlines: readonly Inline[], active: TextStyle) => {
    for (const inline of merged(inlines)) {
      if (inline.kind === "text") push(escapedText(inline.text, writing, isAtLineStart(pieces)));
      else if (inline.kind === "atom") push(atomMarkdown(inline, writing));
      else writeSpan(inline, active);
    }
  };
  const writeSpan = (span: Span, active: TextStyle) => {
    const [before, inner, after] = withoutEdges(span.content);
    push(before);
    if (inner.length === 0) return void push(after);
    const style = span.style ?? {};
    const code = style.font === "mono" && active.font !== "mono" ? codeOf(inner) : undefined;
    let write = code === undefined ? () => walk(inner, { ...active, ...style }) : () => void push(codeSpan(code, writing));
    for (const [key, mark] of EMPHASES) {
      if (style[key] !== true || active[key] === true) continue;
      const next = write;
      write = () => surround(mark, next);
    }
    if (span.link !== undefined && isTarget(span.link)) {
      push("[");
      write();
      push(`](${target(span.link)})`);
    } else write();
    push(after);
  };
  walk(content, {});
  return joined(pieces).trim();
}

const EMPHASES = [
  ["italic", "*"],
  ["bold", "**"],
  ["strike", "~~"],
] as const;

/** Neighbours of the same style and link as one: files cut runs of one look wherever they like. */
function merged(content: readonly Inline[]): Inline[] {
  const result: Inline[] = [];
  for (const inline of content) {
    const last = result.at(-1);
    if (inline.kind === "span" && last?.kind === "span" && isAlike(inline, last))
      result[result.length - 1] = { ...last, content: [...last.content, ...inline.content] };
    else result.push(inline);
  }
  return result;
}

function isAlike(one: Span, other: Span): boolean {
  return (
    one.link === other.link && EMPHASES.every(([key]) => one.style?.[key] === other.style?.[key]) && one.style?.font === other.style?.font
  );
}

/** The white space that `content` begins and ends with, and what is between. */
function withoutEdges(content: readonly Inline[]): [before: string, inner: Inline[], after: string] {
  const inner = [...content];
  let [before, after] = ["", ""];
  const [first] = inner;
  if (first?.kind === "text" && /^\s/.test(first.text)) {
    before = " ";
    inner[0] = { ...first, text: first.text.trimStart() };
  }
  const last = inner.at(-1);
  if (last?.kind === "text" && /\s$/.test(last.text)) {
    after = " ";
    inner[inner.length - 1] = { ...last, text: last.text.trimEnd() };
  }
  return [before, inner.filter((inline) => inline.kind !== "text" || inline.text !== ""), after];
}

function codeOf(content: readonly Inline[]): string | undefined {
  return content.every(({ kind }) => kind === "text") ? content.map((inline) => (inline as { text: string }).text).join("") : undefined;
}

function codeSpan(code: string, { inCell }: InlineWriting): string {
  const text = code.replace(/\s+/g, " ").trim();
  if (text === "") return "";
  const fence = "`".repeat(longest(text, /`+/g) + 1);
  const padding = /^`|`$/.test(text) ? " " : "";
  return fence + padding + (inCell ? text.replaceAll("|", "\\|") : text) + padding + fence;
}

export function longest(text: string, runs: RegExp): number {
  return text.match(runs)?.reduce((most, run) => Math.max(most, run.length), 0) ?? 0;
}

function atomMarkdown(atom: Atom, writing: InlineWriting): string {
  switch (atom.as) {
    case "break":
      return writing.inCell || writing.inLine || atom.text !== "" ? " " : "\\\n";
    case "code":
      return codeSpan(atom.text, writing);
    case "note": {
      const label = writing.noteLabel(atom.text);
      if (label !== undefined) return `[^${label}]`;
      return /^[\p{L}\p{N}]+$/u.test(atom.text) ? `\\[${atom.text}\\]` : escapedText(atom.text, writing, false);
    }
    case "html":
      return "";
    case "formula":
    case "field":
    case "image":
      return escapedText(atom.text, writing, false);
  }
}

/** What leads to a place of the source itself leads nowhere from here. */
function isTarget(link: string): boolean {
  return link !== "" && !link.startsWith("#") && !/[\n\r<>]/.test(link);
}

function target(link: string): string {
  return /[\s()|\\]/.test(link) ? `<${link.replaceAll("|", "%7C").replaceAll("\\", "%5C")}>` : link;
}

const CONTROL_OR_SPACE = /[\p{Cc}\u2028\u2029\s]+/gu;
const ADDRESS = /^(?:https?:\/\/|www\.)\S+$/i;

/** Text so that it stays text, least of all becomes HTML. */
function escapedText(text: string, { inCell }: InlineWriting, atLineStart: boolean): string {
  // No-break spaces are kept: they are no white space to Markdown.
  const line = text.replace(CONTROL_OR_SPACE, (space) => (/^\u00a0+$/.test(space) ? space : " "));
  if (ADDRESS.test(line) && !/[*_~[\]<>`|\\]/.test(line)) return line;
  const escaped = line
    .replace(/[\\`*[\]<>~]/g, "\\$&")
    .replace(/(?<![\p{L}\p{N}_])_|_(?![\p{L}\p{N}_])/gu, "\\_")
    .replace(/&(?=#?\w{1,32};)/g, "\\&")
    .replace(/\$(?=\S)/g, line.split("$").length > 2 ? "\\$" : "$$")
    .replace(/!(?=$)/, "\\!");
  const piped = inCell ? escaped.replaceAll("|", "\\|") : escaped;
  if (!atLineStart) return piped;
  return piped.replace(/^(\s*)([#+=|:-])/, "$1\\$2").replace(/^(\s*\d{1,9})([.)])/, "$1\\$2");
}

function isAtLineStart(pieces: readonly Piece[]): boolean {
  const before = pieces.findLast(({ text }) => /[^ ]/.test(text));
  return before === undefined || before.text.endsWith("\n");
}

/** Without the pairs of marks that would not be read as such for what stands beside them (CommonMark, 6.2). */
function joined(pieces: readonly Piece[]): string {
  const dropped = new Set<number>();
  for (const [index, piece] of pieces.entries()) {
    if (piece.mark === undefined || piece.of === undefined) continue;
    const before = neighbour(pieces, index, -1);
    const after = neighbour(pieces, index, 1);
    const [inside, outside] = piece.mark === "open" ? [after, before] : [before, after];
    if (isSpace(inside) || (isPunctuation(inside) && !isSpace(outside) && !isPunctuation(outside))) dropped.add(piece.of);
    // Two marks of one sign side by side could be read as one.
    if (piece.mark === "open" && outside === piece.text[0]) dropped.add(piece.of);
  }
  return pieces
    .map(({ text, of }) => (of !== undefined && dropped.has(of) ? "" : text))
    .join("")
    .replace(/ *\\\n */g, "\\\n");
}

function neighbour(pieces: readonly Piece[], from: number, step: 1 | -1): string {
  for (let index = from + step; index >= 0 && index < pieces.length; index += step) {
    const { text, mark } = pieces[index] as Piece;
    // Marks that open or close at the same place are one run.
    if (text === "" || mark === pieces[from]?.mark) continue;
    return (step === 1 ? [...text][0] : [...text].at(-1)) ?? "";
  }
  return "";
}

function isSpace(sign: string): boolean {
  return sign === "" || /\s/u.test(sign);
}

function isPunctuation(sign: string): boolean {
  return /[\p{P}\p{S}]/u.test(sign);
}
