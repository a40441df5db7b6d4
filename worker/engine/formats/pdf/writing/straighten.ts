import { type PDFArray, type PDFPage, degrees as pdfDegrees } from "pdf-lib";
import { inverse, type Matrix, multiply } from "../../../document/matrix.ts";
import type { PageGeometry } from "../../../document/model.ts";
import { skewMatrix } from "../../../inpainting/skew.ts";
import { pdfNumbers } from "../../../setting/pdf_numbers.ts";
import { registered } from "./streams.ts";

/** Shows a written page as it was read: level, and upright. `toPdf` leads from what is looked at. What would leave the sheet is cut off. */
export function straighten(page: PDFPage, geometry: PageGeometry, toPdf: Matrix): void {
  const { rotation, skew = 0 } = geometry;
  if (rotation !== 0) page.setRotation(pdfDegrees((page.getRotation().angle + rotation) % 360));
  const [toLevel, fromPdf] = [inverse(skewMatrix(geometry)), inverse(toPdf)];
  if (skew === 0 || !toLevel || !fromPdf) return;
  const { node } = page;
  const { context } = node;
  const level = multiply(toPdf, multiply(toLevel, fromPdf));
  const begin = registered(context, Buffer.from(`q ${pdfNumbers(level)} cm\n`));
  const end = registered(context, Buffer.from("\nQ\n"));
  const contents = node.normalizedEntries().Contents as PDFArray | undefined;
  node.set(context.obj("Contents"), context.obj([begin, ...(contents?.asArray() ?? []), end]));
}
