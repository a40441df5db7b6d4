import { baseOf } from "../../document/language_code.ts";
import { type Inline, type Leaf, leavesOf, mapLeaves, type Page } from "../../document/model.ts";
import { type Remark, tagsMoved } from "../../document/remarks.ts";
import type { Segment, Tagged } from "../../document/segment.ts";
import { apply, sourcesOf } from "../../document/segments.ts";
import { unitOf } from "../../document/unit.ts";
import type { LanguagePair, Translator } from "../../ports/translator.ts";
import { Ahead } from "./ahead.ts";
import { type Asking, ask, type Judged } from "./asking.ts";
import { judgeBy, type Strictness } from "./checks/checks.ts";
import { keepRule } from "./keep.ts";
import { type Detect, nameOf, openDetector, otherLanguage, servedName } from "./language.ts";
import { keyOf, UnitMemory } from "./memory.ts";

/** What goes to a translator of sentences at once: enough to keep its programs busy, and little enough that a page's progress is told of. */
const BATCH_UNITS = { least: 8, most: 32 };
const BATCHES_OF_A_PAGE = 8;
const BATCH_LETTERS = 4_000;
/** To one of paragraphs, which is a server's: as much as it may be given (sandbox/messages.ts), for each question waits as long. */
const WIDE_BATCH = { units: 64, letters: 16_000 };
/** So many pages are asked for before the first of them is done. */
const PAGES_AHEAD = 4;
const BATCHES_AHEAD = 5;
/** So many texts that stand at several places are remembered; of others the translator, or its memory, is asked again. */
const MAX_SAID = 50_000;

/** What the translation of one document shares. */
export interface Translating extends Asking {
  readonly pair: LanguagePair;
  /** All that is served, for sentences in a third language. */
  readonly pairs: readonly LanguagePair[];
  readonly unit: "sentence" | "paragraph";
  readonly detect: Detect;
  readonly memory: UnitMemory;
  /** Absent for a translator that is at hand. */
  readonly ahead?: Ahead;
  /** Of leaves that were asked for ahead. */
  readonly tasks: WeakMap<Leaf, readonly Task[]>;
  /** What became of texts that stand at several places, by the first one's id. */
  readonly said: Map<string, readonly Inline[]>;
}

/** Loads what takes long to load, ahead of the first document. */
export async function loadTranslating(): Promise<void> {
  await openDetector();
  sourcesOf([{ kind: "text", text: "Loaded." }], { language: "en", unit: "sentence" });
}

/** Throws what the translator throws. */
export async function startTranslating(
  pair: LanguagePair,
  translator: Translator,
  { signal, strictness }: { readonly signal: AbortSignal; readonly strictness?: Strictness },
): Promise<Translating> {
  const [pairs, unit, detect] = await Promise.all([translator.pairs(), translator.unitOf(pair), openDetector()]);
  const judge = judgeBy(detect, strictness);
  const ahead = unit === "paragraph" ? new Ahead(translator, signal) : undefined;
  return {
    ...{ pair, pairs, unit, judge, detect, signal, outages: 0, translator: ahead ?? translator, ...(ahead && { ahead }) },
    ...{ memory: new UnitMemory(), said: new Map(), tasks: new WeakMap() },
  };
}

/** The pages in order, each after the next few were asked for, where their translator is far away. Throws what `pages` throws. */
export async function* askedAhead(pages: AsyncIterable<Page>, work: Translating): AsyncGenerator<Page> {
  const asked: Page[] = [];
  for await (const page of pages) {
    begin(page, work);
    asked.push(page);
    const [first] = asked;
    if (first && asked.length > (work.ahead ? PAGES_AHEAD : 0)) yield asked.shift() ?? first;
  }
  yield* asked;
}

function begin(page: Page, work: Translating): void {
  const { ahead } = work;
  if (!ahead || page.failure !== undefined) return;
  // Of leaves that are the same as others, those others are asked for.
  const leaves = [...leavesOf(page.blocks)].filter(({ id, segments, sameAs = id }) => segments === undefined && sameAs === id);
  const open = leaves.flatMap((leaf) => tasksOf(leaf, work)).filter((task) => isOpen(task, work));
  for (const batch of batchesOf(different(open), work)) ahead.begin(unitsOf(batch), pairOf(batch));
}

/**
 * Translates a page. `onShare` hears now and then how much of it is done, 0 to 1. Throws EngineError
 * TRANSLATOR_UNAVAILABLE when the translator is down; the signal's reason.
 */
export async function translatePage(page: Page, work: Translating, onShare: (share: number) => void = () => undefined): Promise<Page> {
  // What has segments was translated before: its format says what became of it.
  const leaves = [...leavesOf(page.blocks)].filter(({ segments }) => segments === undefined);
  const here = new Set(leaves.map(({ id }) => id));
  const isSaid = ({ id, sameAs }: Leaf) => sameAs !== undefined && sameAs !== id && (here.has(sameAs) || work.said.has(sameAs));
  const untold = leaves.filter((leaf) => !isSaid(leaf));
  const tasks = untold.flatMap((leaf) => tasksOf(leaf, work));
  const segments = Map.groupBy(await segmentsOf(tasks, work, onShare), ({ leaf }) => leaf);
  const remarks: Remark[] = [];
  const translated = new Map<Leaf, Leaf>();
  for (const leaf of leaves) {
    const said = isSaid(leaf) ? work.said.get(leaf.sameAs ?? "") : undefined;
    if (said) {
      translated.set(leaf, { ...leaf, content: said });
      continue;
    }
    const own = (segments.get(leaf) ?? []).map(({ segment }) => segment);
    const { content, moved } = apply(leaf.content, own);
    const isFirst = leaf.sameAs === undefined || leaf.sameAs === leaf.id;
    translated.set(leaf, { ...leaf, content, ...(isFirst && { segments: own }) });
    if (leaf.sameAs !== undefined) work.said.set(leaf.sameAs, content);
    if (moved > 0 && isFirst) remarks.push(tagsMoved(page.number, leaf.id, moved));
  }
  forget(work.said);
  return { ...page, blocks: mapLeaves(page.blocks, (leaf) => translated.get(leaf) ?? leaf), remarks: [...page.remarks, ...remarks] };
}

/** What was met first goes first; between pages, for the leaves of one rely on what was said when it began. */
function forget(said: Map<string, readonly Inline[]>): void {
  for (const oldest of said.keys()) {
    if (said.size <= MAX_SAID) return;
    said.delete(oldest);
  }
}

/** A sentence, and what is to be done with it. */
interface Task {
  readonly id: string;
  readonly leaf: Leaf;
  readonly source: Tagged;
  /** Why it is kept; or else it is translated. */
  readonly kept?: string;
  /** The document's, unless the sentence is in a third language. */
  readonly pair: LanguagePair;
  /** What the translator is given: without the spans around all of it, its tags numbered from 1. */
  readonly unit: Tagged;
  readonly restore: (target: Tagged) => Tagged;
}

function tasksOf(leaf: Leaf, work: Translating): readonly Task[] {
  const known = work.tasks.get(leaf);
  if (known) return known;
  const tasks = sourcesOf(leaf.content, { language: baseOf(work.pair.source), unit: work.unit }).map((source, index) =>
    taskOf(`${leaf.id}s${index + 1}`, source, leaf, work),
  );
  if (work.ahead) work.tasks.set(leaf, tasks);
  return tasks;
}

function taskOf(id: string, source: Tagged, leaf: Leaf, work: Translating): Task {
  const { pair } = work;
  const { unit, restore } = unitOf(source);
  const task = { id, leaf, source, pair, unit, restore };
  const rule = keepRule(source.text);
  if (rule) return { ...task, kept: rule };
  const other = otherLanguage(source.text, pair, work.detect);
  if (other === undefined) return task;
  if (other === pair.target) return { ...task, kept: "in the target language already" };
  const name = servedName(other, pair.target, work.pairs);
  if (name !== undefined) return { ...task, pair: { source: name, target: pair.target } };
  return { ...task, kept: `in ${nameOf(other)}, from which no translator serves ${other}→${pair.target}` };
}

interface Done {
  readonly leaf: Leaf;
  readonly segment: Segment;
}

async function segmentsOf(tasks: readonly Task[], work: Translating, onShare: (share: number) => void): Promise<Done[]> {
  const letters = tasks.reduce((sum, { source }) => sum + source.text.length, 0);
  const open = different(tasks.filter((task) => isOpen(task, work)));
  const answers = new Map<string, Judged>();
  let read = letters - open.reduce((sum, { source }) => sum + source.text.length, 0);
  const batches = batchesOf(open, work);
  for (const [at, batch] of batches.entries()) {
    const pair = pairOf(batch);
    for (const next of batches.slice(at, at + BATCHES_AHEAD)) work.ahead?.begin(unitsOf(next), pairOf(next));
    const judged = await ask(unitsOf(batch), pair, work);
    for (const [index, { unit, source }] of batch.entries()) {
      const answer = judged[index] as Judged;
      answers.set(keyOf(unit, pair), answer);
      work.memory.keep(unit, pair, answer);
      read += source.text.length;
    }
    onShare(Math.min(1, read / Math.max(1, letters)));
  }
  for (const { unit, pair } of tasks) work.ahead?.forget([unit], pair);
  return tasks.map((task) => {
    const answer = answers.get(keyOf(task.unit, task.pair)) ?? work.memory.recall(task.unit, task.pair);
    return { leaf: task.leaf, segment: segmentOf(task, answer) };
  });
}

function isOpen({ kept, unit, pair }: Task, { memory }: Translating): boolean {
  return kept === undefined && !memory.recall(unit, pair);
}

/** Each text once. */
function different(tasks: readonly Task[]): Task[] {
  return [...new Map(tasks.map((task) => [keyOf(task.unit, task.pair), task])).values()];
}

function unitsOf(batch: readonly Task[]): Tagged[] {
  return batch.map(({ unit }) => unit);
}

/** They have all the same. */
function pairOf(batch: readonly Task[]): LanguagePair {
  return (batch[0] as Task).pair;
}

function segmentOf({ id, source, kept, restore }: Task, judged: Judged | undefined): Segment {
  if (kept !== undefined) return { id, source, outcome: "kept", why: kept };
  if (judged?.answer.kind !== "translated" || judged.verdict === "failed")
    return { id, source, outcome: "failed", why: judged?.reasons[0] ?? "the translator did not answer" };
  const { target, unknown, by, terms, similarity } = judged.answer;
  return {
    ...{ id, source, target: restore(target), outcome: "translated" },
    ...(unknown.length > 0 && { unknown }),
    ...(by && { by }),
    ...(judged.verdict === "doubt" && { doubts: judged.reasons }),
    ...(terms && terms.found > 0 && { terms: { found: terms.found, missed: terms.missed } }),
    ...(similarity !== undefined && { similarity }),
  };
}

/** Of one pair each, in order. */
function batchesOf(tasks: readonly Task[], { ahead }: Translating): Task[][] {
  const batches: Task[][] = [];
  const narrow = Math.min(Math.max(BATCH_UNITS.least, Math.ceil(tasks.length / BATCHES_OF_A_PAGE)), BATCH_UNITS.most);
  const [size, most] = ahead ? [WIDE_BATCH.units, WIDE_BATCH.letters] : [narrow, BATCH_LETTERS];
  let letters = 0;
  for (const task of tasks) {
    const last = batches.at(-1);
    letters += weightOf(task);
    const fits = last && last.length < size && letters <= most && last[0]?.pair.source === task.pair.source;
    if (fits) last.push(task);
    else {
      batches.push([task]);
      letters = weightOf(task);
    }
  }
  return batches;
}

/** In letters: a tag is as much as one, for who is asked takes no question with tags beyond number (sandbox/messages.ts). */
function weightOf({ unit: { text, tags } }: Task): number {
  return text.length + tags.length;
}
