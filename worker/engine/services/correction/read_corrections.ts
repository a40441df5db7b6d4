import { readFile } from "node:fs/promises";
import type { Correction } from "../../document/corrections.ts";
import { fromTagNotation } from "../../document/tag_notation.ts";
import { EngineError } from "../../errors.ts";
import { xliffCorrections } from "./xliff_corrections.ts";

/** How corrections are written: a JSON list of `{ id, text }` with tags as people write them, or our own XLIFF with other targets. */
export type CorrectionsAs = "json" | "xliff";

/** Throws INVALID_REQUEST for what is none, and what XML's parser does. */
export async function readCorrections(file: string, as: CorrectionsAs): Promise<readonly Correction[]> {
  const text = decoded(await readFile(file));
  if (as === "xliff") return xliffCorrections(text);
  return (JSON.parse(text) as { id: string; text: string }[]).map(({ id, text: given }) => ({
    id,
    target: fromTagNotation(given),
    confirms: true,
  }));
}

/** Tools for translators write XLIFF in UTF-16 too; whichever it is, it says so by its first bytes. */
function decoded(bytes: Buffer): string {
  const [first = 0, second = 0] = bytes;
  const encoding = first === 0xff && second === 0xfe ? "utf-16le" : first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new EngineError("INVALID_REQUEST", "The corrections are no text in UTF-8 or UTF-16.", { cause });
  }
}
