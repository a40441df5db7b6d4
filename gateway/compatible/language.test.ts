import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { ListLanguagePairsResponseSchema } from "../../gen/dragoman/v1/job_service_pb.ts";
import type { DragomanError } from "../../platform/errors.ts";
import { type Likely, likelyLanguages, sourceAmong } from "./detection.ts";
import { enginesOf, languageOf } from "./language_codes.ts";

const codeOf = (work: () => unknown) => {
  try {
    return String(work());
  } catch (error) {
    return (error as DragomanError).code;
  }
};

describe("a language as a client calls it", () => {
  for (const [code, meant] of [
    ["EN", "en"],
    ["en-gb", "en-GB"],
    ["pt_br", "pt-BR"],
    ["pb", "pt-BR"],
    ["ZH-HANT", "zh-Hant"],
    ["zt", "zh-Hant"],
    ["zh-CN", "zh-Hans"],
    ["es-419", "es-419"],
    ["english please", undefined],
    ["-", undefined],
    ["", undefined],
  ] as const)
    it(`is ${meant ?? "none"} for "${code}"`, () => {
      expect(languageOf(code)).to.equal(meant);
    });
});

describe("what translates", () => {
  const served = create(ListLanguagePairsResponseSchema, {
    pairs: [
      { source: "en", target: "es" },
      { source: "en", target: "fr" },
    ],
    engines: [
      { name: "own", languages: [{ sources: ["en"], targets: ["es", "fr"] }] },
      { name: "other", languages: [{ sources: ["en"], targets: ["de"] }] },
    ],
  });
  const targets = (name: string) => enginesOf(served, name).flatMap(({ groups }) => groups.flatMap((group) => group.targets));
  it("is the engine that is named, and else only what needs no name", () => {
    expect(targets("")).to.deep.equal(["es", "fr"]);
    expect(targets("other")).to.deep.equal(["de"]);
    expect(codeOf(() => targets("third"))).to.equal("TRANSLATION_ENGINE_UNKNOWN");
  });
});

describe("the language of a text without one", () => {
  const sure = (language: string): Likely[] => [{ language, confidence: 90 }];
  const unsure = (...languages: string[]): Likely[] => languages.map((language, index) => ({ language, confidence: 40 - index }));
  const among = (likely: readonly Likely[], all: readonly string[], target = "es") =>
    sourceAmong(likely, { target, all, has: (language) => all.includes(language) });
  it("is the one that it is surely in, if that is served", () => {
    expect(among(sure("fr"), ["en", "fr"])).to.deep.equal({ language: "fr", confidence: 90, isTarget: false });
    expect(among(sure("no"), ["nb"]).language).to.equal("nb");
    expect(codeOf(() => among(sure("fr"), ["en"]))).to.equal("UNSUPPORTED_LANGUAGE_PAIR");
  });
  it("is the target's only where that is sure", () => {
    expect(among(sure("pt"), ["en", "pt"], "pt-BR").isTarget).to.equal(true);
    expect(among(sure("zh"), ["en", "zh"], "zh-Hant")).to.include({ language: "zh", isTarget: false });
    expect(codeOf(() => among(sure("zh"), ["en"], "zh-Hant"))).to.equal("UNSUPPORTED_LANGUAGE_PAIR");
    expect(among(unsure("es", "en"), ["en", "fr"])).to.deep.equal({ language: "en", confidence: 39, isTarget: false });
  });
  it("is the only one that is served, of a text that tells nothing; or it is asked for", () => {
    expect(among([], ["en-GB", "en-US"])).to.deep.equal({ language: "en", confidence: 0, isTarget: false });
    expect(codeOf(() => among([], ["en", "fr"]))).to.equal("LANGUAGE_NOT_DETECTED");
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
