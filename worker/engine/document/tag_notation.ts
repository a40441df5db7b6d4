import type { Tag, Tagged } from "./segment.ts";

/** A tag, and what stands for a sign that would else be read as one. */
const MARK = /&(lt|amp);|<(\d{1,5})(\/?)>|<\/(\d{1,5})>/g;
const AMBIGUOUS = /&(?=(?:lt|amp);)|<(?=\/?\d{1,5}>|\d{1,5}\/>)/g;

/**
 * A tagged text as people see and write it: "Press <1>Start</1> and <2/>", with the tag's number where a span opens and closes,
 * or an atom stands. A "<" that would be read as such a tag is "&lt;", the "&" of what would be read so "&amp;"; every other
 * sign stands for itself.
 */
export function withTags({ text, tags }: Tagged): string {
  let written = "";
  let at = 0;
  for (const { id, at: place, kind } of tags) {
    written += escaped(text.slice(at, place));
    at = Math.max(at, place);
    written += kind === "open" ? `<${id}>` : kind === "close" ? `</${id}>` : `<${id}/>`;
  }
  return written + escaped(text.slice(at));
}

/** Undoes `withTags`. Total: whether the tags are right is another question. */
export function fromTagNotation(written: string): Tagged {
  let text = "";
  let at = 0;
  const tags: Tag[] = [];
  for (const mark of written.matchAll(MARK)) {
    text += written.slice(at, mark.index);
    at = mark.index + mark[0].length;
    const [, sign, opened, slash, closed] = mark;
    if (sign) text += sign === "lt" ? "<" : "&";
    else tags.push({ id: Number(opened ?? closed), at: text.length, kind: closed ? "close" : slash ? "atom" : "open" });
  }
  return { text: text + written.slice(at), tags };
}

function escaped(text: string): string {
  return text.replace(AMBIGUOUS, (sign) => (sign === "<" ? "&lt;" : "&amp;"));
}
