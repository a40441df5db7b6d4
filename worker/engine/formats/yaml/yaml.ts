import type { Format } from "../format.ts";
import { isNamed } from "../sample.ts";

const EXTENSIONS = [".yaml", ".yml"] as const;

/** The values of YAML, in place. Prose with a colon in it is YAML too: only a name tells. */
export const yaml: Format = {
  id: "yaml",
  name: "YAML",
  mediaTypes: ["application/yaml"],
  extensions: EXTENSIONS,
  sniff: (sample) => isNamed(sample, EXTENSIONS) && sample.text !== undefined,
  open: async (file, context) => (await import("./open.ts")).openYaml(file, context),
};
