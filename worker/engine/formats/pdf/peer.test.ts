import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import fontkit from "@cantoo/fontkit";
import { expect } from "chai";
import { degrees, type PDFFont, type PDFPage, rgb, StandardFonts } from "pdf-lib";
import { createPdf } from "../../../../examples/make.ts";
import { scratch } from "../../../../test/support/documents.ts";
import type { Box } from "../../document/geometry.ts";
import { pdf } from "./pdf.ts";

interface Placed {
  readonly text: string;
  readonly box: Box;
}

/** What Poppler reads, as it looks at the page. */
function pdftotext(file: string): Placed[] {
  const html = execFileSync("pdftotext", ["-bbox", "-cropbox", file, "-"], { encoding: "utf8" });
  const words = html.matchAll(/<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">(.*?)<\/word>/g);
  return [...words].map(([, x0, y0, x1, y1, text = ""]) => ({
    text: text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&amp;", "&").normalize("NFKC"),
    box: { x0: Number(x0), y0: Number(y0), x1: Number(x1), y1: Number(y1) },
  }));
}

async function ours(file: string): Promise<Placed[]> {
  await using document = await pdf.open(file, {} as never);
  const page = await document.page(1);
  if (page.kind !== "content") return [];
  const words: Placed[] = [];
  for (const { text, box, joined } of page.content.words) {
    const last = words.at(-1);
    if (joined && last) words[words.length - 1] = { text: last.text + text, box: union(last.box, box) };
    else words.push({ text, box });
  }
  return words;
}

function union(a: Box, b: Box): Box {
  return { x0: Math.min(a.x0, b.x0), y0: Math.min(a.y0, b.y0), x1: Math.max(a.x1, b.x1), y1: Math.max(a.y1, b.y1) };
}

/** How far the farthest edge of one is from that of the other. */
function apart(a: Box, b: Box): number {
  return Math.max(Math.abs(a.x0 - b.x0), Math.abs(a.y0 - b.y0), Math.abs(a.x1 - b.x1), Math.abs(a.y1 - b.y1));
}

interface Fonts {
  readonly times: PDFFont;
  readonly bold: PDFFont;
  readonly mono: PDFFont;
  readonly embedded: PDFFont;
}

type Draw = (page: PDFPage, fonts: Fonts) => void;

const ENGLISH = "The gardeners water the beds twice a day, and 1,250 readers (of 3,000) came to see the “old” pond in May 2024.";
const SPANISH = "Los jardineros riegan las camas dos veces al día; el año pasado vinieron 1.250 lectores a ver «el estanque viejo».";
const GERMAN = "Die Gärtner gießen die Beete zweimal täglich, und im Mai kamen 1.250 Leser, um den großen Teich zu sehen.";
const POLISH = "Ogrodnicy podlewają grządki dwa razy dziennie, a w maju przyszło wielu gości – łącznie 1250 osób.";

const across = { x: 60, y: 760, size: 11, lineHeight: 14, maxWidth: 460 };
const drawings: readonly [name: string, draw: Draw][] = [
  ["a standard font", (page, { times }) => page.drawText(ENGLISH, { ...across, font: times })],
  ["another language", (page, { bold }) => page.drawText(SPANISH, { ...across, font: bold, size: 9 })],
  ["a typewriter's face", (page, { mono }) => page.drawText(GERMAN, { ...across, font: mono, size: 8 })],
  ["an embedded font by glyph numbers", (page, { embedded }) => page.drawText(`${POLISH} ${ENGLISH}`, { ...across, font: embedded })],
  [
    "two columns",
    (page, { times }) => {
      page.drawText(ENGLISH, { ...across, font: times, maxWidth: 220 });
      page.drawText(SPANISH, { ...across, x: 292, font: times, maxWidth: 220 });
    },
  ],
  [
    "large and small type",
    (page, { embedded, times }) => {
      page.drawText("Ponds and gardens", { ...across, font: embedded, size: 38 });
      page.drawText(ENGLISH, { ...across, y: 700, font: times, size: 5 });
    },
  ],
  [
    "letters turned to the left",
    (page, { times }) => page.drawText(ENGLISH, { ...across, x: 300, y: 60, font: times, rotate: degrees(90) }),
  ],
  [
    "letters turned to the right",
    (page, { times }) => page.drawText(ENGLISH, { ...across, font: times, rotate: degrees(-90), maxWidth: 600 }),
  ],
  [
    "a page turned to be looked at",
    (page, { times }) => {
      page.setRotation(degrees(270));
      page.drawText(GERMAN, { ...across, font: times });
    },
  ],
  [
    "a page cut to a part of its paper",
    (page, { embedded }) => {
      page.setMediaBox(-30, -40, 700, 900);
      page.setCropBox(20, 30, 555, 790);
      page.drawText(ENGLISH, { ...across, font: embedded });
    },
  ],
  [
    "coloured words within a line",
    (page, { times, bold }) => {
      page.drawText("This is ", { ...across, font: times });
      page.drawText("very", { ...across, x: 60 + times.widthOfTextAtSize("This is ", 11), font: bold, color: rgb(0.8, 0, 0) });
      page.drawText(" old.", {
        ...across,
        x: 60 + times.widthOfTextAtSize("This is ", 11) + bold.widthOfTextAtSize("very", 11),
        font: times,
      });
    },
  ],
];

describe("the words of a PDF, beside pdftotext's", () => {
  const fonts = createRequire(import.meta.url).resolve("dejavu-fonts-ttf/ttf/DejaVuSerif.ttf");
  for (const [name, draw] of drawings)
    it(`are the same words, each edge within a point, of ${name}`, async () => {
      await using folder = await scratch();
      const document = await createPdf();
      document.registerFontkit(fontkit);
      const page = document.addPage([595, 842]);
      draw(page, {
        times: await document.embedFont(StandardFonts.TimesRoman),
        bold: await document.embedFont(StandardFonts.HelveticaBold),
        mono: await document.embedFont(StandardFonts.Courier),
        embedded: await document.embedFont(await readFile(fonts), { subset: true }),
      });
      const file = await folder.file("a.pdf", await document.save());
      const [peers, words] = [pdftotext(file), await ours(file)];
      const textsOf = (placed: readonly Placed[]) => placed.map(({ text }) => text).sort();
      expect(peers.length).to.be.greaterThan(2);
      expect(textsOf(words)).to.deep.equal(textsOf(peers));
      for (const peer of peers) {
        const nearest = Math.min(...words.filter(({ text }) => text === peer.text).map(({ box }) => apart(box, peer.box)));
        expect(nearest, peer.text).to.be.lessThan(1);
      }
    });
});
