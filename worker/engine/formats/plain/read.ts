import type { Block, HeadingLevel, Inline, ListItem } from "../../document/model.ts";
import type { Range } from "../edits.ts";
import { KEPT_IN_TEXT, kindOfKept, parted } from "../inline_text.ts";
import { type Section, Sections } from "../sectioned.ts";
import type { Emitter } from "../text_document.ts";
import { type Group, groupsOf, type Line } from "./lines.ts";
import { isCode, isProse, isRule, isUnderline, itemStarts, markLength, markOf } from "./structure.ts";
import { type TextTable, tableLength, tableOf } from "./table.ts";
import { type TextAnchor, textEmitter } from "./write.ts";

const MAX_HEADING = 70;

interface Reading {
  readonly source: string;
  /** Gives the blocks their ids. */
  readonly sections: Sections;
  readonly tables: TextTable[];
}

/** Pure: `source`, without a byte order mark, as sections, and how leaves of them are written back. */
export function readPlainText(source: string): { sections: readonly Section[]; emitter: Emitter } {
  const tables: TextTable[] = [];
  const sections = new Sections();
  const reading: Reading = { source, sections, tables };
  const groups = groupsOf(source);
  for (const [index, group] of groups.entries()) sections.add(...readGroup(group, groups[index + 1], reading, index === 0));
  return { sections: sections.done(), emitter: textEmitter(source, tables) };
}

function readGroup(group: Group, next: Group | undefined, reading: Reading, isFirst: boolean): Block[] {
  const { lines } = group;
  const isQuoted = (lines[0]?.depth ?? 0) > 0;
  const id = isQuoted ? reading.sections.id() : "";
  const blocks = isHeading(group, next, isFirst) ? [heading(lines[0] as Line, isFirst ? 1 : 2, reading)] : readLines(lines, reading);
  return isQuoted ? [{ id, kind: "quote", blocks }] : blocks;
}

/** A short line alone, before more text, that is in capitals, numbered, first, or set apart by more than a blank line. */
function isHeading({ lines, blankBefore }: Group, next: Group | undefined, isFirst: boolean): boolean {
  const [line, ...others] = lines;
  if (!line || others.length > 0 || !next || line.depth > 0 || line.text.length > MAX_HEADING) return false;
  if (!/\p{L}/u.test(line.text) || /[.,;:!?]$/.test(line.text) || isItem(line)) return false;
  const follows = next.lines.reduce((sum, { text }) => sum + text.length, 0);
  const isShout = line.text === line.text.toUpperCase() && line.text !== line.text.toLowerCase();
  const isNumbered = /^(?:\d+(?:\.\d+)+\.?|chapter|section|part|capítulo|chapitre|kapitel)\s/iu.test(line.text);
  return follows > line.text.length && (isShout || isNumbered || isFirst || blankBefore > 1);
}

/** The number of a section ("2.1") begins headings as well. */
function isItem(line: Line): boolean {
  const mark = markOf(line);
  return mark !== undefined && !/^\d+\.\d/.test(mark);
}

function readLines(lines: readonly Line[], reading: Reading): Block[] {
  if (isCode(lines)) return [code(lines, reading)];
  const starts = itemStarts(lines);
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] as Line;
    const rows = starts[at] ? 0 : tableLength(lines, at);
    if (rows > 0) {
      blocks.push(tableBlock(lines.slice(at, at + rows), reading));
      at += rows;
    } else if (isUnderline(lines[at + 1], line) && !starts[at]) {
      blocks.push(heading(line, lines[at + 1]?.text.startsWith("=") ? 1 : 2, reading));
      at += 2;
    } else if (isRule(line)) {
      blocks.push({ id: reading.sections.id(), kind: "rule" });
      at += 1;
    } else if (starts[at]) {
      const end = listEnd(lines, starts, at);
      blocks.push(list(lines.slice(at, end), starts.slice(at, end), reading));
      at = end;
    } else {
      const end = textEnd(lines, starts, at);
      blocks.push(...text(lines.slice(at, end), reading));
      at = end;
    }
  }
  return blocks;
}

/** Where the text that begins at `from` ends: before an item, a table, a rule, or a line that is underlined. */
function textEnd(lines: readonly Line[], starts: readonly boolean[], from: number): number {
  let end = from + 1;
  while (end < lines.length) {
    const line = lines[end] as Line;
    if (starts[end] || isRule(line) || isUnderline(lines[end + 1], line) || tableLength(lines, end) > 0) break;
    end += 1;
  }
  return end;
}

function text(lines: readonly Line[], reading: Reading): Block[] {
  if (isCode(lines)) return [code(lines, reading)];
  return [paragraph(lines, isProse(lines), reading)];
}

function code(lines: readonly Line[], reading: Reading): Block {
  const margin = lines.reduce((least, { start, from }) => Math.min(least, start - from), Number.POSITIVE_INFINITY);
  return { id: reading.sections.id(), kind: "code", text: lines.map(({ from, to }) => reading.source.slice(from + margin, to)).join("\n") };
}

function heading(line: Line, level: HeadingLevel, reading: Reading): Block {
  const anchor: TextAnchor = { setting: "prose", range: [line.start, line.to] };
  return { id: reading.sections.id(), kind: "heading", level, content: words(line.text, line.start), anchor };
}

function paragraph(lines: readonly Line[], isJoined: boolean, reading: Reading): Block {
  const [first, last] = [lines[0] as Line, lines.at(-1) as Line];
  const anchor: TextAnchor = { setting: isJoined ? "prose" : "lines", range: [first.start, last.to] };
  return { id: reading.sections.id(), kind: "paragraph", content: isJoined ? joined(lines) : inLines(lines), anchor };
}

function inLines(lines: readonly Line[]): Inline[] {
  return lines.flatMap((line, index): Inline[] => {
    const before = lines[index - 1];
    const end: Inline[] = before ? [{ kind: "atom", as: "break", text: "", anchor: { range: [before.to, line.start] } }] : [];
    return [...end, ...words(line.text, line.start)];
  });
}

const CJK = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff00-\uffef]/u;

/** A word that a hyphen parts at the line's end keeps a hyphen of its own, as "well-known" has; soft ones go. */
function joined(lines: readonly Line[]): Inline[] {
  return lines.flatMap((line, index): Inline[] => {
    const next = lines[index + 1];
    if (!next) return words(line.text, line.start);
    if (/\p{L}[\u00ad\u2010]$/u.test(line.text)) return words(line.text.slice(0, -1), line.start);
    const isTogether =
      (/\p{L}-$/u.test(line.text) && /^\p{Ll}/u.test(next.text)) || (CJK.test(line.text.slice(-1)) && CJK.test(next.text.slice(0, 1)));
    return words(isTogether ? line.text : `${line.text} `, line.start);
  });
}

/** A line's text, its addresses and formulas as atoms. */
function words(line: string, start: number): Inline[] {
  return parted(line, KEPT_IN_TEXT, (found, index) => {
    const range: Range = [start + index, start + index + found.length];
    return { kind: "atom", as: kindOfKept(found), text: found, anchor: { range } };
  });
}

/** An item goes on over lines that hang below its text, or that it was wrapped into. */
function listEnd(lines: readonly Line[], starts: readonly boolean[], from: number): number {
  const indent = (lines[from] as Line).indent;
  let end = from + 1;
  for (; end < lines.length; end++) {
    const [line, before] = [lines[end] as Line, lines[end - 1] as Line];
    if (starts[end] || line.indent > indent) continue;
    const isWrapped = /^\p{Ll}/u.test(line.text) && before.text.length >= 50;
    if (!isWrapped) break;
  }
  return end;
}

function list(lines: readonly Line[], starts: readonly boolean[], reading: Reading): Block {
  const id = reading.sections.id();
  const indent = (lines[0] as Line).indent;
  const items: ListItem[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] as Line;
    let end = at + 1;
    while (end < lines.length && !(starts[end] && (lines[end] as Line).indent <= indent + 1)) end += 1;
    let nested = at + 1;
    while (nested < end && !starts[nested]) nested += 1;
    const own = lines.slice(at, nested);
    const mark = markOf(line) ?? "";
    const length = markLength(line);
    const first: Line = { ...line, text: line.text.slice(length), start: line.start + length, indent: line.indent + length };
    const said = [first, ...own.slice(1)];
    const blocks = [paragraph(said, isProse(said) || said.every(({ indent: hangs }, index) => index === 0 || hangs > indent), reading)];
    if (nested < end) blocks.push(list(lines.slice(nested, end), starts.slice(nested, end), reading));
    const task = /^\[([ xX])\]$/.exec(mark)?.[1];
    items.push({ mark, ...(task !== undefined && { checked: task !== " " }), blocks });
    at = end;
  }
  return { id, kind: "list", items };
}

function tableBlock(lines: readonly Line[], reading: Reading): Block {
  const id = reading.sections.id();
  const table = tableOf(lines);
  reading.tables.push(table);
  const columns = table.rows.flat().reduce((most, { column }) => Math.max(most, column), 0) + 1;
  const rows = table.rows.map((row) =>
    Array.from({ length: columns }, (_, column) => {
      const cell = row.find((each) => each.column === column);
      if (!cell) return { blocks: [] };
      const anchor: TextAnchor = { setting: "cell", range: cell.range };
      return { blocks: [{ id: reading.sections.id(), kind: "paragraph" as const, content: words(cell.text, cell.range[0]), anchor }] };
    }),
  );
  return { id, kind: "table", rows };
}
