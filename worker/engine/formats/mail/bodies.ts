import type { Block, Leaf } from "../../document/model.ts";
import { type Edit, edited, inOrder, type Range } from "../edits.ts";
import type { Writing } from "../format.ts";
import { addBlocks } from "../markup/blocks.ts";
import { readHtml } from "../markup/read.ts";
import { markupEdits } from "../markup/write.ts";
import { readPlainText } from "../plain/read.ts";
import type { TextAnchor } from "../plain/write.ts";
import { type Section, Sections, sectionSize } from "../sectioned.ts";
import { decodeBytes, encodeText } from "./charset.ts";
import { decodeWords, encodeWords } from "./encoded_words.ts";
import type { Header } from "./headers.ts";
import type { Part } from "./mime.ts";
import { decodeTransfer, encodeTransfer, transferFor } from "./transfer.ts";

/** A text of a mail that is translated by itself: a subject, a body. */
export interface Text {
  readonly sections: readonly Section[];
  /** The edits, in bytes of the mail, that set `leaves` of it in place. */
  edits(leaves: readonly Leaf[], writing: Writing): readonly Edit[];
}

/** What programs put before a subject when they answer or forward, in the languages that they do it in. */
const ANSWERS = /^(?:(?:re|fwd?|aw|wg|antw|tr|rv|res|enc|sv|vs|vb|odp|ynt|r|i)(?:\[\d{1,3}\])?\s?:\s*)+/i;

export function subjectText({ value, range, name }: Header, lineEnd: string): Text | undefined {
  const said = decodeWords(value);
  const prefix = ANSWERS.exec(said)?.[0] ?? "";
  const subject = said.slice(prefix.length);
  if (!/\p{L}/u.test(subject)) return undefined;
  const leaf: Leaf = { id: "", kind: "heading", level: 1, content: [{ kind: "text", text: subject }] };
  return {
    sections: [{ blocks: [leaf], remarks: [] }],
    edits(leaves) {
      const text = leaves.map(({ content }) => content.map((inline) => (inline.kind === "span" ? "" : inline.text)).join("")).join(" ");
      const plain = (prefix + text).replace(/[\p{Cc}\s]+/gu, " ").trim();
      return [{ from: range[0], to: range[1], text: encodeWords(plain, name.length, lineEnd) }];
    },
  };
}

/** The text of `part`, which is plain or HTML; undefined if there is nothing to translate in it. */
export function bodyText(part: Part, source: string, lineEnd: string): Text | undefined {
  const declared = part.type.parameters.get("charset") ?? "";
  const { text, encoding, isDoubtful } = decodeBytes(decodeTransfer(source.slice(...part.body), part.transfer), declared);
  const own = part.type.value === "text/html" ? htmlText(text, encoding) : plainText(text, part);
  if (!own) return undefined;
  const message = `A text of the mail is not in the charset that is given for it: it was read as ${encoding.toUpperCase()}.`;
  const doubt: Section = { blocks: [], remarks: [{ page: 0, code: "ENCODING", message }] };
  return {
    sections: isDoubtful ? [...own.sections, doubt] : own.sections,
    edits: (leaves, writing) => partEdits(edited(text, own.edits(leaves, writing)), { part, source, encoding, declared, lineEnd }),
  };
}

function htmlText(text: string, encoding: string): Text {
  const markup = readHtml(text);
  const sections = new Sections(sectionSize(markup.drafts.length));
  addBlocks(markup.drafts, sections);
  const has = encoding === "utf-8" ? undefined : (sign: string) => !encodeText(sign, encoding).isUtf8;
  return { sections: sections.done(), edits: (leaves, writing) => markupEdits(markup, leaves, writing, has) };
}

const SIGNED = /^-----BEGIN PGP SIGNED MESSAGE-----\r?\n(?:[\w-]+:.*\r?\n)*\r?\n/;

/** What of a text its writer wrote: PGP's armour is around it. Undefined if it is encrypted. */
function withinArmour(text: string): Range | undefined {
  if (/^\s*-----BEGIN PGP MESSAGE-----/.test(text)) return undefined;
  const from = SIGNED.exec(text)?.[0].length ?? 0;
  const end = from > 0 ? text.indexOf("-----BEGIN PGP SIGNATURE-----", from) : -1;
  return [from, end < 0 ? text.length : end];
}

function plainText(text: string, { type }: Part): Text | undefined {
  const range = withinArmour(text);
  if (!range) return undefined;
  const { sections, emitter } = readPlainText(text.slice(...range));
  const isFlowed = type.parameters.get("format")?.toLowerCase() === "flowed";
  const space = type.parameters.get("delsp")?.toLowerCase() === "yes" ? "  " : " ";
  // A line that goes on in the next ends with a space (RFC 3676).
  const flowed = (edit: Edit): Edit => ({ ...edit, text: edit.text.replace(/(?<=[^\s])[ \t]*(?=\r?\n)/g, space) });
  return {
    sections,
    edits(leaves, writing) {
      const isProse = ({ anchor }: Leaf) => (anchor as TextAnchor).setting === "prose";
      const prose = emitter.edits(leaves.filter(isProse), writing).edits;
      const rest = emitter.edits(leaves.filter((leaf) => !isProse(leaf)), writing).edits; // biome-ignore format: one thought
      return inOrder([...(isFlowed ? prose.map(flowed) : prose), ...rest]).map((edit) => moved(edit, range[0]));
    },
  };
}

function moved({ from, to, text }: Edit, by: number): Edit {
  return { from: from + by, to: to + by, text };
}

interface Writer {
  readonly part: Part;
  readonly source: string;
  readonly encoding: string;
  readonly declared: string;
  readonly lineEnd: string;
}

/** `text` as the body of `part`, and what its head must then say of its letters. */
function partEdits(text: string, { part, source, encoding, declared, lineEnd }: Writer): Edit[] {
  const isAsDeclared = canonical(declared) === encoding;
  const { bytes, isUtf8 } = encodeText(text, isAsDeclared ? encoding : "utf-8");
  const written = isUtf8 ? Buffer.from(inUtf8(text, part)) : bytes;
  const transfer = transferFor(written, part.transfer);
  const was = source.slice(...part.body);
  const coded = encodeTransfer(written, transfer, lineEnd);
  const body = transfer === "base64" ? coded.trimEnd() + (/[\r\n]*$/.exec(was)?.[0] ?? "") : coded;
  const edits: Edit[] = [{ from: part.body[0], to: part.body[1], text: body }];
  const isAscii = /^[\0-\x7f]*$/.test(text);
  if (isUtf8 && !isAscii && !/^utf-?8$/i.test(declared)) edits.push(charsetEdit(part, lineEnd));
  if (transfer !== part.transfer) edits.push(fieldEdit(part, "Content-Transfer-Encoding", ` ${transfer}`, lineEnd));
  return edits;
}

function canonical(charset: string): string {
  try {
    return /^(?:|us-ascii)$/i.test(charset) ? "utf-8" : new TextDecoder(charset).encoding;
  } catch {
    return "";
  }
}

/** HTML may say its charset as well. */
function inUtf8(text: string, { type }: Part): string {
  return type.value === "text/html" ? text.replace(/(<meta\b[^>]{0,500}?\bcharset\s*=\s*["']?)[\w.:-]{1,40}/i, "$1utf-8") : text;
}

function charsetEdit(part: Part, lineEnd: string): Edit {
  const header = part.headers.find(({ name }) => name === "content-type");
  if (!header) return fieldEdit(part, "Content-Type", ` ${part.type.value}; charset=utf-8`, lineEnd);
  const value = header.value.replace(/(;\s*charset\*?\s*=\s*)(?:"[^"]*"|[^\s;]*)/i, "$1utf-8");
  const said = value === header.value ? `${value.trimEnd().replace(/;$/, "")}; charset=utf-8` : value;
  return { from: header.range[0], to: header.range[1], text: said };
}

/** Sets a field of `part`'s head, or adds it. */
export function fieldEdit(part: Part, name: string, value: string, lineEnd: string): Edit {
  const header = part.headers.find((each) => each.name === name.toLowerCase());
  if (header) return { from: header.range[0], to: header.range[1], text: value };
  const [, end] = part.head;
  return part.headers.length > 0
    ? { from: end, to: end, text: `${lineEnd}${name}:${value}` }
    : { from: end, to: end, text: `${name}:${value}${lineEnd}` };
}

/** Where a leaf stands: in which text of the mail, and what that knows it by. */
export interface MailAnchor {
  readonly text: number;
  readonly own: unknown;
}

/** `block` of the text of that index, under ids of the whole mail. */
export function ownBlock(block: Block, text: number, about: { readonly id: () => string; readonly isUnseen: boolean }): Block {
  const id = about.id();
  const layer = about.isUnseen && { layer: "unseen" as const };
  const inner = (blocks: readonly Block[]) => blocks.map((each) => ownBlock(each, text, about));
  switch (block.kind) {
    case "list":
      return { ...block, ...layer, id, items: block.items.map((item) => ({ ...item, blocks: inner(item.blocks) })) };
    case "table":
      return { ...block, ...layer, id, rows: block.rows.map((row) => row.map((cell) => ({ ...cell, blocks: inner(cell.blocks) }))) };
    case "quote":
      return { ...block, ...layer, id, blocks: inner(block.blocks) };
    case "code":
    case "formula":
    case "rule":
      return { ...block, ...layer, id };
    default: {
      const anchor: MailAnchor = { text, own: block.anchor };
      return { ...block, ...layer, id, anchor };
    }
  }
}
