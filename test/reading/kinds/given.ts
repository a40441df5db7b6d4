import { readFile } from "node:fs/promises";
import { PDFString } from "pdf-lib";
import sharp, { type Sharp } from "sharp";
import { CanvasInk, grained } from "../make/canvas_ink.ts";
import { setText } from "../make/compose.ts";
import { PdfBook, type PdfInk } from "../make/pdf_ink.ts";
import { apart, heading, list, paragraph, table } from "../make/sample.ts";
import type { Family, Sample, Truth, Unit } from "../truth.ts";

/**
 * Documents each with one fault met in real files, as they were given to this project. Small PDFs stand in `test/reading/given/` as they
 * came, since other programs wrote them; what is drawn or written plainly is made here again.
 */
const GARDEN =
  "The garden behind the old house is open to all readers every morning. A narrow path leads from the gate to the small pond where the children feed the ducks. In the spring the gardeners plant new flowers along the wall and water them twice a day.";
const LIBRARY =
  "The library on the other side of the street lends books for three weeks. A reader who wants to keep a book longer can ask at the desk. Every evening the librarian counts the books that came back and puts them on the shelves again.";
const BOTH = [paragraph(`${GARDEN} ${LIBRARY}`)];
const line = (text: string): Unit => ({ kind: "lines", text });
const LETTER: readonly Unit[] = [...["Dear reader,", GARDEN, LIBRARY].map(paragraph), ...["With kind regards,", "The gardener"].map(line)];
const SPARSE: readonly Unit[] = ["The last page of the agreement.", "Signed by the owner of the garden in Oxford."].map(line);
const PEOPLE = [
  paragraph("The table shows the people who live in the street."),
  table(
    ["Name", "Born", "Town", "Remarks"],
    ["Anna", "1950", "London", "She has two gardens and a small house."],
    ["Peter", "", "Oxford", "He sold the house."],
    ["Mary", "1971", "", "She moved to the other side of the river last summer."],
    ["John", "1980", "York", ""],
  ),
];

interface GivenFacts {
  readonly language?: string;
  readonly family?: Family;
}

function sample(fileName: string, facts: GivenFacts, make: Sample["make"]): Sample {
  const { language = "en", family = "text pdf" } = facts;
  return { id: `given-${fileName}`, kind: `given (${family})`, fileName, language, family, quick: true, make };
}

function stored(fileName: string, units: readonly Unit[], truth: Partial<Truth> = {}, facts: GivenFacts = {}): Sample {
  const make = async () => ({ bytes: await readFile(new URL(`../given/${fileName}`, import.meta.url)), truth: { units, ...truth } });
  return sample(fileName, facts, make);
}

function written(
  fileName: string,
  content: string | Uint8Array,
  units: readonly Unit[],
  truth: Partial<Truth> = {},
  language = "en",
): Sample {
  const family = fileName.endsWith(".md") ? "markdown" : "text";
  return sample(fileName, { language, family }, async () => ({ bytes: Buffer.from(content as string), truth: { units, ...truth } }));
}

const PX = 72 / 200;

/** Lines of `units` in DejaVu Serif on A4 at 200 dpi, broken after at most 62 letters; `top`, `left` and `size` in pixels. */
function page(
  units: readonly Unit[],
  { paper = "#ffffff", ink = "#1e1e1e", width = 1654, height = 2339, left = 160, top = 200, size = 34 } = {},
): CanvasInk {
  const canvas = new CanvasInk({ width: width * PX, height: height * PX, paper, ink });
  const type = { family: "serif", size: size * PX } as const;
  let y = top;
  for (const unit of units) {
    if (unit.kind !== "paragraph" && unit.kind !== "lines") continue;
    for (const line of linesOf(unit.text, 62)) {
      canvas.text(line, left * PX, (y + size * 0.93) * PX, type);
      y += Math.floor(size * 1.5);
    }
    // Between paragraphs a line is left empty; the last two are the end of a letter.
    if (unit.text !== "With kind regards," && !unit.text.startsWith("The last page")) y += Math.floor(size * 1.5);
  }
  return canvas;
}

function linesOf(text: string, letters: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < letters) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function scanned(fileName: string, units: readonly Unit[], make: () => Promise<Sharp>): Sample {
  return sample(fileName, { family: "scan" }, async () => {
    const picture = await make();
    const bytes = fileName.endsWith(".jpg")
      ? picture.keepExif().jpeg({ quality: 85 })
      : fileName.endsWith(".gif")
        ? picture.gif()
        : picture.png();
    return { bytes: await bytes.toBuffer(), truth: { units } };
  });
}

const turned = (angle: number) => async () => (await page(LETTER).scan()).rotate(angle, { background: "#ffffff" });

const SCANNED: readonly Sample[] = [
  scanned("scan-sparse-clean.png", SPARSE, () => page(SPARSE).scan()),
  scanned("scan-sparse-noisy.jpg", SPARSE, async () => grained(await page(SPARSE).scan(), 5, 1)),
  scanned("scan-rotated-90.png", LETTER, turned(-90)),
  scanned("scan-rotated-180.png", LETTER, turned(180)),
  scanned("scan-skew-8.png", LETTER, turned(-8)),
  scanned("scan-white-on-black.png", LETTER, () => page(LETTER, { paper: "#141414", ink: "#f0f0f0" }).scan()),
  scanned("scan-75dpi.png", LETTER, async () => sharp(await (await page(LETTER).scan()).resize(620, 877).png().toBuffer())),
  scanned("photo-exif-6.jpg", LETTER, async () => {
    const lying = await (await page(LETTER).scan()).rotate(-90).jpeg({ quality: 85 }).toBuffer();
    return sharp(lying).withMetadata({ orientation: 6 });
  }),
  scanned("scan-with-dark-photo.png", LETTER.slice(0, 2), async () => {
    const canvas = page(LETTER.slice(0, 2));
    canvas.picture({ x0: 0, y0: 1189 * PX, x1: canvas.width, y1: canvas.height });
    return canvas.scan();
  }),
  scanned(
    "scan-three-columns.png",
    [`First column. ${GARDEN}`, `Second column. ${LIBRARY}`, `Third column. ${GARDEN}`].map(paragraph),
    async () => {
      const canvas = new CanvasInk({ width: 1654 * PX, height: 2339 * PX, ink: "#141414" });
      for (const [index, text] of [`First column. ${GARDEN}`, `Second column. ${LIBRARY}`, `Third column. ${GARDEN}`].entries())
        for (const [line, words] of linesOf(text, 30).entries())
          canvas.text(words, (100 + index * 500) * PX, (224 + line * 38) * PX, { family: "serif", size: 26 * PX });
      return canvas.scan();
    },
  ),
  sample("two-pages.tif", { family: "scan" }, async () => {
    const units = ["The second page lies on its side.", "It has two lines of text."].map(line);
    const pages = await Promise.all([page(LETTER).scan(), page(units, { width: 2339, height: 1654 }).scan()]);
    const same = pages.map((picture) =>
      picture.resize(2339, 2339, { fit: "contain", position: "left top", background: "#ffffff" }).png().toBuffer(),
    );
    const bytes = await sharp(await Promise.all(same), { join: { animated: true } })
      .tiff({ compression: "deflate" })
      .toBuffer();
    return { bytes, truth: { units: [...LETTER, ...units] } };
  }),
  sample("scan-with-digital-stamp.pdf", { family: "mixed" }, async () => {
    const stamp = "Envelope ID: 7A1B-44C2-99D0 signed on paper, page 1 of 1, received by the office";
    const book = await scanPdf([LETTER]);
    return { bytes: await book.save(stamp), truth: { units: [...LETTER, paragraph(stamp)] } };
  }),
  sample("scan-last-page-sparse.pdf", { family: "scan" }, async () => {
    const book = await scanPdf([LETTER, SPARSE]);
    return { bytes: await book.save(), truth: { units: [...LETTER, ...SPARSE] } };
  }),
  scanned("page.gif", SPARSE, () => page(SPARSE).scan()),
  refusedPicture("page.bmp"),
];

/** One scanned page for each of `pages`, as they are or with a line of digital text at the foot of the last. */
async function scanPdf(pages: readonly (readonly Unit[])[]): Promise<{ save(stamp?: string): Promise<Uint8Array> }> {
  const book = await PdfBook.create();
  const inks: PdfInk[] = [];
  for (const units of pages) {
    const ink = book.page();
    await book.picture(ink, await (await page(units).scan()).png().toBuffer(), { x0: 0, y0: 0, x1: ink.width, y1: ink.height });
    inks.push(ink);
  }
  return {
    async save(stamp) {
      if (stamp) inks.at(-1)?.text(stamp, 30, 827, { family: "sans", size: 7 });
      return book.save();
    },
  };
}

/** A type of pictures that is told, and said not to be read. */
function refusedPicture(fileName: string): Sample {
  const truth: Truth = { units: [], refused: ["UNSUPPORTED_FILE_TYPE"] };
  return sample(fileName, { family: "scan" }, async () => ({ bytes: bitmap(40, 30), truth }));
}

/** A white BMP, which sharp does not write. */
function bitmap(width: number, height: number): Uint8Array {
  const bytes = Buffer.alloc(54 + width * height * 3, 0xff);
  bytes.fill(0, 0, 54);
  bytes.write("BM", "latin1");
  bytes.writeUInt32LE(bytes.length, 2);
  for (const [value, at] of [
    [54, 10],
    [40, 14],
    [width, 18],
    [height, 22],
  ] as const)
    bytes.writeUInt32LE(value, at);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  return bytes;
}

const CONTENTS: readonly Unit[] = [
  "1 The history of the old town 3",
  "1.1 The first houses near the river 4",
  "1.2 How the bridge was built and who paid for it 9",
  "2 The library 15",
  "2.1 The books that the readers like most 17",
  "3 The garden 21",
].map(paragraph);

const CLAUSES: readonly Unit[] = [
  {
    kind: "list",
    anyDepth: true,
    items: [
      { mark: "7.", text: "The tenant pays the rent on the first day of every month." },
      { mark: "8.", text: "The owner repairs the roof and the windows of the house." },
    ],
  },
  paragraph("This rule does not apply to the garden."),
  {
    kind: "list",
    anyDepth: true,
    items: [
      { mark: "9.", text: "The tenant keeps the keys in a safe place." },
      { mark: "a)", text: "one key for the front door;" },
      { mark: "b)", text: "two keys for the garden gate." },
    ],
  },
  paragraph("See also what the parties agreed in section"),
  { kind: "list", anyDepth: true, items: [{ mark: "12.", text: "The agreement ends after two years." }] },
];

const RUNNING: readonly Unit[] = [
  paragraph(
    "The first gardens were built by the monks{^1} near the river. Later the town bought the land and opened it to everybody.{^2} The readers came from all parts of the country.",
  ),
  apart("header", "The Journal of Small Gardens 1"),
  apart("header", "The Journal of Small Gardens 2"),
  apart("note", "1 See the letters of the monks in the library."),
  apart("note", "2 The town paid a fair price for the land."),
  apart("footer", "Confidential"),
  apart("footer", "Confidential"),
];

const SCREENSHOT = [GARDEN, "The red button opens the gate.", "The green button closes the gate.", LIBRARY].map(paragraph);

const PDFS: readonly Sample[] = [
  stored("two-columns-10pt-gutter.pdf", [GARDEN, LIBRARY].map(paragraph)),
  stored("three-columns.pdf", [`First column. ${GARDEN}`, `Second column. ${LIBRARY}`, `Third column. ${GARDEN}`].map(paragraph)),
  stored("page-rotate-90-key.pdf", [paragraph(GARDEN)]),
  stored("sideways-page.pdf", BOTH),
  stored("sideways-stamp.pdf", [...BOTH, apart("margin", "Printed for the readers of the town, 12 May 2020")]),
  stored("turned-and-rotated-upright.pdf", BOTH),
  stored("indented-paragraphs.pdf", [GARDEN, LIBRARY, GARDEN].map(paragraph)),
  stored("sentence-across-pages.pdf", [
    paragraph(
      "The old man who lived in the small house near the river had never seen the sea, and he was convinced that it was only a very large lake. His children told him about the ships every summer.",
    ),
  ]),
  stored("drop-cap.pdf", [paragraph(GARDEN)]),
  stored("justified-wide-spaces.pdf", [
    paragraph(
      "The gardeners understand extraordinary responsibilities concerning international environmental regulations and administrative documentation requirements.",
    ),
  ]),
  stored("fake-bold.pdf", [heading("The rules of the garden"), paragraph(GARDEN)]),
  stored("footnotes-and-running-heads.pdf", RUNNING),
  stored("number-with-note-mark.pdf", [paragraph("The town has 83,190{^2} readers and one library.")]),
  stored("numbered-clauses.pdf", CLAUSES),
  stored(
    "line-begins-with-e.pdf",
    [
      paragraph(
        "El museo de la ciudad guarda una gran colección de arte, de geografía e historia que los vecinos pueden ver todos los días de la semana. La entrada es libre para los niños y los maestros de las escuelas públicas.",
      ),
    ],
    {},
    { language: "es" },
  ),
  stored("table-ruled-empty-cells.pdf", PEOPLE),
  stored("table-unruled-empty-cells.pdf", PEOPLE),
  stored("table-of-sentences.pdf", [
    table(
      ["Question", "Answer"],
      ["When does the library open?", "The library opens at nine every morning."],
      ["Who can borrow the books?", "Everybody who lives in the town can borrow."],
      ["How long can I keep a book?", "A reader keeps a book for three weeks."],
    ),
  ]),
  stored("table-of-contents.pdf", CONTENTS),
  stored("bold-headings.pdf", [heading("The garden"), paragraph(GARDEN), heading("The library"), paragraph(LIBRARY)]),
  stored("letters-one-by-one.pdf", [paragraph(GARDEN)]),
  stored(
    "form-filled.pdf",
    [
      "Please write your name and your wish for the garden here.",
      "Name: The Smith family",
      "Wish: We want more red flowers near the gate.",
    ].map(paragraph),
    { open: ["tables"] },
  ),
  stored("text-and-screenshot.pdf", SCREENSHOT, {}, { family: "mixed" }),
  stored("junk-behind-end.pdf", [paragraph(GARDEN)]),
  stored("no-startxref.pdf", [paragraph(GARDEN)]),
  stored("xref-offset-wrong.pdf", [paragraph(GARDEN)]),
  stored("user-password-empty.pdf", [paragraph(GARDEN)]),
  stored("user-password.pdf", [], { refused: ["PDF_ENCRYPTED"] }),
  sample("landscape-brochure.pdf", {}, async () => {
    const book = await PdfBook.create();
    const ink = book.page({ width: 842, height: 595 });
    ink.area({ x0: 0, y0: 0, x1: 842, y1: 595 }, { fill: "#e6f2ff" });
    ink.text("The opening hours", 60, 80, { family: "sans", size: 11, bold: true, color: "#b30000" });
    setText(ink, GARDEN, { x0: 60, y0: 92, x1: 391, y1: 400 }, { family: "sans", size: 11 });
    ink.picture({ x0: 451, y0: 100, x1: 751, y1: 300 });
    ink.text("The pond in the spring.", 451, 315, { family: "sans", size: 9, italic: true });
    const link = { Type: "Annot", Subtype: "Link", Border: [0, 0, 0], Rect: [60, 505, 200, 525] };
    const { context } = book.document;
    ink.page.node.addAnnot(context.register(context.obj({ ...link, A: { S: "URI", URI: PDFString.of("https://example.org/garden") } })));
    const units: Unit[] = [heading("The opening hours"), paragraph(GARDEN), { kind: "caption", text: "The pond in the spring." }];
    return { bytes: await book.save(), truth: { units, links: [{ text: "The opening hours", to: "https://example.org/garden" }] } };
  }),
];

const EVERYTHING = `---
title: The garden
tags: [a, b]
---

# The garden

The garden is **open** to *all* readers, see [the rules](https://example.org/rules "Rules") and run \`open the gate --now\` first.[^1]

![A photo of the pond](pond.jpg)

1. First rule
2. Second rule
   - a rule inside
   - another rule inside

     with a second paragraph

     \`\`\`sh
     open the gate
     \`\`\`

5) Fifth rule

- [ ] water the flowers
- [x] close the gate

> The monk said: the garden is open.
>
> - a list in the quotation

<div class="note">This note is written in HTML and must not be lost.</div>

The house<br>and the <b>pond</b> are old.

---

| Left | Right |
| :--- | ---: |
| **bold** cell | \`close the gate\` |

| Wide | Table |
| --- | --- |
| [link](https://example.org/a) | a\\|b |

#### A heading of level four

Term~~deleted words~~ and H~2~O and $x^2 + y$.

Line one with two spaces  
line two after a hard break.

[^1]: The rules were written in the old town.

[ref]: https://example.org/ref

See the [reference][ref] and <https://example.org/auto>.
`;

const EVERYTHING_UNITS: readonly Unit[] = [
  apart("margin", "The garden"),
  heading("The garden", 1),
  paragraph("The garden is open to all readers, see the rules and run open the gate --now first.{^1}"),
  apart("margin", "Rules"),
  paragraph("A photo of the pond"),
  list(
    { mark: "1.", text: "First rule" },
    {
      mark: "2.",
      text: "Second rule",
      items: [
        { mark: "-", text: "a rule inside" },
        { mark: "-", text: "another rule inside" },
      ],
    },
  ),
  paragraph("with a second paragraph"),
  { kind: "code", text: "open the gate" },
  list({ mark: "5)", text: "Fifth rule" }),
  list({ mark: "-", text: "water the flowers" }, { mark: "-", text: "close the gate" }),
  paragraph("The monk said: the garden is open."),
  list({ mark: "-", text: "a list in the quotation" }),
  paragraph("This note is written in HTML and must not be lost."),
  paragraph("The house and the pond are old."),
  table(["Left", "Right"], ["bold cell", "close the gate"]),
  table(["Wide", "Table"], ["link", "a|b"]),
  heading("A heading of level four", 4),
  paragraph("Termdeleted words and H2O and $x^2 + y$."),
  paragraph("Line one with two spaces line two after a hard break."),
  apart("note", "1 The rules were written in the old town."),
  paragraph("See the reference and https://example.org/auto."),
];

const EVERYTHING_LINKS = [
  { text: "the rules", to: "https://example.org/rules" },
  { text: "link", to: "https://example.org/a" },
  { text: "reference", to: "https://example.org/ref" },
];

const PLAIN_LINES =
  "Shopping list:\n- three red apples\n- two bottles of milk\n- one loaf of bread\n\nThe Smith family\n12 Garden Street\nOxford\n\n    if the door is open:\n        close the door\n\nRoses are red,\nViolets are blue.\n\nName      Age   Town\nAnna      12    London\nPeter     9     York\n";
const OPEN = "The garden is open to all readers every morning. The library lends books.";
const JARDIN = "El jardín está abierto todas las mañanas para los niños y los señores.";
const FRENCH =
  "Le jardin derrière la vieille maison est ouvert à tous les lecteurs chaque matin. Un chemin étroit mène de la porte au petit étang où les enfants nourrissent les canards.";
const ARABIC = "الحديقة خلف البيت القديم مفتوحة لجميع القراء كل صباح. يطعم الأطفال البط بالقرب من البركة الصغيرة.";
const DECADES = "The house was built in the 1960s and sold in the 1980s. It was planned in the 19th century.";
const LONG = Array.from({ length: 400 }, () => "the red house and the old garden near the river").join(" ");
const CODE_LINES = "    if the door is open:\n        close the door";
const lines = (text: string): Unit[] =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map(paragraph);

const WRITTEN: readonly Sample[] = [
  written("everything.md", EVERYTHING, EVERYTHING_UNITS, { links: EVERYTHING_LINKS }),
  written("nested-list.md", "- the garden\n  - the pond\n    - the ducks\n  - the wall\n- the house\n", [
    list(
      {
        mark: "-",
        text: "the garden",
        items: [
          { mark: "-", text: "the pond", items: [{ mark: "-", text: "the ducks" }] },
          { mark: "-", text: "the wall" },
        ],
      },
      { mark: "-", text: "the house" },
    ),
  ]),
  written("hard-break.md", "The Smith family  \n12 Garden Street\\\nOxford<br>England\n", [
    paragraph("The Smith family 12 Garden Street Oxford England"),
  ]),
  written("inline-code.md", "Run `apt install flowers` and then `git commit -m 'open the gate'`.\n", [
    paragraph("Run apt install flowers and then git commit -m 'open the gate'."),
  ]),
  written(
    "plain-list-and-address.txt",
    PLAIN_LINES,
    lines(PLAIN_LINES.replace(`${CODE_LINES}\n`, "")).toSpliced(7, 0, { kind: "code", text: CODE_LINES }),
  ),
  written("decades.txt", `${DECADES}\n`, [paragraph(DECADES)]),
  written("utf16.txt", Buffer.from(`\ufeff${OPEN}\n`, "utf16le"), [paragraph(OPEN)]),
  written("latin1.txt", Buffer.from(`${JARDIN}\n`, "latin1"), [paragraph(JARDIN)], {}, "es"),
  written(
    "cp1252.txt",
    Buffer.from("The \x93garden\x94 is open \x97 every morning. It\x92s free for all the readers of the town.\n", "latin1"),
    [paragraph("The “garden” is open — every morning. It’s free for all the readers of the town.")],
  ),
  written(
    "utf8-bom-crlf.txt",
    "\ufeffThe garden is open.\r\nThe library is closed.\r\n\r\nThe readers come every morning to the garden.\r\n",
    lines("The garden is open. The library is closed.\nThe readers come every morning to the garden."),
  ),
  written("long-line.txt", `${LONG}\n`, [paragraph(LONG)]),
  written("french.txt", `${FRENCH}\n`, [paragraph(FRENCH)], {}, "fr"),
  written("arabic.txt", `${ARABIC}\n`, [paragraph(ARABIC)], {}, "ar"),
  written(
    "page.html",
    "<!DOCTYPE html><html><head><style>p { color: red; font-size: 12pt }</style></head><body><h1>The garden</h1><p>The garden is <b>open</b> every morning.</p></body></html>\n",
    [heading("The garden", 1), paragraph("The garden is open every morning.")],
  ),
  written(
    "subtitles.srt",
    "1\n00:00:01,000 --> 00:00:03,500\n<i>The garden is open.</i>\n\n2\n00:00:04,000 --> 00:00:06,000\nThe children feed the ducks\nnear the small pond.\n",
    lines("The garden is open.\nThe children feed the ducks near the small pond."),
  ),
];

export const GIVEN: readonly Sample[] = [...PDFS, ...SCANNED, ...WRITTEN];
