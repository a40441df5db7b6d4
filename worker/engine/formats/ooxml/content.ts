import type { Inline, Span, TextStyle } from "../../document/model.ts";
import type { Range } from "../edits.ts";
import { ADDRESS, parted } from "../inline_text.ts";
import { type Dialect, IN_TEXT, type InlineAnchor, type Kept, type NodePlace, type Point, type RunsPlace } from "./places.ts";
import type { AtomToken, OpenToken, RunProperties, TextToken, Token } from "./tokens.ts";

/** A paragraph's text, and where it stands. */
export interface RunsContent {
  readonly content: Inline[];
  readonly place: RunsPlace;
  /** Of the text that no span is around. */
  readonly look: TextStyle | undefined;
}

export interface RunsFacts {
  readonly part: string;
  readonly dialect: Dialect;
  readonly prefix: string;
}

/**
 * `tokens` as content: neighbouring runs that look the same are one text, the look of most letters has no span, and each
 * other look and each element around runs is one. Undefined if a reader sees no text there.
 */
export function contentOf(tokens: readonly Token[], facts: RunsFacts): RunsContent | undefined {
  const root = tree(tokens);
  if (!hasText(root)) return undefined;
  const all = tokens.filter((token) => token.kind === "text");
  const fallback = all[0]?.run;
  const [first, last] = [tokens.findIndex(isSeen), tokens.findLastIndex(isSeen)];
  const range: Range = [edge(tokens, first, -1), edge(tokens, last, 1)];
  const amid = { points: [] as Point[], letters: 0, total: Math.max(1, lengthOf(all)), range };
  const nodes: NodePlace[] = [];
  const base = commonest(root.children) ?? fallback;
  const content = inlines(root.children, { base, nodes, amid, fallback });
  const points = amid.points.length > 0 ? { points: amid.points } : {};
  return { content, place: { as: "runs", ...facts, range, base: base?.range, nodes, ...points }, look: base?.style };
}

function isSeen(token: Token): boolean {
  return token.kind !== "point";
}

/** Where the run, or the outermost element, of a token ends: nothing else of it is left out then. */
function edge(tokens: readonly Token[], index: number, side: -1 | 1): number {
  const { whole } = tokens[index] as Token;
  return side < 0 ? whole[0] : whole[1];
}

type Branch = TextToken | AtomToken | { readonly kind: "point"; readonly kept: readonly Kept[]; readonly whole: Range } | Element;

interface Element {
  readonly kind: "element";
  readonly token: OpenToken | undefined;
  close: readonly Kept[];
  readonly children: Branch[];
}

function tree(tokens: readonly Token[]): Element {
  const root: Element = { kind: "element", token: undefined, close: [], children: [] };
  const stack = [root];
  for (const token of tokens) {
    const top = stack.at(-1) as Element;
    if (token.kind === "open") {
      const element: Element = { kind: "element", token, close: [], children: [] };
      top.children.push(element);
      stack.push(element);
    } else if (token.kind === "close") {
      top.close = token.kept;
      stack.pop();
      // What holds nothing that is read is itself nothing that is read.
      const parent = stack.at(-1) as Element;
      if (!top.children.some(isRead)) parent.children[parent.children.length - 1] = asPoint(top);
    } else top.children.push(token);
  }
  return root;
}

function isRead(branch: Branch): boolean {
  return branch.kind === "element" ? branch.children.some(isRead) : branch.kind !== "point";
}

function hasText(branch: Branch): boolean {
  if (branch.kind === "element") return branch.children.some(hasText);
  return branch.kind === "text" && branch.text.trim() !== "";
}

function asPoint(element: Element): Branch {
  const open = element.token as OpenToken;
  return { kind: "point", kept: keptOf(element), whole: open.whole };
}

function keptOf(branch: Branch): Kept[] {
  if (branch.kind !== "element") return [...branch.kept];
  return [...(branch.token?.kept ?? []), ...branch.children.flatMap(keptOf), ...branch.close];
}

function lengthOf(texts: readonly { readonly text: string }[]): number {
  return texts.reduce((sum, { text }) => sum + text.length, 0);
}

/** The look that most letters have, of those that stand here themselves. */
function commonest(branches: readonly Branch[]): RunProperties | undefined {
  const letters = new Map<string, number>();
  let best: RunProperties | undefined;
  for (const branch of branches) {
    if (branch.kind !== "text") continue;
    const count = (letters.get(branch.run.key) ?? 0) + branch.text.trim().length;
    letters.set(branch.run.key, count);
    if (!best || count > (letters.get(best.key) ?? 0)) best = branch.run;
  }
  return best;
}

/** There may be very many of them. */
function added(list: readonly Kept[] | undefined, more: readonly Kept[]): Kept[] {
  const all = (list ?? []) as Kept[];
  for (const each of more) all.push(each);
  return all;
}

interface Making {
  readonly base: RunProperties | undefined;
  readonly nodes: NodePlace[];
  readonly amid: { readonly points: Point[]; letters: number; readonly total: number; readonly range: Range };
  readonly fallback: RunProperties | undefined;
}

type Piece =
  | { readonly kind: "text"; text: string; run: RunProperties }
  | { readonly kind: "node"; readonly branch: AtomToken | Element }
  | { readonly kind: "point"; readonly kept: readonly Kept[] };

function inlines(branches: readonly Branch[], making: Making): Inline[] {
  const pieces = joined(branches, making);
  const content: Inline[] = [];
  let before: Kept[] = [];
  const flush = () => {
    if (before.length > 0) making.amid.points.push({ kept: before, at: making.amid.letters / making.amid.total });
    before = [];
  };
  for (const piece of pieces) {
    if (piece.kind === "point") {
      const last = content.at(-1);
      const node = before.length === 0 && last && last.kind !== "text" ? making.nodes[(last.anchor as InlineAnchor).n] : undefined;
      if (node) Object.assign(node, { after: added(node.after, piece.kept) });
      else before = added(before, piece.kept);
    } else if (piece.kind === "text" && piece.run.key === making.base?.key) {
      flush();
      making.amid.letters += piece.text.length;
      content.push(...addressed(piece.text));
    } else {
      content.push(node(piece, before, making));
      before = [];
    }
  }
  flush();
  return content;
}

function node(piece: Exclude<Piece, { kind: "point" }>, before: readonly Kept[], making: Making): Inline {
  const anchor: InlineAnchor = { n: making.nodes.length };
  const around = before.length > 0 ? { before } : {};
  if (piece.kind === "text") {
    making.nodes.push({ run: piece.run.range ?? null, ...around });
    making.amid.letters += piece.text.length;
    return { kind: "span", style: differing(piece.run.style, making.base?.style), content: addressed(piece.text), anchor };
  }
  const { branch } = piece;
  if (branch.kind === "atom") {
    making.nodes.push({ kept: branch.kept, ...(branch.sign !== undefined && { sign: branch.sign }), ...around });
    return { kind: "atom", as: branch.as, text: branch.text, anchor };
  }
  const { token, close, children } = branch;
  const base = commonest(children) ?? making.fallback;
  making.nodes.push({ open: token?.kept ?? [], close, base: base?.range, ...(token?.once && { once: true }), ...around });
  const span: Span = { kind: "span", content: inlines(children, { ...making, base }), anchor };
  return token?.link === undefined ? span : { ...span, link: token.link };
}

/** Neighbouring texts of one look as one. A space between two of another look goes with its neighbours, unless it shows. */
function joined(branches: readonly Branch[], { amid }: Making): Piece[] {
  const pieces: Piece[] = [];
  for (const branch of branches) {
    const last = pieces.at(-1);
    if (branch.kind === "point") {
      if (branch.whole[1] > amid.range[0] && branch.whole[0] < amid.range[1]) pieces.push({ kind: "point", kept: branch.kept });
    } else if (branch.kind !== "text") pieces.push({ kind: "node", branch });
    else if (last?.kind === "text" && (last.run.key === branch.run.key || joins(branch, last))) last.text += branch.text;
    else if (last?.kind === "text" && joins(last, branch)) merge(pieces, branch);
    else pieces.push({ kind: "text", text: branch.text, run: branch.run });
  }
  return pieces;
}

interface Styled {
  readonly text: string;
  readonly run: RunProperties;
}

function joins(blank: Styled, neighbour: Styled): boolean {
  return blank.text.trim() === "" && !blank.run.showsSpaces && !neighbour.run.showsSpaces;
}

/** A blank at the beginning of a text takes the look of what follows it. */
function merge(pieces: Piece[], { text, run }: TextToken): void {
  const blank = pieces.pop() as Piece & { kind: "text" };
  const last = pieces.at(-1);
  if (last?.kind === "text" && last.run.key === run.key) last.text += blank.text + text;
  else pieces.push({ kind: "text", text: blank.text + text, run });
}

/** Addresses of the web and of mail are no words. */
function addressed(text: string): Inline[] {
  return parted(text, ADDRESS, (address) => ({ kind: "atom", as: "field", text: address, anchor: IN_TEXT }));
}

/** What of `style` is otherwise than in `base`. */
export function differing(style: TextStyle, base: TextStyle = {}): TextStyle {
  const result: Record<string, unknown> = {};
  for (const key of new Set([...Object.keys(style), ...Object.keys(base)]) as Set<keyof TextStyle>) {
    if (style[key] === base[key]) continue;
    if (style[key] !== undefined) result[key] = style[key];
    else if (base[key] === true) result[key] = false;
  }
  return result as TextStyle;
}
