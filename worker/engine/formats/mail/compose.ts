import { encodeWords, folded, hasEncodedWords } from "./encoded_words.ts";
import { encodeTransfer } from "./transfer.ts";

/** What a mail is made of. */
export interface Composition {
  /** Fields of its head, decoded, in order; those that are MIME's own are made. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly text?: string | undefined;
  readonly html?: { readonly bytes: Buffer; readonly charset: string } | undefined;
  /** All of its body with a head of its own, in its place. */
  readonly entity?: string;
  readonly files: readonly AttachedFile[];
}

export interface AttachedFile {
  readonly name: string;
  readonly mediaType: string;
  /** A file's, or a mail's as it is written. */
  readonly bytes: Buffer;
  /** What HTML refers to it by ("cid:…"): it is shown in the text. */
  readonly contentId?: string | undefined;
}

const LINE = "\r\n";

/** A mail with a byte a letter (RFC 5322, 2045). `next` numbers boundaries, which no part encoded here can have in it. */
export function composed(mail: Composition, next: { boundary: number } = { boundary: 0 }): string {
  const fields = mail.fields.map(([name, value]) => `${name}:${fieldValue(name, value)}`);
  const body = mail.entity ?? bodyOf(mail, next);
  return [...fields, "MIME-Version: 1.0", body].join(LINE);
}

/** Addresses are encoded name by name: what stands in angles is ASCII. */
function fieldValue(name: string, value: string): string {
  const plain = value.replace(/[\p{Cc}\s]+/gu, " ").trim();
  // A field that it travelled with may be encoded already.
  if (/^[\x20-\x7e]*$/.test(plain))
    return hasEncodedWords(plain) ? folded(plain.split(" "), name.length, LINE) : encodeWords(plain, name.length, LINE);
  if (!/^(?:from|to|cc|bcc|sender|reply-to)$/i.test(name)) return encodeWords(plain, name.length, LINE);
  const parts = plain
    .split(/(<[^<>]*>,?|(?<![^\s,])[^\s<>",]{1,64}@[^\s<>",]{1,255}(?:,|$))/)
    .map((part) =>
      /^<|^\s*$/.test(part) || /^[\x20-\x7e]*$/.test(part) ? part.trim() : encodeWords(part.replaceAll('"', "").trim(), 0, LINE).trim(),
    );
  return ` ${parts.filter((part) => part !== "").join(`${LINE} `)}`;
}

function bodyOf({ text, html, files }: Composition, next: { boundary: number }): string {
  const bodies: string[] = [];
  if (text !== undefined || !html) bodies.push(textPart("plain", "utf-8", Buffer.from((text ?? "").replace(/\r\n|\r|\n/g, LINE))));
  if (html) bodies.push(textPart("html", html.charset, html.bytes));
  const shown = html ? files.filter(({ contentId }) => contentId !== undefined) : [];
  const attached = files.filter((file) => !shown.includes(file));
  const said = together("alternative", bodies, next);
  const related = together("related", [said, ...shown.map(filePart)], next);
  return together("mixed", [related, ...attached.map(filePart)], next);
}

/** One part stands alone. */
function together(kind: string, parts: readonly string[], next: { boundary: number }): string {
  if (parts.length === 1) return parts[0] as string;
  next.boundary += 1;
  const boundary = `=_dragoman_${next.boundary}`;
  const inner = parts.map((part) => `--${boundary}${LINE}${part}${LINE}`).join("");
  return `Content-Type: multipart/${kind}; boundary="${boundary}"${LINE}${LINE}${inner}--${boundary}--${LINE}`;
}

function textPart(type: string, charset: string, bytes: Buffer): string {
  const head = `Content-Type: text/${type}; charset=${charset}${LINE}Content-Transfer-Encoding: quoted-printable`;
  return `${head}${LINE}${LINE}${encodeTransfer(bytes, "quoted-printable", LINE)}`;
}

function filePart({ name, mediaType, bytes, contentId }: AttachedFile): string {
  const isMail = mediaType === "message/rfc822";
  const disposition = contentId === undefined ? "attachment" : "inline";
  const head = [
    `Content-Type: ${mediaType}`,
    `Content-Disposition: ${disposition}; ${fileName(name)}`,
    ...(contentId === undefined ? [] : [`Content-ID: <${contentId.replace(/[^\x21-\x7e]|[<>]/g, "")}>`]),
    ...(isMail ? [] : ["Content-Transfer-Encoding: base64"]),
  ];
  return `${head.join(LINE)}${LINE}${LINE}${isMail ? bytes.toString("latin1") : encodeTransfer(bytes, "base64", LINE)}`;
}

/** RFC 2231 where a name is not ASCII. */
function fileName(name: string): string {
  const plain = name
    .replace(/[\p{Cc}"\\]/gu, "_")
    .slice(0, 200)
    .toWellFormed();
  if (/^[\x20-\x7e]*$/.test(plain)) return `filename="${plain}"`;
  return `filename*=utf-8''${encodeURIComponent(plain).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)}`;
}
