import { expect } from "chai";
import fc from "fast-check";
import { inPlace, upper, WRITING } from "../../../../test/support/in_place.ts";
import { leavesOf } from "../../document/model.ts";
import { edited } from "../edits.ts";
import { stringsTexts } from "./open.ts";
import { readStrings } from "./read.ts";

const read = (source: string) => stringsTexts(source, { targetLanguage: "es" });
const translated = inPlace(read);
const values = (source: string) => readStrings(source).map(({ path: [key], value }) => [key, value]);

describe("Apple's strings, read and written back", () => {
  it("keep all but the words", () => {
    const source =
      '/* Menu; "x" = "y"; */\n"Open %@" = "Open %@ with \\"%1$@\\"\\nnow";\r\n// one\nkey="It\'s";"a\\U00e9" = \'b "c"\';"icon" = "btn-primary" ;"only";\n';
    expect(translated(source, upper)).to.equal(
      '/* Menu; "x" = "y"; */\n"Open %@" = "OPEN %@ WITH \\"%1$@\\"\\nNOW";\r\n// one\nkey="IT\'S";"a\\U00e9" = \'B "C"\';"icon" = "btn-primary" ;"only";\n',
    );
    expect(values('{ a = "b"; }\n')).to.deep.equal([["a", "b"]]);
  });
  for (const [source, place] of [
    ['"a" = "b"\n"c" = "d";', "line 2, column 1: a semicolon is missing"],
    ["The garden is open.", "line 1, column 5: a semicolon is missing"],
    ['"a" = ;', "line 1, column 7: a value is missing"],
    ['"a" = "b;\n', "line 1, column 7: a value is missing"],
    ["<plist>", "line 1, column 1: a key is missing"],
  ] as const)
    it(`refuse ${JSON.stringify(source)} and say where it breaks`, () => {
      expect(() => read(source)).to.throw(`The file is no file of strings: ${place}.`);
    });
  it("are read in time that grows with their length alone", () => {
    const start = performance.now();
    expect(readStrings(`"a" = "${'b\\"'.repeat(1_000_000)}";`)[0]?.value).to.have.length(2_000_000);
    for (const sign of ["/* ", '"', "// ", " ", "\\"])
      expect(() => readStrings(`a = ${sign.repeat(200_000)}`)).to.throw("no file of strings");
    expect(performance.now() - start).to.be.lessThan(4_000);
  });
  it("come back with the same keys and values, whatever these hold", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: fc.constantFrom(..."ab \\\"'\n\té{}%@<>&;") }), { maxLength: 5 }), (texts) => {
        const source = texts.map((text, index) => `k${index} = "${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')} word";`).join("\n");
        const { sections, emitter } = read(source);
        const leaves = sections.flatMap(({ blocks }) => [...leavesOf(blocks)]).filter(({ segments }) => segments === undefined);
        expect(values(edited(source, emitter.edits(leaves, WRITING).edits))).to.deep.equal(values(source));
      }),
      { numRuns: 500, seed: Number(process.env["SEED"] ?? 1) },
    );
  });
});
