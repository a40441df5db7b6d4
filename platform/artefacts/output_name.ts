import { type Artefact, ResultFormat } from "../../gen/dragoman/v1/job_pb.ts";

type File = Pick<Artefact, "format" | "page"> & { readonly fileName?: string; readonly sameAs?: ResultFormat };

/** The end of a result's file name, as people see it after its document's name and its language; undefined for a newer peer's format. */
export function outputEnding({ format, page, fileName = "" }: File): string | undefined {
  switch (format) {
    case ResultFormat.MARKDOWN:
      return "md";
    case ResultFormat.TEXT:
      return "txt";
    case ResultFormat.PDF:
      return "pdf";
    case ResultFormat.JSON:
      return "json";
    case ResultFormat.XLIFF:
      return "xlf";
    case ResultFormat.BUNDLE:
      return "zip";
    case ResultFormat.DOCUMENT:
      return /\.([a-z0-9]{1,10})$/.exec(fileName)?.[1] ?? "document";
    case ResultFormat.BILINGUAL:
      return "bilingual.pdf";
    case ResultFormat.SOURCE_PDF:
      return "source.pdf";
    case ResultFormat.PREVIEW:
      return `page-${page}.webp`;
    case ResultFormat.SOURCE_PREVIEW:
      return `source-${page}.webp`;
    default:
      return undefined;
  }
}

/** Where a file of a result lies, under its attempt's prefix: whatever it is called for people, it is found by what it is. */
export function outputName({ format: listed, page, sameAs }: File): string {
  const format = sameAs || listed;
  if (format === ResultFormat.PREVIEW) return `preview-${page}.webp`;
  if (format === ResultFormat.SOURCE_PREVIEW) return `source-${page}.webp`;
  return `translation.${outputEnding({ format, page }) ?? `${format}-${page}`}`;
}

/** Where the translated pages of a result lie, under its prefix: what it can be written again from. It is listed nowhere. */
export const KEPT_NAME = "pages.jsonl.gz";
