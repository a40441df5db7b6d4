import type { Remark } from "../../document/remarks.ts";
import type { Output } from "./renderer.ts";

/** Those that can be looked at; each is made when it is. `sourcePages` says of each page of the result which one of the source it translates. `pagesOfSource`: so many of its pages can be shown. */
export function previewsOf(
  pagesOfSource: number,
  sourcePages: readonly number[],
  maxPreviews: number,
): { readonly outputs: readonly Output[]; readonly remarks: readonly Remark[] } {
  const translated = sourcePages
    .slice(0, maxPreviews)
    .map((sourcePage, index): Output => ({ ...preview("PREVIEW", index + 1), sourcePage }));
  const sources = Array.from({ length: Math.min(maxPreviews, pagesOfSource) }, (_, index) => preview("SOURCE_PREVIEW", index + 1));
  const message = `The PDF has ${sourcePages.length} pages; there are previews of the first ${maxPreviews}.`;
  const remarks: Remark[] = translated.length < sourcePages.length ? [{ page: 0, code: "PREVIEW_MISSING", message }] : [];
  return { outputs: [...translated, ...sources], remarks };
}

function preview(format: "PREVIEW" | "SOURCE_PREVIEW", page: number): Output {
  return { format, page, mediaType: "image/webp", fileName: `${format === "PREVIEW" ? "preview" : "source"}-${page}.webp` };
}
