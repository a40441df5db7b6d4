import { globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { expect } from "chai";
import fc from "fast-check";
import { parseAllDocuments, stringify } from "yaml";
import { inPlace, upper, WRITING } from "../../../../test/support/in_place.ts";
import { leavesOf, plainText } from "../../document/model.ts";
import { edited } from "../edits.ts";
import { decode } from "../encoding.ts";
import { yamlTexts } from "./open.ts";

/** Of a file, so that the test takes little time. */
const MOST_LETTERS = 20_000;

const read = (source: string) => yamlTexts(source, { targetLanguage: "es" });
const translated = inPlace(read);
const values = (source: string) => parseAllDocuments(source, { logLevel: "silent", uniqueKeys: false }).map((each) => each.toJS());
const say = (text: string) => () => [{ kind: "text" as const, text }];

describe("YAML, read and written back", () => {
  const CASES: readonly (readonly [string, string])[] = [
    [
      "# a comment\na: The garden   # kept\nb:  'It''s open'\nc: \"A \\\"b\\\" c\"\n",
      "# a comment\na: THE GARDEN   # kept\nb:  'IT''S OPEN'\nc: \"A \\\"B\\\" C\"\n",
    ],
    ["a:\r\n  - One day\r\n  - {b: Two days, c: [Three, 4, true]}\r\n", "a:\r\n  - ONE DAY\r\n  - {b: TWO DAYS, c: [THREE, 4, true]}\r\n"],
    ["a: |\n  First line\n\n    indented\n  last\nb: x y\n", "a: |\n  FIRST LINE\n\n    INDENTED\n  LAST\nb: X Y\n"],
    ["a: |2-\n   led\n  last\n\n# end\n", "a: |2-\n   LED\n  LAST\n\n# end\n"],
    [
      "a: >-\n  This is a long text that goes on over\n  several lines, and it is folded.\n\n  Second part.\nb: c d\n",
      "a: >-\n  THIS IS A LONG TEXT THAT GOES ON OVER\n  SEVERAL LINES, AND IT IS FOLDED.\n\n  SECOND PART.\nb: C D\n",
    ],
    ["base: &b\n  label: Some words\nother:\n  <<: *b\n  again: *b\n", "base: &b\n  label: SOME WORDS\nother:\n  <<: *b\n  again: *b\n"],
    [
      "a: &x One word\nb: *x\n---\nc: !!str Two words\nd: !Ref Three words\n...\n",
      "a: &x ONE WORD\nb: *x\n---\nc: !!str TWO WORDS\nd: !Ref Three words\n...\n",
    ],
    ["a: no\nb: On\nc: 12\nd: 2026-11-26\ne: ~\nf: btn-primary\n", "a: no\nb: On\nc: 12\nd: 2026-11-26\ne: ~\nf: btn-primary\n"],
    [
      'en:\n  hello: "Hello %{name}"\n  one: One {{count}} of <b>all</b>\n',
      'es:\n  hello: "HELLO %{name}"\n  one: ONE {{count}} OF <b>ALL</b>\n',
    ],
    ["a: goes on\n  here\nb: 1\n", "a: GOES ON HERE\nb: 1\n"],
    ['? a key\n: Some words\n"q" : More words\n', '? a key\n: SOME WORDS\n"q" : MORE WORDS\n'],
  ];
  for (const [source, expected] of CASES)
    it(`keeps all but the words of ${JSON.stringify(source)}`, () => {
      expect(translated(source, upper)).to.equal(expected);
    });
  for (const text of [
    "a: b",
    "# no",
    "- x",
    "no",
    "Yes",
    "12",
    "1.5",
    "null",
    "'q'",
    '"q"',
    "a #b",
    "[x]",
    "{x}",
    "@x",
    "*x",
    "&x",
    "!x",
    "%x",
    "a, b]",
    "x: ",
    "\u00e9 \u00a0",
    "a\\b",
    "|",
    "> a",
    "? a",
    "2026-11-26",
  ])
    it(`quotes ${JSON.stringify(text)} where it would be something else`, () => {
      for (const source of [
        "k: word here\n",
        "- word here\n",
        "k: [word here]\n",
        "k: 'word here'\n",
        'k: "word here"\n',
        "k: |\n  word here\n",
        "k: >\n  word here\n",
      ]) {
        const [made] = values(translated(source, say(text)));
        expect(String(Array.isArray(made) ? made[0] : Array.isArray(made.k) ? made.k[0] : made.k).replace(/\n$/, ""), source).to.equal(
          text.trim() === text ? text : text,
        );
      }
    });
  it("renames no key but the source's language where it holds all", () => {
    expect(translated("en: Some words\n", upper)).to.equal("en: SOME WORDS\n");
    expect(translated("en:\n  a: Some words\nfr:\n  a: Des mots\n", upper)).to.contain("en:\n");
  });
  it("takes those that the user chose by their names", () => {
    const { sections } = yamlTexts("en:\n  a:\n    label: One\n    text: Two\n", {
      targetLanguage: "es",
      selection: { keys: ["**.label"] },
    });
    expect(sections.flatMap(({ blocks }) => [...leavesOf(blocks)].map(({ content }) => plainText(content)))).to.deep.equal(["One"]);
  });
  for (const [source, place] of [
    ["The garden is open.\n", "line 1, column 1: it has neither keys nor a list"],
    ["a: b\n c: d\n", "line 1, column 4"],
    ["a: 'b\n", "line 2, column 1"],
    ["", "line 1, column 1: it has neither"],
  ] as const)
    it(`refuses ${JSON.stringify(source)} and says where it breaks`, () => {
      expect(() => read(source)).to.throw(`The file is no YAML: ${place}`);
    });
  it("refuses what nests without end", () => {
    for (const sign of ["[", "{", "{a: ", "- ", "? "]) expect(() => read(`a:\n  ${sign.repeat(100_000)}`)).to.throw("nests too deeply");
    expect(() => read(`${Array.from({ length: 400 }, (_, depth) => `${" ".repeat(depth)}k:`).join("\n")} some words\n`)).to.throw(
      "nests too deeply",
    );
  });
  it("is written in time that grows with its length alone", () => {
    const source = `a: |\n  One line\n${"\n".repeat(100_000)}  last line\n`;
    const start = performance.now();
    expect(translated(source, upper)).to.equal(source.replace("One line", "ONE LINE").replace("last line", "LAST LINE"));
    expect(performance.now() - start).to.be.lessThan(8_000);
  });
  it("comes back with the same values, whatever these hold and however they are written", () => {
    const text = fc
      .string({ unit: fc.constantFrom(..."ab :#-'\"\\\n{}[],&*!|>%@`\t\u00e9{x}"), minLength: 1, maxLength: 20 })
      .map((said) => `word ${said}`);
    const style = fc.constantFrom("PLAIN", "QUOTE_SINGLE", "QUOTE_DOUBLE", "BLOCK_LITERAL", "BLOCK_FOLDED");
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), style, fc.boolean(), (texts, type, inFlow) => {
        const source = stringify(
          { k: { list: texts, one: texts[0] } },
          { defaultStringType: type, collectionStyle: inFlow ? "flow" : "block", lineWidth: 50 },
        );
        const { sections, emitter } = read(source);
        const leaves = sections.flatMap(({ blocks }) => [...leavesOf(blocks)]).filter(({ segments }) => segments === undefined);
        expect(values(edited(source, emitter.edits(leaves, WRITING).edits))).to.deep.equal(values(source));
        expect(JSON.stringify(values(translated(source, upper))).toLowerCase()).to.equal(JSON.stringify(values(source)).toLowerCase());
      }),
      { numRuns: Number(process.env["RUNS"] ?? 150), seed: Number(process.env["SEED"] ?? 1) },
    );
  });
  it("is so for files that others wrote", async function () {
    this.timeout(60_000);
    const files = globSync(["node_modules/**/*.{yml,yaml}", "/usr/share/**/*.{yml,yaml}"]).sort();
    let [count, opened] = [0, 0];
    for (const file of files) {
      const source = decode(await readFile(file))?.text;
      if (source === undefined || source.length > MOST_LETTERS) continue;
      let document: ReturnType<typeof read>;
      try {
        document = read(source);
      } catch {
        continue;
      }
      opened += 1;
      const { sections, emitter } = document;
      const leaves = sections.flatMap(({ blocks }) => [...leavesOf(blocks)]).filter(({ segments }) => segments === undefined);
      expect(values(edited(source, emitter.edits(leaves, WRITING).edits)), file).to.deep.equal(values(source));
      const shown = (text: string) => JSON.stringify(values(text)).toUpperCase();
      expect(shown(translated(source, upper)) === shown(source), file).to.equal(true);
      count += leaves.length;
    }
    console.log(`      ${opened} of ${files.length} files, ${count} of their texts set anew`);
  });
});
