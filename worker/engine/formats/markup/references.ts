import { decodeString } from "micromark-util-decode-string";

/** Character references of HTML. */
export const REFERENCE = /&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[a-zA-Z][a-zA-Z\d]{1,31});/g;

/** `text` with its character references read, as in HTML; with `escapes` the backslashes of Markdown too. */
export function decodeText(text: string, { escapes = false } = {}): string {
  return escapes ? decodeString(text) : text.replace(REFERENCE, (reference) => decodeString(reference));
}

/** `text` so that no `&` of it begins a character reference. */
export function encodeReferences(text: string): string {
  return text.replace(REFERENCE, (reference) => `&amp;${reference.slice(1)}`);
}
