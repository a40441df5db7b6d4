import { type Block, type Leaf, leavesOf, type Page } from "../document/model.ts";
import type { Remark } from "../document/remarks.ts";
import type { DocumentWriter, FileType, OpenDocument, Writing } from "./format.ts";
import { requireFewPages } from "./page_limit.ts";
import { signatureOf } from "./signature.ts";

/** So many blocks of a document without pages are one section. */
export const SECTION_BLOCKS = 40;
/** Sections are counted as pages are, and more are no help to anyone: those of a long document are larger. */
export const MOST_SECTIONS = 1000;

/** How many of a document's `count` blocks are a section, if it is to have at most `most`. */
export function sectionSize(count: number, most: number = MOST_SECTIONS): number {
  return Math.max(SECTION_BLOCKS, Math.ceil(count / most));
}

/** A share of the work on a document without pages. */
export interface Section {
  readonly blocks: Block[];
  readonly remarks: readonly Remark[];
}

/** Gathers the blocks of a document without pages in sections. */
export class Sections {
  readonly #size: number;
  readonly #sections: { blocks: Block[]; remarks: Remark[] }[] = [];
  #blocks: Block[] = [];
  #remarks: Remark[] = [];
  #ids = 0;

  /** `size`: so many blocks are a section (`sectionSize`). */
  constructor(size: number = SECTION_BLOCKS) {
    this.#size = size;
  }

  /** Of the section that blocks are added to now, from 1. */
  get number(): number {
    return this.#sections.length + 1;
  }

  /** For the next block, or a block within it. */
  id(): string {
    this.#ids += 1;
    return `p${this.number}b${this.#ids}`;
  }

  /** Ends the section where it has enough; what is added at once stays together, as a paragraph and its notes do. */
  add(...blocks: readonly Block[]): void {
    for (const block of blocks) this.#blocks.push(block);
    if (this.#blocks.length >= this.#size) this.end();
  }

  /** Of the section that is being filled. */
  remark(remark: Omit<Remark, "page">): void {
    this.#remarks.push({ page: this.number, ...remark });
  }

  /** What comes next stands in a section of its own: a sheet, a slide, a chapter. */
  end(): void {
    if (this.#blocks.length === 0 && this.#remarks.length === 0) return;
    this.#sections.push({ blocks: this.#blocks, remarks: this.#remarks });
    [this.#blocks, this.#remarks, this.#ids] = [[], [], 0];
  }

  /** All of them, at least one. */
  done(): readonly Section[] {
    this.end();
    return this.#sections.length > 0 ? this.#sections : [{ blocks: [], remarks: [] }];
  }
}

/** Writes a document of sections: `changed` are the leaves that say something else than the source's. */
export interface SectionedWriting {
  readonly type?: FileType | undefined;
  /** Known when it was written. */
  readonly charset?: string | undefined;
  write(changed: readonly Leaf[], file: string): Promise<readonly Remark[]>;
}

export interface Sectioned {
  readonly sections: readonly Section[];
  /** Of the whole document. */
  readonly remarks?: readonly Remark[];
  readonly writing: (writing: Writing) => SectionedWriting;
  /** A translation has a place of its own beside its source: one that says the same is written as well. */
  readonly isBilingual?: boolean;
  readonly close?: () => Promise<void>;
}

/** A document without pages that was read whole. Throws EngineError: TOO_MANY_PAGES. */
export function sectionedDocument({ sections, remarks = [], writing, isBilingual = false, close }: Sectioned): OpenDocument {
  requireFewPages(sections.length);
  return {
    flow: "continuous",
    pageCount: sections.length,
    remarks,
    async page(number) {
      const { blocks, remarks: own } = sections[number - 1] as Section;
      return { kind: "blocks", page: { number, blocks, remarks: own } };
    },
    writer: (about) => new SectionedWriter(sections, writing(about), isBilingual ? writtenLeaves : changedLeaves),
    async [Symbol.asyncDispose]() {
      await close?.();
    },
  };
}

class SectionedWriter implements DocumentWriter {
  readonly #sections: readonly Section[];
  readonly #writing: SectionedWriting;
  readonly #written: typeof changedLeaves;
  readonly #changed: Leaf[] = [];

  constructor(sections: readonly Section[], writing: SectionedWriting, written: typeof changedLeaves) {
    this.#sections = sections;
    this.#writing = writing;
    this.#written = written;
  }

  get type() {
    return this.#writing.type;
  }

  get charset() {
    return this.#writing.charset;
  }

  async page({ number, blocks }: Page): Promise<void> {
    for (const leaf of this.#written(this.#sections[number - 1]?.blocks ?? [], blocks)) this.#changed.push(leaf);
  }

  finish(file: string): Promise<readonly Remark[]> {
    return this.#writing.write(this.#changed, file);
  }
}

/** Those leaves of `blocks` that say something else than the source's of the same id, and say it first. */
export function changedLeaves(source: readonly Block[], blocks: readonly Block[]): Leaf[] {
  const before = new Map([...leavesOf(source)].map((leaf) => [leaf.id, leaf]));
  return [...leavesOf(blocks)].filter((leaf) => {
    const was = before.get(leaf.id);
    if (leaf.sameAs !== undefined && leaf.sameAs !== leaf.id) return false;
    return was !== undefined && signatureOf(was.content) !== signatureOf(leaf.content);
  });
}

/** Those that `changedLeaves` gives, and those that were translated and say the same still. */
function writtenLeaves(source: readonly Block[], blocks: readonly Block[]): Leaf[] {
  const changed = new Set(changedLeaves(source, blocks));
  return [...leavesOf(blocks)].filter((leaf) => changed.has(leaf) || isTranslated(leaf));
}

function isTranslated({ segments = [] }: Leaf): boolean {
  return segments.some(({ outcome }) => outcome === "translated") && segments.every(({ outcome }) => outcome !== "failed");
}
