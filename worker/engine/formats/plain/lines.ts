/** A line of a text and where it stands; offsets are UTF-16 units of the source. */
export interface Line {
  readonly from: number;
  /** Behind its last character that is no white space. */
  readonly to: number;
  /** Without its indentation, the marks of quotation of mails, and white space at its end. */
  readonly text: string;
  /** How far it is indented, behind marks of quotation; a tab is worth up to 8. */
  readonly indent: number;
  /** Marks of quotation before it. */
  readonly depth: number;
  /** Where its `text` begins. */
  readonly start: number;
}

/** Lines that no blank line parts, of the same depth of quotation, and how many blank ones stand before them. */
export interface Group {
  readonly lines: readonly Line[];
  readonly blankBefore: number;
}

export function groupsOf(source: string): Group[] {
  const groups: { lines: Line[]; blankBefore: number }[] = [];
  let blank = 0;
  let open = false;
  for (const line of linesOf(source)) {
    if (line.text === "") {
      blank += 1;
      open = false;
      continue;
    }
    const last = groups.at(-1);
    if (open && last && last.lines[0]?.depth === line.depth) last.lines.push(line);
    else groups.push({ lines: [line], blankBefore: blank });
    blank = 0;
    open = true;
  }
  return groups;
}

function* linesOf(source: string): Generator<Line> {
  const end = /\r\n|[\n\r\f\v\u2028\u2029]/g;
  let from = 0;
  for (;;) {
    const match = end.exec(source);
    yield lineOf(source, from, match?.index ?? source.length);
    if (!match) return;
    from = end.lastIndex;
    // Where a page ends, text does not go on.
    if (!/[\r\n]/.test(match[0])) yield lineOf(source, from, from);
  }
}

function lineOf(source: string, from: number, lineEnd: number): Line {
  let at = from;
  let depth = 0;
  let indent = 0;
  for (; at < lineEnd; at++) {
    const sign = source[at];
    if (sign === ">" && (depth > 0 || indent < 4) && /[\s>]|^$/.test(source[at + 1] ?? "")) {
      depth += 1;
      indent = -1;
    } else if (sign === "\t") indent += 8 - (indent % 8);
    else if (sign === " ") indent += 1;
    else break;
  }
  const text = source.slice(at, lineEnd).trimEnd();
  return { from, to: at + text.length, text, indent: Math.max(0, indent), depth, start: at };
}
