import { type Encoding, encode } from "../encoding.ts";

export interface DecodedBytes {
  readonly text: string;
  /** The Encoding Standard's name of what it was read in. */
  readonly encoding: string;
}

/** `bytes` in the charset that the mail says. What is not in it is read as Latin: mails are often wrong, and never lost for it. */
export function decodeBytes(bytes: Uint8Array, charset: string): DecodedBytes {
  for (const label of [charset === "" || /^us-ascii$/i.test(charset) ? "utf-8" : charset, "windows-1252"]) {
    try {
      const decoder = new TextDecoder(label, { fatal: true, ignoreBOM: true });
      return { text: decoder.decode(bytes), encoding: decoder.encoding };
    } catch {
      // Tried in the next.
    }
  }
  return { text: new TextDecoder("utf-8").decode(bytes), encoding: "utf-8" };
}

const WRITABLE: ReadonlySet<string> = new Set<Encoding>(["utf-8", "utf-16le", "utf-16be", "windows-1252"]);

/** `text` in `encoding`, or in UTF-8 where that cannot be written, or lacks letters of it. */
export function encodeText(text: string, encoding: string): { readonly bytes: Buffer; readonly isUtf8: boolean } {
  if (!WRITABLE.has(encoding)) return { bytes: Buffer.from(text), isUtf8: true };
  const { bytes, remark } = encode(text, { text, encoding: encoding as Encoding, bom: false });
  return { bytes, isUtf8: remark !== undefined || encoding === "utf-8" };
}
