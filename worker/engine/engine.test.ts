import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect } from "chai";
import { PDFDocument } from "pdf-lib";
import sharp from "sharp";
import { type ExampleBlock, examplePages } from "../../examples/prose.ts";
import { onePage, pdfStream, rawPdf } from "../../test/fuzz/raw_pdf.ts";
import { smallDisk } from "../../test/support/disk.ts";
import { exampleScan, hugePng, scratch, textPdf } from "../../test/support/documents.ts";
import { apertium } from "../translators/apertium/apertium.ts";
import type { DocumentContext } from "./context.ts";
import type { Box } from "./document/geometry.ts";
import type { Block, Page } from "./document/model.ts";
import { load } from "./formats/pdf/load.ts";
import { type Registry, registry } from "./formats/registry.ts";
import { text } from "./formats/text/text.ts";
import { layOut } from "./layout/layout.ts";
import { TranslationPipeline } from "./pipeline.ts";
import { makePreview, PREVIEW_FILE } from "./previewing.ts";
import type { Progress } from "./progress.ts";
import { exportWith, fileExporter } from "./services/export/export.ts";
import { pageMarkdown } from "./services/export/markdown.ts";
import { openPdfSetter } from "./services/export/pdf.ts";
import type { OutputFormat } from "./services/export/renderer.ts";
import { blockText } from "./services/export/text.ts";
import { openOcr } from "./services/ocr/ocr.ts";
import { Stopwatch } from "./stopwatch.ts";

const never = new AbortController().signal;

function aContext(folder: string, sourceLanguage = ""): DocumentContext {
  return { folder, signal: never, time: new Stopwatch().time, sourceLanguage, targetLanguage: "es" };
}

async function failure(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "none";
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

async function run(
  file: string,
  fileName: string,
  folder: string,
  from = "",
  { formats = registry, outputs = [] }: { formats?: Registry; outputs?: readonly OutputFormat[] } = {},
) {
  await using translator = apertium();
  const pipeline = new TranslationPipeline({ registry: formats, ocr: openOcr, translator, exporter: fileExporter });
  const progress: Progress[] = [];
  const result = await pipeline.run(
    { file, fileName, sourceLanguage: from, targetLanguage: "es", folder, outputs },
    (step) => progress.push(step),
    never,
  );
  return { ...result, progress };
}

function sourceWords(blocks: readonly ExampleBlock[]): string[] {
  return blocks.flatMap((block) => {
    switch (block.kind) {
      case "list":
        return block.items.flatMap(words);
      case "table":
        return block.rows.flat().flatMap(words);
      case "columns":
        return block.columns.flatMap(sourceWords);
      default:
        return words(block.text);
    }
  });
}

const words = (text: string): string[] => text.match(/[\p{L}\p{N}@.'-]+/gu) ?? [];

/** How many words of `wanted` come in `got` in the same order (longest common subsequence). */
function inOrder(wanted: readonly string[], got: readonly string[]): number {
  let row = new Array<number>(got.length + 1).fill(0);
  for (const word of wanted) {
    const next = [0];
    for (let index = 0; index < got.length; index++) {
      next.push(word === got[index] ? (row[index] ?? 0) + 1 : Math.max(next[index] ?? 0, row[index + 1] ?? 0));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

describe("OCR and layout", () => {
  it("reads 98 % of the example's words, in reading order, with its headings, lists, table and columns", async () => {
    await using folder = await scratch();
    const context = aContext(folder.path, "en");
    const { document } = await registry.open(await folder.file("scan.pdf", await exampleScan()), "scan.pdf", context);
    await using _document = document;
    await using ocr = openOcr(context);
    const kinds = new Set<Block["kind"]>();
    let right = 0;
    let total = 0;
    for (const [index, source] of examplePages.entries()) {
      const page = await document.page(index + 1);
      if (page.kind !== "content" || !page.toRead) throw new Error(page.kind);
      const { blocks } = layOut(await ocr.complete(page.content, page.toRead, never));
      for (const { kind } of blocks) kinds.add(kind);
      const wanted = sourceWords(source);
      right += inOrder(
        wanted,
        blocks.flatMap((block) => words(blockText(block))),
      );
      total += wanted.length;
    }
    expect(right / total).to.be.at.least(0.98);
    expect([...kinds].sort()).to.deep.equal(["heading", "list", "paragraph", "table"]);
  });
});

describe("the formats", () => {
  it("decides by content, not by name", async () => {
    await using folder = await scratch();
    const png = await sharp({ create: { width: 40, height: 40, channels: 3, background: "white" } })
      .png()
      .toBuffer();
    const { format, document } = await registry.open(await folder.file("a", png), "letter.pdf", aContext(folder.path));
    await using _document = document;
    expect(format.id).to.equal("image");
  });
  it("tells text, scan and empty pages of one PDF apart", async () => {
    await using folder = await scratch();
    const { PDFDocument } = await import("pdf-lib");
    const mixed = await PDFDocument.load(await textPdf("This page has a text layer with enough letters.", ""));
    const [scan] = await mixed.copyPages(await PDFDocument.load(await exampleScan()), [0]);
    if (scan) mixed.addPage(scan);
    const { document } = await registry.open(await folder.file("a", await mixed.save()), "", aContext(folder.path));
    await using _document = document;
    const kindOf = async (number: number) => {
      const page = await document.page(number);
      if (page.kind !== "content") return page.kind;
      return page.toRead ? "picture" : page.content.words.length > 0 ? "words" : "empty";
    };
    expect([await kindOf(1), await kindOf(2), await kindOf(3)]).to.deep.equal(["words", "empty", "picture"]);
  });
  it("opens every frame of a TIFF", async () => {
    await using folder = await scratch();
    const frame = await sharp({ create: { width: 60, height: 60, channels: 3, background: "white" } })
      .png()
      .toBuffer();
    const tiff = await sharp([frame, frame, frame], { join: { animated: true } })
      .tiff()
      .toBuffer();
    const { document } = await registry.open(await folder.file("a", tiff), "", aContext(folder.path));
    await using _document = document;
    expect(document.pageCount).to.equal(3);
    expect(await document.page(3)).to.include.keys("toRead");
  });
  const bad: readonly [name: string, code: string, content: () => Promise<Uint8Array> | Uint8Array][] = [
    ["an empty file", "EMPTY_FILE", () => new Uint8Array()],
    ["an unknown type", "UNSUPPORTED_FILE_TYPE", () => Buffer.from("504b0304ffff0000", "hex")],
    [
      "text with a control byte after its first page",
      "UNSUPPORTED_FILE_TYPE",
      () => Buffer.from(`${"The door is open. ".repeat(400)}\u0000`),
    ],
    ["a PDF that was cut off", "PDF_CORRUPT", async () => (await textPdf("Some text.")).slice(0, -300)],
    ["a PDF header without a PDF", "PDF_CORRUPT", () => Buffer.from("%PDF-1.7\nnothing\nstartxref\n9\n%%EOF")],
    ["a picture that says it is 30,000 × 30,000", "IMAGE_TOO_LARGE", () => hugePng(30_000, 30_000)],
  ];
  for (const [name, code, content] of bad) {
    it(`refuses ${name} with ${code}`, async () => {
      await using folder = await scratch();
      expect(await failure(registry.open(await folder.file("a", await content()), "a.pdf", aContext(folder.path)))).to.equal(code);
    });
  }
});

describe("documents out of all measure", () => {
  const white = (width: number, height: number) =>
    sharp({ create: { width, height, channels: 3, background: "white" } })
      .png()
      .toBuffer();
  const picture = pdfStream(Buffer.alloc(64, 255), "/Subtype /Image /Width 8 /Height 8 /ColorSpace /DeviceGray /BitsPerComponent 8");
  const paper = (box: string) =>
    rawPdf(onePage({ box, content: "q 9 0 0 9 0 0 cm /I Do Q", resources: "/XObject << /I 6 0 R >>", more: [picture] }));
  const measures: readonly [name: string, fileName: string, code: string, content: () => Promise<Uint8Array> | Uint8Array][] = [
    ["a picture of one row", "a.png", "NO_CONTENT", () => white(60_000, 1)],
    ["a picture longer than the OCR program takes", "a.png", "NO_CONTENT", () => white(40, 60_000)],
    ["a page of a milliard by one point", "a.pdf", "NO_CONTENT", () => paper("[0 0 1000000000 1]")],
    ["a PDF that counts fewer pages than none", "a.pdf", "PDF_CORRUPT", () => rawPdf(onePage({ pages: "/Count -5" }))],
    ["a text of 9,400 pages", "a.txt", "TOO_MANY_PAGES", () => Buffer.from("garden\n\n".repeat(9400 * 40))],
    ["quotes within quotes within quotes", "a.md", "DOCUMENT_TOO_COMPLEX", () => Buffer.from(`${">".repeat(10_000)} deep`)],
  ];
  for (const [name, fileName, code, content] of measures) {
    it(`ends ${name} with ${code}`, async () => {
      await using folder = await scratch();
      expect(await failure(run(await folder.file("in", await content()), fileName, folder.path, "en"))).to.equal(code);
    });
  }
});

describe("the document model", () => {
  it("fits its schema, tells where each block stands, and has a segment for each that the ledger counts", async () => {
    await using folder = await scratch();
    const text = "The library is open from Monday to Saturday. It has 120 books.";
    const { ledger } = await run(await folder.file("a.pdf", await textPdf(text, "")), "a.pdf", folder.path, "en");
    const model = JSON.parse(await readFile(`${folder.path}/model.json`, "utf8")) as DocumentModel;
    const validate = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false }).compile(
      JSON.parse(await readFile("docs/document.schema.json", "utf8")),
    );
    expect(validate(model), JSON.stringify(validate.errors)).to.equal(true);
    expect(model.pages.map(({ number, geometry }) => [number, geometry?.width])).to.deep.equal([
      [1, 595],
      [2, 595],
    ]);
    const blocks = model.pages.flatMap((page) => page.blocks);
    expect(blocks.flatMap(({ segments }) => segments)).to.have.length(ledger.segmentsTotal);
    expect(blocks[0]?.segments[0]).to.include({ source: "The library is open from Monday to Saturday.", outcome: "translated" });
    const { x0 = 0, y0 = 0, x1 = 0, y1 = 0 } = blocks[0]?.frames?.[0]?.box ?? {};
    expect([x1 > x0, y1 > y0, x1 < 700]).to.deep.equal([true, true, true]);
  });
});

interface DocumentModel {
  readonly pages: readonly {
    readonly number: number;
    readonly geometry?: { readonly width: number };
    readonly blocks: readonly {
      readonly frames?: readonly { readonly box: Box }[];
      readonly segments: readonly { readonly source: string; readonly outcome: string }[];
    }[];
  }[];
}

describe("the pipeline", () => {
  it("translates Markdown, keeping its structure, code and numbers, and its ledger adds up", async () => {
    await using folder = await scratch();
    const file = await folder.file(
      "in",
      "# The garden\n\nThe door is open today.\n\n- A red book\n- A small table\n\n```\nlet x = 1;\n```\n\n| Part | Paid |\n|---|---|\n| Roof | 112 |\n",
    );
    const { ledger, progress } = await run(file, "a.md", folder.path, "en");
    const markdown = await readFile(`${folder.path}/translation.md`, "utf8");
    expect(markdown)
      .to.match(/^# El jardín/)
      .and.contain("```\nlet x = 1;\n```")
      .and.contain("| Techo | 112 |");
    expect(ledger.segmentsTotal).to.equal(ledger.segmentsTranslated + ledger.segmentsKept);
    expect(progress.map(({ percent }) => percent)).to.deep.equal(progress.map(({ percent }) => percent).toSorted((a, b) => a - b));
  });
  it("tells of progress within a page while it translates, and of each page while it exports", async () => {
    await using folder = await scratch();
    const list = await folder.file("in", Array.from({ length: 60 }, (_, index) => `- The door number ${index} is open today.`).join("\n"));
    const long = (await run(list, "a.md", folder.path, "en")).progress.filter(({ stage }) => stage === "TRANSLATING");
    expect(new Set(long.map(({ percent }) => percent)).size).to.be.greaterThan(5);
    const pages = await folder.file("in", await textPdf(...Array.from({ length: 6 }, () => "The door is open to all the readers today.")));
    const { progress } = await run(pages, "a.pdf", folder.path, "en");
    const done = progress.filter(({ stage }) => stage === "EXPORTING").map(({ pagesDone }) => pagesDone);
    expect([...new Set(done)]).to.deep.equal([0, 1, 2, 3, 4, 5, 6]);
  });
  it("lists the previews that can be made, and makes each when it is looked at", async () => {
    await using folder = await scratch();
    const file = await folder.file("in", await textPdf("The door is open to all the readers.", "The garden is closed to them today."));
    const { outputs } = await run(file, "a.pdf", folder.path, "en");
    const previews = outputs.filter(({ mediaType }) => mediaType === "image/webp");
    expect(previews.map(({ format, page, sourcePage }) => [format, page, sourcePage])).to.deep.equal([
      ["PREVIEW", 1, 1],
      ["PREVIEW", 2, 2],
      ["SOURCE_PREVIEW", 1, undefined],
      ["SOURCE_PREVIEW", 2, undefined],
    ]);
    expect(await readdir(folder.path)).to.not.include.members(previews.map(({ fileName }) => fileName));
    const look = async (of: "source" | "pdf", page: number) => {
      const shown = of === "pdf" ? path.join(folder.path, "translation.pdf") : file;
      await makePreview({ file: shown, fileName: "a.pdf", page, folder: folder.path });
      return sharp(path.join(folder.path, PREVIEW_FILE)).metadata();
    };
    for (const kind of ["source", "pdf"] as const)
      expect(await look(kind, 2))
        .to.include({ format: "webp" })
        .and.to.have.property("width")
        .above(500);
    for (const kind of ["source", "pdf"] as const) expect(await look(kind, 3).catch(() => "none")).to.equal("none");
  });
  it("makes pictures of pages of a PDF that has more of them than are read, as a result may", async () => {
    await using folder = await scratch();
    const long = await PDFDocument.create();
    for (let page = 0; page < 2001; page++) long.addPage([100, 100]);
    const file = await folder.file("long.pdf", await long.save());
    expect(await failure(registry.open(file, "long.pdf", aContext(folder.path)))).to.equal("TOO_MANY_PAGES");
    await makePreview({ file, fileName: "long.pdf", page: 2001, folder: folder.path });
    expect(await readdir(folder.path)).to.include(PREVIEW_FILE);
  });
  it("makes the files that were asked for and no others", async () => {
    await using folder = await scratch();
    const file = await folder.file("in", Buffer.from("The door is open to all the readers."));
    const made = async (...wanted: OutputFormat[]) => {
      const { outputs, ledger } = await run(file, "a.txt", folder.path, "en", { outputs: wanted });
      return { formats: outputs.map(({ format }) => format), remarks: ledger.entries.map(({ code }) => code) };
    };
    expect(await made("TEXT")).to.deep.equal({ formats: ["TEXT"], remarks: [] });
    expect(await made()).to.deep.equal({ formats: ["DOCUMENT", "MARKDOWN", "TEXT", "JSON"], remarks: [] });
    expect(await made("DOCUMENT")).to.deep.equal({ formats: ["DOCUMENT"], remarks: [] });
    const latin = await folder.file("latin", Buffer.from("The caf\xe9 is open to all the readers of the house.", "latin1"));
    const { outputs } = await run(latin, "a.txt", folder.path, "en", { outputs: ["TEXT"] });
    expect(outputs[0]?.mediaType).to.equal("text/plain; charset=windows-1252");
    expect((await made("PDF")).formats).to.deep.equal(["PDF", "PREVIEW"]);
  });
  it("says that the disk is full, where a document has no part in it", async function () {
    await using disk = await smallDisk(this);
    await using folder = await scratch();
    const file = await folder.file("in", Buffer.from("The door is open."));
    disk.fill(path.join(disk.path, "full"));
    expect(await failure(run(file, "a.txt", disk.path, "en"))).to.equal("STORAGE_FULL");
    const noRoom = async () => Promise.reject(Object.assign(new Error("write"), { code: "ENOSPC" }));
    const full: Registry = {
      async open(...args) {
        const { document, ...opened } = await registry.open(...args);
        return { ...opened, document: { ...document, page: noRoom } };
      },
    };
    expect(await failure(run(file, "a.txt", folder.path, "en", { formats: full }))).to.equal("STORAGE_FULL");
  });
  it("detects the language, and says so", async () => {
    await using folder = await scratch();
    const { ledger } = await run(
      await folder.file("in", await textPdf("The library is open from Monday to Saturday and the garden is free.")),
      "a.pdf",
      folder.path,
    );
    expect(ledger).to.include({ sourceLanguage: "en", sourceLanguageDetected: true, pagesIn: 1, pagesOut: 1 });
  });
  it("refuses a document that is in the target language already", async () => {
    await using folder = await scratch();
    const file = await folder.file("in", "La biblioteca está abierta de lunes a sábado y el jardín es gratis para todos los lectores.");
    expect(await failure(run(file, "a.txt", folder.path))).to.equal("SAME_LANGUAGE");
  });
  it("refuses a document without any text or picture", async () => {
    await using folder = await scratch();
    expect(await failure(run(await folder.file("in", await textPdf("")), "a.pdf", folder.path, "en"))).to.equal("NO_CONTENT");
  });
});

function aPage(text: string, number = 1): Page {
  return { number, remarks: [], blocks: [{ kind: "paragraph", id: `p${number}b1`, content: [{ kind: "text", text }] }] };
}

describe("export", () => {
  it("lists previews of a bounded number of pages, and says so", async () => {
    await using folder = await scratch();
    const pages = [1, 2, 3].map((number) => aPage("Hola.", number));
    const source = {
      flow: "continuous" as const,
      pageCount: 3,
      remarks: [],
      page: async (number: number) => ({ kind: "blocks", page: aPage("", number) }) as const,
      [Symbol.asyncDispose]: async () => undefined,
    };
    const document = { source, file: "", format: text, pages: Readable.from(pages), sourceLanguage: "en", outputs: ["PDF"] as const };
    const { outputs, remarks } = await exportWith(document, aContext(folder.path), () => undefined, 2);
    expect(outputs.filter(({ format }) => format === "PREVIEW").map(({ page }) => page)).to.deep.equal([1, 2]);
    expect(remarks.map(({ code, message }) => [code, message])).to.deep.equal([
      ["PREVIEW_MISSING", "The PDF has 3 pages; there are previews of the first 2."],
    ]);
  });
  it("sets accents and the euro sign, and reports a missing glyph", async () => {
    const setter = await openPdfSetter("es");
    setter.page(aPage("Año, güeña: 5 € — \u{10fffd}"), () => undefined);
    const { bytes, missingGlyphs } = await setter.finish();
    expect(missingGlyphs).to.deep.equal(["\u{10fffd}"]);
    const document = await load(bytes);
    const { items } = await (await document.getPage(1)).getTextContent();
    expect(items.map((item) => ("str" in item ? item.str : "")).join("")).to.contain("Año, güeña: 5 €");
    await document.loadingTask.destroy();
  });
  it("shows a page that could not be read", () => {
    expect(pageMarkdown({ number: 1, blocks: [], remarks: [], failure: "the scan is black" })).to.contain(
      "Page 1 could not be read: the scan is black",
    );
  });
  it("lets no text become markup", () => {
    expect(pageMarkdown(aPage("<script>[x](y)*"))).to.equal("\\<script\\>\\[x\\](y)\\*");
  });
});
