import { expect } from "chai";
import type { Box } from "../document/geometry.ts";
import { blockText } from "../services/export/text.ts";
import type { PageContent, Word } from "./content.ts";
import { layOut } from "./layout.ts";

function aWord(text: string, box: Box, size: number): Word {
  return { text, box, size, baseline: box.y1, style: {}, turn: 0, confidence: 100 };
}

function aPage(words: readonly Word[]): PageContent {
  const geometry = { width: 595, height: 842, rotation: 0, reading: "text layer" } as const;
  return { number: 1, geometry, words, rules: [], areas: [], images: [], remarks: [] };
}

function outline(words: readonly Word[]): string[] {
  return layOut(aPage(words)).blocks.map((block) => `${block.kind} ${blockText(block)}`);
}

describe("the layout of words", () => {
  const line = (text: string, x: number, y: number, size = 10) =>
    text.split(" ").map((word, index) => {
      const x0 = x + text.split(" ").slice(0, index).join(" ").length * size * 0.5 + (index ? size * 0.5 : 0);
      return aWord(word, { x0, y0: y, x1: x0 + word.length * size * 0.5, y1: y + size }, size);
    });

  it("knows where each block stands", () => {
    const [heading, paragraph] = layOut(aPage([...line("A heading", 50, 20, 17), ...line("and a line of text", 50, 60)])).blocks;
    expect(heading?.frames?.[0]).to.deep.include({ page: 1, box: { x0: 50, y0: 20, x1: 126.5, y1: 37 } });
    expect(paragraph?.frames?.[0]?.box).to.deep.equal({ x0: 50, y0: 60, x1: 140, y1: 70 });
  });
  it("reads two columns one after the other, and a heading over both first", () => {
    const left = ["the first column has", "three lines of text", "and ends with this."];
    const right = ["while the second one", "goes on beside it and", "also ends down here"];
    const text = [
      ...line("A heading over both columns", 50, 20, 17),
      ...left.flatMap((row, index) => line(row, 50, 60 + index * 14)),
      ...right.flatMap((row, index) => line(row, 180, 60 + index * 14)),
    ];
    expect(outline(text)).to.deep.equal([
      "heading A heading over both columns",
      `paragraph ${left.join(" ")}`,
      `paragraph ${right.join(" ")}`,
    ]);
  });
  it("keeps a table's rows and cells", () => {
    const rows = [
      ["Part", "Planned", "Paid"],
      ["Roof", "120", "112"],
      ["Floor", "45", "47"],
    ];
    const text = rows.flatMap((row, at) => row.flatMap((cell, column) => line(cell, 50 + column * 150, 50 + at * 18)));
    expect(outline(text)).to.deep.equal(["table Part\tPlanned\tPaid\nRoof\t120\t112\nFloor\t45\t47"]);
  });
  it("puts no space between parts of a text layer that touch", () => {
    const parts = [...line("the type", 50, 50), aWord(";", { x0: 90, y0: 50, x1: 93, y1: 60 }, 10)];
    expect(outline(parts)).to.deep.equal(["paragraph the type;"]);
  });
  it("makes a word whole that was parted at the line's end", () => {
    expect(outline([...line("a long exam-", 50, 50), ...line("ple of this", 50, 64)])).to.deep.equal(["paragraph a long example of this"]);
  });
});
