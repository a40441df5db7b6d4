import type { Box } from "../../worker/engine/document/geometry.ts";
import { compose, framesOf, type Look, PLAIN } from "../reading/make/compose.ts";
import { type PageLook, PdfBook, type PdfInk } from "../reading/make/pdf_ink.ts";
import type { Unit } from "../reading/truth.ts";

/** A document that is translated in place, and judged beside its source. */
export interface InPlaceSample {
  readonly id: string;
  /** ISO 639-1. */
  readonly from: string;
  readonly to: string;
  readonly fileName: string;
  make(): Promise<Uint8Array>;
}

interface Facts {
  readonly id: string;
  readonly from?: string;
  readonly to?: string;
  readonly fonts?: "standard" | "embedded";
}

/** A PDF that `draw` makes. */
export function pdf(
  { id, from = "en", to = "es", fonts = "standard" }: Facts,
  draw: (book: PdfBook) => void | Promise<void>,
): InPlaceSample {
  return {
    ...{ id, from, to, fileName: `${id}.pdf` },
    async make() {
      const book = await PdfBook.create(fonts);
      await draw(book);
      return book.save();
    },
  };
}

/** One page of `units`. */
export function page(
  facts: Facts,
  units: readonly Unit[],
  { look = {}, paper = {} }: { look?: Partial<Look>; paper?: PageLook } = {},
): InPlaceSample {
  return pdf(facts, (book) => {
    const ink = book.page(paper);
    flow(ink, units, within(ink), look);
  });
}

/** Sets `units` into `boxes`, one after the other; gives back where it ended. */
export function flow(ink: PdfInk, units: readonly Unit[], boxes: Box | readonly Box[], look: Partial<Look> = {}): number {
  return compose(units, framesOf(ink, ...[boxes].flat()), { ...PLAIN, ...look });
}

export function within(ink: Pick<PdfInk, "width" | "height">, margin = 60): Box {
  return { x0: margin, y0: margin, x1: ink.width - margin, y1: ink.height - margin };
}
