import { PDFArray, PDFDict, type PDFDocument, PDFName, type PDFObject } from "pdf-lib";

/** A form has hundreds of fields; they nest a few deep. */
const MAX_FIELDS = 20_000;

/** Whether someone signed the document: a field of a signature has its value (ISO 32000-2, 12.8). */
export function isSigned({ catalog, context }: PDFDocument): boolean {
  const form = catalog.lookup(PDFName.of("AcroForm"));
  const waiting: PDFObject[] = form instanceof PDFDict ? fieldsIn(form, "Fields") : [];
  for (let count = 0; waiting.length > 0 && count < MAX_FIELDS; count++) {
    const field = context.lookup(waiting.pop());
    if (!(field instanceof PDFDict)) continue;
    if (field.lookup(PDFName.of("FT")) === PDFName.of("Sig") && field.lookup(PDFName.of("V")) instanceof PDFDict) return true;
    waiting.push(...fieldsIn(field, "Kids"));
  }
  return false;
}

function fieldsIn(dict: PDFDict, key: string): PDFObject[] {
  const fields = dict.lookup(PDFName.of(key));
  return fields instanceof PDFArray ? fields.asArray().slice(0, MAX_FIELDS) : [];
}
