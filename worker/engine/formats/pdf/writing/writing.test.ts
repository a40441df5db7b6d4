import { readFile } from "node:fs/promises";
import { expect } from "chai";
import { PDFDocument, PDFName, StandardFonts } from "pdf-lib";
import { onePage, pdfStream, rawPdf } from "../../../../../test/fuzz/raw_pdf.ts";
import { foreign, setInPlace, wordBoxes } from "../../../../../test/support/set_in_place.ts";

const SOURCE = ["The garden beside the river is open to all readers.", "Nobody has to pay for the books that are lent here."];
const [FIRST = "", SECOND = ""] = SOURCE;

const textOf = (content: string, page: Partial<Parameters<typeof onePage>[0]> = {}) =>
  setInPlace(rawPdf(onePage({ content, ...page })), async ({ text }) => text.replace(/\s+/g, " ").trim());

describe("a PDF written in place", () => {
  it("has the translation's words where the source's were, and none of these", async () => {
    const words = await setInPlace(rawPdf(onePage({ content: `BT /F1 12 Tf 60 700 Td (${FIRST}) Tj ET` })), ({ file }) => wordBoxes(file));
    expect(words.map(({ text }) => text)).to.deep.equal(foreign(FIRST).split(" "));
    expect(words[0]?.x0).to.be.closeTo(60, 1);
    expect(words[0]?.y1).to.be.closeTo(142 + 3, 3);
  });

  it("takes words out whatever operator shows them", async () => {
    const text = await textOf(
      `BT /F1 12 Tf 14 TL 60 700 Td (${FIRST}) Tj (${SECOND}) ' 1 0.2 (${FIRST}) " T* [(${SECOND.slice(0, 9)}) 20 (${SECOND.slice(9)})] TJ ET`,
    );
    expect(text).to.equal(foreign([FIRST, SECOND, FIRST, SECOND].join(" ")));
  });

  it("leaves words that are not translated where they were, within the same operator too", async () => {
    const content = `BT /F1 12 Tf 60 700 Td [(${FIRST}) -9000 (2004) ] TJ ET BT /F1 12 Tf 60 650 Td (1987) ' ET`;
    const before = await setInPlace(rawPdf(onePage({ content })), ({ file }) => wordBoxes(file), { change: (text) => text });
    const after = await setInPlace(rawPdf(onePage({ content })), ({ file }) => wordBoxes(file));
    for (const number of ["2004", "1987"]) {
      const [one, other] = [before, after].map((words) => words.find(({ text }) => text === number));
      expect(other?.x0).to.be.closeTo(one?.x0 ?? 0, 0.01);
    }
  });

  it("edits a form where it stands, and only there where it also stands untranslated", async () => {
    const form = pdfStream(
      `BT /F1 12 Tf 0 0 Td (${FIRST}) Tj ET`,
      "/Type /XObject /Subtype /Form /BBox [0 -20 500 20] /Resources << /Font << /F1 5 0 R >> >>",
    );
    // Far outside of the page nobody reads it.
    const content = "q 1 0 0 1 60 700 cm /Fm Do Q q 1 0 0 1 60 5000 cm /Fm Do Q q 1 0 0 1 60 500 cm /Fm Do Q";
    const text = await textOf(content, { resources: "/XObject << /Fm 6 0 R >>", more: [form] });
    expect(text).to.equal(foreign(`${FIRST} ${FIRST}`));
  });

  it("takes out what stands for the text when it is copied", async () => {
    const text = await textOf(`/Span << /ActualText (A word of the source) >> BDC BT /F1 12 Tf 60 700 Td (${FIRST}) Tj ET EMC`);
    expect(text).to.equal(foreign(FIRST));
  });

  it("is set on a page that is turned, cut and scaled", async () => {
    const content = `BT /F1 12 Tf 0 1 -1 0 300 200 Tm (${FIRST}) Tj ET`;
    const page = "/Rotate 90 /CropBox [100 100 500 700] /UserUnit 2";
    const words = await setInPlace(rawPdf(onePage({ content, page })), ({ file }) => wordBoxes(file));
    expect(words.map(({ text }) => text)).to.deep.equal(foreign(FIRST).split(" "));
  });

  it("holds where the content leaves states open, or restores what it never saved", async () => {
    expect(await textOf(`Q 2 0 0 2 0 0 cm Q q BT /F1 6 Tf 30 350 Td (${FIRST}) Tj`)).to.equal(foreign(FIRST));
  });

  it("has a paragraph that goes on over the end of a page on both of its pages", async () => {
    const document = await PDFDocument.create();
    const font = await document.embedFont(StandardFonts.TimesRoman);
    const text = Array.from({ length: 22 }, (_, index) => `${SECOND.toLowerCase().slice(0, -1)} and word${index}`).join(", ");
    const lines = text.match(/.{1,88}(?:\s|$)/g) ?? [];
    for (const [index, half] of [lines.slice(0, 9), lines.slice(9, 16)].entries()) {
      const page = document.addPage([595, 842]);
      for (const [row, line] of half.entries()) page.drawText(line, { x: 60, y: (index === 0 ? 200 : 780) - row * 15, size: 12, font });
    }
    const words = await setInPlace(await document.save(), async ({ text: result }) =>
      result.split("\f").map((page) => page.match(/\p{L}+\d*/gu) ?? []),
    );
    const [one = [], two = []] = words;
    expect(one.length > 90 && two.length > 60).to.equal(true);
    expect([...one, ...two].filter((word) => /^word/.test(word))).to.have.length(0);
  });

  it("keeps nothing of the contents that were replaced", async () => {
    const bytes = await setInPlace(rawPdf(onePage({ content: `BT /F1 12 Tf 60 700 Td (${FIRST}) Tj ET` })), ({ file }) => readFile(file));
    expect(bytes.includes("garden")).to.equal(false);
    const result = await PDFDocument.load(bytes);
    expect(result.catalog.has(PDFName.of("Pages"))).to.equal(true);
  });
});
