import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { type Artefact, Flow, type Job, ResultFormat } from "../../../gen/dragoman/v1/job_pb.ts";
import { stateName } from "../../../platform/names.ts";
import type { DocumentContext } from "../../../worker/engine/context.ts";
import { leavesOf, plainText } from "../../../worker/engine/document/model.ts";
import { EngineError } from "../../../worker/engine/errors.ts";
import { registry } from "../../../worker/engine/formats/registry.ts";
import { openOffice } from "../../../worker/engine/services/office/office.ts";
import { scratch } from "../../support/documents.ts";
import { type RunningService, startService } from "../../support/service.ts";
import { officeTexts } from "../support/office.ts";
import { runTool, zipIsSound } from "../support/tools.ts";

const FORMATS = new Map<number, string>(Object.entries(ResultFormat).map(([name, format]) => [format, name]));
const SPACES = ["office", "text", "style", "fo", "draw", "svg"].map((name) => {
  const long: Readonly<Record<string, string>> = { fo: "xsl-fo-compatible", draw: "drawing", svg: "svg-compatible" };
  return `xmlns:${name}="urn:oasis:names:tc:opendocument:xmlns:${long[name] ?? name}:1.0"`;
});

/** A flat OpenDocument file, of which LibreOffice makes every other type. */
function flat(kind: "text" | "graphics", styles: string, body: string): string {
  const type = `office:mimetype="application/vnd.oasis.opendocument.${kind}"`;
  return `<?xml version="1.0" encoding="UTF-8"?><office:document ${SPACES.join(" ")} office:version="1.3" ${type}><office:automatic-styles>${styles}</office:automatic-styles><office:body>${body}</office:body></office:document>`;
}

const BREAK = '<style:style style:name="P" style:family="paragraph"><style:paragraph-properties fo:break-before="page"/></style:style>';
const BOLD = '<style:style style:name="B" style:family="text"><style:text-properties fo:font-weight="bold"/></style:style>';
const LETTER = flat(
  "text",
  BREAK + BOLD,
  '<office:text><text:p>The <text:span text:style-name="B">library</text:span> is open today.</text:p><text:p text:style-name="P">The garden is closed.</text:p></office:text>',
);
const DRAWING = flat(
  "graphics",
  "",
  '<office:drawing><draw:page draw:name="1"><draw:frame svg:x="2cm" svg:y="2cm" svg:width="12cm" svg:height="2cm"><draw:text-box><text:p>The library is open today.</text:p></draw:text-box></draw:frame></draw:page></office:drawing>',
);

describe("office documents", () => {
  let files: Awaited<ReturnType<typeof scratch>>;
  /** Of the same letter, by ending. */
  const letters = new Map<string, string>();
  before(async () => {
    files = await scratch();
    const flatLetter = await files.file("letter.fodt", LETTER);
    const flatDrawing = await files.file("plan.fodg", DRAWING);
    const profile = `-env:UserInstallation=file://${files.path}/profile`;
    for (const [ending, source] of [
      ["docx", flatLetter],
      ["doc", flatLetter],
      ["rtf", flatLetter],
      ["odg", flatDrawing],
    ] as const) {
      await runTool("soffice", [profile, "--headless", "--convert-to", ending, "--outdir", files.path, source], { deadlineMs: 120_000 });
      letters.set(ending, path.join(files.path, `${path.basename(source).replace(/\..*$/, "")}.${ending}`));
    }
  });
  after(() => files?.[Symbol.asyncDispose]());

  describe("of old types", () => {
    const contextIn = (folder: string, withOffice: boolean): DocumentContext => {
      const office = withOffice ? openOffice(folder) : undefined;
      const time: DocumentContext["time"] = (_, __, work) => work();
      const languages = { sourceLanguage: "en", targetLanguage: "es" };
      return { folder, signal: new AbortController().signal, time, ...languages, ...(office && { office }) };
    };
    /** What is read of it, and as which format, with its remarks. */
    async function read(ending: string) {
      await using folder = await scratch();
      const { format, document, conversion } = await registry.open(
        letters.get(ending) as string,
        `letter.${ending}`,
        contextIn(folder.path, true),
      );
      await using open = document;
      const pages = await Promise.all(Array.from({ length: open.pageCount }, (_, index) => open.page(index + 1)));
      const text = pages.map((page) =>
        page.kind === "blocks" ? [...leavesOf(page.page.blocks)].map(({ content }) => plainText(content)).join(" ") : "content",
      );
      return {
        id: format.id,
        text: text.join(" "),
        remarks: [...open.remarks, ...(conversion ? [conversion] : [])].map(({ code }) => code),
      };
    }

    for (const ending of ["doc", "rtf"])
      it(`.${ending} is read as the Word document that LibreOffice makes of it, with a remark`, async () => {
        const { id, text, remarks } = await read(ending);
        expect(id).to.equal("docx");
        expect(text).to.contain("The library is open today.").and.contain("The garden is closed.");
        expect(remarks).to.include("DOCUMENT_CONVERTED");
      });
    it(".odg is read as a PDF", async () => {
      expect(await read("odg")).to.deep.equal({ id: "pdf", text: "content", remarks: ["DOCUMENT_CONVERTED"] });
    });
    it("are refused with what to do where LibreOffice is not there", async () => {
      await using folder = await scratch();
      const refused = await registry
        .open(letters.get("doc") as string, "letter.doc", contextIn(folder.path, false))
        .catch((error: EngineError) => error);
      expect(refused).to.be.instanceOf(EngineError).and.to.have.property("code", "UNSUPPORTED_FILE_TYPE");
      expect((refused as EngineError).message).to.match(/LibreOffice is installed.*save it as \.docx/);
    });
    it("are refused where they are damaged, or end LibreOffice", async () => {
      await using folder = await scratch();
      const damaged = path.join(folder.path, "document");
      await writeFile(damaged, Buffer.concat([(await readFile(letters.get("doc") as string)).subarray(0, 2048), Buffer.alloc(200, 7)]));
      const context = contextIn(folder.path, true);
      const refused = await registry.open(damaged, "letter.doc", context).catch((error: EngineError) => error);
      expect(refused)
        .to.be.instanceOf(EngineError)
        .and.to.have.property("code")
        .that.is.oneOf(["DOCUMENT_CORRUPT", "UNSUPPORTED_FILE_TYPE", "NO_CONTENT"]);
    });
  });

  describe("through the service", () => {
    let service: RunningService;
    before(async () => {
      service = await startService();
    });
    after(() => service?.[Symbol.asyncDispose]());

    const bytesOf = async (job: Job, artefact: Partial<Artefact>) => {
      const pieces: Uint8Array[] = [];
      for await (const piece of service.client.result(job.id, artefact)) pieces.push(piece);
      return Buffer.concat(pieces);
    };

    it("come back in their own type, as a PDF that looks like it, and with pictures of both", async () => {
      const docx = new File([await readFile(letters.get("docx") as string)], "letter.docx");
      const job = await service.client.translate(docx, { to: "es", from: "en" });
      expect(stateName(job.state)).to.equal("SUCCEEDED");
      expect(job.ledger?.flow).to.equal(Flow.CONTINUOUS);
      const listed = job.artefacts.map(({ format, page, fileName }) => [FORMATS.get(format), page, fileName].join(" "));
      expect(listed).to.include.members([
        "DOCUMENT 0 letter.es.docx",
        "PDF 0 letter.es.pdf",
        "SOURCE_PDF 0 letter.es.source.pdf",
        "PREVIEW 2 letter.es.page-2.webp",
        "SOURCE_PREVIEW 2 letter.es.source-2.webp",
      ]);
      await using out = await scratch();
      const result = await out.file("letter.docx", await bytesOf(job, { format: ResultFormat.DOCUMENT }));
      await zipIsSound(result);
      expect((await officeTexts([result]))[0])
        .to.contain("biblioteca")
        .and.contain("jardín");
      const pdf = await out.file("letter.pdf", await bytesOf(job, { format: ResultFormat.PDF }));
      expect((await runTool("pdftotext", [pdf, "-"])).stdout).to.contain("biblioteca");
      for (const format of [ResultFormat.PREVIEW, ResultFormat.SOURCE_PREVIEW])
        expect((await bytesOf(job, { format, page: 2 })).toString("latin1", 8, 12)).to.equal("WEBP");
    });

    it("that is a drawing comes back as a PDF, with pictures of what LibreOffice made of it once", async () => {
      const odg = new File([await readFile(letters.get("odg") as string)], "plan.odg");
      const job = await service.client.translate(odg, { to: "es", from: "en", options: { outputs: [ResultFormat.DOCUMENT] } });
      expect(job.artefacts.map(({ fileName }) => fileName)).to.deep.equal([
        "plan.es.pdf",
        "plan.es.source.pdf",
        "plan.es.page-1.webp",
        "plan.es.source-1.webp",
      ]);
      expect((await bytesOf(job, { format: ResultFormat.SOURCE_PREVIEW, page: 1 })).toString("latin1", 8, 12)).to.equal("WEBP");
    });

    it("of an old type come back in the new one, and bilingual where that is asked for", async () => {
      const doc = new File([await readFile(letters.get("doc") as string)], "letter.doc");
      const outputs = [ResultFormat.DOCUMENT, ResultFormat.BILINGUAL];
      const job = await service.client.translate(doc, { to: "es", from: "en", options: { outputs } });
      expect(stateName(job.state)).to.equal("SUCCEEDED");
      expect(job.artefacts.filter(({ page }) => page === 0).map(({ fileName }) => fileName)).to.deep.equal([
        "letter.es.docx",
        "letter.es.bilingual.pdf",
        "letter.es.source.pdf",
      ]);
      expect(job.ledger?.entries.map(({ code }) => code)).to.include("DOCUMENT_CONVERTED");
    });
  });
});
