import { type Block, blockTexts, EngineError, type Ledger, type Page, type RemarkCode, type Segment } from "../../models.ts";
import { detectLanguage } from "./language.ts";
import { defectOf, keepRule, segmentsOf } from "./segments.ts";
import type { LanguagePair, Translation, Translator } from "./translator.ts";

const MAX_REMARKS = 200;
/** One word of a document may have any length. */
const MAX_REMARK_LETTERS = 300;
const MINOR: ReadonlySet<RemarkCode> = new Set(["SEGMENT_KEPT", "WORDS_UNKNOWN"]);
/** A sentence needs this many words before its own language is trusted over the document's. */
const MIN_WORDS_TO_DETECT = 6;

/** The translator is taken for down after this many segments in a row that it did not answer. */
const MAX_OUTAGES = 3;

/** What the translation of one document shares. */
export interface Translating {
  readonly pair: LanguagePair;
  readonly translator: Translator;
  readonly ledger: Ledger;
  readonly signal: AbortSignal;
  /** Hears after each segment how much of the page is done, 0 to 1. */
  readonly onShare: (share: number) => void;
  /** Segments in a row that the translator did not answer. */
  outages: number;
}

/** Translates a page block by block, and enters every segment in the ledger. Throws TRANSLATOR_UNAVAILABLE when the translator is down. */
export async function translatePage(page: Page, work: Translating): Promise<Page> {
  const blocks: Block[] = [];
  const letters = page.blocks.reduce((sum, block) => sum + lengthOf(block), 0);
  let read = 0;
  const onSegment = (length: number) => {
    read += length;
    work.onShare(Math.min(1, read / letters));
  };
  for (const block of page.blocks) {
    const segments: Segment[] = [];
    const text = (source: string) =>
      translateText(source, page.number, work, (segment) => {
        segments.push(segment);
        onSegment(segment.source.length);
      });
    const translated = await translateBlock(block, text, work.ledger, segments);
    blocks.push({ ...translated, segments });
  }
  return { ...page, blocks };
}

/** Adds to the ledger's remarks. Once they are many, what went wrong takes the place of what is only good to know. */
export function remark(ledger: Ledger, entry: Ledger["entries"][number]): void {
  if (ledger.entries.length >= MAX_REMARKS) {
    const lesser = MINOR.has(entry.code) ? -1 : ledger.entries.findLastIndex(({ code }) => MINOR.has(code));
    if (lesser < 0) return;
    ledger.entries.splice(lesser, 1);
  }
  const { message } = entry;
  ledger.entries.push(
    message.length > MAX_REMARK_LETTERS ? { ...entry, message: `${message.slice(0, MAX_REMARK_LETTERS).toWellFormed()}…` } : entry,
  );
}

async function translateBlock(
  block: Block,
  text: (source: string) => Promise<string>,
  ledger: Ledger,
  segments: Segment[],
): Promise<Block> {
  switch (block.kind) {
    case "code":
      ledger.segmentsTotal += 1;
      ledger.segmentsKept += 1;
      segments.push({ source: block.text, target: block.text, outcome: "kept" });
      return block;
    case "list":
      return { ...block, items: await inOrder(block.items, text) };
    case "table":
      return { ...block, rows: await inOrder(block.rows, (row) => inOrder(row, text)) };
    default:
      return { ...block, text: await text(block.text) };
  }
}

function lengthOf(block: Block): number {
  return blockTexts(block).reduce((sum, text) => sum + text.length, 0);
}

async function inOrder<T, R>(items: readonly T[], map: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await map(item));
  return results;
}

async function translateText(source: string, page: number, work: Translating, onSegment: (segment: Segment) => void): Promise<string> {
  let result = "";
  for (const segment of segmentsOf(source, work.pair.source)) {
    const trimmed = segment.trim();
    if (trimmed === "") {
      result += segment;
      continue;
    }
    const done = await translateSegment(trimmed, page, work);
    onSegment(done);
    result += done.target + segment.slice(segment.trimEnd().length);
  }
  return result;
}

async function translateSegment(segment: string, page: number, work: Translating): Promise<Segment> {
  const { pair, ledger } = work;
  ledger.segmentsTotal += 1;
  const rule = keepRule(segment) ?? (inTargetLanguage(segment, pair) ? "in the target language already" : undefined);
  if (rule) {
    ledger.segmentsKept += 1;
    if (/\p{L}/u.test(segment)) remark(ledger, { page, code: "SEGMENT_KEPT", message: `A segment was kept: ${rule}.` });
    return { source: segment, target: segment, outcome: "kept" };
  }
  const translation = await answerOf(segment, work);
  const defect = translation ? defectOf(segment, translation) : "the translator did not answer";
  if (!translation || defect) return failed(segment, page, ledger, defect ?? "");
  ledger.segmentsTranslated += 1;
  ledger.wordsUnknown += translation.unknown.length;
  if (translation.unknown.length > 0) {
    const words = translation.unknown.slice(0, 10).join(", ");
    remark(ledger, { page, code: "WORDS_UNKNOWN", message: `Words that the translator does not know: ${words}` });
  }
  return { source: segment, target: translation.text, outcome: "translated" };
}

/** One segment may be too much for a translator; several in a row mean that it is down, and the job is better tried later. */
async function answerOf(segment: string, work: Translating): Promise<Translation | undefined> {
  try {
    const translation = await work.translator.translate(segment, work.pair, work.signal);
    work.outages = 0;
    return translation;
  } catch (error) {
    work.outages += 1;
    const unanswered = error instanceof EngineError && error.code === "TRANSLATOR_UNAVAILABLE";
    if (work.signal.aborted || !unanswered || work.outages >= MAX_OUTAGES) throw error;
    return undefined;
  }
}

function failed(segment: string, page: number, ledger: Ledger, why: string): Segment {
  ledger.segmentsFailed += 1;
  remark(ledger, { page, code: "SEGMENT_FAILED", message: `A segment was not translated: ${why}` });
  return { source: segment, target: segment, outcome: "failed" };
}

function inTargetLanguage(segment: string, { source, target }: LanguagePair): boolean {
  if ((segment.match(/\p{L}{2,}/gu)?.length ?? 0) < MIN_WORDS_TO_DETECT) return false;
  return detectLanguage(segment, [source, target]) === target;
}
