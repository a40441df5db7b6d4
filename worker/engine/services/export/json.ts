import type { Page } from "../../document/model.ts";
import type { Segment, Tag } from "../../document/segment.ts";
import { withTags } from "../../document/tag_notation.ts";

/** Rises when a reader of the model before would misread the new one. */
const VERSION = 2;

/**
 * What a result in the format json holds: the document model, translated. Members may be added; `version` rises when one changes its meaning.
 * @public deploy/document_schema.ts reads it by its name.
 */
export interface DocumentResult {
  readonly version: typeof VERSION;
  /** ISO 639-1. */
  readonly sourceLanguage: string;
  /** ISO 639-1. */
  readonly targetLanguage: string;
  readonly pages: readonly Page[];
}

/** A sentence, or a paragraph where the translator takes whole ones, and what became of it. */
export interface PublishedSegment extends Omit<Segment, "source" | "target"> {
  readonly source: string;
  /** The same as the source if it was not translated. */
  readonly target: string;
  /** Where spans open and close, and atoms stand, in the source. */
  readonly sourceTags?: readonly Tag[];
  readonly targetTags?: readonly Tag[];
  /** The texts as corrections are written, with their tags ("Press <1>Start</1> and <2/>"), where that is another text. */
  readonly taggedSource?: string;
  readonly taggedTarget?: string;
}

/** What stands before the first page; pages are parted by commas. docs/document.schema.json describes the whole. */
export function jsonHead(sourceLanguage: string, targetLanguage: string): string {
  return `${JSON.stringify({ version: VERSION, sourceLanguage, targetLanguage }).slice(0, -1)},"pages":[`;
}

export const JSON_TAIL = "]}\n";

/** The page's model without what only formats read, its segments with their texts plain and their tags beside. */
export function pageJson(page: Page): string {
  return JSON.stringify(page, (key, value: unknown) => {
    if (key === "anchor") return undefined;
    if (key === "segments" && Array.isArray(value)) return (value as Segment[]).map(published);
    // Places are in points; what is nearly the same is not the same.
    if (typeof value !== "number" || Number.isInteger(value)) return value;
    return key === "similarity" ? Math.floor(value * 1000) / 1000 : Math.round(value * 10) / 10;
  });
}

function published({ source, target, ...facts }: Segment): PublishedSegment {
  const [taggedSource, taggedTarget] = [withTags(source), target && withTags(target)];
  const tags = {
    ...(source.tags.length > 0 && { sourceTags: source.tags }),
    ...(taggedSource !== source.text && { taggedSource }),
    ...(target?.tags.length && { targetTags: target.tags }),
    ...(taggedTarget !== undefined && taggedTarget !== target?.text && { taggedTarget }),
  };
  return { ...facts, source: source.text, target: (target ?? source).text, ...tags };
}
