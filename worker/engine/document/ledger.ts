import { type Block, leavesOf, type Page } from "./model.ts";
import type { Remark, RemarkCode } from "./remarks.ts";
import type { Segment } from "./segment.ts";

const MAX_REMARKS = 200;
/** One word of a document may have any length. */
const MAX_REMARK_LETTERS = 300;
const MAX_UNKNOWN_QUOTED = 10;
/** What is only good to know gives way to what went wrong. */
const MINOR: ReadonlySet<RemarkCode> = new Set(["SEGMENT_KEPT", "WORDS_UNKNOWN"]);

/** What became of every page and every segment. Its sums are identities: pages in are pages out and failed, and so on. */
export interface Ledger {
  readonly pagesIn: number;
  readonly pagesOut: number;
  readonly pagesFailed: number;
  readonly pagesOcr: number;
  readonly segmentsTotal: number;
  readonly segmentsTranslated: number;
  readonly segmentsKept: number;
  readonly segmentsFailed: number;
  readonly wordsUnknown: number;
  readonly sourceLanguage: string;
  readonly sourceLanguageDetected: boolean;
  /** 0 to 100, the mean of the words; 0 without OCR. */
  readonly ocrConfidence: number;
  /** What is counted as pages: pages, or sections of what has none. */
  readonly flow: "paged" | "continuous";
  readonly entries: readonly Remark[];
}

/** What is counted of a part of a document. */
export interface Tally extends Omit<Ledger, "sourceLanguage" | "sourceLanguageDetected" | "ocrConfidence" | "flow"> {
  readonly wordsOcr: number;
  /** The sum over the words that OCR read. */
  readonly confidenceSum: number;
}

export const EMPTY_TALLY: Tally = {
  ...{ pagesIn: 0, pagesOut: 0, pagesFailed: 0, pagesOcr: 0, wordsOcr: 0, confidenceSum: 0, wordsUnknown: 0 },
  ...{ segmentsTotal: 0, segmentsTranslated: 0, segmentsKept: 0, segmentsFailed: 0, entries: [] },
};

/** What a translated page adds. */
export function tallyOf(page: Page): Tally {
  const segments = [...leavesOf(page.blocks)].flatMap((leaf) => (leaf.segments ?? []).map((segment) => ({ block: leaf.id, segment })));
  const count = (outcome: Segment["outcome"]) => segments.filter(({ segment }) => segment.outcome === outcome).length;
  const verbatim = verbatimIn(page.blocks);
  const failed = page.failure === undefined ? 0 : 1;
  const failures = failed
    ? [{ page: page.number, code: "PAGE_FAILED", message: `The page could not be read: ${page.failure}` } as const]
    : [];
  const remarks = segments.flatMap(({ block, segment }) => remarksOn(segment, page.number, block));
  return {
    ...{ pagesIn: 1, pagesOut: 1 - failed, pagesFailed: failed, pagesOcr: page.ocr && !failed ? 1 : 0 },
    wordsOcr: page.ocr?.words ?? 0,
    confidenceSum: (page.ocr?.words ?? 0) * (page.ocr?.confidence ?? 0),
    segmentsTotal: segments.length + verbatim,
    segmentsTranslated: count("translated"),
    segmentsKept: count("kept") + verbatim,
    segmentsFailed: count("failed"),
    wordsUnknown: segments.reduce((sum, { segment }) => sum + (segment.unknown?.length ?? 0), 0),
    entries: bounded([...failures, ...page.remarks, ...remarks]),
  };
}

/** Both together. */
export function add(one: Tally, other: Tally): Tally {
  const sums = Object.entries(one).map(([name, value]) => [name, name === "entries" ? value : value + other[name as keyof Tally]]);
  return { ...(Object.fromEntries(sums) as Tally), entries: bounded([...one.entries, ...other.entries]) };
}

export interface DocumentFacts {
  readonly sourceLanguage: string;
  readonly sourceLanguageDetected: boolean;
  readonly flow: Ledger["flow"];
}

export function ledgerOf(tally: Tally, facts: DocumentFacts): Ledger {
  const { wordsOcr, confidenceSum, ...counts } = tally;
  return {
    ...counts,
    ...facts,
    ocrConfidence: wordsOcr > 0 ? Math.round(confidenceSum / wordsOcr) : 0,
  };
}

/** Code and formulas are kept, each as one segment. */
function verbatimIn(blocks: readonly Block[]): number {
  return blocks.reduce((sum, block) => {
    if (block.kind === "code" || block.kind === "formula") return sum + 1;
    if (block.kind === "quote") return sum + verbatimIn(block.blocks);
    if (block.kind === "list") return sum + block.items.reduce((inner, item) => inner + verbatimIn(item.blocks), 0);
    if (block.kind === "table") return sum + block.rows.flat().reduce((inner, cell) => inner + verbatimIn(cell.blocks), 0);
    return sum;
  }, 0);
}

function remarksOn({ source, outcome, why, unknown = [] }: Segment, page: number, block: string): Remark[] {
  const remarks: Remark[] = [];
  if (outcome === "kept" && /\p{L}/u.test(source.text))
    remarks.push({ page, block, code: "SEGMENT_KEPT", message: `A segment was kept: ${why}.` });
  if (outcome === "failed") remarks.push({ page, block, code: "SEGMENT_FAILED", message: `A segment was not translated: ${why}` });
  if (unknown.length > 0) {
    const words = unknown.slice(0, MAX_UNKNOWN_QUOTED).join(", ");
    remarks.push({ page, block, code: "WORDS_UNKNOWN", message: `Words that the translator does not know: ${words}` });
  }
  return remarks;
}

/**
 * At most so many remarks of so many letters. Once there are more, what went wrong stays rather than what is good to know,
 * and the rare rather than the frequent: a page that was dropped is not lost among a thousand failed sentences.
 */
function bounded(remarks: readonly Remark[]): Remark[] {
  if (remarks.length <= MAX_REMARKS) return remarks.map(shortened);
  const groups = [...Map.groupBy(remarks, ({ code }) => code).values()].sort((one, other) => one.length - other.length);
  const isMinor = (group: readonly Remark[]) => group.some(({ code }) => MINOR.has(code));
  const chosen = new Set<Remark>();
  for (const kind of [groups.filter((group) => !isMinor(group)), groups.filter(isMinor)])
    for (const [index, group] of kind.entries()) {
      const share = Math.floor((MAX_REMARKS - chosen.size) / (kind.length - index));
      for (const remark of group.slice(0, share)) chosen.add(remark);
    }
  return remarks.filter((remark) => chosen.has(remark)).map(shortened);
}

function shortened(remark: Remark): Remark {
  const { message } = remark;
  return message.length > MAX_REMARK_LETTERS ? { ...remark, message: `${message.slice(0, MAX_REMARK_LETTERS).toWellFormed()}…` } : remark;
}
