import { EngineError } from "../../errors.ts";

const DECLARED = /^(<\?xml\s[^>]{0,100}?encoding\s*=\s*["'])([A-Za-z][\w.-]{0,40})(["'])/;

/** The text of an XML file, and how it is written back. */
export interface DecodedXml {
  /** Without a byte order mark. A declaration of another encoding than it is written in says so. */
  readonly text: string;
  encode(text: string): Buffer;
}

/**
 * By its byte order mark, else by its declaration, else as UTF-8 (XML 1.0, appendix F). What is in UTF-16 is written so
 * again; all else is written in UTF-8. Throws DOCUMENT_CORRUPT.
 */
export function decodeXml(bytes: Uint8Array): DecodedXml {
  const [first, second, third] = bytes;
  const bom = first === 0xef && second === 0xbb && third === 0xbf;
  if (first === 0xff && second === 0xfe) return wide(bytes.subarray(2), "utf-16le", true);
  if (first === 0xfe && second === 0xff) return wide(bytes.subarray(2), "utf-16be", true);
  if (first === 0x3c && second === 0) return wide(bytes, "utf-16le", false);
  if (first === 0 && second === 0x3c) return wide(bytes, "utf-16be", false);
  const declared = bom ? undefined : DECLARED.exec(Buffer.from(bytes.subarray(0, 200)).toString("latin1"))?.[2];
  const text = decodeAs(bytes.subarray(bom ? 3 : 0), declared ?? "utf-8");
  const isUtf8 = declared === undefined || new TextDecoder(declared).encoding === "utf-8";
  return {
    text: isUtf8 ? text : text.replace(DECLARED, "$1UTF-8$3"),
    encode: (written) => Buffer.from(bom ? `\ufeff${written}` : written),
  };
}

function wide(bytes: Uint8Array, encoding: "utf-16le" | "utf-16be", bom: boolean): DecodedXml {
  return {
    text: decodeAs(bytes, encoding),
    encode(written) {
      const encoded = Buffer.from(bom ? `\ufeff${written}` : written, "utf16le");
      return encoding === "utf-16le" ? encoded : encoded.swap16();
    },
  };
}

function decodeAs(bytes: Uint8Array, label: string): string {
  try {
    return new TextDecoder(label, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new EngineError("DOCUMENT_CORRUPT", "The XML is not in the encoding that it declares.", { cause });
  }
}
