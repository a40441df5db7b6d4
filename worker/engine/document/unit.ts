import type { Tagged } from "./segment.ts";
import { composed, renumbered, unwrapped, withIds, wrapped } from "./tagging.ts";

/** A sentence as translators and memories have it: without the spans around all of it, its tags numbered from 1. */
export interface Unit {
  readonly unit: Tagged;
  /** A translation of the unit, as one of the sentence. */
  readonly restore: (target: Tagged) => Tagged;
  /** Undoes `restore`; undefined for a translation of the sentence in which those spans are not around all of it. */
  readonly reduce: (target: Tagged) => Tagged | undefined;
}

export function unitOf(source: Tagged): Unit {
  const { outer, inner } = unwrapped(source);
  const { tagged: unit, ids } = renumbered(composed(inner));
  return {
    unit,
    restore: (target) => wrapped(withIds(target, ids), outer),
    reduce(target) {
      const around = unwrapped(target);
      const isWhole = outer.every((id, index) => around.outer[index] === id);
      const own = wrapped(around.inner, around.outer.slice(outer.length));
      if (!isWhole || own.tags.some(({ id }) => !ids.includes(id))) return undefined;
      return { text: own.text, tags: own.tags.map((tag) => ({ ...tag, id: ids.indexOf(tag.id) + 1 })) };
    },
  };
}
