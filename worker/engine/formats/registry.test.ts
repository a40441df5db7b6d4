import { expect } from "chai";
import { ZipFile } from "yazl";
import { FILE_TYPES, type FileType } from "../../../platform/file_types.ts";
import { EngineError } from "../errors.ts";
import { FORMATS, formatOf } from "./registry.ts";
import { sampleOf } from "./sample.ts";

describe("file types by their content", () => {
  const REFUSED: readonly (readonly [string, string, string | Buffer])[] = [
    ["XML", "a.txt", '<?xml version="1.0"?>\n<note>Open.</note>'],
    ["XML or HTML", "a.txt", "<note><to>Anna</to></note>\n"],
    ["an SVG drawing", "a.txt", '<svg xmlns="http://www.w3.org/2000/svg"><text>Open</text></svg>'],
    ["a notebook (.ipynb)", "a.ipynb", '{"cells": []}'],
    ["a catalogue of strings of Xcode (.xcstrings)", "a.xcstrings", '{"strings": {}}'],
    ["a calendar or an address book", "a.txt", "BEGIN:VCALENDAR\nEND:VCALENDAR\n"],
    ["a BMP picture", "a.bmp", Buffer.from("424d36000000000000003600000028000000", "hex")],
    ["a PostScript document", "a.txt", "%!PS-Adobe-3.0\n"],
  ];
  for (const [index, [type, name, content]] of REFUSED.entries())
    it(`refuse ${type} in ${name} (${index + 1}) and say so`, () => {
      expect(() => formatOf(sampleOf(Buffer.from(content), name))).to.throw(`The file is ${type}; `);
    });

  const ZIPPED: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
    ["a binary Excel workbook (.xlsb)", [["xl/workbook.bin", ""], ["[Content_Types].xml", ""]]],
    ["a ZIP archive", [["letter.txt", "The garden is open."]]],
  ]; // biome-ignore format: a table
  for (const [type, entries] of ZIPPED)
    it(`refuse ${type} and say so, whatever its name`, async () => {
      const bytes = await zipped(entries);
      for (const name of ["a.txt", "a.md", "a.docx"]) expect(() => formatOf(sampleOf(bytes, name))).to.throw(`The file is ${type}; PDF`);
    });

  it("tell Office's packages by their parts, and encrypted ones by their names", () => {
    const parts = ["[Content_Types].xml", "word/document.xml"];
    for (const name of ["a.txt", "a.docx", "a.zip"])
      expect(formatOf(sampleOf(Buffer.from("PK\u0003\u0004"), name, parts)).id).to.equal("docx");
    const head = Buffer.concat([Buffer.from("d0cf11e0a1b11ae1", "hex"), Buffer.alloc(500), Buffer.from("EncryptedPackage", "utf16le")]);
    expect(formatOf(sampleOf(head, "a.DOCX")).id).to.equal("docx");
  });

  const READ: readonly (readonly [string, string, string])[] = [
    ["prose with a tag in it", "a.txt", "The <b>garden</b> is open every morning."],
    ["prose that begins with a tag", "a.txt", "<b>Note</b> that the garden is open every morning, and the library on Mondays."],
    ["prose that begins as a sound's file does", "a.txt", "ID3 tags and BZh, 8BPS, OggS."],
    ["prose in braces", "a.txt", "{The garden is open.} Come in."],
    ["a text that begins with a reference", "a.txt", "[1] The garden is open."],
    ["numbers in brackets", "a.txt", "[1, 2, 3] are the first three."],
    ["a memo", "a.txt", "From: Anna\nTo: Peter\nSubject: The garden\nDate: Monday\n\nIt is open."],
    ["a text with commas", "a.txt", "Name,Age\nAnna,12\n"],
    ["Markdown with JSON in it", "a.md", 'Like so:\n\n```json\n{"a": 1}\n```\n'],
    ["Markdown that begins with HTML", "a.md", '<div align="center">\n<p>a</p><p>b</p><p>c</p>\n</div>\n\n# Title\n'],
    ["Markdown that begins with an arrow of a comment", "a.md", "<!-- a comment -->\n\n# Title\n"],
    ["brackets without end", "a.md", "[".repeat(100_000)],
    ["brackets that are never closed", "a.md", '[["a"'],
    ["braces that hold something else", "a.txt", '{"a": "b" "c"}'],
    ["a list in brackets without commas", "a.txt", '["a" "b"] are the first two.'],
    ["a text that tells of times", "a.txt", "1\n00:00 is midnight.\n"],
  ];
  for (const [type, name, content] of READ)
    it(`read ${type}`, () => {
      expect(formatOf(sampleOf(Buffer.from(content), name)).id).to.equal(name.endsWith(".md") ? "markdown" : "text");
    });

  const STRUCTURED: readonly (readonly [string, string, string | Buffer])[] = [
    ["json", "a.txt", '{\n  "title": "The garden is open.",\n  "tags": ["a", 1, true, null]\n}\n'],
    ["json", "a.md", '[{"a": "b"}, {"a": "c"}]'],
    ["json", "a.txt", `[${'{"a": "The garden", "b": [1, 2]},\n'.repeat(2_000)}{"cut": "in the mid`],
    ["json", "a.txt", '{"a": "b"}\n{"a": "c"}\n'],
    ["json", "a.txt", Buffer.from('\ufeff{"a": "b"}', "utf16le")],
    ["json", "a.json", "The garden is open."],
    ["srt", "a.txt", "1\n00:00:01,000 --> 00:00:03,500\n<i>The garden is open.</i>\n"],
    ["srt", "a.md", "\ufeff\r\n1\r\n00:00:01,000 --> 00:00:03,500\r\nThe garden is open.\r\n"],
    ["srt", "a.srt", "This is no subtitle."],
    ["vtt", "a.txt", "WEBVTT\n\n00:01.000 --> 00:03.500\nThe garden is open.\n"],
    ["vtt", "a.srt", "WEBVTT - a title\n\n00:01.000 --> 00:03.500\nThe garden is open.\n"],
    ["csv", "a.csv", 'Name,Age\nAnna,"12, almost"\n'],
    ["csv", "a.tsv", "The garden is open."],
    ["po", "a.txt", '# Spanish\nmsgid ""\nmsgstr ""\n\nmsgid "Open"\nmsgstr "Abierto"\n'],
    ["po", "a.pot", "The garden is open."],
    ["yaml", "a.yml", "a: b"],
    ["properties", "a.properties", "a=b"],
    ["strings", "a.strings", '"a" = "b";'],
    [
      "eml",
      "a.txt",
      "Received: from a by b;\r\n Thu, 1 Jan 2026\r\nFrom: a@example.org\r\nSubject: Open\r\nMIME-Version: 1.0\r\n\r\nHello.\r\n",
    ],
    ["eml", "a.eml", "Subject: Open\n\nThe garden is open.\n"],
    ["xliff", "a.txt", '<?xml version="1.0"?>\n<xliff version="1.2"/>'],
    ["xliff", "a.xlf", "The garden is open."],
    ["arb", "a.txt", '{"@@locale": "en", "open": "Open"}'],
  ];
  for (const [index, [id, name, content]] of STRUCTURED.entries())
    it(`read ${id} in ${name} (${index + 1})`, () => {
      expect(formatOf(sampleOf(Buffer.from(content), name)).id).to.equal(id);
    });

  it("are told of old Office files by their streams, and by their name where these lie far back", () => {
    const compound = (stream: string, size = 500) =>
      Buffer.concat([Buffer.from("d0cf11e0a1b11ae1", "hex"), Buffer.alloc(size), Buffer.from(`${stream}\0`, "utf16le")]);
    const idOf = (content: Buffer, name: string) => formatOf(sampleOf(content, name)).id;
    expect(idOf(compound("WordDocument"), "letter")).to.equal("doc");
    expect(idOf(compound("", 70_000).subarray(0, 65_536), "letter.doc")).to.equal("doc");
    expect(idOf(Buffer.from("{\\rtf1\\ansi The garden is open.}"), "letter.txt")).to.equal("rtf");
    expect(idOf(compound("__properties_version1"), "letter.doc")).to.equal("msg");
    expect(idOf(compound("", 70_000).subarray(0, 65_536), "letter.msg")).to.equal("msg");
    expect(() => formatOf(sampleOf(compound(""), "letter"))).to.throw(EngineError);
  });

  it("are those that the rest of Dragoman names", () => {
    const known = ({ id, name, mediaTypes, extensions }: Pick<FileType, "id" | "name" | "mediaTypes" | "extensions">) => ({
      ...{ id, name, mediaTypes, extensions },
    });
    expect(FILE_TYPES.map(known)).to.deep.equal(FORMATS.map(known));
  });
  it("are shown or read by LibreOffice where the rest of Dragoman says so", () => {
    const ways = FORMATS.map((format) => ("becomes" in format ? "needed" : format.isShownByOffice ? "pictures" : undefined));
    expect(FILE_TYPES.map(({ office }) => office)).to.deep.equal(ways);
  });
  it("are each of one format, by one media type and one ending", () => {
    const names = FORMATS.flatMap(({ mediaTypes, extensions }) => [...mediaTypes, ...extensions]);
    expect(new Set(names).size).to.equal(names.length);
  });
});

async function zipped(entries: readonly (readonly [string, string])[]): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, content] of entries) zip.addBuffer(Buffer.from(content), name, { compress: name !== "mimetype" });
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
