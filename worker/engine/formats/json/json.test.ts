import { globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { expect } from "chai";
import { parse } from "jsonc-parser";
import { inPlace, upper, WRITING } from "../../../../test/support/in_place.ts";
import { type Inline, leavesOf, plainText } from "../../document/model.ts";
import { edited } from "../edits.ts";
import { decode } from "../encoding.ts";
import { changedLeaves } from "../sectioned.ts";
import { arbTexts, jsonTexts } from "./open.ts";

const read = (source: string) => jsonTexts(source, { targetLanguage: "es" });
const translated = inPlace(read);

const SAMPLE = `{
  // Shown first.
  "title" : "The garden is open.",\r
\t"items": ["One day", {"url": "https://example.org/a", "label": "Read\\nmore\\t\\"now\\"", "n": 1.50, "on": true, "off": null}],
  "icon": "btn-primary", /* kept */ "empty": "",
  "title": "caf\\u00e9 <b>opens<\\/b>",
}
`;

function codeOf(work: () => unknown): { code?: string; message: string } {
  try {
    work();
  } catch (error) {
    return error as { code?: string; message: string };
  }
  return { message: "none" };
}

describe("JSON, read and written back", () => {
  it("changes values alone: order, comments, blanks, line ends and names stay", () => {
    expect(translated(SAMPLE, upper)).to.equal(`{
  // Shown first.
  "title" : "THE GARDEN IS OPEN.",\r
\t"items": ["ONE DAY", {"url": "https://example.org/a", "label": "READ\\nMORE\\t\\"NOW\\"", "n": 1.50, "on": true, "off": null}],
  "icon": "btn-primary", /* kept */ "empty": "",
  "title": "CAF\\u00c9 <b>OPENS<\\/b>",
}
`);
  });
  it("shows the names of its texts, and why others are kept", () => {
    const [section] = read(SAMPLE).sections;
    const [list] = section?.blocks ?? [];
    const items = list?.kind === "list" ? list.items : [];
    expect(items.map(({ mark }) => mark)).to.deep.equal(["title:", "items.0:", "items.1.url:", "items.1.label:", "icon:", "title:"]);
    const kept = [...leavesOf(section?.blocks ?? [])].flatMap(({ segments = [] }) => segments);
    expect(kept.map(({ why }) => why)).to.deep.equal(["an address", "an identifier"]);
  });
  it("takes those that the user chose by their names", () => {
    const source = '{"a": {"label": "One", "text": "Two", "b": {"label": "Three"}}, "label_x": "Four"}';
    const chosen = (keys: string[]) => {
      const { sections } = jsonTexts(source, { targetLanguage: "es", selection: { keys } });
      return sections.flatMap(({ blocks }) => [...leavesOf(blocks)].map(({ content }) => plainText(content)));
    };
    expect(chosen(["a.*"])).to.deep.equal(["One", "Two"]);
    expect(chosen(["**.label"])).to.deep.equal(["One", "Three"]);
    expect(chosen(["a.**", "label_*"])).to.deep.equal(["One", "Two", "Three", "Four"]);
    expect(chosen(["a.*.label"])).to.deep.equal(["Three"]);
    expect(chosen(["x"])).to.deep.equal([]);
  });
  it("is read as several values, one to a line", () => {
    expect(translated('{"a": "one"}\n{"a": "two"}\n"three"\n', upper)).to.equal('{"a": "ONE"}\n{"a": "TWO"}\n"THREE"\n');
  });
  it("stays in ASCII where it is", () => {
    expect(translated('{"a": "\\u4fdd\\u5b58 it"}', () => [{ kind: "text", text: "guárdalo 😀" }])).to.equal(
      '{"a": "gu\\u00e1rdalo \\ud83d\\ude00"}',
    );
    expect(translated('{"a": "save it"}', () => [{ kind: "text", text: "guárdalo" }])).to.equal('{"a": "guárdalo"}');
    expect(translated('{"a": "a \\u003cb\\u003ec\\u003c/b\\u003e"}', upper)).to.equal('{"a": "A \\u003cb\\u003eC\\u003c/b\\u003e"}');
  });
  it("remarks plurals that the target language has more of", () => {
    const remarks = (source: string, targetLanguage: string) => jsonTexts(source, { targetLanguage }).remarks.map(({ message }) => message);
    const icu = '{"a": "{n, plural, one {# day} other {# days}}"}';
    expect(remarks(icu, "es")).to.deep.equal([]);
    expect(remarks(icu, "ar")).to.deep.equal([
      'A text for numbers lacks a form that the target language has (few, many, two, zero): "other" stands for it.',
    ]);
    expect(remarks('{"day_one": "a day", "day_other": "days", "x": {"one": "a", "other": "b"}}', "pl")).to.deep.equal([
      '2 texts for numbers lack a form that the target language has (few, many): "other" stands for it.',
    ]);
  });
  for (const [source, place] of [
    ['{"a": "b"\n "c": 1}', "line 2, column 2: a comma is missing"],
    ["The garden is open.", "line 1, column 1: a value is missing"],
    ['{"a": "b', "line 1, column 7: a text is not written as JSON has it"],
    ['{"a": 1', "line 1, column 8: a comma is missing"],
    ["{a: 1}", "line 1, column 2: a name in quotes is missing"],
    ['["a"]]', "line 1, column 6: a value is missing"],
    ['{"a": "tab\there"}', "line 1, column 7: a text is not written as JSON has it"],
  ] as const)
    it(`refuses ${JSON.stringify(source)} and says where it breaks`, () => {
      const { code, message } = codeOf(() => read(source));
      expect(code).to.equal("DOCUMENT_CORRUPT");
      expect(message).to.equal(`The file is no JSON: ${place}.`);
    });
  it("refuses what nests without end", () => {
    expect(codeOf(() => read("[".repeat(100_000))).code).to.equal("DOCUMENT_TOO_COMPLEX");
  });
  it("is so for files that others wrote", async function () {
    this.timeout(60_000);
    const all = globSync("node_modules/**/*.{json,jsonc}", { exclude: ["**/typescript/**"] }).sort();
    const every = process.env["DRAGOMAN_TEST_ALL"] ? 1 : 20;
    let [files, leaves] = [0, 0];
    for (const file of all.filter((_, index) => index % every === 0)) {
      const source = decode(await readFile(file))?.text;
      if (source === undefined || (every > 1 && source.length > 300_000)) continue;
      let document: ReturnType<typeof read>;
      try {
        document = read(source);
      } catch (error) {
        expect(() => JSON.parse(source), `${file} ${error}`).to.throw();
        continue;
      }
      const { sections, emitter } = document;
      const spooled: typeof sections = JSON.parse(JSON.stringify(sections));
      expect(sections.flatMap((section, index) => changedLeaves(section.blocks, spooled[index]?.blocks ?? []))).to.deep.equal([]);
      const all = sections.flatMap(({ blocks }) => [...leavesOf(blocks)].filter(({ segments }) => segments === undefined));
      const anew = edited(source, emitter.edits(all, WRITING).edits);
      expect(parse(anew), file).to.deep.equal(parse(source));
      const values = (text: string) => JSON.stringify(parse(text)).toUpperCase();
      expect(values(translated(source, upper)) === values(source), file).to.equal(true);
      files += 1;
      leaves += all.length;
    }
    console.log(`      ${files} of ${all.length} files, ${leaves} of their texts set anew`);
    expect(files).to.be.greaterThan(20);
  });
});

describe("ARB, read and written back", () => {
  it("translates what people read, and names its new language", () => {
    const arb = (source: string) => arbTexts(source, { targetLanguage: "es" });
    const source =
      '{\n  "@@locale": "en_GB",\n  "open": "Open {name}",\n  "@open": {"description": "Of a door", "placeholders": {"name": {}}}\n}\n';
    expect(inPlace(arb)(source, upper)).to.equal(source.replace("en_GB", "es").replace("Open {", "OPEN {"));
    expect(arb(source).language).to.equal("en");
    expect(arb('{"open": "x y"}').language).to.equal(undefined);
  });
});

describe("escapes that JSON does not ask for", () => {
  it("are no part of others", () => {
    const made = translated('{"a": "\\u006fpe\\u006e\\/ 1\\u00302 <\\u003e"}', () => [{ kind: "text", text: 'no/ü 0>\\ "' }]);
    expect(JSON.parse(made)).to.deep.equal({ a: 'no/ü 0>\\ "' });
  });
});

describe("messages of ICU", () => {
  it("have no argument behind an apostrophe that would quote it, where the file has plurals of ICU", () => {
    const plural = '"n": "{n, plural, one {# day} other {# days}}"';
    const elided = (content: readonly Inline[]): Inline[] => [
      { kind: "text", text: "l'" },
      ...content.filter(({ kind }) => kind === "atom"),
    ];
    const said = (source: string) => (JSON.parse(translated(source, elided)) as { a: string }).a;
    expect(said(`{"a": "the {name}", ${plural}}`)).to.equal("l''{name}");
    expect(said('{"a": "the {name}"}')).to.equal("l'{name}");
    expect(said(`{"a": "the {{name}}", ${plural}}`)).to.equal("l'{{name}}");
  });
});
