import type { Tag, Tagged } from "../../engine/document/segment.ts";

/** As models write them: with spaces, in capitals, or escaped. What may be repeated is bounded, so that a hostile answer is read in one pass. */
const ANY_MARKER = /(?:<|&lt;)\s{0,3}\/?\s{0,3}(t+)\d/giu;

/** How tags are written in the texts of one request: `<t1>words</t1>` for a span, `<t2/>` for an atom. */
export interface Markers {
  write(tagged: Tagged): string;
  /** `source` says which tags there may be: others are left out. What is doubled, lost or crossed stays so. */
  read(answer: string, source: Tagged): Tagged;
}

/** Letters are repeated until nothing in `texts` looks like a marker, so that no sign of them has to be escaped: models lose escapes. */
export function markersFor(texts: readonly string[]): Markers {
  const taken = new Set(texts.flatMap((text) => [...text.matchAll(ANY_MARKER)].map(([, letters = ""]) => letters.length)));
  let length = 1;
  while (taken.has(length)) length++;
  const letters = "t".repeat(length);
  const marker = new RegExp(`(?:<|&lt;)\\s{0,3}(/?)\\s{0,3}${letters}(\\d{1,9})\\s{0,3}(/?)\\s{0,3}(?:>|&gt;)`, "giu");
  return {
    write: ({ text, tags }) => {
      let [written, from] = ["", 0];
      for (const { id, at, kind } of tags) {
        written += `${text.slice(from, at)}<${kind === "close" ? "/" : ""}${letters}${id}${kind === "atom" ? "/" : ""}>`;
        from = at;
      }
      return written + text.slice(from);
    },
    read: (answer, source) => {
      const kinds = new Map(source.tags.map(({ id, kind }) => [id, kind === "atom" ? ("atom" as const) : ("span" as const)]));
      const tags: Tag[] = [];
      let [text, from] = ["", 0];
      for (const match of answer.matchAll(marker)) {
        text += answer.slice(from, match.index);
        from = match.index + match[0].length;
        const [, closes, id, closed] = match;
        tags.push(...tagsOf({ id: Number(id), closes: closes !== "", closed: closed !== "" }, kinds, text.length));
      }
      return { text: text + answer.slice(from), tags };
    },
  };
}

interface Marker {
  readonly id: number;
  readonly closes: boolean;
  readonly closed: boolean;
}

function tagsOf({ id, closes, closed }: Marker, kinds: ReadonlyMap<number, "atom" | "span">, at: number): Tag[] {
  const kind = kinds.get(id);
  if (kind === undefined) return [];
  // Some write an atom as an empty span.
  if (kind === "atom") return closes ? [] : [{ id, at, kind: "atom" }];
  if (closes) return [{ id, at, kind: "close" }];
  const open: Tag = { id, at, kind: "open" };
  return closed ? [open, { id, at, kind: "close" }] : [open];
}
