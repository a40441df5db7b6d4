import { globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { expect } from "chai";
import fc from "fast-check";
import { inPlace, upper, WRITING } from "../../../../test/support/in_place.ts";
import { leavesOf } from "../../document/model.ts";
import { edited } from "../edits.ts";
import { decode } from "../encoding.ts";
import { propertyTexts } from "./open.ts";
import { readProperties } from "./read.ts";

const read = (source: string) => propertyTexts(source, { targetLanguage: "es" });
/** Of a file, so that the test takes little time. */
const MOST_LETTERS = 6_000;
const translated = inPlace(read);
const values = (source: string) => readProperties(source).map(({ path: [key], value }) => [key, value]);

describe("properties, read and written back", () => {
  it("are read as Java reads them", () => {
    const source = [
      "# a comment \\",
      "! another",
      "",
      "a=1",
      "  b : two  ",
      "c three = 3",
      "d\\ e\\=f\\:=x\\u00e9y",
      "g = one \\",
      "    two\\\r",
      "\tthree",
      "h",
      "i=",
      "j = \\ kept\\n\\t\\\\",
      "k=\\",
      "  # no comment",
      "l=end\\",
    ];
    expect(values(source.join("\n"))).to.deep.equal([
      ["a", "1"],
      ["b", "two  "],
      ["c", "three = 3"],
      ["d e=f:", "x\u00e9y"],
      ["g", "one twothree"],
      ["h", ""],
      ["i", ""],
      ["j", " kept\n\t\\"],
      ["k", "# no comment"],
      ["l", "end"],
    ]);
  });

  const CASES: readonly (readonly [string, string])[] = [
    ["# Menu\r\nopen = Open the file\r\n! end", "# Menu\r\nopen = OPEN THE FILE\r\n! end"],
    ["a:  Save \\\n      all the \\\n      files of yours", "a:  SAVE ALL THE \\\n      FILES OF \\\n      YOURS"],
    ["a=First line\\n\\\n  Second line\\n\\\n  Third", "a=FIRST LINE\\n\\\n  SECOND LINE\\n\\\n  THIRD"],
    ["a=It''s {0} of ''{1}''", "a=IT''S {0} OF ''{1}''"],
    ["a=caf\\u00e9 \\: b\\!", "a=CAF\\u00c9 \\: B\\!"],
    ["a=\\ lead", "a=\\ LEAD"],
    ["a=btn-primary\nb=/usr/bin", "a=btn-primary\nb=/usr/bin"],
  ];
  for (const [source, expected] of CASES)
    it(`keep all but the words of ${JSON.stringify(source)}`, () => {
      expect(translated(source, upper)).to.equal(expected);
    });
  it("write signs beyond ASCII as the file does", () => {
    const say = () => [{ kind: "text", text: "niño €" }] as const;
    expect(translated("a=child", say)).to.equal("a=ni\\u00F1o \\u20AC");
    expect(translated("a=child\n#ß", say)).to.equal("a=niño €\n#ß");
    const { sections, emitter } = propertyTexts("a=child\n#ß", { targetLanguage: "es" }, "windows-1252");
    const leaves = sections.flatMap(({ blocks }) => [...leavesOf(blocks)]).slice(0, 1);
    const changed = leaves.map((leaf) => ({ ...leaf, content: say() }));
    expect(edited("a=child", emitter.edits(changed, WRITING).edits)).to.equal("a=niño \\u20AC");
  });
  it("come back with the same keys, and with values that differ in their words alone, whatever they hold", () => {
    const piece = fc.constantFrom(..."a|Open it|=|:| |\\|\\\n  |\n|\r\n|#|!|\\u00e9|\\n|{0}|''|\\ |\t|word |é|<b>|</b>|\\=|\f".split("|"));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const source = pieces.join("");
        const { sections, emitter } = read(source);
        const leaves = sections.flatMap(({ blocks }) => [...leavesOf(blocks)]).filter(({ segments }) => segments === undefined);
        expect(values(edited(source, emitter.edits(leaves, WRITING).edits))).to.deep.equal(values(source));
        const upperValues = (text: string) => values(text).map(([key, value]) => [key, value?.toUpperCase()]);
        expect(upperValues(translated(source, upper))).to.deep.equal(upperValues(source));
      }),
      { numRuns: Number(process.env["RUNS"] ?? 1_000), seed: Number(process.env["SEED"] ?? 1) },
    );
  });
  it("are so for files that others wrote", async () => {
    const files = globSync(["/usr/{lib,share}/**/*.properties", "node_modules/**/*.properties"]).sort();
    let leaves = 0;
    let count = 0;
    for (const file of files) {
      const source = decode(await readFile(file))?.text;
      if (source === undefined || source.length > MOST_LETTERS) continue;
      count += 1;
      const { sections, emitter } = read(source);
      const all = sections.flatMap(({ blocks }) => [...leavesOf(blocks)]).filter(({ segments }) => segments === undefined);
      expect(values(edited(source, emitter.edits(all, WRITING).edits)), file).to.deep.equal(values(source));
      leaves += all.length;
    }
    console.log(`      ${count} of ${files.length} files, ${leaves} of their texts set anew`);
  });
});

describe("many properties", () => {
  it("are read in a time that grows with their number", function () {
    this.timeout(1_500);
    expect(readProperties("key = value\n".repeat(100_000))).to.have.length(100_000);
  });
});
