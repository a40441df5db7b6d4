const NS =
  'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"';
const OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE = "http://schemas.openxmlformats.org/package/2006";
const KINDS = "application/vnd.openxmlformats-officedocument.presentationml";
const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';

export type Parts = [name: string, content: string | Buffer][];

/** A slide as it is given: its shapes, and what it refers to besides its layout: from "rId2" on. */
export interface GivenSlide {
  readonly shapes: string;
  readonly name?: string;
  readonly notes?: string;
  readonly parts?: readonly (readonly [type: string, part: string, content: string])[];
}

export interface GivenDeck {
  readonly slides: readonly GivenSlide[];
  readonly layoutShapes?: string;
  readonly masterShapes?: string;
  readonly title?: string;
  /** Names of sections. */
  readonly sections?: readonly string[];
  readonly contentType?: string;
}

/** A paragraph: its runs, as texts or as they stand, with properties before them. */
export function p(runs: string | readonly string[], properties = ""): string {
  const made = (typeof runs === "string" ? [runs] : runs).map((run) => (run.startsWith("<") ? run : r(run)));
  return `<a:p>${properties}${made.join("")}</a:p>`;
}

export function r(text: string, properties = '<a:rPr lang="en-US"/>'): string {
  return `<a:r>${properties}<a:t>${text.replace(/&/g, "&amp;").replace(/</g, "&lt;")}</a:t></a:r>`;
}

let ids = 1;

/** A shape with text: a placeholder's type (and number), or a box of so many centimetres. */
export function shape(paragraphs: string, { holder = "", box = [12, 3], body = "<a:bodyPr/>", descr = "" } = {}): string {
  const [width = 12, height = 3] = box;
  const id = ++ids;
  const frame = holder
    ? "<p:spPr/>"
    : `<p:spPr><a:xfrm><a:off x="720000" y="${id * 90_000}"/><a:ext cx="${width * 360_000}" cy="${height * 360_000}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr>`;
  return `<p:sp><p:nvSpPr><p:cNvPr id="${id}" name="Shape ${id}"${descr ? ` descr="${descr}"` : ""}/><p:cNvSpPr/><p:nvPr>${holder ? `<p:ph ${holder}/>` : ""}</p:nvPr></p:nvSpPr>${frame}<p:txBody>${body}<a:lstStyle/>${paragraphs}</p:txBody></p:sp>`;
}

export function frame(data: string, uri: string): string {
  const id = ++ids;
  return `<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id="${id}" name="Frame ${id}"/><p:cNvGraphicFramePr/><p:nvPr/></p:nvGraphicFramePr><p:xfrm><a:off x="720000" y="2700000"/><a:ext cx="5400000" cy="1800000"/></p:xfrm><a:graphic><a:graphicData uri="${uri}">${data}</a:graphicData></a:graphic></p:graphicFrame>`;
}

const tree = (shapes: string) =>
  `<p:spTree><p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>${shapes}</p:spTree>`;
const xfrm = (x: number, y: number, cx: number, cy: number) =>
  `<p:spPr><a:xfrm><a:off x="${x * 360_000}" y="${y * 360_000}"/><a:ext cx="${cx * 360_000}" cy="${cy * 360_000}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr>`;
const placed = (holder: string, place: string, text: string, body = "<a:bodyPr/>") =>
  shape(p(text), { holder, body }).replace("<p:spPr/>", place);

const LEVELS = [0, 1, 2]
  .map(
    (level) =>
      `<a:lvl${level + 1}pPr marL="${(level + 1) * 228_600}" indent="-228600" algn="l"><a:spcBef><a:spcPts val="500"/></a:spcBef><a:buChar char="•"/><a:defRPr sz="${2400 - level * 400}"/></a:lvl${level + 1}pPr>`,
  )
  .join("");
const MASTER_STYLES = `<p:txStyles><p:titleStyle><a:lvl1pPr algn="ctr"><a:buNone/><a:defRPr sz="3600"/></a:lvl1pPr></p:titleStyle><p:bodyStyle>${LEVELS}</p:bodyStyle><p:otherStyle><a:defPPr><a:defRPr lang="en-US"/></a:defPPr><a:lvl1pPr algn="l"><a:defRPr sz="1800"/></a:lvl1pPr></p:otherStyle></p:txStyles>`;
const PROMPTS = {
  title: placed('type="title"', xfrm(1, 1, 23, 3), "Click to edit Master title style"),
  body: placed('type="body" idx="1"', xfrm(1, 5, 23, 12), "Click to edit Master text styles"),
};

const rels = (list: readonly (readonly [type: string, target: string])[]) =>
  `${HEAD}<Relationships xmlns="${PACKAGE}/relationships">${list
    .map(
      ([type, target], index) =>
        `<Relationship Id="rId${index + 1}" Type="${type.includes("/") ? type : `${OFFICE}/${type}`}" Target="${target}"/>`,
    )
    .join("")}</Relationships>`;

const TYPES: Readonly<Record<string, string>> = {
  chart: "application/vnd.openxmlformats-officedocument.drawingml.chart+xml",
  diagramData: "application/vnd.openxmlformats-officedocument.drawingml.diagramData+xml",
  comments: `${KINDS}.comments+xml`,
};

/** The parts of a presentation, in the order of its archive. */
export function partsOf(given: GivenDeck): Parts {
  const overrides: [string, string][] = [
    ["ppt/presentation.xml", given.contentType ?? `${KINDS}.presentation.main+xml`],
    ["ppt/slideMasters/slideMaster1.xml", `${KINDS}.slideMaster+xml`],
    ["ppt/slideLayouts/slideLayout1.xml", `${KINDS}.slideLayout+xml`],
    ["ppt/theme/theme1.xml", "application/vnd.openxmlformats-officedocument.theme+xml"],
    ...given.slides.flatMap(({ notes, parts = [] }, index): [string, string][] => [
      [`ppt/slides/slide${index + 1}.xml`, `${KINDS}.slide+xml`],
      ...(notes ? [[`ppt/notesSlides/notesSlide${index + 1}.xml`, `${KINDS}.notesSlide+xml`] as [string, string]] : []),
      ...parts.map(([type, part]): [string, string] => [`ppt/${part}`, TYPES[type.replace(/^.*\//, "")] ?? "application/xml"]),
    ]),
  ];
  const sections = given.sections
    ?.map((name, index) => `<p14:section name="${name}" id="{00000000-0000-0000-0000-00000000000${index}}"><p14:sldIdLst/></p14:section>`)
    .join("");
  const extension = sections
    ? `<p:extLst><p:ext uri="{521415D9-36F7-43E2-AB2F-B90AF26B5E84}"><p14:sectionLst xmlns:p14="http://schemas.microsoft.com/office/powerpoint/2010/main">${sections}</p14:sectionLst></p:ext></p:extLst>`
    : "";
  const ids = given.slides.map((_, index) => `<p:sldId id="${256 + index}" r:id="rId${index + 2}"/>`).join("");
  const core = `${HEAD}<cp:coreProperties xmlns:cp="${PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>${given.title ?? ""}</dc:title></cp:coreProperties>`;
  return [
    [
      "[Content_Types].xml",
      `${HEAD}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>${overrides.map(([part, type]) => `<Override PartName="/${part}" ContentType="${type}"/>`).join("")}</Types>`,
    ],
    [
      "_rels/.rels",
      rels([
        ["officeDocument", "ppt/presentation.xml"],
        [`${PACKAGE}/relationships/metadata/core-properties`, "docProps/core.xml"],
      ]),
    ],
    ["docProps/core.xml", core],
    [
      "ppt/presentation.xml",
      `${HEAD}<p:presentation ${NS}><p:sldMasterIdLst><p:sldMasterId id="2147483648" r:id="rId1"/></p:sldMasterIdLst><p:sldIdLst>${ids}</p:sldIdLst><p:sldSz cx="9144000" cy="6858000"/><p:notesSz cx="6858000" cy="9144000"/>${extension}</p:presentation>`,
    ],
    [
      "ppt/_rels/presentation.xml.rels",
      rels([
        ["slideMaster", "slideMasters/slideMaster1.xml"],
        ...given.slides.map((_, index) => ["slide", `slides/slide${index + 1}.xml`] as const),
      ]),
    ],
    [
      "ppt/slideMasters/slideMaster1.xml",
      `${HEAD}<p:sldMaster ${NS}><p:cSld>${tree(PROMPTS.title + PROMPTS.body + (given.masterShapes ?? ""))}</p:cSld><p:clrMap bg1="lt1" tx1="dk1" bg2="lt2" tx2="dk2" accent1="accent1" accent2="accent2" accent3="accent3" accent4="accent4" accent5="accent5" accent6="accent6" hlink="hlink" folHlink="folHlink"/><p:sldLayoutIdLst><p:sldLayoutId id="2147483649" r:id="rId1"/></p:sldLayoutIdLst>${MASTER_STYLES}</p:sldMaster>`,
    ],
    [
      "ppt/slideMasters/_rels/slideMaster1.xml.rels",
      rels([
        ["slideLayout", "../slideLayouts/slideLayout1.xml"],
        ["theme", "../theme/theme1.xml"],
      ]),
    ],
    ["ppt/theme/theme1.xml", HEAD + THEME],
    [
      "ppt/slideLayouts/slideLayout1.xml",
      `${HEAD}<p:sldLayout ${NS}><p:cSld name="Title and content">${tree(PROMPTS.title + PROMPTS.body + (given.layoutShapes ?? ""))}</p:cSld></p:sldLayout>`,
    ],
    ["ppt/slideLayouts/_rels/slideLayout1.xml.rels", rels([["slideMaster", "../slideMasters/slideMaster1.xml"]])],
    ...given.slides.flatMap(({ shapes, name, notes, parts = [] }, index): Parts => {
      const number = index + 1;
      const related: (readonly [string, string])[] = [
        ["slideLayout", "../slideLayouts/slideLayout1.xml"],
        ...parts.map(([type, part]) => [type, `../${part}`] as const),
      ];
      if (notes) related.push(["notesSlide", `../notesSlides/notesSlide${number}.xml`]);
      return [
        [`ppt/slides/slide${number}.xml`, `${HEAD}<p:sld ${NS}><p:cSld${name ? ` name="${name}"` : ""}>${tree(shapes)}</p:cSld></p:sld>`],
        [`ppt/slides/_rels/slide${number}.xml.rels`, rels(related)],
        ...parts.map(([, part, content]): [string, string] => [`ppt/${part}`, HEAD + content]),
        ...(notes
          ? ([
              [
                `ppt/notesSlides/notesSlide${number}.xml`,
                `${HEAD}<p:notes ${NS}><p:cSld>${tree(shape(p("1"), { holder: 'type="sldNum"' }) + shape(p(notes), { holder: 'type="body" idx="1"' }))}</p:cSld></p:notes>`,
              ],
              [`ppt/notesSlides/_rels/notesSlide${number}.xml.rels`, rels([["slide", `../slides/slide${number}.xml`]])],
            ] as Parts)
          : []),
      ];
    }),
  ];
}

const color = (name: string, value: string) => `<a:${name}><a:srgbClr val="${value}"/></a:${name}>`;
const three = (xml: string) => xml.repeat(3);
const THEME = `<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" name="Plain"><a:themeElements><a:clrScheme name="Plain">${[
  ["dk1", "000000"],
  ["lt1", "FFFFFF"],
  ["dk2", "222222"],
  ["lt2", "EEEEEE"],
  ["accent1", "3366AA"],
  ["accent2", "AA3333"],
  ["accent3", "33AA66"],
  ["accent4", "AAAA33"],
  ["accent5", "6633AA"],
  ["accent6", "33AAAA"],
  ["hlink", "0000FF"],
  ["folHlink", "800080"],
]
  .map(([name = "", value = ""]) => color(name, value))
  .join(
    "",
  )}</a:clrScheme><a:fontScheme name="Plain"><a:majorFont><a:latin typeface="Liberation Sans"/><a:ea typeface=""/><a:cs typeface=""/></a:majorFont><a:minorFont><a:latin typeface="Liberation Sans"/><a:ea typeface=""/><a:cs typeface=""/></a:minorFont></a:fontScheme><a:fmtScheme name="Plain"><a:fillStyleLst>${three('<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>')}</a:fillStyleLst><a:lnStyleLst>${three('<a:ln w="6350"><a:solidFill><a:schemeClr val="phClr"/></a:solidFill></a:ln>')}</a:lnStyleLst><a:effectStyleLst>${three("<a:effectStyle><a:effectLst/></a:effectStyle>")}</a:effectStyleLst><a:bgFillStyleLst>${three('<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>')}</a:bgFillStyleLst></a:fmtScheme></a:themeElements></a:theme>`;

const TABLE = "http://schemas.openxmlformats.org/drawingml/2006/table";
const CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart";
const DIAGRAM = "http://schemas.openxmlformats.org/drawingml/2006/diagram";
const cell = (text: string, attributes = "") =>
  `<a:tc${attributes}><a:txBody><a:bodyPr/><a:lstStyle/>${text ? p(text) : "<a:p/>"}</a:txBody><a:tcPr/></a:tc>`;
const bold = (text: string) => r(text, '<a:rPr lang="en-US" b="1"/>');
const LONG = "The gardeners are all here, and they have come to work for long hours in the sun. ".repeat(4).trim();

const chart = `<c:chartSpace xmlns:c="${CHART}" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><c:chart><c:title><c:tx><c:rich><a:bodyPr/>${p("Visitors by season")}</c:rich></c:tx></c:title><c:plotArea><c:layout/><c:barChart><c:barDir val="col"/><c:ser><c:idx val="0"/><c:order val="0"/><c:tx><c:strRef><c:f>Sheet1!$B$1</c:f><c:strCache><c:ptCount val="1"/><c:pt idx="0"><c:v>Visitors</c:v></c:pt></c:strCache></c:strRef></c:tx><c:cat><c:strRef><c:f>Sheet1!$A$2:$A$3</c:f><c:strCache><c:ptCount val="2"/><c:pt idx="0"><c:v>Spring</c:v></c:pt><c:pt idx="1"><c:v>Summer</c:v></c:pt></c:strCache></c:strRef></c:cat><c:val><c:numRef><c:f>Sheet1!$B$2:$B$3</c:f><c:numCache><c:ptCount val="2"/><c:pt idx="0"><c:v>3</c:v></c:pt><c:pt idx="1"><c:v>5</c:v></c:pt></c:numCache></c:numRef></c:val></c:ser><c:axId val="1"/><c:axId val="2"/></c:barChart><c:catAx><c:axId val="1"/><c:scaling><c:orientation val="minMax"/></c:scaling><c:axPos val="b"/><c:crossAx val="2"/></c:catAx><c:valAx><c:axId val="2"/><c:scaling><c:orientation val="minMax"/></c:scaling><c:axPos val="l"/><c:crossAx val="1"/></c:valAx></c:plotArea></c:chart></c:chartSpace>`;
const diagram = `<dgm:dataModel xmlns:dgm="${DIAGRAM}" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><dgm:ptLst><dgm:pt modelId="1"><dgm:t><a:bodyPr/>${p("First plan")}</dgm:t></dgm:pt><dgm:pt modelId="2"><dgm:t><a:bodyPr/>${p("Then plant")}</dgm:t></dgm:pt></dgm:ptLst><dgm:extLst><a:ext uri="http://schemas.microsoft.com/office/drawing/2008/diagram"><dsp:dataModelExt xmlns:dsp="http://schemas.microsoft.com/office/drawing/2008/diagram" relId="rId3"/></a:ext></dgm:extLst></dgm:dataModel>`;
const diagramPicture = `<dsp:drawing xmlns:dsp="http://schemas.microsoft.com/office/drawing/2008/diagram" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><dsp:spTree>${["First plan", "Then plant"].map((text) => `<dsp:sp><dsp:txBody><a:bodyPr/>${p(text)}</dsp:txBody></dsp:sp>`).join("")}</dsp:spTree></dsp:drawing>`;

/** The kinds of presentations that the tests hold true of. */
export const DECKS: Readonly<Record<string, GivenDeck>> = {
  garden: {
    title: "Garden report",
    sections: ["Opening words", "The rest"],
    masterShapes: shape(p("Company garden club"), { box: [6, 1] }),
    layoutShapes: shape(p("Internal use"), { box: [6, 1] }),
    slides: [
      {
        name: "Opening",
        notes: "Tell the story of the old rose first.",
        shapes:
          shape(
            [
              p("Roses along the wall"),
              p("Red ones in the sun", '<a:pPr lvl="1"/>'),
              p(["Water them ", bold("every morning"), " before nine."]),
              p("No bullet here", '<a:pPr marL="0" indent="0"><a:buNone/></a:pPr>'),
              p("First step", '<a:pPr><a:buAutoNum type="arabicPeriod"/></a:pPr>'),
              p("Second step", '<a:pPr><a:buAutoNum type="arabicPeriod"/></a:pPr>'),
            ].join(""),
            { holder: 'idx="1"' },
          ) +
          shape(p("What we planted"), { holder: 'type="title"', descr: "A title about plants" }) +
          shape(p(['<a:fld id="{1}" type="slidenum"><a:rPr lang="en-US"/><a:t>1</a:t></a:fld>']), { holder: 'type="sldNum" idx="12"' }) +
          shape(p("Garden club 2026"), { holder: 'type="ftr" idx="11"' }) +
          shape('<a:p><a:endParaRPr lang="en-US"/></a:p>', { holder: 'type="body" idx="13"' }),
      },
      { shapes: shape(p("Thank you"), { holder: 'type="ctrTitle"' }) },
    ],
  },
  inline: {
    slides: [
      {
        shapes: shape(
          [
            p([
              r("One "),
              r("garden", '<a:rPr lang="en-US" b="1"><a:solidFill><a:srgbClr val="FF0000"/></a:solidFill></a:rPr>'),
              "<a:br/>",
              r("two & <three> lines"),
              r(" at https://example.org/plan now"),
            ]),
            p([r("Water"), r("2", '<a:rPr baseline="-25000"/>'), r("O and "), r("both", '<a:rPr i="1" u="sng"/>')], '<a:pPr algn="r"/>'),
            p(['<a:fld id="{2}" type="datetime1"><a:rPr lang="en-US"/><a:t>5/1/2024</a:t></a:fld>', r(" is the day")]),
            '<a:p><a:r><a:rPr lang="en-US"><a:hlinkClick xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:id="" action="ppaction://hlinkshowjump?jump=nextslide" tooltip="Go to the next slide"/></a:rPr><a:t>Next</a:t></a:r><a:r><a:t> of all</a:t></a:r></a:p>',
          ].join(""),
          { box: [20, 8], body: '<a:bodyPr wrap="square"><a:spAutoFit/></a:bodyPr>' },
        ),
      },
    ],
  },
  graphics: {
    slides: [
      {
        shapes: frame(
          `<a:tbl><a:tblPr firstRow="1"/><a:tblGrid><a:gridCol w="1800000"/><a:gridCol w="1800000"/><a:gridCol w="1800000"/></a:tblGrid><a:tr h="370840">${cell("Plant and number", ' gridSpan="2"')}${cell("", ' hMerge="1"')}${cell("Price")}</a:tr><a:tr h="370840">${cell("Rose")}${cell("12")}${cell("High")}</a:tr></a:tbl>`,
          TABLE,
        ),
      },
      {
        shapes: frame(`<c:chart xmlns:c="${CHART}" xmlns:r="${OFFICE}" r:id="rId2"/>`, CHART),
        parts: [["chart", "charts/chart1.xml", chart]],
      },
      {
        shapes: `<mc:AlternateContent><mc:Choice Requires="dgm">${frame(`<dgm:relIds xmlns:dgm="${DIAGRAM}" xmlns:r="${OFFICE}" r:dm="rId2" r:lo="" r:qs="" r:cs=""/>`, DIAGRAM)}</mc:Choice><mc:Fallback/></mc:AlternateContent>`,
        parts: [
          ["diagramData", "diagrams/data1.xml", diagram],
          ["http://schemas.microsoft.com/office/2007/relationships/diagramDrawing", "diagrams/drawing1.xml", diagramPicture],
        ],
      },
      {
        shapes: `<p:grpSp><p:nvGrpSpPr><p:cNvPr id="77" name="Group" descr="A group of two boxes"/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="4000000" cy="2000000"/><a:chOff x="0" y="0"/><a:chExt cx="8000000" cy="4000000"/></a:xfrm></p:grpSpPr>${shape(p("Box in a group"))}${shape(p("Another box"))}</p:grpSp>`,
      },
    ],
  },
  full: {
    slides: [
      { shapes: shape(p(LONG, "<a:pPr/>"), { box: [10, 6.2] }) + shape(p("Short"), { box: [10, 4] }) },
      { shapes: shape(p(LONG), { box: [10, 5], body: '<a:bodyPr><a:normAutofit fontScale="85000" lnSpcReduction="20000"/></a:bodyPr>' }) },
      { shapes: shape(p(LONG), { box: [10, 6.2], body: "<a:bodyPr><a:spAutoFit/></a:bodyPr>" }) },
      { shapes: shape(p(LONG), { box: [10, 6.2], body: "<a:bodyPr><a:noAutofit/></a:bodyPr>" }) },
    ],
  },
  commented: {
    slides: [
      {
        shapes: shape(p("Slide with a comment"), { holder: 'type="title"' }),
        parts: [
          [
            "comments",
            "comments/comment1.xml",
            `<p:cmLst xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"><p:cm authorId="0" idx="1"><p:pos x="10" y="10"/><p:text>Please make this shorter.</p:text></p:cm></p:cmLst>`,
          ],
        ],
      },
    ],
  },
};
