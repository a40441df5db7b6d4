import { expect } from "chai";
import { wordsOfHocr } from "./hocr.ts";

type Placed = readonly [text: string, box: string];

/** Lines as Tesseract writes them: each its title, and its words. */
function hocrOf(...lines: readonly (readonly [title: string, ...words: Placed[]])[]): string {
  return lines
    .map(
      ([title, ...words]) =>
        `<span class='ocr_line' title="${title}">${words.map(([text, box]) => `<span class='ocrx_word' title='bbox ${box}; x_wconf 96'>${text}</span>`).join(" ")}</span>`,
    )
    .join("\n");
}

const turnsOf = (hocr: string) => wordsOfHocr(hocr).map(({ text, turn }) => [text, turn]);
const DOWN = "bbox 3000 261 3047 2127; x_size 47; x_descenders 10; x_ascenders 10";
const UP = "bbox 100 261 147 2127; x_size 47; x_descenders 10; x_ascenders 10";

describe("words of hOCR", () => {
  it("run down where their line does, though Tesseract does not say so, and stand on its left", () => {
    const words = wordsOfHocr(hocrOf([DOWN, ["Our", "3010 261 3047 356"], ["survey", "3000 374 3037 539"]]), { x: 10, y: 20 });
    expect(words.map(({ text, turn, baseline }) => [text, turn, baseline])).to.deep.equal([
      ["Our", 90, 3020],
      ["survey", 90, 3010],
    ]);
  });
  it("run up where the first word is the lowest, and where a word is alone as the others do", () => {
    const lines = hocrOf([UP, ["Our", "110 2032 147 2127"], ["survey", "100 1800 137 1965"]], [UP, ["northern", "100 261 147 2127"]]);
    expect(turnsOf(lines)).to.deep.equal([
      ["Our", 270],
      ["survey", 270],
      ["northern", 270],
    ]);
    expect(turnsOf(hocrOf([UP, ["northern", "100 261 147 2127"]]))).to.deep.equal([["northern", 90]]);
  });
  it("run as Tesseract says where it does, and from side to side in any other line", () => {
    const said = hocrOf([`${DOWN}; textangle 90`, ["Our", "3010 261 3047 356"], ["survey", "3000 374 3037 539"]]);
    expect(turnsOf(said).map(([, turn]) => turn)).to.deep.equal([270, 270]);
    const level = hocrOf(["bbox 100 100 900 147; baseline 0 -10; x_size 47", ["I", "100 100 110 147"], ["see", "130 100 240 147"]]);
    expect(turnsOf(level).map(([, turn]) => turn)).to.deep.equal([0, 0]);
    expect(turnsOf(hocrOf(["bbox 100 100 110 147; x_size 47", ["I", "100 100 110 147"]]))).to.deep.equal([["I", 0]]);
  });
  it("stay upright in a script that is written down the page", () => {
    expect(turnsOf(hocrOf([DOWN, ["吾輩", "3000 261 3047 356"], ["は猫", "3000 374 3047 539"]]))).to.deep.equal([
      ["吾輩", 0],
      ["は猫", 0],
    ]);
  });
});
