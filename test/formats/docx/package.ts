import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { ZipFile } from "yazl";

/** Namespaces of the transitional conformance class, declared as Word declares them. */
const TRANSITIONAL: Readonly<Record<string, string>> = {
  w: "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
  r: "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
  a: "http://schemas.openxmlformats.org/drawingml/2006/main",
  c: "http://schemas.openxmlformats.org/drawingml/2006/chart",
  dgm: "http://schemas.openxmlformats.org/drawingml/2006/diagram",
  m: "http://schemas.openxmlformats.org/officeDocument/2006/math",
  wp: "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
  pic: "http://schemas.openxmlformats.org/drawingml/2006/picture",
};
const STRICT: Readonly<Record<string, string>> = {
  w: "http://purl.oclc.org/ooxml/wordprocessingml/main",
  r: "http://purl.oclc.org/ooxml/officeDocument/relationships",
  a: "http://purl.oclc.org/ooxml/drawingml/main",
  c: "http://purl.oclc.org/ooxml/drawingml/chart",
  dgm: "http://purl.oclc.org/ooxml/drawingml/diagram",
  m: "http://purl.oclc.org/ooxml/officeDocument/math",
  wp: "http://purl.oclc.org/ooxml/drawingml/wordprocessingDrawing",
  pic: "http://purl.oclc.org/ooxml/drawingml/picture",
};
const OTHERS: Readonly<Record<string, string>> = {
  mc: "http://schemas.openxmlformats.org/markup-compatibility/2006",
  wps: "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
  w14: "http://schemas.microsoft.com/office/word/2010/wordml",
  dsp: "http://schemas.microsoft.com/office/drawing/2008/diagram",
  v: "urn:schemas-microsoft-com:vml",
  o: "urn:schemas-microsoft-com:office:office",
};
const TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const STRICT_TYPES = "http://purl.oclc.org/ooxml/officeDocument/relationships";
const WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml";
const MAIN: Readonly<Record<string, string>> = {
  docx: `${WORD}.document.main+xml`,
  dotx: `${WORD}.template.main+xml`,
  docm: "application/vnd.ms-word.document.macroEnabled.main+xml",
  dotm: "application/vnd.ms-word.template.macroEnabledTemplate.main+xml",
};

export interface Part {
  readonly name: string;
  readonly content: string | Buffer;
  /** Of the relationship that leads to it from the main part: "header", or a whole address. */
  readonly type?: string;
  readonly id?: string;
  readonly contentType?: string;
}

export interface DocumentSource {
  /** What stands in the body, but for its section. */
  readonly body: string;
  readonly section?: string;
  readonly parts?: readonly Part[];
  readonly links?: Readonly<Record<string, string>>;
  readonly kind?: "docx" | "dotx" | "docm" | "dotm";
  readonly strict?: boolean;
  readonly styles?: string;
  readonly numbering?: string;
  readonly settings?: string;
  /** Children of the core properties. */
  readonly properties?: string;
}

/** The declarations of all namespaces that the parts use. */
export function namespaces(strict = false): string {
  return Object.entries({ ...(strict ? STRICT : TRANSITIONAL), ...OTHERS })
    .map(([prefix, uri]) => ` xmlns:${prefix}="${uri}"`)
    .join("");
}

export function part(root: string, inner: string, strict = false): string {
  return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n<${root}${namespaces(strict)} mc:Ignorable="w14">${inner}</${root}>`;
}

const STYLES = `<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Liberation Serif" w:hAnsi="Liberation Serif" w:cs="Liberation Serif"/><w:sz w:val="24"/><w:szCs w:val="24"/><w:lang w:val="en-US" w:eastAsia="en-US" w:bidi="ar-SA"/></w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>
<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="heading 1"/><w:basedOn w:val="Normal"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr><w:rPr><w:b/><w:bCs/><w:sz w:val="32"/><w:szCs w:val="32"/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="Own"><w:name w:val="Chapter"/><w:basedOn w:val="berschrift1"/></w:style>
<w:style w:type="paragraph" w:styleId="Beschriftung"><w:name w:val="caption"/><w:basedOn w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="Verzeichnis1"><w:name w:val="toc 1"/><w:basedOn w:val="Normal"/></w:style>
<w:style w:type="character" w:styleId="Fett"><w:name w:val="Strong"/><w:rPr><w:b/><w:bCs/></w:rPr></w:style>
<w:style w:type="character" w:styleId="Funotenzeichen"><w:name w:val="footnote reference"/><w:rPr><w:vertAlign w:val="superscript"/></w:rPr></w:style>
<w:style w:type="character" w:styleId="Hyperlink"><w:name w:val="Hyperlink"/><w:rPr><w:color w:val="0563C1"/><w:u w:val="single"/></w:rPr></w:style>`;

/** The parts of a document of Word's, in Word's order. */
export function documentParts(source: DocumentSource): Part[] {
  const { kind = "docx", strict = false } = source;
  const own: Part[] = [
    {
      name: "word/styles.xml",
      type: "styles",
      contentType: `${WORD}.styles+xml`,
      content: part("w:styles", source.styles ?? STYLES, strict),
    },
    {
      name: "word/settings.xml",
      type: "settings",
      contentType: `${WORD}.settings+xml`,
      content: part("w:settings", source.settings ?? '<w:themeFontLang w:val="en-US"/>', strict),
    },
    ...(source.numbering
      ? [
          {
            name: "word/numbering.xml",
            type: "numbering",
            contentType: `${WORD}.numbering+xml`,
            content: part("w:numbering", source.numbering, strict),
          },
        ]
      : []),
    ...(source.parts ?? []),
  ];
  const types = strict ? STRICT_TYPES : TYPES;
  const relationships = own.flatMap(({ name, type, id }, index) => {
    if (!type) return [];
    const uri = type.includes("//") ? type : `${types}/${type.replace("../", "")}`;
    return [`<Relationship Id="${id ?? `rId${index + 1}`}" Type="${uri}" Target="/${name}"/>`];
  });
  const links = Object.entries(source.links ?? {}).map(
    ([id, url]) => `<Relationship Id="${id}" Type="${types}/hyperlink" Target="${url}" TargetMode="External"/>`,
  );
  const overrides = [
    `<Override PartName="/word/document.xml" ContentType="${MAIN[kind]}"/>`,
    ...own.flatMap(({ name, contentType }) => (contentType ? [`<Override PartName="/${name}" ContentType="${contentType}"/>`] : [])),
  ];
  const section =
    source.section ??
    '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1134" w:header="709" w:footer="709" w:gutter="0"/>';
  return [
    {
      name: "[Content_Types].xml",
      content: `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/><Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>${overrides.join("")}</Types>`,
    },
    {
      name: "_rels/.rels",
      content: rels([
        `<Relationship Id="rId1" Type="${types}/officeDocument" Target="word/document.xml"/>`,
        ...(source.properties
          ? [
              '<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/>',
            ]
          : []),
      ]),
    },
    { name: "word/document.xml", content: part("w:document", `<w:body>${source.body}<w:sectPr>${section}</w:sectPr></w:body>`, strict) },
    { name: "word/_rels/document.xml.rels", content: rels([...relationships, ...links]) },
    ...own,
    ...(source.properties
      ? [
          {
            name: "docProps/core.xml",
            content: `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">${source.properties}</cp:coreProperties>`,
          },
        ]
      : []),
  ];
}

function rels(relationships: readonly string[]): string {
  return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${relationships.join("")}</Relationships>`;
}

export async function writePackage(file: string, parts: readonly Part[]): Promise<void> {
  const zip = new ZipFile();
  for (const { name, content } of parts)
    zip.addBuffer(Buffer.from(content as string), name, { mtime: new Date(1980, 0, 1), forceDosTimestamp: true });
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(file));
}
