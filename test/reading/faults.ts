import { readFile, writeFile } from "node:fs/promises";
import type { Claim, Judgement } from "./judge.ts";

/**
 * Every claim about a document of the corpus that is known not to hold yet, by the document's id, with the part of the engine it is a
 * fault of: `"layout: order, tables"`; under `translated ID` what a whole translation's files lack. The list must shrink: a test fails where a listed claim holds.
 */
const LIST = new URL("faults.json", import.meta.url);
const PARTS: Readonly<Record<Judgement["sample"]["family"], string>> = {
  "text pdf": "layout",
  mixed: "ocr",
  scan: "ocr",
  text: "text",
  markdown: "text",
};
/** What a file's reader is at fault for, whoever lays its words out. */
const READERS_CLAIMS: ReadonlySet<Claim> = new Set<Claim>(["refusal", "absent", "recall", "lost", "remarks"]);

/** The claims that do not hold yet, by document. */
export async function knownFaults(): Promise<ReadonlyMap<string, readonly string[]>> {
  const list = JSON.parse(await readFile(LIST, "utf8")) as Record<string, string>;
  return new Map(Object.entries(list).map(([id, fault]) => [id, fault.replace(/^\w+: /, "").split(", ")]));
}

/** Writes the list anew for the documents of `judgements`; what it says of others stays. */
export async function recordFaults(judgements: readonly Judgement[]): Promise<void> {
  const list = JSON.parse(await readFile(LIST, "utf8")) as Record<string, string>;
  for (const { sample, failed } of judgements) {
    const part = sample.family === "text pdf" && failed.some((claim) => READERS_CLAIMS.has(claim)) ? "pdf" : PARTS[sample.family];
    delete list[sample.id];
    if (failed.length > 0) list[sample.id] = `${part}: ${failed.join(", ")}`;
  }
  const sorted = Object.fromEntries(Object.entries(list).sort(([a], [b]) => (a < b ? -1 : 1)));
  await writeFile(LIST, `${JSON.stringify(sorted, undefined, 2)}\n`);
}
