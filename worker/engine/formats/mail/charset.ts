import { type Encoding, encode, hasMultibyte } from "../encoding.ts";

export interface DecodedBytes {
  readonly text: string;
  /** The Encoding Standard's name of what it was read in. */
  readonly encoding: string;
  /** It is not what the mail says, or some bytes are no text in it. */
  readonly isDoubtful: boolean;
}

/**
 * `bytes` in the charset that the mail says. What is not in it is read as Latin, or as UTF-8 with a sign in the place of what
 * is broken: mails are often wrong, and never lost for it.
 */
export function decodeBytes(bytes: Uint8Array, charset: string): DecodedBytes {
  const label = charset === "" || /^us-ascii$/i.test(charset) ? "utf-8" : charset;
  try {
    const decoder = new TextDecoder(label, { fatal: true, ignoreBOM: true });
    return { text: decoder.decode(bytes), encoding: decoder.encoding, isDoubtful: false };
  } catch {
    const encoding = /^utf-?8$/i.test(label) && hasMultibyte(bytes) ? "utf-8" : "windows-1252";
    return { text: new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes), encoding, isDoubtful: charset !== "" };
  }
}

const WRITABLE: ReadonlySet<string> = new Set<Encoding>(["utf-8", "utf-16le", "utf-16be", "windows-1252"]);

/** `text` in `encoding`, or in UTF-8 where that cannot be written, or lacks letters of it. */
export function encodeText(text: string, encoding: string): { readonly bytes: Buffer; readonly isUtf8: boolean } {
  if (!WRITABLE.has(encoding)) return { bytes: Buffer.from(text), isUtf8: true };
  const { bytes, remark } = encode(text, { text, encoding: encoding as Encoding, bom: false });
  return { bytes, isUtf8: remark !== undefined || encoding === "utf-8" };
}
