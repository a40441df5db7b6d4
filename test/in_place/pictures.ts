import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import sharp from "sharp";

const DPI = 84;
const GAP = 12;
const QUALITY = 72;

/** The first pages of two PDFs beside each other, without what is empty below in both, as WebP. */
export async function pictureOf(source: Uint8Array, result: Uint8Array): Promise<Buffer> {
  const folder = await mkdtemp(path.join(tmpdir(), "dragoman-picture-"));
  try {
    const sides = await Promise.all([source, result].map((bytes, index) => paint(bytes, path.join(folder, String(index)))));
    const trimmed = await Promise.all(sides.map((side) => sharp(side).trim().toBuffer({ resolveWithObject: true })));
    const below = Math.max(...trimmed.map(({ info }) => info.height - (info.trimOffsetTop ?? 0))) + 24;
    const { width = 0, height = 0 } = await sharp(sides[0]).metadata();
    const shown = Math.min(height, below);
    const cut = await Promise.all(sides.map((side) => sharp(side).extract({ left: 0, top: 0, width, height: shown }).png().toBuffer()));
    const paper = sharp({ create: { width: 2 * width + GAP, height: shown, channels: 3, background: "#8a8f98" } });
    const placed = paper.composite(cut.map((input, index) => ({ input, left: index * (width + GAP), top: 0 })));
    return await placed.webp({ quality: QUALITY, effort: 6 }).toBuffer();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function paint(bytes: Uint8Array, name: string): Promise<Buffer> {
  await writeFile(`${name}.pdf`, bytes);
  const { stdout } = await promisify(execFile)("pdftoppm", ["-r", String(DPI), "-png", "-f", "1", "-l", "1", `${name}.pdf`], {
    encoding: "buffer",
    maxBuffer: 64 * 1024 ** 2,
  });
  return stdout;
}
