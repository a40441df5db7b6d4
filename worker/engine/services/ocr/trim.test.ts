import { expect } from "chai";
import type { Picture } from "../../formats/format.ts";
import { wordsOfHocr } from "./hocr.ts";
import { trim } from "./trim.ts";

function paper(width: number, height: number, ink: readonly (readonly [x: number, y: number, grey: number])[]): Picture {
  const data = Buffer.alloc(width * height, 255);
  for (const [x, y, grey] of ink) data[y * width + x] = grey;
  return { data, width, height, pixelsPerPoint: 1, scaled: false };
}

describe("a page without its margins", () => {
  it("has all its ink, the palest too, and some paper around it", () => {
    const { image, x, y } = trim(
      paper(300, 200, [
        [100, 50, 0],
        [160, 90, 220],
      ]),
    );
    expect([x, y, image.width, image.height]).to.deep.equal([88, 38, 85, 65]);
    expect([image.data[12 * 85 + 12], image.data[52 * 85 + 72]]).to.deep.equal([0, 220]);
  });
  it("is left as it is where it is full, and where it is empty", () => {
    const full = paper(300, 200, [
      [3, 3, 0],
      [296, 196, 0],
    ]);
    expect(trim(full).image).to.equal(full);
    const empty = paper(300, 200, []);
    expect(trim(empty).image).to.equal(empty);
  });
  it("has its words where they stand on the whole", () => {
    const hocr = `<span class='ocr_line' title='bbox 10 10 90 30; baseline 0 -4; x_size 20'>
      <span class='ocrx_word' title='bbox 10 10 40 30; x_wconf 96'>One</span></span>`;
    const [word] = wordsOfHocr(hocr, { x: 100, y: 7 });
    expect(word).to.deep.include({ box: { x0: 110, y0: 17, x1: 140, y1: 37 }, baseline: 33, height: 20 });
  });
});
