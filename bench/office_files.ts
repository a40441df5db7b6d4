import { createWriteStream } from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { ZipFile } from "yazl";
import { SUBJECTS, TIMES, VERBS } from "./words.ts";

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE = "http://schemas.openxmlformats.org/package/2006";
const WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
const SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const TYPE = "application/vnd.openxmlformats-officedocument";
/** About so many paragraphs of 60 words fill a page. */
const PARAGRAPHS_A_PAGE = 9;

/** A document of so many pages, every paragraph of several runs, one of them bold. Its path. */
export async function longDocx(folder: string, pages: number): Promise<string> {
  const run = (text: string, bold = false) => `<w:r>${bold ? "<w:rPr><w:b/></w:rPr>" : ""}<w:t xml:space="preserve">${text}</w:t></w:r>`;
  const paragraphs = Array.from({ length: pages * PARAGRAPHS_A_PAGE }, (_, index) => {
    const sentences = Array.from({ length: 6 }, (__, at) => sentence(index * 7 + at));
    return `<w:p>${run(`${sentences[0]} `)}${run(sentences[1] ?? "", true)}${run(` ${sentences.slice(2).join(" ")}`)}</w:p>`;
  });
  const body = `<w:document xmlns:w="${WORD}"><w:body>${paragraphs.join("")}<w:sectPr><w:pgSz w:w="11906" w:h="16838"/></w:sectPr></w:body></w:document>`;
  const parts = { "word/document.xml": body };
  return written(path.join(folder, `pages-${pages}.docx`), {
    parts,
    main: "word/document.xml",
    type: `${TYPE}.wordprocessingml.document.main+xml`,
  });
}

/** A workbook of so many rows: two columns of text, most of it of its own, and two of numbers. Its path. */
export async function longXlsx(folder: string, rows: number): Promise<string> {
  const strings = Array.from(
    { length: rows * 2 },
    (_, index) => `<si><t>${sentence(index)} ${index % 2 ? "" : `Number ${index}.`}</t></si>`,
  );
  const cells = Array.from({ length: rows }, (_, row) => {
    const at = row + 1;
    const texts = `<c r="A${at}" t="s"><v>${row * 2}</v></c><c r="B${at}" t="s"><v>${row * 2 + 1}</v></c>`;
    return `<row r="${at}">${texts}<c r="C${at}"><v>${at}</v></c><c r="D${at}"><f>C${at}*2</f><v>${at * 2}</v></c></row>`;
  });
  const parts = {
    "xl/workbook.xml": `<workbook xmlns="${SHEET}" xmlns:r="${RELATIONS}"><sheets><sheet name="Rows" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${RELATIONS}/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
    "xl/worksheets/sheet1.xml": `<worksheet xmlns="${SHEET}"><sheetData>${cells.join("")}</sheetData></worksheet>`,
    "xl/sharedStrings.xml": `<sst xmlns="${SHEET}" count="${rows * 2}" uniqueCount="${rows * 2}">${strings.join("")}</sst>`,
  };
  const types = {
    "/xl/worksheets/sheet1.xml": `${TYPE}.spreadsheetml.worksheet+xml`,
    "/xl/sharedStrings.xml": `${TYPE}.spreadsheetml.sharedStrings+xml`,
  };
  return written(path.join(folder, `rows-${rows}.xlsx`), {
    parts,
    types,
    main: "xl/workbook.xml",
    type: `${TYPE}.spreadsheetml.sheet.main+xml`,
  });
}

function sentence(index: number): string {
  const of = (words: readonly string[], by: number) => words[Math.floor(index / by) % words.length];
  return `${of(SUBJECTS, 1)} ${of(VERBS, 6)} ${of(TIMES, 36)}.`;
}

interface Package {
  readonly parts: Readonly<Record<string, string>>;
  readonly main: string;
  readonly type: string;
  readonly types?: Readonly<Record<string, string>>;
}

async function written(file: string, { parts, main, type, types = {} }: Package): Promise<string> {
  const overrides = Object.entries({ [`/${main}`]: type, ...types }).map(
    ([name, each]) => `<Override PartName="${name}" ContentType="${each}"/>`,
  );
  const defaults =
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>';
  const all = {
    "[Content_Types].xml": `<Types xmlns="${PACKAGE}/content-types">${defaults}${overrides.join("")}</Types>`,
    "_rels/.rels": `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${RELATIONS}/officeDocument" Target="${main}"/></Relationships>`,
    ...parts,
  };
  const zip = new ZipFile();
  for (const [name, content] of Object.entries(all)) zip.addBuffer(Buffer.from(`${HEAD}${content}`), name);
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(file));
  return file;
}
