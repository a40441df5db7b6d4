import sharp, { type Sharp } from "sharp";
import { CanvasInk, grained } from "../reading/make/canvas_ink.ts";
import { columnsOf, compose, framesOf, type Look, PLAIN, setText } from "../reading/make/compose.ts";
import { PdfBook } from "../reading/make/pdf_ink.ts";
import { heading, paragraph, table } from "../reading/make/sample.ts";
import { paragraphs, sentences, titles } from "../reading/prose.ts";
import type { InPlaceSample } from "./sample.ts";

const SCAN: Partial<Look> = { ...PLAIN, size: 12, leading: 1.45 };

type Spoil = (scan: Sharp) => Sharp | Promise<Sharp>;

/** A scanned page in a PDF. */
function scan(id: string, draw: (ink: CanvasInk) => void, spoil: Spoil = (same) => same): InPlaceSample {
  return {
    ...{ id, from: "en", to: "es", fileName: `${id}.pdf` },
    async make() {
      const ink = new CanvasInk({ dpi: 150 });
      draw(ink);
      const picture = await (await spoil(await ink.scan())).jpeg({ quality: 85 }).toBuffer({ resolveWithObject: true });
      const { width, height } = picture.info;
      const book = await PdfBook.create();
      const page = book.page({ width: (width * 72) / 150, height: (height * 72) / 150 });
      await book.photo(page, picture.data, { x0: 0, y0: 0, x1: page.width, y1: page.height });
      return book.save();
    },
  };
}

function letter(from: number) {
  return (ink: CanvasInk) => {
    const units = [heading(titles("en", 1, from)[0] ?? ""), ...paragraphs("en", 2, from).map(paragraph)];
    compose(units, framesOf(ink, { x0: 62, y0: 72, x1: ink.width - 62, y1: ink.height - 60 }), { ...PLAIN, ...SCAN });
  };
}

/** As printed on paper of this colour. */
const onPaper =
  (...paper: readonly [red: number, green: number, blue: number]): Spoil =>
  async (picture) => {
    const { data, info } = await picture.greyscale().raw().toBuffer({ resolveWithObject: true });
    const coloured = Buffer.alloc(data.length * 3);
    for (let at = 0; at < coloured.length; at++) coloured[at] = ((data[Math.floor(at / 3)] ?? 0) * (paper[at % 3] ?? 0)) / 255;
    return sharp(coloured, { raw: { width: info.width, height: info.height, channels: 3 } });
  };

export const SCANS: readonly InPlaceSample[] = [
  scan("scan-white", letter(0)),
  scan("scan-grey-grained", letter(2), (picture) => grained(picture.linear(0.86, 0), 6, 3)),
  scan("scan-coloured", letter(4), onPaper(250, 236, 205)),
  scan("scan-dark-box", (ink) => {
    ink.area({ x0: 40, y0: 50, x1: 555, y1: 150 }, { fill: "#203c30" });
    setText(
      ink,
      titles("en", 1, 2)[0] ?? "",
      { x0: 60, y0: 80, x1: 535, y1: 130 },
      { family: "sans", size: 22, bold: true, color: "#ffffff" },
    );
    compose(paragraphs("en", 2, 3).map(paragraph), framesOf(ink, { x0: 62, y0: 190, x1: 533, y1: 780 }), { ...PLAIN, ...SCAN });
  }),
  scan("scan-turned", letter(6), (picture) => picture.rotate(90)),
  scan("scan-skewed", letter(5), (picture) => picture.rotate(1.5, { background: "#ffffff" })),
  scan("scan-two-columns", (ink) => {
    const boxes = columnsOf({ x0: 44, y0: 72, x1: 551, y1: 330 }, 2, 22);
    compose(paragraphs("en", 4, 1).map(paragraph), framesOf(ink, ...boxes), { ...PLAIN, ...SCAN, size: 10.5, align: "justify" });
  }),
  scan("scan-table", (ink) => {
    const [before = "", after = ""] = sentences("en", 2, 2);
    const rows = table(
      ["Ticket", "Adults", "Who may buy it"],
      ["Single", "4.20", "Everyone at the counter"],
      ["Return", "7.60", "Everyone on the boat"],
      ["Week", "31.00", "Members of the club"],
    );
    compose([paragraph(before), rows, paragraph(after)], framesOf(ink, { x0: 62, y0: 90, x1: 533, y1: 700 }), {
      ...PLAIN,
      ...SCAN,
      table: "ruled",
    });
  }),
];
