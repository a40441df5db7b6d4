import { expect } from "chai";
import type { DragomanError } from "../../platform/errors.ts";
import { type Likely, likelyLanguages, sourceAmong } from "./detection.ts";
import { servedCode } from "./language_codes.ts";

const codeOf = (work: () => unknown) => {
  try {
    return String(work());
  } catch (error) {
    return (error as DragomanError).code;
  }
};

describe("a language as a client calls it", () => {
  const served = ["en", "es", "pt-BR", "zh-Hans", "zh-Hant", "nb"];
  for (const [code, meant] of [
    ["EN", "en"],
    ["en-GB", "en"],
    ["pt_br", "pt-BR"],
    ["pb", "pt-BR"],
    ["ZH-HANT", "zh-Hant"],
    ["zt", "zh-Hant"],
    ["zh-CN", "zh-Hans"],
    ["de", undefined],
    ["", undefined],
  ] as const)
    it(`is ${meant ?? "none"} for "${code}"`, () => {
      expect(servedCode(code, served)).to.equal(meant);
    });
});

describe("the language of a text without one", () => {
  const sure = (language: string): Likely[] => [{ language, confidence: 90 }];
  const unsure = (...languages: string[]): Likely[] => languages.map((language, index) => ({ language, confidence: 40 - index }));
  it("is the one that it is surely in, if that is served", () => {
    expect(sourceAmong(sure("fr"), ["en", "fr"], "es")).to.deep.equal({ language: "fr", confidence: 90, isTarget: false });
    expect(sourceAmong(sure("no"), ["nb"], "es").language).to.equal("nb");
    expect(codeOf(() => sourceAmong(sure("fr"), ["en"], "es"))).to.equal("UNSUPPORTED_LANGUAGE_PAIR");
  });
  it("is the target's only where that is sure", () => {
    expect(sourceAmong(sure("es"), ["en"], "es").isTarget).to.equal(true);
    expect(sourceAmong(unsure("es", "en"), ["en", "fr"], "es")).to.deep.equal({ language: "en", confidence: 39, isTarget: false });
  });
  it("is the only one that is served, of a text that tells nothing; or it is asked for", () => {
    expect(sourceAmong([], ["en"], "es")).to.deep.equal({ language: "en", confidence: 0, isTarget: false });
    expect(codeOf(() => sourceAmong([], ["en", "fr"], "es"))).to.equal("LANGUAGE_NOT_DETECTED");
  });
  it("is told from the text", async () => {
    const [first] = await likelyLanguages("The library is open from Monday to Saturday.");
    expect(first?.language).to.equal("en");
    expect(first?.confidence).to.be.within(50, 100);
    expect((await likelyLanguages("Bonjour!"))[0]).to.include({ language: "fr" });
    expect(await likelyLanguages("12 + 3")).to.deep.equal([]);
    expect(await likelyLanguages("\ud800")).to.deep.equal([]);
  });
});
