import { open } from "node:fs/promises";

const COMPRESSION = 259;
const MOST_ENTRIES = 512;

/** What a TIFF's first page says of its compression (TIFF 6.0, tag 259); undefined if it cannot be told, as of a BigTIFF. */
export async function tiffCompression(name: string): Promise<number | undefined> {
  await using file = await open(name);
  const read = async (at: number, length: number) => {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at);
    return buffer.subarray(0, bytesRead);
  };
  const head = await read(0, 8);
  if (head.length < 8) return undefined;
  const isLittle = head[0] === 0x49;
  const short = (bytes: Buffer, at: number) => (isLittle ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at));
  if (short(head, 2) !== 42) return undefined;
  const directory = isLittle ? head.readUInt32LE(4) : head.readUInt32BE(4);
  const entries = await read(directory, 2 + MOST_ENTRIES * 12);
  if (entries.length < 2) return undefined;
  for (let at = 2; at + 12 <= Math.min(entries.length, 2 + short(entries, 0) * 12); at += 12)
    if (short(entries, at) === COMPRESSION) return short(entries, at + 8);
  return undefined;
}
