import type { Remark } from "../../document/remarks.ts";
import { EngineError } from "../../errors.ts";
import { decode } from "../encoding.ts";

/** The text of a page, and how it is written back. */
export interface DecodedPage {
  /** Without a byte order mark. */
  readonly text: string;
  /** By the Encoding Standard's name. */
  readonly encoding: string;
  readonly remark?: Remark;
  /** Whether the encoding has a sign. */
  readonly has: (sign: string) => boolean;
  /** Undefined if the file can't be written in its own encoding so that what did not change is the same. */
  readonly encode: ((text: string) => Buffer) | undefined;
}

const BOMS: readonly (readonly [string, string])[] = [
  ["utf-8", "efbbbf"],
  ["utf-16le", "fffe"],
  ["utf-16be", "feff"],
];
/** A browser looks no further for what a page says of its encoding. */
const LOOKED_AT = 1024;
/** `<meta charset=x>`, `<meta http-equiv=content-type content="text/html; charset=x">`, or XML's declaration. */
export const DECLARED = /(<meta\b[^>]{0,500}?\bcharset\s*=\s*["']?|^\s*<\?xml\s[^>]{0,200}?\bencoding\s*=\s*["'])([\w.:-]{1,40})/i;

/**
 * `bytes` as a browser decodes them: by their byte order mark, else by what the page says, else by how they look
 * (https://html.spec.whatwg.org, "Determining the character encoding"). Throws UNSUPPORTED_FILE_TYPE.
 */
export function decodePage(bytes: Buffer): DecodedPage {
  const bom = BOMS.find(([, hex]) => bytes.toString("hex", 0, hex.length / 2) === hex);
  if (bom) return decodedAs(bytes.subarray(bom[1].length / 2), bom[0], Buffer.from(bom[1], "hex"));
  const declared = declaredIn(bytes.toString("latin1", 0, LOOKED_AT * 4));
  if (declared && isValid(bytes, declared)) return decodedAs(bytes, declared, Buffer.alloc(0));
  const detected = decode(bytes);
  if (detected) return decodedAs(bytes, detected.encoding, Buffer.alloc(0));
  // As browsers show it, with signs in the place of what is none.
  if (declared) return decodedAs(bytes, declared, Buffer.alloc(0));
  throw new EngineError("UNSUPPORTED_FILE_TYPE", "The page does not say which encoding it is in, and it is in none that can be told.");
}

function declaredIn(head: string): string | undefined {
  const label = DECLARED.exec(head)?.[2];
  if (label === undefined) return undefined;
  try {
    const { encoding } = new TextDecoder(label);
    // A page in UTF-16 could not be read for this.
    return encoding.startsWith("utf-16") ? "utf-8" : encoding;
  } catch {
    return undefined;
  }
}

function isValid(bytes: Uint8Array, encoding: string): boolean {
  try {
    new TextDecoder(encoding, { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function decodedAs(bytes: Buffer, encoding: string, bom: Buffer): DecodedPage {
  const text = new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes);
  const encoder = encoderOf(encoding);
  const isSame = encoder?.encode(text)?.equals(bytes) ?? false;
  const broken = text.includes("\ufffd") && !isSame;
  return {
    ...{ text, encoding },
    ...((broken || encoding !== "utf-8") && { remark: remarkOf(encoding, broken) }),
    has: isSame && encoder ? encoder.has : () => true,
    encode: isSame && encoder ? (written) => Buffer.concat([bom, encoder.encode(written) ?? Buffer.from(written)]) : undefined,
  };
}

function remarkOf(encoding: string, broken: boolean): Remark {
  const message = broken
    ? `The text was read as ${encoding.toUpperCase()}; some bytes are no text in it.`
    : `The text was read as ${encoding.toUpperCase()}.`;
  return { page: 0, code: "ENCODING", message };
}

interface Encoder {
  /** Undefined if a sign is not in it. */
  encode(text: string): Buffer | undefined;
  has(sign: string): boolean;
}

function encoderOf(encoding: string): Encoder | undefined {
  const whole = (encode: (text: string) => Buffer): Encoder => ({ encode, has: () => true });
  if (encoding === "utf-8") return whole((text) => Buffer.from(text));
  if (encoding === "utf-16le") return whole((text) => Buffer.from(text, "utf16le"));
  if (encoding === "utf-16be") return whole((text) => Buffer.from(text, "utf16le").swap16());
  // Its bytes mean what those before them say.
  if (encoding === "iso-2022-jp") return undefined;
  const table = tableOf(encoding);
  return {
    has: (sign) => table.has(sign),
    encode(text) {
      const bytes: number[] = [];
      for (const sign of text) {
        const code = table.get(sign);
        if (code === undefined) return undefined;
        if (code > 0xff) bytes.push(code >> 8);
        bytes.push(code & 0xff);
      }
      return Buffer.from(bytes);
    },
  };
}

const tables = new Map<string, ReadonlyMap<string, number>>();

/** The bytes of each sign, one or two, as the decoder of the same encoding reads them. */
function tableOf(encoding: string): ReadonlyMap<string, number> {
  const known = tables.get(encoding);
  if (known) return known;
  const decoder = new TextDecoder(encoding, { ignoreBOM: true });
  const table = new Map<string, number>();
  const leads: number[] = [];
  for (let byte = 0; byte < 256; byte++) {
    const sign = decoder.decode(Uint8Array.of(byte));
    if (sign === "\ufffd" || sign === "") leads.push(byte);
    else if (!table.has(sign)) table.set(sign, byte);
  }
  for (const lead of leads)
    for (let trail = 0x40; trail < 0xff; trail++) {
      const sign = decoder.decode(Uint8Array.of(lead, trail));
      if ([...sign].length === 1 && sign !== "\ufffd" && !table.has(sign)) table.set(sign, lead * 256 + trail);
    }
  tables.set(encoding, table);
  return table;
}
