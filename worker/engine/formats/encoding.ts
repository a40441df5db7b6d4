import { readFile, stat } from "node:fs/promises";
import type { Remark } from "../document/remarks.ts";
import { EngineError } from "../errors.ts";

/** The Encoding Standard's names (https://encoding.spec.whatwg.org). */
export type Encoding = "utf-8" | "utf-16le" | "utf-16be" | "windows-1252";

export interface Decoded {
  /** Without the byte order mark. */
  readonly text: string;
  readonly encoding: Encoding;
  /** Whether the file begins with a byte order mark. */
  readonly bom: boolean;
}

/** Files of text are held whole: larger ones are refused. */
const MAX_TEXT_BYTES = 20 * 1024 * 1024;
const NAMES: Readonly<Record<Encoding, string>> = {
  "utf-8": "UTF-8",
  "utf-16le": "UTF-16 (little endian)",
  "utf-16be": "UTF-16 (big endian)",
  "windows-1252": "Windows-1252",
};
const BOMS: readonly (readonly [Encoding, readonly number[]])[] = [
  ["utf-8", [0xef, 0xbb, 0xbf]],
  ["utf-16le", [0xff, 0xfe]],
  ["utf-16be", [0xfe, 0xff]],
];
/** All of C0 but tab, line and page ends and escape; and DEL: they tell binary files from text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: as said.
const CONTROL = /[\u0000-\u0008\u000e-\u001a\u001c-\u001f\u007f]/;

/** Throws EngineError: TEXT_TOO_LARGE, UNSUPPORTED_FILE_TYPE if it is no text in an encoding that is known. */
export async function readTextFile(file: string): Promise<Decoded> {
  const decoded = decode(await readTextBytes(file));
  if (!decoded)
    throw new EngineError(
      "UNSUPPORTED_FILE_TYPE",
      "The text is neither UTF-8 nor UTF-16 nor Windows-1252 (ISO-8859-1), or has control characters.",
    );
  return decoded;
}

/** Of a file that is text in whatever encoding. Throws EngineError: TEXT_TOO_LARGE. */
export async function readTextBytes(file: string): Promise<Buffer> {
  if ((await stat(file)).size > MAX_TEXT_BYTES) throw new EngineError("TEXT_TOO_LARGE", `Text is limited to ${MAX_TEXT_BYTES} bytes.`);
  return readFile(file);
}

/**
 * `bytes` as text: by their byte order mark, else as UTF-8, else as UTF-16 if every other byte tends to be 0, else as
 * Windows-1252 if that makes Western words of them. Undefined if they are no text, or in another encoding.
 * With `stream` they may end within a character.
 */
export function decode(bytes: Uint8Array, { stream = false } = {}): Decoded | undefined {
  const marked = BOMS.find(([, bom]) => bom.every((byte, index) => bytes[index] === byte));
  // UTF-32's mark begins as UTF-16's does; its text then has NULs, and is refused for them.
  if (marked) return decodeAs(bytes.subarray(marked[1].length), marked[0], true, stream);
  const utf16 = utf16Of(bytes);
  const wide = utf16 && decodeAs(bytes, utf16, false, stream);
  if (utf16) return wide && isWestern(wide.text) ? wide : undefined;
  const utf8 = decodeAs(bytes, "utf-8", false, stream);
  if (utf8 || hasMultibyte(bytes) || endsWithinCharacter(bytes)) return utf8;
  const western = decodeAs(bytes, "windows-1252", false, false);
  return western && isWestern(western.text) ? western : undefined;
}

function decodeAs(bytes: Uint8Array, encoding: Encoding, bom: boolean, stream: boolean): Decoded | undefined {
  try {
    const text = new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes, { stream });
    return CONTROL.test(text) ? undefined : { text, encoding, bom };
  } catch {
    return undefined;
  }
}

/** Latin text in UTF-16 without a mark: of its first bytes nearly all of one parity are 0, and none of the other. */
function utf16Of(bytes: Uint8Array): Encoding | undefined {
  const head = bytes.subarray(0, 4096);
  if (head.length < 4) return undefined;
  const zeros = [0, 0] as [number, number];
  for (const [index, byte] of head.entries()) if (byte === 0) zeros[(index % 2) as 0 | 1] += 1;
  const [even, odd] = zeros;
  const most = (head.length / 2) * 0.7;
  if (odd >= most && even === 0) return "utf-16le";
  return even >= most && odd === 0 ? "utf-16be" : undefined;
}

/** Whether there are characters of UTF-8 of several bytes, more of them than high bytes that fit none: broken UTF-8 is no Windows-1252. */
export function hasMultibyte(bytes: Uint8Array): boolean {
  let whole = 0;
  let stray = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte < 0x80) continue;
    const length = byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : byte >= 0xc2 ? 1 : 0;
    const follows =
      length > 0 && bytes.subarray(at + 1, at + 1 + length).every((next) => (next & 0xc0) === 0x80) && at + length < bytes.length;
    if (follows) {
      whole += 1;
      at += length;
    } else stray += 1;
  }
  return whole > stray;
}

/**
 * Whether UTF-8 ends two bytes or more into a character: it was cut off, and is no Windows-1252, in which it would end in
 * two signs that no words end in. One byte alone may be the accented letter at the end of a text in Windows-1252.
 */
function endsWithinCharacter(bytes: Uint8Array): boolean {
  const [lead = 0, second = 0] = bytes.subarray(-2);
  const [first = 0, ...rest] = bytes.subarray(-3);
  const continues = (byte: number) => byte >= 0x80 && byte < 0xc0;
  return (lead >= 0xe0 && lead <= 0xf4 && continues(second)) || (first >= 0xf0 && first <= 0xf4 && rest.every(continues));
}

/** Among Western words few letters are beyond ASCII; in Cyrillic, Greek or Japanese, read as Western, most are. */
function isWestern(text: string): boolean {
  // Bytes that Windows-1252 leaves open become these.
  if (/[\u0080-\u009f]/.test(text)) return false;
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  const high = text.match(/[\u00aa-\u024f]/g)?.length ?? 0;
  return letters > 0 && high <= Math.max(4, letters * 0.35) && high < letters;
}

/** What a reader should know of the encoding that a file was read in: nothing for UTF-8. */
export function encodingRemark({ encoding, text }: Decoded): Remark | undefined {
  if (encoding === "utf-8") return undefined;
  const name = encoding === "windows-1252" && !/[\u0100-\u{10ffff}]/u.test(text) ? "ISO-8859-1" : NAMES[encoding];
  return { page: 0, code: "ENCODING", message: `The text was read as ${name}.` };
}

/** `text` in the encoding of `decoded`, its mark with it; in UTF-8 where that encoding lacks letters of it, which is then remarked. */
export function encode(text: string, { encoding, bom }: Decoded): { bytes: Buffer; remark?: Remark } {
  const marked = bom ? `\ufeff${text}` : text;
  if (encoding === "utf-16le") return { bytes: Buffer.from(marked, "utf16le") };
  if (encoding === "utf-16be") return { bytes: Buffer.from(marked, "utf16le").swap16() };
  const western = encoding === "windows-1252" ? encodeWestern(text) : undefined;
  if (encoding === "utf-8" || western) return { bytes: western ?? Buffer.from(marked) };
  return {
    bytes: Buffer.from(text),
    remark: { page: 0, code: "ENCODING", message: `The translation has letters that ${NAMES[encoding]} lacks: its file is UTF-8.` },
  };
}

let westernBytes: ReadonlyMap<string, number> | undefined;

function encodeWestern(text: string): Buffer | undefined {
  westernBytes ??= new Map(
    [...new TextDecoder("windows-1252").decode(Uint8Array.from({ length: 256 }, (_, byte) => byte))].map((sign, byte) => [sign, byte]),
  );
  const bytes = Buffer.alloc(text.length);
  for (let at = 0; at < text.length; at++) {
    const byte = westernBytes.get(text[at] as string);
    if (byte === undefined) return undefined;
    bytes[at] = byte;
  }
  return bytes;
}
