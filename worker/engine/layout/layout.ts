import type { QuarterTurn } from "../document/geometry.ts";
import type { Block, Cell, Graphic, Layer, ListItem, Page } from "../document/model.ts";
import type { PageContent, Word } from "./content.ts";
import { factsOf } from "./facts.ts";
import { layRegion, type Region } from "./regions.ts";
import { type Plane, planeOf } from "./token.ts";

/** In the order that they are read. */
const LAYERS: readonly Layer[] = ["header", "body", "note", "margin", "footer"];
/** Pages of PDFs with drawings may have tens of thousands. */
const MAX_GRAPHICS = 2000;

/**
 * Lays out one page: its words, rules, areas and pictures become blocks in reading order. Each word is in them once,
 * but for marks of lists and hyphens at line ends. Pure; running heads are known only if `flow` has marked them.
 */
export function layOut(content: PageContent): Page {
  const words = content.words.filter(({ text }) => text.trim() !== "");
  const main = mainTurn(words);
  const layers = LAYERS.map((layer): [Layer, Block[]] => [
    layer,
    layerBlocks(
      content,
      words.filter((word) => (word.layer ?? "body") === layer),
      layer,
      main,
    ),
  ]);
  const blocks = layers.flatMap(([, made]) => made);
  const notes = blocks.filter(({ layer }) => layer === "note");
  const margin = blocks.filter(({ layer }) => layer === "margin");
  const footer = blocks.filter(({ layer }) => layer === "footer");
  const others = blocks.filter(({ layer }) => layer !== "note" && layer !== "margin" && layer !== "footer");
  const { number, geometry, remarks, ocr, failure } = content;
  const graphics = graphicsOf(content);
  return {
    number,
    geometry,
    blocks: numbered([...others, ...notes, ...margin, ...footer, ...unseenBlocks(content)], number),
    ...(graphics.length > 0 ? { graphics } : {}),
    remarks,
    ...(failure === undefined ? {} : { failure }),
    ...(ocr === undefined ? {} : { ocr }),
  };
}

function unseenBlocks({ unseen = [] }: PageContent): Block[] {
  return unseen.map(({ text, anchor }) => ({ kind: "paragraph", id: "", layer: "unseen", content: [{ kind: "text", text }], anchor }));
}

/** The turn of most letters. */
function mainTurn(words: readonly Word[]): QuarterTurn {
  const letters = new Map<QuarterTurn, number>();
  for (const { turn, text } of words) letters.set(turn, (letters.get(turn) ?? 0) + text.length);
  return [...letters].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 0;
}

/** Words of each turn are laid out by themselves, those of the page's main turn first and around what is drawn. */
function layerBlocks(content: PageContent, words: readonly Word[], layer: Layer, main: QuarterTurn): Block[] {
  const turns: readonly QuarterTurn[] = [main, ...([0, 90, 180, 270] as const).filter((turn) => turn !== main)];
  const body = words.filter(({ turn }) => turn === main);
  return turns.flatMap((turn) => {
    const own = turn === main ? body : words.filter((word) => word.turn === turn);
    const drawn = turn === main && layer === "body";
    if (own.length === 0 && !(drawn && content.images.length > 0)) return [];
    const plane = planeOf(turn, content.geometry.width, content.geometry.height);
    const region = regionOf(content, own, plane, drawn);
    const blocks = layRegion(region, {
      facts: factsOf(content.number, region.tokens, plane.height),
      plane,
      plain: layer === "body" ? undefined : layer,
    });
    return turn === main || layer !== "body"
      ? blocks
      : blocks.map((block) => (isBeside(block, body) ? { ...block, layer: "margin" } : block));
  });
}

function regionOf({ rules, areas, images }: PageContent, words: readonly Word[], plane: Plane, drawn: boolean): Region {
  return {
    tokens: words.map(plane.token),
    rules: rules.map(({ box }) => ({ box: plane.box(box) })),
    areas: drawn ? areas.map((area) => ({ ...area, box: plane.box(area.box) })) : [],
    images: drawn ? images.map(plane.box) : [],
  };
}

/** Whether a turned block stands in the margin of the page's text. */
function isBeside({ frames = [] }: Block, body: readonly Word[]): boolean {
  const x0 = Math.min(...body.map(({ box }) => box.x0));
  const x1 = Math.max(...body.map(({ box }) => box.x1));
  return body.length === 0 || frames.every(({ box }) => box.x1 <= x0 + 1 || box.x0 >= x1 - 1);
}

function graphicsOf({ rules, areas, images }: PageContent): Graphic[] {
  const drawn: Graphic[] = [
    ...images.map((box): Graphic => ({ kind: "image", box })),
    ...areas.map(({ box, fill }): Graphic => ({ kind: "area", box, ...(fill === undefined ? {} : { color: fill }) })),
    ...rules.map(({ box }): Graphic => ({ kind: "rule", box })),
  ];
  return drawn.slice(0, MAX_GRAPHICS);
}

/** Blocks with their ids, in reading order, those within others too. */
function numbered(blocks: readonly Block[], page: number): Block[] {
  let count = 0;
  const number = (block: Block): Block => {
    const id = `p${page}b${++count}`;
    if (block.kind === "list")
      return { ...block, id, items: block.items.map((item): ListItem => ({ ...item, blocks: item.blocks.map(number) })) };
    if (block.kind === "table")
      return { ...block, id, rows: block.rows.map((row) => row.map((cell): Cell => ({ ...cell, blocks: cell.blocks.map(number) }))) };
    return block.kind === "quote" ? { ...block, id, blocks: block.blocks.map(number) } : { ...block, id };
  };
  return blocks.map(number);
}
