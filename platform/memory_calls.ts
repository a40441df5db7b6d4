/** A text with tags, in whatever form. */
export interface Measured {
  readonly text: string;
  readonly tags: readonly unknown[];
}

/** What the contract takes of units of the memory in one call. */
export const MEMORY_CALL = { units: 100, letters: 100_000, tags: 20_000 } as const;
/** Of each text. */
export const MEMORY_TEXT = { letters: 20_000, tags: 2_000 } as const;

/** Whether the memory takes a text: one of this size that says something. */
export function isRememberable({ text, tags }: Measured): boolean {
  return text.trim() !== "" && text.length <= MEMORY_TEXT.letters && tags.length <= MEMORY_TEXT.tags;
}

/** Gathers what goes into one call: `add` gives the items before where the next one does not fit to them. */
export class MemoryCall<T> {
  readonly #textsOf: (item: T) => readonly Measured[];
  #items: T[] = [];
  #letters = 0;
  #tags = 0;

  constructor(textsOf: (item: T) => readonly Measured[]) {
    this.#textsOf = textsOf;
  }

  add(item: T): readonly T[] {
    const texts = this.#textsOf(item);
    const letters = sum(texts, ({ text }) => text.length);
    const tags = sum(texts, (each) => each.tags.length);
    const { units: mostUnits, letters: mostLetters, tags: mostTags } = MEMORY_CALL;
    const fits = this.#items.length < mostUnits && this.#letters + letters <= mostLetters && this.#tags + tags <= mostTags;
    const before = fits ? [] : this.rest();
    this.#items.push(item);
    this.#letters += letters;
    this.#tags += tags;
    return before;
  }

  /** What is left, and begins anew. */
  rest(): readonly T[] {
    const items = this.#items;
    this.#items = [];
    this.#letters = 0;
    this.#tags = 0;
    return items;
  }
}

/** `items` in their order, so many together as one call takes; `textsOf` gives what counts of each. */
export function inCalls<T>(items: readonly T[], textsOf: (item: T) => readonly Measured[]): (readonly T[])[] {
  const call = new MemoryCall(textsOf);
  return [...items.map((item) => call.add(item)), call.rest()].filter(({ length }) => length > 0);
}

function sum(texts: readonly Measured[], of: (text: Measured) => number): number {
  return texts.reduce((total, text) => total + of(text), 0);
}
