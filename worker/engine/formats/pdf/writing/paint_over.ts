import type { PDFDict, PDFDocument } from "pdf-lib";
import { type Matrix, multiply } from "../../../document/matrix.ts";
import type { Leaf, Page } from "../../../document/model.ts";
import { type Patches, patchesFor } from "../../../inpainting/patches.ts";
import { pdfNumbers } from "../../../setting/pdf_numbers.ts";
import type { EditedDocument } from "./document.ts";
import { addResource } from "./streams.ts";

export const NOTHING_PAINTED: Patches = { patches: [], looks: new Map(), grounds: [], kept: new Set() };

/** Pieces of the page's own ground for the words of `leaves`, which are no text that could be taken out. */
export async function paintedOver(document: EditedDocument, page: Page, { leaves, rotation, signal }: Over): Promise<Patches> {
  if (leaves.length === 0) return NOTHING_PAINTED;
  const image = await document.image(page.number, rotation, signal);
  return patchesFor(image, leaves, page);
}

interface Over {
  readonly leaves: readonly Leaf[];
  readonly rotation: number;
  readonly signal: AbortSignal;
}

/** The operators that lay patches over the page. */
export async function layPatches(
  pdf: PDFDocument,
  { patches }: Patches,
  { toPdf, resources }: { toPdf: Matrix; resources: PDFDict },
): Promise<string> {
  const laid: string[] = [];
  for (const { box, data, mediaType } of patches) {
    const image = mediaType === "image/jpeg" ? await pdf.embedJpg(data) : await pdf.embedPng(data);
    const name = addResource(resources, "XObject", "DragomanPatch", image.ref);
    // An image fills the unit square, its top at 1.
    const place = multiply(toPdf, [box.x1 - box.x0, 0, 0, box.y0 - box.y1, box.x0, box.y1]);
    laid.push(`q ${pdfNumbers(place)} cm /${name} Do Q\n`);
  }
  return laid.join("");
}
