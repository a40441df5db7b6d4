import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { expect } from "chai";
import { PDFDocument } from "pdf-lib";
import { scratch, textPdf } from "../../../../test/support/documents.ts";
import type { Page } from "../../document/model.ts";
import { EngineError } from "../../errors.ts";
import type { DocumentWriter, Format, OpenDocument } from "../../formats/format.ts";
import { image } from "../../formats/image/image.ts";
import { markdown } from "../../formats/markdown/markdown.ts";
import { pdf } from "../../formats/pdf/pdf.ts";
import type { Office } from "../../ports/office.ts";
import { Stopwatch } from "../../stopwatch.ts";
import { exportWith } from "./export.ts";
import type { OutputFormat } from "./renderer.ts";

const PAGES: readonly Page[] = [1, 2].map((number) => ({
  number,
  remarks: [],
  blocks: [{ kind: "paragraph", id: `p${number}b1`, content: [{ kind: "text", text: `Hola ${number}.` }] }],
}));

/** Writes which pages it was given. */
function writing(mark: string, more: Partial<DocumentWriter> = {}): () => DocumentWriter {
  return () => {
    const seen: number[] = [];
    return {
      page: async ({ number }) => void seen.push(number),
      async finish(file) {
        await writeFile(file, `${mark} ${seen.join(" ")}`);
        return [];
      },
      ...more,
    };
  };
}

async function exported(format: Format, source: Partial<OpenDocument>, outputs: readonly OutputFormat[] = [], office?: Office) {
  await using folder = await scratch();
  const document: OpenDocument = {
    flow: "continuous",
    pageCount: PAGES.length,
    remarks: [],
    page: async (number) => ({ kind: "blocks", page: PAGES[number - 1] as Page }),
    [Symbol.asyncDispose]: async () => undefined,
    ...source,
  };
  const pages = { [Symbol.asyncIterator]: () => Readable.from(PAGES)[Symbol.asyncIterator]() };
  const context = {
    ...{ folder: folder.path, signal: new AbortController().signal, time: new Stopwatch().time },
    ...{ sourceLanguage: "en", targetLanguage: "es", ...(office && { office }) },
  };
  const file = path.join(folder.path, "document");
  await writeFile(file, "the source");
  const result = await exportWith({ source: document, file, format, pages, sourceLanguage: "en", outputs }, context, () => undefined, 100);
  const files = result.outputs.filter(({ mediaType }) => mediaType !== "image/webp");
  return {
    outputs: files.map(({ format: kind, sameAs, fileName }) => [kind, fileName, ...(sameAs ? [sameAs] : [])].join(" ")),
    previews: result.outputs.filter(({ format: kind }) => kind === "PREVIEW").map(({ page, sourcePage }) => [page, sourcePage]),
    remarks: result.remarks.map(({ code }) => code),
    pages: await pagesOf(path.join(folder.path, files[0]?.fileName ?? "")),
    document: (await readFile(path.join(folder.path, files[0]?.fileName ?? ""), "latin1")).slice(0, 20),
  };
}

async function pagesOf(file: string): Promise<number> {
  const document = await PDFDocument.load(await readFile(file)).catch(() => undefined);
  return document?.getPageCount() ?? 0;
}

const preview = () => Promise.reject(new Error("nobody looks"));
const cannot = async () => Promise.reject(new EngineError("PDF_CORRUPT", "It has no pages."));

describe("a result's files", () => {
  it("are of a PDF the one that was written in place, once, as what it is by itself and as a PDF", async () => {
    expect(await exported(pdf, { preview, writer: writing("in place") })).to.deep.equal({
      outputs: [
        "DOCUMENT translation.pdf",
        "PDF translation.pdf DOCUMENT",
        "MARKDOWN translation.md",
        "TEXT translation.txt",
        "JSON model.json",
      ],
      previews: [
        [1, 1],
        [2, 2],
      ],
      remarks: [],
      document: "in place 1 2",
      pages: 0,
    });
  });
  it("are of a picture one of its own type, and a PDF of its own", async () => {
    const type = { mediaType: "image/jpeg", extension: ".jpg" };
    const { outputs, previews, document } = await exported(
      image,
      { preview, writer: writing("picture", { type }), pdfWriter: writing("its PDF") },
      ["DOCUMENT", "PDF"],
    );
    expect(outputs).to.deep.equal(["DOCUMENT translation.jpg", "PDF translation.pdf"]);
    expect([document, previews.length]).to.deep.equal(["picture 1 2", 2]);
  });
  it("are of a text no PDF, unless one is asked for", async () => {
    const source = { writer: writing("text") };
    const { outputs } = await exported(markdown, source);
    expect(outputs).to.deep.equal([
      "DOCUMENT translation.md",
      "MARKDOWN translation.md DOCUMENT",
      "TEXT translation.txt",
      "JSON model.json",
    ]);
    const asked = await exported(markdown, source, ["PDF"]);
    expect([asked.outputs, asked.document.slice(0, 5)]).to.deep.equal([["PDF translation.pdf"], "%PDF-"]);
  });
  const faults: readonly [name: string, more: () => DocumentWriter][] = [
    ["cannot be opened", () => ({ ...writing("")(), page: cannot })],
    ["breaks at a later page", () => ({ ...writing("")(), page: async ({ number }) => (number === 2 ? cannot() : undefined) })],
    ["cannot be written", () => ({ ...writing("")(), finish: cannot })],
    [
      "has no writer after all",
      () => {
        throw new EngineError("PDF_CORRUPT", "It is damaged.");
      },
    ],
  ];
  for (const [name, writer] of faults)
    it(`are set anew where a PDF ${name}, with a remark`, async () => {
      const made = await exported(pdf, { preview, writer }, ["PDF", "DOCUMENT", "TEXT"]);
      expect(made.outputs).to.deep.equal(["DOCUMENT translation.pdf", "PDF translation.pdf DOCUMENT", "TEXT translation.txt"]);
      expect([made.remarks, made.document.slice(0, 5), made.previews.length]).to.deep.equal([["PAGE_REFLOWED"], "%PDF-", 2]);
    });
  it("have the picture's PDF in the place of a picture that cannot be written", async () => {
    const source = { preview, writer: () => ({ ...writing("")(), finish: cannot }), pdfWriter: writing("its PDF") };
    const made = await exported(image, source, ["PDF", "DOCUMENT"]);
    expect(made.outputs).to.deep.equal(["DOCUMENT translation.pdf", "PDF translation.pdf DOCUMENT"]);
    expect([made.remarks, made.document]).to.deep.equal([["DOCUMENT_AS_PDF"], "its PDF 1 2"]);
  });
  it("are a bilingual PDF of the source and the translation, without either being listed unless it is asked for", async () => {
    const bytes = await textPdf("Hello 1.", "Hello 2.");
    const source = {
      ...{ preview, asPdf: async () => bytes },
      writer: () => ({ ...writing("")(), finish: async (file: string) => writeFile(file, bytes).then(() => []) }),
    };
    const made = await exported(pdf, source, ["BILINGUAL"]);
    expect(made).to.deep.include({ outputs: ["BILINGUAL bilingual.pdf"], previews: [], remarks: [] });
    expect(made.pages).to.equal(4);
    expect((await exported(pdf, source, ["BILINGUAL", "DOCUMENT"])).outputs).to.deep.equal([
      "DOCUMENT translation.pdf",
      "BILINGUAL bilingual.pdf",
    ]);
  });
  it("have a remark where a bilingual PDF was asked for and cannot be, and are never none", async () => {
    expect(await exported(markdown, { writer: writing("text") }, ["BILINGUAL"])).to.deep.include({
      outputs: ["DOCUMENT translation.md"],
      remarks: ["BILINGUAL_MISSING"],
    });
    const broken = { preview, asPdf: async () => Buffer.from("none"), writer: writing("none") };
    expect(await exported(pdf, broken, ["BILINGUAL"])).to.deep.include({
      outputs: ["PDF translation.pdf"],
      remarks: ["BILINGUAL_MISSING"],
    });
  });
  it("do not hide that the disk is full", async () => {
    const full = async () => Promise.reject(Object.assign(new Error("write"), { code: "ENOSPC" }));
    const code = await exported(pdf, { preview, writer: () => ({ ...writing("")(), finish: full }) }).catch(
      (error: EngineError) => error.code,
    );
    expect(code).to.equal("STORAGE_FULL");
  });

  describe("of an office document", () => {
    const docx: Format = {
      ...{ ...markdown, id: "docx", name: "Word", mediaTypes: ["application/docx"], extensions: [".docx"] },
      isShownByOffice: true,
    };
    /** Makes PDFs of `pages` pages of the result, and of two of the source; of files that it is not given, none. */
    const office = (pages: number): Office => ({
      convert: () => Promise.reject(new EngineError("DOCUMENT_CORRUPT", "No.")),
      pdfs: async (files) =>
        Promise.all(
          files.map(async (file, index) => {
            const name = file.replace(/[.][a-z]+$/, ".pdf");
            const count = index === 0 ? pages : 2;
            if (count === 0) return undefined;
            await writeFile(name, await textPdf(...Array.from({ length: count }, () => "Open.")));
            return name;
          }),
        ),
    });

    it("has the PDF that LibreOffice makes of the result, and pictures of its pages beside the source's", async () => {
      expect(await exported(docx, { writer: writing("in place") }, [], office(3))).to.deep.include({
        outputs: [
          "DOCUMENT translation.docx",
          "PDF translation.pdf",
          "MARKDOWN translation.md",
          "TEXT translation.txt",
          "JSON model.json",
          "SOURCE_PDF source.pdf",
        ],
        previews: [
          [1, 1],
          [2, 2],
          [3, 2],
        ],
        remarks: [],
      });
    });
    it("has no PDF where LibreOffice is not there, or cannot open it, and says so", async () => {
      for (const suite of [undefined, office(0)]) {
        const made = await exported(docx, { writer: writing("in place") }, [], suite);
        expect(made).to.deep.include({ previews: [], remarks: ["PREVIEW_MISSING"] });
        expect(made.outputs).to.not.include("PDF translation.pdf");
      }
    });
    it("has its text on plain pages where a PDF is asked for and LibreOffice is not there", async () => {
      const made = await exported(docx, { writer: writing("in place") }, ["PDF"]);
      expect(made).to.deep.include({ outputs: ["PDF translation.pdf"], remarks: ["PAGE_REFLOWED"] });
    });
    it("is the document where a PDF alone was asked for, and could not be made", async () => {
      const made = await exported(docx, { writer: writing("in place") }, ["PDF"], office(0));
      expect(made).to.deep.include({ outputs: ["DOCUMENT translation.docx"], remarks: ["PREVIEW_MISSING"] });
    });
    it("is bilingual of both PDFs", async () => {
      const made = await exported(docx, { writer: writing("in place") }, ["BILINGUAL"], office(2));
      expect(made).to.deep.include({ outputs: ["BILINGUAL bilingual.pdf", "SOURCE_PDF source.pdf"], previews: [], remarks: [] });
    });
  });
});
