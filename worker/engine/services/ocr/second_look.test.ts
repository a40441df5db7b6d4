import { expect } from "chai";
import type { Picture } from "../../formats/format.ts";
import type { PixelBox, ReadWord } from "./hocr.ts";
import { lookAgain } from "./second_look.ts";

const [WIDTH, HEIGHT] = [200, 100];

/** Black rectangles on white. */
function drawn(...boxes: readonly PixelBox[]): Picture {
  const data = Buffer.alloc(WIDTH * HEIGHT, 255);
  for (const { x0, y0, x1, y1 } of boxes) for (let y = y0; y < y1; y++) data.fill(0, y * WIDTH + x0, y * WIDTH + x1);
  return { data, width: WIDTH, height: HEIGHT, pixelsPerPoint: 1, scaled: false };
}

function aWord(text: string, confidence: number, box: PixelBox): ReadWord {
  return { text, confidence, box, baseline: box.y1, height: 20, block: 1, paragraph: 1, line: 1, turn: 0 };
}

const rule = { x0: 10, y0: 40, x1: 190, y1: 43 };
const stem = { x0: 50, y0: 25, x1: 54, y1: 43 };
const rulings = { level: [rule], upright: [] };
const onRule = { x0: 30, y0: 25, x1: 90, y1: 43 };

/** The second reading says the same of every word, as sure as `confidence`. */
async function again(text: string, confidence: number, first: ReadWord): Promise<ReadWord | undefined> {
  const [word] = await lookAgain({ image: drawn(rule, stem), words: [first], rulings }, async (sheet) => [
    aWord(text, confidence, { x0: 0, y0: 0, x1: sheet.width, y1: sheet.height }),
  ]);
  return word;
}

describe("a second look at words that touch a rule", () => {
  it("sees the strokes that stand on the rule, and of the rule nothing else", async () => {
    const sheets: Picture[] = [];
    await lookAgain({ image: drawn(rule, stem), words: [aWord("1", 90, onRule)], rulings }, async (sheet) => {
      sheets.push(sheet);
      return [];
    });
    const dark = sheets[0]?.data.reduce((sum, value) => sum + (value < 128 ? 1 : 0), 0);
    expect(dark).to.equal((stem.x1 - stem.x0) * (stem.y1 - stem.y0));
  });
  it("is not taken where no word touches one", async () => {
    const far = aWord("far", 90, { x0: 30, y0: 5, x1: 90, y1: 20 });
    const words = await lookAgain({ image: drawn(rule), words: [far], rulings }, () => {
      throw new Error("nothing is to be read");
    });
    expect(words).to.deep.equal([far]);
  });
  it("leaves a word as sure as it was where it reads the same, or nothing", async () => {
    const first = aWord("8.40", 91, onRule);
    expect(await again("8.40", 50, first)).to.equal(first);
    expect(await again("", 50, first)).to.equal(first);
  });
  it("takes the surer reading, and doubts it, where both differ", async () => {
    expect(await again("8.40", 90, aWord("3.40", 80, onRule))).to.include({ text: "8.40", confidence: 59 });
    expect(await again("3.40", 70, aWord("8.40", 80, onRule))).to.include({ text: "8.40", confidence: 59 });
  });
  it("takes no letters for figures", async () => {
    expect(await again("Y.2b", 96, aWord("9.25", 80, onRule))).to.include({ text: "9.25", confidence: 59 });
  });
});
