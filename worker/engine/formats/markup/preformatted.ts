import { isCode } from "./elements.ts";
import { attributeOf, type Tag, type Token } from "./tokens.ts";

export function isPreformatted(name: string): boolean {
  return name === "pre" || name === "listing" || name === "xmp" || name === "plaintext";
}

const CODE_CLASS =
  /code|highlight|\b(?:lang|language|brush|src|source)\b|prettyprint|programlisting|screen|synopsis|terminal|console|verbatim|literal/i;
/** Signs that programs are written with, and people's sentences are not. */
const SIGNS = /[{}()[\]=<>|\\$#_/*+~^@;%&`]/g;

/** Whether the preformatted `text` in `tag` is written for people, as letters and poems are, and not code or output of programs. */
export function isProse(tag: Tag, inside: readonly Token[], text: string): boolean {
  if (tag.name === "xmp" || tag.name === "plaintext") return false;
  if (CODE_CLASS.test(attributeOf(tag.attributes, "class") ?? "")) return false;
  if (inside.some((token) => token.kind === "open" && isCode(token.name))) return false;
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  const signs = text.match(SIGNS)?.length ?? 0;
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const told = lines.filter((line) => /\p{L}[\p{L}\p{M}'’-]{0,60}[,;]?\s\p{L}[\p{L}\p{M}'’-]{0,60}[,;]?\s\p{L}/u.test(line));
  const columns = lines.filter((line) => /\S(?: {3,}|\t)\S/.test(line));
  return letters > 0 && signs * 40 < letters && told.length * 2 >= lines.length && columns.length * 4 <= lines.length;
}
