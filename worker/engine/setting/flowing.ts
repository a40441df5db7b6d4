import type { Inline, TextStyle } from "../document/model.ts";
import { type BrokenLine, type Cursor, LineFiller } from "./breaking.ts";
import { baseDirection, isRightToLeft } from "./direction.ts";
import { drawnLine } from "./drawing.ts";
import type { SetLine } from "./sheet.ts";
import { styledText } from "./styled_text.ts";
import { openTools, type SettingOptions, type Tools } from "./tools.ts";
import { upright } from "./upright.ts";
import { Typesetter } from "./words.ts";

/** Sets text that has a width and as many lines as it needs, as where a document is set anew. */
export interface Flow {
  /** Lines start at the right. */
  readonly isRightToLeft: boolean;
  /** `kept` is what stays as it is, as code does: it runs from left to right in any language. */
  text(content: readonly Inline[], look: TextStyle & { readonly size: number }, width: number, kept?: "kept"): FlowedText;
}

export interface FlowedText {
  readonly lines: readonly FlowedLine[];
  /** Signs that no font has, each once. */
  readonly missing: readonly string[];
}

export interface FlowedLine {
  /** How much of the text it holds. */
  readonly letters: number;
  /** Of its letters, in points. */
  readonly width: number;
  /** It on `page`, in the width that it was made for, whose left edge is at `x`. */
  at(page: number, x: number, baseline: number): SetLine;
}

/** Lines are ragged. */
export async function openFlow(options: SettingOptions): Promise<Flow> {
  const tools = await openTools(options);
  const mirrored = isRightToLeft(options.language);
  return {
    isRightToLeft: mirrored,
    text: (content, look, width, kept) => flowed({ content, look, width }, { ...tools, language: kept ? "und" : options.language }),
  };
}

interface Asked {
  readonly content: readonly Inline[];
  readonly look: TextStyle & { readonly size: number };
  readonly width: number;
}

function flowed({ content, look, width }: Asked, { fonts, hyphenator, language }: Tools & { readonly language: string }): FlowedText {
  const source = styledText(content, look, look.size, () => undefined);
  const typesetter = new Typesetter(source, baseDirection(source.text, language), { fonts, language });
  const filler = new LineFiller(typesetter, hyphenator);
  const style = { alignment: "start", size: look.size, isRightToLeft: isRightToLeft(language) } as const;
  const lines: FlowedLine[] = [];
  for (let cursor: Cursor = { index: 0 }; !filler.isEnd(cursor); ) {
    const { line, next } = filler.line(cursor, { measure: width, isJustified: false, size: look.size });
    cursor = next;
    lines.push({
      letters: lettersOf(line),
      width: line.width,
      at: (page, x, baseline) =>
        drawnLine(style, { line, frame: { page, upright: upright(0, 0, 0) }, x0: x, x1: x + width, baseline }, { scale: 1, stretch: 1 }),
    });
  }
  return { lines, missing: [...typesetter.missing] };
}

function lettersOf({ words }: BrokenLine): number {
  return words.reduce((sum, { from, to, space }) => sum + to - from + (space ? 1 : 0), 0);
}
