import { buffer } from "node:stream/consumers";
import { ZipFile } from "yazl";

/** Entries in order; those that begin with "!" are stored. */
export type Entries = readonly (readonly [name: string, content: string | Buffer])[];

export async function zipped(entries: Entries): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, content] of entries)
    zip.addBuffer(Buffer.from(content), name, { compress: name !== "mimetype", mtime: new Date(2024, 1, 2), forceDosTimestamp: true });
  zip.end();
  return buffer(zip.outputStream);
}

export const MIMETYPE = ["mimetype", "application/epub+zip"] as const;
export const CONTAINER = [
  "META-INF/container.xml",
  `<?xml version="1.0"?>\n<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>`,
] as const;

interface Item {
  readonly id: string;
  readonly href: string;
  readonly type?: string;
  readonly properties?: string;
  /** Not in the spine. */
  readonly aside?: boolean;
  readonly linear?: "no";
}

interface Said {
  readonly version?: "2.0" | "3.0";
  readonly language?: string;
  readonly title?: string;
  readonly metadata?: string;
  readonly spine?: string;
  readonly opf?: string;
}

export function opf(items: readonly Item[], said: Said = {}): readonly [string, string] {
  const { version = "3.0", language = "en", title = "The garden &amp; the sea", metadata = "", spine = "" } = said;
  const modified = version === "3.0" ? `<meta property="dcterms:modified">2024-01-02T00:00:00Z</meta>` : "";
  return [
    "OEBPS/book.opf",
    `<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="${version}" unique-identifier="id"${said.opf ?? ""}>
  <metadata xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:opf="http://www.idpf.org/2007/opf">
    <dc:identifier id="id">urn:uuid:2f5c1a52-7b0e-4a58-9b42-0f6d4a3f0a11</dc:identifier>
    <dc:title>${title}</dc:title>
    <dc:language>${language}</dc:language>
    <dc:creator>Anna Example</dc:creator>
    ${modified}${metadata}
  </metadata>
  <manifest>
${items.map(({ id, href, type = "application/xhtml+xml", properties }) => `    <item id="${id}" href="${href}" media-type="${type}"${properties ? ` properties="${properties}"` : ""}/>`).join("\n")}
  </manifest>
  <spine${spine}>
${items
  .filter(({ aside }) => !aside)
  .map(({ id, linear }) => `    <itemref idref="${id}"${linear ? ` linear="${linear}"` : ""}/>`)
  .join("\n")}
  </spine>
</package>
`,
  ];
}

/** A page of EPUB 3. */
export function page(body: string, title = "A page", attributes = ` xml:lang="en" lang="en"`): string {
  return `<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"${attributes}>
<head>
  <title>${title}</title>
  <link rel="stylesheet" type="text/css" href="style.css"/>
</head>
<body>
${body}
</body>
</html>
`;
}

const STYLE = ["OEBPS/style.css", "p { margin: 0 }\n"] as const;
const NAV = page(
  `<nav epub:type="toc" id="toc"><h1>Contents</h1><ol><li><a href="one.xhtml">The garden</a></li><li><a href="two%20b.xhtml">The sea</a></li></ol></nav>`,
  "Contents",
);

/** EPUB 3 with what a novel has: chapters, notes, marks, a picture, a page beside the order, a navigation that is none of its pages. */
export const novel: Entries = [
  MIMETYPE,
  CONTAINER,
  opf([
    { id: "nav", href: "nav.xhtml", properties: "nav", aside: true },
    { id: "one", href: "one.xhtml" },
    { id: "two", href: "two%20b.xhtml" },
    { id: "notes", href: "notes.xhtml", linear: "no" },
    { id: "style", href: "style.css", type: "text/css", aside: true },
    { id: "pond", href: "pond.svg", type: "image/svg+xml", aside: true },
  ]),
  STYLE,
  ["OEBPS/nav.xhtml", NAV],
  [
    "OEBPS/one.xhtml",
    page(
      `<section epub:type="chapter"><h1 id="c1">The garden</h1>
<p>The <b>red</b> house <i>stands</i> by the water.<a epub:type="noteref" href="notes.xhtml#n1" id="r1">1</a> It is&#160;old<br/>
and quiet.</p>
<p><img src="pond.svg" alt="A pond &amp; a boat"/></p><hr/>
<ul><li>One lamp</li><li>Two <a href="two%20b.xhtml#c2">boats</a></li></ul></section>`,
      "The garden",
    ),
  ],
  [
    "OEBPS/two b.xhtml",
    page(
      `<h1 id="c2">The sea</h1>\n<p>We saw <span translate="no">Sea Queen</span> &amp; her crew &lt;three&gt;.</p><blockquote><p>Fair winds.</p></blockquote>`,
      "The sea",
    ),
  ],
  ["OEBPS/notes.xhtml", page(`<aside epub:type="footnote" id="n1"><p><a href="one.xhtml#r1">1</a> Built long ago.</p></aside>`, "Notes")],
  ["OEBPS/pond.svg", `<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><rect width="9" height="9"/></svg>`],
];

const XHTML11 = `<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" "http://www.w3.org/TR/xhtml11/DTD/xhtml11.dtd">\n`;

/** EPUB 2: XHTML 1.1 with names of HTML's signs, a table of contents in NCX, subjects, a page in an old encoding. */
export const old: Entries = [
  MIMETYPE,
  CONTAINER,
  opf(
    [
      { id: "ncx", href: "toc.ncx", type: "application/x-dtbncx+xml", aside: true },
      { id: "one", href: "one.xhtml" },
      { id: "two", href: "two.xhtml" },
    ],
    { version: "2.0", spine: ` toc="ncx"`, metadata: `<dc:subject>Gardens</dc:subject><dc:description>About a garden.</dc:description>` },
  ),
  [
    "OEBPS/toc.ncx",
    `<?xml version="1.0" encoding="UTF-8"?>
<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/" version="2005-1" xml:lang="en"><head><meta name="dtb:uid" content="urn:uuid:2f5c1a52-7b0e-4a58-9b42-0f6d4a3f0a11"/><meta name="dtb:depth" content="1"/><meta name="dtb:totalPageCount" content="0"/><meta name="dtb:maxPageNumber" content="0"/></head>
<docTitle><text>The garden &amp; the sea</text></docTitle>
<navMap><navPoint id="p1" playOrder="1"><navLabel><text>The garden</text></navLabel><content src="one.xhtml"/></navPoint></navMap></ncx>
`,
  ],
  [
    "OEBPS/one.xhtml",
    `${XHTML11}<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en"><head><title>The garden</title></head><body><h1>The garden</h1><p>It is&nbsp;old &mdash; and quiet&hellip; A caf&eacute;.</p></body></html>`,
  ],
  [
    "OEBPS/two.xhtml",
    Buffer.from(
      `${XHTML11.replace("utf-8", "iso-8859-1")}<html xmlns="http://www.w3.org/1999/xhtml"><head><title>The end</title></head><body><p>A small caf\u00e9 by the sea.</p></body></html>`,
      "latin1",
    ),
  ],
];

/** Of a language from right to left, with a navigation that is a page. */
export const rightToLeft: Entries = [
  MIMETYPE,
  CONTAINER,
  opf(
    [
      { id: "nav", href: "nav.xhtml", properties: "nav" },
      { id: "one", href: "one.xhtml" },
      { id: "style", href: "style.css", type: "text/css", aside: true },
    ],
    { language: "ar", title: "الحديقة", spine: ` page-progression-direction="rtl"`, opf: ` xml:lang="ar" dir="rtl"` },
  ),
  STYLE,
  [
    "OEBPS/nav.xhtml",
    page(`<nav epub:type="toc"><ol><li><a href="one.xhtml">الحديقة</a></li></ol></nav>`, "المحتويات", ` xml:lang="ar" lang="ar" dir="rtl"`),
  ],
  ["OEBPS/one.xhtml", page(`<h1>الحديقة</h1><p>البيت <b>الأحمر</b> قديم.</p>`, "الحديقة", ` xml:lang="ar" lang="ar" dir="rtl"`)],
];

/** Of pages that are pictures with words at their places, with sound that is read along. */
export const fixed: Entries = [
  MIMETYPE,
  CONTAINER,
  opf(
    [
      { id: "nav", href: "nav.xhtml", properties: "nav", aside: true },
      { id: "one", href: "one.xhtml" },
      { id: "style", href: "style.css", type: "text/css", aside: true },
    ],
    { metadata: `<meta property="rendition:layout">pre-paginated</meta>` },
  ),
  STYLE,
  ["OEBPS/nav.xhtml", page(`<nav epub:type="toc"><ol><li><a href="one.xhtml">The hill</a></li></ol></nav>`)],
  [
    "OEBPS/one.xhtml",
    page(`<div style="position: absolute; top: 10px"><span id="w1">Up</span> <span id="w2">the hill</span></div>`).replace(
      "<title>",
      `<meta name="viewport" content="width=600, height=800"/><title>`,
    ),
  ],
];

/** With pages that are not well-formed, or not there, and what its readers have to guess. */
export const broken: Entries = [
  MIMETYPE,
  CONTAINER,
  opf([
    { id: "one", href: "one.xhtml" },
    { id: "gone", href: "gone.xhtml" },
    { id: "draft", href: "draft.xhtml", aside: true },
    { id: "map", href: "map.svg", type: "image/svg+xml" },
  ]),
  ["OEBPS/one.xhtml", `<html xmlns="http://www.w3.org/1999/xhtml"><body><p>One <b>two<p>three & four<br></body></html>`],
  ["OEBPS/draft.xhtml", page("<p>A page that nothing leads to.</p>")],
  ["OEBPS/map.svg", `<svg xmlns="http://www.w3.org/2000/svg"><text>North</text></svg>`],
];

export const BOOKS: Readonly<Record<string, Entries>> = { novel, old, rightToLeft, fixed, broken };
