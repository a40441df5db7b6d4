import { EngineError } from "../../errors.ts";

/** That a file is not what its name says it is, and where it stops to be. */
export function brokenAt(what: string, source: string, at: number, why: string): EngineError {
  const before = source.slice(0, at);
  const lines = before.match(/\r\n|\n|\r/g)?.length ?? 0;
  const column = at - Math.max(before.lastIndexOf("\n"), before.lastIndexOf("\r"));
  return new EngineError("DOCUMENT_CORRUPT", `The file is no ${what}: line ${lines + 1}, column ${column}: ${why}.`);
}
