import { mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { createCanvas, GlobalFonts, type SKRSContext2D } from "@napi-rs/canvas";
import { PDFDocument } from "pdf-lib";
import sharp from "sharp";
import { type ExampleBlock, examplePages } from "./prose.ts";

/** A4 at 200 dpi, as an office scanner makes it. */
const WIDTH = 1654;
const HEIGHT = 2339;
const MARGIN = 170;
const BODY = 31;
const LEADING = 46;
const GUTTER = 80;
/** Degrees; what an automatic feeder does to a sheet. */
const SKEWS = [0.7, -0.9, 0.4];

const fonts = path.dirname(createRequire(import.meta.url).resolve("dejavu-fonts-ttf/package.json"));
GlobalFonts.registerFromPath(`${fonts}/ttf/DejaVuSerif.ttf`, "Body");
GlobalFonts.registerFromPath(`${fonts}/ttf/DejaVuSerif-Bold.ttf`, "Bold");

/** The pages as pictures: set in type, then skewed, blurred and speckled. */
export async function scanPages(): Promise<Buffer[]> {
  return Promise.all(examplePages.map((blocks, index) => scan(typeset(blocks), SKEWS[index % SKEWS.length] as number, index + 1)));
}

/** An empty PDF that bears always the same time, so that the same pages make the same bytes. */
export async function createPdf(): Promise<PDFDocument> {
  const document = await PDFDocument.create();
  document.setCreationDate(new Date(0));
  document.setModificationDate(new Date(0));
  return document;
}

/** A PDF of pictures, without a text layer. */
export async function makeScan(pages: readonly Buffer[]): Promise<Uint8Array> {
  const document = await createPdf();
  for (const page of pages) {
    const image = await document.embedJpg(page);
    document.addPage([595.28, 841.89]).drawImage(image, { x: 0, y: 0, width: 595.28, height: 841.89 });
  }
  return document.save();
}

function typeset(blocks: readonly ExampleBlock[]): Buffer {
  const canvas = createCanvas(WIDTH, HEIGHT);
  const context = canvas.getContext("2d");
  context.fillStyle = "white";
  context.fillRect(0, 0, WIDTH, HEIGHT);
  context.fillStyle = "#1a1a1a";
  let y = MARGIN;
  for (const block of blocks) y = drawBlock(context, block, MARGIN, y, WIDTH - 2 * MARGIN);
  return canvas.toBuffer("image/png");
}

function drawBlock(context: SKRSContext2D, block: ExampleBlock, x: number, y: number, width: number): number {
  switch (block.kind) {
    case "title":
      return drawText(context, block.text, "Bold", 62, 84, x, y, width) + 34;
    case "heading":
      return drawText(context, block.text, "Bold", 42, 60, x, y + 14, width) + 22;
    case "paragraph":
      return drawText(context, block.text, "Body", BODY, LEADING, x, y, width) + 34;
    case "list":
      for (const item of block.items) {
        context.font = `${BODY}px Body`;
        context.fillText("•", x + 12, y + BODY);
        y = drawText(context, item, "Body", BODY, LEADING, x + 56, y, width - 56) + 10;
      }
      return y + 26;
    case "table":
      return drawTable(context, block.rows, x, y, width);
    case "columns": {
      const column = (width - GUTTER) / 2;
      const ends = block.columns.map((blocks, index) =>
        blocks.reduce((at, inner) => drawBlock(context, inner, x + index * (column + GUTTER), at, column), y),
      );
      return Math.max(...ends);
    }
  }
}

function drawText(
  context: SKRSContext2D,
  text: string,
  font: string,
  size: number,
  leading: number,
  x: number,
  y: number,
  width: number,
): number {
  context.font = `${size}px ${font}`;
  let line = "";
  for (const word of `${text} `.split(" ")) {
    const longer = line ? `${line} ${word}` : word;
    if (line && (word === "" || context.measureText(longer).width > width)) {
      context.fillText(line, x, y + size);
      y += leading;
      line = word;
    } else line = longer;
  }
  return y;
}

function drawTable(context: SKRSContext2D, rows: readonly (readonly string[])[], x: number, y: number, width: number): number {
  const columns = rows[0]?.length ?? 1;
  for (const [index, row] of rows.entries()) {
    context.font = `${BODY}px ${index === 0 ? "Bold" : "Body"}`;
    for (const [column, cell] of row.entries()) context.fillText(cell, x + 10 + (column * width) / columns, y + BODY);
    y += LEADING + 8;
    if (index === 0) context.fillRect(x, y - 6, width, 3);
    y += index === 0 ? 10 : 0;
  }
  return y + 34;
}

async function scan(page: Buffer, skewDegrees: number, seed: number): Promise<Buffer> {
  const turned = await sharp(page)
    .rotate(skewDegrees, { background: "#fdfcf8" })
    .resize(WIDTH, HEIGHT, { fit: "cover" })
    .blur(0.6)
    .removeAlpha()
    .raw()
    .toBuffer();
  // A fixed generator, so that every machine makes the same example (mulberry32).
  let state = seed;
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  for (let index = 0; index < turned.length; index += 3) {
    const noise = (random() + random() - 1) * 26 - (random() < 0.0002 ? 120 : 0);
    for (let channel = 0; channel < 3; channel++)
      turned[index + channel] = Math.max(0, Math.min(255, (turned[index + channel] as number) + noise));
  }
  return sharp(turned, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
    .jpeg({ quality: 78 })
    .toBuffer();
}

if (import.meta.main) {
  const folder = process.argv[2] ?? "examples/out";
  await mkdir(folder, { recursive: true });
  const pages = await scanPages();
  await writeFile(path.join(folder, "scan.pdf"), await makeScan(pages));
  for (const [index, page] of pages.entries()) await writeFile(path.join(folder, `page-${index + 1}.jpg`), page);
  console.log(`${folder}: scan.pdf and ${pages.length} pages`);
}
