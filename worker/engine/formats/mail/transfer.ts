/** How bytes travel (RFC 2045, 6). */
export type Transfer = "7bit" | "8bit" | "quoted-printable" | "base64";

export function transferOf(header: string | undefined): Transfer {
  const value = (header ?? "").trim().toLowerCase();
  if (value === "quoted-printable" || value === "base64") return value;
  return value === "8bit" || value === "binary" ? "8bit" : "7bit";
}

/** `source` has a byte a letter. */
export function decodeTransfer(source: string, transfer: Transfer): Buffer {
  if (transfer === "base64") return fromBase64(source.replace(/[^A-Za-z\d+/=]/g, ""));
  if (transfer !== "quoted-printable") return Buffer.from(source, "latin1");
  const text = source
    .replace(/(?<![ \t])[ \t]+(?=\r?\n|$)/g, "")
    .replace(/=\r?\n|=$/g, "")
    .replace(/=([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(text, "latin1");
}

/** What stands in several pieces, each with its own end, is one text. */
function fromBase64(text: string): Buffer {
  if (!/=[^=]/.test(text)) return Buffer.from(text, "base64");
  const bytes = Buffer.alloc(Math.ceil((text.length * 3) / 4));
  let length = 0;
  for (const [piece] of text.matchAll(/[^=]+/g)) length += bytes.write(piece, length, "base64");
  return bytes.subarray(0, length);
}

/** As a letter a byte. */
export function encodeTransfer(bytes: Buffer, transfer: Transfer, lineEnd: string): string {
  if (transfer === "base64") return (bytes.toString("base64").match(/.{1,76}/g) ?? []).join(lineEnd) + lineEnd;
  const text = bytes.toString("latin1");
  return transfer === "quoted-printable" ? quotedPrintable(text, lineEnd) : text;
}

const MAX_LINE = 76;

function quotedPrintable(text: string, lineEnd: string): string {
  return text
    .split(/\r\n|\n/)
    .map((line) => {
      // A full stop alone, and "From " at a line's head, are changed on some ways.
      const coded = line
        .replace(/[^\t\x20-\x3c\x3e-\x7e]/g, coding)
        .replace(/[ \t]$/, coding)
        .replace(/^(?:\.$|F(?=rom ))/, coding);
      const lines: string[] = [];
      let rest = coded;
      while (rest.length > MAX_LINE) {
        let end = MAX_LINE - 1;
        if (rest[end - 1] === "=") end -= 1;
        else if (rest[end - 2] === "=") end -= 2;
        lines.push(`${rest.slice(0, end)}=`);
        rest = rest.slice(end);
      }
      return [...lines, rest].join(lineEnd);
    })
    .join(lineEnd);
}

function coding(sign: string): string {
  return `=${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}

/** How text of `bytes` can travel that came as `transfer`. */
export function transferFor(bytes: Buffer, transfer: Transfer): Transfer {
  if (transfer === "base64" || transfer === "quoted-printable") return transfer;
  const text = bytes.toString("latin1");
  // RFC 5322, 2.1.1.
  const isLong = /[^\n]{990}/.test(text);
  if (isLong || text.includes("\0")) return "quoted-printable";
  return /[\u0080-\u00ff]/.test(text) && transfer === "7bit" ? "quoted-printable" : transfer;
}
