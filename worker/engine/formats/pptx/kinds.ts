import type { FileType } from "../format.ts";

export const MEDIA_TYPES = [
  "application/vnd.openxmlformats-officedocument.presentationml.presentation",
  "application/vnd.ms-powerpoint.presentation.macroenabled.12",
  "application/vnd.openxmlformats-officedocument.presentationml.template",
  "application/vnd.ms-powerpoint.template.macroenabled.12",
  "application/vnd.openxmlformats-officedocument.presentationml.slideshow",
  "application/vnd.ms-powerpoint.slideshow.macroenabled.12",
] as const;
export const EXTENSIONS = [".pptx", ".pptm", ".potx", ".potm", ".ppsx", ".ppsm"] as const;

/** What the main part's content type has, in the order of these. */
const WORDS = [
  /presentation\.main/,
  /presentation\.macroenabled/,
  /\.template\.main/,
  /template\.macroenabled/,
  /slideshow\.main/,
  /slideshow\.macroenabled/,
];

/** The same type as the source's: a presentation, a template or a show, with macros or without. */
export function typeOf(contentType: string): FileType {
  const at = Math.max(
    0,
    WORDS.findIndex((words) => words.test(contentType)),
  );
  return { mediaType: MEDIA_TYPES[at] ?? MEDIA_TYPES[0], extension: EXTENSIONS[at] ?? EXTENSIONS[0] };
}
