import { copyFile } from "node:fs/promises";
import path from "node:path";
import type { DocumentContext } from "../context.ts";
import type { Remark } from "../document/remarks.ts";
import { EngineError } from "../errors.ts";
import type { Format, FormatId } from "./format.ts";
import { isNamed, type Sample } from "./sample.ts";
import { mimetypeOf } from "./zip/peek.ts";

/** A type that LibreOffice turns into another, which is read. */
export interface ConvertedFormat extends Omit<Format, "open"> {
  readonly becomes: Extract<FormatId, "docx" | "pptx" | "xlsx" | "pdf">;
}

/** MS-CFB 2.2: what every compound file begins with. */
const COMPOUND = "d0cf11e0a1b11ae1";
/** Streams by which old Office files are told (MS-DOC 2.1.1, MS-PPT 2.1.1, MS-XLS 2.1.2). */
const STREAMS: Readonly<Partial<Record<FormatId, readonly string[]>>> = {
  doc: ["WordDocument"],
  ppt: ["PowerPoint Document"],
  xls: ["Workbook", "Book"],
};
const NOT_OFFICE = ["__properties_version1", "EncryptedPackage"];
const DRAWING = "application/vnd.oasis.opendocument.graphics";

export const doc = old({
  id: "doc",
  name: "old Word (DOC)",
  mediaTypes: ["application/msword"],
  extensions: [".doc", ".dot"],
  becomes: "docx",
});
export const ppt = old({
  ...{ id: "ppt", name: "old PowerPoint (PPT)", becomes: "pptx" },
  mediaTypes: ["application/vnd.ms-powerpoint"],
  extensions: [".ppt", ".pps"],
});
export const xls = old({
  ...{ id: "xls", name: "old Excel (XLS)", becomes: "xlsx" },
  mediaTypes: ["application/vnd.ms-excel"],
  extensions: [".xls", ".xlt"],
});
export const rtf: ConvertedFormat = {
  id: "rtf",
  name: "rich text (RTF)",
  mediaTypes: ["application/rtf", "text/rtf"],
  extensions: [".rtf"],
  becomes: "docx",
  sniff: ({ head }) => Buffer.from(head.subarray(0, 5)).toString("latin1") === "{\\rtf",
};
/** Its text stands in boxes of fixed places, as a PDF's does. */
export const odg: ConvertedFormat = {
  id: "odg",
  name: "OpenDocument drawing (ODG)",
  mediaTypes: [DRAWING],
  extensions: [".odg"],
  becomes: "pdf",
  sniff: ({ head }) => mimetypeOf(head)?.startsWith(DRAWING) ?? false,
};

/** By its streams' names, which are in UTF-16; a long file has them at its end, and there its name tells. */
function old(format: Omit<ConvertedFormat, "sniff">): ConvertedFormat {
  const has = (head: Buffer, names: readonly string[]) => names.some((name) => head.includes(Buffer.from(`${name}\0`, "utf16le")));
  const others = Object.entries(STREAMS).flatMap(([id, names = []]) => (id === format.id ? [] : names));
  const sniff = (sample: Sample) => {
    const head = Buffer.from(sample.head.buffer, sample.head.byteOffset, sample.head.byteLength);
    if (head.toString("hex", 0, 8) !== COMPOUND || has(head, NOT_OFFICE)) return false;
    if (has(head, STREAMS[format.id] ?? [])) return true;
    return !sample.isWhole && isNamed(sample, format.extensions) && !has(head, others);
  };
  return { ...format, sniff };
}

/** The document as the type that it becomes: a file in the context's folder. Throws EngineError: UNSUPPORTED_FILE_TYPE where there is no LibreOffice, and what converting does. */
export async function convertFirst(
  { name, extensions, becomes }: ConvertedFormat,
  file: string,
  { folder, office, signal, time }: DocumentContext,
): Promise<string> {
  if (!office)
    throw new EngineError(
      "UNSUPPORTED_FILE_TYPE",
      `The file is ${name}, which is read only where LibreOffice is installed (libreoffice-writer-nogui, -calc-nogui, -impress-nogui): save it as .${becomes}.`,
    );
  const copy = path.join(folder, `converted${extensions[0]}`);
  await copyFile(file, copy);
  return time("convert by LibreOffice", 0, () => office.convert(copy, becomes, signal));
}

/** That a document is what LibreOffice made of another. */
export function conversionRemark(from: ConvertedFormat, to: Format): Remark {
  const message = `LibreOffice turned the document from ${from.name} into ${to.name}, in which it comes back: what it does not carry over is not in the result.`;
  return { page: 0, code: "DOCUMENT_CONVERTED", message };
}
