import { type DocumentSource, part } from "./package.ts";

/** A run, with the inner XML of its properties. */
export function run(text: string, properties = ""): string {
  const element = properties ? `<w:rPr>${properties}</w:rPr>` : "";
  return `<w:r>${element}<w:t xml:space="preserve">${text}</w:t></w:r>`;
}

export function paragraph(inner: string, properties = ""): string {
  return `<w:p>${properties ? `<w:pPr>${properties}</w:pPr>` : ""}${inner}</w:p>`;
}

const begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>';
const separate = '<w:r><w:fldChar w:fldCharType="separate"/></w:r>';
const end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>';

export function field(instructions: string, result: string): string {
  return `${begin}<w:r><w:instrText xml:space="preserve"> ${instructions} </w:instrText></w:r>${separate}${result}${end}`;
}

/** As Word writes a letter that was edited for years: runs in splinters, checkers' marks, revisions, ranges. */
const letter: DocumentSource = {
  properties: "<dc:title>The garden</dc:title><dc:creator>Anna Berg</dc:creator><cp:keywords>water, trees</cp:keywords>",
  links: { rLink: "https://example.org/garden" },
  body: [
    paragraph(
      `<w:bookmarkStart w:id="0" w:name="_Toc1"/>${run("The garden in spring")}<w:bookmarkEnd w:id="0"/>`,
      '<w:pStyle w:val="berschrift1"/>',
    ),
    `<w:p w:rsidR="00AA1111" w14:paraId="1A2B3C4D"><w:pPr><w:jc w:val="both"/></w:pPr><w:r w:rsidRPr="00BB2222"><w:rPr><w:lang w:val="en-GB"/></w:rPr><w:t xml:space="preserve">We water </w:t></w:r><w:proofErr w:type="spellStart"/><w:r><w:rPr><w:noProof/></w:rPr><w:t>the</w:t></w:r><w:proofErr w:type="spellEnd"/><w:r w:rsidR="00CC3333"><w:lastRenderedPageBreak/><w:t xml:space="preserve"> roses </w:t></w:r><w:r><w:rPr><w:b/><w:bCs/></w:rPr><w:t>every</w:t></w:r><w:r><w:rPr><w:b/><w:bCs/><w:lang w:val="de-DE"/></w:rPr><w:t xml:space="preserve"> morning</w:t></w:r>${run(", and read about it ")}<w:hyperlink r:id="rLink" w:history="1">${run("on our page", '<w:rStyle w:val="Hyperlink"/>')}</w:hyperlink>${run(".")}</w:p>`,
    paragraph(
      run("The ") +
        '<w:ins w:id="5" w:author="Anna" w:date="2026-01-01T00:00:00Z">' +
        run("old ") +
        '</w:ins><w:del w:id="6" w:author="Anna" w:date="2026-01-01T00:00:00Z"><w:r><w:delText xml:space="preserve">broken </w:delText></w:r></w:del>' +
        run("gate was painted ") +
        '<w:bookmarkStart w:id="7" w:name="colour"/>' +
        run("dark green") +
        '<w:bookmarkEnd w:id="7"/>' +
        run(" by a neighbour, and cost ") +
        field("= 2 * 7", run("14")) +
        run(" coins on ") +
        '<w:fldSimple w:instr=" DATE ">' +
        run("Monday") +
        "</w:fldSimple>" +
        run("."),
    ),
    paragraph(`${run("Name:")}<w:r><w:tab/><w:t>Anna Berg</w:t><w:br/><w:t>Garden street 7</w:t></w:r>`),
    paragraph(
      `${run("See ")}${field("REF colour \\h", run("dark green"))}${run(" and a non")}<w:r><w:noBreakHyphen/><w:t>breaking word with H</w:t></w:r>${run("2", '<w:vertAlign w:val="subscript"/>')}${run("O in it.")}`,
    ),
    paragraph(
      `${run("Shown and ")}${run("a hidden ", "<w:vanish/>")}<w:proofErr w:type="gramStart"/>${run("remark ", "<w:b/><w:vanish/>")}<w:r><w:rPr><w:vanish/></w:rPr><w:tab/><w:t xml:space="preserve">and more </w:t></w:r>${run("visible words.")}`,
    ),
  ].join(""),
};

const box = (text: string) => `<w:txbxContent>${paragraph(run(text, "<w:i/>"))}</w:txbxContent>`;
const drawn = (inner: string, descr = "") =>
  `<w:drawing><wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="2" behindDoc="0" locked="0" layoutInCell="1" allowOverlap="1"><wp:simplePos x="0" y="0"/><wp:positionH relativeFrom="column"><wp:posOffset>0</wp:posOffset></wp:positionH><wp:positionV relativeFrom="paragraph"><wp:posOffset>0</wp:posOffset></wp:positionV><wp:extent cx="2000000" cy="800000"/><wp:effectExtent l="0" t="0" r="0" b="0"/><wp:wrapSquare wrapText="bothSides"/><wp:docPr id="1" name="Shape 1"${descr}/><wp:cNvGraphicFramePr/><a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">${inner}</a:graphicData></a:graphic></wp:anchor></w:drawing>`;

/** What stands beside the text: heads, notes, boxes, comments. */
const report: DocumentSource = {
  section:
    '<w:headerReference w:type="default" r:id="rHead"/><w:footerReference w:type="default" r:id="rFoot"/><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1417" w:right="1134" w:bottom="1417" w:left="1134" w:header="709" w:footer="709" w:gutter="0"/>',
  parts: [
    story("header1", "w:hdr", "header", paragraph(run("Report on the garden")), "rHead"),
    story("footer1", "w:ftr", "footer", paragraph(`${run("Page ")}${field("PAGE", run("1"))}${run(" of the report")}`), "rFoot"),
    story(
      "footnotes",
      "w:footnotes",
      "footnotes",
      `<w:footnote w:type="separator" w:id="-1">${paragraph("<w:r><w:separator/></w:r>")}</w:footnote><w:footnote w:type="continuationSeparator" w:id="0">${paragraph("<w:r><w:continuationSeparator/></w:r>")}</w:footnote><w:footnote w:id="1">${paragraph(`<w:r><w:rPr><w:rStyle w:val="Funotenzeichen"/></w:rPr><w:footnoteRef/></w:r>${run(" As the neighbours told us.")}`)}</w:footnote>`,
    ),
    story(
      "endnotes",
      "w:endnotes",
      "endnotes",
      `<w:endnote w:type="separator" w:id="-1">${paragraph("<w:r><w:separator/></w:r>")}</w:endnote><w:endnote w:id="2">${paragraph(`<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:endnoteRef/></w:r>${run(" A book about trees.")}`)}</w:endnote>`,
    ),
    story(
      "comments",
      "w:comments",
      "comments",
      `<w:comment w:id="3" w:author="Anna" w:date="2026-01-01T00:00:00Z" w:initials="A">${paragraph(`<w:r><w:annotationRef/></w:r>${run("Is that so?")}`)}</w:comment>`,
    ),
  ],
  body: [
    paragraph(run("Chapter one"), '<w:pStyle w:val="Own"/>'),
    paragraph(
      `${run("The pond")}<w:r><w:rPr><w:rStyle w:val="Funotenzeichen"/></w:rPr><w:footnoteReference w:id="1"/></w:r>${run(" lies ")}<w:commentRangeStart w:id="3"/>${run("behind the house")}<w:commentRangeEnd w:id="3"/><w:r><w:commentReference w:id="3"/></w:r>${run(" since long ago")}<w:r><w:endnoteReference w:id="2"/></w:r>${run(".")}`,
    ),
    paragraph(
      `${run("A box stands here")}<w:r><mc:AlternateContent><mc:Choice Requires="wps">${drawn(`<wps:wsp><wps:cNvSpPr txBox="1"/><wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="2000000" cy="800000"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></wps:spPr><wps:txbx>${box("Words in a box")}</wps:txbx><wps:bodyPr/></wps:wsp>`, ' descr="A box with a frog"')}</mc:Choice><mc:Fallback><w:pict><v:rect style="width:100pt;height:40pt"><v:textbox>${box("Words in a box")}</v:textbox></v:rect></w:pict></mc:Fallback></mc:AlternateContent></w:r>${run(" for all to read.")}`,
    ),
    paragraph(run("Figure 1: a frog"), '<w:pStyle w:val="Beschriftung"/>'),
  ].join(""),
};

function story(name: string, root: string, type: string, inner: string, id = `r${name}`) {
  const contentType = `application/vnd.openxmlformats-officedocument.wordprocessingml.${type}+xml`;
  return { name: `word/${name}.xml`, type, id, contentType, content: part(root, inner) };
}

const cell = (inner: string, properties = "") => `<w:tc><w:tcPr><w:tcW w:w="2000" w:type="dxa"/>${properties}</w:tcPr>${inner}</w:tc>`;
const table = (rows: string) =>
  `<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="0" w:type="auto"/><w:tblCaption w:val="Trees and their heights"/></w:tblPr><w:tblGrid><w:gridCol w:w="2000"/><w:gridCol w:w="2000"/><w:gridCol w:w="2000"/></w:tblGrid>${rows}</w:tbl>`;

/** Tables in tables, cells over several others, lists. */
const tables: DocumentSource = {
  numbering: `<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl><w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%1.%2)"/></w:lvl></w:abstractNum><w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="\uf0b7"/><w:rPr><w:rFonts w:ascii="Symbol" w:hAnsi="Symbol"/></w:rPr></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num><w:num w:numId="3"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num>`,
  body: [
    item("Dig a hole", 1),
    item("Deep enough", 1, 1),
    item("Wide enough", 1, 1),
    item("Put the tree in", 1),
    paragraph(run("Then wait.")),
    item("Water it", 3),
    item("A spade", 2),
    item("A can", 2),
    table(
      `<w:tr><w:trPr><w:tblHeader/></w:trPr>${cell(paragraph(run("Tree", "<w:b/>")), '<w:gridSpan w:val="2"/>')}${cell(paragraph(run("Height", "<w:b/>"), '<w:jc w:val="right"/>'))}</w:tr><w:tr>${cell(paragraph(run("Oak")), '<w:vMerge w:val="restart"/>')}${cell(paragraph(run("Young")))}${cell(paragraph(run("3 m")))}</w:tr><w:tr>${cell("<w:p/>", "<w:vMerge/>")}${cell(paragraph(run("Old")))}${cell(table(`<w:tr>${cell(paragraph(run("Nested words")))}</w:tr>`) + paragraph(""))}</w:tr>`,
    ),
    paragraph(run("After the table.")),
  ].join(""),
};

function item(text: string, list: number, level = 0): string {
  return paragraph(run(text), `<w:numPr><w:ilvl w:val="${level}"/><w:numId w:val="${list}"/></w:numPr>`);
}

const contentsEntry = (text: string, page: string, before = "", after = "") =>
  paragraph(
    `${before}<w:hyperlink w:anchor="_Toc1" w:history="1">${run(text, '<w:rStyle w:val="Hyperlink"/><w:noProof/>')}<w:r><w:rPr><w:noProof/><w:webHidden/></w:rPr><w:tab/></w:r>${field("PAGEREF _Toc1 \\h", run(page, "<w:noProof/><w:webHidden/>"))}</w:hyperlink>${after}`,
    '<w:pStyle w:val="Verzeichnis1"/><w:tabs><w:tab w:val="right" w:leader="dot" w:pos="9000"/></w:tabs>',
  );

/** A table of contents, content controls, forms, formulas, phonetic guides. */
const forms: DocumentSource = {
  body: [
    `<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr><w:sdtContent>${contentsEntry("The garden", "1", `${begin}<w:r><w:instrText xml:space="preserve"> TOC \\o "1-3" \\h </w:instrText></w:r>${separate}`)}${contentsEntry("The house", "12")}${paragraph(end)}</w:sdtContent></w:sdt>`,
    paragraph(
      `${run("Choose: ")}<w:sdt><w:sdtPr><w:alias w:val="Favourite tree"/><w:id w:val="9"/><w:dropDownList><w:listItem w:displayText="An oak" w:value="1"/><w:listItem w:displayText="A beech" w:value="2"/></w:dropDownList></w:sdtPr><w:sdtContent>${run("An oak")}</w:sdtContent></w:sdt>${run(" is planted today.")}`,
    ),
    paragraph(`${run("The area is ")}<m:oMath><m:r><m:t>a=b·c</m:t></m:r></m:oMath>${run(" and no more.")}`),
    paragraph(`<m:oMathPara><m:oMath><m:r><m:t>x+y=z</m:t></m:r></m:oMath></m:oMathPara>`),
    paragraph(
      `${run("It is called ")}<w:r><w:ruby><w:rubyPr><w:rubyAlign w:val="center"/></w:rubyPr><w:rt><w:r><w:t>to-kyo</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>Tokyo</w:t></w:r></w:rubyBase></w:ruby></w:r>${run(" by all.")}`,
    ),
    paragraph(
      `${run("Tick ")}<w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r>${run(" here, or fill in ")}${field("FORMTEXT", run("your name"))}${run(".")}`,
    ),
    paragraph(`${run("Dear ")}${field("MERGEFIELD Name", run("«Name»"))}${run(", we thank you.")}`),
  ].join(""),
};

const chartPoints = (values: readonly string[]) =>
  `<c:strCache><c:ptCount val="${values.length}"/>${values.map((value, index) => `<c:pt idx="${index}"><c:v>${value}</c:v></c:pt>`).join("")}</c:strCache>`;
const series = (name: string, index: number) =>
  `<c:ser><c:idx val="${index}"/><c:order val="${index}"/><c:tx><c:strRef><c:f>Sheet1!$B$1</c:f>${chartPoints([name])}</c:strRef></c:tx><c:cat><c:strRef><c:f>Sheet1!$A$2:$A$3</c:f>${chartPoints(["Spring", "Autumn"])}</c:strRef></c:cat><c:val><c:numRef><c:f>Sheet1!$B$2:$B$3</c:f><c:numCache><c:ptCount val="2"/><c:pt idx="0"><c:v>4</c:v></c:pt><c:pt idx="1"><c:v>2</c:v></c:pt></c:numCache></c:numRef></c:val></c:ser>`;
const frame = (graphic: string, uri: string, id: number) =>
  `<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="4000000" cy="2000000"/><wp:docPr id="${id}" name="Graphic ${id}" descr="What grows when"/><a:graphic><a:graphicData uri="${uri}">${graphic}</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>`;
const C = "http://schemas.openxmlformats.org/drawingml/2006/chart";
const D = "http://schemas.openxmlformats.org/drawingml/2006/diagram";
const DRAWING_TYPE = "application/vnd.openxmlformats-officedocument.drawingml";
const point = (id: number, text: string) =>
  `<dgm:pt modelId="${id}"><dgm:prSet/><dgm:spPr/><dgm:t><a:bodyPr/><a:lstStyle/><a:p><a:r><a:rPr lang="en-US"/><a:t>${text}</a:t></a:r></a:p></dgm:t></dgm:pt>`;
const shape = (id: number, text: string) =>
  `<dsp:sp modelId="${id}"><dsp:nvSpPr><dsp:cNvPr id="0" name=""/><dsp:cNvSpPr/></dsp:nvSpPr><dsp:spPr/><dsp:txBody><a:bodyPr/><a:lstStyle/><a:p><a:r><a:rPr lang="en-US" sz="1200"/><a:t>${text}</a:t></a:r></a:p></dsp:txBody></dsp:sp>`;

/** A chart and a diagram. */
const drawings: DocumentSource = {
  parts: [
    {
      name: "word/charts/chart1.xml",
      type: "chart",
      id: "rChart",
      contentType: `${DRAWING_TYPE}.chart+xml`,
      content: part(
        "c:chartSpace",
        `<c:chart><c:title><c:tx><c:rich><a:bodyPr/><a:p><a:pPr><a:defRPr/></a:pPr><a:r><a:rPr lang="en-US"/><a:t>Growth </a:t></a:r><a:r><a:rPr lang="en-US" b="1"/><a:t>by season</a:t></a:r></a:p></c:rich></c:tx></c:title><c:plotArea><c:barChart><c:barDir val="col"/><c:grouping val="clustered"/>${series("Roses", 0)}${series("Weeds", 1)}<c:axId val="1"/><c:axId val="2"/></c:barChart><c:catAx><c:axId val="1"/><c:scaling/><c:delete val="0"/><c:axPos val="b"/><c:crossAx val="2"/></c:catAx><c:valAx><c:axId val="2"/><c:scaling/><c:delete val="0"/><c:axPos val="l"/><c:crossAx val="1"/></c:valAx></c:plotArea></c:chart>`,
      ),
    },
    {
      name: "word/diagrams/data1.xml",
      type: "diagramData",
      id: "rData",
      contentType: `${DRAWING_TYPE}.diagramData+xml`,
      content: part(
        "dgm:dataModel",
        `<dgm:ptLst>${point(1, "Sow the seeds")}${point(2, "Water them")}</dgm:ptLst><dgm:cxnLst/><dgm:extLst><a:ext uri="http://schemas.microsoft.com/office/drawing/2008/diagram"><dsp:dataModelExt relId="rPicture" minVer="http://schemas.openxmlformats.org/drawingml/2006/diagram"/></a:ext></dgm:extLst>`,
      ),
    },
    {
      name: "word/diagrams/drawing1.xml",
      type: "http://schemas.microsoft.com/office/2007/relationships/diagramDrawing",
      id: "rPicture",
      contentType: "application/vnd.ms-office.drawingml.diagramDrawing+xml",
      content: part("dsp:drawing", `<dsp:spTree>${shape(1, "Sow the seeds")}${shape(2, "Water them")}</dsp:spTree>`),
    },
  ],
  body: [
    paragraph(frame('<c:chart r:id="rChart"/>', C, 3)),
    paragraph(run("Between a chart and a diagram.")),
    paragraph(frame('<dgm:relIds r:dm="rData" r:lo="rNone" r:qs="rNone" r:cs="rNone"/>', D, 4)),
  ].join(""),
};

const CUSTOM = "http://schemas.openxmlformats.org/officeDocument/2006/customXml";

/** A newsletter with macros: an initial of its own, words that controls have from elsewhere, a mark for an index, a signature. */
const press: DocumentSource = {
  kind: "docm",
  parts: [
    {
      name: "word/vbaProject.bin",
      type: "http://schemas.microsoft.com/office/2006/relationships/vbaProject",
      content: Buffer.from("macros"),
    },
    {
      name: "customXml/item1.xml",
      type: "../customXml",
      content: '<?xml version="1.0"?><p:press xmlns:p="urn:press"><p:motto>Grow and give</p:motto></p:press>',
    },
    {
      name: "customXml/itemProps1.xml",
      content: `<?xml version="1.0"?><ds:datastoreItem ds:itemID="{AB12}" xmlns:ds="${CUSTOM}"/>`,
      contentType: "application/vnd.openxmlformats-officedocument.customXmlProperties+xml",
    },
    {
      name: "customXml/_rels/item1.xml.rels",
      content: `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/customXmlProps" Target="itemProps1.xml"/></Relationships>`,
    },
    {
      name: "_xmlsignatures/sig1.xml",
      content: '<?xml version="1.0"?><Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/>',
      contentType: "application/vnd.openxmlformats-package.digital-signature-xmlsignature+xml",
    },
  ],
  body: [
    paragraph(
      run("T", '<w:sz w:val="96"/>'),
      '<w:framePr w:dropCap="drop" w:lines="2" w:wrap="around" w:vAnchor="text" w:hAnchor="text"/>',
    ),
    paragraph(run("he garden opens in May.")),
    paragraph(
      `<w:sdt><w:sdtPr><w:dataBinding w:prefixMappings="xmlns:ns0='urn:press'" w:xpath="/ns0:press[1]/ns0:motto[1]" w:storeItemID="{AB12}"/><w:text/></w:sdtPr><w:sdtContent>${run("Grow and give")}</w:sdtContent></w:sdt>`,
    ),
    paragraph(`${run("Our roses")}${begin}<w:r><w:instrText xml:space="preserve"> XE "roses" </w:instrText></w:r>${end}${run(" bloom.")}`),
  ].join(""),
};

/** Written in the strict conformance class, as a template. */
const strict: DocumentSource = { ...tables, strict: true, kind: "dotx" };

/** Every kind of thing that the format knows, by a name. */
export const DOCUMENTS: Readonly<Record<string, DocumentSource>> = { letter, report, tables, forms, drawings, press, strict };
