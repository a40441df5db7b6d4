import { AnnotationMode, type PDFPageProxy } from "pdfjs-dist/legacy/build/pdf.mjs";
import type { Box } from "../../../document/geometry.ts";
import { asMatrix, IDENTITY, type Matrix } from "../../../document/matrix.ts";
import { MAX_ANNOTATIONS, type PdfAnnotation } from "../annotations.ts";
import type { TracedGlyph } from "../marks.ts";
import { type OperatorList, walk } from "../operators.ts";
import type { Layers } from "../page.ts";
import { resourcesOf } from "../resources.ts";
import { hideCovered } from "../visibility.ts";
import { keyOf } from "./gone.ts";

/** In points: what is smaller holds no text. */
const LEAST_GROUND = 8;
/** A page with more is a drawing. */
const MAX_GROUNDS = 500;

/** What pdf.js says the page's content shows, to be found again in the content itself. */
export interface Trace {
  /** How many operators show text. */
  readonly operators: number;
  /** Of those that are not hidden: their glyphs in order. */
  readonly glyphs: ReadonlyMap<number, readonly TracedGlyph[]>;
  /** The keys of those that nobody sees: not drawn, or below a picture or paint. */
  readonly hidden: ReadonlySet<number>;
  /** How many paths are painted. */
  readonly paths: number;
  /** Of those that paint nothing but rules: where these lie. */
  readonly rules: ReadonlyMap<number, readonly Box[]>;
  /** Of what is filled, and may be a ground that text stands on. */
  readonly grounds: readonly Box[];
  /** Links and whatever else lies over the page. */
  readonly annotations: readonly PdfAnnotation[];
  /** From the file's coordinates to the page as it is looked at. */
  readonly matrix: Matrix;
}

/** Runs the page once more. Throws what pdf.js throws. */
export async function traceOf(page: PDFPageProxy, layers: Layers, rotation: number): Promise<Trace> {
  const viewport = page.getViewport({ scale: 1, rotation });
  const matrix = asMatrix(viewport.transform) ?? IDENTITY;
  try {
    const list: OperatorList = await page.getOperatorList({ annotationMode: AnnotationMode.DISABLE });
    const annotations: PdfAnnotation[] = await page.getAnnotations();
    const { fonts } = await resourcesOf(page, list);
    const glyphs = new Map<number, TracedGlyph[]>();
    const rules = new Map<number, readonly Box[]>();
    const box = { x0: 0, y0: 0, x1: viewport.width, y1: viewport.height };
    const marks = walk(list, {
      matrix,
      page: box,
      font: (name) => fonts.get(name),
      isShown: (group) => layers.isVisible(group),
      traceRules: (path, boxes) => rules.set(path, boxes),
      trace(glyph) {
        const others = glyphs.get(glyph.operator);
        if (others) others.push(glyph);
        else glyphs.set(glyph.operator, [glyph]);
      },
    });
    const grounds = marks.paints.filter(
      ({ kind, box: { x0, y0, x1, y1 } }) => kind === "fill" && x1 - x0 > LEAST_GROUND && y1 - y0 > LEAST_GROUND,
    );
    hideCovered(marks, box);
    return {
      operators: marks.texts,
      glyphs,
      hidden: new Set(marks.glyphs.flatMap(({ shown, hidden }) => (shown && hidden ? [keyOf(shown)] : []))),
      paths: marks.paths,
      rules,
      grounds: grounds.slice(0, MAX_GROUNDS).map((ground) => ground.box),
      annotations: annotations.slice(0, MAX_ANNOTATIONS),
      matrix,
    };
  } finally {
    page.cleanup();
  }
}
