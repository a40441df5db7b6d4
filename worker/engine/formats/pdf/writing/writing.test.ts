import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { deflateSync } from "node:zlib";
import { expect } from "chai";
import {
  decodePDFRawStream,
  PDFArray,
  PDFDict,
  PDFDocument,
  PDFHexString,
  PDFName,
  type PDFRawStream,
  PDFStream,
  PDFString,
  StandardFonts,
} from "pdf-lib";
import sharp from "sharp";
import { onePage, pdfStream, rawPdf } from "../../../../../test/fuzz/raw_pdf.ts";
import { scratch } from "../../../../../test/support/documents.ts";
import { foreign, setInPlace, wordBoxes } from "../../../../../test/support/set_in_place.ts";
import { pdf } from "../pdf.ts";

const run = promisify(execFile);

/** What is seen on the first page. */
async function readByOcr(file: string): Promise<string> {
  await run("pdftoppm", ["-r", "200", "-png", "-singlefile", file, `${file}.page`]);
  const { stdout } = await run("tesseract", [`${file}.page.png`, "-", "--psm", "6"]);
  return stdout.replace(/\s+/g, " ").trim();
}

/** What is remarked of a document when it is opened. */
async function opened(bytes: Uint8Array) {
  await using folder = await scratch();
  await using document = await pdf.open(await folder.file("source.pdf", Buffer.from(bytes)), {} as never);
  return document.remarks;
}

/** The first page, a pixel to a point. */
async function shownPage(file: string): Promise<string> {
  await run("pdftoppm", ["-r", "72", "-png", "-singlefile", file, `${file}.shown`]);
  return `${file}.shown.png`;
}

/** A picture of a line of text on grey paper, as an image of a PDF. */
async function scanned(text: string): Promise<Buffer> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="1880" height="240"><rect width="1880" height="240" fill="#e8e4dc"/><text x="0" y="160" font-family="Liberation Sans, Arial, sans-serif" font-size="76" textLength="1870" fill="#202020">${text}</text></svg>`;
  const data = await sharp(Buffer.from(svg)).jpeg({ quality: 90 }).toBuffer();
  return pdfStream(
    data,
    "/Type /XObject /Subtype /Image /Width 1880 /Height 240 /BitsPerComponent 8 /ColorSpace /DeviceRGB /Filter /DCTDecode",
  );
}

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

  it("keeps no form that was replaced, though a whole page lies in forms of forms", async () => {
    const form = (content: string, resources: string) =>
      pdfStream(content, `/Type /XObject /Subtype /Form /BBox [0 -20 600 842] /Resources << ${resources} >>`);
    const more = [
      form("/Fm Do q 1 0 0 1 0 -300 cm /Fm Do Q", "/XObject << /Fm 7 0 R >>"),
      form(`BT /F1 12 Tf 60 700 Td (${FIRST}) Tj ET`, "/Font << /F1 5 0 R >>"),
    ];
    const objects = onePage({ content: "/Fm Do", resources: "/XObject << /Fm 6 0 R >>", more });
    const { text, forms } = await setInPlace(rawPdf(objects), async ({ file, text: words }) => ({
      text: words.replace(/\s+/g, " ").trim(),
      forms: (await PDFDocument.load(await readFile(file))).context
        .enumerateIndirectObjects()
        .filter(([, object]) => object instanceof PDFStream && object.dict.get(PDFName.of("Subtype")) === PDFName.of("Form")).length,
    }));
    expect(text).to.equal(foreign(`${FIRST} ${FIRST}`));
    expect(forms).to.equal(2);
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

  it("lays links over their words, a rectangle for each line", async () => {
    const link = "/Annots [<< /Type /Annot /Subtype /Link /Rect [60 690 100 710] >> 6 0 R]";
    const at = (x0: number, x1: number) =>
      `<< /Type /Annot /Subtype /Link /Rect [${x0} 696 ${x1} 710] /A << /S /URI /URI (https://example.org/) >> >>`;
    const content = `BT /F1 12 Tf 60 700 Td (${FIRST}) Tj ET`;
    // Of "beside the river" in Helvetica.
    const [file, words] = await setInPlace(
      rawPdf(onePage({ content, page: link, more: [at(128, 214)] })),
      async (result) => [await readFile(result.file), await wordBoxes(result.file)] as const,
      {
        change: (text) =>
          text
            .replaceAll("The garden", "El pequeno jardin nuevo")
            .replaceAll("beside the river", "cerca del rio")
            .replaceAll("is open to all readers", "no cierra"),
      },
    );
    const annotations = (await PDFDocument.load(file)).getPage(0).node.Annots();
    const rect = annotations?.lookup(1, PDFDict).lookup(PDFName.of("Rect"), PDFArray).asRectangle();
    const [first, last] = ["cerca", "rio"].map((text) => words.find((word) => word.text === text));
    expect(rect?.x).to.be.closeTo(first?.x0 ?? 0, 1);
    expect((rect?.x ?? 0) + (rect?.width ?? 0)).to.be.closeTo(last?.x1 ?? 0, 1);
  });

  it("takes a link to the page that its words came to stand on", async () => {
    const document = await PDFDocument.create();
    const font = await document.embedFont(StandardFonts.TimesRoman);
    const text = Array.from({ length: 22 }, (_, index) => `${SECOND.toLowerCase().slice(0, -1)} and word${index}`).join(", ");
    const lines = text.match(/.{1,88}(?:\s|$)/g) ?? [];
    const last = 8;
    for (const [index, half] of [lines.slice(0, 9), lines.slice(9, 16)].entries()) {
      const page = document.addPage([595, 842]);
      for (const [row, line] of half.entries()) page.drawText(line, { x: 60, y: (index === 0 ? 200 : 780) - row * 15, size: 12, font });
      if (index === 1) continue;
      const action = { Type: "Action", S: "URI", URI: PDFString.of("https://example.org/") };
      const own = { Type: "Annot", Subtype: "Link", Rect: [440, 197 - last * 15, 530, 211 - last * 15], A: action };
      page.node.set(PDFName.of("Annots"), document.context.obj([document.context.register(document.context.obj(own))]));
    }
    // Words before the link's become longer, so that there is no room for it on its page.
    const change = (given: string) => foreign(given).replace(/nubudy/g, "nubudy et ell");
    const [file, words] = await setInPlace(
      await document.save(),
      async (result) => [await readFile(result.file), await wordBoxes(result.file)] as const,
      { change },
    );
    const [one, two] = (await PDFDocument.load(file)).getPages().map((page) => page.node.Annots()?.size() ?? 0);
    expect([one, two]).to.deep.equal([0, 1]);
    const rect = (await PDFDocument.load(file)).getPage(1).node.Annots()?.lookup(0, PDFDict);
    const { x = 0, width = 0 } = rect?.lookup(PDFName.of("Rect"), PDFArray).asRectangle() ?? {};
    const under = words.filter((word) => word.y1 < 80 && word.x0 > x - 2 && word.x1 < x + width + 2).map(({ text: word }) => word);
    expect(under.join(" ")).to.match(/lint|thet|eri/);
  });

  it("lays what marks words over their translation", async () => {
    // Of "beside the river" in Helvetica.
    const quad = "128 710 214 710 128 696 214 696";
    const more = [`<< /Type /Annot /Subtype /Highlight /F 4 /C [1 1 0] /Rect [128 696 214 710] /QuadPoints [${quad}] >>`];
    const content = `BT /F1 12 Tf 60 700 Td (${FIRST}) Tj ET`;
    const [file, words] = await setInPlace(
      rawPdf(onePage({ content, more, page: "/Annots [6 0 R]" })),
      async (result) => [await readFile(result.file), await wordBoxes(result.file)] as const,
      {
        change: (text) =>
          text
            .replace("The garden", "Un jardin nuevo")
            .replace("beside the river", "cerca del rio")
            .replace("is open to all readers", "no cierra jamas"),
      },
    );
    const annotation = (await PDFDocument.load(file)).getPage(0).node.Annots()?.lookup(0, PDFDict);
    const [x0 = 0, y1, x1 = 0, , , y0] =
      annotation
        ?.lookup(PDFName.of("QuadPoints"), PDFArray)
        .asArray()
        .map((item) => Number(String(item))) ?? [];
    const covered = words.filter((word) => (word.x0 + word.x1) / 2 > x0 && (word.x0 + word.x1) / 2 < x1).map(({ text }) => text);
    expect(covered.join(" ")).to.match(/cerca del/);
    expect(covered).to.not.include("cierra");
    expect([y0, y1].map((y) => Math.round((y ?? 0) / 10))).to.deep.equal([70, 71]);
  });

  it("draws the line under underlined words anew, under the translation's", async () => {
    const content = `BT /F1 12 Tf 60 700 Td (${FIRST}) Tj ET 60 697.5 61 0.8 re f 60 600 300 0.8 re f`;
    const rules = async (file: string) => {
      const document = await pdf.open(file, {} as never);
      const page = await document.page(1);
      await document[Symbol.asyncDispose]();
      return page.kind === "content"
        ? {
            rules: page.content.rules.length,
            underlined: page.content.words.filter(({ style }) => style.underline).map(({ text }) => text),
          }
        : undefined;
    };
    const found = await setInPlace(rawPdf(onePage({ content })), ({ file }) => rules(file));
    expect(found).to.deep.equal({ rules: 1, underlined: foreign("The garden").split(" ") });
  });

  it("keeps the glyphs of formulas and code, at their new place", async () => {
    const math = "<< /Type /Font /Subtype /Type1 /BaseFont /Symbol >>";
    const content = `BT /F1 12 Tf 60 700 Td (The value of ) Tj /F2 12 Tf (a = b) Tj /F1 12 Tf ( is read by ) Tj /F3 12 Tf (measure) Tj /F1 12 Tf ( from a table of the town.) Tj ET`;
    const resources = "/Font << /F1 5 0 R /F2 6 0 R /F3 7 0 R >>";
    const more = [math, "<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>"];
    const fonts = await setInPlace(
      rawPdf(onePage({ content, page: `/Resources << ${resources} >>`, more })),
      async ({ file, text }) => [text.trim(), (await run("pdffonts", [file])).stdout] as const,
    );
    expect(fonts[0]).to.equal("Thi velai uf α = β os ried by measure frum a tebli uf thi tuwn.");
    expect(fonts[1])
      .to.match(/^Symbol /m)
      .and.to.match(/^Courier /m);
  });

  it("paints the source over where its content cannot be edited, and says so", async () => {
    // An abbreviation that is none outside of inline images; pdf.js knows it all the same.
    const content = pdfStream(deflateSync(Buffer.from(`BT /F1 12 Tf 60 700 Td (${FIRST}) Tj ET`)), "/Filter /Fl");
    const { codes, seen } = await setInPlace(rawPdf(onePage({ content })), async ({ file, remarks }) => ({
      codes: remarks.map(({ code }) => code),
      seen: await readByOcr(file),
    }));
    expect(codes).to.deep.equal(["PAGE_COVERED"]);
    expect(seen).to.equal(foreign(FIRST));
  });

  it("replaces the words that OCR once laid under a scan", async () => {
    const scan = await scanned(FIRST);
    const hidden = `q 470 0 0 60 60 680 cm /Im Do Q BT 3 Tr /F1 22 Tf 60 700 Td (${FIRST}) Tj ET`;
    const { text, seen } = await setInPlace(
      rawPdf(onePage({ content: hidden, resources: "/XObject << /Im 6 0 R >>", more: [scan] })),
      async ({ file, text: words }) => ({ text: words.trim(), seen: await readByOcr(file) }),
    );
    expect(text).to.equal(foreign(FIRST));
    expect(seen).to.equal(foreign(FIRST));
  });

  it("has its outline, title, tooltips and language translated, and none of them on its pages", async () => {
    const more = [
      "<< /Type /Outlines /First 7 0 R /Last 7 0 R /Count 1 >>",
      "<< /Title (The first harbour) /Parent 6 0 R /Dest [3 0 R /Fit] >>",
      "<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) /TU (Name of the reader) /Rect [60 600 200 620] /P 3 0 R >>",
      "<< /Title (A book of harbours) >>",
    ];
    const objects = onePage({
      content: `BT /F1 12 Tf 60 700 Td (${FIRST}) Tj ET`,
      more,
      page: "/Annots [8 0 R]",
      catalog: "/Outlines 6 0 R /AcroForm << /Fields [8 0 R] >>",
    });
    const { file, words } = await setInPlace(rawPdf(objects, { trailer: "/Info 9 0 R" }), async (result) => ({
      file: await readFile(result.file),
      words: result.text.trim(),
    }));
    const result = await PDFDocument.load(file, { updateMetadata: false });
    const outline = result.catalog.lookup(PDFName.of("Outlines"), PDFDict).lookup(PDFName.of("First"), PDFDict);
    const textIn = (dict: PDFDict | undefined, key: string) => dict?.lookup(PDFName.of(key), PDFHexString).decodeText();
    expect(words).to.equal(foreign(FIRST));
    expect(textIn(outline, "Title")).to.equal(foreign("The first harbour"));
    expect(textIn(result.getPage(0).node.Annots()?.lookup(0, PDFDict), "TU")).to.equal(foreign("Name of the reader"));
    expect(result.getTitle()).to.equal(foreign("A book of harbours"));
    expect(result.catalog.lookup(PDFName.of("Lang"), PDFString).decodeText()).to.equal("es");
  });

  it("has what stands for its pictures and before its pages' numbers translated", async () => {
    const more = [
      "<< /Type /StructTreeRoot /K 7 0 R /ParentTree << /Nums [0 [9 0 R 8 0 R]] >> /ParentTreeNextKey 1 >>",
      "<< /S /Document /P 6 0 R /K [8 0 R 9 0 R] >>",
      "<< /S /Figure /P 7 0 R /Pg 3 0 R /K 1 /Alt (A ferry at the harbour) >>",
      "<< /S /P /P 7 0 R /Pg 3 0 R /K 0 >>",
    ];
    const content = `/P << /MCID 0 >> BDC BT /F1 12 Tf 60 700 Td (${FIRST}) Tj ET EMC /Figure << /MCID 1 >> BDC 60 500 99 99 re f EMC`;
    const catalog = "/StructTreeRoot 6 0 R /MarkInfo << /Marked true >> /PageLabels << /Nums [0 << /S /r /P (The garden ) >>] >>";
    const bytes = rawPdf(onePage({ content, more, catalog, page: "/StructParents 0" }));
    const result = await PDFDocument.load(await setInPlace(bytes, ({ file }) => readFile(file)));
    const text = (dict: PDFDict | undefined, key: string) => dict?.lookup(PDFName.of(key), PDFHexString).decodeText();
    const elements = result.context.enumerateIndirectObjects().flatMap(([, object]) => (object instanceof PDFDict ? [object] : []));
    expect(
      text(
        elements.find((element) => element.has(PDFName.of("Alt"))),
        "Alt",
      ),
    ).to.equal(foreign("A ferry at the harbour"));
    const labels = result.catalog.lookup(PDFName.of("PageLabels"), PDFDict).lookup(PDFName.of("Nums"), PDFArray);
    expect(text(labels.lookup(1, PDFDict), "P")).to.equal(`${foreign("The garden")} `);
  });

  it("says which titles of an outline stay, and that its file is not encrypted", async () => {
    const titles = Array.from(
      { length: 40 },
      (_, depth) => `<< /Title (Harbour number${depth}) ${depth < 39 ? `/First ${8 + depth} 0 R /Last ${8 + depth} 0 R` : ""} >>`,
    );
    const objects = onePage({
      content: `BT /F1 12 Tf 60 700 Td (${FIRST}) Tj ET`,
      more: ["<< /Type /Outlines /First 7 0 R /Last 7 0 R /Count 1 >>", ...titles],
      catalog: "/Outlines 6 0 R",
    });
    const document = await PDFDocument.load(rawPdf(objects));
    document.encrypt({ userPassword: "", ownerPassword: "someone else's" });
    const bytes = await document.save();
    const remarks = await setInPlace(bytes, async (result) => result.remarks);
    const pdfs = await opened(bytes);
    expect(remarks.map(({ code }) => code)).to.deep.equal(["CONTENT_DROPPED"]);
    expect(pdfs.map(({ code, message }) => `${code} ${message}`)).to.deep.equal([
      "TEXT_KEPT Of the outline the first 3000 titles are read, and no deeper than 32: the others stay as they are.",
    ]);
  });

  it("leaves what was filled into a form where it is, once", async () => {
    const field =
      "<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) /V (Anna Brown) /DA (/F1 12 Tf 0 g) /Rect [140 696 240 714] /P 3 0 R >>";
    const content = "BT /F1 12 Tf 60 700 Td (Your full name) Tj 200 0 Td (and the garden) Tj ET";
    const found = await setInPlace(
      rawPdf(onePage({ content, more: [field], page: "/Annots [6 0 R]", catalog: "/AcroForm << /Fields [6 0 R] >>" })),
      async ({ file, text }) => ({
        text: text.replace(/\s+/g, " ").trim(),
        value: (await PDFDocument.load(await readFile(file))).getForm().getTextField("name").getText(),
      }),
    );
    expect(found.value).to.equal("Anna Brown");
    expect(found.text.replace("Anna Brown", "").replace(/\s+/g, " ").trim()).to.equal(foreign("Your full name and the garden"));
  });

  it("draws text annotations anew, with their ground, and says their words where they are read", async () => {
    const more = [
      `<< /Type /Annot /Subtype /FreeText /F 4 /Rect [60 500 300 560] /DA (/Helv 11 Tf 1 0 0 rg) /Contents (${FIRST}) /RC (<?xml version="1.0"?><body style="color:#FF0000"><p>${FIRST}</p></body>) /AP << /N 8 0 R >> >>`,
      `<< /Type /Annot /Subtype /FreeText /F 4 /Rect [60 400 500 430] /DA (/Helv 11 Tf 0 g) /C [1 1 0.8] /Contents (${SECOND}) >>`,
      pdfStream(
        `1 0.8 0.8 rg 0 0 120 30 re f BT /F1 5.5 Tf 1 0 0 rg 3 20 Td (${FIRST.slice(0, 27)}) Tj 0 -7 Td (${FIRST.slice(27)}) Tj ET`,
        "/Type /XObject /Subtype /Form /BBox [0 0 120 30] /Resources << /Font << /F1 5 0 R >> >>",
      ),
    ];
    const content = `BT /F1 12 Tf 60 700 Td (${FIRST}) Tj ET`;
    for (const page of ["", "/Rotate 90"]) {
      const found = await setInPlace(rawPdf(onePage({ content, more, page: `/Annots [6 0 R 7 0 R] ${page}` })), async ({ file, text }) => {
        const annotations = (await PDFDocument.load(await readFile(file))).getPage(0).node.Annots();
        const said = (index: number, key: string) =>
          (annotations?.lookup(index, PDFDict).lookup(PDFName.of(key)) as PDFHexString | undefined)?.decodeText();
        const { data, info } = await sharp(await shownPage(file))
          .raw()
          .toBuffer({ resolveWithObject: true });
        const at = (x: number, y: number) => [
          ...data.subarray((y * info.width + x) * info.channels, (y * info.width + x) * info.channels + 3),
        ];
        return { said, text: text.replace(/\s+/g, " ").trim(), grounds: page ? [] : [at(295, 842 - 505), at(495, 842 - 405)] };
      });
      // Lines that run up the page are broken otherwise.
      if (!page) expect(found.text.split(" ").sort()).to.deep.equal(foreign([FIRST, FIRST, SECOND].join(" ")).split(" ").sort());
      expect([0, 1].map((index) => found.said(index, "Contents"))).to.deep.equal([foreign(FIRST), foreign(SECOND)]);
      expect(found.said(0, "RC")).to.equal(`<?xml version="1.0"?><body style="color:#FF0000"><p>${foreign(FIRST)}</p></body>`);
      if (!page)
        expect(found.grounds).to.deep.equal([
          [255, 204, 204],
          [255, 255, 204],
        ]);
    }
  });

  it("sets the entries of contents before their dots and numbers, which stay", async () => {
    const line = (y: number, number: string, title: string, page: string) =>
      `BT /F1 12 Tf 60 ${y} Td (${number}) Tj 24 0 Td (${title} ..................................................) Tj 376 0 Td (${page}) Tj ET`;
    const content = [line(700, "1", "The ferry and its crew", "5"), line(680, "2", "What a crossing costs", "12")].join("\n");
    const words = await setInPlace(rawPdf(onePage({ content })), ({ file }) => wordBoxes(file));
    for (const [text, x] of [
      ["1", 60],
      ["5", 460],
      ["2", 60],
      ["12", 460],
      [foreign("The"), 84],
      [foreign("What"), 84],
    ] as const)
      expect(words.find((word) => word.text === text)?.x0, text).to.be.closeTo(x, 1.5);
  });

  it("says that a signature no longer holds, and keeps its field", async () => {
    const field =
      "<< /Type /Annot /Subtype /Widget /FT /Sig /T (by) /V << /Type /Sig /Filter /Adobe.PPKLite /ByteRange [0 1 2 3] /Contents <00> >> /Rect [0 0 0 0] /P 3 0 R >>";
    const objects = onePage({
      content: `BT /F1 12 Tf 60 700 Td (${FIRST}) Tj ET`,
      more: [field],
      page: "/Annots [6 0 R]",
      catalog: "/AcroForm << /SigFlags 3 /Fields [6 0 R] >>",
    });
    const { codes, fields } = await setInPlace(rawPdf(objects), async ({ file, remarks }) => ({
      codes: remarks.map(({ code }) => code),
      fields: (await PDFDocument.load(await readFile(file))).getForm().getFields().length,
    }));
    expect(codes).to.deep.equal(["SIGNATURE_BROKEN"]);
    expect(fields).to.equal(1);
  });

  for (const [what, given] of [
    ["an array of more items than a call takes", { catalog: `/PieceInfo [${"1 ".repeat(300_000)}]` }],
    ["annotations that are no list", { page: "/Annots << /A 1 >>" }],
    [
      "metadata that cannot be decoded",
      { catalog: "/Metadata 6 0 R", more: ["<< /Title (The garden and the river) >>", pdfStream("x", "/Filter /FlateDecode")].reverse() },
    ],
  ] as const)
    it(`is made in spite of ${what}`, async () => {
      const bytes = rawPdf(onePage({ content: `BT /F1 12 Tf 60 700 Td (${FIRST}) Tj ET`, ...given }), { trailer: "/Info 7 0 R" });
      const made = await PDFDocument.load(await setInPlace(bytes, ({ file }) => readFile(file)));
      expect(made.catalog.get(PDFName.of("Lang"))).to.deep.equal(PDFString.of("es"));
    });

  it("has nothing of the source in its structure, and what stands for pictures translated", async () => {
    const element = (kind: string) => `<< /Type /StructElem /S /${kind} /P 6 0 R /Pg 3 0 R /K 0 /ActualText (${kind} of the source) >>`;
    const root = "<< /Type /StructTreeRoot /K [7 0 R 8 0 R] >>";
    const given = { catalog: "/StructTreeRoot 6 0 R", more: [root, element("P"), element("Figure")] };
    const content = `/P << /MCID 0 >> BDC BT /F1 12 Tf 60 700 Td (${FIRST}) Tj ET EMC`;
    const made = await PDFDocument.load(await setInPlace(rawPdf(onePage({ content, ...given })), ({ file }) => readFile(file)));
    const said = made.context.enumerateIndirectObjects().flatMap(([, one]) => {
      const text = one instanceof PDFDict ? one.get(PDFName.of("ActualText")) : undefined;
      return text instanceof PDFString || text instanceof PDFHexString ? [text.decodeText()] : [];
    });
    expect(said).to.deep.equal([foreign("Figure of the source")]);
  });

  it("is made in spite of a link further away than numbers tell two points apart", async () => {
    const link =
      "<< /Type /Annot /Subtype /Link /Rect [100000000000000000 690 100000000000000064 710] /A << /S /URI /URI (http://a.org) >> >>";
    const given = { page: "/Annots [6 0 R]", more: [link] };
    expect(await textOf(`BT /F1 12 Tf 60 700 Td (${FIRST}) Tj ET`, given)).to.equal(foreign(FIRST));
  });

  it("has a title in its metadata as it is, whatever signs it has", async () => {
    const xml = "<x:title>The garden costs nothing</x:title>";
    const more = [pdfStream(xml, "/Type /Metadata /Subtype /XML"), "<< /Title (The garden costs nothing) >>"];
    const bytes = rawPdf(onePage({ content: "", catalog: "/Metadata 6 0 R", more }), { trailer: "/Info 7 0 R" });
    const made = await setInPlace(bytes, ({ file }) => readFile(file), { change: (text) => text.replace("costs", () => "$$ $&") });
    const stream = (await PDFDocument.load(made)).catalog.lookup(PDFName.of("Metadata")) as PDFRawStream;
    expect(Buffer.from(decodePDFRawStream(stream).decode()).toString()).to.contain("The garden $$ $&amp; nothing");
  });

  it("is painted over where it stands though the page's content leaves a scale behind", async () => {
    // Readers do not agree on where the broken dictionary ends.
    const content = `0.1 0 0 0.1 0 0 cm q BT /F1 120 Tf 600 7000 Td (${FIRST}) Tj ET /P << ] ( ) Tj >> DP`;
    const { codes, seen } = await setInPlace(rawPdf(onePage({ content })), async ({ file, remarks }) => ({
      codes: remarks.map(({ code }) => code),
      seen: await readByOcr(file),
    }));
    expect(codes).to.deep.equal(["PAGE_COVERED"]);
    expect(seen).to.equal(foreign(FIRST));
  });

  it("keeps nothing of the contents that were replaced", async () => {
    const bytes = await setInPlace(rawPdf(onePage({ content: `BT /F1 12 Tf 60 700 Td (${FIRST}) Tj ET` })), ({ file }) => readFile(file));
    expect(bytes.includes("garden")).to.equal(false);
    const result = await PDFDocument.load(bytes);
    expect(result.catalog.has(PDFName.of("Pages"))).to.equal(true);
  });
});
