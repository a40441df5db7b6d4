import { type Block, EngineError, type Ledger, type Page } from "../../models.ts";
import { detectLanguage } from "./language.ts";
import { defectOf, keepRule, segmentsOf } from "./segments.ts";
import type { LanguagePair, Translator } from "./translator.ts";

const MAX_REMARKS = 200;
/** A sentence needs this many words before its own language is trusted over the document's. */
const MIN_WORDS_TO_DETECT = 6;

/** Translates a page block by block, and enters every segment in the ledger. Throws only when the translator is gone. */
export async function translatePage(
  page: Page,
  pair: LanguagePair,
  translator: Translator,
  ledger: Ledger,
  signal: AbortSignal,
): Promise<Page> {
  const text = (source: string) => translateText(source, page.number, pair, translator, ledger, signal);
  const blocks: Block[] = [];
  for (const block of page.blocks) blocks.push(await translateBlock(block, text, ledger));
  return { ...page, blocks };
}

export function remark(ledger: Ledger, entry: Ledger["entries"][number]): void {
  if (ledger.entries.length < MAX_REMARKS) ledger.entries.push(entry);
}

async function translateBlock(block: Block, text: (source: string) => Promise<string>, ledger: Ledger): Promise<Block> {
  switch (block.kind) {
    case "code":
      ledger.segmentsTotal += 1;
      ledger.segmentsKept += 1;
      return block;
    case "list":
      return { ...block, items: await inOrder(block.items, text) };
    case "table":
      return { ...block, rows: await inOrder(block.rows, (row) => inOrder(row, text)) };
    default:
      return { ...block, text: await text(block.text) };
  }
}

async function inOrder<T, R>(items: readonly T[], map: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await map(item));
  return results;
}

async function translateText(
  source: string,
  page: number,
  pair: LanguagePair,
  translator: Translator,
  ledger: Ledger,
  signal: AbortSignal,
): Promise<string> {
  let result = "";
  for (const segment of segmentsOf(source, pair.source)) {
    const trimmed = segment.trim();
    if (trimmed === "") {
      result += segment;
      continue;
    }
    result += (await translateSegment(trimmed, page, pair, translator, ledger, signal)) + segment.slice(segment.trimEnd().length);
  }
  return result;
}

async function translateSegment(
  segment: string,
  page: number,
  pair: LanguagePair,
  translator: Translator,
  ledger: Ledger,
  signal: AbortSignal,
): Promise<string> {
  ledger.segmentsTotal += 1;
  const rule = keepRule(segment) ?? (inTargetLanguage(segment, pair) ? "in the target language already" : undefined);
  if (rule) {
    ledger.segmentsKept += 1;
    if (/\p{L}/u.test(segment)) remark(ledger, { page, code: "SEGMENT_KEPT", message: `A segment was kept: ${rule}.` });
    return segment;
  }
  try {
    const translation = await translator.translate(segment, pair, signal);
    const defect = defectOf(segment, translation);
    if (defect) return failed(segment, page, ledger, defect);
    ledger.segmentsTranslated += 1;
    ledger.wordsUnknown += translation.unknown.length;
    if (translation.unknown.length > 0)
      remark(ledger, {
        page,
        code: "WORDS_UNKNOWN",
        message: `Words that the translator does not know: ${translation.unknown.slice(0, 10).join(", ")}`,
      });
    return translation.text;
  } catch (error) {
    if (signal.aborted) throw error;
    return failed(segment, page, ledger, error instanceof EngineError ? error.message : "the translator failed");
  }
}

function failed(segment: string, page: number, ledger: Ledger, why: string): string {
  ledger.segmentsFailed += 1;
  remark(ledger, { page, code: "SEGMENT_FAILED", message: `A segment was not translated: ${why}` });
  return segment;
}

function inTargetLanguage(segment: string, { source, target }: LanguagePair): boolean {
  if ((segment.match(/\p{L}{2,}/gu)?.length ?? 0) < MIN_WORDS_TO_DETECT) return false;
  return detectLanguage(segment, [source, target]) === target;
}
