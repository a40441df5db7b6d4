import { expect } from "chai";
import { PDFDocument, rgb } from "pdf-lib";
import sharp from "sharp";
import { scratch } from "../../../../test/support/documents.ts";
import { lines, PROSE, SCAN, scan } from "../../../../test/support/scans.ts";
import type { Picture } from "../format.ts";
import { toGrey } from "../pixels.ts";
import { pdf } from "./pdf.ts";

const never = new AbortController().signal;
const [WIDTH, HEIGHT] = [SCAN.width / SCAN.pixelsPerPoint, SCAN.height / SCAN.pixelsPerPoint];

type Page = ReturnType<PDFDocument["addPage"]>;

/** What OCR is given of a page, the first time it asks and the second. */
async function pictures(draw: (page: Page, document: PDFDocument) => Promise<unknown> | unknown): Promise<Picture[]> {
  const document = await PDFDocument.create();
  await draw(document.addPage([WIDTH, HEIGHT]), document);
  await using folder = await scratch();
  const file = await folder.file("a.pdf", Buffer.from(await document.save()));
  await using opened = await pdf.open(file, {
    ...{ folder: folder.path, signal: never, time: (_name, _page, work) => work() },
    ...{ sourceLanguage: "", targetLanguage: "es" },
  });
  const page = await opened.page(1);
  if (page.kind !== "content" || !page.toRead) throw new Error("nothing to read");
  return [await page.toRead.image(never), await page.toRead.image(never)];
}

const letter = () => scan(lines(PROSE));
const whole = { x: 0, y: 0, width: WIDTH, height: HEIGHT };

/** How far the pixels lie apart, as a mean. */
function apart(one: Picture, other: { readonly data: Buffer }): number {
  return one.data.reduce((sum, value, index) => sum + Math.abs(value - (other.data[index] ?? 0)), 0) / one.data.length;
}

describe("a scanned page of a PDF", () => {
  it("is handed to OCR as its picture is, and painted the same when it is asked for again", async () => {
    const wanted = await toGrey(letter());
    const [decoded, painted] = await pictures(async (page, document) =>
      page.drawImage(await document.embedPng(await letter().png().toBuffer()), whole),
    );
    expect([decoded?.width, decoded?.height]).to.deep.equal([SCAN.width, SCAN.height]);
    expect(decoded?.pixelsPerPoint).to.be.closeTo(SCAN.pixelsPerPoint, 0.01);
    expect(apart(decoded as Picture, wanted)).to.be.below(0.6);
    expect(painted?.pixelsPerPoint).to.be.closeTo(SCAN.pixelsPerPoint, 0.01);
    const again = await sharp(painted?.data, { raw: { width: painted?.width ?? 1, height: painted?.height ?? 1, channels: 1 } })
      .resize(SCAN.width, SCAN.height, { fit: "fill" })
      .toColourspace("b-w")
      .raw()
      .toBuffer();
    expect(apart(decoded as Picture, { data: again })).to.be.below(3);
  });
  it("in black and white is so too", async () => {
    const bits = await letter()
      .threshold(128)
      .toColourspace("b-w")
      .png({ bitdepth: 1, colours: 2 } as object)
      .toBuffer();
    const [decoded] = await pictures(async (page, document) => page.drawImage(await document.embedPng(bits), whole));
    expect(apart(decoded as Picture, await toGrey(letter().threshold(128)))).to.be.below(0.6);
  });
  const painted: readonly [why: string, draw: (page: Page, picture: Parameters<Page["drawImage"]>[0]) => unknown][] = [
    [
      "a stamp is drawn over it",
      (page, picture) => [page.drawImage(picture, whole), page.drawCircle({ x: 300, y: 60, size: 40, color: rgb(0, 0, 0) })],
    ],
    [
      "it is turned",
      (page, picture) => [
        page.setSize(HEIGHT, WIDTH),
        page.drawImage(picture, { ...whole, x: HEIGHT, rotate: { type: "degrees", angle: 90 } as never }),
      ],
    ],
    [
      "a part of it is cut off",
      (page, picture) => page.drawImage(picture, { x: -WIDTH / 2, y: -HEIGHT / 2, width: 2 * WIDTH, height: 2 * HEIGHT }),
    ],
    ["it is drawn pale", (page, picture) => page.drawImage(picture, { ...whole, opacity: 0.5 })],
    ["it leaves a margin", (page, picture) => page.drawImage(picture, { x: 60, y: 60, width: WIDTH - 120, height: HEIGHT - 120 })],
    [
      "it is stretched",
      (page, picture) => [page.setSize(WIDTH, HEIGHT * 1.2), page.drawImage(picture, { ...whole, height: HEIGHT * 1.2 })],
    ],
  ];
  for (const [why, draw] of painted)
    it(`is painted where ${why}`, async () => {
      const [first, second] = await pictures(async (page, document) =>
        draw(page, await document.embedPng(await letter().png().toBuffer())),
      );
      expect(apart(first as Picture, second as Picture)).to.equal(0);
      expect([first?.width, first?.height]).to.not.deep.equal([0, 0]);
    });
});
