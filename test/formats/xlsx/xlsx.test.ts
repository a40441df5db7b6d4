import path from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { type Inline, type Leaf, leavesOf, type Page, plainText, type TextStyle } from "../../../worker/engine/document/model.ts";
import { matches } from "../../../worker/engine/formats/xlsx/formula_texts.ts";
import { numberFormat } from "../../../worker/engine/formats/xlsx/number_format.ts";
import { readRunning, writeRunning } from "../../../worker/engine/formats/xlsx/running.ts";
import { SheetScanner } from "../../../worker/engine/formats/xlsx/scan.ts";
import { renaming } from "../../../worker/engine/formats/xlsx/sheet_names.ts";
import { scratch } from "../../support/documents.ts";
import { upper } from "../../support/in_place.ts";
import { officePdfs, officeTexts } from "../support/office.ts";
import { codeOf, partsIn, readFile, seen, translateFile, wordsOf, zipped } from "../support/office_files.ts";
import { xmlIsWellFormed, zipIsSound } from "../support/tools.ts";
import { type GivenWorkbook, partsOf, row, t, WORKBOOKS } from "./workbooks.ts";

const same = (content: readonly Inline[]) => content;

async function made(folder: string, name: string, given: GivenWorkbook): Promise<string> {
  return zipped(path.join(folder, `${name}.xlsx`), partsOf(given));
}

function texts(pages: readonly Page[]): string[] {
  return pages.flatMap(({ blocks }) => [...leavesOf(blocks)].map(({ content }) => plainText(content)));
}

describe("workbooks (XLSX)", () => {
  for (const [name, given] of Object.entries(WORKBOOKS)) {
    it(`are written as they were where nothing is translated: ${name}`, async () => {
      await using folder = await scratch();
      const [file, to] = [await made(folder.path, name, given), path.join(folder.path, "out.xlsx")];
      await translateFile(file, to, same);
      const [before, after] = [await partsIn(file), await partsIn(to)];
      expect([...after.keys()]).to.deep.equal([...before.keys()]);
      for (const [part, bytes] of before) expect(after.get(part)?.equals(bytes), part).to.equal(true);
    });
    it(`are read as what was written into them, and nothing else changed: ${name}`, async () => {
      await using folder = await scratch();
      const [file, to] = [await made(folder.path, name, given), path.join(folder.path, "out.xlsx")];
      await translateFile(file, to, upper);
      await zipIsSound(to);
      const after = await readFile(to);
      const before = await readFile(file);
      const wanted = before.pages.map(({ blocks }) =>
        [...leavesOf(blocks)].map((leaf): Leaf => ({ ...leaf, content: upper(leaf.content) })),
      );
      expect(after.pages.map(({ blocks }) => seen([...leavesOf(blocks)]))).to.deep.equal(wanted.map(seen));
    });
  }

  it("have the words that LibreOffice reads, and open in it with the same results of their formulas", async () => {
    await using folder = await scratch();
    const files: string[] = [];
    // A sheet of a million rows is no text that another program writes.
    for (const [name, given] of Object.entries(WORKBOOKS).filter(([name]) => name !== "sparse")) {
      const file = await made(folder.path, name, given);
      files.push(file, path.join(folder.path, `${name}.out.xlsx`));
      await translateFile(file, files.at(-1) as string, upper);
    }
    const read = await officeTexts(files);
    for (const [index, file] of files.entries()) {
      const { pages } = await readFile(file);
      const cells = pages.flatMap(({ blocks }) => [...leavesOf(blocks.filter(({ kind }) => kind === "table"))]);
      const letters = (text: string) =>
        wordsOf(text)
          .filter((word) => /^\p{L}{3,}$/u.test(word))
          .sort();
      expect(letters(cells.map(({ content }) => plainText(content)).join(" ")), path.basename(file)).to.include.members(
        letters(read[index] ?? "").filter((word) => word !== "Err"),
      );
    }
    const numbers = (text: string) => wordsOf(text).filter((word) => /^\d+$/.test(word));
    for (let index = 0; index < files.length; index += 2) expect(numbers(read[index + 1] ?? "")).to.deep.equal(numbers(read[index] ?? ""));
    const pdfs = await officePdfs(files);
    expect(pdfs.every((pdf) => pdf.length > 1000)).to.equal(true);
  });

  it("keep bold over its words when a translator turns them round and parts them", async () => {
    const word = fc.constantFrom("garden", "open", "rose & <lily>", "sun", "two  words", "_x000D_");
    const look = fc.constantFrom("", "<rPr><b/></rPr>", "<rPr><i/></rPr>", '<rPr><b/><color rgb="FF00FF00"/></rPr>');
    await using folder = await scratch();
    const file = path.join(folder.path, "a.xlsx");
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(word, look), { minLength: 1, maxLength: 6 }), async (runs) => {
        const string = runs.map(([text, properties]) => `<r>${properties}${t(text.replace("_x", "_x005F_x"))}</r>`).join("");
        await zipped(file, partsOf({ strings: [string], sheets: [{ name: "A", rows: row(1, "s0") }] }));
        const before = (await readFile(file)).pages[0]?.blocks ?? [];
        const to = path.join(folder.path, "b.xlsx");
        await translateFile(file, to, turned);
        const after = (await readFile(to)).pages[0]?.blocks ?? [];
        const looks = (leaves: Iterable<Leaf>, map: typeof same) =>
          [...leaves].flatMap(({ content, look }) => wordsIn(map(content), look)).sort();
        expect(looks(leavesOf(after), same)).to.deep.equal(looks(leavesOf(before), turned));
      }),
      { numRuns: 60, seed: 7 },
    );
  });

  it("keep what formulas, rules, filters and references find by its text, and say so", async () => {
    await using folder = await scratch();
    for (const [name, kept] of [
      ["garden", ["Open", "Closed on Mondays"]],
      ["stock", ["Number of pieces", "Wooden table", "Garden chair"]],
      ["escapes", ["Garden"]],
    ] as const) {
      const file = await made(folder.path, name, WORKBOOKS[name] as GivenWorkbook);
      const to = path.join(folder.path, "out.xlsx");
      await translateFile(file, to, upper);
      const { pages } = await readFile(to);
      expect(texts(pages)).to.include.members([...kept]);
      expect(pages.flatMap(({ remarks }) => remarks).filter(({ code, message }) => code === "TEXT_KEPT" && /find by/.test(message))).to.not
        .be.empty;
    }
  });
  it("name the columns of tables as their heads, each otherwise than all others", async () => {
    await using folder = await scratch();
    const file = await made(folder.path, "stock", WORKBOOKS["stock"] as GivenWorkbook);
    const to = path.join(folder.path, "out.xlsx");
    const alike = (content: readonly Inline[]) =>
      content.map(
        (inline): Inline => (inline.kind === "text" ? { ...inline, text: inline.text.replace(/^Large table|^Price/, "Mesa") } : inline),
      );
    const remarks = await translateFile(file, to, alike);
    const table = (await partsIn(to)).get("xl/tables/table1.xml")?.toString() ?? "";
    expect([...table.matchAll(/ name="([^"]*)" ?/g)].slice(1).map(([, name]) => name)).to.deep.equal([
      "Product",
      "Number of pieces",
      "Mesa",
      "Large table",
      "Big_x000a_table",
    ]);
    expect(texts((await readFile(to)).pages)).to.include.members(["Mesa", "Large table"]);
    expect(remarks.map(({ code }) => code)).to.deep.equal(["TEXT_KEPT"]);
  });
  it("have what stands beside cells translated, and what charts remember of cells as these", async () => {
    await using folder = await scratch();
    const file = await made(folder.path, "beside", WORKBOOKS["beside"] as GivenWorkbook);
    const to = path.join(folder.path, "out.xlsx");
    await translateFile(file, to, upper, { selection: { comments: true } });
    const parts = await partsIn(to);
    expect(parts.get("xl/charts/chart1.xml")?.toString())
      .to.contain("<a:t>VISITORS BY SEASON</a:t>")
      .and.match(/<c:v>VISITORS<.*<c:v>SPRING<.*<c:v>SUMMER</);
    expect(parts.get("xl/drawings/drawing1.xml")?.toString())
      .to.contain('descr="A NOTE ABOUT ROSES"')
      .and.contain("<a:t> AT THE ROSES</a:t>");
    expect(parts.get("xl/comments1.xml")?.toString()).to.contain("RIGHT?").and.contain("[Threaded comment] Look there");
    expect(parts.get("xl/worksheets/sheet1.xml")?.toString()).to.contain('tooltip="GO TO THE SUMS"');
    const { pages } = await readFile(file);
    expect(pages.flatMap(({ remarks }) => remarks).some(({ message }) => /^One comment/.test(message))).to.equal(true);
    expect(texts(pages)).to.not.include("Is this right?");
  });
  it("have their sheets called otherwise where that is chosen, and are referred to so in all of the workbook", async () => {
    await using folder = await scratch();
    const file = await made(folder.path, "beside", WORKBOOKS["beside"] as GivenWorkbook);
    const to = path.join(folder.path, "out.xlsx");
    const named = (content: readonly Inline[]) =>
      content.map(
        (inline): Inline =>
          inline.kind === "text" ? { ...inline, text: inline.text.replace("Plan A", "L'été").replace("Sums", "Sumas") } : inline,
      );
    expect(await translateFile(file, to, named, { selection: { sheetNames: true } })).to.deep.equal([]);
    expect(await translateFile(file, path.join(folder.path, "large.xlsx"), upper, { selection: { sheetNames: true } })).to.deep.equal([]);
    const parts = await partsIn(to);
    expect(parts.get("xl/workbook.xml")?.toString()).to.contain('name="L&apos;été"').and.contain("'L''été'!$A$2:$A$3");
    expect(parts.get("xl/worksheets/sheet2.xml")?.toString()).to.contain("MAX('L''été'!B2:B3)").and.contain("SUM('Sumas'!B1,'L''été'!B2)");
    expect(parts.get("xl/worksheets/sheet1.xml")?.toString()).to.contain('location="&apos;Sumas&apos;!A1"');
    expect(parts.get("xl/charts/chart1.xml")?.toString()).to.contain("<c:f>'L''été'!$B$1</c:f>");
    const [text] = await officeTexts([to]);
    expect(text).to.contain("5").and.contain("8").and.not.contain("#REF");
    const alike = (content: readonly Inline[]) =>
      content.map((inline): Inline => (inline.kind === "text" ? { ...inline, text: "A/B" } : inline));
    expect(
      (await translateFile(file, to, alike, { selection: { sheetNames: true } })).filter(({ message }) =>
        /^A sheet's name is kept/.test(message),
      ).length,
    ).to.equal(2);
  });
  it("rename sheets in formulas and nothing that looks like one", () => {
    const rename = renaming(
      new Map([
        ["plan", "Il piano"],
        ["2024", "Anno"],
      ]),
    );
    expect(rename("Plan!A1+'2024'!B2")).to.equal("'Il piano'!A1+'Anno'!B2");
    expect(rename("SUM(Plan:Other!A1)")).to.equal("SUM('Il piano:Other'!A1)");
    for (const other of ["[1]Plan!A1", "'[Book.xlsx]Plan'!A1", '"Plan!"&A1', "MyPlan!A1", "Plan+A1", "Table[Plan!]"])
      expect(rename(other), other).to.equal(undefined);
  });
  it("have each shared string once, whose segments are counted once", async () => {
    await using folder = await scratch();
    const { pages } = await readFile(await made(folder.path, "garden", WORKBOOKS["garden"] as GivenWorkbook));
    const leaves = pages
      .flatMap(({ blocks }) => [...leavesOf(blocks)])
      .filter(({ content }) => plainText(content) === "Water the roses every morning.");
    expect(leaves.map(({ anchor, sameAs }) => [anchor !== undefined, sameAs === leaves[0]?.id])).to.deep.equal([
      [true, true],
      [false, true],
      [false, true],
      [false, true],
    ]);
  });
  it("ask to be calculated when they are opened, if formulas make texts of translated cells", async () => {
    await using folder = await scratch();
    const file = await made(folder.path, "garden", WORKBOOKS["garden"] as GivenWorkbook);
    const to = path.join(folder.path, "out.xlsx");
    await translateFile(file, to, upper);
    expect((await partsIn(to)).get("xl/workbook.xml")?.toString()).to.contain('</definedNames><calcPr fullCalcOnLoad="1"/></workbook>');
  });
  it("are written alike however their sheets stream by", async () => {
    await using folder = await scratch();
    const rows = Array.from({ length: 3000 }, (_, index) =>
      row(index + 1, `<c t="inlineStr"><is>${t(`Row ${index} — ünïcode 🌻 text`)}</is></c>`, "1"),
    );
    const file = await made(folder.path, "long", { sheets: [{ name: "Long", rows: rows.join("") }] });
    const to = path.join(folder.path, "out.xlsx");
    await translateFile(file, to, upper);
    const [before, after] = [await partsIn(file), await partsIn(to)];
    const part = "xl/worksheets/sheet1.xml";
    expect(after.get(part)?.toString()).to.equal(
      before
        .get(part)
        ?.toString()
        .replace(/Row (\d+) — ünïcode 🌻 text/g, "ROW $1 — ÜNÏCODE 🌻 TEXT")
        .replaceAll(' xml:space="preserve"', ' xml:space="preserve"'),
    );
    const { pages } = await readFile(file);
    expect(pages.length).to.equal(15);
    expect(texts(pages).filter((text) => /sunflower|ünïcode/.test(text)).length).to.equal(3000);
    await xmlIsWellFormed(await folder.file("sheet.xml", after.get(part) as Buffer));
  });
  it("show numbers as people see them", () => {
    const shown = (code: string, value: string, id = 200) => numberFormat(id, code || undefined, false)(value);
    expect(shown("", "45413", 14)).to.equal("2024-05-01");
    expect(shown('"am" dd\\.mm\\.yyyy', "45413.5")).to.equal("2024-05-01");
    expect(shown("[h]:mm", "1.5")).to.match(/^12:00$/);
    expect(shown("0.0%", "0.256")).to.equal("25.6%");
    expect(shown("#,##0.00", "-1234567.891")).to.equal("-1,234,567.89");
    expect(shown("General", "0.30000000000000004")).to.equal("0.3");
    expect(shown("[Red]0.00;[Blue]-0.00", "2")).to.equal("2.00");
    expect(shown("#,##0", "no number")).to.equal("no number");
    expect(numberFormat(14, undefined, true)("0")).to.equal("1904-01-01");
  });
  it("have texts translated that stand in cells as values, and not what formulas gave these", async () => {
    await using folder = await scratch();
    const to = path.join(folder.path, "out.xlsx");
    const rows =
      row(1, '<c t="str"><v>Salt &amp; pepper</v></c>', '<c t="str"><v>See www.example.org\nfor more</v></c>', '<c t="str"><v/></c>') +
      row(
        2,
        '<c t="str"><f t="array" ref="A2:B3">Names</f><v>Anna</v></c>',
        '<c t="str"><v>Berta</v></c>',
        '<c t="str"><v>Beside</v></c>',
      ) +
      row(3, '<c t="str"><v>Clara</v></c>', '<c t="str"><v>Dora</v></c>');
    for (const prefix of ["", "x"]) {
      const file = await made(folder.path, `values${prefix}`, { sheets: [{ name: "Values", rows }], ...(prefix && { prefix }) });
      await translateFile(file, to, upper);
      const { pages } = await readFile(to);
      expect(texts(pages).slice(1)).to.deep.equal([
        ...["SALT & PEPPER", "SEE www.example.org\nFOR MORE", "Anna", "Berta", "BESIDE", "Clara", "Dora"],
      ]);
      expect(pages.flatMap(({ remarks }) => remarks.map(({ message }) => message)).join()).to.contain("4 cells show texts that a formula");
      const p = prefix && `${prefix}:`;
      expect((await partsIn(to)).get("xl/worksheets/sheet1.xml")?.toString()).to.contain(
        `<${p}c r="A1" t="str"><${p}v>SALT &amp; PEPPER</${p}v></${p}c>`,
      );
    }
  });
  it("keep heads of print and say so where the translation is longer than one may be, and what tables' filters find", async () => {
    await using folder = await scratch();
    const to = path.join(folder.path, "out.xlsx");
    const table =
      '<table xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" id="1" name="T" displayName="T" ref="A1:A3"><autoFilter ref="A1:A3"><filterColumn colId="0"><filters><filter val="Oak"/></filters></filterColumn></autoFilter><tableColumns count="1"><tableColumn id="1" name="Tree"/></tableColumns></table>';
    const sheet = {
      name: "Trees",
      rows: row(1, "s0") + row(2, "s1") + row(3, "s2"),
      behind: "<headerFooter><oddHeader>&amp;LTrees of the garden</oddHeader></headerFooter>",
      parts: [["table", "tables/table1.xml", table] as const],
    };
    const file = await made(folder.path, "trees", { sheets: [sheet], strings: ["Tree", "Oak", "Lime"].map(t) });
    const long = (content: readonly Inline[]) =>
      content.map((inline): Inline => (inline.kind === "text" ? { ...inline, text: `${inline.text} anew`.repeat(20) } : inline));
    const remarks = await translateFile(file, to, long);
    expect(remarks.map(({ code, message }) => `${code} ${message}`)).to.include(
      "TEXT_KEPT A head or foot of print would be longer than it may be: it is kept.",
    );
    const parts = await partsIn(to);
    expect(parts.get("xl/worksheets/sheet1.xml")?.toString()).to.contain("&amp;LTrees of the garden<");
    expect(texts((await readFile(to)).pages))
      .to.include("Oak")
      .and.not.include("Lime");
  });
  it("show a number with no more decimals than there can be", () => {
    expect(numberFormat(164, `0.${"0".repeat(200)}`, false)("1.5")).to.match(/^1\.50+$/);
  });
  it("are refused whose values have no end", () => {
    const scanner = new SheetScanner({});
    scanner.write('<worksheet><sheetData><row><c t="n"><v>');
    expect(() => {
      for (let count = 0; count < 20; count++) scanner.write(`${"1".repeat(1024 ** 2)}<a/>`);
    }).to.throw("without end");
  });
  it("have heads and feet whose codes stay", () => {
    const given = '&L&"Arial,Bold"&12&KFF0000Title&C&P+1 of &N&R&D && &T\nEnd &G';
    expect(writeRunning(readRunning(given))).to.equal(given);
    expect(readRunning(given).map(({ mark, content }) => [mark, plainText(content)])).to.deep.equal([
      ["&L", "Title"],
      ["&C", " of 1"],
      ["&R", " & \nEnd "],
    ]);
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("&", "&&", "a", "1", "&P", "&12", '&"A,B"', "\n", "&K", "&L", " "), { maxLength: 12 }),
        (signs) => {
          const once = writeRunning(readRunning(signs.join("")));
          expect(writeRunning(readRunning(once))).to.equal(once);
        },
      ),
      { seed: 3 },
    );
  });
  it("are looked through for what a pattern with wildcards finds", () => {
    expect(matches("closed on mondays", "closed*")).to.equal(true);
    expect(matches("closed", "c?os*d")).to.equal(true);
    expect(matches("closed?", "closed~?")).to.equal(true);
    expect(matches("closedx", "closed~?")).to.equal(false);
    expect(matches("a".repeat(5000), `${"a*".repeat(2000)}b`)).to.equal(false);
  });

  describe("that are hostile", () => {
    const garden = WORKBOOKS["garden"] as GivenWorkbook;
    const withPart = (part: string, content: string | Buffer | undefined) =>
      partsOf(garden).flatMap(([name, given]): [string, string | Buffer][] =>
        name !== part ? [[name, given]] : content === undefined ? [] : [[name, content]],
      );
    const sheet = (rows: string) => partsOf({ sheets: [{ name: "A", rows }], strings: [t("A")] });
    const CASES: Readonly<Record<string, [parts: [string, string | Buffer][], code: string | undefined]>> = {
      "without a main part": [withPart("xl/workbook.xml", undefined), "UNSUPPORTED_FILE_TYPE"],
      "without relationships": [withPart("_rels/.rels", undefined), "DOCUMENT_CORRUPT"],
      "without content types": [withPart("[Content_Types].xml", undefined), "DOCUMENT_CORRUPT"],
      "whose workbook is cut off": [withPart("xl/workbook.xml", "<workbook><sheets>"), "DOCUMENT_CORRUPT"],
      "without sheets": [withPart("xl/workbook.xml", "<workbook/>"), "NO_CONTENT"],
      "whose strings are cut off": [withPart("xl/sharedStrings.xml", "<sst><si><t>a"), "DOCUMENT_CORRUPT"],
      "whose strings are missing": [withPart("xl/sharedStrings.xml", undefined), undefined],
      "whose sheet is cut off": [withPart("xl/worksheets/sheet1.xml", "<worksheet><sheetData><row><c"), "DOCUMENT_CORRUPT"],
      "whose sheet is empty": [withPart("xl/worksheets/sheet1.xml", ""), "DOCUMENT_CORRUPT"],
      "whose sheet is no XML": [withPart("xl/worksheets/sheet1.xml", Buffer.from([1, 2, 3, 255])), "DOCUMENT_CORRUPT"],
      "whose sheet is in no encoding": [
        withPart("xl/worksheets/sheet1.xml", Buffer.from("<worksheet>\xff</worksheet>", "latin1")),
        "DOCUMENT_CORRUPT",
      ],
      "with entities": [
        withPart(
          "xl/worksheets/sheet1.xml",
          '<!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet><sheetData><row><c t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>',
        ),
        "DOCUMENT_CORRUPT",
      ],
      "with an entity that is a file": [
        withPart("xl/sharedStrings.xml", '<!DOCTYPE s [<!ENTITY a SYSTEM "file:///etc/passwd">]><sst><si><t>&a;</t></si></sst>'),
        "DOCUMENT_CORRUPT",
      ],
      "that nest without end": [withPart("xl/worksheets/sheet1.xml", "<worksheet>".repeat(100_000)), "DOCUMENT_TOO_COMPLEX"],
      "whose relationships nest without end": [withPart("xl/_rels/workbook.xml.rels", "<a>".repeat(100_000)), "DOCUMENT_TOO_COMPLEX"],
      "with a tag without end": [sheet(`<row><c t="${"a".repeat(17_000_000)}"/></row>`), "DOCUMENT_TOO_COMPLEX"],
      "with more sheets than are read": [
        partsOf({ sheets: Array.from({ length: 2001 }, (_, index) => ({ name: `S${index}`, rows: "" })) }),
        "TOO_MANY_PAGES",
      ],
      "whose cells are nowhere": [
        sheet(
          '<row r="-5"><c r="ZZZZZZ99999999" t="s"><v>0</v></c><c r="" t="s"><v>999999999</v></c><c t="s"><v>x</v></c></row><row r="1e9"><c t="s"><v>0</v></c></row>',
        ),
        undefined,
      ],
      "whose styles are nonsense": [
        withPart("xl/styles.xml", "<styleSheet><cellXfs><xf numFmtId='abc'/></cellXfs></styleSheet>"),
        undefined,
      ],
      "whose formulas are nonsense": [
        sheet(`<row><c><f>${"[".repeat(5000)}${"'".repeat(5001)}${'"'.repeat(5001)}</f><v>1</v></c></row>`),
        undefined,
      ],
      "that say they are in another place": [
        withPart(
          "xl/_rels/workbook.xml.rels",
          '<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="../../../../etc/passwd"/><Relationship Id="rId2" Type="x/worksheet" Target="http://example.org/" TargetMode="External"/></Relationships>',
        ),
        "NO_CONTENT",
      ],
    };
    for (const [name, [parts, code]] of Object.entries(CASES))
      it(`${code ? `are refused (${code})` : "are read as far as they go"}: ${name}`, async () => {
        await using folder = await scratch();
        const file = await zipped(path.join(folder.path, "a.xlsx"), parts);
        expect(await codeOf(() => readFile(file))).to.equal(code);
      });
  });
});

/** The words in reverse order, and each span in two. */
function turned(content: readonly Inline[]): Inline[] {
  return content.toReversed().flatMap((inline): Inline[] => {
    if (inline.kind !== "span") return [inline];
    const text = plainText(inline.content);
    const [first, second] = [text.slice(0, 2), text.slice(2)];
    return [second, first].filter(Boolean).map((part) => ({ ...inline, content: [{ kind: "text", text: part }] }));
  });
}

/** Each letter with how it looks, as far as a style can be taken back. */
function wordsIn(content: readonly Inline[], look: TextStyle = {}): string[] {
  return content.flatMap((inline) => {
    if (inline.kind === "span") return wordsIn(inline.content, { ...look, ...inline.style });
    const { bold = false, italic = false } = look;
    return [...inline.text].filter((sign) => /\S/.test(sign)).map((sign) => `${sign} ${bold} ${italic}`);
  });
}
