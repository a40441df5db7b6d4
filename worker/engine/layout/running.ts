import type { Layer } from "../document/model.ts";
import type { PageContent, Word } from "./content.ts";

/** Words at one height near the top or the foot of a page, from the edge inwards. */
interface EdgeRow {
  readonly key: string;
  readonly words: readonly Word[];
  /** Distance of its baseline from the page's edge, in points. */
  readonly depth: number;
  readonly size: number;
}

/** The share of a page's height in which running heads and feet stand. */
const ZONE = 0.14;
const MAX_ROWS = 4;
/** The same text this near, in points, is the same running head. */
const SAME_PLACE = 6;
/** What was seen on pages long ago runs no more. */
const MAX_SEEN = 400;
const PAGE_NUMBER = /^(?:page|seite|página|pagina|p\.)?\W*(?:\d{1,4}|[ivxlc]{1,7})(?:\W*(?:of|von|de|di|sur|\/)\W*\d{1,4})?\W*$/iu;

/**
 * Finds what repeats at the tops and feet of pages: the same text but for its figures, at the same height, on another page.
 * Knows the pages before and is shown some that follow; its memory is bounded.
 */
export class RunningHeads {
  readonly #seen = new Map<string, { depth: number; page: number }[]>();

  /** `page` with the layers of its running heads and feet set. */
  mark(page: PageContent, following: readonly PageContent[]): PageContent {
    const others = following.map(edgesOf);
    const layers = new Map<Word, Layer>();
    for (const edge of ["header", "footer"] as const) {
      const rows = edgesOf(page)[edge];
      const repeated = rows.map(
        (row) => this.#runs(edge, row, page.number) || others.some((other) => other[edge].some((it) => isSame(row, it))),
      );
      // What is nearer to the edge than a running head is one too; what is further in is the text's.
      const last = repeated.lastIndexOf(true);
      const innermost = rows.slice(0, last + 1).findLastIndex((_, index) => repeated[index] && isApart(rows, index));
      const count =
        innermost + 1 || (rows[0] && PAGE_NUMBER.test(textOf(rows[0])) && isApart(rows, 0) && this.#isOneOfMany(page, following) ? 1 : 0);
      for (const row of rows.slice(0, count)) for (const word of row.words) layers.set(word, edge);
      this.#remember(edge, rows, page.number);
    }
    if (layers.size === 0) return page;
    return {
      ...page,
      words: page.words.map((word) => (layers.has(word) && !word.layer ? { ...word, layer: layers.get(word) as Layer } : word)),
    };
  }

  #isOneOfMany(page: PageContent, following: readonly PageContent[]): boolean {
    return page.number > 1 || following.length > 0;
  }

  #runs(edge: Layer, row: EdgeRow, page: number): boolean {
    if (row.key === "") return false;
    return (this.#seen.get(`${edge} ${row.key}`) ?? []).some((it) => Math.abs(it.depth - row.depth) < SAME_PLACE && it.page !== page);
  }

  #remember(edge: Layer, rows: readonly EdgeRow[], page: number): void {
    for (const { key, depth } of rows) {
      if (key === "") continue;
      const name = `${edge} ${key}`;
      const known = (this.#seen.get(name) ?? []).filter((it) => Math.abs(it.depth - depth) >= 1).slice(-8);
      this.#seen.delete(name);
      this.#seen.set(name, [...known, { depth, page }]);
    }
    for (const name of this.#seen.keys()) {
      if (this.#seen.size <= MAX_SEEN) break;
      this.#seen.delete(name);
    }
  }
}

function isSame(a: EdgeRow, b: EdgeRow): boolean {
  return a.key !== "" && a.key === b.key && Math.abs(a.depth - b.depth) < SAME_PLACE;
}

function textOf({ words }: EdgeRow): string {
  return words.map(({ text }) => text).join(" ");
}

/** Whether more space than between lines of text is left behind the row, or nothing follows it. */
function isApart(rows: readonly EdgeRow[], index: number): boolean {
  const [row, next] = [rows[index], rows[index + 1]];
  return row !== undefined && (next === undefined || next.depth - row.depth > Math.max(row.size, next.size) * 1.65);
}

/** The outermost rows of a page within the zone, and one more, to see how far that is. */
function edgesOf({ words, geometry: { height } }: PageContent): { header: readonly EdgeRow[]; footer: readonly EdgeRow[] } {
  const level = words.filter(({ turn, text, layer }) => turn === 0 && text.trim() !== "" && layer === undefined);
  const from = (depth: (word: Word) => number): EdgeRow[] => {
    const near = level.filter((word) => depth(word) < height * ZONE * 2).sort((a, b) => depth(a) - depth(b));
    const rows: Word[][] = [];
    for (const word of near) {
      const row = rows.at(-1);
      if (row?.[0] && depth(word) - depth(row[0]) < Math.max(word.size, row[0].size) * 0.4) row.push(word);
      else if (rows.length > MAX_ROWS) break;
      else rows.push([word]);
    }
    const made = rows.map((row): EdgeRow => {
      const sorted = row.toSorted((a, b) => a.box.x0 - b.box.x0);
      const size = Math.max(...sorted.map((word) => word.size));
      return { key: keyOf(sorted), words: sorted, depth: depth(sorted[0] as Word), size };
    });
    const inZone = made.slice(0, MAX_ROWS).filter(({ depth }) => depth < height * ZONE);
    // The row behind these is no candidate, but shows whether the last of them stands apart.
    const behind = made[inZone.length];
    return behind ? [...inZone, { ...behind, key: "" }] : inZone;
  };
  return { header: from(({ baseline, size }) => baseline - size * 0.7), footer: from(({ baseline }) => height - baseline) };
}

/** Left and right pages have their parts in turn: their order does not count. */
function keyOf(words: readonly Word[]): string {
  return words
    .map(({ text }) => text.toLowerCase().replace(/\d+|^[ivxlc]+$/gu, "#"))
    .sort()
    .join(" ");
}
