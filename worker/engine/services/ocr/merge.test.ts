import { expect } from "chai";
import type { Box } from "../../document/geometry.ts";
import type { PageContent, Word } from "../../layout/content.ts";
import { type ReadWord, wordsOfHocr } from "./hocr.ts";
import { merge, type ReadPart } from "./merge.ts";
import { splitAtRules, withoutStrokes } from "./split.ts";
import { turnContent } from "./turning.ts";

const box = (x0: number, y0: number, x1: number, y1: number): Box => ({ x0, y0, x1, y1 });

function aWord(text: string, at: Box, confidence = 96): Word {
  return { text, box: at, baseline: at.y1 - 2, size: 10, style: {}, turn: 0, confidence };
}

function aPage(words: readonly Word[] = [], images: readonly Box[] = []): PageContent {
  const geometry = { width: 600, height: 800, rotation: 0, reading: "text layer" } as const;
  return { number: 3, geometry, words, images, rules: [], areas: [], remarks: [] };
}

function aPart(words: readonly Word[], more: Partial<ReadPart> = {}): ReadPart {
  return { words, rules: [], pictures: [], unread: [], pale: [], doubtful: [], ...more };
}

function aReadWord(text: string, at: Box, more: Partial<ReadWord> = {}): ReadWord {
  return { text, confidence: 90, box: at, baseline: at.y1 - 5, height: 30, block: 1, paragraph: 1, line: 1, turn: 0, ...more };
}

const texts = ({ words }: Pick<PageContent, "words">) => words.map(({ text }) => text).join(" ");

describe("what OCR read of a page with text of its own", () => {
  const stamp = aWord("Received", box(30, 780, 90, 790), 100);

  it("is added to it, and the page is of both", () => {
    const page = merge(aPage([stamp]), aPart([aWord("Dear", box(70, 100, 100, 110))]), undefined);
    expect(texts(page)).to.equal("Received Dear");
    expect(page.geometry.reading).to.equal("both");
  });
  it("is left out where the text layer has words", () => {
    const again = aWord("Recelved", box(31, 781, 91, 791));
    expect(texts(merge(aPage([stamp]), aPart([again]), undefined))).to.equal("Received");
    expect(merge(aPage([stamp]), aPart([again], { doubtful: [again] }), undefined).remarks).to.deep.equal([]);
  });
  it("is taken from the areas alone that were to be read", () => {
    const part = aPart([aWord("in", box(110, 110, 120, 120)), aWord("out", box(310, 110, 330, 120))]);
    expect(texts(merge(aPage(), part, [box(100, 100, 200, 200)]))).to.equal("in");
  });
  it("says which words are doubtful, three at most by name", () => {
    const words = ["one", "two", "six", "ten"].map((text, index) => aWord(text, box(index * 50, 0, index * 50 + 40, 10), 41));
    const [remark] = merge(aPage(), aPart(words, { doubtful: words }), undefined).remarks;
    expect(remark?.code).to.equal("LOW_CONFIDENCE");
    expect(remark?.page).to.equal(3);
    expect(remark?.message).to.equal("OCR is not sure of 4 words of the page: “one”, “two”, “six” and 1 more.");
  });
  it("leaves no picture of the whole page, and adds what is no text", () => {
    const page = merge(
      aPage([], [box(0, 0, 600, 800)]),
      aPart([], { pictures: [box(100, 400, 300, 600)], unread: [box(100, 400, 300, 600)] }),
      undefined,
    );
    expect(page.images).to.deep.equal([box(100, 400, 300, 600)]);
    expect(page.remarks.map(({ code }) => code)).to.deep.equal(["PICTURE_NOT_READ"]);
  });
});

describe("a page that is turned", () => {
  it("takes all that stands on it along, and comes back by four quarters", () => {
    const page = { ...aPage([aWord("up", box(10, 20, 40, 30))], [box(0, 0, 100, 50)]), rules: [{ box: box(0, 60, 600, 61) }] };
    const once = turnContent(page, 90);
    expect(once.geometry).to.include({ width: 800, height: 600, rotation: 90 });
    expect(once.words[0]).to.deep.include({ turn: 90, box: box(770, 10, 780, 40), baseline: 772 });
    expect(once.images).to.deep.equal([box(750, 0, 800, 100)]);
    expect(turnContent(turnContent(once, 180), 90)).to.deep.equal(page);
    expect(turnContent(once, 270)).to.deep.equal(page);
  });
});

describe("the words of hOCR", () => {
  const hocr = `<div class='ocr_carea' id='block_1_1' title="bbox 10 10 300 60"><p class='ocr_par' id='par_1_1' lang='eng' title="bbox 10 10 300 60">
    <span class='ocr_line' id='line_1_1' title="bbox 10 10 300 60; baseline 0.01 -9; x_size 40; x_descenders 8; x_ascenders 9">
     <span class='ocrx_word' id='word_1_1' title='bbox 10 12 90 52; x_wconf 96'>Smith &amp; <strong>Co&lt;</strong></span>
     <span class='ocrx_word' id='word_1_2' title='bbox 110 12 90 52; x_wconf 96'>inside out</span>
     <span class='ocrx_word' id='word_1_3' title='bbox 110 12 210 52; x_wconf 31'> </span>
    </span>
    <span class='ocr_caption' id='line_1_2' title="bbox 10 70 40 300; textangle 90; x_size 30"><span class='ocrx_word' id='word_1_4' title='bbox 12 70 38 300; x_wconf 77'>up</span></span>
   </p></div><div class='ocr_photo' id='block_1_2' title="bbox 0 0 5 5"></div>`;

  it("stand in their block, paragraph and line, with what Tesseract says of them", () => {
    const [first, second, ...others] = wordsOfHocr(hocr);
    expect(others).to.deep.equal([]);
    expect(first).to.deep.equal({
      ...{ text: "Smith & Co<", confidence: 96, box: box(10, 12, 90, 52), baseline: 51.4, height: 40 },
      ...{ block: 1, paragraph: 1, line: 1, turn: 0 },
    });
    expect(second).to.include({ text: "up", line: 2, turn: 270, baseline: 38 });
  });
});

describe("words in a ruled table", () => {
  const rule = box(148, 0, 151, 200);
  const rulings = { level: [box(0, 98, 400, 101)], upright: [rule] };

  it("are parted where a rule goes through them", () => {
    const split = splitAtRules([aReadWord("12|34", box(100, 40, 200, 70)), aReadWord("1234", box(100, 110, 200, 140))], rulings);
    expect(split.map(({ text }) => text)).to.deep.equal(["12", "34", "12", "34"]);
    expect(split[1]?.box).to.deep.equal(box(151, 40, 200, 70));
  });
  it("lose the bar that their cell's rule was read as, and rules are no words", () => {
    const words = [aReadWord("[Price", box(149, 40, 220, 70)), aReadWord("|", box(147, 10, 152, 40)), aReadWord("—", box(20, 96, 90, 103))];
    expect(splitAtRules(words, rulings).map(({ text }) => text)).to.deep.equal(["Price"]);
    expect(splitAtRules([aReadWord("[1]", box(300, 40, 340, 70))], rulings).map(({ text }) => text)).to.deep.equal(["[1]"]);
  });
  it("whose letters have long strokes are not parted by them", () => {
    const word = aReadWord("The", box(100, 40, 200, 90), { baseline: 85 });
    const stem = box(140, 42, 146, 85);
    expect(withoutStrokes([stem, box(90, 88, 210, 91)], [word])).to.deep.equal([box(90, 88, 210, 91)]);
    expect(splitAtRules([word], { level: [], upright: [stem] })).to.deep.equal([word]);
  });
});
