import { createReadStream } from "node:fs";
import { EngineError } from "../../errors.ts";
import { isNamed, type Sample } from "../sample.ts";

const OLE = Buffer.from("d0cf11e0a1b11ae1", "hex");
/** The stream that has the package, in a compound file whose names are in UTF-16 ([MS-OFFCRYPTO], 2.3.4.4). */
const ENCRYPTED = Buffer.from("EncryptedPackage", "utf16le");
/** Those that old binary documents have, whatever they are named. */
const OLD = ["WordDocument", "Workbook", "PowerPoint Document", "__properties_version1"].map((name) => Buffer.from(name, "utf16le"));

/** Whether a file is an encrypted Office document that is named so: nothing else tells of which kind it is. */
export function isEncryptedOffice(sample: Sample, extensions: readonly string[]): boolean {
  const head = Buffer.from(sample.head.buffer, sample.head.byteOffset, sample.head.byteLength);
  if (!head.subarray(0, OLE.length).equals(OLE) || !isNamed(sample, extensions)) return false;
  // Its directory may stand behind what was looked at.
  return head.includes(ENCRYPTED) || !(sample.isWhole || OLD.some((name) => head.includes(name)));
}

/** Throws DOCUMENT_ENCRYPTED for an encrypted Office document, DOCUMENT_CORRUPT for any other compound file. */
export async function refuseCompound(file: string): Promise<void> {
  let before = Buffer.alloc(0);
  let isFirst = true;
  for await (const chunk of createReadStream(file)) {
    const bytes = Buffer.concat([before, chunk as Buffer]);
    if (isFirst && !bytes.subarray(0, OLE.length).equals(OLE)) return;
    isFirst = false;
    if (bytes.includes(ENCRYPTED))
      throw new EngineError("DOCUMENT_ENCRYPTED", "The document is encrypted; passwords of Office documents are not taken.");
    before = bytes.subarray(-ENCRYPTED.length);
  }
  if (!isFirst) throw new EngineError("DOCUMENT_CORRUPT", "The file is a compound file, not what its name says.");
}
