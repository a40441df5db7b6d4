import type { Format } from "../format.ts";
import { isNamed, type Sample } from "../sample.ts";

const EXTENSIONS = [".html", ".htm", ".xhtml"] as const;
/** What may stand before a page's first tag. */
const BEFORE = /^\s*(?:<\?xml[^>]{0,500}\?>\s*)?(?:<!--(?:[^-]|-(?!->)){0,5000}-->\s*){0,8}/;
const PAGE = /^<(?:!doctype\s+(?:html|xhtml)\b|(?:[\w-]+:)?html\b|head\b|body\b)/i;
const MARKUP = /<(?:!--|!doctype|\/?[a-z][a-z0-9-]*(?:\s[^<>]*)?\/?>)/i;

/** What has tags and is no page, whatever it is named. */
const OTHER = /^\s*(?:<\?xml|<svg|<!doctype\s+svg|\{\\rtf|[{[]\s*["{[])/i;

/** Text that begins with an element and has some ten to a page: a letter with a tag in it is none. */
function isPart(text: string): boolean {
  if (!/^<[a-zA-Z][\w-]*(?:\s[^<>]*)?>/.test(text)) return false;
  const closing = text.match(/<\/(?:p|div|td|tr|li|ul|ol|h[1-6]|table|section|article|span|a)\s*>/gi)?.length ?? 0;
  return closing >= 3 && closing * 400 > text.length;
}

/** A page of HTML or XHTML, or a part of one, written in place. Told by its first tags, or by its name and tags anywhere. */
export const html: Format = {
  id: "html",
  name: "HTML",
  mediaTypes: ["text/html", "application/xhtml+xml"],
  extensions: EXTENSIONS,
  sniff: (sample) => {
    const text = textOf(sample);
    if (text === undefined) return false;
    if (PAGE.test(text.replace(BEFORE, ""))) return true;
    if (isNamed(sample, EXTENSIONS)) return MARKUP.test(text) && !OTHER.test(text);
    // Markdown has tags of HTML wherever it likes.
    return !isNamed(sample, [".md", ".markdown"]) && isPart(text.trimStart());
  },
  // Loaded when a document needs it.
  open: async (file) => (await import("./open.ts")).openHtml(file),
};

/** Encodings that only the page itself tells of have ASCII's signs where tags are looked for. */
function textOf({ text, head }: Sample): string | undefined {
  if (text !== undefined) return text;
  return head.includes(0) ? undefined : Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString("latin1");
}
