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

describe("a second look at words with a gap", () => {
  const letter = (x0: number) => ({ x0, y0: 25, x1: x0 + 8, y1: 45 });
  /** "A lift" and three more words, ten pixels between each; two between letters. */
  const picture = drawn(...[10, 28, 38, 48, 58, 76, 86, 106, 116, 136].map(letter));
  const boxed = (text: string, confidence: number, x0: number, x1: number) => aWord(text, confidence, { x0, y0: 25, x1, y1: 45 });
  const others = [boxed("to", 96, 76, 94), boxed("us", 96, 106, 124), boxed("1", 96, 136, 144)];
  const none = { level: [], upright: [] };
  const joined = boxed("Alift", 40, 10, 66);

  /** What becomes of the first word where the second reading gives `pieces`. */
  async function again(first: ReadWord, pieces: readonly string[], confidence = 90): Promise<ReadWord[]> {
    const words = await lookAgain({ image: picture, words: [first, ...others], rulings: none }, async (sheet) =>
      pieces.map((text, index) => aWord(text, confidence, { x0: index * 10, y0: 0, x1: index * 10 + 9, y1: sheet.height })),
    );
    expect(words.slice(-others.length)).to.deep.equal(others);
    return words.slice(0, -others.length);
  }

  it("as wide as those between its line's words makes two of it, each where it stands", async () => {
    expect(await again(joined, ["A", "lift"])).to.deep.equal([
      { ...boxed("A", 90, 10, 18), line: 1 },
      { ...boxed("lift", 90, 28, 66), line: 1 },
    ]);
  });
  it("shows the gap wider than it is, and nothing else changed", async () => {
    const sheets: Picture[] = [];
    await lookAgain({ image: picture, words: [joined, ...others], rulings: none }, async (sheet) => {
      sheets.push(sheet);
      return [];
    });
    const [sheet] = sheets as [Picture];
    const inked = (x: number) =>
      Array.from({ length: sheet.height }, (_, y) => sheet.data[y * sheet.width + x] as number).some((grey) => grey < 128);
    const columns = Array.from({ length: sheet.width }, (_, x) => (inked(x) ? "#" : " ")).join("");
    expect(columns.trim()).to.match(/^#{8} {16,30}#{8} {2}#{8} {2}#{8} {2}#{8}$/);
  });
  it("leaves it whole where it reads as one word, or less surely as others, or as signs or figures", async () => {
    expect(await again(joined, ["Alift"])).to.deep.equal([joined]);
    expect(await again(joined, ["A", "li", "ft"])).to.deep.equal([joined]);
    expect(await again(joined, [])).to.deep.equal([joined]);
    expect(await again(joined, ["A", "1ift"], 30)).to.deep.equal([joined]);
    const hyphened = { ...joined, text: "A-ift" };
    expect(await again(hyphened, ["A-", "ift"])).to.deep.equal([hyphened]);
    const figure = { ...joined, text: "12345" };
    expect(await again(figure, ["1", "2345"])).to.deep.equal([figure]);
  });
  it("makes doubtful ones of letters that were read as others before", async () => {
    expect((await again({ ...joined, text: "Tlift" }, ["A", "lift"])).map(({ text, confidence }) => [text, confidence])).to.deep.equal([
      ["A", 59],
      ["lift", 59],
    ]);
  });
  it("is not taken at words that were read surely, nor where all letters stand apart", async () => {
    const never = () => {
      throw new Error("nothing is to be read");
    };
    const sure = { ...joined, confidence: 95 };
    expect(await lookAgain({ image: picture, words: [sure, ...others], rulings: none }, never)).to.deep.equal([sure, ...others]);
    const spaced = drawn(...[10, 28, 46, 64, 82, 106, 116, 136].map(letter));
    const words = [boxed("SPACE", 60, 10, 90), boxed("us", 96, 106, 124), boxed("1", 96, 136, 144)];
    expect(await lookAgain({ image: spaced, words, rulings: none }, never)).to.deep.equal(words);
  });
});
