import { expect } from "chai";
import fc from "fast-check";
import { aPage, columnPage, level, sentence, typeset, upright } from "../../../test/support/typesetter.ts";
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

/** Marks of items, and what is not translated. */
function keptOf(blocks: readonly Block[]): string[] {
  return blocks.flatMap((block) => {
    if (block.kind === "list") return block.items.flatMap((item) => [item.mark, ...keptOf(item.blocks)]);
    if (block.kind === "table") return block.rows.flatMap((row) => row.flatMap((cell) => keptOf(cell.blocks)));
    return block.kind === "code" || block.kind === "formula" ? block.text.split(/\s+/) : [];
  });
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
      { numRuns: 80 },
    );
  });

  it("reads what stands at the right above what stands at the left first", () => {
    const at = (text: string, x: number, y: number) => typeset(text, { x, y, width: 300 }).words;
    const words = [
      ...["Anna Brown", "12 Garden Street"].flatMap((line, index) => at(line, 400, 60 + index * 13)),
      ...["Mr Peter Hill", "The Old Mill", "Norwich"].flatMap((line, index) => at(line, 70, 110 + index * 13)),
      ...typeset(sentence("Dear", 60), { x: 70, y: 170, width: 450 }).words,
    ];
    expect(texts(layOut(aPage({ words })).blocks).join(" ")).to.match(
      /^Anna Brown 12 Garden Street Mr Peter Hill The Old Mill Norwich Dear/,
    );
  });
  it("reads columns of one article before those of the next, whose heads stand side by side", () => {
    const article = (name: string, y: number, head: boolean) =>
      [70, 310].flatMap((x, at) => [
        ...(head ? typeset(`Head ${name}${at}`, { x, y: y - 18, width: 220, size: 14 }).words : []),
        ...typeset(sentence(`${name}${at}`, 50), { x, y, width: 220 }).words,
      ]);
    const words = [...article("One", 80, false), ...article("Two", 320, true)];
    expect(texts(layOut(aPage({ words })).blocks).map((text) => text.split(" ").slice(0, 2).join(" "))).to.deep.equal([
      ...["One0", "One1"].map((name) => sentence(name, 50).split(" ").slice(0, 2).join(" ")),
      ...["0", "1"].flatMap((at) => [`Head Two${at}`, sentence(`Two${at}`, 50).split(" ").slice(0, 2).join(" ")]),
    ]);
  });
  it("reads a page of a journal: head and abstract over two columns, figure, table, formula, notes, and a stamp in the margin", () => {
    const sentences = ["One", "Two", "Three", "Four", "Five", "Six"].map((name, index) => sentence(name, 50 + index * 9));
    const [abstract = "", first = "", second = "", third = "", fourth = "", fifth = ""] = sentences;
    const justified = (text: string, x: number, y: number, width = 225) => typeset(text, { x, y, width, size: 9.5, align: "justify" });
    const words: Word[] = [
      ...typeset("On the quiet work of rivers", { x: 70, y: 80, width: 460, size: 17, align: "center" }).words,
      ...typeset("Helen Marsh and Peter Clay", { x: 70, y: 104, width: 460, align: "center" }).words,
      ...justified(abstract, 110, 130, 380).words,
    ];
    // A formula, as display mathematics is set, and a note at the foot of the left column.
    const left = justified(first, 70, 230);
    words.push(...typeset("1 Introduction", { x: 70, y: 212, width: 225, size: 11.5, style: { bold: true } }).words, ...left.words);
    words.push(...typeset("Q = v · A + 2 k", { x: 70, y: left.bottom + 8, width: 225, size: 9.5, align: "center" }).words);
    words.push(...justified(second, 70, left.bottom + 30).words);
    words.push(...typeset("* This work was paid by the town.", { x: 70, y: 780, width: 225, size: 7.5 }).words);
    // A figure at the top of the right column, and a ruled table in it.
    const picture = { x0: 305, y0: 205, x1: 530, y1: 300 };
    words.push(...typeset("Figure 1: The river in summer.", { x: 305, y: 311, width: 225, size: 8 }).words);
    const right = justified(third, 305, 335);
    words.push(...right.words);
    const top = right.bottom + 10;
    const cells = [
      ["Year", "Visitors"],
      ["First", "1,204"],
      ["Second", "3,970"],
    ];
    words.push(
      ...cells.flatMap((row, y) =>
        row.flatMap((cell, x) => typeset(cell, { x: 310 + x * 110, y: top + 10 + y * 14, width: 100, size: 9.5 }).words),
      ),
    );
    const rules = [
      ...[0, 1, 2, 3].map((y) => level(305, 530, top + y * 14)),
      ...[305, 417, 530].map((x) => upright(x, top, top + 42)),
      level(70, 130, 770),
    ];
    const after = justified(fourth, 305, top + 70);
    words.push(...after.words, ...justified(fifth, 305, after.bottom + 8).words);
    words.push({
      text: "arXiv:2407.10934v1",
      box: { x0: 20, x1: 36, y0: 300, y1: 460 },
      baseline: 34,
      size: 16,
      style: {},
      turn: 270,
      confidence: 100,
    });
    const { blocks } = layOut(aPage({ words, rules, images: [picture] }));
    expect(blocks.map((block) => `${block.layer ?? "body"} ${block.kind}: ${blockText(block)}`)).to.deep.equal([
      "body heading: On the quiet work of rivers",
      "body paragraph: Helen Marsh and Peter Clay",
      `body paragraph: ${abstract}`,
      "body heading: 1 Introduction",
      `body paragraph: ${first}`,
      "body formula: Q = v · A + 2 k",
      `body paragraph: ${second}`,
      "body figure: ",
      "body caption: Figure 1: The river in summer.",
      `body paragraph: ${third}`,
      `body table: ${cells.map((row) => row.join("\t")).join("\n")}`,
      `body paragraph: ${fourth}`,
      `body paragraph: ${fifth}`,
      "note paragraph: * This work was paid by the town.",
      "margin paragraph: arXiv:2407.10934v1",
    ]);
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
          const words = list.map(({ x, y, size, text, turn }, anchor): Word => {
            const [long, high] = [text.length * size * 0.5, size];
            const sideways = turn === 90 || turn === 270;
            const box = {
              x0: x,
              y0: y - (sideways ? long : high * 0.75),
              x1: x + (sideways ? high : long),
              y1: y + (sideways ? 0 : high * 0.22),
            };
            return { text, box, baseline: sideways ? x : y, size, style: {}, turn, confidence: 100, anchor };
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
          // A writer finds each word by its anchor: once, but for what is kept as it is and for marks of items.
          const anchors = [...leavesOf(page.blocks)].flatMap(({ anchor }) => (anchor ?? []) as number[]);
          expect(new Set(anchors).size).to.equal(anchors.length);
          const others = words.filter((_, index) => !anchors.includes(index)).map(({ text }) => text);
          expect(letters(keptOf(page.blocks))).to.equal(letters(others));
        },
      ),
      { numRuns: 150 },
    );
  });
  it("lays out 10,000 words in far less than a second of CPU, in columns or strewn", () => {
    const geometry = { width: 2100, height: 3000, rotation: 0, reading: "text layer" } as const;
    const columns = [0, 1, 2, 3].flatMap((at) => typeset(sentence(`C${at}`, 2500), { x: 20 + at * 500, y: 40, width: 490, size: 6 }).words);
    const strewn = columns.map((word, index): Word => {
      const [x, y] = [(index * 7919) % 2000, (index * 104729) % 2900];
      return { ...word, size: 4 + (index % 20), baseline: y, box: { x0: x, x1: x + 30, y0: y - 8, y1: y + 2 } };
    });
    for (const words of [columns, strewn]) {
      const before = process.cpuUsage();
      layOut(aPage({ words, geometry }));
      expect(process.cpuUsage(before).user / 1000).to.be.below(1000);
    }
  });
});
