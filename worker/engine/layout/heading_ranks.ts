import { type Block, type Heading, type HeadingLevel, type Leaf, type Page, plainText } from "../document/model.ts";
import { depthOf } from "./headings.ts";

/** What a heading looks like, and how it is numbered: what looks alike is of one level in the whole document. */
interface Rank {
  /** In points. */
  readonly size: number;
  readonly bold: boolean;
  /** Of its number: 2 for "3.1"; 0 without one. */
  readonly depth: number;
  readonly level: HeadingLevel;
}

/** Sizes that differ by less are one; OCR's by less than the second. */
const SAME_SIZE = 0.06;
const SAME_READ_SIZE = 0.14;
/** A paragraph of so many words that ends as sentences do is running text, and so is a longer one. */
const SENTENCE_WORDS = 8;
const LONG_WORDS = 28;
/** What is so much larger than all running text of a page heads it, if it is the document's first. */
const TITLE_LEVEL = 2;
const MAX_RANKS = 200;

/**
 * Levels of headings by their looks over a document: a larger look ranks before a smaller one, bold before light, "3" before
 * "3.1", and what looks like running text elsewhere is none. Pages are shown in order, each before its headings are settled;
 * a look keeps the level that it got first.
 */
export class HeadingRanks {
  #ranks: readonly Rank[] = [];
  /** Sizes of running text that is not bold, to half a point. */
  readonly #textSizes = new Set<number>();

  /** Takes notice of a page's looks. */
  learn({ blocks }: Page): void {
    for (const block of blocks)
      if (block.kind === "paragraph" && (block.layer ?? "body") === "body" && isRunningText(block) && !block.look?.bold)
        this.#textSizes.add(Math.round((block.look?.size ?? 0) * 2) / 2);
    const fresh = blocks.filter(isHeading).filter((block) => !this.#isText(block) && this.#rankOf(block) === undefined);
    const ordered = fresh.map(rankOf).sort((a, b) => b.size - a.size || Number(b.bold) - Number(a.bold) || a.depth - b.depth);
    for (const rank of ordered) {
      if (this.#ranks.length >= MAX_RANKS || this.#ranks.some((known) => isSame(known, rank))) continue;
      const isTitle = this.#ranks.length === 0 && rank.level <= TITLE_LEVEL;
      this.#ranks = [...this.#ranks, isTitle ? { ...rank, level: 1 } : levelled(rank, this.#ranks)];
    }
  }

  /** `page` with its headings at the levels of their looks; those that look like running text are paragraphs. */
  settled(page: Page): Page {
    return {
      ...page,
      blocks: page.blocks.map((block): Block => {
        if (!isHeading(block)) return block;
        if (!this.#isText(block)) return { ...block, level: this.#rankOf(block)?.level ?? block.level };
        const { level: _, ...rest } = block;
        return { ...rest, kind: "paragraph" };
      }),
    };
  }

  #rankOf(block: Heading): Rank | undefined {
    const rank = rankOf(block);
    return this.#ranks.find((known) => isSame(known, rank, block.confidence === undefined ? SAME_SIZE : SAME_READ_SIZE));
  }

  /** Neither bold nor numbered nor in capitals: its size alone made it a heading, and running text has the same. */
  #isText(block: Heading): boolean {
    const { size, bold, depth } = rankOf(block);
    const text = plainText(block.content);
    if (bold || depth > 0 || text === text.toUpperCase() || block.confidence !== undefined) return false;
    return [...this.#textSizes].some((other) => Math.abs(other - size) <= size * 0.04);
  }
}

function isHeading(block: Block): block is Heading {
  return block.kind === "heading" && block.look?.size !== undefined;
}

function isRunningText({ content }: Leaf): boolean {
  const text = plainText(content).trim();
  const words = text.split(/\s+/).length;
  return words > LONG_WORDS || (words >= SENTENCE_WORDS && /\p{Ll}[.!?]["'”’»)]*$/u.test(text));
}

function rankOf({ look, level, content }: Heading): Rank {
  return { size: look?.size ?? 0, bold: look?.bold === true, depth: depthOf(plainText(content)), level };
}

function isSame(a: Rank, b: Rank, near = SAME_SIZE): boolean {
  return Math.abs(a.size - b.size) <= Math.max(a.size, b.size) * near && a.bold === b.bold && a.depth === b.depth;
}

/** `rank` with a level below all looks before it and above all behind it, as far as there is room; else its own. */
function levelled(rank: Rank, ranks: readonly Rank[]): Rank {
  const above = Math.max(0, ...ranks.filter((other) => isBefore(other, rank)).map(({ level }) => level));
  const below = Math.min(7, ...ranks.filter((other) => isBefore(rank, other)).map(({ level }) => level));
  const level = Math.max(1, Math.min(6, Math.max(rank.level, above + 1), Math.max(below - 1, above)));
  return { ...rank, level: level as HeadingLevel };
}

function isBefore(a: Rank, b: Rank): boolean {
  if (Math.abs(a.size - b.size) > Math.max(a.size, b.size) * SAME_SIZE) return a.size > b.size;
  if (a.bold !== b.bold) return a.bold;
  return a.depth > 0 && b.depth > 0 && a.depth < b.depth;
}
