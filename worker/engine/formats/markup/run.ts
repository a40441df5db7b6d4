import type { Atom } from "../../document/model.ts";
import type { Range } from "../edits.ts";
import type { BlockScope, Scope } from "./scope.ts";
import type { Tag } from "./tokens.ts";

/** A piece of a line of text, before its tags are paired. */
export type Piece =
  | { readonly kind: "text"; readonly range: Range; readonly text: string; readonly scope: Scope }
  | { readonly kind: "tag"; readonly tag: Tag; readonly range: Range }
  | { readonly kind: "atom"; readonly as: Atom["as"]; readonly text: string; readonly range: Range; readonly scope?: Scope };

/** Lines of text between two tags that part them. */
export interface Run {
  readonly block: BlockScope;
  readonly pieces: readonly Piece[];
  readonly range: Range;
}

/** The white space that browsers collapse. */
const LEADING = /^[ \t\n\f\r]+/;
const TRAILING = /(?<![ \t\n\f\r])[ \t\n\f\r]+$/;

/** `pieces` from the first that says something to the last, with the elements around them; undefined if none does. */
export function trimmedRun(block: BlockScope, pieces: readonly Piece[], source: string): Run | undefined {
  const first = pieces.findIndex(says);
  if (first < 0) return undefined;
  const last = pieces.findLastIndex(says);
  const places = new Map(pieces.map((piece, index) => [piece.kind === "tag" ? piece.tag : piece, index]));
  let [from, to] = [first, last];
  for (const [index, piece] of pieces.entries()) {
    if (piece.kind !== "tag" || piece.tag.kind !== "close" || !piece.tag.partner) continue;
    const open = places.get(piece.tag.partner);
    if (open === undefined || index < first || open > last) continue;
    from = Math.min(from, open);
    to = Math.max(to, index);
  }
  const inside = pieces.slice(from, to + 1);
  const [start, end] = [inside[0] as Piece, inside.at(-1) as Piece];
  const lead = start.kind === "text" ? lengthOf(LEADING, source.slice(...start.range)) : 0;
  const tail = end.kind === "text" ? lengthOf(TRAILING, source.slice(...end.range)) : 0;
  return { block, pieces: inside, range: [start.range[0] + lead, end.range[1] - tail] };
}

function says(piece: Piece): boolean {
  return piece.kind !== "tag" && piece.text.trim() !== "";
}

function lengthOf(space: RegExp, text: string): number {
  return space.exec(text)?.[0].length ?? 0;
}

/** More than this and a line's end ends the run: no text of people goes on so long. */
const MANY_PIECES = 200;

/** Gathers the pieces of a run, and hands each run on when it ends. */
export class RunBuilder {
  readonly #source: string;
  readonly #done: (run: Run) => void;
  #block: BlockScope | undefined;
  #pieces: Piece[] = [];
  /** White space up to here is part of a line's end. */
  #taken = 0;

  constructor(source: string, done: (run: Run) => void) {
    this.#source = source;
    this.#done = done;
  }

  add(piece: Piece, block: BlockScope): void {
    this.#enter(block);
    this.#pieces.push(piece);
  }

  addText(text: string, [from, to]: Range, scope: Scope): void {
    this.#enter(scope.block);
    if (from >= this.#taken) this.#pieces.push({ kind: "text", range: [from, to], text, scope });
    else if (to > this.#taken) this.#pieces.push({ kind: "text", range: [this.#taken, to], text: text.replace(LEADING, ""), scope });
  }

  /** Text of lines that are shown as such. */
  addLines(text: string, range: Range, scope: Scope): void {
    const ends = [...this.#source.slice(...range).matchAll(/(?:(?<![ \t])[ \t]+)?(?:\r\n|\n|\r)[ \t]*/g)];
    const lines = text.split(/\r\n|\n|\r/);
    // Where line ends are references, the source has but one line.
    if (lines.length !== ends.length + 1) return this.addText(text.replace(/[\r\n]+/g, " "), range, scope);
    let at = range[0];
    for (const [index, line] of lines.entries()) {
      const end = ends[index];
      const stop = end ? range[0] + end.index : range[1];
      const start = index > 0 ? line.replace(/^[ \t]+/, "") : line;
      if (stop > at) this.addText(end ? start.replace(/(?<![ \t])[ \t]+$/, "") : start, [at, stop], scope);
      if (!end) break;
      at = stop + end[0].length;
      this.#break([stop, at], scope.block);
    }
  }

  /** The end of a line, with the white space beside it, which is not shown. */
  addBreak(range: Range, block: BlockScope): void {
    this.#enter(block);
    const last = this.#pieces.at(-1);
    let [from] = range;
    if (last?.kind === "text" && last.range[1] === from) {
      from -= lengthOf(TRAILING, this.#source.slice(...last.range));
      this.#pieces[this.#pieces.length - 1] = { ...last, text: last.text.replace(TRAILING, ""), range: [last.range[0], from] };
    }
    SPACE.lastIndex = range[1];
    SPACE.test(this.#source);
    this.#taken = SPACE.lastIndex;
    this.#break([from, this.#taken], block);
  }

  /** What stands between words and is no text. */
  addMark(range: Range): void {
    if (this.#block) this.#pieces.push({ kind: "atom", as: "html", text: "", range });
  }

  end(): void {
    const run = this.#block && trimmedRun(this.#block, this.#pieces, this.#source);
    this.#pieces = [];
    this.#block = undefined;
    if (run) this.#done(run);
  }

  #enter(block: BlockScope): void {
    if (this.#block !== block) this.end();
    this.#block = block;
  }

  /** Two line ends part paragraphs. */
  #break(range: Range, block: BlockScope): void {
    this.#enter(block);
    const last = this.#pieces.findLast((piece) => piece.kind !== "text" || piece.text.trim() !== "");
    if (!last || (last.kind === "atom" && last.as === "break") || this.#pieces.length > MANY_PIECES) this.end();
    else this.#pieces.push({ kind: "atom", as: "break", text: "", range });
  }
}

const SPACE = /[ \t\n\f\r]*/y;
