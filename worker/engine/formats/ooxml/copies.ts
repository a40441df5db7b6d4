import { type Block, type Leaf, leavesOf, plainText } from "../../document/model.ts";
import { signatureOf } from "../signature.ts";
import type { LeafAnchor, Place } from "./places.ts";

/**
 * Lets each leaf of `copies` that says the same in the same spans as one of `main` be a place of that: it is written alike.
 * Gives back those that say something else.
 */
export function mergeCopies(main: readonly Block[], copies: readonly Block[]): Leaf[] {
  const known = new Map([...leavesOf(main)].reverse().map((leaf) => [keyOf(leaf), leaf]));
  return [...leavesOf(copies)].filter((copy) => {
    const same = known.get(keyOf(copy));
    if (same) (placesOf(same) as Place[]).push(...placesOf(copy));
    return same === undefined;
  });
}

function placesOf({ anchor }: Leaf): readonly Place[] {
  return (anchor as LeafAnchor).places;
}

function keyOf({ content }: Leaf): string {
  return `${plainText(content)}\u0004${signatureOf(content)}`;
}
