import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import type { Selection } from "../../../worker/engine/context.ts";
import { type Inline, type Leaf, mapLeaves, type Page, plainText } from "../../../worker/engine/document/model.ts";
import { csvDocument } from "../../../worker/engine/formats/csv/read.ts";
import { blockText } from "../../../worker/engine/services/export/text.ts";
import { upper, WRITING } from "../../support/in_place.ts";
import { runTool } from "../support/tools.ts";
import { type CsvFile, TABLES } from "./documents.ts";

type Mapped = (content: readonly Inline[], leaf: Leaf) => readonly Inline[];

const PROGRAM = `
import csv, json, sys
made = []
for text, separator, escape in json.load(sys.stdin):
  options = { "escapechar": "\\\\", "doublequote": False } if escape else {}
  lines = text.lstrip("\\ufeff").splitlines(keepends=True)
  made.append(list(csv.reader(lines, delimiter=separator, skipinitialspace=False, **options)))
print(json.dumps(made))
`;

/** What Python's csv reads in each. */
async function judged(files: readonly Pick<CsvFile, "name" | "source" | "separator">[]): Promise<string[][][]> {
  const input = JSON.stringify(files.map(({ source, separator, name }) => [source, separator, name === "backslashes"]));
  const { stdout, stderr } = await runTool("/usr/bin/python3", ["-c", PROGRAM], { input: Buffer.from(input) });
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout) as string[][][];
}

describe("separated values in place", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "dragoman-csv-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  async function translated(source: string, map: Mapped, selection: Selection = {}): Promise<string> {
    const document = open(source, selection);
    const writer = document.writer?.(WRITING);
    for (const { number, blocks, remarks } of await pagesOf(source, selection))
      await writer?.page({ number, remarks, blocks: mapLeaves(blocks, (leaf): Leaf => ({ ...leaf, content: map(leaf.content, leaf) })) });
    const file = path.join(folder, "result");
    await writer?.finish(file);
    return readFile(file, "utf8");
  }

  it("are read cell by cell as Python reads them, in words and order", async () => {
    for (const [index, rows] of (await judged(TABLES)).entries()) {
      const { source, name } = TABLES[index] as CsvFile;
      const read = (await pagesOf(source)).flatMap(({ blocks }) => blocks.map(blockText)).join("\n");
      const cells = rows.filter(([first = ""]) => !first.startsWith("sep=")).flat();
      expect(wordsIn(read), name).to.deep.equal(wordsIn(cells.join(" ").replace(/<.?b>/g, "")));
    }
  });
  it("begin as no formula that the source has not", async () => {
    const say =
      (text: string): Mapped =>
      () => [{ kind: "text", text }];
    expect(await translated("head,note\nx 1,The garden is open\n", say("=1+1"))).to.match(/,'=1\+1\n$/);
    expect(await translated("head,note\nx 1,- The garden is open\n", say("- abierto"))).to.match(/,- abierto\n$/);
  });
  it("are written in little time where a record is wide", async function () {
    this.timeout(4_000);
    const row = Array.from({ length: 6_000 }, (_, at) => `The word ${at} is`).join(",");
    expect(await translated(`${row}\n${row}\n`, upper)).to.include("THE WORD 5999 IS");
  });
  it("are the same byte for byte if no word changed", async () => {
    for (const { source } of TABLES) expect(await translated(source, (content) => content)).to.equal(source);
  });
  it("have the same cells but for those that are translated, and these in capitals", async () => {
    const results: CsvFile[] = [];
    for (const file of TABLES) results.push({ ...file, source: await translated(file.source, upper) });
    const [before, after] = [await judged(TABLES), await judged(results)];
    for (const [index, { translated: cells, name }] of TABLES.entries()) {
      const isTranslated = (row: number, column: number) => cells.some(([r, c]) => r === row && c === column);
      const said = (text: string) =>
        name === "tabs" ? text.toUpperCase().replaceAll("<B>", "<b>").replaceAll("</B>", "</b>") : text.toUpperCase();
      const expected = (before[index] ?? []).map((row, at) => row.map((cell, column) => (isTranslated(at, column) ? said(cell) : cell)));
      expect(after[index], name).to.deep.equal(expected);
    }
  });
  it("keep the quotes of each field, and take some where a translation needs them", async () => {
    const source = 'text,more\n"One thing",Another thing\nA third,A fourth\n';
    const words = new Map([["One thing", "Una"], ["Another thing", 'Otra, "más"'], ["A third", " tercera"], ["A fourth", "cuarta"]]); // biome-ignore format: a table
    const made = await translated(source, (content) => [{ kind: "text", text: words.get(plainText(content)) ?? "?" }]);
    expect(made).to.equal('text,more\n"Una","Otra, ""más"""\n" tercera",cuarta\n');
  });
  it("translate the columns that are chosen, by head or number, whatever is in them", async () => {
    const { source } = TABLES[0] as CsvFile;
    const made = await translated(source, upper, { columns: ["Status", "2", "nowhere"] });
    expect(made).to.contain('A-100,GARDEN CHAIR,"A chair').and.to.contain(",ACTIVE,").and.to.contain(",SOLD,");
    expect(made.split("\n")[0]).to.equal(source.split("\n")[0]);
    expect(open(source, { columns: ["nowhere"] }).remarks.map(({ message }) => message)).to.deep.equal([
      'The table has no column "nowhere".',
    ]);
    expect(open(source).remarks.map(({ code, message }) => [code, message])).to.deep.equal([
      ["TEXT_KEPT", "Columns of codes are left as they are: 5, 6."],
    ]);
  });
  it("translate the first line too where it is said to be none of names", async () => {
    const source = "question,answer\nWhat is open?,The garden is.\n";
    expect(await translated(source, upper)).to.equal("question,answer\nWHAT IS OPEN?,THE GARDEN IS.\n");
    expect(await translated(source, upper, { header: false })).to.equal(source.toUpperCase());
    expect(await translated("One thing is here.\nAnother thing is there.\n", upper, { header: true })).to.equal(
      "One thing is here.\nANOTHER THING IS THERE.\n",
    );
  });
  it("are tables that Markdown can show, in sections that are never too many", async () => {
    const rows = Array.from({ length: 90_000 }, (_, index) => `${index},The garden number ${index} is open.`).join("\n");
    const document = open(`number,text\n${rows}`);
    expect(document.pageCount).to.be.at.most(1000);
    const page = await document.page(1);
    const [table] = page.kind === "blocks" ? page.page.blocks : [];
    expect(table?.kind === "table" && table.rows[0]?.map(({ header }) => header)).to.deep.equal([true, true]);
  });
  it("hold for random tables", async () => {
    const field = fc
      .array(fc.constantFrom("one", " two", ",", ";", '"', "\n", "\t", "12", "{0}", "<b>", "é", "'"), { maxLength: 5 })
      .map((parts) => parts.join(""));
    const table = fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(table, async (rows) => {
        const source = rows
          .map((row) => row.map((value) => (/[",;\t\n ]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value)).join(","))
          .join("\n");
        expect(await translated(source, (content) => content)).to.equal(source);
        const made = await translated(source, upper, { header: false });
        expect(made.toUpperCase()).to.equal(source.toUpperCase());
      }),
      { numRuns: 150, seed: 1 },
    );
  });

  const BROKEN: readonly (readonly [string, string, string])[] = [
    ["a quote that has no end", 'a,b\nc,"d\ne,f\n', "line 2, column 3"],
    ["a quote that opens at the end", 'a,b\nc,"', "line 2, column 3"],
    ["text behind a quote", 'a,b\n"c"d,e\n', "line 2"],
    ["quotes by turns", 'a,b\n"c""d"e"f",g\n', "line 2"],
    ["one quote alone", '"', "line 1, column 1"],
    ["three quotes", '"""', "line 1, column 1"],
  ];
  for (const [name, source, place] of BROKEN)
    it(`are refused with the line: ${name}`, () => {
      expect(() => open(source))
        .to.throw()
        .with.property("code", "DOCUMENT_CORRUPT");
      expect(() => open(source)).to.throw(place);
    });
  const HUGE: readonly (readonly [string, string])[] = [
    ["separators", ",".repeat(15_000)],
    ["rows of separators", ",,,,,,,,\n".repeat(100_000)],
    ["line ends", "\n".repeat(1_000_000)],
    ["quotes in quotes", `"${'""'.repeat(500_000)}"`],
    ["a field without an end", "a".repeat(2_000_000)],
    ["spaces", " ".repeat(2_000_000)],
    ["backslashes", `"${'\\"a'.repeat(200_000)}"`],
    ["small fields", "a,b\n".repeat(500_000)],
  ];
  for (const [name, source] of HUGE)
    it(`are read in little time: ${name}`, async function () {
      this.timeout(8_000);
      const document = open(source);
      for (let page = 1; page <= Math.min(3, document.pageCount); page++) await document.page(page);
    });
  it("are refused with more fields than any sheet has", () => {
    expect(() => open(",".repeat(30_000)))
      .to.throw()
      .with.property("code", "DOCUMENT_TOO_COMPLEX");
  });
});

function open(source: string, selection: Selection = {}) {
  const bom = source.startsWith("\ufeff");
  return csvDocument({ text: bom ? source.slice(1) : source, encoding: "utf-8", bom }, { selection });
}

async function pagesOf(source: string, selection: Selection = {}): Promise<Page[]> {
  const document = open(source, selection);
  const pages: Page[] = [];
  for (let number = 1; number <= document.pageCount; number++) {
    const page = await document.page(number);
    if (page.kind === "blocks") pages.push(page.page);
  }
  return pages;
}

function wordsIn(text: string): string[] {
  return text.match(/[\p{L}\p{N}]+/gu) ?? [];
}
