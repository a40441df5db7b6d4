import type { Sharp } from "sharp";
import sharp from "sharp";
import { CanvasInk, grained } from "../make/canvas_ink.ts";
import { columnsOf, compose, framesOf, type Look, PLAIN } from "../make/compose.ts";
import { PdfBook } from "../make/pdf_ink.ts";
import { heading, list, paragraph, table } from "../make/sample.ts";
import { paragraphs, sentences, titles } from "../prose.ts";
import type { Sample, Truth, Unit } from "../truth.ts";
import { SPANNED } from "./tables.ts";

interface ScanFacts {
  readonly id: string;
  readonly kind: string;
  readonly language?: string;
  readonly dpi?: number;
  readonly quick?: boolean;
  readonly file?: "png" | "jpg" | "tif" | "pdf";
  /** What the scanner or the phone does to the page. */
  readonly spoil?: (scan: Sharp) => Sharp | Promise<Sharp>;
  readonly ink?: ConstructorParameters<typeof CanvasInk>[0];
}

const SCAN: Look = { ...PLAIN, size: 12, leading: 1.45 };

function scan(facts: ScanFacts, draw: (ink: CanvasInk) => Truth): Sample {
  const { id, kind, language = "en", file = "png", quick = false, spoil = (same: Sharp) => same, dpi = 200 } = facts;
  return {
    ...{ id, kind, language, quick, family: "scan", fileName: `${id}.${file}` },
    async make() {
      const ink = new CanvasInk({ dpi, ...facts.ink });
      const truth = draw(ink);
      return { truth, bytes: await encode(await spoil(await ink.scan()), file) };
    },
  };
}

async function encode(picture: Sharp, file: NonNullable<ScanFacts["file"]>): Promise<Uint8Array> {
  if (file === "png") return picture.png({ compressionLevel: 6 }).toBuffer();
  if (file === "tif") return picture.tiff({ compression: "deflate" }).toBuffer();
  const jpeg = await picture.jpeg({ quality: 85 }).toBuffer();
  if (file === "jpg") return jpeg;
  const book = await PdfBook.create();
  const page = book.page();
  await book.photo(page, jpeg, { x0: 0, y0: 0, x1: page.width, y1: page.height });
  return book.save();
}

/** A letter: short lines, paragraphs, a greeting. */
function letter(facts: ScanFacts, from = 0, look: Partial<Look> = {}): Sample {
  const language = facts.language ?? "en";
  return scan(facts, (ink) => {
    const units: Unit[] = [heading(titles(language, 1, from)[0] ?? "", 1), ...paragraphs(language, 3, from).map(paragraph)];
    compose(units, framesOf(ink, { x0: 62, y0: 72, x1: ink.width - 62, y1: ink.height - 60 }), { ...SCAN, ...look });
    return { units };
  });
}

/** Two lines on a page that is empty else. */
function sparse(facts: ScanFacts, from: number): Sample {
  return scan(facts, (ink) => {
    const units = sentences(facts.language ?? "en", 2, from).map(paragraph);
    compose(units, framesOf(ink, { x0: 58, y0: 72, x1: ink.width - 50, y1: 200 }), SCAN);
    return { units };
  });
}

function inColumns(facts: ScanFacts, count: number, gutter: number, from = 0): Sample {
  const language = facts.language ?? "en";
  return scan(facts, (ink) => {
    const units = paragraphs(language, count + 1, from).map(paragraph);
    const box = { x0: 40, y0: 72, x1: ink.width - 40, y1: 72 + (count === 2 ? 215 : 280) };
    compose(units, framesOf(ink, ...columnsOf(box, count, gutter)), {
      ...SCAN,
      size: count === 2 ? 10.5 : 9.5,
      align: "justify",
      hyphen: "-",
    });
    return { units };
  });
}

function withTable(facts: ScanFacts, look: Partial<Look>, rows: Unit): Sample {
  return scan(facts, (ink) => {
    const [before = "", after = ""] = sentences(facts.language ?? "en", 2, 2);
    const units = [paragraph(before), rows, paragraph(after)];
    compose(units, framesOf(ink, { x0: 62, y0: 90, x1: ink.width - 62, y1: 700 }), { ...SCAN, ...look });
    return { units };
  });
}

/** Text over or under a dark photo. */
function withPhoto(facts: ScanFacts, where: "above" | "below", from: number): Sample {
  return scan(facts, (ink) => {
    const units = paragraphs(facts.language ?? "en", 2, from).map(paragraph);
    const photo = where === "below" ? { x0: 0, y0: 430, x1: ink.width, y1: ink.height } : { x0: 60, y0: 60, x1: ink.width - 60, y1: 380 };
    ink.picture(photo);
    compose(
      units,
      framesOf(ink, { x0: 62, y0: where === "below" ? 72 : 410, x1: ink.width - 62, y1: where === "below" ? 420 : 800 }),
      SCAN,
    );
    return { units };
  });
}

/** A bill whose total is printed in faint grey. */
function invoice(facts: ScanFacts, grey: string): Sample {
  return scan(facts, (ink) => {
    const units: Unit[] = [
      heading("Invoice 2024-0187", 1),
      paragraph("Northern Boatyard, Quay Street 5, for repairs finished in September."),
      table(["Work", "Hours", "Amount"], ["Planking", "14", "812.00"], ["Caulking", "6", "348.00"], ["Paint", "3", "174.50"]),
    ];
    const end = compose(units, framesOf(ink, { x0: 62, y0: 72, x1: ink.width - 62, y1: 700 }), {
      ...SCAN,
      table: "lines",
      columns: [0.5, 0.2, 0.3],
    });
    const total = "Total to pay: 1,334.50";
    ink.text(total, 300, end + 30, { family: "serif", size: 12, color: grey });
    return { units: [...units, paragraph(total)] };
  });
}

function listed(facts: ScanFacts, from: number, look: Partial<Look> = {}): Sample {
  return scan(facts, (ink) => {
    const items = sentences("en", 6, from).map((text, index) => ({ mark: `${index + 1}.`, text }));
    const units = [...paragraphs("en", 1, from + 1).map(paragraph), list(...items)];
    compose(units, framesOf(ink, { x0: 62, y0: 72, x1: ink.width - 62, y1: 780 }), { ...SCAN, ...look });
    return { units };
  });
}

/** Single figures that stand by themselves: in a column of counts, and at the foot. */
function counted(facts: ScanFacts, column: number): Sample {
  return scan(facts, (ink) => {
    const rows = Object.entries({ Chairs: "4", Tables: "1", Lamps: "6", Shelves: "2", Carpets: "3" });
    for (const [index, [name, count]] of rows.entries()) {
      ink.text(name, 62, 90 + index * 20, { family: "sans", size: 11 });
      ink.text(count, column, 90 + index * 20, { family: "sans", size: 11 });
    }
    ink.text("7", ink.width / 2, 800, { family: "sans", size: 11 });
    const units = [...rows.map(([name, count]): Unit => ({ kind: "lines", text: `${name} ${count}` })), paragraph("7")];
    return { units, open: ["paragraphs", "tables", "apart"] };
  });
}

/** The tones of phone pictures: light falls off to one side. */
async function shaded(picture: Sharp): Promise<Sharp> {
  const { data, info } = await picture.greyscale().raw().toBuffer({ resolveWithObject: true });
  for (let index = 0; index < data.length; index++)
    data[index] = Math.round((data[index] ?? 0) * (1 - 0.45 * ((index % info.width) / info.width)));
  return sharp(data, { raw: { width: info.width, height: info.height, channels: 1 } });
}

const turn = (angle: number) => (picture: Sharp) => picture.rotate(angle, { background: "#ffffff" });
const PRICES = [
  ["Ticket", "Adults", "Children"],
  ["Single", "4.20", "2.10"],
  ["Return", "7.60", "3.80"],
  ["Week", "31.00", ""],
  ["Dog", "", "1.50"],
];
const PRECIOS = [
  ["Billete", "Adultos", "Niños"],
  ["Ida", "4,20", "2,10"],
  ["Vuelta", "7,60", "3,80"],
  ["Semana", "31,00", "15,50"],
];

export const SCANS: readonly Sample[] = [
  letter({ id: "scan-clean-en", kind: "clean scans", quick: true }),
  letter({ id: "scan-clean-es", kind: "clean scans", language: "es", file: "pdf" }, 1),
  letter({ id: "scan-clean-sans", kind: "clean scans", dpi: 300 }, 3, { family: "sans" }),
  letter({ id: "scan-noisy-en", kind: "noisy scans", file: "jpg", spoil: (picture) => grained(picture, 12, 3) }, 2),
  letter({ id: "scan-noisy-es", kind: "noisy scans", language: "es", file: "jpg", spoil: (picture) => grained(picture, 18, 4) }, 3),
  letter({ id: "scan-shaded-en", kind: "noisy scans", file: "jpg", spoil: shaded }, 4),
  letter({ id: "scan-skew-2", kind: "skewed scans", spoil: turn(2) }, 5),
  letter({ id: "scan-skew-minus-3", kind: "skewed scans", quick: true, spoil: turn(-3) }, 6),
  letter({ id: "scan-skew-6-es", kind: "skewed scans", language: "es", spoil: turn(6) }, 2),
  letter({ id: "scan-turned-90", kind: "turned scans", spoil: turn(90) }, 1),
  letter({ id: "scan-turned-180-es", kind: "turned scans", language: "es", file: "pdf", spoil: turn(180) }),
  letter({ id: "scan-turned-270", kind: "turned scans", spoil: turn(270) }, 7),
  sparse({ id: "scan-sparse-en", kind: "sparse scans" }, 3),
  sparse({ id: "scan-sparse-es", kind: "sparse scans", language: "es" }, 1),
  sparse({ id: "scan-sparse-grained", kind: "sparse scans", file: "jpg", spoil: (picture) => grained(picture, 5, 9) }, 6),
  withPhoto({ id: "scan-photo-below", kind: "scans with photos" }, "below", 2),
  withPhoto({ id: "scan-photo-above-es", kind: "scans with photos", language: "es" }, "above", 0),
  letter({ id: "scan-white-on-black", kind: "white on black", ink: { paper: "#141414", ink: "#f0f0f0" } }, 2),
  letter({ id: "scan-white-on-blue-es", kind: "white on black", language: "es", ink: { paper: "#203050", ink: "#ffffff" } }, 3),
  letter({ id: "scan-75-dpi", kind: "low resolution", dpi: 75 }, 3),
  letter({ id: "scan-100-dpi-es", kind: "low resolution", language: "es", dpi: 100 }),
  inColumns({ id: "scan-2-columns", kind: "scanned columns" }, 2, 20, 1),
  inColumns({ id: "scan-3-columns", kind: "scanned columns" }, 3, 18, 5),
  inColumns({ id: "scan-3-columns-es", kind: "scanned columns", language: "es" }, 3, 14, 1),
  withTable({ id: "scan-table-ruled", kind: "scanned tables", quick: true }, { table: "ruled" }, table(...PRICES)),
  withTable({ id: "scan-table-plain", kind: "scanned tables" }, { table: "plain" }, table(...PRICES)),
  withTable({ id: "scan-table-ruled-es", kind: "scanned tables", language: "es", file: "pdf" }, { table: "ruled" }, table(...PRECIOS)),
  withTable({ id: "scan-table-spans-ruled", kind: "scanned tables" }, { table: "ruled" }, SPANNED),
  invoice({ id: "scan-invoice-faint-total", kind: "faint words", quick: true }, "#9a9a9a"),
  invoice({ id: "scan-invoice-fainter-total", kind: "faint words" }, "#bcbcbc"),
  listed({ id: "scan-list-numbered", kind: "scanned lists" }, 3),
  listed({ id: "scan-list-numbered-11", kind: "scanned lists", quick: true }, 1, { size: 11.5 }),
  listed({ id: "scan-list-numbered-skew", kind: "scanned lists", spoil: turn(1) }, 2),
  listed({ id: "scan-list-numbered-300-dpi", kind: "scanned lists", dpi: 300, spoil: turn(3) }, 0),
  counted({ id: "scan-counts", kind: "scanned counts", quick: true }, 200),
  counted({ id: "scan-counts-far-skew", kind: "scanned counts", dpi: 250, spoil: turn(1.3) }, 480),
  letter({ id: "scan-tiff", kind: "picture files", file: "tif" }, 8),
  letter(
    {
      id: "scan-exif-8",
      kind: "picture files",
      file: "jpg",
      spoil: async (picture) => sharp(await picture.rotate(90).jpeg().toBuffer()).withMetadata({ orientation: 8 }),
    },
    8,
  ),
];
