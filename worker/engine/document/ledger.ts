import { charactersIn } from "./characters.ts";
import { type Block, leavesOf, type Page } from "./model.ts";
import type { Remark, RemarkCode } from "./remarks.ts";
import type { Segment } from "./segment.ts";

const MAX_REMARKS = 200;
/** One word of a document may have any length. */
const MAX_REMARK_LETTERS = 300;
const MAX_UNKNOWN_QUOTED = 10;
const MAX_TERMS_QUOTED = 10;
const MAX_UNKNOWN = 100;
/** While they are counted: the rarest give way. */
const MAX_UNKNOWN_COUNTED = 2_000;
/** No language has longer ones; what has no spaces is taken for a word. */
const MAX_WORD_LETTERS = 80;
/** What is only good to know gives way to what went wrong. */
const MINOR: ReadonlySet<RemarkCode> = new Set(["SEGMENT_KEPT", "WORDS_UNKNOWN", "SIMILAR_KNOWN"]);

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
  /** The most frequent first. */
  readonly unknown: readonly UnknownWord[];
  /** Code points of the sources of all segments that are not kept. */
  readonly characters: number;
  readonly segmentsFromMemory: number;
  readonly segmentsDoubted: number;
  /** 0 to 100: how much of `characters` was translated and is not doubted; 100 only of all. */
  readonly score: number;
  /** In what was translated: how often a term stands in the source, and how often without its translation. */
  readonly termsFound: number;
  readonly termsMissed: number;
  readonly sourceLanguage: string;
  readonly sourceLanguageDetected: boolean;
  /** 0 to 100, the mean of the words; 0 without OCR. */
  readonly ocrConfidence: number;
  /** What is counted as pages: pages, or sections of what has none. */
  readonly flow: "paged" | "continuous";
  readonly entries: readonly Remark[];
}

export interface UnknownWord {
  readonly word: string;
  readonly count: number;
}

/** What is counted of a part of a document. */
export interface Tally extends Omit<Ledger, "sourceLanguage" | "sourceLanguageDetected" | "ocrConfidence" | "flow" | "unknown" | "score"> {
  /** Words that were not known, and how often. */
  readonly unknown: ReadonlyMap<string, number>;
  /** Of `characters`, those that were translated and are not doubted. */
  readonly charactersSure: number;
  readonly wordsOcr: number;
  /** The sum over the words that OCR read. */
  readonly confidenceSum: number;
}

export const EMPTY_TALLY: Tally = {
  ...{ pagesIn: 0, pagesOut: 0, pagesFailed: 0, pagesOcr: 0, wordsOcr: 0, confidenceSum: 0, wordsUnknown: 0 },
  ...{ segmentsTotal: 0, segmentsTranslated: 0, segmentsKept: 0, segmentsFailed: 0, segmentsFromMemory: 0, segmentsDoubted: 0 },
  ...{ characters: 0, charactersSure: 0, termsFound: 0, termsMissed: 0, unknown: new Map(), entries: [] },
};

/** What a translated page adds. */
export function tallyOf(page: Page): Tally {
  const segments = [...leavesOf(page.blocks)].flatMap((leaf) => (leaf.segments ?? []).map((segment) => ({ block: leaf.id, segment })));
  const count = (is: (segment: Segment) => boolean) => segments.filter(({ segment }) => is(segment)).length;
  const sum = (of: (segment: Segment) => number) => segments.reduce((total, { segment }) => total + of(segment), 0);
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
    segmentsTranslated: count(isTranslated),
    segmentsKept: count(({ outcome }) => outcome === "kept") + verbatim,
    segmentsFailed: count(({ outcome }) => outcome === "failed"),
    segmentsFromMemory: count((segment) => isTranslated(segment) && segment.by !== undefined && segment.by.from !== "engine"),
    segmentsDoubted: count((segment) => isTranslated(segment) && isDoubted(segment)),
    characters: sum((segment) => (segment.outcome === "kept" ? 0 : charactersIn([segment.source.text]))),
    charactersSure: sum((segment) => (isTranslated(segment) && !isDoubted(segment) ? charactersIn([segment.source.text]) : 0)),
    termsFound: sum(({ terms }) => terms?.found ?? 0),
    termsMissed: sum(({ terms }) => terms?.missed.length ?? 0),
    wordsUnknown: sum(({ unknown }) => unknown?.length ?? 0),
    unknown: counted(segments.flatMap(({ segment }) => segment.unknown ?? []).map((word): [string, number] => [shortWord(word), 1])),
    entries: bounded([...failures, ...page.remarks, ...remarks]),
  };
}

/** Both together. */
export function add(one: Tally, other: Tally): Tally {
  const sums = Object.entries(one).map(([name, value]) => [
    name,
    typeof value === "number" ? value + Number(other[name as keyof Tally]) : value,
  ]);
  return {
    ...(Object.fromEntries(sums) as Tally),
    unknown: counted([...one.unknown, ...other.unknown]),
    entries: bounded([...one.entries, ...other.entries]),
  };
}

export interface DocumentFacts {
  readonly sourceLanguage: string;
  readonly sourceLanguageDetected: boolean;
  readonly flow: Ledger["flow"];
}

export function ledgerOf(tally: Tally, facts: DocumentFacts): Ledger {
  const { wordsOcr, confidenceSum, charactersSure, unknown, ...counts } = tally;
  return {
    ...counts,
    ...facts,
    unknown: [...mostFrequent(unknown, MAX_UNKNOWN)].map(([word, count]) => ({ word, count })),
    score: counts.characters > 0 ? Math.floor((100 * charactersSure) / counts.characters) : 100,
    ocrConfidence: wordsOcr > 0 ? Math.round(confidenceSum / wordsOcr) : 0,
  };
}

function isTranslated({ outcome }: Segment): boolean {
  return outcome === "translated";
}

function isDoubted({ doubts = [] }: Segment): boolean {
  return doubts.length > 0;
}

function shortWord(word: string): string {
  return word.slice(0, MAX_WORD_LETTERS).toWellFormed();
}

function counted(words: Iterable<readonly [word: string, count: number]>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const [word, count] of words) counts.set(word, (counts.get(word) ?? 0) + count);
  return counts.size <= MAX_UNKNOWN_COUNTED ? counts : mostFrequent(counts, MAX_UNKNOWN_COUNTED);
}

/** The earlier first among equals. */
function mostFrequent(words: ReadonlyMap<string, number>, most: number): ReadonlyMap<string, number> {
  return new Map([...words].sort(([, one], [, other]) => other - one).slice(0, most));
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

function remarksOn(segment: Segment, page: number, block: string): Remark[] {
  const { source, outcome, why, unknown = [], doubts = [], terms, similarity } = segment;
  const remarks: Remark[] = [];
  if (outcome === "kept" && /\p{L}/u.test(source.text))
    remarks.push({ page, block, code: "SEGMENT_KEPT", message: `A segment was kept: ${why}.` });
  if (outcome === "failed") remarks.push({ page, block, code: "SEGMENT_FAILED", message: `A segment was not translated: ${why}` });
  if (isTranslated(segment) && doubts.length > 0)
    remarks.push({ page, block, code: "SEGMENT_DOUBTED", message: `A translation is doubted: ${doubts.join("; ")}.` });
  if (terms && terms.missed.length > 0) {
    const quoted = terms.missed.slice(0, MAX_TERMS_QUOTED).join(", ");
    remarks.push({ page, block, code: "TERM_MISSED", message: `Terms without their translation: ${quoted}` });
  }
  if (similarity !== undefined) {
    const percent = Math.floor(similarity * 100);
    remarks.push({ page, block, code: "SIMILAR_KNOWN", message: `A text that is nearly the same (${percent} %) was translated before.` });
  }
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
export function bounded(remarks: readonly Remark[]): Remark[] {
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
