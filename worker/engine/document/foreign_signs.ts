import type { Tag, Tagged } from "./segment.ts";

const SPACES_AND_CONTROLS = /[\s\p{Cc}\u2028\u2029]+/gu;
const CONTROL = /[\p{Cc}\u2028\u2029]/gu;

/**
 * `target` with a space for line ends and controls that `source` has none of, and without halves of letters: a heading in two
 * lines is none, and a file with controls may be no file of its kind.
 */
export function withoutForeignSigns(source: Tagged, target: Tagged): Tagged {
  const own = new Set(source.text.match(CONTROL));
  const isForeign = (signs: string) => signs.match(CONTROL)?.some((sign) => !own.has(sign)) ?? false;
  const plain = (text: string) => text.toWellFormed().replace(SPACES_AND_CONTROLS, (signs) => (isForeign(signs) ? " " : signs));
  const { text, tags } = target;
  if (plain(text) === text) return target;
  let [made, from] = ["", 0];
  const moved: Tag[] = [];
  for (const tag of tags) {
    made += plain(text.slice(from, tag.at));
    from = Math.max(from, tag.at);
    moved.push({ ...tag, at: made.length });
  }
  return { text: made + plain(text.slice(from)), tags: moved };
}
