import { readFile, writeFile } from "node:fs/promises";

/**
 * Every claim about a document that is known not to hold yet, by the document's id: `"own box, size"`. The list must shrink: a
 * test fails where a listed claim holds.
 */
const LIST = new URL("faults.json", import.meta.url);

export async function knownFaults(): Promise<ReadonlyMap<string, readonly string[]>> {
  return new Map(Object.entries(await list()).map(([id, claims]) => [id, claims.split(", ")]));
}

/** Writes what was found; what the list says of others stays. */
export async function recordFaults(found: ReadonlyMap<string, readonly string[]>): Promise<void> {
  const known = await list();
  for (const [id, claims] of found) {
    delete known[id];
    if (claims.length > 0) known[id] = claims.join(", ");
  }
  const sorted = Object.fromEntries(Object.entries(known).sort(([a], [b]) => (a < b ? -1 : 1)));
  await writeFile(LIST, `${JSON.stringify(sorted, undefined, 2)}\n`);
}

async function list(): Promise<Record<string, string>> {
  return JSON.parse(await readFile(LIST, "utf8")) as Record<string, string>;
}
