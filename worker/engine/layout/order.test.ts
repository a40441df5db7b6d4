import { expect } from "chai";
import fc from "fast-check";
import { aPage, columnPage, level, upright } from "../../../test/support/typesetter.ts";
import { type Block, leavesOf, plainText } from "../document/model.ts";
import { blockText } from "../services/export/text.ts";
import type { Word } from "./content.ts";
import { layOut } from "./layout.ts";

function texts(blocks: readonly Block[]): string[] {
  return blocks.map((block) => blockText(block));
}

/** The words of blocks, with those that marks and hyphens took along. */
function wordsOf(blocks: readonly Block[]): string[] {
  const found: string[] = [];
  for (const block of blocks) {
    if (block.kind === "list") for (const item of block.items) found.push(item.mark, ...wordsOf(item.blocks));
    else if (block.kind === "table") for (const cell of block.rows.flat()) found.push(...wordsOf(cell.blocks));
    else if (block.kind === "code" || block.kind === "formula") found.push(...block.text.split(/\s+/));
    else if ("content" in block) found.push(...plainText(block.content).split(/\s+/));
  }
  return found.filter(Boolean).sort();
}

const columnsArbitrary = fc
  .record({
    columns: fc.integer({ min: 1, max: 4 }),
    gutter: fc.integer({ min: 8, max: 40 }),
    size: fc.integer({ min: 8, max: 11 }),
    justified: fc.boolean(),
    offset: fc.integer({ min: 0, max: 9 }),
    head: fc.boolean(),
    figure: fc.boolean(),
    lengths: fc.array(fc.integer({ min: 25, max: 70 }), { minLength: 8, maxLength: 8 }),
    wobble: fc.constantFrom(0, 0.12),
  })
  // Two or three words to a justified line leave rivers that are wider than gutters: there is no telling.
  .map((page) => ({ ...page, justified: page.justified && (475 - page.gutter * (page.columns - 1)) / page.columns > page.size * 14 }));

describe("the reading order", () => {
  it("reads any number of columns one after the other, whatever the gutter, with heads over them and figures in them", () => {
    fc.assert(
      fc.property(columnsArbitrary, (arrangement) => {
        const { page, expected } = columnPage(arrangement);
        expect(texts(layOut(page).blocks).join("\n")).to.equal(expected.join("\n"));
      }),
      { numRuns: 150 },
    );
  });

  it("loses no word and doubles none, however words lie", () => {
    const word = fc.record({
      x: fc.double({ min: 0, max: 560, noNaN: true }),
      y: fc.double({ min: 5, max: 840, noNaN: true }),
      size: fc.double({ min: 4, max: 40, noNaN: true }),
      text: fc.constantFrom("the", "A", "12.", "•", "house", "3,970", "*", "garden.", "a)", "–", "....", "e", "Fig", "con"),
      turn: fc.constantFrom(0 as const, 0 as const, 0 as const, 90 as const, 270 as const, 180 as const),
    });
    const box = fc.tuple(
      fc.integer({ min: 0, max: 500 }),
      fc.integer({ min: 0, max: 750 }),
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 1, max: 300 }),
    );
    fc.assert(
      fc.property(
        fc.array(word, { maxLength: 120 }),
        fc.array(box, { maxLength: 12 }),
        fc.array(box, { maxLength: 3 }),
        (list, drawn, pictures) => {
          const words = list.map(({ x, y, size, text, turn }): Word => {
            const [long, high] = [text.length * size * 0.5, size];
            const sideways = turn === 90 || turn === 270;
            const box = {
              x0: x,
              y0: y - (sideways ? long : high * 0.75),
              x1: x + (sideways ? high : long),
              y1: y + (sideways ? 0 : high * 0.22),
            };
            return { text, box, baseline: sideways ? x : y, size, style: {}, turn, confidence: 100 };
          });
          const boxes = drawn.map(([x0, y0, w, h]) => ({ box: { x0, y0, x1: x0 + w, y1: y0 + h } }));
          const areas = boxes.map((area, index) => ({ ...area, framed: index % 2 === 0 }));
          const rules = drawn.flatMap(([x0, y0, w, h]) => [level(x0, x0 + w, y0), upright(x0, y0, y0 + h)]);
          const page = layOut(
            aPage({ words, areas, rules, images: pictures.map(([x0, y0, w, h]) => ({ x0, y0, x1: x0 + w, y1: y0 + h })) }),
          );
          const letters = (values: readonly string[]) => [...values.join("")].sort().join("");
          expect(letters(wordsOf(page.blocks))).to.equal(letters(words.map(({ text }) => text)));
          const ids = [...leavesOf(page.blocks)].map(({ id }) => id);
          expect(new Set(ids).size).to.equal(ids.length);
        },
      ),
      { numRuns: 300 },
    );
  });
});
