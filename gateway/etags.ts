/** An entity tag's opaque part, without quotes, as it is in a header's list ("W/" makes it weak). */
interface ListedTag {
  readonly opaque: string;
  readonly weak: boolean;
}

const TAG = /(W\/)?"([\x21\x23-\x7e\x80-\uffff]*)"/g;

/** `*`, or the tags of an If-Match or If-None-Match header (RFC 9110, 13.1); what is not a tag is passed over. */
export function tagsOf(header: string): "*" | readonly ListedTag[] {
  if (header.trim() === "*") return "*";
  return [...header.matchAll(TAG)].map(([, weak, opaque = ""]) => ({ opaque, weak: weak !== undefined }));
}

/** Whether the client has what it asks for (If-None-Match): compared weakly, and whatever coding it was sent in. */
export function isKnown(header: string | undefined, opaque: string): boolean {
  if (header === undefined) return false;
  const tags = tagsOf(header);
  return tags === "*" || tags.some((tag) => withoutCoding(tag.opaque) === opaque);
}

/** A tag without what `etagOf` added to it for a coding. */
export function withoutCoding(opaque: string): string {
  return opaque.replace(/-(br|gzip)$/, "");
}

/** The header's value. One representation in two codings has two tags (RFC 9110, 8.8.3.3). */
export function etagOf(opaque: string, coding = "identity"): string {
  return coding === "identity" ? `"${opaque}"` : `"${opaque}-${coding}"`;
}
