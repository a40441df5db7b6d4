import type { Format } from "../format.ts";
import { isOfKind, type Kind, typesOf } from "./types.ts";

function format(id: Format["id"], name: string, kind: Kind): Format {
  return {
    ...{ id, name, ...typesOf(kind), isShownByOffice: true },
    sniff: (sample) => isOfKind(sample, kind),
    // Loaded when a document needs it.
    open: async (file, context) => (await import("./open.ts")).openOdf(file, context, kind),
  };
}

/** OpenDocument's texts, presentations and spreadsheets, their templates, and each as one XML file; written in place. */
export const odt = format("odt", "OpenDocument text (ODT)", "text");
export const odp = format("odp", "OpenDocument presentation (ODP)", "presentation");
export const ods = format("ods", "OpenDocument spreadsheet (ODS)", "spreadsheet");
