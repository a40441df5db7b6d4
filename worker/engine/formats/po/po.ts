import type { Format } from "../format.ts";
import { isNamed, type Sample } from "../sample.ts";

const EXTENSIONS = [".po", ".pot"] as const;

/** Catalogues of gettext, in place: messages without a translation are filled in. */
export const po: Format = {
  id: "po",
  name: "gettext catalogues (PO)",
  mediaTypes: ["text/x-gettext-translation"],
  extensions: EXTENSIONS,
  sniff: (sample) => sample.text !== undefined && (isNamed(sample, EXTENSIONS) || looksLikePo(sample)),
  open: async (file, context) => (await import("./open.ts")).openPo(file, context),
};

function looksLikePo({ text = "" }: Sample): boolean {
  return /^(?:#[^\n]*\n|\s)*msg(?:id|ctxt)\s+"/.test(text.slice(0, 8192)) && /^msgstr(?:\[\d\])?\s+"/m.test(text);
}
