import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createCanvas } from "@napi-rs/canvas";
import { StandardFonts } from "pdf-lib";
import sharp from "sharp";
import { createPdf, makeScan, scanPages } from "../../examples/make.ts";

let scan: Promise<Uint8Array> | undefined;

/** The example: three scanned pages without a text layer. */
export function exampleScan(): Promise<Uint8Array> {
  scan ??= scanPages().then(makeScan);
  return scan;
}

/** A picture of a few words, read by OCR in a second. */
export function smallScan(text: string): Buffer {
  const canvas = createCanvas(1200, 160);
  const context = canvas.getContext("2d");
  context.fillStyle = "white";
  context.fillRect(0, 0, 1200, 160);
  context.fillStyle = "black";
  context.font = "36px Body";
  context.fillText(text, 40, 90);
  return canvas.toBuffer("image/png");
}

/** A PDF with a text layer; an empty string makes an empty page. */
export async function textPdf(...pages: string[]): Promise<Uint8Array> {
  const document = await createPdf();
  const font = await document.embedFont(StandardFonts.Helvetica);
  for (const text of pages) {
    const page = document.addPage([595, 842]);
    if (text) page.drawText(text, { x: 60, y: 740, size: 12, font, lineHeight: 16, maxWidth: 460 });
  }
  return document.save();
}

/** The header of a PNG that says it is `width` × `height`, with the data of a small one. */
export async function hugePng(width: number, height: number): Promise<Buffer> {
  const png = await sharp({ create: { width: 8, height: 8, channels: 3, background: "white" } })
    .png()
    .toBuffer();
  png.writeUInt32BE(width, 16);
  png.writeUInt32BE(height, 20);
  png.writeInt32BE(crc32(png.subarray(12, 29)), 29);
  return png;
}

function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc;
}

/** A folder that is gone at the end of the scope. */
export async function scratch(): Promise<
  AsyncDisposable & { readonly path: string; file(name: string, content: Uint8Array | string): Promise<string> }
> {
  const folder = await mkdtemp(path.join(tmpdir(), "dragoman-test-"));
  return {
    path: folder,
    async file(name, content) {
      const file = path.join(folder, name);
      await writeFile(file, content);
      return file;
    },
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true, force: true });
    },
  };
}
