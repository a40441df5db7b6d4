import type { PageFacts } from "./facts.ts";
import type { Group } from "./paragraphs.ts";
import { isOcr, type Line, textOf } from "./token.ts";

/** Lines in a typewriter face on a page that has another, with the signs that programs have and letters do not. */
export function isCode({ lines }: Group, facts: PageFacts): boolean {
  if (facts.mono) return false;
  const tokens = lines.flatMap((line) => line.tokens);
  if (!tokens.every(({ word }) => word.style.font === "mono")) return false;
  const signs = tokens.filter(({ word }) => /[{}();=<>_\\|$#&]|^--?\w|\w[./]\w/.test(word.text)).length;
  return signs >= tokens.length * 0.25;
}

/** More white space than this, in sizes, parts one program from another. */
const BLANK_LINES = 2.2;
/** So many groups in the face of programs may stand between two that look like them. */
const AHEAD = 4;

/** Indents part paragraphs, but no programs: groups of code under each other are one, and what lies between two of them in the same face. */
export function withCodeJoined(groups: readonly Group[], facts: PageFacts): Group[] {
  const result: Group[] = [];
  for (const [index, group] of groups.entries()) {
    const last = result.at(-1);
    const goesOn = last && isCode(last, facts) && isMono(group) && !group.beside && group.above < BLANK_LINES;
    const isWithin = goesOn && (isCode(group, facts) || groups.slice(index + 1, index + 1 + AHEAD).some((below) => isCode(below, facts)));
    if (last && isWithin) result[result.length - 1] = { ...last, lines: [...last.lines, ...group.lines] };
    else result.push(group);
  }
  return result;
}

function isMono({ lines }: Group): boolean {
  return lines.every(({ tokens }) => tokens.every(({ word }) => word.style.font === "mono"));
}

/** The text of lines with the indents that their places show. */
export function verbatimText(lines: readonly Line[]): string {
  const left = Math.min(...lines.map(({ x0 }) => x0));
  return lines
    .map((line) => {
      const letters = line.tokens.reduce((sum, { word }) => sum + word.text.length, 0);
      const width = line.tokens.reduce((sum, { box }) => sum + box.x1 - box.x0, 0) / Math.max(1, letters);
      return " ".repeat(Math.min(80, Math.round((line.x0 - left) / Math.max(1, width)))) + textOf(line);
    })
    .join("\n");
}

/** A display: few words, and the signs of mathematics. */
export function isFormula({ lines }: Group): boolean {
  const [first] = lines;
  if (!first || lines.length > 6 || isOcr(first)) return false;
  const tokens = lines.flatMap((line) => line.tokens);
  const words = tokens.filter(({ word }) => /\p{L}{3}/u.test(word.text)).length;
  return (
    tokens.length > 2 &&
    words <= tokens.length * 0.2 &&
    tokens.some(({ word }) => /[=≈≤≥∑∫∏√∈∂∇≡→]/u.test(word.text)) &&
    tokens.some(({ word }) => /\p{L}/u.test(word.text))
  );
}
