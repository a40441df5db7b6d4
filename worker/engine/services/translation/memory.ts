import type { Tagged } from "../../document/segment.ts";
import type { LanguagePair } from "../../ports/translator.ts";
import type { Judged } from "./asking.ts";

/** A document's repeated sentences, heads and cells; what was not met for longest goes first. */
const MAX_LETTERS = 2_000_000;

/** What became of the units of one document: the same unit has the same translation everywhere in it. */
export class UnitMemory {
  readonly #known = new Map<string, Judged>();
  #letters = 0;

  recall(unit: Tagged, pair: LanguagePair): Judged | undefined {
    const key = keyOf(unit, pair);
    const found = this.#known.get(key);
    if (!found) return undefined;
    this.#known.delete(key);
    this.#known.set(key, found);
    return found;
  }

  keep(unit: Tagged, pair: LanguagePair, judged: Judged): void {
    const key = keyOf(unit, pair);
    if (this.#known.has(key)) return;
    this.#known.set(key, judged);
    this.#letters += sizeOf(key, judged);
    for (const [oldest, other] of this.#known) {
      if (this.#letters <= MAX_LETTERS) break;
      this.#known.delete(oldest);
      this.#letters -= sizeOf(oldest, other);
    }
  }
}

export function keyOf({ text, tags }: Tagged, { source, target }: LanguagePair): string {
  return JSON.stringify([source, target, text, tags.map(({ id, at, kind }) => [id, at, kind])]);
}

function sizeOf(key: string, { answer }: Judged): number {
  const said = answer.kind === "translated" ? answer.target.text.length + 20 * answer.target.tags.length : answer.why.length;
  return key.length + said;
}
