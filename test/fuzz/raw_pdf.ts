import { deflateSync } from "node:zlib";

/** A PDF's objects, the first being number 1 and the catalog. */
export type PdfObjects = readonly (string | Buffer)[];

interface Layout {
  /** Put into the trailer's dictionary. */
  readonly trailer?: string;
  /** In place of the cross-reference table and trailer. */
  readonly end?: string;
  /** Added to every offset of the table. */
  readonly off?: number;
}

/** Sets objects as a PDF file, with a cross-reference table that fits unless `layout` says otherwise. */
export function rawPdf(objects: PdfObjects, { trailer = "", end, off = 0 }: Layout = {}): Buffer {
  const parts: Buffer[] = [Buffer.from("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "latin1")];
  const offsets: number[] = [];
  let length = parts[0]?.length ?? 0;
  const put = (bytes: Buffer) => {
    parts.push(bytes);
    length += bytes.length;
  };
  for (const [index, object] of objects.entries()) {
    offsets.push(length + off);
    put(Buffer.concat([Buffer.from(`${index + 1} 0 obj\n`), bytesOf(object), Buffer.from("\nendobj\n")]));
  }
  const table = offsets.map((offset) => `${String(Math.max(0, offset)).padStart(10, "0")} 00000 n \n`).join("");
  const size = objects.length + 1;
  const usual = `xref\n0 ${size}\n0000000000 65535 f \n${table}trailer\n<< /Size ${size} /Root 1 0 R ${trailer} >>\nstartxref\n${length + off}\n%%EOF\n`;
  put(Buffer.from(end ?? usual, "latin1"));
  return Buffer.concat(parts);
}

function bytesOf(object: string | Buffer): Buffer {
  return typeof object === "string" ? Buffer.from(object, "latin1") : object;
}

export function pdfStream(data: string | Buffer, dictionary = ""): Buffer {
  const bytes = bytesOf(data);
  return Buffer.concat([Buffer.from(`<< /Length ${bytes.length} ${dictionary} >>\nstream\n`), bytes, Buffer.from("\nendstream")]);
}

export function flateStream(data: string | Buffer, dictionary = ""): Buffer {
  return pdfStream(deflateSync(bytesOf(data), { level: 9 }), `/Filter /FlateDecode ${dictionary}`);
}

export const SENTENCE = "The library is open from Monday to Saturday and the garden is free.";
export const SHOWN = `BT /F1 12 Tf 60 700 Td (${SENTENCE}) Tj ET`;

interface OnePage {
  readonly content?: string | Buffer;
  /** Entries of dictionaries. */
  readonly page?: string;
  readonly pages?: string;
  readonly catalog?: string;
  readonly resources?: string;
  readonly box?: string;
  readonly font?: string;
  /** Objects from number 6 on. */
  readonly more?: PdfObjects;
}

/** The objects of a document of one page: 1 catalog, 2 page tree, 3 page, 4 content, 5 font. */
export function onePage({ content = SHOWN, page = "", pages = "/Count 1", catalog = "", resources = "", ...rest }: OnePage): PdfObjects {
  const { box = "[0 0 595 842]", font = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>", more = [] } = rest;
  return [
    `<< /Type /Catalog /Pages 2 0 R ${catalog} >>`,
    `<< /Type /Pages /Kids [3 0 R] ${pages} >>`,
    `<< /Type /Page /Parent 2 0 R /MediaBox ${box} /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> ${resources} >> ${page} >>`,
    typeof content === "string" ? pdfStream(content) : content,
    font,
    ...more,
  ];
}
