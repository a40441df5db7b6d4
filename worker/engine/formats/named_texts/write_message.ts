import type { Inline } from "../../document/model.ts";
import { type Edit, edited, inOrder } from "../edits.ts";
import { cleaned, type Piece, set } from "../setting.ts";
import { type Dialect, type MarkAnchor, type MessagePart, readMessage } from "./message.ts";
import { referencesIn } from "./references.ts";
import type { Quoting } from "./tokens.ts";
import { wrappingIn } from "./wrapped_lines.ts";

/** `value` with other contents of its parts, by their index: its placeholders and tags as it writes them, its words as text and nothing else. */
export function writeMessage(value: string, contents: ReadonlyMap<number, readonly Inline[]>, dialect: Dialect = {}): string {
  const { parts, quoting } = readMessage(value, dialect);
  const references = referencesIn(value);
  const hasTags = /<\/?[a-zA-Z\d][^<>]{0,2000}>/.test(value);
  const doubles = quoting === "doubled" || (quoting === "icu" && value.includes("''"));
  // The last first: what stands within a mark of a text comes after it in the list, and at the end of these.
  const edits: Edit[] = [];
  for (const [index, part] of [...parts.entries()].toReversed()) {
    const content = contents.get(index);
    if (!content) continue;
    const [from, to] = part.range;
    const within: Edit[] = [];
    for (let last = edits.at(-1); last && last.from >= from && last.to <= to; last = edits.at(-1)) within.push(edits.pop() as Edit);
    const text = textOf(content, { value, edits: inOrder(within), part, quoting, doubles, references, hasTags });
    edits.push({ from, to, text });
  }
  return edited(value, inOrder(edits));
}

interface Manner {
  readonly value: string;
  /** Made within marks. */
  readonly edits: readonly Edit[];
  readonly part: MessagePart;
  readonly quoting: Quoting;
  readonly doubles: boolean;
  readonly references: ReadonlyMap<string, string>;
  readonly hasTags: boolean;
}

function textOf(content: readonly Inline[], manner: Manner): string {
  const { value, edits, part } = manner;
  const pieces: Piece[] = [];
  const mark = (range: readonly [number, number]) => pieces.push({ text: edited(value, edits, ...range), isWords: false });
  const add = (inlines: readonly Inline[]) => {
    for (const inline of inlines) {
      if (inline.kind === "text") {
        pieces.push({ text: escaped(cleaned(inline.text), manner), isWords: true });
        continue;
      }
      const anchor = inline.anchor as MarkAnchor;
      if ("range" in anchor) mark(anchor.range);
      else {
        mark(anchor.open);
        if (inline.kind === "span") add(inline.content);
        mark(anchor.close);
      }
    }
  };
  add(content);
  return set(pieces, part.quote === undefined ? wrappingIn(value, part.range) : undefined);
}

const QUOTES: Readonly<Record<string, string>> = { '"': "&quot;", "'": "&#39;" };

function escaped(text: string, { part: { quote, content }, quoting, doubles, references, hasTags }: Manner): string {
  const coded = references.size === 0 ? text : text.replace(/[^\p{L}\p{N} ]|\p{L}/gu, (sign) => references.get(sign) ?? sign);
  const said = quote === undefined ? coded : coded.replaceAll(quote, QUOTES[quote] ?? quote);
  // Where the source has tags, a translation makes no others.
  if (quoting === "none") return hasTags && !wordsOf(content).includes("<") ? said.replace(/<(?=[a-zA-Z\d/!?]|$)/g, "&lt;") : said;
  // One apostrophe alone is itself to ICU, unless it could begin a quotation; at the end an argument may stand behind it.
  const apostrophes = doubles ? said.replaceAll("'", "''") : said.replace(/'(?=['{}<>#|]|$)/g, "''");
  // What the source has as itself is so where it stands.
  const bare = wordsOf(content);
  return apostrophes.replace(quoting === "icu" ? /[{}#]/g : /[{}]/g, (sign) => (bare.includes(sign) ? sign : `'${sign}'`));
}

function wordsOf(content: readonly Inline[]): string {
  return content.map((inline) => (inline.kind === "span" ? wordsOf(inline.content) : inline.kind === "text" ? inline.text : "")).join("");
}
