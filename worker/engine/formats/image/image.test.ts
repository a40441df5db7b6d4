import { expect } from "chai";
import { PDFDocument } from "pdf-lib";
import sharp, { type Sharp } from "sharp";
import { scratch } from "../../../../test/support/documents.ts";
import { lines, scan } from "../../../../test/support/scans.ts";
import type { DocumentContext } from "../../context.ts";
import { Stopwatch } from "../../stopwatch.ts";
import { sampleOf } from "../sample.ts";
import { image } from "./image.ts";
import { pixelsPerPointOf } from "./size.ts";

const signal = new AbortController().signal;

async function opened(bytes: Uint8Array, check: (document: Awaited<ReturnType<typeof image.open>>) => Promise<void>): Promise<void> {
  await using folder = await scratch();
  const context: DocumentContext = { folder: folder.path, signal, time: new Stopwatch().time, sourceLanguage: "", targetLanguage: "es" };
  const file = await folder.file("picture", bytes);
  expect(image.sniff(sampleOf(bytes, "picture"))).to.equal(true);
  await using document = await image.open(file, context);
  await check(document);
}

const page = (): Sharp => scan(lines(["The door is open."]), { width: 413, height: 585 });

describe("pictures", () => {
  for (const format of ["png", "jpeg", "webp", "tiff", "gif"] as const) {
    it(`are read from ${format}, in grey, at the size of a page`, async () => {
      await opened(await page().toFormat(format).toBuffer(), async (document) => {
        expect(document.pageCount).to.equal(1);
        const source = await document.page(1);
        if (source.kind !== "content" || !source.toRead) throw new Error(source.kind);
        expect(source.content.geometry.height).to.be.closeTo(842, 1);
        const { data, width, height } = await source.toRead.image(signal);
        expect([width, height, data.length]).to.deep.equal([413, 585, 413 * 585]);
        expect(data.some((value) => value < 80)).to.equal(true);
        expect(data[0]).to.be.above(250);
      });
    });
  }
  it("are pages of a PDF as large as they are on paper", async () => {
    const frame = await page().png().toBuffer();
    const tiff = await sharp([frame, frame], { join: { animated: true } })
      .tiff()
      .toBuffer();
    await opened(tiff, async (document) => {
      const pdf = await PDFDocument.load((await document.asPdf?.()) ?? new Uint8Array());
      expect(pdf.getPages().map((each) => Math.round(each.getHeight()))).to.deep.equal([842, 842]);
    });
  });
  it("stand as their EXIF turns them", async () => {
    const turned = await page().rotate(90).jpeg().withMetadata({ orientation: 8 }).toBuffer();
    await opened(turned, async (document) => {
      const source = await document.page(1);
      if (source.kind !== "content" || !source.toRead) throw new Error(source.kind);
      const { width, height } = await source.toRead.image(signal);
      expect([width, height]).to.deep.equal([413, 585]);
      expect(source.content.geometry.width).to.be.below(source.content.geometry.height);
    });
  });
  it("that move are read once, and it is said", async () => {
    const frames = await sharp([await page().png().toBuffer(), await page().negate().png().toBuffer()], { join: { animated: true } })
      .gif()
      .toBuffer();
    await opened(frames, async (document) => {
      expect(document.pageCount).to.equal(1);
      expect(document.remarks.map(({ code }) => code)).to.deep.equal(["CONTENT_DROPPED"]);
    });
  });
  it("are as large on paper as they say, unless that cannot be", () => {
    expect(pixelsPerPointOf(2480, 3508, 300)).to.equal(300 / 72);
    expect(pixelsPerPointOf(1654, 2339, 72)).to.be.closeTo(200 / 72, 0.01);
    expect(pixelsPerPointOf(2339, 1654, undefined)).to.be.closeTo(200 / 72, 0.01);
    expect(pixelsPerPointOf(9000, 12_000, 120)).to.be.closeTo(15.1, 0.1);
    expect(pixelsPerPointOf(900, 260, undefined)).to.be.closeTo(900 / 842, 0.01);
  });
});
