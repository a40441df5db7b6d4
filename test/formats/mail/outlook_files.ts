import { burn } from "@kenjiuno/msgreader/lib/Burner.js";

/** What Outlook writes into a mail's file, by numbers of its properties ([MS-OXPROPS]). */
export interface Storage {
  readonly texts?: Readonly<Record<number, string>>;
  readonly bytes?: Readonly<Record<number, Buffer>>;
  readonly numbers?: Readonly<Record<number, number>>;
  readonly recipients?: readonly Storage[];
  readonly attachments?: readonly Storage[];
  /** Of an attachment: the mail that it is. */
  readonly mail?: Storage;
}

export const PROPERTY = {
  messageClass: 0x001a,
  subject: 0x0037,
  headers: 0x007d,
  senderName: 0x0c1a,
  recipientKind: 0x0c15,
  body: 0x1000,
  rtf: 0x1009,
  html: 0x1013,
  messageId: 0x1035,
  name: 0x3001,
  data: 0x3701,
  method: 0x3705,
  fileName: 0x3707,
  mediaType: 0x370e,
  contentId: 0x3712,
  address: 0x39fe,
  codepage: 0x3fde,
  senderAddress: 0x5d01,
} as const;

/** Types of entries, as the burner names them. */
const [DIRECTORY, DOCUMENT, ROOT] = [1, 2, 5];

interface Entry {
  readonly name: string;
  readonly type: number;
  readonly length: number;
  readonly binaryProvider?: () => Uint8Array;
  children?: number[];
}

/** A mail as Outlook saves it ([MS-OXMSG] 2). */
export function outlookFile(mail: Storage): Buffer {
  const entries: Entry[] = [{ name: "Root Entry", type: ROOT as number, length: 0, children: [] }];
  const root = entries[0] as Entry;
  const named = add(entries, root, directory("__nameid_version1.0"));
  for (const name of ["__substg1.0_00020102", "__substg1.0_00030102", "__substg1.0_00040102"])
    add(entries, named, file(name, Buffer.alloc(0)));
  fill(entries, root, mail, 32);
  return Buffer.from(burn(entries as Parameters<typeof burn>[0]));
}

function add(entries: Entry[], parent: Entry, entry: Entry): Entry {
  parent.children?.push(entries.length);
  entries.push(entry);
  return entry;
}

function directory(name: string): Entry {
  return { name, type: DIRECTORY as number, length: 0, children: [] };
}

function file(name: string, bytes: Buffer): Entry {
  return { name, type: DOCUMENT as number, length: bytes.length, binaryProvider: () => new Uint8Array(bytes) };
}

function fill(entries: Entry[], parent: Entry, storage: Storage, header: number): void {
  const rows: Buffer[] = [];
  const row = (property: number, type: number, value: number) => {
    const bytes = Buffer.alloc(16);
    bytes.writeUInt32LE(property * 0x10000 + type, 0);
    bytes.writeUInt32LE(6, 4);
    bytes.writeUInt32LE(value, 8);
    rows.push(bytes);
  };
  const stream = (property: number, type: number, bytes: Buffer) => {
    row(property, type, bytes.length + (type === 0x1f ? 2 : 0));
    add(entries, parent, file(`__substg1.0_${hex(property, 4)}${hex(type, 4)}`, bytes));
  };
  for (const [property, text] of Object.entries(storage.texts ?? {})) stream(Number(property), 0x1f, Buffer.from(text, "utf16le"));
  for (const [property, bytes] of Object.entries(storage.bytes ?? {})) stream(Number(property), 0x102, bytes);
  for (const [property, value] of Object.entries(storage.numbers ?? {})) row(Number(property), 3, value);
  if (storage.mail) fill(entries, add(entries, parent, directory("__substg1.0_3701000D")), storage.mail, 24);
  const inner = (name: string, all: readonly Storage[]) => {
    for (const [index, each] of all.entries())
      fill(entries, add(entries, parent, directory(`${name}_version1.0_#${hex(index, 8)}`)), each, 8);
  };
  inner("__recip", storage.recipients ?? []);
  inner("__attach", storage.attachments ?? []);
  const head = Buffer.alloc(header);
  if (header > 8) {
    head.writeUInt32LE(storage.recipients?.length ?? 0, 8);
    head.writeUInt32LE(storage.attachments?.length ?? 0, 12);
    head.writeUInt32LE(storage.recipients?.length ?? 0, 16);
    head.writeUInt32LE(storage.attachments?.length ?? 0, 20);
  }
  add(entries, parent, file("__properties_version1.0", Buffer.concat([head, ...rows])));
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, "0");
}

/** [MS-OXRTFCP] 3.1.2: as it is. */
export function uncompressedRtf(rtf: string): Buffer {
  const head = Buffer.alloc(16);
  head.writeUInt32LE(rtf.length + 12, 0);
  head.writeUInt32LE(rtf.length, 4);
  head.write("MELA", 8, "latin1");
  return Buffer.concat([head, Buffer.from(rtf, "latin1")]);
}
