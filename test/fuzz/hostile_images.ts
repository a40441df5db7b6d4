import { crc32, deflateSync } from "node:zlib";
import sharp from "sharp";
import { smallScan } from "../support/documents.ts";
import { type HandMade, type Input, toInputs } from "./input.ts";

const CORRUPT = "IMAGE_CORRUPT";
const LARGE = "IMAGE_TOO_LARGE";
const EMPTY = "NO_CONTENT";
const UNKNOWN = "UNSUPPORTED_FILE_TYPE";
const READ = "SUCCEEDED";
const SIGNATURE = Buffer.from("89504e470d0a1a0a", "hex");

export const SCANNED = "The old house is near the river.";
const scan = () => sharp(smallScan(SCANNED));
const white = (width: number, height: number) => sharp({ create: { width, height, channels: 3, background: "white" } });

export function pngChunk(type: string, data: Buffer, crc = crc32(Buffer.concat([Buffer.from(type, "latin1"), data]))): Buffer {
  const chunk = Buffer.alloc(12 + data.length);
  chunk.writeUInt32BE(data.length, 0);
  chunk.write(type, 4, "latin1");
  data.copy(chunk, 8);
  chunk.writeUInt32BE(crc, 8 + data.length);
  return chunk;
}

/** A PNG whose head says what is given, with `data` as its packed pixels. */
function png(width: number, height: number, data: Buffer, { bits = 8, colour = 0, more = [] as Buffer[] } = {}): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([bits, colour, 0, 0, 0], 8);
  return Buffer.concat([SIGNATURE, pngChunk("IHDR", head), ...more, pngChunk("IDAT", data), pngChunk("IEND", Buffer.alloc(0))]);
}

const pngs: readonly HandMade[] = [
  ["a signature and nothing", CORRUPT, () => SIGNATURE],
  ["no pixels at all", CORRUPT, () => png(0, 0, deflateSync(Buffer.alloc(1)))],
  ["two milliards square", [LARGE, CORRUPT], () => png(2_147_483_647, 2_147_483_647, deflateSync(Buffer.alloc(9)))],
  ["30,000 square of eight bytes", LARGE, () => png(30_000, 30_000, deflateSync(Buffer.alloc(9)))],
  ["17,000 square, whole", [EMPTY, LARGE, "MEMORY_LIMIT"], () => png(17_000, 17_000, deflateSync(Buffer.alloc(17_000 * 17_001))), "heavy"],
  ["1 × 60,000", EMPTY, () => white(1, 60_000).png().toBuffer()],
  ["60,000 × 1", EMPTY, () => white(60_000, 1).png().toBuffer()],
  ["1 × 1", EMPTY, () => white(1, 1).png().toBuffer()],
  [
    "3 × 3 of black",
    EMPTY,
    () =>
      sharp({ create: { width: 3, height: 3, channels: 3, background: "black" } })
        .png()
        .toBuffer(),
  ],
  ["fewer rows than it says", CORRUPT, () => png(500, 500, deflateSync(Buffer.alloc(501 * 20)))],
  ["cut off in its pixels", CORRUPT, async () => (await scan().png().toBuffer()).subarray(0, 3000)],
  ["wrong check sums", CORRUPT, () => Buffer.concat([SIGNATURE, pngChunk("IHDR", Buffer.alloc(13, 1), 7)])],
  ["a chunk longer than the file", [CORRUPT, EMPTY], () => badChunkLength()],
  ["a colour type of 99", CORRUPT, () => png(10, 10, deflateSync(Buffer.alloc(200)), { colour: 99 })],
  ["a palette of none", CORRUPT, () => png(10, 10, deflateSync(Buffer.alloc(110)), { colour: 3 })],
  ["a text chunk of 200 MB, packed", [EMPTY, CORRUPT], () => png(10, 10, deflateSync(Buffer.alloc(110)), { more: [textBomb()] })],
  ["16 bits and transparent", READ, () => scan().ensureAlpha(0.9).toColourspace("rgb16").png().toBuffer()],
  [
    "wholly transparent",
    EMPTY,
    () =>
      sharp({ create: { width: 300, height: 300, channels: 4, background: "#00000000" } })
        .png()
        .toBuffer(),
  ],
  ["noise", [EMPTY, READ, "PARTIALLY_SUCCEEDED", "NOTHING_TRANSLATED"], () => noise(400, 400)],
];

function badChunkLength(): Buffer {
  const whole = png(10, 10, deflateSync(Buffer.alloc(110)), { more: [pngChunk("tEXt", Buffer.from("a\0b"))] });
  whole.writeUInt32BE(0x7fffffff, 33);
  return whole;
}

function textBomb(): Buffer {
  return pngChunk("zTXt", Buffer.concat([Buffer.from("a\0\0"), deflateSync(Buffer.alloc(200_000_000, 65))]));
}

function noise(width: number, height: number): Promise<Buffer> {
  const pixels = Buffer.from(
    Array.from({ length: width * height }, (_, index) => (Math.imul(index ^ (index >>> 7), 0x9e3779b1) >>> 24) & 255),
  );
  return sharp(pixels, { raw: { width, height, channels: 1 } })
    .png()
    .toBuffer();
}

const jpegs: readonly HandMade[] = [
  ["a signature and nothing", CORRUPT, () => Buffer.from("ffd8ff", "hex")],
  ["a head and an end", CORRUPT, () => Buffer.from("ffd8ffe000104a46494600010100000100010000ffd9", "hex")],
  ["cut off in the middle", CORRUPT, async () => half(await scan().jpeg().toBuffer())],
  ["65,535 square of none", [CORRUPT, LARGE], async () => jpegSize(await white(64, 64).jpeg().toBuffer(), 65_535, 65_535)],
  ["no height", CORRUPT, async () => jpegSize(await white(64, 64).jpeg().toBuffer(), 64, 0)],
  ["taller than its data", [CORRUPT, EMPTY], async () => jpegSize(await white(64, 64).jpeg().toBuffer(), 64, 12_000)],
  [
    "EXIF of noise",
    [READ, EMPTY],
    async () => withSegment(await scan().jpeg().toBuffer(), 0xe1, Buffer.concat([Buffer.from("Exif\0\0MM\0*"), Buffer.alloc(400, 0xd7)])),
  ],
  ["EXIF that goes round", [READ, EMPTY], async () => withSegment(await scan().jpeg().toBuffer(), 0xe1, exifLoop())],
  ["an orientation of 200", READ, async () => withSegment(await scan().jpeg().toBuffer(), 0xe1, orientation(200))],
  [
    "on its side",
    [READ, EMPTY, "PARTIALLY_SUCCEEDED", "NOTHING_TRANSLATED"],
    () => scan().rotate(90).jpeg().withMetadata({ orientation: 6 }).toBuffer(),
  ],
  ["CMYK", READ, () => scan().toColourspace("cmyk").jpeg().toBuffer()],
  [
    "progressive, of four thousand scans",
    [CORRUPT, READ, EMPTY],
    async () => manyScans(await scan().jpeg({ progressive: true }).toBuffer(), 4000),
  ],
  [
    "a colour profile of noise",
    [READ, EMPTY],
    async () =>
      withSegment(
        await scan().jpeg().toBuffer(),
        0xe2,
        Buffer.concat([Buffer.from("ICC_PROFILE\0\x01\x01", "latin1"), Buffer.alloc(3000, 0x5a)]),
      ),
  ],
];

function half(bytes: Buffer): Buffer {
  return bytes.subarray(0, Math.floor(bytes.length / 2));
}

function frameOf(jpeg: Buffer): number {
  for (let at = 2; at < jpeg.length - 9; at += 2 + jpeg.readUInt16BE(at + 2)) if ([0xc0, 0xc2].includes(jpeg[at + 1] ?? 0)) return at;
  throw new Error("a JPEG without a frame");
}

function jpegSize(jpeg: Buffer, width: number, height: number): Buffer {
  const at = frameOf(jpeg);
  jpeg.writeUInt16BE(height, at + 5);
  jpeg.writeUInt16BE(width, at + 7);
  return jpeg;
}

function withSegment(jpeg: Buffer, marker: number, data: Buffer): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(data.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), head, data, jpeg.subarray(2)]);
}

function orientation(value: number): Buffer {
  return Buffer.concat([
    Buffer.from("Exif\0\0"),
    Buffer.from("4d4d002a000000080001011200030000000100", "hex"),
    Buffer.from([value, 0, 0, 0, 0, 0, 0]),
  ]);
}

function exifLoop(): Buffer {
  // One entry, the sub-directory, which is this very directory, as is the next.
  return Buffer.concat([Buffer.from("Exif\0\0"), Buffer.from("4d4d002a00000008000187690004000000010000000800000008", "hex")]);
}

/** The last scan of a progressive JPEG again and again: each costs a walk over the whole picture. */
function manyScans(jpeg: Buffer, count: number): Buffer {
  const at = jpeg.lastIndexOf(Buffer.from([0xff, 0xda]));
  const last = jpeg.subarray(at, -2);
  return Buffer.concat([jpeg.subarray(0, at), ...Array.from({ length: count }, () => last), jpeg.subarray(-2)]);
}

interface Entry {
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  readonly value: number;
}

const long = (tag: number, value: number): Entry => ({ tag, type: 4, count: 1, value });

/** TIFF directories one after the other, each given its entries; the last points to `end`. */
function tiff(directories: readonly (readonly Entry[])[], end: number | "first" = 0, pixels: Buffer = Buffer.alloc(64, 255)): Buffer {
  const head = Buffer.from("49492a0000000000", "hex");
  const parts = [head, pixels];
  let at = 8 + pixels.length;
  head.writeUInt32LE(at, 4);
  const first = at;
  for (const [index, entries] of directories.entries()) {
    const directory = Buffer.alloc(2 + entries.length * 12 + 4);
    directory.writeUInt16LE(entries.length, 0);
    for (const [number, { tag, type, count, value }] of entries.entries()) {
      directory.writeUInt16LE(tag, 2 + number * 12);
      directory.writeUInt16LE(type, 4 + number * 12);
      directory.writeUInt32LE(count, 6 + number * 12);
      directory.writeUInt32LE(value, 10 + number * 12);
    }
    at += directory.length;
    const next = index < directories.length - 1 ? at : end === "first" ? first : end;
    directory.writeUInt32LE(next, directory.length - 4);
    parts.push(directory);
  }
  return Buffer.concat(parts);
}

/** Grey, 8 × 8 unless told otherwise, in one strip at offset 8. */
function grey({ width = 8, height = 8, bits = 8, compression = 1, bytes = 64, at = 8 } = {}): Entry[] {
  return [
    long(256, width),
    long(257, height),
    long(258, bits),
    long(259, compression),
    long(262, 1),
    long(273, at),
    long(277, 1),
    long(278, height),
    long(279, bytes),
  ];
}

const tiffs: readonly HandMade[] = [
  ["a signature and nothing", CORRUPT, () => Buffer.from("49492a00", "hex")],
  ["no directory", CORRUPT, () => Buffer.from("49492a0000000000", "hex")],
  ["a directory that is its own next", [EMPTY, CORRUPT, "TOO_MANY_PAGES"], () => tiff([grey()], "first")],
  ["three directories that go round", [EMPTY, CORRUPT, "TOO_MANY_PAGES"], () => tiff([grey(), grey(), grey()], "first")],
  ["ten thousand pages", "TOO_MANY_PAGES", () => tiff(Array.from({ length: 10_000 }, () => grey()))],
  ["four milliard square", [LARGE, CORRUPT], () => tiff([grey({ width: 4_294_967_295, height: 4_294_967_295 })])],
  ["17,000 square of a strip", [CORRUPT, LARGE, EMPTY], () => tiff([grey({ width: 17_000, height: 17_000 })])],
  ["a strip beyond the file", CORRUPT, () => tiff([grey({ at: 4_000_000_000, bytes: 4_000_000_000 })])],
  ["sixty thousand entries", [CORRUPT, EMPTY], () => tiff([Array.from({ length: 60_000 }, (_, index) => long(index + 1, 0xffffffff))])],
  ["an unknown compression", CORRUPT, () => tiff([grey({ compression: 9999 })])],
  ["64 bits a sample", [CORRUPT, EMPTY], () => tiff([grey({ bits: 64, bytes: 64 })])],
  [
    "a fax of noise",
    [CORRUPT, EMPTY, READ, "PARTIALLY_SUCCEEDED", "NOTHING_TRANSLATED"],
    () => tiff([grey({ width: 2000, height: 2000, bits: 1, compression: 4 })], 0, Buffer.alloc(64, 0x37)),
  ],
  ["a good page and a broken one", [EMPTY, CORRUPT, "PARTIALLY_SUCCEEDED"], () => tiff([grey(), grey({ compression: 9999 })])],
  [
    "a small page and a large one",
    [EMPTY, CORRUPT, LARGE, "PARTIALLY_SUCCEEDED"],
    () => tiff([grey(), grey({ width: 60_000, height: 60_000 })]),
  ],
  ["BigTIFF with nothing in it", CORRUPT, () => Buffer.from("49492b0008000000ffffffffffffffff", "hex")],
  ["CMYK of 16 bits", [READ, CORRUPT], () => scan().toColourspace("cmyk").tiff().toBuffer()],
];

const others: readonly HandMade[] = [
  ["a WebP that is only a head", CORRUPT, () => Buffer.from("RIFF\x1a\0\0\0WEBPVP8 \0\0\0\0", "latin1")],
  ["a WebP cut off", CORRUPT, async () => half(await scan().webp().toBuffer())],
  [
    "a WebP whose canvas is 16 million square",
    [LARGE, CORRUPT],
    () => Buffer.from(`RIFF\xff\xff\xff\x7fWEBPVP8X\x0a\0\0\0\x10\0\0\0${"\xff".repeat(6)}`, "latin1"),
  ],
  ["an animated WebP", [EMPTY, READ], () => animation().webp().toBuffer()],
  ["an animated GIF", [EMPTY, READ], () => animation().gif().toBuffer()],
  ["a BMP", UNKNOWN, () => Buffer.concat([Buffer.from("BM"), Buffer.alloc(200, 1)])],
  [
    "an SVG that includes itself",
    UNKNOWN,
    () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'),
  ],
  ["an ICO", UNKNOWN, () => Buffer.from("00000100010010100000010020006804000016000000", "hex")],
  ["a HEIC", UNKNOWN, () => Buffer.from("0000001866747970686569630000000068656963", "hex")],
];

function animation() {
  const frame = Buffer.alloc(40 * 40 * 3, 255);
  return sharp(Buffer.concat(Array.from({ length: 20 }, () => frame)), { raw: { width: 40, height: 800, channels: 3, pageHeight: 40 } });
}

export const hostileImages: readonly Input[] = [
  ...toInputs("PNG", "a.png", pngs),
  ...toInputs("JPEG", "a.jpg", jpegs),
  ...toInputs("TIFF", "a.tiff", tiffs),
  ...toInputs("image", "a.webp", others),
];
