/** A piece of a leaf as it is to be written: words, whose spaces may become line ends, or marks of the source. */
export interface Piece {
  readonly text: string;
  readonly isWords: boolean;
}

/** How the lines of a leaf are broken in the source. */
export interface Wrapping {
  /** The column, in UTF-16 units, that no line went beyond. */
  readonly width: number;
  /** How many UTF-16 units of text its lines had. */
  readonly length: number;
  /** Where the first line begins. */
  readonly column: number;
  readonly lineEnd: string;
  /** Of all lines but the first: an indentation, a quotation's mark. */
  readonly prefix: string;
}

/** A character that no text has: control characters are refused when a file is read, and dropped from translations. */
const BREAKABLE = "\u0001";
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are dropped.
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u2028\u2029]/g;
/** What can stand at the beginning of a line and never be taken for markup. */
const STARTS_LINE = /^["'“‘«¿¡(]{0,2}\p{L}/u;

/** `text` without what would end its line, or is no text. */
export function cleaned(text: string): string {
  return text.replace(CONTROL, "").replace(/(?:(?<![ \t])[ \t]+)?[\r\n]+[ \t]*/g, " ");
}

/** The pieces as one text, wrapped as the source was. */
export function set(pieces: readonly Piece[], wrapping: Wrapping | undefined): string {
  if (!wrapping) return pieces.map(({ text }) => text).join("");
  const marked = pieces.map(({ text, isWords }) => (isWords ? text.replaceAll(" ", BREAKABLE) : text)).join("");
  const { prefix, lineEnd } = wrapping;
  const width = widthFor(marked.length, wrapping);
  let column = wrapping.column;
  let result = "";
  for (const [index, word] of marked.split(BREAKABLE).entries()) {
    const isLate = column + 1 + firstLine(word) > width;
    if (index > 0) {
      const breaks = isLate && column > prefix.length && STARTS_LINE.test(word);
      result += breaks ? lineEnd + prefix : " ";
      column = breaks ? prefix.length : column + 1;
    }
    result += word;
    const lineStart = Math.max(word.lastIndexOf("\n"), word.lastIndexOf("\r"));
    column = lineStart < 0 ? column + word.length : word.length - lineStart - 1;
  }
  return result;
}

/** Lines this short end where their author ended them: a longer text has as many, not as narrow ones. */
const NARROW = 60;

function widthFor(length: number, wrapping: Wrapping): number {
  const indent = wrapping.prefix.length;
  if (wrapping.width >= NARROW || length <= wrapping.length) return wrapping.width;
  return Math.min(NARROW, indent + Math.ceil(((wrapping.width - indent) * length) / Math.max(1, wrapping.length)));
}

function firstLine(word: string): number {
  const end = word.search(/[\r\n]/);
  return end < 0 ? word.length : end;
}

/** How the lines of `source` from `from` to `to` are broken; undefined if it is one line. */
export function wrappingOf(source: string, from: number, to: number): Wrapping | undefined {
  const text = source.slice(from, to);
  const [lineEnd] = /\r\n|\n|\r/.exec(text) ?? [];
  if (lineEnd === undefined) return undefined;
  const start = lineStart(source, from);
  const lines = text.split(/\r\n|\n|\r/);
  const [first = "", second = ""] = lines;
  const column = from - start;
  const width = lines.reduce((longest, line) => Math.max(longest, line.length), column + first.length);
  const length = lines.reduce((sum, line) => sum + line.replace(LINE_PREFIX, "").length + 1, -1);
  return { width, length, column, lineEnd, prefix: prefixOf(second, source.slice(start, from)) };
}

const LINE_PREFIX = /^[ \t>]*/;

/** What of `line` is before its text: no more marks of quotation than the first line has. */
function prefixOf(line: string, beforeFirst: string): string {
  const depth = beforeFirst.match(/>/g)?.length ?? 0;
  const whole = LINE_PREFIX.exec(line)?.[0] ?? "";
  const marks = [...whole.matchAll(/>/g)];
  return marks.length > depth ? whole.slice(0, marks[depth]?.index) : whole;
}

/** Looked for sign by sign: the last of a line end that a file has nowhere is looked for in all of it. */
export function lineStart(source: string, at: number): number {
  let start = at;
  while (start > 0 && source[start - 1] !== "\n" && source[start - 1] !== "\r") start -= 1;
  return start;
}
