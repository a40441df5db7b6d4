import type { Atom, Inline, Span } from "../../document/model.ts";
import type { Range } from "../edits.ts";
import { KEPT_IN_TEXT, kindOfKept, parted, unwrapped } from "../inline_text.ts";
import type { AtomAnchor, SpanAnchor } from "./anchors.ts";
import { isFormatting, styleOf } from "./elements.ts";
import type { Piece, Run } from "./run.ts";
import type { Scope } from "./scope.ts";
import { attributeOf, type Tag } from "./tokens.ts";

/** An element that is being read. */
interface Frame {
  /** Undefined for the leaf itself. */
  readonly tag?: Tag;
  readonly before: boolean;
  readonly content: Inline[];
  /** It is opened again behind this part of it. */
  readonly again?: Changing | undefined;
}

type Changing = { -readonly [Key in keyof SpanAnchor]: SpanAnchor[Key] };

/** The words of `run` with its elements as spans; where tags cross, they nest as the parser makes them nest. */
export function contentOf({ pieces, block }: Run, source: string): Inline[] {
  const closes = new Map<Tag, number>();
  for (const [index, piece] of pieces.entries())
    if (piece.kind === "tag" && piece.tag.kind === "close" && piece.tag.partner) closes.set(piece.tag.partner, index);
  const root: Frame = { before: false, content: [] };
  /** Of each element the part that was read last. */
  const last = new Map<Tag, Changing>();
  const stack: Frame[] = [root, ...openBefore(pieces, closes)];
  const top = () => stack.at(-1) as Frame;
  const finish = (frame: Frame, how: { close?: Range; after?: true }) => {
    stack.pop();
    const { tag, content, before, again } = frame;
    if (!tag) return;
    if (content.length === 0 && (before || again)) {
      // What was only opened again holds nothing; where it goes on behind the run, its last part does.
      if (how.after && again) again.after = true;
      return;
    }
    const made = spanOf(tag, content, { ...how, ...(before && { before: true as const }) });
    last.set(tag, made.anchor as Changing);
    top().content.push(made);
  };
  /** Closes the elements from the one at `place` on, and opens those again that go on. */
  const leave = (place: number, how: { close?: Range }, goesOn: (tag: Tag) => boolean) => {
    const others = stack.slice(place + 1).flatMap(({ tag }) => (tag && goesOn(tag) ? [tag] : []));
    while (stack.length > place + 1) finish(top(), {});
    finish(top(), how);
    for (const tag of others) stack.push({ tag, before: false, content: [], again: last.get(tag) });
  };
  /** An element may end without an end tag, as a link does where the next begins. */
  const leaveEnded = (piece: Piece) => {
    const scope = piece.kind === "tag" ? piece.tag.scope : piece.scope;
    if (!scope || stack.length === 1 || (piece.kind === "tag" && piece.tag.kind === "close")) return;
    const around = new Set<unknown>();
    for (let at: Scope | undefined = scope; at; at = at.parent) around.add(at.origin);
    const isOpen = (tag: Tag) => around.has(tag.scope.origin);
    const ended = stack.findIndex(({ tag }) => tag && !isOpen(tag));
    if (ended > 0) leave(ended, {}, isOpen);
  };
  for (let index = 0; index < pieces.length; index++) {
    const piece = pieces[index] as Piece;
    leaveEnded(piece);
    if (piece.kind === "text") top().content.push(...textOf(piece, source));
    else if (piece.kind === "atom") top().content.push(atom(piece.as, piece.text, piece.range));
    else if (isReading(piece.tag)) continue;
    else if (piece.tag.kind === "void") top().content.push(...voidOf(piece.tag));
    else if (piece.tag.kind === "open") {
      const end = closes.get(piece.tag);
      const whole = end === undefined ? undefined : keptWhole(pieces, index, end);
      if (whole && end !== undefined) {
        top().content.push(whole);
        index = end;
      } else stack.push({ tag: piece.tag, before: false, content: [] });
    } else {
      const place = stack.findLastIndex(({ tag }) => tag !== undefined && tag === piece.tag.partner);
      if (place < 0) continue;
      leave(place, { close: piece.tag.range }, (tag) => (closes.get(tag) ?? -1) > index || isFormatting(tag.name));
    }
  }
  while (stack.length > 1) finish(top(), { after: true });
  return collapsed(root.content, block.lines);
}

/** The elements that began before the run and end in it, outermost first. */
function openBefore(pieces: readonly Piece[], closes: ReadonlyMap<Tag, number>): Frame[] {
  const own = new Set(pieces.flatMap((piece) => (piece.kind === "tag" && piece.tag.kind === "open" ? [piece.tag] : [])));
  const outside = [...closes.keys()].filter((tag) => !own.has(tag) && !isReading(tag));
  return outside.sort((a, b) => a.range[0] - b.range[0]).map((tag) => ({ tag, before: true, content: [] }));
}

/** Readings beside words, and the elements that join both: they go with the words that they are of. */
function isReading({ name, scope }: Tag): boolean {
  return scope.isReading || name === "ruby" || name === "rb";
}

/** The element from `open` to `close` as one atom, if nothing in it is to be translated. */
function keptWhole(pieces: readonly Piece[], open: number, close: number): Atom | undefined {
  const [start, end] = [pieces[open], pieces[close]] as [Piece & { kind: "tag" }, Piece & { kind: "tag" }];
  const { kept } = start.tag.scope;
  if (!kept) return undefined;
  let text = "";
  for (let index = open + 1; index < close; index++) {
    const piece = pieces[index] as Piece;
    if (piece.kind === "text" && !piece.scope.kept) return undefined;
    if (piece.kind !== "tag") text += piece.kind === "atom" && piece.as === "break" ? " " : piece.text;
  }
  return atom(AS[kept], oneLine(text).trim(), [start.range[0], end.range[1]]);
}

const AS = { wish: "field", code: "code", note: "note" } as const;

function voidOf(tag: Tag): Atom[] {
  // Where a word may be broken its translation need not.
  if (tag.name === "wbr") return [];
  return [atom(tag.name === "img" ? "image" : "html", "", tag.range)];
}

function spanOf(tag: Tag, content: Inline[], how: { close?: Range; before?: true; after?: true }): Span {
  const style = tag.scope.foreign ? undefined : styleOf(tag.name);
  const link = tag.name === "a" ? attributeOf(tag.attributes, "href") : undefined;
  const anchor: SpanAnchor = { open: tag.range, ...how };
  return { kind: "span", ...(style && { style }), ...(link !== undefined && { link }), content, anchor };
}

export function atom(as: Atom["as"], text: string, range: Range): Atom {
  return { kind: "atom", as, text, anchor: { range } satisfies AtomAnchor };
}

/** What programs that fill in pages look for: "{{ name }}", "{% if %}", "${name}". */
const PLACEHOLDER = /\{\{[^{}]{1,200}\}\}|\{%[^%{}]{1,300}%\}|\$\{[^{}]{1,200}\}/;
const KEPT = new RegExp(`${PLACEHOLDER.source}|${KEPT_IN_TEXT.source}`, KEPT_IN_TEXT.flags);

/** Addresses, formulas and placeholders go along with the words around them. */
function textOf({ text, range, scope }: Piece & { kind: "text" }, source: string): Inline[] {
  const value = oneLine(text.replaceAll("\u00ad", ""));
  if (scope.kept) return [atom("field", value, range)];
  const raw = source.slice(...range);
  let cursor = 0;
  return parted(value, KEPT, (found) => {
    const written = [found, found.replaceAll("&", "&amp;")].find((each) => raw.indexOf(each, cursor) >= 0);
    // Written with references: it stays text.
    if (written === undefined) return undefined;
    const place = raw.indexOf(written, cursor);
    cursor = place + written.length;
    return atom(found.startsWith("${") ? "field" : kindOfKept(found), found, [range[0] + place, range[0] + cursor]);
  });
}

/** As a browser collapses white space. */
export function oneLine(text: string): string {
  return unwrapped(text).replace(/[ \t\n\f\r]+/g, " ");
}

/** `content` without spaces behind spaces, whatever stands between, and without any at its ends. */
function collapsed(content: readonly Inline[], lines: boolean): Inline[] {
  let isSpaced = true;
  const walk = (inlines: readonly Inline[]): Inline[] =>
    inlines.flatMap((inline): Inline[] => {
      if (inline.kind === "span") {
        // An element without text may be a sign that a style draws.
        if (inline.content.length === 0) isSpaced = false;
        return [{ ...inline, content: walk(inline.content) }];
      }
      if (inline.kind === "atom") {
        isSpaced = inline.as === "break";
        return [inline];
      }
      const text = isSpaced ? inline.text.replace(/^ /, "") : inline.text;
      if (text === "") return [];
      isSpaced = !lines && text.endsWith(" ");
      return [{ ...inline, text }];
    });
  return endTrimmed(walk(content));
}

function endTrimmed(content: readonly Inline[]): Inline[] {
  const last = content.at(-1);
  if (!last || last.kind === "atom") return [...content];
  const rest = content.slice(0, -1);
  if (last.kind === "span") return [...rest, { ...last, content: endTrimmed(last.content) }];
  const text = last.text.replace(/(?<! ) +$/, "");
  return text === "" ? endTrimmed(rest) : [...rest, { ...last, text }];
}
