import type { Line } from "./lines.ts";

/** No prose is wrapped at fewer columns than this, unless its lines are even and go on in small letters. */
const MIN_WIDTH = 45;
const MIN_NARROW_WIDTH = 25;
const MAX_WIDTH = 100;

/**
 * Whether lines are one text that was wrapped at a width: the first word of most lines would not have fitted on the one
 * before, or they go on in small letters. Those of addresses and verse end where their author ended them.
 */
export function isProse(lines: readonly Line[]): boolean {
  if (lines.length < 2) return true;
  const width = lines.reduce((most, { text, indent }) => Math.max(most, indent + text.length), 0);
  let [full, goesOn, cased] = [0, 0, 0];
  for (const [index, line] of lines.slice(1).entries()) {
    const before = lines[index] as Line;
    const first = /^\S+/.exec(line.text)?.[0] ?? "";
    if (before.indent + before.text.length + 1 + first.length > width) full += 1;
    if (/^["'“‘«(¿¡]*\p{L}/u.test(first)) cased += 1;
    if (/^["'“‘«(¿¡]*\p{Ll}/u.test(first) && !/[.!?:;]["'”’»)]*$/.test(before.text)) goesOn += 1;
  }
  const breaks = lines.length - 1;
  // Nobody wraps at so many columns: such lines are paragraphs of an editor that wraps on the screen.
  if (width > MAX_WIDTH && lines.every(({ text }) => /[.!?:…]["'”’»)]*$/.test(text))) return false;
  // Verse ends its lines where it pauses.
  if (breaks >= 2 && lines.slice(0, -1).every(({ text }) => /[,;:.!?…—–]["'”’»)]*$/.test(text))) return false;
  // Scripts without small letters have their lines' lengths alone.
  const small = cased === 0 ? 0 : goesOn / breaks;
  if (width >= MIN_WIDTH) return full / breaks >= 0.75 || small >= 0.5;
  return width >= MIN_NARROW_WIDTH && lines.length >= 3 && full / breaks >= 0.75 && small >= 0.5;
}

const CODE_LINE =
  /[;{}]\s*$|^\s*(?:#include\b|import\s+[\w{*"']|from\s+\S+\s+import\b|def\s+\w+\(|class\s+\w+|return\b.*;|\$\s|>>>\s|<\/?\w+[^>]*>$|\/\/|\/\*)|=>|->|\w\(\)|\w\s*(?:==|!=|\+=|:=|&&|\|\|)\s*\w|^\s*\w+\s*=\s*[\w"'([{]/;

/** Whether lines are a program: most look like one, or, set in, open what deeper lines then hold. */
export function isCode(lines: readonly Line[]): boolean {
  const isSetIn = lines.every(({ indent }) => indent >= 4);
  if (!isSetIn && lines.length < 2) return false;
  const codeLike = lines.filter(({ text, indent }, index) => {
    const [before, after] = [lines[index - 1], lines[index + 1]];
    const opens = isSetIn && text.endsWith(":") && after !== undefined && after.indent > indent;
    const isInside = isSetIn && before?.text.endsWith(":") === true && indent > before.indent;
    return CODE_LINE.test(text) || opens || isInside;
  }).length;
  return codeLike / lines.length >= (isSetIn ? 0.5 : 0.75);
}

/** The mark that an item of a list hangs by, with the space behind it. */
const MARK = /^([-*+•·–—‣▪●○◦]|\(?(?:\d{1,3}|[a-z]|[ivx]{1,5}|[A-Z])[.)]|\d{1,3}(?:\.\d{1,3}){1,4}\.?|\[[ xX]\])[ \t]+(?=\S)/;

export function markOf(line: Line): string | undefined {
  return MARK.exec(line.text)?.[1];
}

export function markLength(line: Line): number {
  return MARK.exec(line.text)?.[0].length ?? 0;
}

/** Marks of one list are of one kind: the same bullet, numbers or letters with the same sign behind. */
export function markKind(mark: string): string {
  return mark
    .replace(/\d+/g, "1")
    .replace(/[a-z]+/, "a")
    .replace(/[A-Z]/, "A")
    .replace(/\[[ xX]\]/, "[ ]");
}

/**
 * Which of `lines` begin an item. One that could be chance, as a number or an initial at the beginning of a wrapped
 * line, does so if others like it do, or if it stands first or behind a colon.
 */
export function itemStarts(lines: readonly Line[]): boolean[] {
  const marks = lines.map(markOf);
  const kinds = new Map<string, number>();
  for (const mark of marks) if (mark !== undefined) kinds.set(markKind(mark), (kinds.get(markKind(mark)) ?? 0) + 1);
  return marks.map((mark, index) => {
    if (mark === undefined) return false;
    const others = (kinds.get(markKind(mark)) ?? 0) > 1;
    if (/^[A-Z]\.$|^[ivx]+\.$/.test(mark)) return others;
    return others || index === 0 || lines[index - 1]?.text.endsWith(":") === true;
  });
}

export function isUnderline(line: Line | undefined, above: Line): boolean {
  if (!line || !/^([=\-~^*_#])\1{2,}$/.test(line.text)) return false;
  return line.text.length >= above.text.length * 0.6 && line.text.length <= above.text.length + 12;
}

/** A line that parts what is above from what is below. */
export function isRule(line: Line): boolean {
  return /^[-=_*~#.+·—–]{3,}$/.test(line.text) || /^(?:[-*_] ){2,}[-*_]$/.test(line.text);
}
