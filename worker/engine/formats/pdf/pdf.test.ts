import { spawnSync } from "node:child_process";
import { expect } from "chai";
import { flateStream, onePage, pdfStream, rawPdf } from "../../../../test/fuzz/raw_pdf.ts";
import { scratch } from "../../../../test/support/documents.ts";
import type { DocumentContext } from "../../context.ts";
import { EngineError } from "../../errors.ts";
import type { PageContent } from "../../layout/content.ts";
import { pdf } from "./pdf.ts";

const never = new AbortController().signal;

interface Read {
  readonly content: PageContent;
  readonly toRead: "page" | "areas" | "nothing";
  readonly areas: number;
}

async function read(bytes: Uint8Array): Promise<Read> {
  await using folder = await scratch();
  const context: DocumentContext = {
    folder: folder.path,
    signal: never,
    time: (_name, _page, work) => work(),
    sourceLanguage: "",
    targetLanguage: "es",
  };
  await using document = await pdf.open(await folder.file("a.pdf", Buffer.from(bytes)), context);
  const page = await document.page(1);
  if (page.kind !== "content") throw new Error("no content");
  const { areas } = page.toRead ?? {};
  return { content: page.content, toRead: !page.toRead ? "nothing" : areas ? "areas" : "page", areas: areas?.length ?? 0 };
}

/** What a page that draws `content` shows, and how. */
function drawn(content: string, page: Partial<Parameters<typeof onePage>[0]> = {}): Promise<Read> {
  return read(rawPdf(onePage({ content, ...page })));
}

/** Its words, with a blank before each that has one. */
function textOf({ content }: Read): string {
  return content.words
    .map(({ text, joined }) => (joined ? "" : " ") + text)
    .join("")
    .trim();
}

function remarksOf({ content }: Read): string[] {
  return content.remarks.map(({ code }) => code);
}

async function failure(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof EngineError ? error.code : String(error);
}

const TEXT = "BT /F1 12 Tf 60 700 Td (The garden is open to all readers.) Tj ET";
const OPEN = "The garden is open to all readers.";

describe("the words of a PDF", () => {
  it("stand where their glyphs do", async () => {
    const { content } = await drawn("BT /F1 10 Tf 100 700 Td (Hill) Tj ET");
    const [word] = content.words;
    // Helvetica: H 722, i 222, l 222, l 222 thousandths; rises 718, falls 207.
    expect(word?.box.x0).to.be.closeTo(100, 0.01);
    expect(word?.box.x1).to.be.closeTo(113.88, 0.01);
    expect(word?.box.y0).to.be.closeTo(842 - 707.18, 0.01);
    expect(word?.box.y1).to.be.closeTo(842 - 697.93, 0.01);
    expect(word?.baseline).to.be.closeTo(142, 0.01);
    expect(word?.size).to.be.closeTo(10, 0.01);
  });
  const spaced: readonly [name: string, content: string, text: string][] = [
    ["are whole where letters are placed one by one", lettersOneByOne("red hens run", 0), "red hens run"],
    ["are whole where letters are placed with wide gaps", lettersOneByOne("RED HENS RUN", 4), "RED HENS RUN"],
    ["are whole in a title with letter spacing", "BT /F1 12 Tf 5 Tc 60 700 Td (THE OLD TOWN) Tj ET", "THE OLD TOWN"],
    ["are whole where numbers set the letters apart", "BT /F1 12 Tf 60 700 Td [(T)-300(H)-300(E)-900(O)-300(L)-300(D)] TJ ET", "THE OLD"],
    ["are parted by gaps without a blank", "BT /F1 12 Tf 60 700 Td [(one)-280(two)-280(three)] TJ ET", "one two three"],
    ["are whole in spite of kerning", "BT /F1 12 Tf 60 700 Td [(A)70(V)80(A)-20(TAR)] TJ ET", "AVATAR"],
    ["are apart in lines set wide", "BT /F1 12 Tf 40 Tw 60 700 Td (wide words here) Tj ET", "wide words here"],
    ["of one letter stay apart", "BT /F1 12 Tf 60 700 Td (I a b c d e f) Tj ET", "I a b c d e f"],
    [
      "stay apart from leaders and page numbers",
      "BT /F1 12 Tf 60 700 Td [(Ponds)-300(.)-300(.)-300(.)-300(.)-300(12)] TJ ET",
      "Ponds . . . . 12",
    ],
    ["are there once where they are drawn twice for boldness", `${TEXT} ${TEXT.replace("60 700", "60.4 700.1")}`, OPEN],
    ["are there twice where they are drawn in two places", `${TEXT} ${TEXT.replace("700", "600")}`, `${OPEN} ${OPEN}`],
    ["keep double letters", "BT /F1 12 Tf 60 700 Td (fill all ll ii ee ....) Tj ET", "fill all ll ii ee ...."],
    ["are put together where one font is drawn after the other", oneFontAfterTheOther(), "old and new"],
    ["may be drawn right to left", "BT /F1 12 Tf -1 0 0 1 300 700 Tm -100 Tz (gate) Tj ET", "gate"],
  ];
  for (const [name, content, text] of spaced)
    it(name, async () => {
      expect(textOf(await drawn(content, { resources: "/Font << /F1 5 0 R /F2 6 0 R >>", more: [BOLD] }))).to.equal(text);
    });
  it("have their style by the font's name, and are joined where it changes within a word", async () => {
    const { content } = await drawn("BT /F1 12 Tf 60 700 Td (un) Tj /F2 12 Tf 1 0 0 rg (happy) Tj ET", {
      resources: "/Font << /F1 5 0 R /F2 6 0 R >>",
      more: [BOLD],
    });
    expect(
      content.words.map(({ text, joined, style }) => ({ text, joined, bold: style.bold, color: style.color, font: style.font })),
    ).to.deep.equal([
      { text: "un", joined: undefined, bold: undefined, color: undefined, font: "sans" },
      { text: "happy", joined: true, bold: true, color: "#ff0000", font: "serif" },
    ]);
  });
  it("tell a raised mark from the number before it", async () => {
    const { content } = await drawn(
      "BT /F1 12 Tf 60 700 Td (83,190) Tj /F1 7 Tf 4 Ts (2) Tj /F1 12 Tf 0 Ts ( readers of H) Tj /F1 7 Tf -2 Ts (2) Tj ET",
    );
    expect(content.words.map(({ text, style }) => [text, style.script])).to.deep.equal([
      ["83,190", undefined],
      ["2", "super"],
      ["readers", undefined],
      ["of", undefined],
      ["H", undefined],
      ["2", "sub"],
    ]);
  });
  it("have before them the marks of items that are drawn", async () => {
    const round = (x: number, y: number, r: number) =>
      `${x - r} ${y} m ${x - r} ${y + r} ${x} ${y + r} ${x} ${y + r} c ${x + r} ${y + r} ${x + r} ${y} ${x + r} ${y} c ${x} ${y - r} ${x - r} ${y} ${x - r} ${y} c`;
    const line = (text: string, y: number) => `BT /F1 12 Tf 72 ${y} Td (${text}) Tj ET`;
    const read = await drawn(
      [
        `${round(62, 704, 2)} f ${line("one", 700)} ${round(62, 684, 2)} s ${line("two", 680)} 60 662 4 4 re f ${line("three", 660)}`,
        // None of an item: in a line, far from it, too large.
        `${line("four", 640)} BT /F1 12 Tf 115 640 Td (five) Tj ET ${round(104, 644, 2)} f`,
        `${line("six", 620)} ${round(20, 624, 2)} f ${line("seven", 600)} ${round(62, 604, 5)} f`,
      ].join(" "),
    );
    expect(textOf(read)).to.equal("• one ◦ two ▪ three four five six seven");
  });
  it("have accents that are drawn over their letters", async () => {
    const encoding = "/Encoding << /Type /Encoding /Differences [1 /acute /dotlessi] >>";
    const font = `<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica ${encoding} >>`;
    expect(textOf(await drawn("BT /F1 10 Tf 60 700 Td [(caf\\001) 445 (e vend\\001) 305 (\\002a)] TJ ET", { font }))).to.equal(
      "café vendía",
    );
  });
  it("have the letters of ligatures, whatever the font calls them", async () => {
    const encoding = "/Encoding << /Type /Encoding /Differences [1 /fi /f_f_i /T_h /uni00E9 /one.oldstyle] >>";
    const font = `<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica ${encoding} >>`;
    expect(textOf(await drawn("BT /F1 10 Tf 60 700 Td (\\001nd di\\002cult \\003e caf\\004 \\005) Tj ET", { font }))).to.equal(
      "find difficult The café 1",
    );
  });
});

describe("the turn of a PDF's words", () => {
  const turned = (a: number, b: number, c: number, d: number) => `BT /F1 12 Tf ${a} ${b} ${c} ${d} 300 400 Tm (The open gate) Tj ET`;
  const turns: readonly [rotate: number, drawing: string, turn: number][] = [
    [0, turned(1, 0, 0, 1), 0],
    [0, turned(0, -1, 1, 0), 90],
    [0, turned(-1, 0, 0, -1), 180],
    [0, turned(0, 1, -1, 0), 270],
    [90, turned(1, 0, 0, 1), 90],
    [90, turned(0, 1, -1, 0), 0],
    [270, turned(1, 0, 0, 1), 270],
    [-90, turned(0, -1, 1, 0), 0],
    [0, turned(0.9998, 0.0175, -0.0175, 0.9998), 0],
  ];
  for (const [rotate, drawing, turn] of turns)
    it(`is ${turn}° for ${drawing.slice(13, 40)} on a page turned by ${rotate}°`, async () => {
      const result = await drawn(drawing, { page: `/Rotate ${rotate}` });
      expect(textOf(result)).to.equal("The open gate");
      expect(result.content.words.map((word) => word.turn)).to.deep.equal([turn, turn, turn]);
      const { width, height } = result.content.geometry;
      for (const { box } of result.content.words) expect(box.x0 >= 0 && box.y0 >= 0 && box.x1 <= width && box.y1 <= height).to.equal(true);
    });
  it("is none that a page has: such words are remarked", async () => {
    const result = await drawn(`${TEXT} ${turned(0.8, 0.6, -0.6, 0.8)}`);
    expect(textOf(result)).to.equal(OPEN);
    expect(result.content.remarks).to.deep.equal([
      { page: 1, code: "CONTENT_DROPPED", message: "3 words set at an angle of 323° are left out." },
    ]);
  });
});

describe("what nobody sees of a PDF", () => {
  const hidden: readonly [name: string, content: string, remarks: readonly string[]][] = [
    ["text outside the page", `${TEXT} BT /F1 8 Tf 60 -40 Td (printer slug) Tj ET`, []],
    ["text that is clipped away", `${TEXT} q 0 0 100 100 re W n BT /F1 8 Tf 300 300 Td (clipped words) Tj ET Q`, []],
    ["text under a black bar", `${TEXT} BT /F1 8 Tf 60 500 Td (secret name) Tj ET 0 g 50 490 200 30 re f`, []],
    ["text that is not drawn", `${TEXT} BT /F1 8 Tf 3 Tr 60 500 Td (cheap hotels) Tj ET`, ["CONTENT_DROPPED"]],
    ["white text on white", `${TEXT} 1 g BT /F1 8 Tf 60 500 Td (cheap hotels) Tj ET`, ["CONTENT_DROPPED"]],
    ["the mode 7 stencil of nothing", `${TEXT} q BT /F1 8 Tf 7 Tr 60 500 Td (cheap hotels) Tj ET Q`, ["CONTENT_DROPPED"]],
  ];
  for (const [name, content, remarks] of hidden)
    it(`is left out: ${name}`, async () => {
      const result = await drawn(content);
      expect(textOf(result)).to.equal(OPEN);
      expect(remarksOf(result)).to.deep.equal(remarks);
    });
  it("is not what stands on a ground", async () => {
    expect(textOf(await drawn(`0 g 50 690 300 30 re f 1 g ${TEXT}`))).to.equal(OPEN);
  });
  it("is not what a half transparent colour marks", async () => {
    expect(textOf(await drawn(`${TEXT} /G1 gs 1 1 0 rg 50 690 300 30 re f`, { resources: "/ExtGState << /G1 << /ca 0.4 >> >>" }))).to.equal(
      OPEN,
    );
  });
  it("is not what colour shows through", async () => {
    expect(textOf(await drawn(`q BT /F1 12 Tf 7 Tr 60 700 Td (The open gate) Tj ET 1 0 0 rg 50 690 300 30 re f Q`))).to.equal(
      "The open gate",
    );
  });
  it("is content of a layer that is switched off", async () => {
    const catalog = "/OCProperties << /OCGs [6 0 R] /D << /OFF [6 0 R] >> >>";
    const resources = "/Properties << /L 6 0 R >>";
    const content = `${TEXT} /OC /L BDC BT /F1 8 Tf 60 500 Td (other layer) Tj ET EMC`;
    expect(textOf(await drawn(content, { catalog, resources, more: ["<< /Type /OCG /Name (Draft) >>"] }))).to.equal(OPEN);
  });
});

describe("what OCR reads of a PDF", () => {
  const noise = Buffer.from(Array.from({ length: 480 * 480 }, (_, index) => (index * 2654435761) >>> 24));
  const picture = flateStream(noise, "/Subtype /Image /Width 480 /Height 480 /ColorSpace /DeviceGray /BitsPerComponent 8");
  const resources = "/XObject << /I 6 0 R >>";
  const cases: readonly [name: string, content: string, toRead: string, text: string][] = [
    ["nothing of a page of text", TEXT, "nothing", OPEN],
    ["the page where it is but a picture", "q 595 0 0 842 0 0 cm /I Do Q", "page", ""],
    ["the picture under a stamp", `q 595 0 0 842 0 0 cm /I Do Q ${TEXT}`, "areas", OPEN],
    ["a picture on a page of text", `q 300 0 0 200 60 400 cm /I Do Q ${TEXT}`, "areas", OPEN],
    ["no small pictures", `q 20 0 0 20 60 400 cm /I Do Q ${TEXT}`, "nothing", OPEN],
    ["no picture that text stands on", `q 190 0 0 30 60 690 cm /I Do Q ${TEXT}`, "nothing", OPEN],
    ["nothing of an empty page", "", "nothing", ""],
    [
      "no scan that has its text behind it",
      `BT /F1 12 Tf 60 700 Td (The garden is open to all readers.) Tj ET q 595 0 0 842 0 0 cm /I Do Q`,
      "nothing",
      OPEN,
    ],
    [
      "no scan that has its text invisible on it",
      `q 595 0 0 842 0 0 cm /I Do Q BT 3 Tr /F1 12 Tf 60 700 Td (The garden is open to all readers.) Tj ET`,
      "nothing",
      OPEN,
    ],
    [
      "a scan whose invisible text is rubbish",
      `q 595 0 0 842 0 0 cm /I Do Q BT 3 Tr /F1 12 Tf 60 700 Td (; | ~ : . , ^ i . | . ~ ~ -) Tj ET`,
      "page",
      "",
    ],
  ];
  for (const [name, content, toRead, text] of cases)
    it(`is ${name}`, async () => {
      const result = await drawn(content, { resources, more: [picture] });
      expect(result.toRead).to.equal(toRead);
      expect(textOf(result)).to.equal(text);
    });
  it("is one picture where a scan is cut into strips", async () => {
    const strips = Array.from({ length: 20 }, (_, index) => `q 595 0 0 42.1 0 ${(index * 42.1).toFixed(2)} cm /I Do Q`).join(" ");
    const result = await drawn(`${strips} ${TEXT}`, { resources, more: [picture] });
    expect(result.areas).to.equal(1);
    expect(result.content.images.length).to.equal(1);
  });
  it("is a page whose fonts do not say what they mean, and that is remarked", async () => {
    const encoding = `/Encoding << /Type /Encoding /Differences [1 ${Array.from({ length: 30 }, (_, index) => `/g${index}x`).join(" ")}] >>`;
    const font = `<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica ${encoding} >>`;
    const result = await drawn("BT /F1 12 Tf 60 700 Td (\\001\\002\\003\\004 \\005\\006\\007\\020\\021) Tj ET", { font });
    expect(result.toRead).to.equal("page");
    expect(textOf(result)).to.equal("");
    expect(remarksOf(result)).to.deep.equal(["TEXT_LAYER_UNREADABLE"]);
  });
  const numbered = (map: string) => {
    const descendant =
      "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Face /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /DW 500 >>";
    const font = `<< /Type /Font /Subtype /Type0 /BaseFont /Face /Encoding /Identity-H /DescendantFonts [6 0 R] ${map} >>`;
    return { font, more: [descendant] };
  };
  it("is a page whose font only numbers its glyphs", async () => {
    // Each letter's place in the order of Arial's glyphs, which is 29 before ASCII's.
    const codes = [...OPEN].map((letter) => (letter.charCodeAt(0) - 29).toString(16).padStart(4, "0")).join("");
    const result = await drawn(`BT /F1 12 Tf 60 700 Td <${codes}> Tj ET`, numbered(""));
    expect(result.toRead).to.equal("page");
    expect(remarksOf(result)).to.deep.equal(["TEXT_LAYER_UNREADABLE"]);
  });
  for (const text of [OPEN, "THE OLD GATE OF THE TOWN", "الحديقة مفتوحة", "Сад открыт для всех"])
    it(`is not a page whose font numbers its glyphs as Unicode does: ${text}`, async () => {
      const codes = [...text].map((letter) => letter.charCodeAt(0).toString(16).padStart(4, "0")).join("");
      const result = await drawn(`BT /F1 12 Tf 60 700 Td <${codes}> Tj ET`, numbered(""));
      expect(result.toRead).to.equal("nothing");
      expect(remarksOf(result)).to.deep.equal([]);
    });
  it("is not a page with a few signs that say nothing: they are left out, and remarked", async () => {
    const encoding = "/Encoding << /Type /Encoding /Differences [1 /g1x] >>";
    const result = await drawn(`${TEXT} BT /F1 12 Tf 60 600 Td (gate) Tj /F2 12 Tf (\\001) Tj /F1 12 Tf (house) Tj ET`, {
      resources: "/Font << /F1 5 0 R /F2 6 0 R >>",
      more: [`<< /Type /Font /Subtype /Type1 /BaseFont /Times-Bold ${encoding} >>`],
    });
    expect(textOf(result)).to.equal(`${OPEN} gatehouse`);
    expect(remarksOf(result)).to.deep.equal(["CONTENT_DROPPED"]);
  });
  it("is a page whose letters are outlines", async () => {
    const outlines = Array.from(
      { length: 40 },
      (_, i) => `${60 + i * 8} 700 m ${64 + i * 8} 712 ${66 + i * 8} 690 ${60 + i * 8} 705 c f`,
    ).join(" ");
    expect((await drawn(outlines)).toRead).to.equal("page");
  });
});

describe("what is drawn on a PDF's page", () => {
  it("are rules and areas where they stand", async () => {
    const { content } = await drawn(
      "0.5 w 50 700 m 300 700 l S 1 0 0 rg 50 500 100 40 re f 0 0 1 RG 50 400 100 40 re S 60 300 200 0.6 re f",
    );
    expect(content.rules.map(({ box }) => [box.x0, box.x1].map(Math.round))).to.deep.equal([
      [50, 300],
      [60, 260],
    ]);
    expect(content.areas.map(({ fill, framed, box }) => ({ fill, framed, y0: Math.round(box.y0) }))).to.deep.equal([
      { fill: "#ff0000", framed: false, y0: 302 },
      { fill: undefined, framed: true, y0: 402 },
    ]);
  });
  it("are rules where borders are painted as slivers with mitred ends", async () => {
    const { content } = await drawn(`${TEXT} 100 500 m 100 400 l 101 401 l 101 499 l f 100 500 m 300 500 l 299 499 l 101 499 l h f`);
    expect(content.rules.map(({ box }) => [box.x0, box.y0, box.x1, box.y1].map(Math.round))).to.deep.equal([
      [100, 342, 101, 442],
      [100, 342, 300, 343],
    ]);
  });
  it("underlines words, and is no rule then", async () => {
    const { content } = await drawn(`${TEXT} 0.5 w 60 698 m 82 698 l S 50 690 m 500 690 l S`);
    expect(content.words.filter(({ style }) => style.underline).map(({ text }) => text)).to.deep.equal(["The"]);
    expect(content.rules.length).to.equal(1);
  });
});

describe("the annotations of a PDF", () => {
  const annotated = (annotation: string, more: readonly (string | Buffer)[] = [], catalog = "") =>
    drawn(TEXT, { page: "/Annots [6 0 R]", catalog, more: [annotation, ...more] });
  it("lead words to their links", async () => {
    const result = await annotated(
      "<< /Type /Annot /Subtype /Link /Rect [58 695 85 712] /A << /S /URI /URI (https://example.org/garden) >> >>",
    );
    expect(result.content.words.filter(({ link }) => link).map(({ text, link }) => [text, link])).to.deep.equal([
      ["The", "https://example.org/garden"],
    ]);
  });
  it("are remarked where a link lies on no words", async () => {
    const result = await annotated(
      "<< /Type /Annot /Subtype /Link /Rect [58 195 85 212] /A << /S /URI /URI (https://example.org/garden) >> >>",
    );
    expect(remarksOf(result)).to.deep.equal(["CONTENT_DROPPED"]);
  });
  it("give a field's value as its file draws it", async () => {
    const appearance = pdfStream(
      "BT /F1 12 Tf 2 5 Td (The Smith family) Tj ET",
      "/Subtype /Form /BBox [0 0 200 20] /Resources << /Font << /F1 5 0 R >> >>",
    );
    const result = await annotated(
      "<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) /V (The Smith family) /Rect [60 600 260 620] /F 4 /AP << /N 7 0 R >> >>",
      [appearance],
      "/AcroForm << /Fields [6 0 R] >>",
    );
    expect(textOf(result)).to.equal(`${OPEN} The Smith family`);
    expect(result.content.words.at(-1)?.baseline).to.be.closeTo(842 - 605, 0.1);
  });
  it("give a field's value that its file does not draw", async () => {
    const result = await annotated(
      "<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) /V (The Smith family) /Rect [60 600 260 620] /F 4 >>",
      [],
      "/AcroForm << /Fields [6 0 R] >>",
    );
    expect(textOf(result)).to.equal(`${OPEN} The Smith family`);
    const box = result.content.words.at(-1)?.box;
    expect(box && box.x0 > 60 && box.x1 < 260 && box.y0 > 220 && box.y1 < 244).to.equal(true);
  });
  it("tell a checked box from an empty one", async () => {
    const field = (state: string) =>
      `<< /Type /Annot /Subtype /Widget /FT /Btn /T (yes) /V /${state} /AS /${state} /Rect [60 600 72 612] /F 4 /AP << /N << /Yes 7 0 R /Off 8 0 R >> >> >>`;
    const cross = pdfStream("1 1 m 11 11 l S 1 11 m 11 1 l S", "/Subtype /Form /BBox [0 0 12 12]");
    const nothing = pdfStream("", "/Subtype /Form /BBox [0 0 12 12]");
    const read = async (state: string) => textOf(await annotated(field(state), [cross, nothing], "/AcroForm << /Fields [6 0 R] >>"));
    expect(await read("Yes")).to.equal(`${OPEN} ✔`);
    expect(await read("Off")).to.equal(OPEN);
  });
  it("are words where they are text on the page", async () => {
    const appearance = pdfStream(
      "BT /F1 12 Tf 2 5 Td (Seen and approved) Tj ET",
      "/Subtype /Form /BBox [0 0 200 20] /Resources << /Font << /F1 5 0 R >> >>",
    );
    const result = await annotated(
      "<< /Type /Annot /Subtype /FreeText /Contents (Seen and approved) /Rect [60 600 260 620] /F 4 /AP << /N 7 0 R >> >>",
      [appearance],
    );
    expect(textOf(result)).to.equal(`${OPEN} Seen and approved`);
  });
  it("are remarked where they are notes", async () => {
    const result = await annotated("<< /Type /Annot /Subtype /Text /Contents (Ask the gardener.) /Rect [60 600 80 620] /F 4 >>");
    expect(textOf(result)).to.equal(OPEN);
    expect(remarksOf(result)).to.deep.equal(["CONTENT_DROPPED"]);
  });
});

describe("a PDF that is not as it should be", () => {
  const whole = rawPdf(onePage({}));
  const endless = whole.subarray(0, whole.lastIndexOf("startxref"));
  it("is read with junk behind its end", async () => {
    expect(textOf(await read(Buffer.concat([whole, Buffer.from(`\n<!-- ${"x".repeat(5000)} -->`)])))).to.contain("The library is open");
  });
  it("is read without an end if nothing is missing", async () => {
    expect(textOf(await read(endless))).to.contain("The library is open");
  });
  it("gives what can be read of a damaged page, and says so", async () => {
    const result = await drawn(`${TEXT} /Missing Do`);
    expect(textOf(result)).to.equal(OPEN);
    expect(result.content.remarks).to.deep.equal([
      { page: 1, code: "CONTENT_DROPPED", message: "A part of the page is damaged; what of it could be read is here." },
    ]);
  });
  it("finds a damage behind a thousand operators, and behind the text", async () => {
    const rules = Array.from({ length: 1200 }, (_, index) => `0 0 m ${index} 9 l S`).join(" ");
    expect(remarksOf(await drawn(`${TEXT} ${rules} /Missing Do`))).to.deep.equal(["CONTENT_DROPPED"]);
    expect(remarksOf(await drawn(`${TEXT} /Missing sh ${rules}`))).to.deep.equal(["CONTENT_DROPPED"]);
    expect(remarksOf(await drawn(`${TEXT} ${rules}`))).to.deep.equal([]);
  });
  it("says that text in a missing font is left out", async () => {
    const result = await drawn(`${TEXT} BT /F9 12 Tf 60 600 Td (The open gate) Tj ET`);
    expect(textOf(result)).to.equal(OPEN);
    expect(remarksOf(result)).to.deep.equal(["CONTENT_DROPPED"]);
  });
  it("says that a picture is damaged", async () => {
    const picture = pdfStream(
      "no JPEG",
      "/Subtype /Image /Width 80 /Height 80 /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode",
    );
    const result = await drawn(`${TEXT} q 80 0 0 80 60 400 cm /I Do Q`, { resources: "/XObject << /I 6 0 R >>", more: [picture] });
    expect(textOf(result)).to.equal(OPEN);
    expect(remarksOf(result)).to.include("PICTURE_NOT_READ");
  });
  const rejections: readonly [name: string, error: string, exitCode: number][] = [
    ["lives on when pdf.js forgets a promise over a file", "XRefEntryException", 0],
    ["ends its process when anything else does", "TypeError", 1],
  ];
  for (const [name, error, exitCode] of rejections)
    it(name, async () => {
      await using folder = await scratch();
      const file = await folder.file("a.pdf", whole);
      const script = `
        import { readFileSync } from "node:fs";
        const { load } = await import(${JSON.stringify(new URL("load.ts", import.meta.url).href)});
        await load(new Uint8Array(readFileSync(${JSON.stringify(file)})));
        void Promise.reject(Object.assign(new Error("made for the test"), { name: ${JSON.stringify(error)} }));
        setTimeout(() => process.exit(0), 50);`;
      const { status } = spawnSync(process.execPath, ["--disable-warning=ExperimentalWarning", "--input-type=module", "-e", script]);
      expect(status).to.equal(exitCode);
    });
  it("fails a damaged page of which nothing can be read", async () => {
    expect(await failure(drawn("/Missing Do"))).to.equal("PDF_CORRUPT");
  });
  const pages = rawPdf([
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 >>",
    ...[5, 6].map((content) => `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents ${content} 0 R >>`),
    pdfStream("0 0 9 9 re f"),
    pdfStream("0 0 9 9 re f"),
  ]);
  const cuts: readonly [name: string, bytes: Buffer][] = [
    ["within its last page", pages.subarray(0, pages.lastIndexOf("endstream") - 4)],
    ["before its last object", pages.subarray(0, pages.indexOf("6 0 obj"))],
    ["within a second state", Buffer.concat([whole, Buffer.from("\n3 0 obj\n<< /Type /Page /Parent 2 0 R >>\nendobj\n7 0 obj\n<< /Le")])],
  ];
  for (const [name, bytes] of cuts)
    it(`is refused if it was cut off ${name}`, async () => {
      expect(await failure(read(bytes))).to.equal("PDF_CORRUPT");
    });
});

const BOLD = "<< /Type /Font /Subtype /Type1 /BaseFont /Times-Bold >>";

/** Each letter in an operator of its own, `apart` points further than its width. */
function lettersOneByOne(text: string, apart: number): string {
  const widths: Readonly<Record<string, number>> = {
    r: 333,
    e: 556,
    d: 556,
    h: 556,
    n: 556,
    s: 500,
    u: 556,
    " ": 278,
    R: 722,
    E: 667,
    D: 722,
    H: 722,
    N: 722,
    S: 667,
    U: 722,
  };
  let x = 60;
  const shown = [...text].map((letter) => {
    const operator = letter === " " ? "" : `1 0 0 1 ${x.toFixed(2)} 700 Tm (${letter}) Tj`;
    x += ((widths[letter] ?? 500) * 12) / 1000 + apart;
    return operator;
  });
  return `BT /F1 12 Tf ${shown.join(" ")} ET`;
}

function oneFontAfterTheOther(): string {
  return "BT /F1 12 Tf 60 700 Td (old) Tj 40.02 0 Td (new) Tj ET BT /F2 12 Tf 79.35 700 Td (and) Tj ET";
}
