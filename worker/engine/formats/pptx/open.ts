import type { DocumentContext } from "../../context.ts";
import type { OpenDocument } from "../format.ts";
import { refuseCompound } from "../ooxml/encrypted.ts";
import { OfficePackage } from "../ooxml/package.ts";
import { signatureRemarks } from "../ooxml/signed.ts";
import { sectionedDocument } from "../sectioned.ts";
import { readPresentation } from "./read.ts";
import { pptxWriting } from "./write.ts";

/**
 * PresentationML in a package (ISO/IEC 29500): a section for each slide. Throws EngineError: DOCUMENT_CORRUPT,
 * DOCUMENT_ENCRYPTED, DOCUMENT_TOO_COMPLEX, NO_CONTENT, TOO_MANY_PAGES.
 */
export async function openPptx(file: string, { selection, signal }: DocumentContext): Promise<OpenDocument> {
  await refuseCompound(file);
  const office = await OfficePackage.open(file);
  try {
    const presentation = await readPresentation(office, { comments: selection?.comments ?? false }, signal);
    return sectionedDocument({
      ...{ sections: presentation.sections, remarks: [...presentation.remarks, ...(await signatureRemarks(office))] },
      writing: (writing) => pptxWriting(office, presentation, writing),
      close: () => office[Symbol.asyncDispose](),
    });
  } catch (error) {
    await office[Symbol.asyncDispose]();
    throw error;
  }
}
