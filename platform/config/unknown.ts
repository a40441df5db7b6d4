import { engineVariables } from "./engines.ts";
import type { Env } from "./read.ts";
import { ROWS } from "./table.ts";

const PREFIX = "DRAGOMAN_";
/** Kubernetes sets these for each service whose name begins so. */
const LINK = /_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT_\d+_(TCP|UDP|SCTP)(_\w+)?)$/;

/** What is set and read by nothing, a sentence each with the name that was probably meant. Values are never told. */
export function unknownVariables(env: Env): string[] {
  const names = ROWS.map(([name]) => name).filter((name) => name.startsWith(PREFIX));
  const known = new Set([...names, ...engineVariables(env)]);
  return Object.keys(env)
    .filter((name) => name.startsWith(PREFIX) && !known.has(name) && !LINK.test(name))
    .sort()
    .map((name) => {
      const meant = nearest(name, names);
      return `${name} is no variable of Dragoman, and is not read${meant ? `: ${meant} is one` : ""}.`;
    });
}

/** The name that differs in the fewest letters; undefined where that is more than a third of them. */
function nearest(name: string, names: readonly string[]): string | undefined {
  const [best] = names
    .map((other) => ({ other, distance: distance(name, other) }))
    .toSorted((one, another) => one.distance - another.distance);
  return best && best.distance <= (name.length - PREFIX.length) / 3 + 1 ? best.other : undefined;
}

/** How many letters are to be put in, taken out or changed (Levenshtein, by Wagner and Fischer). Of long names only the beginning counts. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...one.slice(0, 100)].entries()) {
    const next = [index + 1];
    for (let at = 0; at < other.length; at++)
      next.push(Math.min((next[at] ?? 0) + 1, (row[at + 1] ?? 0) + 1, (row[at] ?? 0) + (letter === other[at] ? 0 : 1)));
    row = next;
  }
  return row[other.length] ?? 0;
}
