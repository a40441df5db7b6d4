import { readFile, writeFile } from "node:fs/promises";
import type { DocumentContext } from "../../context.ts";
import type { Leaf } from "../../document/model.ts";
import type { Remark } from "../../document/remarks.ts";
import { EngineError } from "../../errors.ts";
import { type Edit, edited, inOrder } from "../edits.ts";
import type { FileType, OpenDocument, Writing } from "../format.ts";
import { type SectionedWriting, Sections, sectionedDocument, sectionSize } from "../sectioned.ts";
import { openAttached, withAttached } from "./attached.ts";
import { bodyText, fieldEdit, type MailAnchor, ownBlock, subjectText, type Text } from "./bodies.ts";
import { allParts, mimeOf, type Part } from "./mime.ts";

/** So much is held in memory, twice when it is written. */
const MAX_BYTES = 150 * 1024 * 1024;

/** Throws EngineError: DOCUMENT_CORRUPT, DOCUMENT_ENCRYPTED, DOCUMENT_TOO_COMPLEX, TEXT_TOO_LARGE. */
export async function openMail(file: string, context: DocumentContext): Promise<OpenDocument> {
  const bytes = await readFile(file);
  if (bytes.length > MAX_BYTES) throw new EngineError("TEXT_TOO_LARGE", `A mail is limited to ${MAX_BYTES} bytes.`);
  return mailWithAttached(bytes.toString("latin1"), {}, context);
}

export interface MailOptions {
  /** Whether mails that are attached are translated, too; not if not given. */
  readonly attachments?: boolean;
  /** Of what was dropped before it was a mail like this. */
  readonly remarks?: readonly Remark[];
  /** Of what is written, if that is of another type than what was opened. */
  readonly type?: FileType;
}

/** A mail, with the documents that are attached to it where they are chosen. `source` has a byte a letter. Throws as `openMail` does. */
export async function mailWithAttached(source: string, options: MailOptions, context: DocumentContext): Promise<OpenDocument> {
  const attachments = context.selection?.attachments ?? false;
  const mail = new Mail(source, attachments);
  const before = mail.sections().length;
  const attached = attachments ? await openAttached(mail.files(), source, before, context) : [];
  mail.opened = attached.length;
  const own = documentOf(mail, options);
  if (attached.length === 0) return own;
  return withAttached(
    own,
    attached,
    (edits) => {
      mail.attachedEdits = edits;
    },
    mail.lineEnd,
  );
}

/** A mail without the documents that are attached to it. `source` has a byte a letter. Throws as `openMail` does. */
export function mailDocument(source: string, options: MailOptions): OpenDocument {
  return documentOf(new Mail(source, options.attachments ?? false), options);
}

function documentOf(mail: Mail, { remarks = [], type }: MailOptions): OpenDocument {
  return sectionedDocument({
    sections: mail.sections(),
    remarks: [...remarks, ...mail.remarks()],
    writing: (writing) => new MailWriting(mail, writing, type),
  });
}

/** What is read of a mail, and how it is set in place. */
class Mail {
  readonly source: string;
  readonly lineEnd: string;
  /** So many of its files are documents that are translated. */
  opened = 0;
  /** What sets these in their places. */
  attachedEdits: readonly Edit[] = [];
  readonly #root: Part;
  readonly #texts: { readonly text: Text; readonly isUnseen: boolean }[] = [];
  readonly #isSigned: boolean;
  readonly #kinds: readonly (Kind | undefined)[];
  readonly #attachments: boolean;

  constructor(source: string, attachments: boolean) {
    this.source = source;
    this.lineEnd = /\r?\n/.exec(source)?.[0] ?? "\r\n";
    this.#root = mimeOf(source);
    if (this.#root.headers.length === 0)
      throw new EngineError("DOCUMENT_CORRUPT", "The file is no mail: line 1, column 1: no field of a head begins there.");
    const kinds = [...allParts(this.#root)].map(kindOf);
    this.#read(this.#root, { attachments, isUnseen: false, hasHtml: false });
    const hasBody = this.#texts.some(({ text }) => text.sections.some(({ blocks }) => blocks.some(({ kind }) => kind !== "heading")));
    if (kinds.includes("encrypted") && !hasBody) throw new EngineError("DOCUMENT_ENCRYPTED", "The mail is encrypted.");
    this.#kinds = kinds;
    this.#attachments = attachments;
    const signing = this.#root.headers.some(({ name }) => /^(?:dkim-signature|domainkey-signature|arc-seal)$/.test(name));
    this.#isSigned = signing || kinds.includes("signature") || source.includes("-----BEGIN PGP SIGNED MESSAGE-----");
  }

  #read(part: Part, about: { readonly attachments: boolean; readonly isUnseen: boolean; readonly hasHtml: boolean }): void {
    const subject = part.headers.find(({ name }) => name === "subject");
    const text = subject && subjectText(subject, this.lineEnd);
    if (text) this.#texts.push({ text, isUnseen: false });
    const { value } = part.type;
    if (value.startsWith("multipart/")) {
      // Who shows HTML does not show the same as text.
      const hasHtml =
        about.hasHtml || (value === "multipart/alternative" && [...allParts(part)].some(({ type }) => type.value === "text/html"));
      for (const inner of part.parts) this.#read(inner, { ...about, hasHtml });
    } else if (part.parts.length > 0) {
      if (about.attachments) for (const inner of part.parts) this.#read(inner, { ...about, hasHtml: false });
    } else if (kindOf(part) === "body") {
      const body = bodyText(part, this.source, this.lineEnd);
      if (body) this.#texts.push({ text: body, isUnseen: about.hasHtml && value !== "text/html" });
    }
  }

  /** Its files and pictures. */
  files(): Part[] {
    return [...allParts(this.#root)].filter((part) => kindOf(part) === "file");
  }

  /** What is left as it is. */
  remarks(): Remark[] {
    const said: readonly (readonly [Kind, string])[] = [
      ["file", "Attached files and pictures are left as they are"],
      ["calendar", "Invitations are left as they are"],
      ["encrypted", "Encrypted parts are left as they are"],
      ["opaque", "What stands within a signature is left as it is"],
      ["rich", "Texts of other types than plain and HTML are left as they are"],
      ["unparted", "What does not say where its parts begin is left as it is"],
      ["closed", "Attached mails that are encoded are left as they are"],
      ...(this.#attachments ? [] : [["mail", "Attached mails are left as they are"] as const]),
    ];
    return said.flatMap(([kind, message]): Remark[] => {
      const count = this.#kinds.filter((each) => each === kind).length - (kind === "file" ? this.opened : 0);
      return count > 0 ? [{ page: 0, code: "TEXT_KEPT", message: `${message} (${count}).` }] : [];
    });
  }

  sections() {
    const blocks = this.#texts.flatMap(({ text, isUnseen }, index) =>
      text.sections.flatMap(({ blocks: own }) => own.map((block) => ({ block, index, isUnseen }))),
    );
    const sections = new Sections(sectionSize(blocks.length));
    const remarks = this.#texts.flatMap(({ text }) => text.sections.flatMap((section) => section.remarks));
    for (const { code, message } of remarks) sections.remark({ code, message });
    for (const { block, index, isUnseen } of blocks) sections.add(ownBlock(block, index, { id: () => sections.id(), isUnseen }));
    return sections.done();
  }

  edits(changed: readonly Leaf[], writing: Writing): Edit[] {
    const edits: Edit[] = [...this.attachedEdits];
    for (const [index, leaves] of Map.groupBy(changed, ({ anchor }) => (anchor as MailAnchor).text)) {
      const own = leaves.map((leaf) => ({ ...leaf, anchor: (leaf.anchor as MailAnchor).own }));
      edits.push(...(this.#texts[index]?.text.edits(own, writing) ?? []));
    }
    if (edits.length === 0) return [];
    for (const part of allParts(this.#root))
      if (part.headers.some(({ name }) => name === "content-language"))
        edits.push(fieldEdit(part, "Content-Language", ` ${writing.targetLanguage}`, this.lineEnd));
    return inOrder(edits);
  }

  /** Of what was written. */
  signatureRemarks(): Remark[] {
    if (!this.#isSigned) return [];
    return [
      {
        page: 0,
        code: "SIGNATURE_BROKEN",
        message: "The mail was signed, or its sender's server vouched for it: the translation is not what was signed.",
      },
    ];
  }
}

class MailWriting implements SectionedWriting {
  readonly type: FileType | undefined;
  readonly #mail: Mail;
  readonly #writing: Writing;

  constructor(mail: Mail, writing: Writing, type: FileType | undefined) {
    this.#mail = mail;
    this.#writing = writing;
    this.type = type;
  }

  async write(changed: readonly Leaf[], file: string): Promise<readonly Remark[]> {
    const edits = this.#mail.edits(changed, this.#writing);
    await writeFile(file, Buffer.from(edited(this.#mail.source, edits), "latin1"));
    return edits.length > 0 ? this.#mail.signatureRemarks() : [];
  }
}

type Kind = "body" | "file" | "mail" | "closed" | "unparted" | "calendar" | "rich" | "signature" | "opaque" | "encrypted";

/** What a part is to a translation; undefined for what only holds others. */
function kindOf({ type, disposition, parts }: Part): Kind | undefined {
  const { value, parameters } = type;
  if (value === "multipart/encrypted") return "encrypted";
  if (value === "multipart/signed") return "signature";
  if (value.startsWith("multipart/")) return parts.length > 0 ? undefined : "unparted";
  if (/^application\/(?:x-)?pkcs7-mime$/.test(value)) return /signed/i.test(parameters.get("smime-type") ?? "") ? "opaque" : "encrypted";
  if (/^application\/(?:(?:x-)?pkcs7-signature|pgp-signature|pgp-encrypted|pgp-keys)$/.test(value)) return undefined;
  if (parts.length > 0) return "mail";
  if (value === "message/rfc822") return "closed";
  if (disposition.value === "attachment") return "file";
  if (value === "text/plain" || value === "text/html" || value === "") return "body";
  if (value === "text/calendar") return "calendar";
  return value.startsWith("text/") ? "rich" : value.startsWith("message/") ? undefined : "file";
}
