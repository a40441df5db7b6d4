import type { Leaf, Page } from "../../document/model.ts";
import { leavesOf, mapLeaves, plainText } from "../../document/model.ts";
import type { Segment } from "../../document/segment.ts";
import { EngineError } from "../../errors.ts";
import type { LanguagePair, Translation, Translator } from "../../ports/translator.ts";
import { detectLanguage } from "./language.ts";
import { defectOf, keepRule, segmentsOf } from "./segments.ts";

/** A sentence needs this many words before its own language is trusted over the document's. */
const MIN_WORDS_TO_DETECT = 6;
/** The translator is taken for down after this many segments in a row that it did not answer. */
const MAX_OUTAGES = 3;

/** What the translation of one document shares. */
export interface Translating {
  readonly pair: LanguagePair;
  readonly translator: Translator;
  readonly signal: AbortSignal;
  /** Hears after each segment how much of the page is done, 0 to 1. */
  readonly onShare: (share: number) => void;
  /** Segments in a row that the translator did not answer. */
  outages: number;
}

/** Translates a page block by block. Throws TRANSLATOR_UNAVAILABLE when the translator is down. */
export async function translatePage(page: Page, work: Translating): Promise<Page> {
  const leaves = [...leavesOf(page.blocks)];
  const letters = leaves.reduce((sum, leaf) => sum + plainText(leaf.content).length, 0);
  let read = 0;
  const translated = new Map<string, Leaf>();
  for (const leaf of leaves) {
    const done = await translateLeaf(leaf, work, (segment) => {
      read += segment.source.text.length;
      work.onShare(Math.min(1, read / Math.max(1, letters)));
    });
    translated.set(leaf.id, done);
  }
  return { ...page, blocks: mapLeaves(page.blocks, (leaf) => translated.get(leaf.id) ?? leaf) };
}

async function translateLeaf(leaf: Leaf, work: Translating, onSegment: (segment: Segment) => void): Promise<Leaf> {
  const segments: Segment[] = [];
  let text = "";
  for (const piece of segmentsOf(plainText(leaf.content), work.pair.source)) {
    const source = piece.trim();
    if (source === "") {
      text += piece;
      continue;
    }
    const segment = await translateSegment(`${leaf.id}s${segments.length + 1}`, source, work);
    segments.push(segment);
    onSegment(segment);
    text += (segment.target ?? segment.source).text + piece.slice(piece.trimEnd().length);
  }
  return { ...leaf, content: [{ kind: "text", text }], segments };
}

async function translateSegment(id: string, text: string, work: Translating): Promise<Segment> {
  const source = { text, tags: [] };
  const rule = keepRule(text) ?? (inTargetLanguage(text, work.pair) ? "in the target language already" : undefined);
  if (rule) return { id, source, outcome: "kept", why: rule };
  const answer = await answerOf(text, work);
  if (answer.kind === "failed") return { id, source, outcome: "failed", why: answer.why };
  const defect = defectOf(text, answer.target.text, answer.unknown);
  if (defect) return { id, source, outcome: "failed", why: defect };
  return { id, source, target: answer.target, outcome: "translated", unknown: answer.unknown };
}

/** One segment may be too much for a translator; several in a row mean that it is down, and the job is better tried later. */
async function answerOf(text: string, work: Translating): Promise<Translation> {
  try {
    const [translation] = await work.translator.translate([{ text, tags: [] }], work.pair, work.signal);
    work.outages = 0;
    return translation ?? { kind: "failed", why: "the translator did not answer" };
  } catch (error) {
    work.outages += 1;
    const unanswered = error instanceof EngineError && error.code === "TRANSLATOR_UNAVAILABLE";
    if (work.signal.aborted || !unanswered || work.outages >= MAX_OUTAGES) throw error;
    return { kind: "failed", why: "the translator did not answer" };
  }
}

function inTargetLanguage(segment: string, { source, target }: LanguagePair): boolean {
  if ((segment.match(/\p{L}{2,}/gu)?.length ?? 0) < MIN_WORDS_TO_DETECT) return false;
  return detectLanguage(segment, [source, target]) === target;
}
