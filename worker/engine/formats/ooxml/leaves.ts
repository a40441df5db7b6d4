import type { Block, HeadingLevel, Inline, Layer, Leaf } from "../../document/model.ts";
import type { RunsContent } from "./content.ts";
import { IN_TEXT, type LeafAnchor, type ValuePlace } from "./places.ts";

/** Makes the leaves of a document, and gathers those that stand beside its text. */
export class Leaves {
  /** Of what is made now; the body if not given. */
  layer: Layer | undefined;
  readonly id: () => string;
  #aside: Block[] = [];

  constructor(id: () => string) {
    this.id = id;
  }

  facts(layer = this.layer): { readonly id: string; readonly layer?: Layer } {
    return { id: this.id(), ...(layer && { layer }) };
  }

  runs(
    { content, place, look }: RunsContent,
    about: { readonly kind?: "paragraph" | "caption"; readonly level?: number; readonly layer?: Layer } = {},
  ): Leaf {
    const anchor: LeafAnchor = { places: [place] };
    const shared = { ...this.facts(about.layer), content, ...(look && Object.keys(look).length > 0 && { look }), anchor };
    if (about.level) return { ...shared, kind: "heading", level: Math.min(about.level, 6) as HeadingLevel };
    return { ...shared, kind: about.kind ?? "paragraph" };
  }

  value(place: ValuePlace, text: string, layer?: Layer): Leaf {
    const anchor: LeafAnchor = { places: [place] };
    return { ...this.facts(layer), kind: "paragraph", content: valueContent(text), anchor };
  }

  /** What is not in the flow of the text where it stands in the file: notes, what is said of things. */
  aside(...blocks: readonly Block[]): void {
    this.#aside.push(...blocks);
  }

  takeAside(): Block[] {
    const taken = this.#aside;
    this.#aside = [];
    return taken;
  }
}

/** Lines of a value are no one sentence. Some programs write their ends as two signs. */
function valueContent(text: string): Inline[] {
  return text
    .split(/(?:_x000[Dd]_)?\r?\n|_x000[Dd]_/)
    .flatMap((line, index): Inline[] => [
      ...(index > 0 ? [{ kind: "atom", as: "break", text: "", anchor: IN_TEXT } as const] : []),
      ...(line === "" ? [] : [{ kind: "text", text: line } as const]),
    ]);
}

/** Whether there is a letter in it to translate. */
export function withWords(text: string): boolean {
  return /\p{L}/u.test(text);
}
