import { type Block, type Inline, type Leaf, mapLeaves } from "../../worker/engine/document/model.ts";
import { edited } from "../../worker/engine/formats/edits.ts";
import type { Writing } from "../../worker/engine/formats/format.ts";
import { changedLeaves } from "../../worker/engine/formats/sectioned.ts";
import type { Emitter } from "../../worker/engine/formats/text_document.ts";

export const WRITING: Writing = { sourceLanguage: "en", targetLanguage: "es", signal: new AbortController().signal };

type Mapped = (content: readonly Inline[]) => readonly Inline[];

/** Translates texts of a format in place: each leaf's content becomes what `map` makes of it. */
export function inPlace(
  read: (source: string) => { readonly sections: readonly { readonly blocks: readonly Block[] }[]; readonly emitter: Emitter },
) {
  return (source: string, map: Mapped): string => {
    const { sections, emitter } = read(source);
    const changed = sections.flatMap(({ blocks }) =>
      changedLeaves(
        blocks,
        mapLeaves(blocks, (leaf): Leaf => (leaf.segments ? leaf : { ...leaf, content: map(leaf.content) })),
      ),
    );
    return edited(source, emitter.edits(changed, WRITING).edits);
  };
}

/** A translation that shows: capitals. */
export function upper(content: readonly Inline[]): Inline[] {
  return content.map((inline) => {
    if (inline.kind === "text") return { ...inline, text: inline.text.toUpperCase() };
    return inline.kind === "span" ? { ...inline, content: upper(inline.content) } : inline;
  });
}
