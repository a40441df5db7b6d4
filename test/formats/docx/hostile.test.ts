import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { openDocx } from "../../../worker/engine/formats/docx/open.ts";
import { field, paragraph, run } from "./documents.ts";
import { type DocumentSource, documentParts, type Part, part, writePackage } from "./package.ts";

/** More than before the document: the tests run in one process. */
const MEMORY_BYTES = 700 * 1024 ** 2;

/** Documents that mean harm, or were damaged, and the code that each is refused with; `read` for those that can be read. */
const HOSTILE: Readonly<Record<string, readonly [expected: string, parts: () => readonly Part[] | Buffer]>> = {
  "is no archive": ["DOCUMENT_CORRUPT", () => Buffer.from("PK\u0003\u0004 and no more")],
  "is encrypted": ["DOCUMENT_ENCRYPTED", () => compound("EncryptedPackage")],
  "is an old document under another name": ["DOCUMENT_CORRUPT", () => compound("WordDocument")],
  "has no types": ["DOCUMENT_CORRUPT", () => changed("[Content_Types].xml", undefined)],
  "has no relationships": ["DOCUMENT_CORRUPT", () => changed("_rels/.rels", undefined)],
  "has no main part": ["DOCUMENT_CORRUPT", () => changed("word/document.xml", undefined)],
  "has no body": ["DOCUMENT_CORRUPT", () => changed("word/document.xml", part("w:document", ""))],
  "is cut off": ["DOCUMENT_CORRUPT", () => changed("word/document.xml", part("w:document", "<w:body>").slice(0, -20))],
  "has nothing in its main part": ["DOCUMENT_CORRUPT", () => changed("word/document.xml", "")],
  "is not in its encoding": ["DOCUMENT_CORRUPT", () => changed("word/document.xml", Buffer.from([0x3c, 0xff, 0xfe, 0x80]))],
  "has broken styles": ["DOCUMENT_CORRUPT", () => changed("word/styles.xml", "<w:styles")],
  "has prefixes that are not declared": ["DOCUMENT_CORRUPT", () => changed("word/document.xml", "<w:document><w:body/></w:document>")],
  "expands entities without end": [
    "DOCUMENT_CORRUPT",
    () => changed("word/document.xml", `<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>${body(paragraph(run("&b;")))}`),
  ],
  "reads other files": [
    "DOCUMENT_CORRUPT",
    () => changed("word/document.xml", `<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]>${body(paragraph(run("&a;")))}`),
  ],
  "nests without end": [
    "DOCUMENT_TOO_COMPLEX",
    () => document("<w:sdt><w:sdtContent>".repeat(5_000) + "</w:sdtContent></w:sdt>".repeat(5_000)),
  ],
  "has tables in tables in tables": [
    "DOCUMENT_TOO_COMPLEX",
    () => document("<w:tbl><w:tr><w:tc>".repeat(400) + "</w:tc></w:tr></w:tbl>".repeat(400)),
  ],
  "is a bomb": ["DOCUMENT_TOO_COMPLEX", () => document(`<w:p><w:r><w:t>${" ".repeat(60 * 1024 ** 2)}</w:t></w:r></w:p>`)],
  "has styles based on one another": [
    "read",
    () =>
      documentParts({
        body: paragraph(run("Words"), '<w:pStyle w:val="a"/>'),
        styles:
          '<w:style w:type="paragraph" w:styleId="a"><w:basedOn w:val="b"/></w:style><w:style w:type="paragraph" w:styleId="b"><w:basedOn w:val="a"/></w:style>',
      }),
  ],
  "leads out of the archive": [
    "read",
    () =>
      documentParts({ body: paragraph(run("Words")), parts: [{ name: "word/a.xml", content: "", type: "header" }] }).filter(
        ({ name }) => name !== "word/a.xml",
      ),
  ],
  "has fields in fields": [
    "read",
    () =>
      document(
        paragraph(
          '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'.repeat(20_000) +
            run("Words") +
            '<w:r><w:fldChar w:fldCharType="end"/></w:r>'.repeat(20_000),
        ),
      ),
  ],
  "has ranges that cross": [
    "read",
    () => {
      const starts = Array.from({ length: 10_000 }, (_, id) => `<w:bookmarkStart w:id="${id}" w:name="b${id}"/>${run("w")}`);
      const ends = Array.from({ length: 10_000 }, (_, id) => `${run("w")}<w:bookmarkEnd w:id="${id}"/>`);
      return document(paragraph([...starts, ...ends].join("")));
    },
  ],
  "has spans and numbers beyond reason": [
    "read",
    () =>
      documentParts({
        body: `${paragraph(run("Words"), '<w:numPr><w:ilvl w:val="99999999999"/><w:numId w:val="1"/></w:numPr>')}<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="999999999999"/></w:tcPr>${paragraph(run("cell"))}</w:tc></w:tr></w:tbl>`,
        numbering:
          '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="999999999"/><w:numFmt w:val="upperRoman"/><w:lvlText w:val="%1"/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>',
      }),
  ],
  "has thirty thousand runs of other looks in one paragraph": [
    "read",
    () => document(paragraph(Array.from({ length: 30_000 }, (_, index) => run("w ", `<w:sz w:val="${(index % 50) + 2}"/>`)).join(""))),
  ],
  "asks for addresses on the network": [
    "read",
    () =>
      documentParts({
        body: paragraph(run("Words") + field("INCLUDETEXT http://example.org/a.docx", run("more"))),
        links: { rA: "http://example.org/\\\\host\\share" },
      }),
  ],
};

function body(inner: string): string {
  return part("w:document", `<w:body>${inner}</w:body>`).replace(/^<\?xml[^>]*\?>\s*/, "");
}

function document(inner: string): readonly Part[] {
  return documentParts({ body: inner });
}

function changed(name: string, content: string | Buffer | undefined): readonly Part[] {
  const source: DocumentSource = { body: paragraph(run("Words")) };
  return documentParts(source).flatMap((each) => (each.name !== name ? [each] : content === undefined ? [] : [{ ...each, content }]));
}

function compound(stream: string): Buffer {
  return Buffer.concat([Buffer.from("d0cf11e0a1b11ae1", "hex"), Buffer.alloc(200_000), Buffer.from(stream, "utf16le"), Buffer.alloc(100)]);
}

describe("a Word document that", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "dragoman-docx-"));
  });
  after(() => rm(folder, { recursive: true }));

  for (const [index, [name, [expected, parts]]] of Object.entries(HOSTILE).entries())
    it(`${name} is ${expected === "read" ? "read" : `refused as ${expected}`}`, async () => {
      const file = path.join(folder, `${index}.docx`);
      const made = parts();
      if (Buffer.isBuffer(made)) await writeFile(file, made);
      else await writePackage(file, made);
      const before = process.memoryUsage().rss;
      expect(await outcome(file)).to.equal(expected);
      expect(process.memoryUsage().rss - before).to.be.lessThan(MEMORY_BYTES);
    });
});

async function outcome(file: string): Promise<string> {
  try {
    await using opened = await openDocx(file, {});
    const writer = opened.writer?.({ sourceLanguage: "en", targetLanguage: "es", signal: new AbortController().signal });
    for (let number = 1; number <= opened.pageCount; number++) {
      const page = await opened.page(number);
      if (page.kind === "blocks")
        await writer?.page({ ...page.page, blocks: JSON.parse(JSON.stringify(page.page.blocks).replaceAll('"w ', '"v ')) });
    }
    await writer?.finish(`${file}.out`);
    return "read";
  } catch (error) {
    return String((error as { code?: unknown }).code ?? error);
  }
}
