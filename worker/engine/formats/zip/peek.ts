import { Archive } from "./archive.ts";

const MAX_PEEKED = 1000;
const LOCAL_HEADER = "PK\u0003\u0004";

/** The names of a ZIP archive's entries; those that its beginning has, if its directory cannot be read. */
export async function entriesOf(file: string, head: Uint8Array): Promise<readonly string[]> {
  try {
    await using archive = await Archive.open(file);
    return archive.names;
  } catch {
    return entriesIn(head);
  }
}

/** Those names of entries that stand in the first bytes of an archive. */
export function entriesIn(head: Uint8Array): string[] {
  return [...localHeaders(head)].map(({ name }) => name);
}

/** What an archive says that it is (OpenDocument and EPUB): an entry of its own, first and not compressed. */
export function mimetypeOf(head: Uint8Array): string | undefined {
  const [first] = localHeaders(head);
  return first?.name === "mimetype" ? /^[\w.+/-]*/.exec(first.data)?.[0] : undefined;
}

function* localHeaders(head: Uint8Array): Generator<{ readonly name: string; readonly data: string }> {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  let count = 0;
  for (let at = bytes.indexOf(LOCAL_HEADER); at >= 0 && count < MAX_PEEKED; at = bytes.indexOf(LOCAL_HEADER, at + 4)) {
    if (at + 30 > bytes.length) break;
    count++;
    const start = at + 30 + bytes.readUInt16LE(at + 26);
    const data = bytes.subarray(start + bytes.readUInt16LE(at + 28));
    yield { name: bytes.toString("utf8", at + 30, start), data: data.toString("latin1", 0, Math.min(100, data.length, sizeAt(bytes, at))) };
  }
}

/** Of an entry's data as its local header says; all if that leaves it open. */
function sizeAt(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at + 18) || bytes.length;
}
