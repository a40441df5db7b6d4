import { globSync, readFileSync } from "node:fs";

const FOLDERS = ["bench", "cli", "client", "deploy", "docs", "examples", "gateway", "orchestrator", "platform", "proto", "test", "worker"];
const BUILT = /^gateway\/web\/dist\//;

/** The project's own files with one of these endings, by their paths; nothing generated, and no need of git. */
export function sources(...endings: readonly string[]): { readonly file: string; readonly content: string }[] {
  return endings
    .flatMap((ending) => globSync([`{${FOLDERS.join(",")}}/**/*${ending}`, `*${ending}`]))
    .filter((file) => !BUILT.test(file))
    .sort()
    .map((file) => ({ file, content: readFileSync(file, "utf8") }));
}
