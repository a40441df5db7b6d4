import type { Block, Page } from "../../models.ts";

/** Rises when a reader of the model before would misread the new one. */
const VERSION = 1;

/** The document model, as docs/document.schema.json describes it. */
export function toJson(pages: readonly Page[], sourceLanguage: string, targetLanguage: string): string {
  return JSON.stringify({
    version: VERSION,
    sourceLanguage,
    targetLanguage,
    pages: pages.map(({ number, size, blocks, failure }) => ({ number, size, blocks: blocks.map(toModel), failure })),
  });
}

function toModel({ place, segments, ...content }: Block): object {
  return { ...content, box: place && rounded(place.box), confidence: place?.confidence, segments };
}

function rounded({ x0, y0, x1, y1 }: NonNullable<Block["place"]>["box"]): number[] {
  return [x0, y0, x1, y1].map((value) => Math.round(value * 10) / 10);
}
