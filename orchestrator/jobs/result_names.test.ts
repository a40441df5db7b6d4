import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { ArtefactSchema, JobSchema, ResultFormat } from "../../gen/dragoman/v1/job_pb.ts";
import { namedAfterDocument, resultName } from "./result_names.ts";

const pdfOf = (fileName: string) =>
  resultName(
    { format: ResultFormat.PDF, page: 0, fileName: "translation.pdf" },
    create(JobSchema, { fileName, options: { targetLanguage: "es" } }),
  );

describe("a result's file names", () => {
  it("end in its own format as the document's did, and no file of another kind is called so", () => {
    const job = create(JobSchema, { fileName: "photo.jpeg", options: { targetLanguage: "es" } });
    const nameOf = (fileName: string) => resultName({ format: ResultFormat.DOCUMENT, page: 0, fileName }, job);
    expect([nameOf("translation.jpg"), nameOf("translation.pdf")]).to.deep.equal(["photo.es.jpg", "photo.es.pdf"]);
  });
  it("are its document's, with the language and what each is", () => {
    const formats = [ResultFormat.MARKDOWN, ResultFormat.TEXT, ResultFormat.PDF, ResultFormat.JSON];
    const given = formats.map((format) => create(ArtefactSchema, { format }));
    const pages = [ResultFormat.PREVIEW, ResultFormat.SOURCE_PREVIEW].map((format) => create(ArtefactSchema, { format, page: 2 }));
    const job = create(JobSchema, { fileName: "letter.pdf", options: { targetLanguage: "es" } });
    expect(namedAfterDocument([...given, ...pages], job).map(({ fileName }) => fileName)).to.deep.equal([
      "letter.es.md",
      "letter.es.txt",
      "letter.es.pdf",
      "letter.es.json",
      "letter.es.page-2.webp",
      "letter.es.source-2.webp",
    ]);
  });
  it("keep the ending that the document had of those of its type", () => {
    const nameOf = (document: string, fileName: string) =>
      resultName(
        { format: ResultFormat.DOCUMENT, page: 0, fileName },
        create(JobSchema, { fileName: document, options: { targetLanguage: "es" } }),
      );
    expect(nameOf("Notes.MARKDOWN", "translation.md")).to.equal("Notes.es.markdown");
    expect(nameOf("notes.text", "translation.pdf")).to.equal("notes.es.pdf");
  });
  it("differ, where a document is of a type that results are made in", () => {
    const job = create(JobSchema, { fileName: "menu.json", options: { targetLanguage: "es" } });
    const files = [
      create(ArtefactSchema, { format: ResultFormat.DOCUMENT, fileName: "translation.json" }),
      create(ArtefactSchema, { format: ResultFormat.JSON, fileName: "model.json" }),
    ];
    expect(namedAfterDocument(files, job).map(({ fileName }) => fileName)).to.deep.equal(["menu.es.json", "menu.es.model.json"]);
  });
  it("lose a document's ending alone", () => {
    expect([pdfOf("scan.JPEG"), pdfOf("notes v1.2"), pdfOf("archive.tar.md")]).to.deep.equal([
      "scan.es.pdf",
      "notes v1.2.es.pdf",
      "archive.tar.es.pdf",
    ]);
  });
  it("keep every writing", () => {
    expect(pdfOf("手紙.pdf")).to.equal("手紙.es.pdf");
    expect(pdfOf("can\u0303o\u0301n.txt")).to.equal("cañón.es.pdf");
    expect(pdfOf("نامه‌ها.pdf")).to.equal("نامه‌ها.es.pdf");
  });
  it("lead nowhere, and hide nothing", () => {
    expect(pdfOf("../../etc/passwd")).to.equal("passwd.es.pdf");
    expect(pdfOf("C:\\docs\\a.pdf")).to.equal("a.es.pdf");
    expect(pdfOf("a\u0000b\r\nc\u202Efdp.pdf")).to.equal("abcfdp.es.pdf");
    expect(pdfOf('what? "this" <a>.pdf')).to.equal("what_ _this_ _a_.es.pdf");
    expect(pdfOf(".bashrc")).to.equal("bashrc.es.pdf");
    expect(pdfOf("nul.txt")).to.equal("_nul.es.pdf");
  });
  it("are there where the document has no name", () => {
    for (const none of ["", ".pdf", "...", "/", "\u202E"]) expect(pdfOf(none), JSON.stringify(none)).to.equal("translation.es.pdf");
  });
  it("fit a file system, and end with a whole sign", () => {
    for (const long of ["a".repeat(255), "手".repeat(255), "👩‍👩‍👧‍👦".repeat(30)]) {
      const name = pdfOf(`${long}.pdf`);
      expect(Buffer.byteLength(name)).to.be.below(200);
      expect(name.slice(0, -".es.pdf".length)).to.match(/^(a+|手+|(👩‍👩‍👧‍👦)+)$/u);
    }
  });
  it("of a kind that is not known are as they came", () => {
    expect(resultName({ format: 99 as ResultFormat, page: 0, fileName: "x.new" }, create(JobSchema, { fileName: "a" }))).to.equal("x.new");
  });
});
