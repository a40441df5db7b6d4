import type { Format } from "../format.ts";

/** A PDF, with everything active in it switched off. What is text and what a picture of it is decided place by place. */
export const pdf: Format = {
  id: "pdf",
  name: "PDF",
  mediaTypes: ["application/pdf"],
  extensions: [".pdf"],
  // A PDF's header may stand anywhere in the first 1024 bytes (ISO 32000-1, annex H, note 13).
  sniff: ({ head }) => Buffer.from(head.subarray(0, 1024)).includes("%PDF-"),
  // Loaded when a document needs it.
  open: async (file, context) => (await import("./open.ts")).openPdf(file, context),
};
