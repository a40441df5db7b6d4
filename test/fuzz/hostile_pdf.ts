import { readFile } from "node:fs/promises";
import { deflateSync } from "node:zlib";
import { type HandMade, type Input, toInputs } from "./input.ts";
import { flateStream, onePage, pdfStream, rawPdf, SENTENCE, SHOWN } from "./raw_pdf.ts";

const READ = "SUCCEEDED";
const CORRUPT = "PDF_CORRUPT";
const EMPTY = "NO_CONTENT";
const MANY = "TOO_MANY_PAGES";
const COMPLEX = "DOCUMENT_TOO_COMPLEX";

const one = (parts: Parameters<typeof onePage>[0], layout: Parameters<typeof rawPdf>[1] = {}) => rawPdf(onePage(parts), layout);
const good = () => one({});
const cut = (share: number) => () => {
  const whole = good();
  return whole.subarray(0, Math.floor(whole.length * share));
};
const show = (text: string) => `BT /F1 12 Tf 60 700 Td ${text} Tj ET`;

/** A document of one page with a picture on it, and what its dictionary says. */
function picture(width: number, height: number, data: Buffer, dictionary = "/ColorSpace /DeviceGray /BitsPerComponent 8"): Buffer {
  const image = pdfStream(data, `/Type /XObject /Subtype /Image /Width ${width} /Height ${height} ${dictionary}`);
  return one({ content: "q 500 0 0 700 40 60 cm /I0 Do Q", resources: "/XObject << /I0 6 0 R >>", more: [image] });
}

/** `count` pages that share one content. */
function pages(count: number): Buffer {
  const kids = Array.from({ length: count }, (_, index) => `${index + 5} 0 R`).join(" ");
  const page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 3 0 R /Resources << /Font << /F1 4 0 R >> >> >>";
  return rawPdf([
    "<< /Type /Catalog /Pages 2 0 R >>",
    `<< /Type /Pages /Kids [${kids}] /Count ${count} >>`,
    pdfStream("BT /F1 12 Tf 20 100 Td (One page of many.) Tj ET"),
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ...Array.from({ length: count }, () => page),
  ]);
}

const structure: readonly HandMade[] = [
  ["a header and nothing", CORRUPT, () => Buffer.from("%PDF-1.7\n")],
  ["a header and an end", CORRUPT, () => Buffer.from("%PDF-1.7\nstartxref\n9\n%%EOF")],
  ["cut off after a quarter", CORRUPT, cut(0.25)],
  ["cut off in the middle", CORRUPT, cut(0.5)],
  ["cut off before its table", CORRUPT, cut(0.7)],
  ["cut off in its trailer", CORRUPT, () => good().subarray(0, -30)],
  ["every offset wrong by seven", READ, () => one({}, { off: 7 })],
  ["every offset wrong by a million", READ, () => one({}, { off: 1_000_000 })],
  ["a table that points to itself", READ, () => one({}, { trailer: "/Prev 9" })],
  ["two tables that point to each other", READ, () => loopOfTables()],
  ["startxref before the file", READ, () => one({}, { end: "trailer << /Root 1 0 R /Size 6 >>\nstartxref\n-99\n%%EOF" })],
  ["startxref of twenty digits", READ, () => one({}, { end: "trailer << /Root 1 0 R /Size 6 >>\nstartxref\n99999999999999999999\n%%EOF" })],
  ["a table of four milliard entries", READ, () => one({}, { end: "xref\n0 4000000000\ntrailer << /Root 1 0 R >>\nstartxref\n0\n%%EOF" })],
  ["no root", CORRUPT, () => rawPdf(["<< >>"], { end: "trailer << /Size 2 >>\nstartxref\n0\n%%EOF" })],
  ["a root that is a number", CORRUPT, () => rawPdf(["42"])],
  ["a root that is itself", CORRUPT, () => rawPdf(["1 0 R"])],
  [
    "a page tree that is its own child",
    [CORRUPT, EMPTY],
    () => rawPdf(["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [2 0 R] /Count 1 >>"]),
  ],
  [
    "page trees that are each other's child",
    [CORRUPT, EMPTY],
    () =>
      rawPdf([
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 3 >>",
        "<< /Type /Pages /Kids [2 0 R] /Count 3 >>",
      ]),
  ],
  ["a page tree ten thousand deep", [CORRUPT, READ, EMPTY], () => deepPageTree(10_000)],
  ["no pages", [CORRUPT, EMPTY], () => rawPdf(["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [] /Count 0 >>"])],
  ["a count that is too large by two", READ, () => one({ pages: "/Count 3" })],
  ["a count of two milliards", READ, () => one({ pages: "/Count 2147483647" })],
  ["a count of less than none", [CORRUPT, READ, EMPTY], () => one({ pages: "/Count -5" })],
  ["a count that is a name", [CORRUPT, READ], () => one({ pages: "/Count /Many" })],
  ["a count with a fraction", [CORRUPT, READ, "PARTIALLY_SUCCEEDED"], () => one({ pages: "/Count 1.5" })],
  ["ten thousand pages", MANY, () => pages(10_000)],
  [
    "an outline that goes round",
    READ,
    () =>
      one({
        catalog: "/Outlines 6 0 R",
        more: ["<< /First 7 0 R /Last 7 0 R >>", "<< /Title (a) /Parent 6 0 R /Next 7 0 R /First 7 0 R >>"],
      }),
  ],
  ["a name tree that goes round", READ, () => one({ catalog: "/Names << /Dests 6 0 R >>", more: ["<< /Kids [6 0 R 6 0 R] >>"] })],
  ["an object stream that is not one", EMPTY, () => one({ content: pdfStream("1 0 2 9 << >>", "/Type /ObjStm /N 99999999 /First 1") })],
  ["a page whose content is the page", [CORRUPT, EMPTY, READ], () => one({ page: "/Contents 3 0 R" })],
  ["a length that is itself", READ, () => one({ content: Buffer.from(`<< /Length 4 0 R >>\nstream\n${SHOWN}\nendstream`) })],
  ["a length of less than none", READ, () => one({ content: Buffer.from(`<< /Length -1 >>\nstream\n${SHOWN}\nendstream`) })],
  ["a length beyond the file", READ, () => one({ content: Buffer.from(`<< /Length 99999999999 >>\nstream\n${SHOWN}\nendstream`) })],
  ["a parent that is the page", READ, () => one({ page: "/Parent 3 0 R /Rotate 90" })],
  ["resources that are themselves", [CORRUPT, READ, EMPTY], () => one({ page: "/Resources 6 0 R", more: ["6 0 R"] })],
  [
    "a hundred thousand brackets in the catalog",
    [READ, CORRUPT],
    () => one({ catalog: `/Deep ${"[".repeat(100_000)}${"]".repeat(100_000)}` }),
  ],
  [
    "a hundred thousand dictionaries in the page",
    [READ, CORRUPT],
    () => one({ page: `/Deep ${"<< /A ".repeat(100_000)}1${" >>".repeat(100_000)}` }),
  ],
  [
    "scripts and launches at every turn",
    READ,
    () => one({ catalog: active(), page: `/AA << /O << /S /Launch /F (/bin/sh) >> >>`, more: [] }),
  ],
  [
    "a form that calls itself (XFA)",
    [READ, CORRUPT],
    () =>
      one({
        catalog: "/AcroForm << /XFA 6 0 R /Fields [7 0 R] >>",
        more: [pdfStream("<xdp:xdp>"), "<< /Kids [7 0 R] /FT /Tx /Parent 7 0 R >>"],
      }),
  ],
  [
    "title and language of broken UTF-16",
    READ,
    () => one({ catalog: "/Lang (\xfe\xff\xd8\x00\xd8) /PageLabels << /Nums [0 << /P (\xfe\xff\xdc) >>] >>" }),
  ],
  ["a password", "PDF_ENCRYPTED", () => readFile("test/support/encrypted.pdf")],
  [
    "an unknown way of encryption",
    [CORRUPT, "PDF_ENCRYPTED"],
    () => one({}, { trailer: "/Encrypt << /Filter /Secret /V 99 >> /ID [(a) (b)]" }),
  ],
  [
    "broken keys of encryption",
    [CORRUPT, "PDF_ENCRYPTED"],
    () => one({}, { trailer: "/Encrypt << /Filter /Standard /V 5 /R 6 /O (x) /U (y) /P -1 >> /ID [(a)]" }),
  ],
];

function active(): string {
  const script = "<< /S /JavaScript /JS (while\\(true\\){app.alert\\(1\\)}) >>";
  return `/OpenAction ${script} /AA << /WC ${script} >> /Names << /JavaScript << /Names [(a) ${script}] >> /EmbeddedFiles << /Names [(../../x) << /F (../../x) >>] >> >>`;
}

function loopOfTables(): Buffer {
  const objects = rawPdf(onePage({}), { end: "" }).toString("latin1");
  const first = objects.length;
  const part = (previous: number) =>
    `xref\n0 1\n0000000000 65535 f \ntrailer << /Root 1 0 R /Size 6 /Prev ${String(previous).padStart(8, "0")} >>\n`;
  const second = first + part(0).length;
  return Buffer.from(`${objects}${part(second)}${part(first)}startxref\n${second}\n%%EOF\n`, "latin1");
}

function deepPageTree(depth: number): Buffer {
  const trees = Array.from({ length: depth }, (_, index) => `<< /Type /Pages /Kids [${index + 3} 0 R] /Count 1 >>`);
  return rawPdf(["<< /Type /Catalog /Pages 2 0 R >>", ...trees, "<< /Type /Page /MediaBox [0 0 200 200] >>"]);
}

const boxes: readonly HandMade[] = [
  ["a page of a milliard points", READ, () => one({ box: "[0 0 1000000000 1000000000]" })],
  ["a page of no size", READ, () => one({ box: "[0 0 0 0]" })],
  ["a page the other way round", READ, () => one({ box: "[595 842 0 0]" })],
  ["a page that is not a number", READ, () => one({ box: "[0 0 NaN (x)]" })],
  ["a page of a billion billion points", [READ, EMPTY], () => one({ box: `[0 0 1${"0".repeat(36)} 5]` })],
  ["a user unit of a milliard", READ, () => one({ page: "/UserUnit 1000000000" })],
  ["a turn by one degree", READ, () => one({ page: "/Rotate 1" })],
  ["a picture on a page of a milliard points", EMPTY, () => pictureOn("[0 0 1000000000 1000000000]")],
  ["a picture on a page of a milliard by one point", EMPTY, () => pictureOn("[0 0 1000000000 1]")],
  ["a picture on a page of a hundredth of a point", EMPTY, () => pictureOn("[0 0 0.01 0.01]")],
];

function pictureOn(box: string): Buffer {
  const image = pdfStream(
    Buffer.alloc(64 * 64, 255),
    "/Type /XObject /Subtype /Image /Width 64 /Height 64 /ColorSpace /DeviceGray /BitsPerComponent 8",
  );
  return one({ box, content: "q 500 0 0 700 40 60 cm /I0 Do Q", resources: "/XObject << /I0 6 0 R >>", more: [image] });
}

const contents: readonly HandMade[] = [
  ["a gigabyte of spaces, packed", [EMPTY, CORRUPT, COMPLEX, "MEMORY_LIMIT"], () => one({ content: bomb(1024) }), "heavy"],
  ["a gigabyte of spaces, packed twice", [COMPLEX], () => one({ content: bombOfBombs(1024) })],
  ["two hundred thousand saved states", [READ, EMPTY, COMPLEX], () => one({ content: `${"q ".repeat(200_000)}${SHOWN}` }), "heavy"],
  ["two hundred thousand restored states", READ, () => one({ content: `${"Q ".repeat(200_000)}${SHOWN}` })],
  ["a hundred thousand brackets", [EMPTY, CORRUPT, READ], () => one({ content: `${"[".repeat(100_000)} ${SHOWN}` })],
  [
    "a hundred thousand words, one over the other",
    [READ, COMPLEX],
    () => one({ content: `BT /F1 12 Tf 60 700 Td ${"(word) Tj ".repeat(100_000)} ET` }),
    "heavy",
  ],
  ["a hundred thousand words, far apart", [READ, "PARTIALLY_SUCCEEDED", COMPLEX], () => one({ content: scattered(100_000) }), "heavy"],
  ["ten thousand words, far apart", [READ, "PARTIALLY_SUCCEEDED"], () => one({ content: scattered(10_000) }), "heavy"],
  [
    "a string of a megabyte",
    [READ, "PARTIALLY_SUCCEEDED", COMPLEX],
    () => one({ content: show(`(${"garden ".repeat(150_000)})`) }),
    "heavy",
  ],
  [
    "numbers of a thousand digits",
    [READ, EMPTY],
    () => one({ content: `BT /F1 ${"9".repeat(1000)} Tf ${"9".repeat(1000)} -${"9".repeat(1000)} Td (${SENTENCE}) Tj ET` }),
  ],
  ["a type of no size", [READ, EMPTY], () => one({ content: `BT /F1 0 Tf 60 700 Td (${SENTENCE}) Tj ET` })],
  ["a type upside down and mirrored", [READ, EMPTY], () => one({ content: `BT /F1 -12 Tf -1 0 0 -1 60 700 Tm (${SENTENCE}) Tj ET` })],
  ["a matrix of zeros", [READ, EMPTY], () => one({ content: `q 0 0 0 0 0 0 cm ${SHOWN} Q` })],
  ["operators that are none", [READ, EMPTY], () => one({ content: `${"\x00\xff\x80zz ".repeat(2000)}${SHOWN}` })],
  [
    "an inline picture without an end",
    [READ, EMPTY, CORRUPT, COMPLEX],
    () => one({ content: `BI /W 99999 /H 99999 /BPC 8 /CS /RGB ID \xff\xff ${SHOWN}` }),
    "heavy",
  ],
  [
    "a form that draws itself",
    [READ, CORRUPT],
    () => one({ content: `${SHOWN} /X0 Do`, resources: "/XObject << /X0 6 0 R >>", more: [form("/X0 Do", "/X0 6 0 R")] }),
  ],
  ["forms that draw each other twice, thirty deep", COMPLEX, () => doublingForms(30)],
  ["forms that draw each other twelve times, eight deep", COMPLEX, () => doublingForms(8, 12)],
  [
    "a pattern that is painted with itself",
    READ,
    () => one({ content: `/Pattern cs /P0 scn 0 0 500 500 re f ${SHOWN}`, resources: "/Pattern << /P0 6 0 R >>", more: [tiling()] }),
  ],
  [
    "a pattern of a milliardth of a point",
    [READ, CORRUPT],
    () =>
      one({
        content: `/Pattern cs /P0 scn 0 0 500 500 re f ${SHOWN}`,
        resources: "/Pattern << /P0 6 0 R >>",
        more: [tiling("0.000000001")],
      }),
  ],
  [
    "a function that calls itself",
    [READ, CORRUPT],
    () =>
      one({
        content: `${SHOWN} /S0 sh`,
        resources: "/Shading << /S0 6 0 R >>",
        more: [
          "<< /ShadingType 1 /ColorSpace /DeviceGray /Function 7 0 R >>",
          "<< /FunctionType 3 /Domain [0 1] /Functions [7 0 R 7 0 R] /Bounds [0.5] /Encode [0 1 0 1] >>",
        ],
      }),
  ],
  [
    "a colour space that is itself",
    [READ, CORRUPT],
    () => one({ content: `/C0 cs 1 scn ${SHOWN}`, resources: "/ColorSpace << /C0 6 0 R >>", more: ["[/Indexed 6 0 R 255 (abc)]"] }),
  ],
  ["an unknown filter", [READ, EMPTY, CORRUPT], () => one({ content: pdfStream(SHOWN, "/Filter /Nothing") })],
  ["a thousand filters", [EMPTY, CORRUPT, READ], () => one({ content: pdfStream(SHOWN, `/Filter [${"/ASCIIHexDecode ".repeat(1000)}]`) })],
  [
    "a broken flate stream",
    [EMPTY, CORRUPT, READ],
    () => one({ content: pdfStream(deflateSync(SHOWN).subarray(0, 20), "/Filter /FlateDecode") }),
  ],
  [
    "a predictor of a milliard columns",
    [EMPTY, CORRUPT],
    () => one({ content: flateStream(SHOWN, "/DecodeParms << /Predictor 12 /Columns 1000000000 >>") }),
  ],
  ["an LZW stream of noise", [EMPTY, CORRUPT], () => one({ content: pdfStream(Buffer.alloc(5000, 0x81), "/Filter /LZWDecode") })],
  [
    "a soft mask that is its own group",
    [READ, CORRUPT],
    () =>
      one({
        content: `/G0 gs ${SHOWN}`,
        resources: "/ExtGState << /G0 << /SMask << /S /Luminosity /G 6 0 R >> >> >>",
        more: [form("/G0 gs 0 0 9 9 re f", "", "/ExtGState << /G0 << /SMask << /S /Luminosity /G 6 0 R >> >> >>")],
      }),
  ],
  [
    "annotations that are each other's popups",
    READ,
    () =>
      one({
        page: "/Annots [6 0 R 7 0 R]",
        more: [
          "<< /Type /Annot /Subtype /Text /Popup 7 0 R /Rect [0 0 9 9] >>",
          "<< /Type /Annot /Subtype /Popup /Parent 6 0 R /Rect [0 0 9 9] /AP << /N 7 0 R >> >>",
        ],
      }),
  ],
];

function form(content: string, xobjects: string, more = ""): Buffer {
  return pdfStream(content, `/Type /XObject /Subtype /Form /BBox [0 0 500 500] /Resources << /XObject << ${xobjects} >> ${more} >>`);
}

function doublingForms(depth: number, times = 2): Buffer {
  const forms = Array.from({ length: depth }, (_, index) =>
    index === depth - 1 ? form("0 0 1 1 re f", "") : form("/X0 Do ".repeat(times), `/X0 ${index + 7} 0 R`),
  );
  return one({ content: `${SHOWN} /X0 Do`, resources: "/XObject << /X0 6 0 R >>", more: forms });
}

function tiling(step = "10"): Buffer {
  const resources = "/Resources << /Pattern << /P0 6 0 R >> >>";
  const dictionary = `/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 10 10] /XStep ${step} /YStep ${step} ${resources}`;
  return pdfStream("/Pattern cs /P0 scn 0 0 5 5 re f", dictionary);
}

function scattered(count: number): string {
  const words = Array.from(
    { length: count },
    (_, index) => `1 0 0 1 ${(index * 7919) % 590} ${(index * 104_729) % 840} Tm (word${index}) Tj`,
  );
  return `BT /F1 4 Tf ${words.join("\n")} ET`;
}

function bomb(mebibytes: number): Buffer {
  return pdfStream(packed(mebibytes), "/Filter /FlateDecode");
}

function bombOfBombs(mebibytes: number): Buffer {
  return pdfStream(deflateSync(packed(mebibytes)), "/Filter [/FlateDecode /FlateDecode]");
}

/** Spaces as one flate stream, made without having them all. */
function packed(mebibytes: number): Buffer {
  const block = deflateSync(Buffer.alloc(1024 * 1024, 32), { level: 9, finishFlush: 2 });
  // After the head of two bytes a flushed block can follow itself.
  const body = block.subarray(2);
  return Buffer.concat([block.subarray(0, 2), ...Array.from({ length: mebibytes }, () => body), Buffer.from([3, 0])]);
}

const fonts: readonly HandMade[] = [
  ["a font that is missing", [READ, EMPTY], () => one({ content: SHOWN.replace("/F1", "/F9") })],
  ["a font that is a number", [READ, EMPTY, CORRUPT], () => one({ font: "7" })],
  ["a font that is itself", [READ, EMPTY, CORRUPT], () => one({ font: "5 0 R" })],
  [
    "a font of noise",
    [READ, EMPTY],
    () =>
      one({
        font: "<< /Type /Font /Subtype /TrueType /BaseFont /X /FontDescriptor 6 0 R >>",
        more: ["<< /Type /FontDescriptor /FontName /X /FontFile2 7 0 R >>", pdfStream(Buffer.alloc(4096, 0xa5))],
      }),
  ],
  [
    "a Type 3 font whose glyph is itself",
    [READ, EMPTY],
    () =>
      one({
        font: "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 9 9] /FontMatrix [1 0 0 1 0 0] /FirstChar 0 /LastChar 255 /Widths [] /Encoding << /Differences [84 /g] >> /CharProcs << /g 6 0 R >> /Resources << /Font << /F1 5 0 R >> >> >>",
        more: [pdfStream("BT /F1 1 Tf (T) Tj ET")],
      }),
  ],
  [
    "a ToUnicode map of all signs to one string",
    [READ, EMPTY, CORRUPT, COMPLEX, "PARTIALLY_SUCCEEDED", "LANGUAGE_NOT_DETECTED"],
    () => mapped(`1 beginbfrange\n<00> <ff> <${"0061".repeat(20_000)}>\nendbfrange`),
    "heavy",
  ],
  [
    "a ToUnicode map that is broken",
    [READ, "PARTIALLY_SUCCEEDED", EMPTY, "NOTHING_TRANSLATED"],
    () => mapped("1 beginbfrange\n<00> <ffffffffffff> [<\nendbfrange beginbfchar <zz> endcmap"),
  ],
  [
    "a ToUnicode map to half characters",
    [READ, "PARTIALLY_SUCCEEDED", EMPTY, "NOTHING_TRANSLATED"],
    () => mapped("1 beginbfrange\n<00> <ff> <d800>\nendbfrange"),
  ],
  [
    "a ToUnicode map of four milliard signs",
    [READ, "PARTIALLY_SUCCEEDED", EMPTY, CORRUPT, "NOTHING_TRANSLATED"],
    () => mapped("1 begincidrange\n<00000000> <ffffffff> 0\nendcidrange\n1 beginbfrange\n<00000000> <ffffffff> <0041>\nendbfrange"),
  ],
  ["a ToUnicode map that uses itself", [READ, EMPTY, CORRUPT], () => mapped("/Self usecmap", "/UseCMap 6 0 R")],
  [
    "widths of a million signs",
    [READ, EMPTY, CORRUPT],
    () =>
      one({
        font: `<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /FirstChar 0 /LastChar 1000000 /Widths [${"1e9 ".repeat(100_000)}] >>`,
      }),
  ],
];

function mapped(map: string, dictionary = ""): Buffer {
  const font = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 6 0 R >>";
  return one({ font, more: [pdfStream(`/CIDInit /ProcSet findresource begin begincmap\n${map}\nendcmap`, dictionary)] });
}

const pictures: readonly HandMade[] = [
  ["a picture of 60,000 × 60,000 of one byte", [EMPTY, CORRUPT, "IMAGE_TOO_LARGE"], () => picture(60_000, 60_000, Buffer.from("x"))],
  [
    "a picture of 20,000 × 20,000, packed",
    [EMPTY, CORRUPT, "IMAGE_TOO_LARGE", "MEMORY_LIMIT"],
    () =>
      picture(20_000, 20_000, deflateSync(Buffer.alloc(400_000_000)), "/Filter /FlateDecode /ColorSpace /DeviceGray /BitsPerComponent 8"),
    "heavy",
  ],
  ["a picture of no width", [EMPTY, CORRUPT], () => picture(0, 10, Buffer.from("x"))],
  ["a picture of less than no height", [EMPTY, CORRUPT], () => picture(10, -10, Buffer.from("x"))],
  [
    "a picture of 99 bits a sample",
    [EMPTY, CORRUPT],
    () => picture(10, 10, Buffer.alloc(100), "/ColorSpace /DeviceGray /BitsPerComponent 99"),
  ],
  [
    "a picture with a broken JPEG",
    [EMPTY, CORRUPT],
    () => picture(100, 100, Buffer.from("ffd8ffe000104a464946", "hex"), "/Filter /DCTDecode /ColorSpace /DeviceRGB /BitsPerComponent 8"),
  ],
  [
    "a picture with a broken JPEG 2000",
    [EMPTY, CORRUPT],
    () => picture(100, 100, Buffer.from("0000000c6a5020200d0a870a", "hex"), "/Filter /JPXDecode"),
  ],
  [
    "a picture with a broken JBIG2",
    [EMPTY, CORRUPT],
    () => picture(100, 100, Buffer.alloc(64, 0x30), "/Filter /JBIG2Decode /ColorSpace /DeviceGray /BitsPerComponent 1"),
  ],
  [
    "a fax of a milliard columns",
    [EMPTY, CORRUPT],
    () =>
      picture(
        100,
        100,
        Buffer.alloc(64, 0x30),
        "/Filter /CCITTFaxDecode /DecodeParms << /K -1 /Columns 1000000000 /Rows 1000000000 >> /ColorSpace /DeviceGray /BitsPerComponent 1",
      ),
  ],
  [
    "a picture that masks itself",
    [EMPTY, CORRUPT],
    () => picture(10, 10, Buffer.alloc(100, 255), "/ColorSpace /DeviceGray /BitsPerComponent 8 /SMask 6 0 R"),
  ],
];

export const hostilePdfs: readonly Input[] = [
  ...toInputs("PDF", "a.pdf", structure),
  ...toInputs("PDF", "a.pdf", boxes),
  ...toInputs("PDF", "a.pdf", contents),
  ...toInputs("PDF", "a.pdf", fonts),
  ...toInputs("PDF", "a.pdf", pictures),
];
