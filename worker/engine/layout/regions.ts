import { areaOf, type Box } from "../document/geometry.ts";
import type { Block } from "../document/model.ts";
import { blocksOf, type Making, tableBlock } from "./blocks.ts";
import type { Area, Rule } from "./content.ts";
import { cut, type Piece } from "./cuts.ts";
import type { PageFacts } from "./facts.ts";
import { floatsIn, withoutFloats } from "./floats.ts";
import type { Grid } from "./grid.ts";
import type { Island } from "./gutters.ts";
import { joinColumns } from "./join.ts";
import { type Row, rowsOf } from "./lines.ts";
import { pullQuotes } from "./pull_quotes.ts";
import { type RuledTable, ruledTables } from "./ruled.ts";
import { boxesWithText, drawings, holds, pictures } from "./shapes.ts";
import { type Line, lineOf, type Plane, type Token, topOf } from "./token.ts";

/** What stands upright on a part of a page. */
export interface Region {
  readonly tokens: readonly Token[];
  readonly rules: readonly Rule[];
  readonly areas: readonly Area[];
  readonly images: readonly Box[];
}

/** What is the same for all regions of a page. */
export interface Whole {
  readonly facts: PageFacts;
  readonly plane: Plane;
  readonly plain?: Making["plain"] | undefined;
}

const MAX_DEPTH = 6;

/**
 * The blocks of a region in reading order. What has an outline of its own (tables, boxes with text, pictures) is taken out
 * and laid out by itself; the rest is cut into columns around it.
 */
export function layRegion(region: Region, whole: Whole, depth = 0): Block[] {
  let { tokens } = region;
  const islands: Island<readonly Block[]>[] = [];
  const tables: Box[] = [];
  const take = (box: Box, make: (inside: readonly Token[]) => readonly Block[]) => {
    const inside = tokens.filter((token) => holds(box, token));
    tokens = tokens.filter((token) => !holds(box, token));
    islands.push({ box, value: make(inside) });
  };
  const { rules, areas } = region;
  const shown = depth === 0 ? pictures(region.images, tokens, whole.plane) : [];
  const making = (extra: Partial<Making> = {}): Making => ({
    ...whole,
    separators: levelRules(rules),
    beside: [...shown, ...tables],
    ...extra,
  });
  for (const table of ruledTables(tokens, rules, areas)) {
    tables.push(table.box);
    const words = new Set(table.rows.flatMap((row) => row.flatMap((cell) => cell.tokens)));
    tokens = tokens.filter((token) => !words.has(token));
    islands.push({ box: table.box, value: [tableBlock(gridOf(table), making())] });
  }
  if (depth < MAX_DEPTH) {
    for (const box of boxesWithText(areas, tokens, whole.facts.size)) {
      if (!tokens.some((token) => holds(box, token))) continue;
      const inner = {
        rules: rules.filter((rule) => inside(rule.box, box)),
        areas: areas.filter((area) => inside(area.box, box) && areaOf(area.box) < areaOf(box) * 0.98),
      };
      take(box, (words) => layRegion({ tokens: words, images: [], ...inner }, whole, depth + 1));
    }
  }
  for (const box of depth === 0 ? drawings(areas, [...tables, ...shown], tokens) : []) islands.push({ box, value: [] });
  for (const box of shown) {
    take(box, (words) => {
      const figure: Block = { kind: "figure", id: "", frames: [whole.plane.place(whole.facts.page, box)], content: [] };
      const on = layRegion({ tokens: words, rules: [], areas: [], images: [] }, { ...whole, plain: "picture" }, depth + 1);
      return [figure, ...on];
    });
  }
  const separators = levelRules(rules);
  const quotations = depth === 0 && !whole.plain ? pullQuotes(tokens, separators, whole.facts) : [];
  const quoted = new Set(quotations.flatMap(({ words }) => words.map(({ word }) => word)));
  tokens = tokens.filter(({ word }) => !quoted.has(word));
  const others = separators.filter((rule) => !quotations.some((quotation) => quotation.rules.includes(rule)));
  const pieces = cut({ rows: rowsOf(tokens), islands }, uprightRules(rules));
  const asides = quotations.map(({ words, box }): Island<readonly Block[]> => {
    const inner = { tokens: words, rules: [], areas: [], images: [] };
    return { box, value: layRegion(inner, { ...whole, plain: "quotation" }, depth + 1) };
  });
  return joinColumns(
    asides.reduce(beside, pieces).map((piece) => pieceBlocks(piece, making({ separators: others }))),
    whole.facts,
  );
}

/** The columns with a quotation over the gutter beside them: all go around it, and it comes with the first. */
function beside(pieces: readonly Piece<readonly Block[]>[], { box, value }: Island<readonly Block[]>): Piece<readonly Block[]>[] {
  let left = value;
  const placed = pieces.map((piece) => {
    if (piece.kind !== "column" || floatsIn(piece.rows, [box]).length === 0) return piece;
    const island = { box, value: left };
    left = [];
    return { ...piece, islands: [...piece.islands, island] };
  });
  return left.length > 0 ? [...placed, { kind: "column", rows: [], islands: [{ box, value: left }] }] : placed;
}

function inside(box: Box, outer: Box): boolean {
  return box.x0 >= outer.x0 - 1 && box.x1 <= outer.x1 + 1 && box.y0 >= outer.y0 - 1 && box.y1 <= outer.y1 + 1;
}

function levelRules(rules: readonly Rule[]): Box[] {
  return rules.map(({ box }) => box).filter(({ x0, y0, x1, y1 }) => x1 - x0 > 15 && y1 - y0 < 6);
}

function uprightRules(rules: readonly Rule[]): Box[] {
  return rules.map(({ box }) => box).filter(({ x0, y0, x1, y1 }) => y1 - y0 > 15 && x1 - x0 < 6);
}

function gridOf({ box, rows }: RuledTable): Grid {
  return {
    box,
    rows: rows.map((row) => row.map(({ tokens, rowSpan, columnSpan }) => ({ lines: rowsOf(tokens).map(lineOfRow), rowSpan, columnSpan }))),
  };
}

function lineOfRow({ lines }: Row): Line {
  return lineOf(lines.flatMap(({ tokens }) => tokens));
}

/** Whether a row stands left of a box, at its height: it is read first. */
function isLabelOf({ lines, base }: Row, { x0, y1 }: Box): boolean {
  return base < y1 && lines.every((line) => line.x1 <= x0);
}

/** A column's rows, and what stands between them. */
function pieceBlocks(piece: Piece<readonly Block[]>, making: Making): Block[] {
  if (piece.kind === "table") return [tableBlock(piece.grid, making)];
  const blocks: Block[] = [];
  let rows: Row[] = [];
  const boxes = floatsIn(
    piece.rows,
    piece.islands.map(({ box }) => box),
  );
  const floats = piece.islands.filter(({ box }) => boxes.includes(box));
  const flush = () => {
    if (rows.length > 0) blocks.push(...withFloats(blocksOf(withoutFloats(rows, boxes), making), floats, making.plane));
    rows = [];
  };
  const islands = piece.islands.filter((island) => !floats.includes(island)).toSorted((a, b) => a.box.y0 - b.box.y0 || a.box.x0 - b.box.x0);
  for (const row of piece.rows) {
    while (islands[0] && islands[0].box.y0 <= topOf(row) + row.size * 0.3 && !isLabelOf(row, islands[0].box)) {
      flush();
      blocks.push(...(islands.shift()?.value ?? []));
    }
    rows.push(row);
  }
  flush();
  for (const { value } of [...floats, ...islands]) blocks.push(...value);
  return blocks;
}

/** Blocks with what they go around behind the one in whose course it begins, which is taken out of `floats`. */
function withFloats(blocks: readonly Block[], floats: Island<readonly Block[]>[], plane: Plane): Block[] {
  return blocks.flatMap((block) => {
    const bottom = Math.max(...(block.frames ?? []).map(({ box }) => plane.box(box).y1));
    const here = floats.filter(({ box }) => box.y0 < bottom);
    for (const island of here) floats.splice(floats.indexOf(island), 1);
    return [block, ...here.flatMap(({ value }) => value)];
  });
}
