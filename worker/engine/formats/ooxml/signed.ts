import type { Remark } from "../../document/remarks.ts";
import type { OfficePackage } from "./package.ts";

/** That a document was signed, which holds for its source alone. */
export async function signatureRemarks(office: OfficePackage): Promise<Remark[]> {
  const signatures = await office.related("", "origin");
  if (signatures.length === 0 && office.partsOf(/digital-signature-xmlsignature/).length === 0) return [];
  return [{ page: 0, code: "SIGNATURE_BROKEN", message: "The document was signed: its signature does not hold for the translation." }];
}
