import type { Box } from "../../../worker/engine/document/geometry.ts";
import type { HeadingLevel } from "../../../worker/engine/document/model.ts";
import type { Family, Item, Sample, TrueCell, Truth, Unit } from "../truth.ts";
import { compose, framesOf, type Look, PLAIN } from "./compose.ts";
import { PdfBook, type PdfInk } from "./pdf_ink.ts";

interface PdfFacts {
  /** Also its name. */
  readonly id: string;
  readonly kind: string;
  readonly language?: string;
  readonly family?: Family;
  readonly fonts?: "standard" | "embedded";
  readonly quick?: boolean;
}

/** A PDF that `draw` makes; quick unless OCR has to read it. */
export function pdfSample(facts: PdfFacts, draw: (book: PdfBook) => Truth | Promise<Truth>): Sample {
  const { id, kind, language = "en", family = "text pdf", fonts = "standard" } = facts;
  return {
    ...{ id, kind, language, family, fileName: `${id}.pdf`, quick: facts.quick ?? family === "text pdf" },
    async make() {
      const book = await PdfBook.create(fonts);
      const truth = await draw(book);
      return { truth, bytes: await book.save() };
    },
  };
}

/** A PDF of one page, its units one under the other within margins of an inch. */
export function onePage(facts: PdfFacts, units: readonly Unit[], look: Partial<Look> = {}): Sample {
  return pdfSample(facts, (book) => {
    const ink = book.page();
    compose(units, framesOf(ink, inner(ink)), { ...PLAIN, ...look });
    return { units };
  });
}

/** The page without its margins. */
export function inner(ink: Pick<PdfInk, "width" | "height">, margin = 72): Box {
  return { x0: margin, y0: margin, x1: ink.width - margin, y1: ink.height - margin };
}

export const heading = (text: string, level: HeadingLevel = 1): Unit => ({ kind: "heading", text, level });
export const paragraph = (text: string): Unit => ({ kind: "paragraph", text });
export const caption = (text: string): Unit => ({ kind: "caption", text });
export const list = (...items: Item[]): Unit => ({ kind: "list", items });
export const table = (...rows: (readonly TrueCell[])[]): Unit => ({ kind: "table", rows });
/** Text that is not of the body. */
export const apart = (layer: NonNullable<Unit["layer"]>, text: string): Unit => ({ kind: "paragraph", layer, text });
