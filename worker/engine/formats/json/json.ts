import type { Format } from "../format.ts";
import { isNamed, type Sample } from "../sample.ts";
import { isJson } from "./look.ts";

const ARB_EXTENSIONS = [".arb"] as const;
const EXTENSIONS = [".json", ".jsonc", ".jsonl", ".ndjson"] as const;

/** Texts of Flutter's apps, in place. */
export const arb: Format = {
  id: "arb",
  name: "application resources (ARB)",
  mediaTypes: ["application/x-arb+json"],
  extensions: ARB_EXTENSIONS,
  sniff: (sample) =>
    sample.text !== undefined &&
    (isNamed(sample, ARB_EXTENSIONS) || (looksLikeJson(sample) && /^\s*\{\s*"@@locale"\s*:/.test(sample.text))),
  open: async (file, context) => (await import("./open.ts")).openArb(file, context),
};

/** The values of JSON, in place: texts that have names. */
export const json: Format = {
  id: "json",
  name: "JSON",
  mediaTypes: ["application/json"],
  extensions: EXTENSIONS,
  sniff: (sample) => sample.text !== undefined && (isNamed(sample, EXTENSIONS) || looksLikeJson(sample)),
  open: async (file, context) => (await import("./open.ts")).openJson(file, context),
};

function looksLikeJson({ text = "", isWhole }: Sample): boolean {
  return isJson(text.trimStart(), !isWhole);
}
