import type { Block } from "../document/model.ts";
import { type Facts, type Line, median } from "./line.ts";

/** Tesseract reads a bullet as one of these. */
const BULLET = /^[•●▪◦‣*\-–—·»¢e«]\s+(?=\S)/;
const NUMBER = /^\(?(\d{1,2}|[a-z])[.)]\s+(?=\S)/;
/** A line this much larger than the page's type is a heading. */
const HEADING_1 = 1.6;
const HEADING_2 = 1.2;
/** More space than this between two lines, in sizes of the type, ends a paragraph. */
const PARAGRAPH_GAP = 1.1;

type Kind = "heading-1" | "heading-2" | "bullet" | "number" | "text";

interface Group {
  readonly kind: Kind;
  readonly lines: Line[];
}

/** The blocks of one column's lines, from top to bottom. `height` is the median size of the page's type. */
export function toBlocks(lines: readonly Line[], height: number, facts: Facts): Block[] {
  const ordered = lines.toSorted((a, b) => a.box.y0 - b.box.y0);
  const leading = median(
    ordered
      .slice(1)
      .map((line, index) => line.box.y0 - (ordered[index] as Line).box.y1)
      .filter((gap) => gap > 0),
  );
  const groups: Group[] = [];
  for (const line of ordered) {
    const kind = kindOf(line, height);
    const group = groups.at(-1);
    const above = group?.lines.at(-1);
    const gap = above ? line.box.y0 - above.box.y1 : 0;
    const close = gap < Math.min(height * PARAGRAPH_GAP, Math.max(leading * 1.8, height * 0.6));
    if (group && above && close && continues(group, line, kind, height)) group.lines.push(line);
    else groups.push({ kind, lines: [line] });
  }
  return merge(groups, facts);
}

function kindOf(line: Line, height: number): Kind {
  const ratio = median(line.words.map(({ size }) => size)) / height;
  if (ratio > HEADING_1) return "heading-1";
  if (ratio > HEADING_2 && line.words.length <= 12 && !/[.;,]$/.test(line.text)) return "heading-2";
  if (BULLET.test(line.text)) return "bullet";
  return NUMBER.test(line.text) ? "number" : "text";
}

function continues(group: Group, line: Line, kind: Kind, height: number): boolean {
  if (kind === "bullet" || kind === "number") return false;
  if (group.kind === "bullet" || group.kind === "number")
    return kind === "text" && line.box.x0 > (group.lines[0] as Line).box.x0 + height * 0.3;
  return group.kind === kind;
}

function merge(groups: readonly Group[], facts: Facts): Block[] {
  const blocks: Block[] = [];
  for (const { kind, lines } of groups) {
    const text = join(lines);
    if (kind === "heading-1" || kind === "heading-2")
      blocks.push({ kind: "heading", level: kind === "heading-1" ? 1 : 2, content: [{ kind: "text", text }], ...facts(lines) });
    else if (kind === "text") blocks.push({ kind: "paragraph", content: [{ kind: "text", text }], ...facts(lines) });
    else {
      const pattern = kind === "number" ? NUMBER : BULLET;
      const mark = pattern.exec(text)?.[0].trim() ?? "";
      const content = [{ kind: "text" as const, text: text.replace(pattern, "") }];
      const item = { mark: kind === "number" ? mark : "•", blocks: [{ kind: "paragraph" as const, content, ...facts(lines) }] };
      const last = blocks.at(-1);
      if (last?.kind === "list") blocks[blocks.length - 1] = { ...last, items: [...last.items, item] };
      else blocks.push({ kind: "list", items: [item], ...facts(lines) });
    }
  }
  return blocks;
}

/** One text out of lines; a word parted at the line's end is made whole. */
function join(lines: readonly Line[]): string {
  return lines.reduce((text, line) => {
    if (text === "") return line.text;
    return /[a-zà-ÿ]-$/.test(text) && /^[a-zà-ÿ]/.test(line.text) ? text.slice(0, -1) + line.text : `${text} ${line.text}`;
  }, "");
}
