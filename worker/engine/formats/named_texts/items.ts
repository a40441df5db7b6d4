import type { Leaf, List } from "../../document/model.ts";
import { type Section, Sections, sectionSize } from "../sectioned.ts";

/** What of a text's name is shown: it may be a whole sentence. */
const MAX_MARK = 80;

/** The texts of a file as items of lists, marked with their names; a list is a section. */
export class Items {
  readonly #sections = new Sections();
  readonly #size: number;
  #items: List["items"][number][] = [];

  /** `count`: how many there will be at most. */
  constructor(count: number) {
    this.#size = sectionSize(count);
  }

  /** For the next leaf. */
  id(): string {
    return this.#sections.id();
  }

  add(mark: string, blocks: readonly Leaf[]): void {
    this.#items.push({ mark, blocks });
    if (this.#items.length >= this.#size) this.#end();
  }

  done(): readonly Section[] {
    this.#end();
    return this.#sections.done();
  }

  #end(): void {
    if (this.#items.length > 0) this.#sections.add({ kind: "list", id: this.#sections.id(), items: this.#items });
    this.#sections.end();
    this.#items = [];
  }
}

export function markOf(path: readonly string[]): string {
  const name = path.join(".").replace(/\s+/g, " ");
  if (name === "") return "•";
  return `${name.length > MAX_MARK ? `${name.slice(0, MAX_MARK).toWellFormed()}…` : name}:`;
}

/** A leaf of what is not translated: with its finished translation, or else as code. */
export function keptLeaf(id: string, value: string, why: string, translation?: string): Leaf {
  const content =
    translation === undefined ? { kind: "atom" as const, as: "code" as const, text: value } : { kind: "text" as const, text: translation };
  const target = translation === undefined ? {} : { target: { text: translation, tags: [] } };
  const segments = [{ id: `${id}s1`, source: { text: value, tags: [] }, ...target, outcome: "kept" as const, why }];
  return { kind: "paragraph", id, content: [content], segments };
}
