import { withoutForeignSigns } from "./foreign_signs.ts";
import { type Inline, type Leaf, leavesOf, mapLeaves, type Page } from "./model.ts";
import { tagsMoved } from "./remarks.ts";
import type { Segment, Tag, Tagged } from "./segment.ts";
import { apply } from "./segments.ts";
import { repaired, toTagged, unwrapped, wrapped } from "./tagging.ts";

/** Of one text. */
const MAX_LETTERS = 20_000;

/** A translated page, and what its leaves had before they were translated. */
export interface KeptPage {
  readonly page: Page;
  /** By the leaf's id; of those that are not here the content is as it was. */
  readonly originals: Readonly<Record<string, readonly Inline[]>>;
}

/** What `source` has to be kept beside `translated`, so that segments of it can be corrected. */
export function keptPage(source: Page, translated: Page): KeptPage {
  const before = new Map([...leavesOf(source.blocks)].map((leaf) => [leaf.id, leaf]));
  const changed = [...leavesOf(translated.blocks)].flatMap((leaf): [string, readonly Inline[]][] => {
    const was = before.get(leaf.id);
    return was && was !== leaf && leaf.segments ? [[leaf.id, was.content]] : [];
  });
  return { page: translated, originals: Object.fromEntries(changed) };
}

/** A sentence or paragraph, and what it is to say: checked against its source, of which it must have every tag. */
export interface Correction {
  readonly id: string;
  readonly target: Tagged;
  /** What whoever corrects it takes for its source, where that is known. */
  readonly source?: string;
  /** The target is right also where it is what the segment says already: then nothing of it is doubted any more. */
  readonly confirms: boolean;
}

/** What a document's pages are corrected by, one after another. */
export class Corrections {
  readonly #open: Map<string, Correction>;
  /** Of texts that stand at several places: what the first says now, by its id. */
  readonly #said = new Map<string, readonly Inline[]>();
  readonly #faults: string[] = [];
  readonly #corrected = new Set<Segment>();

  /** Of each segment the last counts. */
  constructor(corrections: Iterable<Correction>) {
    this.#open = new Map(Array.from(corrections, (correction) => [correction.id, correction]));
  }

  /** Segments that say something else now. */
  get corrected(): ReadonlySet<Segment> {
    return this.#corrected;
  }

  /** What is wrong with corrections, those with it whose segments are of no page so far. They quote no text. */
  faults(): readonly string[] {
    return [...this.#faults, ...Array.from(this.#open.keys(), (id) => `there is no segment ${idShown(id)}`)];
  }

  /** The very same page if nothing of it is corrected. */
  apply({ page, originals }: KeptPage): Page {
    const changed = new Map<string, Leaf>();
    const moved = new Map<string, number>();
    for (const leaf of leavesOf(page.blocks)) {
      const segments = this.#segmentsOf(leaf);
      if (!segments) continue;
      const made = apply(originals[leaf.id] ?? leaf.content, segments);
      if (!this.#stands(segments, made.content)) continue;
      changed.set(leaf.id, { ...leaf, content: made.content, segments });
      moved.set(leaf.id, made.moved);
      if (leaf.sameAs === leaf.id) this.#said.set(leaf.id, made.content);
    }
    for (const leaf of leavesOf(page.blocks)) {
      const said = leaf.sameAs === undefined || leaf.sameAs === leaf.id ? undefined : this.#said.get(leaf.sameAs);
      if (said) changed.set(leaf.id, { ...leaf, content: said });
    }
    if (changed.size === 0) return page;
    const others = page.remarks.filter(({ code, block = "" }) => code !== "TAG_MOVED" || !moved.has(block));
    const remarks = [...moved].filter(([, count]) => count > 0).map(([block, count]) => tagsMoved(page.number, block, count));
    return { ...page, blocks: mapLeaves(page.blocks, (leaf) => changed.get(leaf.id) ?? leaf), remarks: [...others, ...remarks] };
  }

  /** With what is corrected; undefined if nothing is. */
  #segmentsOf({ segments = [] }: Leaf): Segment[] | undefined {
    let isChanged = false;
    const now = segments.map((segment) => {
      const correction = this.#open.get(segment.id);
      if (!correction) return segment;
      this.#open.delete(segment.id);
      const corrected = this.#correct(segment, correction);
      isChanged ||= corrected !== segment;
      return corrected;
    });
    return isChanged ? now : undefined;
  }

  #correct(segment: Segment, { id, target: given, source, confirms }: Correction): Segment {
    const target = withOuter(withoutForeignSigns(segment.source, given), segment.source);
    const isOther = source !== undefined && shown(source) !== shown(segment.source.text);
    // What its translator lost of it is nothing that whoever leaves it so has to mend.
    if (!isOther && isSame(target, segment) && !(confirms && isDoubted(segment))) return segment;
    const fault = isOther ? "its source is another" : faultOf(target, segment.source);
    if (fault) this.#faults.push(`segment ${id}: ${fault}`);
    if (fault) return segment;
    const corrected: Segment = isAs(target, segment.source)
      ? { id, source: segment.source, outcome: "kept", why: "as the source has it, by a correction" }
      : { id, source: segment.source, target, outcome: "translated" };
    this.#corrected.add(corrected);
    return corrected;
  }

  /** What a document had translated itself has no place for another text. */
  #stands(segments: readonly Segment[], content: readonly Inline[]): boolean {
    const { text } = toTagged(content);
    const lost = segments.find((segment) => this.#corrected.has(segment) && !text.includes((segment.target ?? segment.source).text));
    if (lost) this.#faults.push(`segment ${lost.id}: the document came with its translation, which cannot be replaced`);
    return lost === undefined;
  }
}

/** It comes from whoever corrects. */
function idShown(id: string): string {
  return /^[\w.-]{1,40}$/.test(id) ? id : "of such an id";
}

function isSame(target: Tagged, { source, target: before, outcome }: Segment): boolean {
  return outcome !== "failed" && isAs(repaired(source, target).target, repaired(source, before ?? source).target);
}

/** Tools break lines as they like, and XML has no controls. */
function shown(text: string): string {
  return text.toWellFormed().replace(/[\s\p{Cc}\uFFFE\uFFFF]+/gu, "");
}

function isDoubted({ doubts = [], unknown = [], terms }: Segment): boolean {
  return doubts.length > 0 || unknown.length > 0 || (terms?.missed.length ?? 0) > 0;
}

function isAs(one: Tagged, other: Tagged): boolean {
  return one.text === other.text && JSON.stringify(keysOf(one.tags)) === JSON.stringify(keysOf(other.tags));
}

function keysOf(tags: readonly Tag[]): unknown[] {
  return tags.map(({ id, at, kind }) => [id, at, kind]);
}

/** Tags that stand around the whole source may be left out: they stand around the whole text then. */
function withOuter(target: Tagged, source: Tagged): Tagged {
  const given = new Set(target.tags.map(({ id }) => id));
  return wrapped(
    target,
    unwrapped(source).outer.filter((id) => !given.has(id)),
  );
}

/** What is wrong with `target` as what a segment says; undefined if nothing is. */
function faultOf({ text, tags }: Tagged, source: Tagged): string | undefined {
  if (text.trim() === "") return "its text is empty";
  if (text.length > MAX_LETTERS) return `its text has more than ${MAX_LETTERS} characters`;
  const kinds = new Map(source.tags.map(({ id, kind }) => [id, kind === "atom"]));
  const open: number[] = [];
  const atoms = new Set<number>();
  for (const { id, kind } of tags) {
    const isAtom = kinds.get(id);
    if (isAtom === undefined) return `its source has no tag ${id}`;
    if (isAtom !== (kind === "atom"))
      return isAtom ? `tag ${id} is one that stands alone: <${id}/>` : `tag ${id} is one that opens and closes`;
    if (isAtom && atoms.has(id)) return `tag <${id}/> stands twice`;
    if (isAtom) atoms.add(id);
    else if (kind === "open") open.push(id);
    else if (open.pop() !== id) return `tag </${id}> closes what is not open, or not the last that was opened`;
  }
  if (open.length > 0) return `tag <${open.at(-1)}> is not closed`;
  const given = new Set(tags.map(({ id }) => id));
  const missing = [...kinds.keys()].find((id) => !given.has(id));
  return missing === undefined ? undefined : `tag ${missing} is missing`;
}
