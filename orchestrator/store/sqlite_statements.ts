import { readFileSync } from "node:fs";

const NAME = /^-- name: (\w+)$/gm;

/** The text of a file of `sqlite/`. */
export function sqlFile(name: string): string {
  return readFileSync(new URL(`./sqlite/${name}`, import.meta.url), "utf8");
}

/**
 * The statements of a file of `sqlite/`, each by the name that a line `-- name: NAME` before it gives. What each takes and
 * gives is said there. Throws where the file holds others than `names`: that is a defect, seen when the program starts.
 */
export function statements<const N extends string>(file: string, names: readonly N[]): Readonly<Record<N, string>> {
  const [, ...parts] = sqlFile(file).split(NAME);
  const found = Object.fromEntries(parts.flatMap((name, index) => (index % 2 === 0 ? [[name, parts[index + 1] ?? ""]] : [])));
  const differing = new Set(names as readonly string[]).symmetricDifference(new Set(Object.keys(found)));
  if (differing.size > 0) throw new Error(`${file} and what is asked of it differ: ${[...differing].join(", ")}`);
  return found as Record<N, string>;
}
