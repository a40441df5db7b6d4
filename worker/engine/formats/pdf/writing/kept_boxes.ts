import { areaOf, type Box, sharedArea } from "../../../document/geometry.ts";
import { isSquare } from "../../../document/matrix.ts";
import { boxOf } from "./along.ts";
import type { Gone } from "./gone.ts";
import type { Trace } from "./trace.ts";

/** Of the smaller box. */
const STOOD_ON = 0.25;

/**
 * The boxes of glyphs that are seen and stay, those of one operator that follow each other as one. Those that text stood on
 * already, as it does on a watermark, are none.
 */
export function keptBoxes(trace: Trace, gone: Gone, texts: readonly Box[]): Box[] {
  return runsOf(trace, gone).filter((box) => !texts.some((text) => sharedArea(text, box) > STOOD_ON * Math.min(areaOf(text), areaOf(box))));
}

function runsOf({ glyphs }: Trace, gone: Gone): Box[] {
  const boxes: Box[] = [];
  for (const shown of glyphs.values()) {
    let open: Box | undefined;
    for (const glyph of shown) {
      const isKept = !gone.has(glyph) && glyph.mode !== 3 && glyph.mode !== 7 && glyph.text.trim() !== "" && isSquare(glyph.matrix);
      const box = isKept ? boxOf(glyph) : undefined;
      if (open && !box) boxes.push(open);
      open =
        open && box
          ? { x0: Math.min(open.x0, box.x0), y0: Math.min(open.y0, box.y0), x1: Math.max(open.x1, box.x1), y1: Math.max(open.y1, box.y1) }
          : box;
    }
    if (open) boxes.push(open);
  }
  return boxes;
}
