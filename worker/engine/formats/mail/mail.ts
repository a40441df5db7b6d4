import type { Format } from "../format.ts";
import { isNamed, type Sample } from "../sample.ts";

const EXTENSIONS = [".eml"] as const;

/** Mails as they travel (RFC 5322, MIME), written in place. */
export const eml: Format = {
  id: "eml",
  name: "mail (EML)",
  mediaTypes: ["message/rfc822"],
  extensions: EXTENSIONS,
  sniff: (sample) => isMail(textOf(sample)) || (isNamed(sample, EXTENSIONS) && /^[\w-]+:|^From /.test(textOf(sample))),
  // Loaded when a document needs it.
  open: async (file, context) => (await import("./open.ts")).openMail(file, context),
};

/** Mails of Outlook ([MS-OXMSG]), written as EML. */
export const msg: Format = {
  id: "msg",
  name: "Outlook mail (MSG)",
  mediaTypes: ["application/vnd.ms-outlook"],
  extensions: [".msg"],
  // The names of its streams may stand anywhere in it.
  sniff: (sample) =>
    isCompound(sample.head) &&
    (isNamed(sample, [".msg"]) || bytesOf(sample.head).includes(Buffer.from("__properties_version1", "utf16le"))),
  open: async (file, context) => (await import("./outlook.ts")).openOutlook(file, context),
};

function bytesOf(head: Uint8Array): Buffer {
  return Buffer.from(head.buffer, head.byteOffset, head.byteLength);
}

function isCompound(head: Uint8Array): boolean {
  return bytesOf(head).toString("hex", 0, 8) === "d0cf11e0a1b11ae1";
}

/** Mails have several encodings at once, so that they are text in none. */
function textOf({ head }: Sample): string {
  return Buffer.from(head.buffer, head.byteOffset, Math.min(head.byteLength, 16_384)).toString("latin1").trimStart();
}

/** What only programs write at the head of a mail. A memo has its people, subject and date alone. */
const MAIL_HEADS = /^(?:mime-version|message-id|received|return-path|content-type|delivered-to|dkim-signature|x-[\w-]+):/im;

function isMail(text: string): boolean {
  const head = text.split(/\r?\n\r?\n/, 1)[0] ?? "";
  const lines = head.split(/\r?\n/);
  if (lines.length < 3 || !lines.every((line, index) => /^[\w-]+:(?:\s|$)/.test(line) || (index > 0 && /^[ \t]/.test(line)))) return false;
  return /^(?:from|to|subject|date):/im.test(head) && MAIL_HEADS.test(head);
}
