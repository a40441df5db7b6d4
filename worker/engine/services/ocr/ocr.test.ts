import { expect } from "chai";
import sharp, { type Sharp } from "sharp";
import { scanPages } from "../../../../examples/make.ts";
import { scratch } from "../../../../test/support/documents.ts";
import { asPicture, lines, PROSE, SCAN, scan } from "../../../../test/support/scans.ts";
import type { Box } from "../../document/geometry.ts";
import type { PageContent, Word } from "../../layout/content.ts";
import type { Ocr } from "../../ports/ocr.ts";
import { Stopwatch } from "../../stopwatch.ts";
import { findModels, languagesOf } from "./models.ts";
import { type OcrChoice, ocrWith } from "./ocr.ts";
import { installedTesseract } from "./readers/native.ts";

const never = new AbortController().signal;

function aPage(width: number, height: number, words: readonly Word[] = []): PageContent {
  const geometry = { width, height, rotation: 0, reading: words.length > 0 ? "text layer" : "ocr" } as const;
  return { number: 1, geometry, words, rules: [], areas: [], images: [], remarks: [] };
}

async function readBy(ocr: Ocr, page: Sharp, more: { words?: readonly Word[]; areas?: readonly Box[] } = {}): Promise<PageContent> {
  const image = await asPicture(page);
  const content = aPage(image.width / image.pixelsPerPoint, image.height / image.pixelsPerPoint, more.words);
  return ocr.complete(content, { image: async () => image, ...(more.areas && { areas: more.areas }) }, never);
}

const textOf = ({ words }: PageContent) => words.map(({ text }) => text).join(" ");
const codesOf = ({ remarks }: PageContent) => remarks.map(({ code }) => code);
const ALL = PROSE.join(" ");

function grainOf(width: number, height: number, mean: number, sigma: number) {
  return sharp({ create: { width, height, channels: 3, background: "white", noise: { type: "gaussian", mean, sigma } } })
    .png()
    .toBuffer();
}

const readers: readonly (OcrChoice["reader"] & string)[] = (await installedTesseract()) ? ["native", "tesseract.js"] : ["tesseract.js"];

describe("OCR", () => {
  const open = (folder: string, choice: OcrChoice = {}, sourceLanguage = "en") =>
    ocrWith({ folder, signal: never, time: new Stopwatch().time, sourceLanguage, targetLanguage: "es" }, choice);

  for (const reader of readers) {
    it(`by ${reader} reads a page whichever way it lies, and says that it turned it`, async () => {
      await using folder = await scratch();
      const upright = await scan(lines(PROSE)).png().toBuffer();
      const boxes: unknown[] = [];
      // tesseract.js takes its time, and differs from the other by how it is started.
      for (const turn of reader === "native" || readers.length === 1 ? ([0, 90, 180, 270] as const) : ([180] as const)) {
        // A document of its own for each: what one page taught would turn the next.
        await using ocr = open(folder.path, { reader });
        const page = await readBy(ocr, sharp(upright).rotate(turn));
        expect(textOf(page), `${turn}`).to.equal(ALL);
        expect(codesOf(page)).to.deep.equal(turn === 0 ? [] : ["PAGE_TURNED"]);
        expect(page.geometry).to.include({ rotation: (360 - turn) % 360, reading: "ocr" });
        expect(page.geometry.width).to.be.closeTo(SCAN.width / SCAN.pixelsPerPoint, 0.1);
        boxes.push(page.words.map(({ box }) => Object.values(box).map(Math.round)));
      }
      expect(new Set(boxes.map((each) => JSON.stringify(each))).size).to.equal(1);
    });
  }

  for (const reader of readers)
    it(`by ${reader} reads the words of the example apart`, async () => {
      await using folder = await scratch();
      await using ocr = open(folder.path, { reader });
      const [first] = await scanPages();
      expect(textOf(await readBy(ocr, sharp(first)))).to.include(" A lift brings visitors to the first floor. ");
    });

  it("keeps words' boxes, size, baseline, and Tesseract's paragraphs and lines", async () => {
    await using folder = await scratch();
    await using ocr = open(folder.path);
    const { words, ocr: sum } = await readBy(ocr, scan(lines(PROSE)));
    const [first] = words;
    const points = (pixels: number) => pixels / SCAN.pixelsPerPoint;
    expect(first?.box.x0).to.be.closeTo(points(160), 1.5);
    expect(first?.baseline).to.be.closeTo(points(160), 1.5);
    expect(first?.size).to.be.closeTo(points(34), 1.5);
    expect([...new Set(words.map((word) => word.ocr?.line))]).to.have.length(PROSE.length);
    expect(new Set(words.map((word) => word.ocr?.paragraph)).size).to.equal(1);
    expect(sum?.words).to.equal(ALL.split(" ").length);
    expect(sum?.confidence).to.be.above(90);
  });

  it("reads what levels used to lose: few words, a dark picture, white on black, and takes no grain for words", async () => {
    await using folder = await scratch();
    await using ocr = open(folder.path);
    expect(textOf(await readBy(ocr, scan(lines(["The last page of the agreement."]))))).to.equal("The last page of the agreement.");
    const photo = await grainOf(SCAN.width, 600, 70, 25);
    const beside = await scan(lines(PROSE))
      .composite([{ input: photo, left: 0, top: 500 }])
      .png()
      .toBuffer();
    const read = await readBy(ocr, sharp(beside));
    expect(textOf(read)).to.equal(ALL);
    expect(read.images).to.have.length(1);
    expect(textOf(await readBy(ocr, scan(lines(PROSE)).negate()))).to.equal(ALL);
    const grained = await scan(lines(PROSE.slice(0, 1)))
      .composite([{ input: await grainOf(SCAN.width, SCAN.height, 200, 18), blend: "multiply" }])
      .png()
      .toBuffer();
    expect(textOf(await readBy(ocr, sharp(grained)))).to.equal(PROSE[0]);
  });

  it("reads a picture on a page of text by itself, and puts its words where they stand", async () => {
    await using folder = await scratch();
    await using ocr = open(folder.path);
    const own: Word = { text: "Own", box: { x0: 60, y0: 20, x1: 80, y1: 30 }, baseline: 29, size: 10, style: {}, turn: 0, confidence: 100 };
    const area = { x0: 50, y0: 150, x1: 500, y1: 220 };
    const page = await readBy(ocr, scan(lines(["The red button opens the gate."], 160, 520)), { words: [own], areas: [area] });
    expect(textOf(page)).to.equal("Own The red button opens the gate.");
    expect(page.geometry.reading).to.equal("both");
    expect(page.words[1]?.baseline).to.be.closeTo(520 / SCAN.pixelsPerPoint, 1.5);
    expect(page.words[1]?.box.x0).to.be.closeTo(160 / SCAN.pixelsPerPoint, 1.5);
  });

  it("says it once of a page whose pictures are in a language that there is no model for", async () => {
    await using folder = await scratch();
    const models = new Map([...findModels()].filter(([name]) => name === "eng" || name === "osd"));
    await using ocr = open(folder.path, { models }, "");
    const german = ["Die Bäckerei öffnet früh, und die Kunden warten", "schon vor der Tür, wenn es noch dunkel ist."];
    const picture = scan((context) => {
      lines(german, 160, 260)(context);
      lines(german, 160, 820)(context);
    });
    const areas = [
      { x0: 30, y0: 72, x1: 560, y1: 124 },
      { x0: 30, y0: 274, x1: 560, y1: 326 },
    ];
    const own: Word = { text: "Own", box: { x0: 60, y0: 20, x1: 80, y1: 30 }, baseline: 29, size: 10, style: {}, turn: 0, confidence: 100 };
    const page = await readBy(ocr, picture, { words: [own], areas });
    expect(page.words.length).to.be.above(20);
    expect(page.remarks.filter(({ message }) => message.includes("no OCR model for the language “de” (deu)")).length).to.equal(1);
  });

  it("finds out the language by itself, and reads its accents", async function () {
    if (!languagesOf(findModels()).includes("es")) this.skip();
    await using folder = await scratch();
    await using ocr = open(folder.path, {}, "");
    const spanish = [
      "El jardín está detrás de la casa y los niños",
      "dan de comer a los patos cada mañana. ¿Quién",
      "cuidará las flores que plantó el señor Núñez?",
    ];
    expect(textOf(await readBy(ocr, scan(lines(spanish))))).to.equal(spanish.join(" "));
    // A page in another language within it.
    expect(textOf(await readBy(ocr, scan(lines(PROSE))))).to.equal(ALL);
  });

  it("fails a page that it cannot read, and never gives its gibberish", async () => {
    await using folder = await scratch();
    const models = new Map([...findModels()].filter(([name]) => name === "eng" || name === "osd"));
    await using ocr = open(folder.path, { models }, "");
    const russian = [
      "Сад за старым домом открыт для всех читателей",
      "каждое утро. Узкая тропинка ведёт от ворот",
      "к пруду, где дети кормят уток. Весной здесь",
      "садовники сажают цветы и поливают их.",
    ];
    const page = await readBy(ocr, scan(lines(russian)));
    expect(page.words).to.deep.equal([]);
    expect(page.failure).to.match(/OCR could not read it/);
  });

  for (const over of [10, 0, 24])
    it(`reads the figures of a table whose letters stand ${over} pixels over its rules right, or says that it is not sure of them`, async () => {
      await using folder = await scratch();
      await using ocr = open(folder.path);
      const cells = [
        ["9.25", "8.40"],
        ["19.60", "6.85"],
        ["31.00", "95.20"],
        ["88.90", "59.05"],
      ];
      const page = await readBy(
        ocr,
        scan((context) => {
          lines(["The prices of the ferry this summer are these:"], 160, 200)(context);
          for (const [row, texts] of cells.entries())
            for (const [column, text] of ["Ticket", ...texts].entries()) context.fillText(text, 212 + 300 * column, 348 + 48 * row - over);
          for (let row = 0; row <= cells.length; row++) context.fillRect(200, 300 + 48 * row, 900, 3);
          for (let column = 0; column <= 3; column++) context.fillRect(200 + 300 * column, 300, 3, 48 * cells.length + 3);
        }),
      );
      const sure = page.words.filter(({ text, confidence }) => /\d/.test(text) && confidence >= 60).map(({ text }) => text);
      expect(sure.filter((text) => !cells.flat().includes(text))).to.deep.equal([]);
      if (sure.length < cells.flat().length) expect(codesOf(page)).to.include.oneOf(["LOW_CONFIDENCE", "PICTURE_NOT_READ"]);
      else expect(codesOf(page)).to.deep.equal([]);
    });

  it("says what it is not sure of, and keeps it where it stands in a legible line", async () => {
    await using folder = await scratch();
    await using ocr = open(folder.path);
    const blot = (context: Parameters<Parameters<typeof scan>[0]>[0]) => {
      lines(["Total to pay for the garden tools: 180.50"])(context);
      context.strokeStyle = "#222";
      context.lineWidth = 5;
      for (const y of [135, 147, 158]) {
        context.beginPath();
        context.moveTo(760, y);
        context.lineTo(860, y - 8);
        context.stroke();
      }
    };
    const page = await readBy(ocr, scan(blot));
    expect(textOf(page)).to.match(/^Total to pay for the garden tools/);
    expect([...codesOf(page), page.words.length >= 8 ? "whole" : "short"]).to.deep.equal(["LOW_CONFIDENCE", "whole"]);
  });
});
