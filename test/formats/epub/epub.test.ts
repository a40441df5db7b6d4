import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { type Inline, leavesOf, mapLeaves, type Page } from "../../../worker/engine/document/model.ts";
import type { Remark } from "../../../worker/engine/document/remarks.ts";
import { openEpub } from "../../../worker/engine/formats/epub/open.ts";
import type { Writing } from "../../../worker/engine/formats/format.ts";
import { formatOf } from "../../../worker/engine/formats/registry.ts";
import { sampleOf } from "../../../worker/engine/formats/sample.ts";
import { Archive } from "../../../worker/engine/formats/zip/archive.ts";
import { scratch } from "../../support/documents.ts";
import { upper, WRITING } from "../../support/in_place.ts";
import { treeOf, wordsOf } from "../html/judge.ts";
import { runTool, xmlIsWellFormed, zipIsSound } from "../support/tools.ts";
import { BOOKS, broken, CONTAINER, type Entries, fixed, MIMETYPE, novel, old, opf, page, rightToLeft, zipped } from "./books.ts";

/** Debian's `epubcheck`: it takes some seconds a book, so only DRAGOMAN_TEST_EPUBCHECK=yes asks for it. */
const EPUBCHECK = "/usr/bin/epubcheck";

interface Translated {
  readonly pages: readonly Page[];
  readonly remarks: readonly Remark[];
  readonly parts: ReadonlyMap<string, string>;
  readonly bytes: Buffer;
}

/** A book with the content of each leaf as `map` makes it. */
async function translated(
  entries: Entries,
  map: (content: readonly Inline[]) => readonly Inline[],
  writing: Writing = WRITING,
): Promise<Translated> {
  await using folder = await scratch();
  const file = await folder.file("a.epub", await zipped(entries));
  await using document = await openEpub(file);
  const writer = document.writer?.(writing);
  const pages: Page[] = [];
  for (let number = 1; number <= document.pageCount; number++) {
    const source = await document.page(number);
    if (source.kind !== "blocks") throw new Error("no blocks");
    pages.push(source.page);
    await writer?.page({ ...source.page, blocks: mapLeaves(source.page.blocks, (leaf) => ({ ...leaf, content: map(leaf.content) })) });
  }
  const made = path.join(folder.path, "b.epub");
  const remarks = [...document.remarks, ...pages.flatMap((each) => each.remarks), ...((await writer?.finish(made)) ?? [])];
  await zipIsSound(made);
  await using archive = await Archive.open(made);
  const parts = new Map<string, string>();
  for (const name of archive.names) parts.set(name, (await archive.read(name)).toString());
  return { pages, remarks, parts, bytes: await readFile(made) };
}

const capitals = (entries: Entries, writing?: Writing) => translated(entries, upper, writing);

async function codeOf(entries: Entries): Promise<string> {
  try {
    const { pages } = await translated(entries, (content) => content);
    return pages.some(({ blocks }) => blocks.length > 0) ? "read" : "empty";
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

describe("EPUB, read and written back", function () {
  this.timeout(20_000);
  for (const [name, entries] of Object.entries(BOOKS)) {
    it(`is the same byte for byte if no word changed: ${name}`, async () => {
      const { bytes } = await translated(entries, (content) => content);
      expect(bytes.equals(await zipped(entries))).to.equal(true);
    });
    it(`has the same parts with other words in the same elements, well-formed as it was: ${name}`, async () => {
      const { parts } = await capitals(entries);
      expect([...parts.keys()]).to.deep.equal(entries.map(([entry]) => entry));
      await using folder = await scratch();
      const files: string[] = [];
      for (const [index, [entry, content]] of entries.entries()) {
        const made = parts.get(entry) as string;
        if (!/\.(?:xhtml|opf|ncx)$/.test(entry)) expect(made, entry).to.equal(content.toString());
        else if (entry.endsWith(".xhtml")) {
          const source = Buffer.isBuffer(content) ? content.toString("latin1") : content;
          expect(treeOf(made), entry).to.equal(treeOf(source));
        }
        if (entries === broken || !/\.(?:xhtml|opf|ncx)$/.test(entry)) continue;
        const file = path.join(folder.path, `${index}.xml`);
        await writeFile(
          file,
          made.replace(
            /<!DOCTYPE html PUBLIC[^>]*>/,
            "<!DOCTYPE html [<!ENTITY nbsp ' '><!ENTITY mdash '-'><!ENTITY hellip '.'><!ENTITY eacute 'e'><!ENTITY Eacute 'E'>]>",
          ),
        );
        files.push(file);
      }
      if (files.length > 0) await xmlIsWellFormed(...files);
    });
  }
  it("is read in its order, a page a section, with its notes' marks, and what is beside it unseen", async () => {
    const { pages } = await translated(novel, (content) => content);
    expect(pages.map(({ blocks }) => wordsOf(blocks).replace(/\s+/g, " "))).to.deep.equal([
      "The garden The red house stands by the water.1 It is old and quiet. One lamp Two boats",
      "The sea We saw Sea Queen & her crew <three>. Fair winds.",
      "1 Built long ago.",
      "",
      "",
    ]);
    const unseen = pages.flatMap(({ blocks }) => [...leavesOf(blocks)]).filter(({ layer }) => layer === "unseen");
    const said = unseen.map(({ content }) =>
      content[0]?.kind === "text" ? content[0].text : wordsOf([{ ...unseen[0], layer: "body", content } as never]),
    );
    expect(said).to.deep.equal([
      "The garden",
      "A pond & a boat",
      "The sea",
      "Notes",
      "Contents",
      "Contents",
      "The garden",
      "The sea",
      "The garden & the sea",
    ]);
  });
  it("says its new language in each part, and keeps the first entry stored", async () => {
    const { parts, bytes } = await capitals(old);
    expect(parts.get("OEBPS/book.opf"))
      .to.include("<dc:title>THE GARDEN &amp; THE SEA</dc:title>")
      .and.include("<dc:language>es</dc:language>");
    expect(parts.get("OEBPS/book.opf")).to.include("<dc:subject>GARDENS</dc:subject><dc:description>ABOUT A GARDEN.</dc:description>");
    expect(parts.get("OEBPS/toc.ncx")).to.include(`xml:lang="es"`).and.include("<text>THE GARDEN</text>");
    expect(parts.get("OEBPS/one.xhtml")).to.include(`<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="es">`);
    expect(parts.get("OEBPS/one.xhtml")).to.include("IT IS&nbsp;OLD &mdash; AND QUIET&hellip; A CAFÉ.");
    expect(parts.get("OEBPS/two.xhtml")).to.include(`encoding="UTF-8"`).and.include(`<html xml:lang="es" xmlns=`).and.include("CAFÉ");
    expect(bytes.subarray(30, 58).toString("latin1")).to.equal("mimetypeapplication/epub+zip");
  });
  it("turns its pages from the other side where the language does", async () => {
    const { parts } = await capitals(novel, { ...WRITING, targetLanguage: "ar" });
    expect(parts.get("OEBPS/book.opf")).to.include(`<spine page-progression-direction="rtl">`);
    expect(parts.get("OEBPS/one.xhtml")).to.include(`<html dir="rtl" xmlns=`).and.include(`xml:lang="ar" lang="ar"`);
    const back = await translated(rightToLeft, () => [{ kind: "text", text: "words" }], {
      ...WRITING,
      sourceLanguage: "ar",
      targetLanguage: "en",
    });
    expect(back.parts.get("OEBPS/book.opf")).to.include(`<spine page-progression-direction="ltr">`).and.include(`xml:lang="en" dir="ltr"`);
    expect(back.parts.get("OEBPS/one.xhtml")).to.include(`xml:lang="en" lang="en" dir="ltr"`);
    expect((await capitals(old, { ...WRITING, targetLanguage: "ar" })).parts.get("OEBPS/book.opf")).not.to.include("page-progression");
  });
  it("says what it left, and reads what is not well-formed as readers of books do", async () => {
    const { remarks, parts } = await capitals(broken);
    expect(remarks.map(({ code }) => code)).to.deep.equal(["CONTENT_DROPPED", "TEXT_KEPT"]);
    expect(parts.get("OEBPS/one.xhtml")).to.include("<p>ONE <b>TWO<p>THREE &amp; FOUR<br>");
    expect(parts.get("OEBPS/draft.xhtml")).to.include("A PAGE THAT NOTHING LEADS TO.");
    expect((await capitals(fixed)).remarks.map(({ code }) => code)).to.deep.equal(["TEXT_OVERFLOW"]);
  });
  it("is what epubcheck finds no more in than in its source", async function () {
    this.timeout(300_000);
    if (!process.env["DRAGOMAN_TEST_EPUBCHECK"]) return this.skip();
    for (const [name, entries] of Object.entries(BOOKS)) {
      await using folder = await scratch();
      const errors = async (bytes: Buffer) => {
        const { stdout, stderr } = await runTool("java", ["-jar", EPUBCHECK, await folder.file("a.epub", bytes)], { deadlineMs: 120_000 });
        expect(`${stdout}${stderr}`).to.match(/EPUB/);
        return `${stdout}${stderr}`
          .split("\n")
          .filter((line) => /^(?:ERROR|FATAL|WARNING)/.test(line))
          .map((line) => /^[A-Z]+\([A-Z]+-\d+\)/.exec(line)?.[0] ?? line);
      };
      const before = await errors(await zipped(entries));
      const after = await errors((await capitals(entries, { ...WRITING, targetLanguage: "ar" })).bytes);
      console.log(`      ${name}: ${before.length} before, ${after.length} after`);
      for (const error of after) expect(before, name).to.include(error);
    }
  });
  it("is told by what it says it is, or by its container", async () => {
    const bytes = await zipped(novel);
    expect(formatOf(sampleOf(bytes, "a.zip")).id).to.equal("epub");
    const late = await zipped(novel.slice(1));
    expect(
      formatOf(
        sampleOf(
          late,
          "a.epub",
          novel.slice(1).map(([name]) => name),
        ),
      ).id,
    ).to.equal("epub");
  });
});

const ONE = opf([{ id: "one", href: "one.xhtml" }]);
const bookOf = (content: string | Buffer, ...more: Entries): Entries => [MIMETYPE, CONTAINER, ONE, ["OEBPS/one.xhtml", content], ...more];
const encryption = (algorithm: string) =>
  `<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container" xmlns:e="http://www.w3.org/2001/04/xmlenc#"><e:EncryptedData><e:EncryptionMethod Algorithm="${algorithm}"/></e:EncryptedData></encryption>`;
const LAUGHS = `<!DOCTYPE html [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]><html xmlns="http://www.w3.org/1999/xhtml"><body><p>one &c;</p></body></html>`;

const HOSTILE: readonly (readonly [name: string, outcome: string, entries: Entries])[] = [
  ["has no container", "DOCUMENT_CORRUPT", [MIMETYPE, ONE]],
  ["has a container that is no XML", "DOCUMENT_CORRUPT", [MIMETYPE, ["META-INF/container.xml", "<a"], ONE]],
  ["has a container of nothing", "DOCUMENT_CORRUPT", [MIMETYPE, ["META-INF/container.xml", "<container/>"], ONE]],
  ["has a package that is not there", "DOCUMENT_CORRUPT", [MIMETYPE, CONTAINER]],
  ["has a package outside of itself", "DOCUMENT_CORRUPT", [MIMETYPE, ["META-INF/container.xml", `<a><rootfile full-path="../../etc/passwd"/></a>`]]],
  ["has a package that is cut off", "DOCUMENT_CORRUPT", [MIMETYPE, CONTAINER, [ONE[0], ONE[1].slice(0, 300)]]],
  ["has a package that nests without end", "DOCUMENT_TOO_COMPLEX", [MIMETYPE, CONTAINER, [ONE[0], "<a>".repeat(100_000)]]],
  ["has no pages", "read", [MIMETYPE, CONTAINER, opf([])]],
  ["speaks of pages elsewhere", "read", [MIMETYPE, CONTAINER, opf([{ id: "a", href: "https://example.org/a.xhtml" }, { id: "b", href: "../../../b" }, { id: "c", href: "%zz" }])]],
  ["has a page a hundred times", "read", [MIMETYPE, CONTAINER, opf(Array.from({ length: 100 }, (_, at) => ({ id: `i${at}`, href: "one.xhtml" }))), ["OEBPS/one.xhtml", page("<p>one</p>")]]],
  ["has its package for a page", "read", [MIMETYPE, CONTAINER, opf([{ id: "a", href: "book.opf" }])]],
  ["is protected", "DOCUMENT_ENCRYPTED", bookOf(page("<p>one</p>"), ["META-INF/encryption.xml", encryption("http://www.w3.org/2001/04/xmlenc#aes128-cbc")])],
  ["is protected and does not say how", "DOCUMENT_ENCRYPTED", bookOf(page("<p>one</p>"), ["META-INF/encryption.xml", "<a><EncryptedData/></a>"])],
  ["has obfuscated fonts", "read", bookOf(page("<p>one</p>"), ["META-INF/encryption.xml", encryption("http://www.idpf.org/2008/embedding")])],
  ["says badly how it is protected", "DOCUMENT_CORRUPT", bookOf(page("<p>one</p>"), ["META-INF/encryption.xml", "<a"])],
  ["has entities of entities", "read", bookOf(LAUGHS)],
  ["has entities of other files", "read", bookOf(`<!DOCTYPE html [<!ENTITY a SYSTEM "file:///etc/passwd">]><html><body><p>one &a;</p></body></html>`)],
  ["has a page that nests without end", "DOCUMENT_TOO_COMPLEX", bookOf("<div>".repeat(100_000))],
  ["has a page of no text", "read", bookOf(Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff]))],
  ["has an archive for a page", "read", bookOf(Buffer.from("504b03040a000000ff", "hex"))],
  ["has a page that unpacks without end", "DOCUMENT_TOO_COMPLEX", bookOf(Buffer.alloc(40 * 1024 ** 2, " "))],
  ["has tags that are never closed", "read", bookOf(`<html xmlns="http://www.w3.org/1999/xhtml"><body>${"<p><b><i>one".repeat(100)}`)],
]; // biome-ignore format: a table

describe("an EPUB that", function () {
  this.timeout(20_000);
  for (const [name, outcome, entries] of HOSTILE)
    it(`${name} is ${outcome === "read" ? "read" : `refused as ${outcome}`}`, async () => {
      expect(await codeOf(entries)).to.equal(outcome);
    });
});
