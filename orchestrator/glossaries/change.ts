import type { Term } from "../../gen/dragoman/v1/job_pb.ts";

/** Terms that take the place of those of the same source, or are added; and sources of terms that go. */
export interface TermChange {
  readonly terms: readonly Term[];
  readonly remove: readonly string[];
}

/** `terms` with `change`, in their order, new ones at the end. */
export function changed(terms: readonly Term[], { terms: given, remove }: TermChange): Term[] {
  const bySource = new Map(terms.map((term) => [term.source, term]));
  for (const source of remove) bySource.delete(source);
  for (const term of given) bySource.set(term.source, term);
  return [...bySource.values()];
}

export function areSame(one: readonly Term[], other: readonly Term[]): boolean {
  const written = (terms: readonly Term[]) =>
    JSON.stringify(terms.map(({ source, target, caseSensitive, exact, note }) => [source, target, caseSensitive, exact, note]));
  return written(one) === written(other);
}
