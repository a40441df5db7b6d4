import { isSquare } from "../../../document/matrix.ts";
import type { Word } from "../../../layout/content.ts";
import { underlined } from "../underlines.ts";
import { boxOf, sizeOf } from "./along.ts";
import type { Gone } from "./gone.ts";
import type { Trace } from "./trace.ts";

/** The paths, by number, that do nothing but underline or strike words that go: whoever sets their translation draws them again. */
export function underlinesOf({ glyphs, rules }: Trace, gone: Gone): ReadonlySet<number> {
  if (rules.size === 0) return new Set();
  const words = [...glyphs.values()].flat().flatMap((glyph): Word[] => {
    const [a, b, , , , baseline] = glyph.matrix;
    if (!gone.has(glyph) || glyph.text.trim() === "" || !isSquare(glyph.matrix) || Math.abs(b) > Math.abs(a)) return [];
    return [{ text: glyph.text, box: boxOf(glyph), baseline, size: sizeOf(glyph), style: {}, turn: 0, confidence: 100 }];
  });
  const left = new Set(underlined(words, [...rules.values()].flat()).rules);
  return new Set([...rules].filter(([, boxes]) => !boxes.some((box) => left.has(box))).map(([number]) => number));
}
