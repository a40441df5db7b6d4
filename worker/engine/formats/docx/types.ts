import type { FileType } from "../format.ts";

const OPEN_XML = "application/vnd.openxmlformats-officedocument.wordprocessingml";

/** A document, one with macros, a template, one with macros: in the order of `EXTENSIONS`. */
export const MEDIA_TYPES = [
  `${OPEN_XML}.document`,
  "application/vnd.ms-word.document.macroenabled.12",
  `${OPEN_XML}.template`,
  "application/vnd.ms-word.template.macroenabled.12",
] as const;
export const EXTENSIONS = [".docx", ".docm", ".dotx", ".dotm"] as const;
/** What the content type of the main part has in it. */
const KINDS = ["wordprocessingml.document.main", "document.macroenabled.main", "wordprocessingml.template.main", "template.macroenabled"];

/** The type of a file by the content type of its main part. */
export function typeOf(contentType: string): FileType {
  const at = Math.max(
    KINDS.findIndex((kind) => contentType.includes(kind)),
    0,
  );
  return { mediaType: MEDIA_TYPES[at] ?? MEDIA_TYPES[0], extension: EXTENSIONS[at] ?? EXTENSIONS[0] };
}
