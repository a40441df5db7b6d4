const MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main";
const OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE = "http://schemas.openxmlformats.org/package/2006";
const DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';

/** A sheet as it is given: what stands in its part before, in and behind its rows, and what it refers to. */
export interface GivenSheet {
  readonly name: string;
  readonly rows: string;
  readonly before?: string;
  readonly behind?: string;
  /** By the type of its relationship, the part's name in xl/ and what it holds. */
  readonly parts?: readonly (readonly [type: string, part: string, content: string])[];
}

export interface GivenWorkbook {
  readonly sheets: readonly GivenSheet[];
  /** What stands between the tags of each shared string. */
  readonly strings?: readonly string[];
  readonly definedNames?: string;
  /** Into xl/, as it stands. */
  readonly others?: Readonly<Record<string, string | Buffer>>;
  readonly strict?: boolean;
  readonly prefix?: string;
  readonly contentType?: string;
  readonly rows?: () => Iterable<string>;
}

/** Text as it stands in XML. */
export const t = (text: string) => `<t xml:space="preserve">${text.replace(/&/g, "&amp;").replace(/</g, "&lt;")}</t>`;

/** Cells of one row: texts are shared strings by their numbers ("s3"), numbers and formulas as they are. */
export function row(number: number, ...cells: readonly string[]): string {
  const written = cells.map((cell, index) => {
    const ref = `${String.fromCharCode(65 + index)}${number}`;
    if (cell === "") return "";
    if (/^s\d+$/.test(cell)) return `<c r="${ref}" t="s"><v>${cell.slice(1)}</v></c>`;
    if (cell.startsWith("=")) return formula(ref, cell.slice(1));
    return cell.startsWith("<c") ? cell.replace("<c", `<c r="${ref}"`) : `<c r="${ref}"><v>${cell}</v></c>`;
  });
  return `<row r="${number}">${written.join("")}</row>`;
}

function formula(ref: string, given: string): string {
  const [text = "", result = ""] = given.split(" → ");
  const escaped = text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  const isText = Number.isNaN(Number(result));
  return `<c r="${ref}"${isText ? ' t="str"' : ""}><f>${escaped}</f><v>${result}</v></c>`;
}

/** The parts of a workbook, in the order of its archive. */
export function partsOf(given: GivenWorkbook): [name: string, content: string | Buffer][] {
  const main = given.strict ? STRICT : MAIN;
  const office = given.strict
    ? OFFICE.replace("http://schemas.openxmlformats.org", "http://purl.oclc.org/ooxml").replace("/2006", "")
    : OFFICE;
  const p = given.prefix ? `${given.prefix}:` : "";
  const ns = given.prefix ? `xmlns:${given.prefix}="${main}"` : `xmlns="${main}"`;
  const tags = (xml: string) => (p === "" ? xml : xml.replace(/<(\/?)([a-z])/gi, `<$1${p}$2`));
  const relations = (list: readonly (readonly [string, string])[]) =>
    `${DECLARATION}<Relationships xmlns="${PACKAGE}/relationships">${list
      .map(
        ([type, target], index) =>
          `<Relationship Id="rId${index + 1}" Type="${type.includes("/") ? type : `${office}/${type}`}" Target="${target}"/>`,
      )
      .join("")}</Relationships>`;
  const hasStrings = given.strings !== undefined;
  const names = given.sheets.map((_, index) => `worksheets/sheet${index + 1}.xml`);
  const sheets = given.sheets.map(({ name }, index) => `<sheet name="${name}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`).join("");
  const others = Object.entries(given.others ?? {});
  const book = `<workbook ${ns} xmlns:r="${office}"><sheets>${sheets}</sheets>${given.definedNames ? `<definedNames>${given.definedNames}</definedNames>` : ""}</workbook>`;
  const type = given.contentType ?? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml";
  const override = (part: string, of: string) => `<Override PartName="/xl/${part}" ContentType="${of}"/>`;
  const kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml";
  const partTypes = given.sheets.flatMap(({ parts = [] }) =>
    parts.map(([of, part]) => override(part, CONTENT_TYPES[of] ?? "application/xml")),
  );
  const types = [
    override("workbook.xml", type),
    ...names.map((name) => override(name, `${kinds}.worksheet+xml`)),
    override("styles.xml", `${kinds}.styles+xml`),
    ...(hasStrings ? [override("sharedStrings.xml", `${kinds}.sharedStrings+xml`)] : []),
    ...partTypes,
  ];
  return [
    [
      "[Content_Types].xml",
      `${DECLARATION}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>${types.join("")}</Types>`,
    ],
    ["_rels/.rels", relations([["officeDocument", "xl/workbook.xml"]])],
    ["xl/workbook.xml", DECLARATION + tags(book)],
    [
      "xl/_rels/workbook.xml.rels",
      relations([
        ...names.map((name) => ["worksheet", name] as const),
        ["styles", "styles.xml"],
        ...(hasStrings ? [["sharedStrings", "sharedStrings.xml"] as const] : []),
      ]),
    ],
    ["xl/styles.xml", DECLARATION + tags(`<styleSheet ${ns}>${STYLES}</styleSheet>`)],
    ...(hasStrings
      ? [
          [
            "xl/sharedStrings.xml",
            DECLARATION +
              tags(
                `<sst ${ns} uniqueCount="${given.strings?.length}">${given.strings?.map((string) => `<si>${string}</si>`).join("")}</sst>`,
              ),
          ] as [string, string],
        ]
      : []),
    ...given.sheets.flatMap((sheet, index): [string, string | Buffer][] => {
      const parts = sheet.parts ?? [];
      const xml = `<worksheet ${ns} xmlns:r="${office}">${sheet.before ?? ""}<sheetData>${sheet.rows}</sheetData>${sheet.behind ?? ""}</worksheet>`;
      const made: [string, string][] = [[`xl/${names[index]}`, DECLARATION + tags(xml)]];
      if (parts.length > 0)
        made.push([`xl/worksheets/_rels/sheet${index + 1}.xml.rels`, relations(parts.map(([of, part]) => [of, `../${part}`]))]);
      return [
        ...made,
        ...parts.map(([, part, content]): [string, string] => [
          `xl/${part}`,
          content.startsWith("<?xml") ? content : DECLARATION + content,
        ]),
      ];
    }),
    ...others.map(([name, content]): [string, string | Buffer] => [`xl/${name}`, content]),
  ];
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  table: "application/vnd.openxmlformats-officedocument.spreadsheetml.table+xml",
  comments: "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml",
  drawing: "application/vnd.openxmlformats-officedocument.drawing+xml",
};

/** Formats of cells: 0 as it is, 1 a date, 2 percent, 3 with two decimals, 4 a code of its own. */
const STYLES = `<numFmts count="1"><numFmt numFmtId="164" formatCode="dd/mm/yyyy\\ hh:mm"/></numFmts><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="5">${[0, 14, 9, 4, 164].map((id) => `<xf numFmtId="${id}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>`).join("")}</cellXfs>`;

const bold = '<rPr><b/><sz val="11"/><rFont val="Calibri"/></rPr>';
const red = '<rPr><i/><color rgb="FFC00000"/><rFont val="Calibri"/></rPr>';

const DRAWING =
  'xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"';
const anchored = (row: number, inner: string) =>
  `<xdr:twoCellAnchor><xdr:from><xdr:col>4</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>${row}</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:to><xdr:col>9</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>${row + 9}</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:to>${inner}<xdr:clientData/></xdr:twoCellAnchor>`;
const CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart";
const drawing = `<xdr:wsDr ${DRAWING}>${anchored(
  1,
  `<xdr:sp macro="" textlink=""><xdr:nvSpPr><xdr:cNvPr id="2" name="Box 1" descr="A note about roses"/><xdr:cNvSpPr/></xdr:nvSpPr><xdr:spPr><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></xdr:spPr><xdr:txBody><a:bodyPr/><a:p><a:r><a:rPr lang="en-US" b="1"/><a:t>Look</a:t></a:r><a:r><a:rPr lang="en-US"/><a:t> at the roses</a:t></a:r></a:p></xdr:txBody></xdr:sp>`,
)}${anchored(
  12,
  `<xdr:graphicFrame macro=""><xdr:nvGraphicFramePr><xdr:cNvPr id="3" name="Chart 1"/><xdr:cNvGraphicFramePr/></xdr:nvGraphicFramePr><xdr:xfrm><a:off x="0" y="0"/><a:ext cx="0" cy="0"/></xdr:xfrm><a:graphic><a:graphicData uri="${CHART}"><c:chart xmlns:c="${CHART}" xmlns:r="${OFFICE}" r:id="rId1"/></a:graphicData></a:graphic></xdr:graphicFrame>`,
)}</xdr:wsDr>`;
const cached = (range: string, ...texts: readonly string[]) =>
  `<c:strRef><c:f>${range}</c:f><c:strCache><c:ptCount val="${texts.length}"/>${texts.map((text, index) => `<c:pt idx="${index}"><c:v>${text}</c:v></c:pt>`).join("")}</c:strCache></c:strRef>`;
const chart = `<c:chartSpace xmlns:c="${CHART}" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><c:chart><c:title><c:tx><c:rich><a:bodyPr/><a:p><a:r><a:rPr lang="en-US"/><a:t>Visitors by season</a:t></a:r></a:p></c:rich></c:tx></c:title><c:plotArea><c:layout/><c:barChart><c:barDir val="col"/><c:ser><c:idx val="0"/><c:order val="0"/><c:tx>${cached("'Plan A'!$B$1", "Visitors")}</c:tx><c:cat>${cached("'Plan A'!$A$2:$A$3", "Spring", "Summer")}</c:cat><c:val><c:numRef><c:f>'Plan A'!$B$2:$B$3</c:f></c:numRef></c:val></c:ser><c:axId val="1"/><c:axId val="2"/></c:barChart><c:catAx><c:axId val="1"/><c:scaling><c:orientation val="minMax"/></c:scaling><c:axPos val="b"/><c:crossAx val="2"/></c:catAx><c:valAx><c:axId val="2"/><c:scaling><c:orientation val="minMax"/></c:scaling><c:axPos val="l"/><c:crossAx val="1"/></c:valAx></c:plotArea></c:chart></c:chartSpace>`;
const comments = `<comments xmlns="${MAIN}"><authors><author>Anna</author><author>tc={1}</author></authors><commentList><comment ref="A1" authorId="0"><text><r>${t("Is this ")}</r><r><rPr><b/></rPr>${t("right?")}</r></text></comment><comment ref="A2" authorId="1"><text>${t("[Threaded comment] Look there")}</text></comment></commentList></comments>`;

/** The kinds of workbooks that the tests hold true of. */
export const WORKBOOKS: Readonly<Record<string, GivenWorkbook>> = {
  garden: {
    strings: [
      t("Garden plan"),
      t("Water the roses every morning."),
      t("Open"),
      t("Closed"),
      `<r>${t("The garden is ")}</r><r>${bold}${t("open")}</r><r>${t(" until ")}</r><r>${red}${t("sunset")}</r><r>${t(".")}</r>`,
      t("First line\nSecond line & more <here>"),
      t("2024"),
      t("Write to anna@example.org for seeds"),
      t("Not shown anywhere"),
      t("Closed on Mondays"),
      t("  Two spaces around  "),
    ],
    sheets: [
      {
        name: "Plan 1",
        before: '<sheetViews><sheetView workbookViewId="0"/></sheetViews>',
        rows: [
          row(1, "s0", "s1", "s2"),
          row(2, "s1", "", "s3", "12.5", '<c s="1"><v>45413</v></c>', '<c s="2"><v>0.25</v></c>', '<c s="3"><v>1234.5</v></c>'),
          row(3, "s4", "s5", "s6", "s7", '<c t="b"><v>1</v></c>', '<c t="e"><v>#N/A</v></c>'),
          row(4, '=IF(C1="Open",1,2) → 1', '=A1&" again" → Garden plan again', "=SUM(D2:D9) → 12.5", "s9"),
          row(9, "s10", "", '<c s="4"><v>45413.75</v></c>', "s1"),
        ].join(""),
        behind:
          '<headerFooter><oddHeader>&amp;L&amp;"Calibri,Bold"Garden report&amp;C&amp;A&amp;RPage &amp;P of &amp;N</oddHeader><oddFooter>&amp;CSecret &amp;&amp; private&amp;12 2024 edition</oddFooter></headerFooter>',
      },
      { name: "Notes", rows: row(1, "s1", "s3") + row(2, '=VLOOKUP("closed on*",A1:B9,1,FALSE) → Closed on Mondays') },
    ],
    definedNames: "<definedName name=\"Places\">'Plan 1'!$A$1:$C$9</definedName>",
  },
  stock: {
    strings: [
      t("Product"),
      t("Number of pieces"),
      t("Price"),
      t("Wooden table"),
      t("Garden chair"),
      t("Total"),
      t("Large table"),
      t("Big\ntable"),
    ],
    sheets: [
      {
        name: "Stock",
        rows: [
          row(1, "s0", "s1", "s2", "s6", "s7"),
          row(2, "s3", "3", "20"),
          row(3, "s4", "8", "12"),
          row(4, "s5", "=SUBTOTAL(109,Stock[Number of pieces]) → 11"),
        ].join(""),
        behind:
          '<dataValidations count="1"><dataValidation type="list" allowBlank="1" showInputMessage="1" showErrorMessage="1" errorTitle="Wrong product" error="Choose a product of the list." promptTitle="Product" prompt="Which product is it?" sqref="A9"><formula1>"Wooden table,Garden chair"</formula1></dataValidation></dataValidations><tableParts count="1"><tablePart r:id="rId1"/></tableParts>',
        parts: [
          [
            "table",
            "tables/table1.xml",
            `<table xmlns="${MAIN}" id="1" name="Stock" displayName="Stock" ref="A1:E4" totalsRowCount="1"><autoFilter ref="A1:E3"/><tableColumns count="5"><tableColumn id="1" name="Product" totalsRowLabel="Total"/><tableColumn id="2" name="Number of pieces" totalsRowFunction="sum"/><tableColumn id="3" name="Price"/><tableColumn id="4" name="Large table"/><tableColumn id="5" name="Big_x000a_table"/></tableColumns></table>`,
          ],
        ],
      },
    ],
  },
  inline: {
    prefix: "x",
    sheets: [
      {
        name: "Inline",
        rows: `<row><c t="inlineStr"><is>${t("The first cell.")}</is></c><c t="inlineStr"><is><r>${t("Half of it is ")}</r><r>${bold}${t("bold")}</r></is></c><c><v>7</v></c></row><row><c t="inlineStr"><is>${t("The first cell.")}</is></c><c r="D2" t="inlineStr"><is><t/></is></c></row>`,
      },
    ],
  },
  escapes: {
    strict: true,
    strings: [
      `${t("Line one_x000D_\nLine two of _x005F_x000D_ it")}`,
      `<t>庭園</t><rPh sb="0" eb="2"><t>ていえん</t></rPh><phoneticPr fontId="1"/>`,
      t("Garden"),
      `<t><![CDATA[Roses & <lilies>]]> bloom</t>`,
      "",
      "<t/>",
    ],
    sheets: [
      { name: "It's &lt;here&gt;", rows: row(1, "s0", "s1", "s2") + row(2, "s3", "s4", "s5", '=INDIRECT("\'"&C1&"\'!A1") → x') },
      { name: "Garden", rows: row(1, "s2") },
      { name: "Empty", rows: "" },
    ],
  },
  beside: {
    strings: [t("Season"), t("Visitors"), t("Spring"), t("Summer"), t("The most")],
    definedNames: "<definedName name=\"Seasons\">'Plan A'!$A$2:$A$3</definedName>",
    sheets: [
      {
        name: "Plan A",
        rows: row(1, "s0", "s1") + row(2, "s2", "3") + row(3, "s3", "5"),
        behind:
          '<hyperlinks><hyperlink ref="A1" location="Sums!A1" tooltip="Go to the sums" display="Season"/></hyperlinks><drawing r:id="rId1"/>',
        parts: [
          ["drawing", "drawings/drawing1.xml", drawing],
          ["comments", "comments1.xml", comments],
        ],
      },
      { name: "Sums", rows: row(1, "s4", "=MAX('Plan A'!B2:B3) → 5", "=SUM(Sums!B1,'Plan A'!B2) → 8") },
    ],
    others: {
      "charts/chart1.xml": chart,
      "drawings/_rels/drawing1.xml.rels": `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/chart" Target="../charts/chart1.xml"/></Relationships>`,
    },
  },
  sparse: {
    strings: [t("Far away"), t("In the corner")],
    sheets: [
      {
        name: "Wide",
        rows: `<row r="1"><c r="A1" t="s"><v>1</v></c><c r="XFD1" t="s"><v>0</v></c></row><row r="1048576"><c r="B1048576" t="s"><v>0</v></c></row>`,
      },
    ],
  },
};
