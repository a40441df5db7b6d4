import { PDFDocument } from "pdf-lib";
import sharp from "sharp";
import { smallScan, textPdf } from "../support/documents.ts";
import { SCANNED } from "./hostile_images.ts";
import { onePage, pdfStream, rawPdf, SENTENCE } from "./raw_pdf.ts";

export type Kind = "PDF" | "PNG" | "JPEG" | "TIFF" | "WebP" | "text";

/** A document that is good, to be made bad. */
export interface Seed {
  readonly kind: Kind;
  readonly fileName: string;
  readonly content: Buffer;
}

const MARKDOWN = `# The garden

The door is open *today*, and [the map](https://example.org/map) hangs beside it. It costs 12 euros.

- A red book
- A small table
  1. with four legs

> The old house is near the river.

| Part | Paid |
|------|------|
| Roof | 112  |

\`\`\`
let x = 1;
\`\`\`
`;

/** One of each kind of document that is read, small, so that they are read fast. */
export async function makeSeeds(): Promise<Seed[]> {
  const scan = sharp(smallScan(SCANNED));
  const png = await scan.clone().greyscale().png().toBuffer();
  const jpeg = await scan.clone().greyscale().jpeg({ quality: 80 }).toBuffer();
  const text = await textPdf(SENTENCE, "The old house is near the river. It has 12 rooms and a garden.");
  // Else it would bear the time of this run.
  const packed = await PDFDocument.load(text, { updateMetadata: false });
  const page = packed.addPage([600, 80]);
  page.drawImage(await packed.embedJpg(jpeg), { x: 0, y: 0, width: 600, height: 80 });
  const frames = await sharp([png, png], { join: { animated: true } })
    .tiff({ compression: "lzw" })
    .toBuffer();
  return [
    { kind: "PDF", fileName: "plain.pdf", content: plainPdf(jpeg) },
    { kind: "PDF", fileName: "tables.pdf", content: Buffer.from(await packed.save({ useObjectStreams: false })) },
    { kind: "PDF", fileName: "streams.pdf", content: Buffer.from(await packed.save({ useObjectStreams: true })) },
    { kind: "PNG", fileName: "a.png", content: png },
    { kind: "JPEG", fileName: "a.jpg", content: jpeg },
    { kind: "JPEG", fileName: "steps.jpg", content: await scan.clone().jpeg({ progressive: true }).toBuffer() },
    { kind: "TIFF", fileName: "a.tiff", content: frames },
    {
      kind: "TIFF",
      fileName: "tiles.tiff",
      content: await scan
        .clone()
        .greyscale()
        .tiff({ compression: "deflate", predictor: "horizontal", tile: true, tileWidth: 64, tileHeight: 64 })
        .toBuffer(),
    },
    { kind: "WebP", fileName: "a.webp", content: await scan.clone().webp({ lossless: true }).toBuffer() },
    { kind: "text", fileName: "a.txt", content: Buffer.from(`${SENTENCE}\n\nEl jardín tiene 12 árboles — “viejos” 🌳.\n`.repeat(3)) },
    { kind: "text", fileName: "a.md", content: Buffer.from(MARKDOWN) },
  ];
}

/** Nothing in it is packed, so that a change of a byte is a change of what it says. */
function plainPdf(jpeg: Buffer): Buffer {
  const image = pdfStream(
    jpeg,
    "/Type /XObject /Subtype /Image /Width 1200 /Height 160 /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode",
  );
  const content = `q 1 0 0 1 0 0 cm BT /F1 12 Tf 60 700 Td 14 TL (${SENTENCE}) Tj T* [(The old) -250 (house)] TJ ET Q q 300 0 0 40 60 500 cm /I0 Do Q`;
  const map = pdfStream("/CIDInit /ProcSet findresource begin begincmap 1 beginbfrange <20> <7e> <0020> endbfrange endcmap");
  const font =
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding /FirstChar 32 /LastChar 33 /Widths [278 278] /ToUnicode 7 0 R >>";
  return rawPdf(onePage({ content, font, resources: "/XObject << /I0 6 0 R >>", catalog: "/Lang (en)", more: [image, map] }));
}
