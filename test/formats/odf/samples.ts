import { chartXml, entriesOf, flatXml, type Given, packed } from "./package.ts";

/** A grey dot. */
const DOT = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mN4AAAA6wDpgMK42gAAAABJRU5ErkJggg==", "base64");

const TEXT_STYLES = `<style:style style:name="B" style:family="text"><style:text-properties fo:font-weight="bold"/></style:style>
<style:style style:name="I" style:family="text"><style:text-properties fo:font-style="italic"/></style:style>
<style:style style:name="U" style:family="text"><style:text-properties style:text-underline-style="solid" fo:language="en" fo:country="US"/></style:style>
<style:style style:name="R1" style:family="text"><style:text-properties xmlns:officeooo="http://openoffice.org/2009/office" officeooo:rsid="0012"/></style:style>
<style:style style:name="B2" style:family="text" style:parent-style-name="B"><style:text-properties xmlns:officeooo="http://openoffice.org/2009/office" officeooo:rsid="0013"/></style:style>`;
const LIST_STYLES = `<text:list-style style:name="L1"><text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix="."><style:list-level-properties/></text:list-level-style-number><text:list-level-style-number text:level="2" style:num-format="a" style:num-suffix=")"><style:list-level-properties/></text:list-level-style-number></text:list-style>
<text:list-style style:name="L2"><text:list-level-style-bullet text:level="1" text:bullet-char="•"><style:list-level-properties/></text:list-level-style-bullet></text:list-style>`;

const letter: Given = {
  kind: "text",
  automatic: TEXT_STYLES,
  body: `<text:tracked-changes><text:changed-region text:id="c1"><text:deletion><office:change-info><dc:creator>Ann</dc:creator><dc:date>2026-01-02T00:00:00</dc:date></office:change-info><text:p>Old words that were deleted.</text:p></text:deletion></text:changed-region><text:changed-region text:id="c2"><text:insertion><office:change-info><dc:creator>Ann</dc:creator><dc:date>2026-01-02T00:00:00</dc:date></office:change-info></text:insertion></text:changed-region></text:tracked-changes>
<text:p text:style-name="Standard">Dear <text:span text:style-name="B">gar</text:span><text:span text:style-name="B2">dener</text:span>,<text:tab/>the <text:span text:style-name="R1">new </text:span>gate is <text:span text:style-name="I">not <text:span text:style-name="B">quite</text:span> open</text:span> yet.<text:line-break/>Please come on <text:date text:fixed="true">2 May</text:date>, or write to anna@example.org.</text:p>
<text:p>The <text:a xlink:type="simple" xlink:href="https://example.org/map?a=1&amp;b=2" office:title="Where the garden is">map of the &lt;old&gt; garden</text:a> shows it<text:note text:id="n1" text:note-class="footnote"><text:note-citation>1</text:note-citation><text:note-body><text:p>Drawn by the <text:span text:style-name="B">second</text:span> owner.</text:p></text:note-body></text:note> well<office:annotation><dc:creator>Ann</dc:creator><dc:date>2026-01-02T00:00:00</dc:date><text:p>Is this still true?</text:p></office:annotation>.</text:p>
<text:p>We <text:change text:change-id="c1"/>met <text:change-start text:change-id="c2"/>twice<text:change-end text:change-id="c2"/> <text:bookmark-start text:name="b"/>beside the river<text:bookmark-end text:name="b"/>, in <text:span text:style-name="U">spring</text:span>.<text:soft-page-break/> It was warm.</text:p>`,
};

const spaces: Given = {
  kind: "text",
  automatic: TEXT_STYLES,
  body: `<text:p>
    Two  lines   of
    text are one.
  </text:p><text:p> <text:s/>Two spaces <text:s/>here.</text:p><text:p>Name:<text:s text:c="12"/>Anna</text:p><text:p><text:span text:style-name="B"> Bold </text:span> <text:span text:style-name="I"> slanted </text:span>plain</text:p><text:p/><text:p>   </text:p><text:p>"Quotes" &amp; ‘signs’ – &#8364;5 &lt; 6</text:p><text:p><![CDATA[Water & <seeds>]]> daily</text:p>`,
};

const HEADER = `<style:master-page style:name="Standard" style:page-layout-name="pm1"><style:header><text:p>The garden club<text:tab/>Page <text:page-number>1</text:page-number></text:p></style:header><style:footer><text:p>Printed on grey paper</text:p></style:footer></style:master-page>`;
const report: Given = {
  kind: "text",
  automatic: `${TEXT_STYLES}${LIST_STYLES}`,
  master: HEADER,
  body: `<text:table-of-content text:name="Contents"><text:table-of-content-source text:outline-level="2"><text:index-title-template>Contents of the report</text:index-title-template></text:table-of-content-source><text:index-body><text:index-title text:name="t"><text:p>Contents</text:p></text:index-title><text:p><text:a xlink:type="simple" xlink:href="#h1">What grows here<text:tab/>1</text:a></text:p></text:index-body></text:table-of-content>
<text:h text:outline-level="1"><text:bookmark-start text:name="h1"/>What grows here<text:bookmark-end text:name="h1"/></text:h>
<text:section text:name="S1"><text:h text:outline-level="2">Trees</text:h><text:list text:style-name="L1"><text:list-item><text:p>Apple trees stand in rows.</text:p><text:list><text:list-item><text:p>Red ones</text:p></text:list-item><text:list-item><text:p>Green ones</text:p></text:list-item></text:list></text:list-item><text:list-item><text:p>Pear trees lean on the wall.</text:p></text:list-item></text:list><text:p>Some are older.</text:p><text:list text:continue-numbering="true" text:style-name="L1"><text:list-item><text:p>Plums ripen in August.</text:p></text:list-item></text:list><text:list text:style-name="L2"><text:list-item><text:p>Water them.</text:p></text:list-item></text:list></text:section>
<table:table table:name="T1"><table:table-column table:number-columns-repeated="3"/><table:table-header-rows><table:table-row><table:table-cell office:value-type="string"><text:p>Tree</text:p></table:table-cell><table:table-cell table:number-columns-spanned="2" office:value-type="string"><text:p>Height in metres</text:p></table:table-cell><table:covered-table-cell/></table:table-row></table:table-header-rows><table:table-row><table:table-cell office:value-type="string"><text:p>Old apple</text:p></table:table-cell><table:table-cell office:value-type="float" office:value="4.5"><text:p>4.5</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>still growing</text:p></table:table-cell></table:table-row></table:table>`,
};

const frames: Given = {
  kind: "text",
  automatic: TEXT_STYLES,
  entries: {
    "Pictures/dot.png": DOT,
    "Object 1/content.xml": chartXml(
      `<chart:chart chart:class="chart:bar" svg:width="8cm" svg:height="5cm"><chart:title><text:p>Rain over the years</text:p></chart:title><chart:plot-area chart:data-source-has-labels="both"><chart:axis chart:dimension="y"><chart:title><text:p>Litres of water</text:p></chart:title></chart:axis><chart:series chart:values-cell-range-address="local-table.B2:.B3" chart:label-cell-address="local-table.B1" chart:class="chart:bar"><chart:data-point chart:repeated="2"/></chart:series></chart:plot-area><table:table table:name="local-table"><table:table-header-columns><table:table-column/></table:table-header-columns><table:table-columns><table:table-column/></table:table-columns><table:table-header-rows><table:table-row><table:table-cell><text:p/></table:table-cell><table:table-cell office:value-type="string"><text:p>Rainfall</text:p><draw:g><svg:desc>Sheet1.B1</svg:desc></draw:g></table:table-cell></table:table-row></table:table-header-rows><table:table-rows><table:table-row><table:table-cell office:value-type="string"><text:p>First year</text:p></table:table-cell><table:table-cell office:value-type="float" office:value="7"><text:p>7</text:p></table:table-cell></table:table-row><table:table-row><table:table-cell office:value-type="string"><text:p>Second year</text:p></table:table-cell><table:table-cell office:value-type="float" office:value="9"><text:p>9</text:p></table:table-cell></table:table-row></table:table-rows></table:table></chart:chart>`,
    ),
  },
  body: `<text:p>Before the box <draw:frame draw:name="box" text:anchor-type="as-char" svg:width="5cm" svg:height="2cm"><draw:text-box><text:p>Words in a <text:span text:style-name="B">box</text:span></text:p></draw:text-box><svg:desc>A box with words</svg:desc></draw:frame> and behind it.</text:p>
<text:p><draw:frame draw:name="dot" text:anchor-type="paragraph" svg:width="1cm" svg:height="1cm"><draw:image xlink:href="Pictures/dot.png" xlink:type="simple" xlink:show="embed" xlink:actuate="onLoad"/><svg:title>A dot</svg:title><svg:desc>A grey dot beside the text</svg:desc></draw:frame>A picture stands here.</text:p>
<text:p><draw:custom-shape text:anchor-type="as-char" svg:width="4cm" svg:height="2cm"><text:p>A shape says this</text:p><draw:enhanced-geometry svg:viewBox="0 0 10 10" draw:enhanced-path="M 0 0 L 10 0 10 10 0 10 Z N"/></draw:custom-shape></text:p>
<text:p><draw:frame draw:name="chart" text:anchor-type="as-char" svg:width="8cm" svg:height="5cm"><draw:object xlink:href="./Object 1" xlink:type="simple" xlink:show="embed" xlink:actuate="onLoad"/></draw:frame></text:p>`,
};

const fields: Given = {
  kind: "text",
  automatic: TEXT_STYLES,
  body: `<text:sequence-decls><text:sequence-decl text:display-outline-level="0" text:name="Figure"/></text:sequence-decls>
<text:p>Figure <text:sequence text:name="Figure" text:formula="ooow:Figure+1" style:num-format="1">1</text:sequence>: the pond, see page <text:bookmark-ref text:reference-format="page" text:ref-name="b">3</text:bookmark-ref> and chapter <text:chapter text:display="name" text:outline-level="1">Ponds</text:chapter>.</text:p>
<text:p>Dear <text:placeholder text:placeholder-type="text">&lt;name of the guest&gt;</text:placeholder>, <text:bookmark text:name="b"/>your room is <text:variable-set text:name="room" office:value-type="float" office:value="12">12</text:variable-set>.</text:p>
<text:p><text:span text:style-name="B">All of this is bold</text:span><text:span text:style-name="I"> but for these</text:span><text:span text:style-name="B"> few words.</text:span></text:p>
<text:p>Water is H<text:span text:style-name="S">2</text:span>O.</text:p>`,
  styles: `<style:style style:name="S" style:family="text"><style:text-properties style:text-position="sub 58%"/></style:style>`,
};

const slide = (name: string, inner: string) => `<draw:page draw:name="${name}" draw:master-page-name="Standard">${inner}</draw:page>`;
const frame = (kind: string, inner: string, y: number) =>
  `<draw:frame presentation:class="${kind}" svg:width="20cm" svg:height="3cm" svg:x="1cm" svg:y="${y}cm"><draw:text-box>${inner}</draw:text-box></draw:frame>`;
const talk: Given = {
  kind: "presentation",
  automatic: `${TEXT_STYLES}${LIST_STYLES}`,
  master: `<style:master-page style:name="Standard" style:page-layout-name="pm1"><draw:frame presentation:class="title" presentation:placeholder="true" svg:width="18cm" svg:height="2cm" svg:x="1cm" svg:y="19cm"><draw:text-box><text:p>Click to add a title</text:p></draw:text-box></draw:frame><draw:frame svg:width="20cm" svg:height="1cm" svg:x="1cm" svg:y="24cm"><draw:text-box><text:p>The garden club of the town</text:p></draw:text-box></draw:frame></style:master-page>`,
  body: `<presentation:footer-decl presentation:name="f">Spring meeting</presentation:footer-decl>${slide(
    "one",
    `${frame("title", "<text:p>How we plant trees</text:p>", 1)}${frame("outline", '<text:list text:style-name="L2"><text:list-item><text:p>Dig a <text:span text:style-name="B">deep</text:span> hole</text:p></text:list-item><text:list-item><text:p>Fill it with water</text:p></text:list-item></text:list>', 5)}<presentation:notes>${frame("notes", "<text:p>Say this slowly.</text:p>", 10)}</presentation:notes>`,
  )}${slide(
    "two",
    `${frame("title", "<text:p>Costs</text:p>", 1)}<draw:custom-shape svg:width="6cm" svg:height="2cm" svg:x="2cm" svg:y="15cm"><svg:title>An arrow</svg:title><text:p>It pays off</text:p><draw:enhanced-geometry svg:viewBox="0 0 10 10" draw:enhanced-path="M 0 0 L 10 0 10 10 0 10 Z N"/></draw:custom-shape><draw:frame svg:width="20cm" svg:height="4cm" svg:x="1cm" svg:y="6cm"><table:table><table:table-column/><table:table-column/><table:table-row><table:table-cell><text:p>Tree</text:p></table:table-cell><table:table-cell><text:p>12 euros</text:p></table:table-cell></table:table-row></table:table></draw:frame>`,
  )}`,
};

const cell = (text: string, about = 'office:value-type="string"') =>
  `<table:table-cell ${about}><text:p>${text}</text:p></table:table-cell>`;
const row = (...cells: string[]) => `<table:table-row>${cells.join("")}</table:table-row>`;
const sheet: Given = {
  kind: "spreadsheet",
  automatic: TEXT_STYLES,
  body: `<table:content-validations><table:content-validation table:name="v" table:condition="of:cell-content-is-in-list(&quot;Apple&quot;;&quot;Pear&quot;)"/></table:content-validations><table:table table:name="Trees of ours"><table:table-column table:number-columns-repeated="4"/>${row(cell("Kind of tree"), cell("Is it paid?"), cell("Price"), cell("Remark"))}${row(cell("Apple"), cell("Yes"), cell("12.50", 'office:value-type="float" office:value="12.5"'), '<table:table-cell office:value-type="string"><office:annotation><text:p>Too dear</text:p></office:annotation><text:p>Bears <text:span text:style-name="B">early</text:span></text:p><text:p>and long</text:p></table:table-cell>')}${row(cell("Pear"), cell("No"), cell("30", 'table:formula="of:=SUM([.C2:.C2])*2" office:value-type="float" office:value="30"'), cell("Not yet", 'table:formula="of:=IF([.B3]=&quot;Yes&quot;;&quot;Done&quot;;&quot;Not yet&quot;)" office:value-type="string" office:string-value="Not yet"'))}<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table><table:table table:name="Second"><table:table-column/>${row(cell("Loud &amp; clear", 'office:value-type="string" office:string-value="Loud &amp; clear"'))}${row(cell("2 May 2026", 'office:value-type="date" office:date-value="2026-05-02"'))}</table:table>`,
};

/** By the name of the file: each of the parts of the formats at least once. */
export const SAMPLES: Readonly<Record<string, Given>> = {
  "letter.odt": letter,
  "spaces.odt": spaces,
  "report.odt": report,
  "frames.odt": frames,
  "fields.odt": fields,
  "flat.fodt": report,
  "talk.odp": talk,
  "flat.fodp": talk,
  "sheet.ods": sheet,
  "flat.fods": sheet,
};

export async function sampleFile(name: string): Promise<Buffer> {
  const given = SAMPLES[name];
  if (!given) throw new Error(`There is no sample ${name}.`);
  return name.includes(".fod") ? Buffer.from(flatXml(given)) : packed(entriesOf(given));
}
