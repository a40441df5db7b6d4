import { readFile } from "node:fs/promises";
import { decompressRTF } from "@kenjiuno/decompressrtf";
import msgreader, { type FieldsData } from "@kenjiuno/msgreader";
import type { DocumentContext } from "../../context.ts";
import type { Remark } from "../../document/remarks.ts";
import { EngineError } from "../../errors.ts";
import type { OpenDocument } from "../format.ts";
import { checkCompoundFile } from "./cfb.ts";
import { type AttachedFile, type Composition, composed } from "./compose.ts";
import { encapsulated } from "./encapsulated_html.ts";
import { mailWithAttached } from "./open.ts";

const MAX_BYTES = 100 * 1024 * 1024;
const MAX_DEPTH = 10;
const EML = { mediaType: "message/rfc822", extension: ".eml" } as const;

/** A mail of Outlook, written as EML. Throws EngineError: DOCUMENT_CORRUPT, DOCUMENT_ENCRYPTED, DOCUMENT_TOO_COMPLEX, TEXT_TOO_LARGE. */
export async function openOutlook(file: string, context: DocumentContext): Promise<OpenDocument> {
  const bytes = await readFile(file);
  if (bytes.length > MAX_BYTES) throw new EngineError("TEXT_TOO_LARGE", `A mail is limited to ${MAX_BYTES} bytes.`);
  const { source, remarks } = emlOf(bytes);
  return mailWithAttached(source, { remarks, type: EML }, context);
}

/** The same mail as EML, a byte a letter, and what of it has no place there. Throws as `openOutlook` does. */
export function emlOf(bytes: Buffer): { readonly source: string; readonly remarks: readonly Remark[] } {
  checkCompoundFile(bytes);
  try {
    const writing = new Writing(readerOf(bytes));
    return { source: writing.source(), remarks: writing.remarks };
  } catch (error) {
    if (error instanceof EngineError || error instanceof RangeError) throw error;
    // What is of another type than its property's, the reader gives as it is.
    throw new EngineError("DOCUMENT_CORRUPT", "The file is no Outlook mail that can be read.", { cause: error });
  }
}

function readerOf(bytes: Buffer): Reader {
  // Its own piece of memory: the reader looks at all of it.
  return new msgreader.default(new Uint8Array(bytes).buffer);
}

type Reader = InstanceType<typeof msgreader.default>;

class Writing {
  readonly remarks: Remark[] = [];
  readonly #reader: Reader;
  readonly #fields: FieldsData;
  readonly #boundaries = { boundary: 0 };

  constructor(reader: Reader) {
    this.#reader = reader;
    this.#fields = fieldsOf(reader);
  }

  source(): string {
    return this.#mail(this.#fields, 0);
  }

  #mail(fields: FieldsData, depth: number): string {
    if (depth > MAX_DEPTH) throw new EngineError("DOCUMENT_TOO_COMPLEX", "The mail holds mails in mails, too many.");
    const kind = fields.messageClass ?? "IPM.Note";
    if (!/^IPM\.Note\b|^REPORT/i.test(kind)) this.#drop("What is no mail of it (a meeting's time, a task, a contact)");
    const entity = /^IPM\.Note\.SMIME/i.test(kind) ? this.#secured(fields) : undefined;
    const mail: Composition = {
      fields: headOf(fields),
      ...this.#bodies(fields),
      ...(entity !== undefined && { entity }),
      files: (fields.attachments ?? []).flatMap((attached) => this.#file(attached, depth) ?? []),
    };
    return composed(mail, this.#boundaries);
  }

  #bodies({ body, bodyHtml, html, compressedRtf, internetCodepage }: FieldsData): Pick<Composition, "text" | "html"> {
    const text = body === undefined ? {} : { text: body.replace(/\0/g, "") };
    if (html && html.length > 0) return { ...text, html: { bytes: Buffer.from(html), charset: charsetOf(internetCodepage) } };
    if (bodyHtml) return { ...text, html: { bytes: Buffer.from(bodyHtml), charset: "utf-8" } };
    if (!compressedRtf || compressedRtf.length === 0) return text;
    const rtf = rtfOf(compressedRtf);
    const found = rtf === undefined ? undefined : encapsulated(rtf);
    if (found?.kind === "html") return { ...text, html: { bytes: Buffer.from(found.text), charset: "utf-8" } };
    if (text.text !== undefined) {
      if (found === undefined) this.#drop("Its looks, which it has as rich text (RTF),");
      return text;
    }
    if (found === undefined) this.#drop("Its text, which it has as rich text (RTF) alone,");
    return found ? { text: found.text } : text;
  }

  /** What S/MIME signed or encrypted is a file of the mail. */
  #secured({ attachments = [] }: FieldsData): string | undefined {
    const [first] = attachments;
    const content = first && !first.innerMsgContent ? Buffer.from(this.#reader.getAttachment(first).content) : undefined;
    if (!content) return undefined;
    const head = content.toString("latin1");
    if (/^content-type:\s*multipart\/signed/im.test(head.slice(0, 2_000))) return head;
    return `Content-Type: application/pkcs7-mime; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\n${content.toString("base64")}\r\n`;
  }

  #file(attached: FieldsData, depth: number): AttachedFile | undefined {
    const name = attached.fileName ?? attached.fileNameShort ?? attached.name ?? "attachment";
    if (attached.innerMsgContent && attached.innerMsgContentFields) {
      const bytes = Buffer.from(this.#mail(attached.innerMsgContentFields, depth + 1), "latin1");
      return { name: `${name}.eml`, mediaType: "message/rfc822", bytes };
    }
    const { content } = this.#reader.getAttachment(attached);
    if (!content) {
      this.#drop("An attached object that is no file");
      return undefined;
    }
    const mediaType = /^[\w.+-]{1,80}\/[\w.+-]{1,80}$/.test(attached.attachMimeTag ?? "")
      ? (attached.attachMimeTag as string).toLowerCase()
      : "application/octet-stream";
    const safe = /^(?:multipart|message)\//.test(mediaType) ? "application/octet-stream" : mediaType;
    const contentId = attached.pidContentId || undefined;
    return { name, mediaType: safe, bytes: Buffer.from(content), contentId };
  }

  #drop(what: string): void {
    if (this.remarks.length < 20) this.remarks.push({ page: 0, code: "CONTENT_DROPPED", message: `${what} is not in the result.` });
  }
}

function fieldsOf(reader: Reader): FieldsData {
  const fields = reader.getFileData();
  const isMail = fields.error === undefined && (fields.messageClass ?? fields.subject ?? fields.body) !== undefined;
  if (!isMail) throw new EngineError("DOCUMENT_CORRUPT", "The file is no Outlook mail that can be read.");
  return fields;
}

/** The fields that it travelled with, or what Outlook knows of them. */
function headOf(fields: FieldsData): (readonly [string, string])[] {
  const kept = (fields.headers ?? "")
    .replace(/\r?\n[ \t]+/g, " ")
    .split(/\r?\n/)
    .flatMap((line): (readonly [string, string])[] => {
      const [, name, value = ""] = /^([!-9;-~]{1,100}):(.*)$/.exec(line) ?? [];
      return name === undefined || /^(?:content-.*|mime-version)$/i.test(name) ? [] : [[name, value]];
    });
  const has = (name: string) => kept.some(([each]) => each.toLowerCase() === name);
  const to = (kind: string) => (fields.recipients ?? []).filter(({ recipType }) => (recipType ?? "to") === kind).map(addressOf).join(", "); // biome-ignore format: one thought
  const own: readonly (readonly [string, string | undefined])[] = [
    ["From", addressOf({ name: fields.senderName, smtpAddress: fields.senderSmtpAddress, email: fields.senderEmail })],
    ...(["to", "cc", "bcc"] as const).map((kind) => [`${kind[0]?.toUpperCase()}${kind.slice(1)}`, to(kind)] as const),
    ["Subject", fields.subject],
    ["Date", dateOf(fields.clientSubmitTime ?? fields.messageDeliveryTime)],
    ["Message-ID", fields.messageId],
  ];
  return [...kept, ...own.flatMap(([name, value]) => (value && !has(name.toLowerCase()) ? [[name, value] as const] : []))];
}

function addressOf({
  name,
  smtpAddress,
  email,
}: {
  name?: string | undefined;
  smtpAddress?: string | undefined;
  email?: string | undefined;
}): string {
  const address = [smtpAddress, email, name].find((each) => each?.includes("@") && !/[\s<>]/.test(each));
  const said = (name ?? "").replace(/["\\<>]/g, "");
  if (address === undefined) return said === "" ? "" : `"${said}" <>`;
  return said === "" || said === address ? address : `"${said}" <${address}>`;
}

function dateOf(text: string | undefined): string | undefined {
  const date = new Date(text ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? undefined : date.toUTCString().replace("GMT", "+0000");
}

/** Of Windows' code pages. */
function charsetOf(codepage: number | undefined): string {
  const known: Readonly<Record<number, string>> = {
    65001: "utf-8",
    20127: "us-ascii",
    932: "shift_jis",
    936: "gbk",
    949: "euc-kr",
    950: "big5",
    20866: "koi8-r",
    50220: "iso-2022-jp",
    51932: "euc-jp",
    54936: "gb18030",
  };
  if (codepage === undefined) return "utf-8";
  if (codepage >= 28591 && codepage <= 28605) return `iso-8859-${codepage - 28590}`;
  return known[codepage] ?? (codepage >= 1250 && codepage <= 1258 ? `windows-${codepage}` : "utf-8");
}

/** Undefined for what is cut off, or says that it is longer than it is. */
function rtfOf(compressed: Uint8Array): string | undefined {
  if (compressed.length < 16 || Buffer.from(compressed).readUInt32LE(0) + 4 > compressed.length) return undefined;
  try {
    return Buffer.from(decompressRTF([...compressed])).toString("latin1");
  } catch {
    return undefined;
  }
}
