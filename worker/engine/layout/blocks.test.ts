import { expect } from "chai";
import fc from "fast-check";
import { aPage, level, type Setting, sentence, typeset, upright, widthOf } from "../../../test/support/typesetter.ts";
import type { Box } from "../document/geometry.ts";
import type { Block, Inline, Table } from "../document/model.ts";
import { plainText } from "../document/model.ts";
import type { PageContent, Word } from "./content.ts";
import { layOut } from "./layout.ts";

/** Blocks as short lines, so that a test shows what it expects. */
function outline(blocks: readonly Block[]): string[] {
  return blocks.map(shown);
}

function shown(block: Block): string {
  const layer = block.layer ? `${block.layer} ` : "";
  switch (block.kind) {
    case "list":
      return `${layer}list ${block.items.map(({ mark, blocks }) => `${mark} ${blocks.map((inner) => (inner.kind === "list" ? `(${shown(inner)})` : text(inner))).join(" / ")}`).join(" | ")}`;
    case "table":
      return `${layer}table ${rowsOf(block)
        .map((row) => row.join(" | "))
        .join(" ‖ ")}`;
    case "heading":
      return `${layer}heading ${block.level} ${text(block)}`;
    default:
      return `${layer}${block.kind} ${text(block)}`.trim();
  }
}

function text(block: Block): string {
  return "content" in block ? inline(block.content) : "text" in block ? block.text : "";
}

function inline(content: readonly Inline[]): string {
  return content
    .map((one) => (one.kind === "atom" ? `{${one.as} ${one.text}}` : one.kind === "span" ? `<${inline(one.content)}>` : one.text))
    .join("");
}

function rowsOf(table: Table): string[][] {
  return table.rows.map((row) => row.map((cell) => cell.blocks.map(text).join(" / ")));
}

/** Texts set one under the other. */
function column(...parts: readonly (readonly [string, Partial<Setting>?])[]): Word[] {
  let y = 80;
  return parts.flatMap(([words, setting = {}]) => {
    const set = typeset(words, { x: 70, y, width: 450, ...setting });
    y = Math.max(y, set.bottom + (setting.size ?? 10) * 0.6);
    return set.words;
  });
}

function read(words: readonly Word[], parts: Partial<PageContent> = {}): string[] {
  return outline(layOut(aPage({ words, ...parts })).blocks);
}

const bold = { style: { bold: true } };
const BODY = sentence("The", 60);
const OTHER = sentence("A", 50);

describe("the blocks of a page", () => {
  it("are headings by size and by weight, with levels", () => {
    const words = column(["Of gardens", { size: 18 }], [BODY], ["The pond", bold], [OTHER], ["2.1 The wall", bold], [BODY]);
    expect(read(words).filter((line) => line.startsWith("heading"))).to.deep.equal([
      "heading 1 Of gardens",
      "heading 3 The pond",
      "heading 4 2.1 The wall",
    ]);
  });
  it("leave a paragraph that is bold all through a paragraph", () => {
    expect(read(column([BODY], [OTHER, bold]))).to.deep.equal([`paragraph ${BODY}`, `paragraph <${OTHER}>`]);
  });
  it("are paragraphs parted by an indent alone", () => {
    const parts = ["One", "Two", "Three"].map((name) => sentence(name, 40));
    let y = 80;
    const words = parts.flatMap((part) => {
      const set = typeset(part, { x: 70, y, width: 300, indent: 14, align: "justify" });
      y = set.bottom;
      return set.words;
    });
    expect(read(words)).to.deep.equal(parts.map((part) => `paragraph ${part}`));
  });
  it("are one paragraph over an underline, and two over a line between them", () => {
    const set = typeset(BODY, { x: 70, y: 80, width: 300 });
    expect(read(set.words, { rules: [level(120, 200, 82)] })).to.have.length(1);
    const two = [
      ...typeset("First line here.", { x: 70, y: 80, width: 300 }).words,
      ...typeset("and a second one", { x: 70, y: 93, width: 300 }).words,
    ];
    expect(read(two)).to.have.length(1);
    expect(read(two, { rules: [level(60, 400, 84)] })).to.have.length(2);
  });
  it("are a line each where names and dates are centred, and one where a title is wrapped", () => {
    const centred = (text: string, y: number, size = 10) => typeset(text, { x: 70, y, width: 450, size, align: "center" }).words;
    const body = typeset(BODY, { x: 70, y: 200, width: 450 }).words;
    const names = [
      ...centred("Original code by Johannes Grosse", 90, 12),
      ...centred("Package by Will Robertson", 105, 12),
      ...centred("12 May 2021", 120, 12),
    ];
    expect(read([...names, ...body]).slice(0, 3)).to.deep.equal([
      ...["heading 2 Original code by Johannes Grosse", "heading 2 Package by Will Robertson", "heading 2 12 May 2021"],
    ]);
    const title = [...centred("What the survey of the northern meadows found", 90, 17), ...centred("In the autumn of that year", 112, 17)];
    expect(read([...title, ...body])[0]).to.equal("heading 1 What the survey of the northern meadows found In the autumn of that year");
  });
  it("keep a letter that is sunk in its word", () => {
    const set = typeset(`Bib X is read. ${BODY}`, { x: 70, y: 100, width: 450 }).words;
    const [bib, x] = set;
    if (!bib || !x) throw new Error("No words.");
    const left = bib.box.x1 - 0.5;
    const sunk: Word = {
      ...x,
      text: "E",
      box: { x0: left, x1: left + 5, y0: bib.box.y0 + 2.3, y1: bib.box.y1 + 2.3 },
      baseline: bib.baseline + 2.3,
    };
    const after: Word = { ...x, box: { ...x.box, x0: left + 4, x1: left + 11 } };
    expect(read([bib, sunk, after, ...set.slice(2)])).to.deep.equal([`paragraph BibEX is read. ${BODY}`]);
  });
  it("leave a word in its line that stands below a raised letter", () => {
    const at = (text: string, x0: number, x1: number, y: number, size = 10): Word => {
      return {
        ...(typeset(text, { x: x0, y, width: 100, size }).words[0] as Word),
        box: { x0, x1, y0: y - size * 0.75, y1: y + size * 0.22 },
      };
    };
    // How far a raised letter may be from its line depends on the largest type of the page.
    const above = [
      at("running", 70, 104, 100),
      at("L", 107, 113, 100),
      at("A", 110, 115, 97.5, 7),
      at("T", 114, 120, 100),
      at("twice", 123, 145, 100),
    ];
    const below = [at("and", 70, 86, 112), at("then", 89, 108, 112), at("get", 112, 130, 112), at("forms", 133, 160, 112)];
    expect(
      read([at("Title", 70, 130, 60, 24), ...above, ...below])
        .join(" ")
        .replace(/[<>]/g, ""),
    ).to.match(/running LA ?T twice and then get forms/);
  });
  it("are a line each where they are set at the right", () => {
    const right = (text: string, y: number) => typeset(text, { x: 520 - widthOf(text, 10), y, width: 300 }).words;
    const words = [...right("12 High Street in the city", 50), ...right("London", 62), ...right("4 May 2023", 74)];
    expect(read([...words, ...typeset(BODY, { x: 70, y: 120, width: 450 }).words]).slice(0, 3)).to.deep.equal([
      "paragraph 12 High Street in the city",
      "paragraph London",
      "paragraph 4 May 2023",
    ]);
  });
  it("are one program whatever its indents", () => {
    const mono = { style: { font: "mono" as const } };
    const code = [
      ["if (a > 3) {", 70],
      ["print the sum", 90],
      ["b = a + 1;", 90],
      ["}", 70],
    ] as const;
    const words = code.flatMap(([line, x], at) => typeset(line, { x, y: 200 + at * 12, width: 300, ...mono }).words);
    const read = layOut(aPage({ words: [...typeset(BODY, { x: 70, y: 50, width: 450 }).words, ...words] })).blocks.filter(
      ({ kind }) => kind === "code",
    );
    expect(
      read.map((block) =>
        text(block)
          .split("\n")
          .map((line) => line.trim()),
      ),
    ).to.deep.equal([code.map(([line]) => line)]);
    expect(read.map(text)[0]).to.match(/\n {2,6}b = a/);
  });
  it("have the range of numbers whole that a line's end parted", () => {
    const words = [
      "it is open on most of the days of the year from 10–",
      "20 and in the winter on all of the other days –",
      "14 of them",
    ].flatMap((line, at) => typeset(line, { x: 70, y: 50 + at * 12, width: 400 }).words);
    expect(read(words)).to.deep.equal([
      "paragraph it is open on most of the days of the year from 10–20 and in the winter on all of the other days – 14 of them",
    ]);
  });
  it("keep the marks of lists as they stand, nested by their indent", () => {
    const item = (mark: string, words: string, x: number, y: number) => [
      ...typeset(mark, { x, y, width: 40 }).words,
      ...typeset(words, { x: x + 18, y, width: 300 }).words,
    ];
    const words = [
      ...item("7.", "The tenant pays the rent.", 70, 80),
      ...item("a)", "on the first day", 90, 94),
      ...item("b)", "in the morning", 90, 108),
      ...item("12.", "The owner repairs the roof.", 70, 122),
    ];
    expect(read(words)).to.deep.equal([
      "list 7. The tenant pays the rent. / (list a) on the first day | b) in the morning) | 12. The owner repairs the roof.",
    ]);
  });
  it("take no word for a mark", () => {
    const lines = [
      "El museo guarda una colección de arte y",
      "e historia de la ciudad que todos pueden",
      "o quieren ver todos los días. La entrada es",
      "a menudo libre.",
    ];
    const words = lines.flatMap((line, index) => typeset(line, { x: 70, y: 80 + index * 12, width: 400 }).words);
    expect(read(words)).to.deep.equal([`paragraph ${lines.join(" ")}`]);
  });
  it("are an entry a line in contents with leaders", () => {
    const entries = ["1 The old town", "1.1 The first houses", "2 The library"];
    const words = entries.flatMap((entry, index) => [
      ...typeset(`${entry} ${".".repeat(60 - index * 5)}`, { x: 70, y: 80 + index * 14, width: 450 }).words,
      ...typeset(String(index * 7 + 3), { x: 500, y: 80 + index * 14, width: 30 }).words,
    ]);
    expect(read(words)).to.deep.equal(
      entries.map((entry, index) => `paragraph ${entry} {field ${".".repeat(60 - index * 5)}} ${index * 7 + 3}`),
    );
  });
  it("have notes at their foot, and marks of notes that are no figures of the text", () => {
    const mark = (words: string, x: number, y: number) => typeset(words, { x, y, width: 20, size: 6 }).words;
    const line = typeset("The town has 83,190", { x: 70, y: 80, width: 450 }).words;
    const end = line.at(-1)?.box.x1 ?? 0;
    const words = [
      ...line,
      ...mark("2", end, 76.5),
      ...typeset("readers and one library.", { x: end + 6, y: 80, width: 300 }).words,
      ...typeset(BODY, { x: 70, y: 110, width: 450 }).words,
      ...mark("2", 70, 747),
      ...typeset("See the letters of the monks.", { x: 75, y: 750, width: 300, size: 8 }).words,
    ];
    const blocks = read(words, { rules: [level(70, 170, 738)] });
    expect(blocks[0]).to.equal("paragraph The town has 83,190{note 2} readers and one library.");
    expect(blocks.at(-1)).to.equal("note paragraph {note 2} See the letters of the monks.");
  });
  it("keep powers and ordinals in their text", () => {
    const raised = (before: string, script: string, size = 6) => {
      const words = typeset(before, { x: 70, y: 80, width: 450 }).words;
      return [...words, ...typeset(script, { x: words.at(-1)?.box.x1 ?? 0, y: 76, width: 30, size }).words];
    };
    expect(read(raised("A field of 12 km", "2"))).to.deep.equal(["paragraph A field of 12 km<2>"]);
    expect(read(raised("It was the 1", "st"))).to.deep.equal(["paragraph It was the 1<st>"]);
    expect(read(raised("About 10", "6"))).to.deep.equal(["paragraph About 10<6>"]);
  });
  it("have captions beside their pictures, and text of a picture no headings", () => {
    const images = [{ x0: 70, y0: 150, x1: 370, y1: 300 }];
    const ocr = { block: 1, paragraph: 1 };
    const words = [
      ...typeset(BODY, { x: 70, y: 80, width: 450 }).words,
      ...typeset("PUSH", { x: 100, y: 220, width: 200, size: 30, ocr }).words,
      ...typeset("The pond in spring.", { x: 70, y: 312, width: 300, size: 8 }).words,
      ...typeset(OTHER, { x: 70, y: 350, width: 450 }).words,
    ];
    expect(read(words, { images })).to.deep.equal([
      `paragraph ${BODY}`,
      "figure",
      "paragraph PUSH",
      "caption The pond in spring.",
      `paragraph ${OTHER}`,
    ]);
  });
  it("read a box with text by itself", () => {
    const words = [...typeset(BODY, { x: 70, y: 80, width: 280 }).words, ...typeset(OTHER, { x: 380, y: 85, width: 140, size: 9 }).words];
    const areas = [{ box: { x0: 370, y0: 70, x1: 530, y1: 230 }, fill: "#eeeeee", framed: false }];
    expect(read(words, { areas })).to.have.members([`paragraph ${BODY}`, `paragraph ${OTHER}`]);
  });
  it("put a drop cap in front of its word", () => {
    const lines = [
      "he garden behind the old house is open to",
      "all readers every morning of the week",
      "and in the afternoon on Sundays.",
    ];
    const words = [
      ...typeset("T", { x: 70, y: 104, width: 50, size: 36 }).words,
      ...lines.flatMap((line, index) => typeset(line, { x: index < 2 ? 98 : 70, y: 86 + index * 14, width: 400, size: 11 }).words),
    ];
    expect(read(words)).to.deep.equal([`paragraph T${lines.join(" ")}`]);
  });
  it("lay a turned page out in its own frame, and leave a stamp in the margin", () => {
    const turn = (words: readonly Word[]): Word[] =>
      words.map((word) => ({
        ...word,
        turn: 270,
        baseline: word.baseline,
        box: { x0: word.box.y0, x1: word.box.y1, y0: 842 - word.box.x1, y1: 842 - word.box.x0 },
      }));
    expect(read(turn(column(["On its side", { size: 16 }], [BODY])))).to.deep.equal(["heading 1 On its side", `paragraph ${BODY}`]);
    const stamp = turn(typeset("printed in May", { x: 300, y: 40, width: 400 }).words);
    expect(read([...column([BODY]), ...stamp])).to.deep.equal([`paragraph ${BODY}`, "margin paragraph printed in May"]);
  });
  it("join words that hyphens part, and keep those of compounds", () => {
    const lines = [
      "the harbour was con-",
      "vinced of a well-",
      "known truth, and \u201cwell-known\u201d it is, as the har\u2010",
      "bour said",
      "in part of sec\u00ad",
      "tion one",
    ];
    const words = lines.flatMap((line, index) => typeset(line, { x: 70, y: 80 + index * 12, width: 400 }).words);
    expect(read(words).join(" ")).to.equal(
      "paragraph the harbour was convinced of a well-known truth, and “well-known” it is, as the harbour said in part of section one",
    );
  });
  it("know how sure OCR is of them", () => {
    const [block] = layOut(aPage({ words: typeset(BODY, { x: 70, y: 80, width: 300, ocr: { block: 1, paragraph: 1 } }).words })).blocks;
    expect(block?.confidence).to.equal(91);
  });
});

const cellText = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom("Anna", "Oxford", "1,204", "She sold it", "12", "The old pier", "3.5 %") },
  { weight: 1, arbitrary: fc.constant("") },
);

function tableArbitrary(minColumns: number) {
  return fc.integer({ min: minColumns, max: 5 }).chain((columns) =>
    fc.array(fc.array(cellText, { minLength: columns, maxLength: columns }), { minLength: 3, maxLength: 8 }).map((rows) =>
      // A row without a first cell would be the second line of the one above; a column without cells, or with a head alone, is none.
      rows.map((row, index) =>
        row.map((cell, at) => (at === 0 ? `Row${index}` : index === 0 ? `Head${at}` : index === 1 && cell === "" ? "Anna" : cell)),
      ),
    ),
  );
}

function setTable(rows: readonly (readonly string[])[], width: number, pitch: number): Word[] {
  return rows.flatMap((row, y) =>
    row.flatMap((cell, x) => (cell ? typeset(cell, { x: 70 + x * width, y: 100 + y * pitch, width: width - 10 }).words : [])),
  );
}

describe("a paragraph that goes around a box", () => {
  const [before, around] = [sentence("Before", 60), `${sentence("Around", 30)} ${sentence("It", 120)}`];
  const said = "She never came back";

  /** Lines of `text` of which some, `from` to `to`, are short at one side. */
  function setAround(text: string, side: "left" | "right", [from, to]: readonly [number, number]): { words: Word[]; box: Box } {
    const words: Word[] = [];
    let rest = text.split(" ");
    let line = 0;
    for (let y = 200; rest.length > 0; y += 13, line++) {
      const short = line >= from && line <= to;
      const [x, width] = short ? [side === "left" ? 250 : 70, 270] : [70, 450];
      const [first = ""] = lineOf(rest.join(" "), width);
      words.push(...typeset(first, { x, y, width: width + 1 }).words);
      rest = rest.slice(first.split(" ").length);
    }
    const [x0, x1] = side === "left" ? [70, 235] : [355, 520];
    return { words, box: { x0, x1, y0: 200 + from * 13 - 9, y1: 200 + to * 13 - 4 } };
  }
  const lineOf = (text: string, width: number): string[] => {
    const words = text.split(" ");
    let count = 1;
    while (count < words.length && widthOf(words.slice(0, count + 1).join(" "), 10) <= width) count++;
    return [words.slice(0, count).join(" ")];
  };

  for (const side of ["left", "right"] as const)
    for (const lines of [
      [0, 3],
      [2, 6],
    ] as const)
      for (const kind of ["box with text", "picture"] as const)
        it(`is one, and the ${kind} at its ${side}, lines ${lines.join(" to ")}, comes behind it`, () => {
          const { words, box } = setAround(around, side, lines);
          const head = typeset(before, { x: 70, y: 100, width: 450 }).words;
          const inBox = kind === "picture" ? [] : typeset(said, { x: box.x0 + 8, y: box.y0 + 20, width: 150 }).words;
          const parts = kind === "picture" ? { images: [box] } : { areas: [{ box, fill: "#f0e0c0", framed: false }] };
          expect(read([...head, ...words, ...inBox], parts)).to.deep.equal([
            `paragraph ${before}`,
            `paragraph ${around}`,
            kind === "picture" ? "figure" : `paragraph ${said}`,
          ]);
        });
});

describe("tables", () => {
  const cells = (words: readonly Word[], parts: Partial<PageContent> = {}) => {
    const tables = layOut(aPage({ words, ...parts })).blocks.filter((block) => block.kind === "table");
    return tables.map(rowsOf);
  };

  it("have the cells that their lines draw, empty ones too", () => {
    fc.assert(
      fc.property(tableArbitrary(2), (rows) => {
        const columns = rows[0]?.length ?? 0;
        const rules = [
          ...Array.from({ length: rows.length + 1 }, (_, y) => level(65, 65 + columns * 90, 88 + y * 18)),
          ...Array.from({ length: columns + 1 }, (_, x) => upright(65 + x * 90, 88, 88 + rows.length * 18)),
        ];
        expect(cells(setTable(rows, 90, 18), { rules })).to.deep.equal([rows]);
      }),
      { numRuns: 60 },
    );
  });
  it("have the cells that stand under each other where no lines are drawn", () => {
    fc.assert(
      fc.property(tableArbitrary(3), (rows) => {
        expect(cells([...typeset(BODY, { x: 70, y: 30, width: 450 }).words, ...setTable(rows, 90, 16)])).to.deep.equal([rows]);
      }),
      { numRuns: 60 },
    );
  });
  it("span columns where a line is missing, and hold cells of two lines", () => {
    const words = [
      ...typeset("All of the street", { x: 70, y: 100, width: 200 }).words,
      ...typeset("Anna", { x: 70, y: 118, width: 80 }).words,
      ...typeset("She has two gardens and a house", { x: 165, y: 118, width: 90 }).words,
    ];
    const rules = [88, 106, 148]
      .map((y) => level(65, 265, y))
      .concat(
        [65, 265].map((x) => upright(x, 88, 148)),
        upright(160, 106, 148),
      );
    const [table] = layOut(aPage({ words, rules })).blocks as Table[];
    expect(table && rowsOf(table)).to.deep.equal([["All of the street"], ["Anna", "She has two gardens and a house"]]);
    expect(table?.rows[0]?.[0]?.columnSpan).to.equal(2);
  });
  /** Cells of lines 12 points apart, in the middle of their rows' heights. */
  const setInMiddle = (rows: readonly (readonly (readonly string[])[])[], xs: readonly number[], y = 100): Word[] => {
    const words: Word[] = [];
    for (const row of rows) {
      const height = Math.max(...row.map(({ length }) => length));
      for (const [column, lines] of row.entries())
        for (const [at, line] of lines.entries())
          words.push(...typeset(line, { x: xs[column] ?? 0, y: y + (at + (height - lines.length) / 2) * 12, width: 400 }).words);
      y += height * 12 + 8;
    }
    return words;
  };
  it("have cells that stand in the middle of their rows' heights", () => {
    const rows = [
      [["Anna Brown"], ["She has two gardens behind", "the old house"], ["12.50"]],
      [["Peter Hill", "and his son"], ["None"], ["from", "9.00"]],
      [["Ada Palmer"], ["A pond where the ducks", "of the whole street", "are fed every morning"], ["7.25"]],
    ];
    const expected = rows.map((row) => row.map((lines) => lines.join(" ")));
    expect(cells(setInMiddle(rows, [70, 180, 400]))).to.deep.equal([expected]);
    expect(cells(setInMiddle(rows.map((row) => row.slice(0, 2)), [70, 180]))).to.deep.equal([expected.map((row) => row.slice(0, 2))]); // biome-ignore format: a line
  });
  it("have heads of two lines that are wider than the figures under them", () => {
    const head = [...typeset("Unit", { x: 400, y: 100, width: 90 }).words, ...typeset("price", { x: 395, y: 112, width: 90 }).words];
    const names = [
      ...typeset("Description", { x: 70, y: 106, width: 90 }).words,
      ...typeset("Amount", { x: 440, y: 106, width: 90 }).words,
    ];
    const rows = ["4.50", "12.50", "7.25", "9.00"].map((price, at) => [[`Garden ${at}`], [price], [price]]);
    expect(cells([...head, ...names, ...setInMiddle(rows, [70, 402, 452], 132)])[0]?.[0]).to.deep.equal([
      "Description",
      "Unit price",
      "Amount",
    ]);
  });
  it("are told by few rows, if a wide gap parts names from what stands under each other", () => {
    const rows = [
      [["Date"], ["12 March 2024"]],
      [["Customer number"], ["40 117"]],
      [["Due"], ["11 April 2024"]],
    ];
    expect(cells(setInMiddle(rows, [70, 160]))).to.deep.equal([rows.map((row) => row.flat())]);
  });
  it("begin with dates, which are no marks of a list", () => {
    const rows = ["02.01.", "05.01.", "09.01.", "30.01."].map((date, at) => [date, `Payment to the garden ${at}`, `${at}7.35`]);
    const words = rows.flatMap((row, at) =>
      row.flatMap((cell, column) => typeset(cell, { x: [70, 110, 300][column] ?? 0, y: 100 + at * 16, width: 200 }).words),
    );
    expect(cells(words)).to.deep.equal([rows]);
  });
  it("stand side by side, each with a head of its own", () => {
    const left = [
      [["Service"], ["Price"]],
      [["Haircut"], ["28.00"]],
      [["Colour of your", "choice"], ["55.00"]],
      [["Beard"], ["12.50"]],
    ];
    const right = [
      [["Service"], ["Price"]],
      [["Manicure"], ["22.00"]],
      [["Repair"], ["6.00"]],
      [["Pedicure"], ["34.00"]],
    ];
    const joined = (rows: typeof left) => rows.map((row) => row.map((lines) => lines.join(" ")));
    expect(cells([...setInMiddle(left, [70, 220]), ...setInMiddle(right, [320, 470])])).to.deep.equal([joined(left), joined(right)]);
  });
  it("are none where items stand beside each other", () => {
    const column = (x: number, marks: readonly string[], items: readonly string[]) =>
      items.flatMap((item, at) => [
        ...typeset(marks[at] ?? "", { x, y: 100 + at * 16, width: 20 }).words,
        ...typeset(item, { x: x + 14, y: 100 + at * 16, width: 200 }).words,
      ]);
    const words = [
      ...column(70, ["•", "•", "•"], ["Bread", "Red apples", "Milk"]),
      ...column(300, ["1.", "2.", "3."], ["Cut the bread", "Warm the milk", "Eat the apples"]),
    ];
    expect(read(words)).to.deep.equal([
      "list • Bread | • Red apples | • Milk",
      "list 1. Cut the bread | 2. Warm the milk | 3. Eat the apples",
    ]);
  });
  it("have their rows' numbers, and names that each fill their cell", () => {
    const rows = Array.from({ length: 30 }, (_, at) => [`${at + 1}`, `The old garden number ${at + 10}`, `${at}.50`]);
    const words = rows.flatMap((row, at) =>
      row.flatMap((cell, column) => typeset(cell, { x: [70, 100, 260][column] ?? 0, y: 100 + at * 13.5, width: 200 }).words),
    );
    const [table] = layOut(aPage({ words })).blocks as Table[];
    expect(table && rowsOf(table)).to.deep.equal(rows);
  });
  it("are names of fields in bold, with their values, of two lines too", () => {
    const rows = [
      ["Address", "1 Market Square"],
      ["", "Leeds LS1 5DE"],
      ["Telephone", "0113 496 0000"],
      ["Internet", "library.example"],
    ];
    const words = rows.flatMap(([name = "", value = ""], at) => [
      ...(name ? typeset(name, { x: 70, y: 100 + at * 13, width: 90, ...bold }).words : []),
      ...typeset(value, { x: 70 + widthOf("Telephone", 10) + 10, y: 100 + at * 13, width: 200 }).words,
    ]);
    const made = layOut(aPage({ words: [...words, ...typeset(BODY, { x: 70, y: 220, width: 450 }).words] })).blocks[0] as Table;
    expect(made.kind === "table" && rowsOf(made)).to.deep.equal([
      ["<Address>", "1 Market Square Leeds LS1 5DE"],
      ["<Telephone>", "0113 496 0000"],
      ["<Internet>", "library.example"],
    ]);
  });
  it("begin under the lines of text above them", () => {
    const above = ["Pay within a month.", "Write the number on it.", "Send no money in a letter.", "Ask us if you like."];
    const rows = [
      ["Colour", "Green", "Stock", "14"],
      ["Weight", "3.5 kg", "Height", "80 cm"],
    ];
    const words = [
      ...above.flatMap((line, at) => typeset(line, { x: 70, y: 100 + at * 15, width: 400 }).words),
      ...typeset("•", { x: 50, y: 130, width: 400 }).words,
      ...rows.flatMap((row, at) =>
        row.flatMap((cell, column) => typeset(cell, { x: 70 + column * 120, y: 160 + at * 15, width: 100 }).words),
      ),
    ];
    const table = layOut(aPage({ words })).blocks.at(-1) as Table;
    expect(table.kind === "table" && rowsOf(table)).to.deep.equal(rows);
  });
  it("are no two columns of text", () => {
    const words = [0, 1].flatMap((at) => typeset(sentence(`C${at}`, 80), { x: 70 + at * 240, y: 80, width: 220 }).words);
    expect(cells(words)).to.deep.equal([]);
  });
  it("have a header where the first row alone is bold", () => {
    const words = [
      ["Name", "Born"],
      ["Anna", "1950"],
      ["Mary", "1971"],
      ["John", "1980"],
    ].flatMap((row, y) =>
      row.flatMap((cell, x) => typeset(cell, { x: 70 + x * 100, y: 80 + y * 16, width: 90, style: y === 0 ? { bold: true } : {} }).words),
    );
    const [table] = layOut(aPage({ words: [...words, ...typeset(BODY, { x: 70, y: 200, width: 450 }).words] })).blocks as Table[];
    expect(table?.rows.map((row) => row.map(({ header = false }) => header))).to.deep.equal([
      [true, true],
      [false, false],
      [false, false],
      [false, false],
    ]);
    expect(table?.rows[0]?.[0]?.blocks.map((block) => "content" in block && plainText(block.content))).to.deep.equal(["Name"]);
  });
});
