import type { Atom, Inline, Span } from "../../document/model.ts";
import type { AtomAnchor, SpanAnchor } from "./anchors.ts";

const OPEN = "\u0002";
const CLOSE = "\u0003";
const ATOM = "\u0004";

/** What a reader of `content` sees, whatever it is written like: equal shapes have the same words under the same marks. */
export function shapeOf(content: readonly Inline[]): string {
  return flat(content)
    .replace(/[ \t\r\n]+/g, " ")
    .replace(new RegExp(` ?(${ATOM}break) ?`, "g"), "$1")
    .trim();
}

function flat(content: readonly Inline[]): string {
  return content
    .map((inline) => {
      if (inline.kind === "text") return inline.text;
      if (inline.kind === "atom") return isElsewhere(inline.anchor) ? "" : `${ATOM}${inline.as}${addressOf(inline)}${ATOM}`;
      return `${OPEN}${(inline.anchor as SpanAnchor | undefined)?.as}:${flat(inline.content)}${CLOSE}`;
    })
    .join("");
}

/** What is written as it is said: whether it leads somewhere depends on what stands before it. */
function addressOf({ as, text, anchor }: Atom): string {
  if (as !== "field") return "";
  return (anchor as AtomAnchor | undefined)?.linked ? ` to ${text}` : text;
}

/** Of an atom that the leaf's own range does not have. */
export function isElsewhere(anchor: unknown): boolean {
  const range = (anchor as AtomAnchor | undefined)?.range;
  return range !== undefined && range[0] === range[1];
}

/** Marks that must stand at a word: spaces at their edges, which a translation may have put there, would unmake them. */
function isAttention(span: Span): boolean {
  const as = (span.anchor as SpanAnchor | undefined)?.as;
  return as === "emphasis" || as === "strong" || as === "delete";
}

/** `content` with spaces out of its spans and without marks around nothing. */
export function tidied(content: readonly Inline[]): Inline[] {
  const tidy = content.flatMap((inline): Inline[] => {
    if (inline.kind !== "span") return [inline];
    const inner = tidied(inline.content);
    const [first, last] = [inner[0], inner.at(-1)];
    const before = first?.kind === "text" && /^\s/.test(first.text);
    const after = last?.kind === "text" && /\s$/.test(last.text);
    const words = trimmed(inner).filter((part) => part.kind !== "text" || part.text !== "");
    const span = { ...inline, content: words };
    return [...(before ? [SPACE] : []), ...(words.length === 0 && isAttention(inline) ? [] : [span]), ...(after ? [SPACE] : [])];
  });
  return tidy.filter((inline) => inline.kind !== "text" || inline.text !== "");
}

/** `content` with each picture once: where a translation parted the words of one, all of them are in its first piece. */
export function picturesOnce(content: readonly Inline[]): Inline[] {
  const words = new Map<number, string[]>();
  const collect = (inlines: readonly Inline[]) => {
    for (const inline of inlines) {
      if (inline.kind !== "span") continue;
      const at = pictureAt(inline);
      if (at === undefined) collect(inline.content);
      else words.set(at, [...(words.get(at) ?? []), flat(inline.content).trim()]);
    }
  };
  collect(content);
  if (![...words.values()].some(({ length }) => length > 1)) return [...content];
  const once = (inlines: readonly Inline[]): Inline[] =>
    inlines.flatMap((inline): Inline[] => {
      if (inline.kind !== "span") return [inline];
      const at = pictureAt(inline);
      if (at === undefined) {
        const inner = once(inline.content);
        return inner.length === 0 && inline.content.length > 0 ? [] : [{ ...inline, content: inner }];
      }
      const own = words.get(at);
      words.delete(at);
      if (!own) return [];
      return [own.length === 1 ? inline : { ...inline, content: [{ kind: "text", text: own.join(" ") }] }];
    });
  return once(content);
}

/** Where in the source a picture stands; undefined for any other span. */
function pictureAt({ anchor }: Span): number | undefined {
  const { as, open } = (anchor as SpanAnchor | undefined) ?? {};
  return as === "image" ? open?.[0] : undefined;
}

/** `content` without white space at its ends. */
export function trimmed(content: readonly Inline[]): Inline[] {
  return content.map((inline, index) => {
    if (inline.kind !== "text") return inline;
    const start = index === 0 ? inline.text.trimStart() : inline.text;
    return { ...inline, text: index === content.length - 1 ? start.trimEnd() : start };
  });
}

const SPACE: Inline = { kind: "text", text: " " };

/** `content` without emphasis: its words, links and atoms alone. */
export function withoutEmphasis(content: readonly Inline[]): Inline[] {
  return content.flatMap((inline): Inline[] => {
    if (inline.kind !== "span") return [inline];
    const inner = withoutEmphasis(inline.content);
    return isAttention(inline) ? inner : [{ ...inline, content: inner }];
  });
}
