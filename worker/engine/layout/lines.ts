import type { Word } from "./content.ts";
import { type Line, lineOf, median, type Token, topOf } from "./token.ts";

/** Lines at one height, left to right: one for each run of words without a gap that could part columns. */
export interface Row {
  readonly lines: readonly Line[];
  readonly base: number;
  readonly size: number;
}

/** Baselines nearer than this, in sizes, are one. */
const SAME_BASE = 0.22;
/** A gap wider than this, in sizes, may part columns or cells: word spaces are a quarter to a half, a gutter of 8 points 0.7 and more. */
export const MAY_PART = 0.6;
/** Type smaller than this part of its neighbour's, off its baseline, is raised or lowered. */
const SCRIPT_SIZE = 0.88;
const SCRIPT_LETTERS = 8;
const DROP_CAP_SIZE = 1.8;
const MAX_DROP_CAPS = 12;

/** Rows from top to bottom, with raised and lowered words in the line of their neighbours, and drop caps in front of their word. */
export function rowsOf(tokens: readonly Token[]): Row[] {
  const { initials, others } = takeDropCaps(tokens);
  const clusters = attachScripts(clusterByBase(others));
  return clusters
    .filter((cluster) => cluster.length > 0)
    .map((cluster) => rowOf(split(cluster).map((run) => lineOf(prepend(run, initials)))))
    .sort((a, b) => a.base - b.base);
}

export function rowOf(lines: readonly Line[]): Row {
  return {
    lines: lines.toSorted((a, b) => a.x0 - b.x0),
    base: median(lines.map(({ base }) => base)),
    size: Math.max(...lines.map(({ size }) => size)),
  };
}

function clusterByBase(tokens: readonly Token[]): Token[][] {
  const clusters: { base: number; size: number; tokens: Token[] }[] = [];
  const ocrLines = new Map<string, { base: number; size: number; tokens: Token[] }>();
  for (const token of levelled(tokens).sort((a, b) => a.base - b.base)) {
    const { ocr } = token.word;
    const key = ocr && `${ocr.block} ${ocr.paragraph} ${ocr.line}`;
    const known = key ? ocrLines.get(key) : undefined;
    const last = known ?? clusters.at(-1);
    if (last && (known || token.base - last.base <= SAME_BASE * Math.min(token.size, last.size))) {
      last.base += (token.base - last.base) / (last.tokens.length + 1);
      last.tokens.push(token);
      if (key) ocrLines.set(key, last);
    } else {
      const cluster = { base: token.base, size: token.size, tokens: [token] };
      clusters.push(cluster);
      if (key) ocrLines.set(key, cluster);
    }
  }
  return clusters.map((cluster) => cluster.tokens);
}

/** The sizes that OCR measures differ from word to word of a line; its lines do not. */
function levelled(tokens: readonly Token[]): Token[] {
  const sizes = new Map<string, number[]>();
  const keyOf = ({ word: { ocr } }: Token) => (ocr ? `${ocr.block} ${ocr.paragraph} ${ocr.line}` : "");
  for (const token of tokens) {
    if (!token.word.ocr) continue;
    const key = keyOf(token);
    const known = sizes.get(key);
    if (known) known.push(token.size);
    else sizes.set(key, [token.size]);
  }
  const medians = new Map([...sizes].map(([key, values]) => [key, median(values)]));
  return tokens.map((token) => ({ ...token, size: medians.get(keyOf(token)) ?? token.size }));
}

/** Moves each small word off the baseline to the line of the larger word that it touches. */
function attachScripts(clusters: Token[][]): Token[][] {
  const rows = clusters.map((tokens) => ({
    tokens: tokens.sort((a, b) => a.box.x0 - b.box.x0),
    base: median(tokens.map(({ base }) => base)),
  }));
  const largest = Math.max(0, ...rows.flatMap(({ tokens }) => tokens.map(({ size }) => size)));
  for (const row of rows) {
    for (const token of row.tokens) {
      if (token.script || token.word.ocr || token.word.text.length > SCRIPT_LETTERS) continue;
      const reach = Math.min(largest, token.size * 3) * 0.7;
      for (let index = firstFrom(rows, token.base - reach); index < rows.length; index++) {
        const host = rows[index];
        if (!host || host.base > token.base + reach) break;
        if (host === row) continue;
        if (isSunken(host.tokens, token)) {
          row.tokens = row.tokens.filter((other) => other !== token);
          const at = placeIn(host.tokens, token.box.x0);
          const next = host.tokens[at];
          if (next) host.tokens[at] = { ...next, glued: true };
          insert(host.tokens, { ...token, base: host.base, glued: true });
          break;
        }
        const script = scriptOn(host.tokens, token);
        if (!script) continue;
        row.tokens = row.tokens.filter((other) => other !== token);
        const before = host.tokens[placeIn(host.tokens, token.box.x0) - 1];
        const glued = token.glued || (before !== undefined && token.box.x0 - before.box.x1 < before.size * 0.2);
        insert(host.tokens, { ...token, script, glued });
        break;
      }
    }
  }
  return rows.map(({ tokens }) => tokens);
}

function firstFrom(rows: readonly { readonly base: number }[], base: number): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.base ?? 0) < base) low = middle + 1;
    else high = middle;
  }
  return low;
}

function placeIn(tokens: readonly Token[], x: number): number {
  let [low, high] = [0, tokens.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((tokens[middle]?.box.x0 ?? 0) <= x) low = middle + 1;
    else high = middle;
  }
  return low;
}

function insert(tokens: Token[], token: Token): void {
  tokens.splice(placeIn(tokens, token.box.x0), 0, token);
}

/** Whether a letter stands a little off the line within a word of its own size, as the E of "TeX" does. */
function isSunken(host: readonly Token[], token: Token): boolean {
  if (!/^\p{L}{1,2}$/u.test(token.word.text)) return false;
  const at = placeIn(host, token.box.x0);
  const [before, after] = [host[at - 1], host[at]];
  if (!before || !after || /\P{L}$/u.test(before.word.text) || !/^\p{L}/u.test(after.word.text)) return false;
  const touch = (gap: number) => gap < token.size * 0.08 && gap > -token.size * 0.4;
  return (
    [before, after].every(({ size, base }) => Math.abs(size - token.size) < size * 0.35 && Math.abs(base - token.base) < size * 0.4) &&
    touch(token.box.x0 - before.box.x1) &&
    touch(after.box.x0 - token.box.x1)
  );
}

function scriptOn(host: readonly Token[], token: Token): "super" | "sub" | undefined {
  const at = placeIn(host, token.box.x0);
  const [before, after] = [host[at - 1], host[at]];
  for (const neighbour of [before, after]) {
    if (!neighbour) continue;
    const gap = neighbour === before ? token.box.x0 - neighbour.box.x1 : neighbour.box.x0 - token.box.x1;
    if (neighbour.script) {
      const isLike = Math.abs(neighbour.size - token.size) < token.size * 0.2 && Math.abs(neighbour.base - token.base) < token.size * 0.3;
      if (isLike && gap < token.size * 0.4 && gap > -token.size * 0.7) return neighbour.script;
      continue;
    }
    const { size } = neighbour;
    if (token.size >= size * SCRIPT_SIZE || gap > size * 0.35 || gap < -size * 0.7) continue;
    const raised = (neighbour.base - token.base) / size;
    if (raised > 0.12 && raised < 0.7) return "super";
    if (raised < -0.08 && raised > -0.4) return "sub";
  }
  return undefined;
}

/** Runs of words of one baseline without a gap that could part columns. */
function split(tokens: readonly Token[]): Token[][] {
  const runs: Token[][] = [];
  let [end, size] = [Number.NEGATIVE_INFINITY, 0];
  for (const token of tokens.toSorted((a, b) => a.box.x0 - b.box.x0)) {
    const run = runs.at(-1);
    const gap = token.box.x0 - end;
    const glued = token.glued || (run !== undefined && touches(token, gap));
    if (run && (token.glued ? gap < token.size * 2 : gap <= Math.max(size, token.size) * MAY_PART)) run.push({ ...token, glued });
    else runs.push([token]);
    [end, size] = [run === runs.at(-1) ? Math.max(end, token.box.x1) : token.box.x1, token.size];
  }
  return runs;
}

/** Parts of a word of a text layer, or a comma set by itself, leave no space between them. OCR has no such parts. */
function touches({ word, size, script }: Token, gap: number): boolean {
  return !word.ocr && !script && Math.abs(gap) < size * 0.06;
}

/** Where a drop cap belongs: in front of `before`; the lines beside it begin at its left edge. */
interface Initial {
  readonly cap: Token;
  readonly before: Token;
  readonly beside: ReadonlySet<Word>;
  /** The cap is a word by itself. */
  readonly apart: boolean;
}

/** Drop caps: one or two letters much larger than the two lines or more that stand beside them. */
function takeDropCaps(tokens: readonly Token[]): { initials: Initial[]; others: readonly Token[] } {
  const size = median(tokens.map((token) => token.size));
  const initials: Initial[] = [];
  for (const cap of tokens) {
    if (initials.length >= MAX_DROP_CAPS) break;
    if (cap.size < size * DROP_CAP_SIZE || !/^["'“«‘¿¡]?\p{L}{1,2}$/u.test(cap.word.text)) continue;
    const beside = tokens.filter(
      (token) =>
        token.size * DROP_CAP_SIZE <= cap.size &&
        token.box.x0 > cap.box.x1 - token.size * 0.3 &&
        token.box.x0 < cap.box.x1 + token.size * 1.5 &&
        token.base > topOf(cap) &&
        token.base < cap.base + token.size * 0.3,
    );
    const first = beside.toSorted((a, b) => a.base - b.base)[0];
    if (first && beside.some((token) => token.base > first.base + first.size * 0.8))
      initials.push({
        cap,
        before: first,
        beside: new Set(beside.map(({ word }) => word)),
        apart: isWordByItself(cap.word.text, first.word.text, tokens),
      });
  }
  const caps = new Set(initials.map(({ cap }) => cap));
  return { initials, others: caps.size > 0 ? tokens.filter((token) => !caps.has(token)) : tokens };
}

/** "A" and "I" are words where a word can begin behind them: "A garden", "I have", but "After", "In". */
const WORD_BEGINS =
  /^(?:[bcdfghjklmnpqrstvwyz](?=[aeiouy])|bl|br|ch|cl|cr|dr|fl|fr|gl|gr|kn|ph|pl|pr|qu|sc|sh|sk|sl|sm|sn|sp|st|sw|th|tr|tw|wh|wr)/;

function isWordByItself(cap: string, rest: string, tokens: readonly Token[]): boolean {
  const letter = cap.replace(/^\P{L}/u, "");
  if (!/^[AIOYEUÀÉÓ]$/.test(letter)) return false;
  if (tokens.filter(({ word }) => word.text === rest).length > 1) return true;
  return (letter === "A" || letter === "I") && rest.length > 2 && WORD_BEGINS.test(rest);
}

function prepend(run: readonly Token[], initials: readonly Initial[]): readonly Token[] {
  const [first] = run;
  for (const { cap, before, beside, apart } of first ? initials : []) {
    if (!first || !beside.has(first.word)) continue;
    // The lines beside the cap begin where it does, so that they are not taken for indented.
    if (first.word !== before.word) return [{ ...first, box: { ...first.box, x0: cap.box.x0 } }, ...run.slice(1)];
    const initial = { ...cap, base: first.base, size: first.size, box: { ...cap.box, y1: first.box.y1 } };
    return [initial, { ...first, glued: !apart }, ...run.slice(1)];
  }
  return run;
}
