import { crc32, deflateRawSync } from "node:zlib";

/** An entry of an archive, with what it says of itself where that is not the truth. */
export interface RawEntry {
  readonly name: string | Buffer;
  readonly content?: Uint8Array;
  /** Already packed; `content` is then not used. */
  readonly packed?: { readonly bytes: Uint8Array; readonly size: number; readonly crc: number };
  /** 0 is stored. */
  readonly method?: number;
  readonly flags?: number;
  readonly size?: number;
  readonly packedSize?: number;
  readonly crc?: number;
  /** Of its local header; where it stands if not given. */
  readonly offset?: number;
  /** Only the directory has it. */
  readonly isListedOnly?: true;
  readonly extra?: Buffer;
}

export interface RawZip {
  readonly entries: readonly RawEntry[];
  readonly before?: Buffer;
  readonly comment?: Buffer;
  /** As the end of the directory says. */
  readonly count?: number;
  readonly directoryOffset?: number;
  readonly directorySize?: number;
  /** Stands between the directory and its end. */
  readonly zip64?: Buffer;
}

const DEFLATED = 8;

/** Written byte by byte, so that all of it can be false (PKWARE's APPNOTE 6.3, 4.3). */
export function rawZip({ entries, before = Buffer.alloc(0), comment = Buffer.alloc(0), zip64 = Buffer.alloc(0), ...end }: RawZip): Buffer {
  const chunks: Buffer[] = [before];
  let at = before.length;
  const add = (chunk: Uint8Array) => {
    chunks.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    at += chunk.length;
  };
  const listed: Buffer[] = [];
  for (const entry of entries) {
    const { name, head, bytes } = described(entry);
    const offset = entry.offset ?? at;
    if (!entry.isListedOnly) {
      add(Buffer.concat([Buffer.from("PK\u0003\u0004"), head, u16(name.length), u16(entry.extra?.length ?? 0), name, entry.extra ?? NONE]));
      add(bytes);
    }
    const after = Buffer.concat([u16(name.length), u16(entry.extra?.length ?? 0), u16(0), u16(0), u16(0), u32(0), u32(offset)]);
    listed.push(Buffer.concat([Buffer.from("PK\u0001\u0002"), u16(20), head, after, name, entry.extra ?? NONE]));
  }
  const start = at;
  const directory = Buffer.concat(listed);
  add(directory);
  add(zip64);
  const count = u16(end.count ?? entries.length);
  add(Buffer.concat([Buffer.from("PK\u0005\u0006"), u16(0), u16(0), count, count]));
  add(Buffer.concat([u32(end.directorySize ?? directory.length), u32(end.directoryOffset ?? start), u16(comment.length), comment]));
  return Buffer.concat(chunks);
}

const NONE = Buffer.alloc(0);

function described(entry: RawEntry): { readonly name: Buffer; readonly head: Buffer; readonly bytes: Uint8Array } {
  const { content = NONE, method = DEFLATED } = entry;
  const bytes = entry.packed?.bytes ?? (method === DEFLATED ? deflateRawSync(content, { level: 6 }) : content);
  const crc = entry.crc ?? entry.packed?.crc ?? crc32(content);
  const sizes = [u32(entry.packedSize ?? bytes.length), u32(entry.size ?? entry.packed?.size ?? content.length)];
  const head = Buffer.concat([u16(20), u16(entry.flags ?? 0), u16(method), u16(0), u16(0x5a21), u32(crc), ...sizes]);
  return { name: typeof entry.name === "string" ? Buffer.from(entry.name) : entry.name, head, bytes };
}

export function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value & 0xffff);
  return bytes;
}

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}
