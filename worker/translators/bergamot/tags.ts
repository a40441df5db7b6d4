import type { Tag, Tagged } from "../../engine/document/segment.ts";

const WORD = /[\p{L}\p{M}\p{N}]+(?:['’-][\p{L}\p{M}\p{N}]+)*/gu;

/** `unit` with no span that begins or ends within a word: Bergamot takes any tag for a space, and would translate the word's parts. */
export function aboutWords({ text, tags }: Tagged): Tagged {
  const words = [...text.matchAll(WORD)].map((match) => ({ from: match.index, to: match.index + match[0].length }));
  let next = 0;
  const moved = tags.map((tag): Tag => {
    while ((words[next]?.to ?? Number.POSITIVE_INFINITY) <= tag.at) next++;
    const word = words[next];
    if (tag.kind === "atom" || !word || word.from >= tag.at) return tag;
    return { ...tag, at: tag.kind === "open" ? word.from : word.to };
  });
  return { text, tags: moved.toSorted((one, other) => one.at - other.at) };
}

/** `target` with its atoms at the end of the word before, and not behind its space, where they are so in `source`: notes, mostly. */
export function besideWords(source: Tagged, target: Tagged): Tagged {
  const isBehind = ({ text }: Tagged, at: number) => at > 0 && !/\s/u.test(text.charAt(at - 1));
  const stuck = new Set(source.tags.filter(({ kind, at }) => kind === "atom" && isBehind(source, at)).map(({ id }) => id));
  const moved = target.tags.map((tag): Tag => {
    if (!stuck.has(tag.id) || isBehind(target, tag.at)) return tag;
    return { ...tag, at: target.text.slice(0, tag.at).trimEnd().length };
  });
  return { text: target.text, tags: moved.toSorted((one, other) => one.at - other.at) };
}
