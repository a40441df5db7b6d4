import type { HeadingLevel } from "../document/model.ts";
import type { PageFacts } from "./facts.ts";
import type { Group } from "./paragraphs.ts";
import { isOcr, type Line, textOf } from "./token.ts";

const MAX_LINES = 4;
const MAX_WORDS = 28;
const MAX_BOLD_WORDS = 16;
/** A heading that is a whole sentence has no more, unless it is bold. */
const MAX_SENTENCE_WORDS = 8;
/** The level of a heading by how much larger than the text it is. Those of the text's size are told by their weight. */
const LEVELS: readonly (readonly [number, HeadingLevel])[] = [
  [1.55, 1],
  [1.2, 2],
];

/** The level of the heading that a group of lines is: larger than the page's text, or bold, or capitals, and short. */
export function headingLevel({ lines, above, beside }: Group, facts: PageFacts): HeadingLevel | undefined {
  const text = lines.map(textOf).join(" ");
  const words = lines.reduce((sum, { tokens }) => sum + tokens.length, 0);
  if (lines.length > MAX_LINES || words > MAX_WORDS || !/\p{L}{2}/u.test(text)) return undefined;
  const ratio = Math.min(...lines.map(({ size }) => size)) / facts.size;
  const ends = /[.;,]["'”’»)\]]*$/.test(text);
  const level = LEVELS.find(([least]) => ratio >= least)?.[1];
  const isBold = every(lines, ({ word }) => word.style.bold === true);
  if (level && (!ends || (ratio >= 1.5 && (isBold || words <= MAX_SENTENCE_WORDS))) && !(isOcr(lines[0] as Line) && ratio < 1.3))
    return level;
  if (ends || beside || words > MAX_BOLD_WORDS || lines.length > 2) return undefined;
  const own = Math.min(6, 2 + Math.max(1, depthOf(text))) as HeadingLevel;
  if (ratio >= 1.12 && !isOcr(lines[0] as Line)) return own;
  if (!facts.bold && ratio > 0.85 && isBold) return own;
  const capitals = !facts.capitals && text === text.toUpperCase() && /\p{Lu}{4}/u.test(text) && words <= 10 && above > 0.6;
  return capitals && ratio > 0.9 ? own : undefined;
}

/** How deep a section is by its number: 2 for "3.1 The wall", 0 without one. */
export function depthOf(text: string): number {
  const numbered = /^(?:\d{1,2}(?:\.\d{1,2})*\.?|[IVX]{1,5}\.|§ ?\d+)\s/.exec(text)?.[0];
  return numbered === undefined ? 0 : Math.max(1, numbered.match(/\d+/g)?.length ?? 0);
}

function every(lines: readonly Line[], test: (token: Line["tokens"][number]) => boolean): boolean {
  return lines.every(({ tokens }) => tokens.every((token) => !/[\p{L}\p{N}]/u.test(token.word.text) || token.script || test(token)));
}
