import { AnnotationMode, type PDFPageProxy } from "pdfjs-dist/legacy/build/pdf.mjs";
import type { TracedGlyph } from "../marks.ts";
import { asMatrix, IDENTITY, type Matrix } from "../matrix.ts";
import { type OperatorList, walk } from "../operators.ts";
import type { Layers } from "../page.ts";
import { resourcesOf } from "../resources.ts";

/** What pdf.js says the page's content shows, to be found again in the content itself. */
export interface Trace {
  /** How many operators show text. */
  readonly operators: number;
  /** Of those that are not hidden: their glyphs in order. */
  readonly glyphs: ReadonlyMap<number, readonly TracedGlyph[]>;
  /** From the file's coordinates to the page as it is looked at. */
  readonly matrix: Matrix;
}

/** Runs the page once more. Throws what pdf.js throws. */
export async function traceOf(page: PDFPageProxy, layers: Layers): Promise<Trace> {
  const viewport = page.getViewport({ scale: 1 });
  const matrix = asMatrix(viewport.transform) ?? IDENTITY;
  try {
    const list: OperatorList = await page.getOperatorList({ annotationMode: AnnotationMode.DISABLE });
    const { fonts } = await resourcesOf(page, list);
    const glyphs = new Map<number, TracedGlyph[]>();
    const { texts } = walk(list, {
      matrix,
      page: { x0: 0, y0: 0, x1: viewport.width, y1: viewport.height },
      font: (name) => fonts.get(name),
      isShown: (group) => layers.isVisible(group),
      trace(glyph) {
        const others = glyphs.get(glyph.operator);
        if (others) others.push(glyph);
        else glyphs.set(glyph.operator, [glyph]);
      },
    });
    return { operators: texts, glyphs, matrix };
  } finally {
    page.cleanup();
  }
}
