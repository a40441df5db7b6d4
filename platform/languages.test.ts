import { expect } from "chai";
import { isServed, type LanguageGroup, named, servedAs, sourcesOf } from "./languages.ts";

const group = (sources: string, targets: string): LanguageGroup => ({
  sources: sources.split(" "),
  targets: targets.split(" "),
  formality: false,
  glossary: false,
});
const DEEPL = [group("en pt zh de", "en-GB en-US pt-BR pt-PT zh-Hans zh-Hant de")];
const SMALL = [group("en es", "en es pt zh no sr")];

describe("how an engine is asked for a pair of languages", () => {
  for (const [name, pair, groups, expected, exact] of [
    ["by the same codes where it has them", "en→pt-BR", DEEPL, "en→pt-BR", true],
    ["by the likely variety where it has only varieties", "de→pt", DEEPL, "de→pt-BR", true],
    ["by the likely script", "en→zh", DEEPL, "en→zh-Hans", true],
    ["by the script that a region writes", "en→zh-TW", DEEPL, "en→zh-Hant", false],
    ["by the language where it knows no varieties", "es→pt-BR", SMALL, "es→pt", false],
    ["by the source's language, whatever its variety", "en-GB→es", SMALL, "en→es", true],
    ["by another name of the same language", "en→nb", SMALL, "en→no", true],
  ] as const)
    it(name, () => {
      const [source = "", target = ""] = pair.split("→");
      const served = servedAs({ source, target }, groups);
      expect([`${served?.pair.source}→${served?.pair.target}`, served?.exact]).to.deep.equal([expected, exact]);
    });
  for (const pair of ["en→zh-Hant", "en→sr-Latn", "en→en", "en→fr", "en→en-GB", "fr→es"])
    it(`is not at all where it does not serve it: ${pair}`, () => {
      const [source = "", target = ""] = pair.split("→");
      expect(servedAs({ source, target }, SMALL)).to.equal(undefined);
    });
  it("is from every language to the wanted variety", () => {
    expect(sourcesOf("pt", DEEPL)).to.deep.equal(["en", "zh", "de"]);
    expect(sourcesOf("zh-Hant", SMALL)).to.deep.equal([]);
  });
  it("is by engines that a job names, where all of them are there", () => {
    const engines = [
      { name: "small", groups: SMALL },
      { name: "deepl", groups: DEEPL },
    ];
    const names = (...asked: string[]) => named(asked, engines)?.map(({ name }) => name);
    expect(names("", "deepl")).to.deep.equal(["small", "deepl"]);
    expect(names("deepl", "other")).to.equal(undefined);
    const served = (source: string, target: string, ...asked: string[]) => isServed({ source, target }, named(asked, engines) ?? []);
    expect([
      served("de", "pt", ""),
      served("de", "pt", "deepl"),
      served("", "zh-Hant", ""),
      served("", "zh-Hant", "", "deepl"),
    ]).to.deep.equal([...[false, true, false, true]]);
  });
});
