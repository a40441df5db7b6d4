import { expect } from "chai";
import { measure, orderOf } from "./measure.ts";
import { readingOfPages, readingOfTruth } from "./reading.ts";
import type { Truth, Unit } from "./truth.ts";
import { compareBags, longestCommon, noteMarksOf, numbersOf, wordsOf } from "./words.ts";

const STRICT = { bullets: true, levels: true };
const text = (content: string) => [{ kind: "text", text: content } as const];
const leaf = (id: string, content: string) => ({ kind: "paragraph", id, content: text(content) }) as const;
const truth = (...units: Unit[]): Truth => ({ units });
const p = (content: string): Unit => ({ kind: "paragraph", text: content });

function pageOf(...contents: string[]) {
  return { number: 1, blocks: contents.map((content, index) => leaf(`p1b${index}`, content)), remarks: [] };
}

function measured(wanted: Truth, ...contents: string[]) {
  return measure(readingOfTruth(wanted), readingOfPages([pageOf(...contents)], []), STRICT);
}

describe("measures of reading", () => {
  it("compare words without the punctuation around them, ligatures and kinds of hyphens as one", () => {
    expect(wordsOf("“The of\ufb01ce”, (well\u2010known) co\u00adast — €1,204.50.")).to.deep.equal([
      "The",
      "office",
      "well-known",
      "coast",
      "1,204.50",
    ]);
  });

  it("leave out leaders of dots", () => {
    expect(wordsOf("1.2 How the bridge........ 9")).to.deep.equal(["1.2", "How", "the", "bridge", "9"]);
  });

  it("tell the mark of a note from the number it stands behind", () => {
    expect(numbersOf(wordsOf("has 83,190{^2} readers"))).to.deep.equal(["83,190", "2"]);
    expect(noteMarksOf("has 83,190{^2} readers")).to.deep.equal(["2"]);
  });

  it("count words as often as they are there", () => {
    expect(compareBags(["a", "a", "b"], ["a", "c"])).to.deep.equal({ both: ["a"], missing: ["a", "b"], extra: ["c"] });
  });

  it("find the longest common sequence", () => {
    expect(longestCommon([..."reading"], [..."ridding"])).to.equal(5);
  });

  it("give full marks to the truth itself", () => {
    const both = measured(truth(p("The first one."), p("The second, with 12.50.")), "The first one.", "The second, with 12.50.");
    expect(both).to.deep.equal({ recall: 1, order: 1, numbers: 1, structure: { paragraphs: 1 }, lost: [], invented: [] });
  });

  it("see columns that were mixed line by line", () => {
    expect(orderOf([..."abcdefgh"], [..."aebfcgdh"])).to.be.below(0.7);
  });

  it("see a paragraph that was lost", () => {
    const { recall, lost } = measured(truth(p("one two"), p("elephant giraffe")), "one two");
    expect({ recall, lost }).to.deep.equal({ recall: 0.5, lost: ["elephant", "giraffe"] });
  });

  it("take a word misread for no lost one, and a number misread for no number", () => {
    const { lost, numbers } = measured(truth(p("the modern total 1,204")), "the modem total 1,264");
    expect({ lost, numbers }).to.deep.equal({ lost: [], numbers: 0 });
  });

  it("forgive what is missing where a remark says so", () => {
    const got = readingOfPages(
      [{ ...pageOf("one"), remarks: [{ page: 1, code: "CONTENT_DROPPED", message: "A form field was left out." }] }],
      [],
    );
    expect(measure(readingOfTruth(truth(p("one"), p("elephant"))), got, STRICT).lost).to.deep.equal([]);
  });

  it("see two paragraphs that became one", () => {
    expect(measured(truth(p("one two three"), p("four five six")), "one two three four five six").structure.paragraphs).to.equal(0);
  });

  it("see a heading that was invented", () => {
    const page = { number: 1, remarks: [], blocks: [{ kind: "heading", id: "p1b0", level: 1, content: text("one two") } as const] };
    expect(measure(readingOfTruth(truth(p("one two"))), readingOfPages([page], []), STRICT).structure.headings).to.equal(0);
  });

  it("see headings whose ranks are the wrong way round", () => {
    const head = (id: string, level: 1 | 2, content: string) => ({ kind: "heading", id, level, content: text(content) }) as const;
    const page = { number: 1, remarks: [], blocks: [head("p1b0", 2, "The book"), head("p1b1", 1, "A chapter")] };
    const wanted = readingOfTruth(truth({ kind: "heading", level: 1, text: "The book" }, { kind: "heading", level: 2, text: "A chapter" }));
    expect(measure(wanted, readingOfPages([page], []), { ...STRICT, levels: false }).structure.headings).to.equal(0);
  });

  it("see a list's mark that changed, and a level that was lost", () => {
    const item = (mark: string, content: string) => ({ mark, blocks: [leaf("x", content)] });
    const page = {
      number: 1,
      remarks: [],
      blocks: [{ kind: "list", id: "p1b0", items: [item("1.", "water"), item("a)", "fire")] } as const],
    };
    const wanted = truth({ kind: "list", items: [{ mark: "7.", text: "water", items: [{ mark: "a)", text: "fire" }] }] });
    expect(measure(readingOfTruth(wanted), readingOfPages([page], []), STRICT).structure.lists).to.equal(0);
  });

  it("hold a table cell by cell, empty ones and spans with them", () => {
    const cell = (content: string, columnSpan = 1) => ({ blocks: content ? [leaf("x", content)] : [], columnSpan });
    const table = {
      kind: "table",
      id: "p1b0",
      rows: [
        [cell("Line"), cell("Departures", 2)],
        [cell("12"), cell(""), cell("18:15")],
      ],
    } as const;
    const got = readingOfPages([{ number: 1, remarks: [], blocks: [table] }], []);
    const wanted = (rows: (Unit & { kind: "table" })["rows"]) => readingOfTruth(truth({ kind: "table", rows }));
    const span = { text: "Departures", columns: 2 };
    expect(
      measure(
        wanted([
          ["Line", span],
          ["12", "", "18:15"],
        ]),
        got,
        STRICT,
      ).structure.tables,
    ).to.equal(1);
    expect(
      measure(
        wanted([
          ["Line", span],
          ["12", "18:15", ""],
        ]),
        got,
        STRICT,
      ).structure.tables,
    ).to.be.closeTo(4 / 6, 0.001);
  });

  it("excuse lost words by a remark of their own page alone", () => {
    const [first, second, third] = ["Anna has seven gardens", "Peter feeds grey ducks", "Ruth mends old nets"] as const;
    const wanted = truth(p(first), p(second), p(third));
    const read = (text: string, code?: "PICTURE_NOT_READ") => ({
      number: 1,
      blocks: text === "" ? [] : [leaf("x", text)],
      remarks: code ? [{ page: 1, code, message: "" }] : [],
    });
    const lost = (...pages: ReturnType<typeof read>[]) => measure(readingOfTruth(wanted), readingOfPages(pages, []), STRICT).lost;
    expect(lost(read(first), read("", "PICTURE_NOT_READ"), read(third))).to.deep.equal([]);
    expect(lost(read(first), read("Peter feeds", "PICTURE_NOT_READ"), read(third))).to.deep.equal([]);
    expect(lost(read(first, "PICTURE_NOT_READ"), read(second), read("Ruth mends nets"))).to.deep.equal(["old"]);
    expect(lost(read(first), read(second), read("Ruth mends nets"))).to.deep.equal(["old"]);
  });

  it("see a running head that got into the text", () => {
    const wanted = truth(p("one two three"), { kind: "paragraph", layer: "header", text: "The Journal" });
    expect(measured(wanted, "The Journal", "one two three").structure.apart).to.equal(0);
  });
});
