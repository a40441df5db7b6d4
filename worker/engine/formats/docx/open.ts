import type { DocumentContext } from "../../context.ts";
import type { OpenDocument } from "../format.ts";
import { refuseCompound } from "../ooxml/encrypted.ts";
import { OfficePackage } from "../ooxml/package.ts";
import { sectionedDocument } from "../sectioned.ts";
import { readDocument } from "./read.ts";
import { docxWriting } from "./write.ts";

/**
 * WordprocessingML in a package (ISO/IEC 29500), in either conformance class. Throws DOCUMENT_CORRUPT, DOCUMENT_ENCRYPTED,
 * DOCUMENT_TOO_COMPLEX.
 */
export async function openDocx(file: string, { selection }: Pick<DocumentContext, "selection">): Promise<OpenDocument> {
  await refuseCompound(file);
  const office = await OfficePackage.open(file);
  try {
    const { sections, remarks, parts } = await readDocument(office, { comments: selection?.comments ?? false });
    return sectionedDocument({
      sections,
      remarks,
      writing: (writing) => docxWriting(office, parts, writing),
      close: () => office[Symbol.asyncDispose](),
    });
  } catch (error) {
    await office[Symbol.asyncDispose]();
    throw error;
  }
}
