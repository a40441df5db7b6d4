import type { FormatId } from "../../../worker/engine/formats/format.ts";

/** The word that all text of good containers has: no error may say it. */
export const WORD = "Zebracorn";

/** A good file of a format that is an archive, in its parts. */
export interface Container {
  readonly fileName: string;
  /** In order, without the main part. */
  readonly entries: readonly (readonly [name: string, content: string])[];
  /** The part that its text stands in. */
  readonly main: string;
  /** The main part with `inner` where paragraphs stand. */
  around(inner: string): string;
  /** With text that is already XML. */
  paragraph(text: string): string;
  /** Something that says that it is repeated, or goes over, so many columns. */
  repeated(count: number): string;
  /** Something that leads to `target`, which must never be fetched. */
  external(target: string): { readonly inner?: string; readonly entries?: readonly (readonly [string, string])[] };
}

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';
const PACKAGE = "http://schemas.openxmlformats.org/package/2006";
const OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const WORDS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
const SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const SLIDES = "http://schemas.openxmlformats.org/presentationml/2006/main";
const DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main";
const TYPE = "application/vnd.openxmlformats-officedocument";

function types(parts: Readonly<Record<string, string>>): string {
  const overrides = Object.entries(parts).map(([part, type]) => `<Override PartName="/${part}" ContentType="${TYPE}.${type}+xml"/>`);
  return `${DECLARATION}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>${overrides.join("")}</Types>`;
}

function relationships(...targets: readonly (readonly [type: string, target: string, mode?: "External"])[]): string {
  const all = targets.map(
    ([type, target, mode], index) =>
      `<Relationship Id="rId${index + 1}" Type="${OFFICE}/${type}" Target="${target}"${mode ? ` TargetMode="${mode}"` : ""}/>`,
  );
  return `${DECLARATION}<Relationships xmlns="${PACKAGE}/relationships">${all.join("")}</Relationships>`;
}

const docx: Container = {
  fileName: "a.docx",
  entries: [
    ["[Content_Types].xml", types({ "word/document.xml": "wordprocessingml.document.main" })],
    ["_rels/.rels", relationships(["officeDocument", "word/document.xml"])],
    ["word/_rels/document.xml.rels", relationships()],
  ],
  main: "word/document.xml",
  around: (inner) => `${DECLARATION}<w:document xmlns:w="${WORDS}" xmlns:r="${OFFICE}"><w:body>${inner}<w:sectPr/></w:body></w:document>`,
  paragraph: (text) => `<w:p><w:r><w:t>${text}</w:t></w:r></w:p>`,
  repeated: (count) =>
    `<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="${count}"/></w:tcPr><w:p><w:r><w:t>${WORD} in a cell</w:t></w:r></w:p></w:tc></w:tr></w:tbl>`,
  external: (target) => ({
    inner: `<w:p><w:hyperlink r:id="rId1"><w:r><w:t>${WORD} link</w:t></w:r></w:hyperlink></w:p>`,
    entries: [
      [
        "word/_rels/document.xml.rels",
        relationships(
          ["hyperlink", target, "External"],
          ["image", target, "External"],
          ["header", target, "External"],
          ["footnotes", "../../../../etc/passwd"],
          ["attachedTemplate", target, "External"],
          ["comments", "document.xml"],
        ),
      ],
    ],
  }),
};

const pptx: Container = {
  fileName: "a.pptx",
  entries: [
    [
      "[Content_Types].xml",
      types({ "ppt/presentation.xml": "presentationml.presentation.main", "ppt/slides/slide1.xml": "presentationml.slide" }),
    ],
    ["_rels/.rels", relationships(["officeDocument", "ppt/presentation.xml"])],
    [
      "ppt/presentation.xml",
      `${DECLARATION}<p:presentation xmlns:p="${SLIDES}" xmlns:r="${OFFICE}"><p:sldIdLst><p:sldId id="256" r:id="rId1"/></p:sldIdLst></p:presentation>`,
    ],
    ["ppt/_rels/presentation.xml.rels", relationships(["slide", "slides/slide1.xml"])],
    ["ppt/slides/_rels/slide1.xml.rels", relationships()],
  ],
  main: "ppt/slides/slide1.xml",
  around: (inner) =>
    `${DECLARATION}<p:sld xmlns:p="${SLIDES}" xmlns:a="${DRAWING}" xmlns:r="${OFFICE}"><p:cSld><p:spTree><p:nvGrpSpPr/><p:grpSpPr/><p:sp><p:nvSpPr/><p:spPr/><p:txBody><a:bodyPr/>${inner}</p:txBody></p:sp></p:spTree></p:cSld></p:sld>`,
  paragraph: (text) => `<a:p><a:r><a:t>${text}</a:t></a:r></a:p>`,
  repeated: (count) => `<a:p><a:pPr lvl="${count}"/><a:r><a:rPr sz="${count}"/><a:t>${WORD} of a size</a:t></a:r></a:p>`,
  external: (target) => ({
    inner: `<a:p><a:r><a:rPr><a:hlinkClick r:id="rId1"/></a:rPr><a:t>${WORD} link</a:t></a:r></a:p>`,
    entries: [
      [
        "ppt/slides/_rels/slide1.xml.rels",
        relationships(
          ["hyperlink", target, "External"],
          ["image", target, "External"],
          ["notesSlide", target, "External"],
          ["chart", "../../../../../etc/passwd"],
          ["slide", "slide1.xml"],
        ),
      ],
    ],
  }),
};

const xlsx: Container = {
  fileName: "a.xlsx",
  entries: [
    [
      "[Content_Types].xml",
      types({ "xl/workbook.xml": "spreadsheetml.sheet.main", "xl/worksheets/sheet1.xml": "spreadsheetml.worksheet" }),
    ],
    ["_rels/.rels", relationships(["officeDocument", "xl/workbook.xml"])],
    [
      "xl/workbook.xml",
      `${DECLARATION}<workbook xmlns="${SHEETS}" xmlns:r="${OFFICE}"><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    ],
    ["xl/_rels/workbook.xml.rels", relationships(["worksheet", "worksheets/sheet1.xml"])],
    ["xl/worksheets/_rels/sheet1.xml.rels", relationships()],
  ],
  main: "xl/worksheets/sheet1.xml",
  around: (inner) => `${DECLARATION}<worksheet xmlns="${SHEETS}" xmlns:r="${OFFICE}"><sheetData>${inner}</sheetData></worksheet>`,
  paragraph: (text) => `<row><c t="inlineStr"><is><t>${text}</t></is></c></row>`,
  repeated: (count) => `<row r="${count}" spans="1:${count}"><c r="XFD${count}" t="inlineStr"><is><t>${WORD} far away</t></is></c></row>`,
  external: (target) => ({
    entries: [
      [
        "xl/worksheets/_rels/sheet1.xml.rels",
        relationships(
          ["hyperlink", target, "External"],
          ["comments", target, "External"],
          ["table", "../../../../../etc/passwd"],
          ["drawing", "sheet1.xml"],
        ),
      ],
    ],
  }),
};

const OASIS = "urn:oasis:names:tc:opendocument:xmlns:";

function openDocument(fileName: string, kind: string, wrap: (inner: string) => string, paragraph: Container["paragraph"]): Container {
  const mimetype = `application/vnd.oasis.opendocument.${kind}`;
  const spaces = ["office", "text", "table"].map((name) => `xmlns:${name}="${OASIS}${name}:1.0"`).join(" ");
  return {
    fileName,
    entries: [
      ["mimetype", mimetype],
      [
        "META-INF/manifest.xml",
        `${DECLARATION}<manifest:manifest xmlns:manifest="${OASIS}manifest:1.0" manifest:version="1.3"><manifest:file-entry manifest:full-path="/" manifest:media-type="${mimetype}"/><manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>`,
      ],
    ],
    main: "content.xml",
    around: (inner) =>
      `${DECLARATION}<office:document-content ${spaces} xmlns:draw="${OASIS}drawing:1.0" xmlns:xlink="http://www.w3.org/1999/xlink" office:version="1.3"><office:body><office:${kind}>${wrap(inner)}</office:${kind}></office:body></office:document-content>`,
    paragraph,
    repeated: (count) =>
      kind === "spreadsheet"
        ? `<table:table-row table:number-rows-repeated="${count}"><table:table-cell table:number-columns-repeated="${count}" office:value-type="string"><text:p>${WORD} again</text:p></table:table-cell></table:table-row>`
        : `<text:p>${WORD}<text:s text:c="${count}"/></text:p><table:table><table:table-row table:number-rows-repeated="${count}"><table:table-cell table:number-columns-repeated="${count}" table:number-columns-spanned="${count}"/></table:table-row></table:table>`,
    external: (target) => ({
      inner: paragraph(
        `<text:a xlink:href="${target}">${WORD} link</text:a><draw:frame><draw:image xlink:href="${target}"/><draw:object xlink:href="../../../etc/passwd"/></draw:frame>`,
      ),
    }),
  };
}

const paragraph = (text: string) => `<text:p>${text}</text:p>`;
const odt = openDocument("a.odt", "text", (inner) => inner, paragraph);
const odp = openDocument(
  "a.odp",
  "presentation",
  (inner) => `<draw:page><draw:frame><draw:text-box>${inner}</draw:text-box></draw:frame></draw:page>`,
  paragraph,
);
const ods = openDocument(
  "a.ods",
  "spreadsheet",
  (inner) => `<table:table table:name="Sheet1">${inner}</table:table>`,
  (text) => `<table:table-row><table:table-cell office:value-type="string"><text:p>${text}</text:p></table:table-cell></table:table-row>`,
);

const epub: Container = {
  fileName: "a.epub",
  entries: [
    ["mimetype", "application/epub+zip"],
    [
      "META-INF/container.xml",
      `${DECLARATION}<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>`,
    ],
    [
      "OEBPS/book.opf",
      `${DECLARATION}<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:identifier id="id">x</dc:identifier><dc:title>${WORD}</dc:title><dc:language>en</dc:language></metadata><manifest><item id="c" href="c.xhtml" media-type="application/xhtml+xml"/></manifest><spine><itemref idref="c"/></spine></package>`,
    ],
  ],
  main: "OEBPS/c.xhtml",
  around: (inner) =>
    `${DECLARATION}<html xmlns="http://www.w3.org/1999/xhtml"><head><title>${WORD}</title></head><body>${inner}</body></html>`,
  paragraph: (text) => `<p>${text}</p>`,
  repeated: (count) => `<table><tr><td colspan="${count}" rowspan="${count}">${WORD} in a cell</td></tr></table>`,
  external: (target) => ({
    inner: `<p>${WORD} <a href="${target}">link</a><img src="${target}" alt="${WORD}"/></p><script src="${target}"></script><iframe src="${target}"></iframe>`,
    entries: [
      [
        "OEBPS/book.opf",
        `${DECLARATION}<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:language>en</dc:language></metadata><manifest><item id="c" href="c.xhtml" media-type="application/xhtml+xml"/><item id="d" href="${target}" media-type="application/xhtml+xml"/><item id="e" href="../../../etc/passwd" media-type="application/xhtml+xml"/></manifest><spine><itemref idref="c"/><itemref idref="d"/><itemref idref="e"/><itemref idref="c"/></spine></package>`,
      ],
    ],
  }),
};

/** Every format is here: one that comes is either an archive and is fed what is hostile, or is none. */
export const CONTAINERS: Readonly<Record<FormatId, Container | "no archive">> = {
  ...{ docx, pptx, xlsx, odt, odp, ods, epub },
  ...{ pdf: "no archive", image: "no archive", markdown: "no archive", text: "no archive", html: "no archive", srt: "no archive" },
  ...{ vtt: "no archive", csv: "no archive", eml: "no archive", msg: "no archive", xliff: "no archive", json: "no archive" },
  ...{ yaml: "no archive", po: "no archive", properties: "no archive", strings: "no archive", arb: "no archive" },
  // LibreOffice makes archives of these first, which are then those of other formats.
  ...{ doc: "no archive", ppt: "no archive", xls: "no archive", rtf: "no archive", odg: "no archive" },
};
