import { leavesOf } from "../../worker/engine/document/model.ts";
import type { Tagged } from "../../worker/engine/document/segment.ts";
import { sourcesOf } from "../../worker/engine/document/segments.ts";
import { composed, renumbered, unwrapped } from "../../worker/engine/document/tagging.ts";
import { read } from "../reading/read.ts";

/** What a translator of sentences is given of a document. */
export async function tagged(bytes: Uint8Array, fileName: string, language: string): Promise<Tagged[]> {
  return (await sourcesByLeaf(bytes, fileName, { language, unit: "sentence" })).flat();
}

/** What a translator is given of each of `sentences`, which are HTML; undefined of one that is not one text to the engine. */
export async function unitsOf(sentences: readonly string[], language: string): Promise<(Tagged | undefined)[]> {
  const sources = await sourcesByLeaf(Buffer.from(documentOf(sentences)), "sentences.html", { language, unit: "paragraph" });
  if (sources.length !== sentences.length) throw new Error(`${sources.length} blocks of ${sentences.length} sentences`);
  return sources.map(([source, ...more]) => (more.length === 0 ? source : undefined));
}

async function sourcesByLeaf(bytes: Uint8Array, fileName: string, cutting: Parameters<typeof sourcesOf>[1]): Promise<Tagged[][]> {
  const outcome = await read(bytes, fileName);
  if (outcome.kind === "refused") throw new Error(outcome.message);
  const leaves = outcome.pages.flatMap(({ blocks }) => [...leavesOf(blocks)]);
  return leaves.map(({ content }) => sourcesOf(content, cutting).map((source) => renumbered(composed(unwrapped(source).inner)).tagged));
}

export function documentOf(sentences: readonly string[]): string {
  return `<!DOCTYPE html><meta charset="utf-8"><body>\n${sentences.map((sentence) => `<p>${sentence}</p>\n`).join("")}</body>`;
}
