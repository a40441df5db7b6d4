import type { Inline, TextStyle } from "../document/model.ts";
import type { PageFacts, WordCounts } from "./facts.ts";
import { formulasIn } from "./formulas.ts";
import { isLeader } from "./marks.ts";
import type { Line, Token } from "./token.ts";

/** Text of one look, or a mark that is no text. */
interface Run {
  text: string;
  readonly key: string;
  readonly style?: TextStyle | undefined;
  readonly link?: string | undefined;
  readonly atom?: "note" | "field" | "formula" | "code" | undefined;
  readonly anchors: unknown[];
}

/** What a block's look says by itself, so that no span does. */
export interface Given {
  readonly bold?: boolean;
}

const HYPHEN = /[\p{L}\p{N}][-\u2010\u00ad]$/u;
/** A number and the dash to the next. */
const RANGE = /\p{N}[\u2012\u2013]$/u;
const SOFT_HYPHEN = /\u00ad$/;

/** The text of lines: words apart by spaces, words parted at line ends made whole, spans where the look differs from the page's. */
export function inlines(lines: readonly Line[], facts: PageFacts, given: Given = {}): Inline[] {
  const runs: Run[] = [];
  const hasCode = !facts.mono && lines.some(({ tokens }) => tokens.some(({ word }) => word.style.font !== "mono"));
  for (const [index, line] of lines.entries()) {
    const formulas = formulasIn(line);
    for (const [at, token] of line.tokens.entries()) {
      const before = line.tokens[at - 1];
      const space = before ? (token.glued ? "" : " ") : index === 0 ? "" : lineJoint(runs, token, facts);
      const formula = formulas.get(token);
      if (formula !== undefined) push(runs, space, atomOf(token, "formula", `formula ${index} ${formula}`));
      else if (token.word.atom === "field") push(runs, space, atomOf(token, "field", "value"));
      else if (hasCode && isCode(token)) push(runs, space, atomOf(token, "code", "code"));
      else push(runs, space, runOf(token, before, facts, given));
    }
  }
  return runs.map(inlineOf);
}

/** Joins two texts of which the second goes on where the first ends, as lines are joined. */
export function joint(end: string, begin: string, words: WordCounts): { readonly cut: number; readonly space: string } {
  if (RANGE.test(end) && /^\p{N}/u.test(begin)) return { cut: 0, space: "" };
  if (!HYPHEN.test(end)) return { cut: 0, space: " " };
  if (SOFT_HYPHEN.test(end)) return { cut: 1, space: "" };
  if (!/^\p{Ll}/u.test(begin)) return { cut: 0, space: /^[\p{L}\p{N}]/u.test(begin) ? "" : " " };
  const left = /[\p{L}\p{N}]+(?=[-\u2010]$)/u.exec(end)?.[0] ?? "";
  const right = /^\p{L}+/u.exec(begin)?.[0] ?? "";
  return { cut: isCompound(left.toLowerCase(), right.toLowerCase(), words) ? 0 : 1, space: "" };
}

/** A hyphen is kept if the page has the word with it elsewhere, or both parts as words (the second is counted once here) and not the whole. */
function isCompound(left: string, right: string, words: WordCounts): boolean {
  if (words.has(`${left}-${right}`)) return true;
  if (words.has(left + right)) return false;
  return /\p{N}$/u.test(left) || (left.length > 2 && right.length > 2 && words.has(left) && (words.get(right) ?? 0) > 1);
}

function lineJoint(runs: Run[], token: Token, { words }: PageFacts): string {
  const last = runs.at(-1);
  if (!last || last.atom) return " ";
  const { cut, space } = joint(last.text, token.word.text, words);
  if (cut > 0) last.text = last.text.slice(0, -cut);
  return space;
}

function push(runs: Run[], space: string, made: Run): void {
  const last = runs.at(-1);
  if (last && last.key === made.key && made.atom !== "note" && made.key !== "field") {
    last.text += space + made.text;
    last.anchors.push(...made.anchors);
    return;
  }
  // A space belongs to the plainer side, so that spans begin and end with words.
  if (space && last) {
    if (last.key === "") last.text += space;
    else if (made.key === "") made.text = space + made.text;
    else runs.push({ text: space, key: "", anchors: [] });
  }
  runs.push(made);
}

/** What stands in a typewriter face in text that does not: names and pieces of programs, but for addresses that lead somewhere. */
function isCode({ word: { style, link } }: Token): boolean {
  return style.font === "mono" && link === undefined;
}

function atomOf({ word: { text, anchor } }: Token, atom: "formula" | "code" | "field", key: string): Run {
  return { text, key, atom, anchors: anchor === undefined ? [] : [anchor] };
}

function runOf(token: Token, before: Token | undefined, facts: PageFacts, given: Given): Run {
  const { text, link, anchor } = token.word;
  const anchors = anchor === undefined ? [] : [anchor];
  const script = token.script ?? token.word.style.script;
  if (script === "super" && isNote(text, before)) return { text, key: "note", atom: "note", anchors };
  if (isLeader(text)) return { text, key: "field", atom: "field", anchors };
  // A comma in another font than its word is no change of look.
  const isAlike = before !== undefined && !before.script && !before.word.style.script;
  const look = !/[\p{L}\p{N}]/u.test(text) && token.glued && isAlike ? before : token;
  const style = styleOf(look, look === token ? script : undefined, facts, given);
  return { text, key: style || link !== undefined ? JSON.stringify([style, link]) : "", style, link, anchors };
}

function styleOf({ word: { style } }: Token, script: TextStyle["script"], facts: PageFacts, given: Given): TextStyle | undefined {
  const { bold, italic, underline, strike, font, color } = style;
  const differs: TextStyle = {
    ...(bold && !facts.bold && !given.bold ? { bold } : {}),
    ...(italic ? { italic } : {}),
    ...(underline ? { underline } : {}),
    ...(strike ? { strike } : {}),
    ...(font === "mono" && !facts.mono ? { font } : {}),
    ...(color && color !== facts.color ? { color } : {}),
    ...(script ? { script } : {}),
  };
  return Object.keys(differs).length > 0 ? differs : undefined;
}

const UNITS = /^(?:\d+(?:[.,]\d+)?)?(?:[kcdm]?m|ft|in|mi|yd|s|h|l|µm|nm)$/iu;

/**
 * Whether a raised text marks a note: figures or signs behind a word. Behind a unit, a lone letter, ten, or where a figure
 * follows ("m²", "x²", "10⁶", "1ˢᵗ") it is a part of the text.
 */
function isNote(text: string, before: Token | undefined): boolean {
  if (!/^(?:[*†‡§¶#]{1,3}|[[(]?\d{1,3}(?:[,–-]\d{1,3})*[\])]?,?|[a-e](?:,[a-e0-9*]{1,2})*)$/u.test(text)) return false;
  const word = before?.word.text ?? "";
  if (/^[a-e]/.test(text)) return /\p{L}{3}$/u.test(word);
  if (!before || /^[*†‡§¶]/u.test(text)) return true;
  if (/(?:^|[^\p{L}\p{N}])\p{L}$/u.test(word) || UNITS.test(word)) return false;
  return !/^(?:.*[×x·*])?10$/.test(word) && !/[=+−×^)]$/.test(word);
}

function inlineOf({ text, style, link, atom, anchors }: Run): Inline {
  const anchor = anchors.length > 0 ? { anchor: anchors } : {};
  if (atom) return { kind: "atom", as: atom, text, ...anchor };
  if (!style && link === undefined) return { kind: "text", text, ...anchor };
  return {
    kind: "span",
    ...(style ? { style } : {}),
    ...(link === undefined ? {} : { link }),
    content: [{ kind: "text", text, ...anchor }],
  };
}
