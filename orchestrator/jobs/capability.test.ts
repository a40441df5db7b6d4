import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { JobOptionsSchema } from "../../gen/dragoman/v1/job_pb.ts";
import { FILE_TYPES, type FileType } from "../../platform/file_types.ts";
import type { JobClass } from "../../platform/job_classes.ts";
import { type Ability, demandOf, type Engine, isFor, merged, Room, serves } from "./capability.ts";
import type { Pair, TranslationAbility } from "./translation.ts";

const TEXT_TYPE = FILE_TYPES.find(({ id }) => id === "text") as FileType;
const EN_ES = { source: "en", target: "es" };
const FR_ES = { source: "fr", target: "es" };
const ALL: Engine = { formats: ["pdf", "image", "markdown", "text"], ocr: true };
const NO_OCR: Engine = { ...ALL, ocr: false };
const TEXTS: Engine = { formats: ["markdown", "text"], ocr: false };

const demand = (sourceLanguage: string, targetLanguage: string, fileName = "", jobClass: JobClass = "default") =>
  demandOf({ fileName, options: create(JobOptionsSchema, { sourceLanguage, targetLanguage }) }, jobClass);
const pairs = (...offered: Pair[]): Ability => ({ pairs: offered });
const reads = (engine?: Engine): Ability => ({ pairs: [EN_ES], ...(engine && { engine }) });
const offers = (...all: Ability[]) => all.map((ability) => ({ ...ability, slots: 0, prefetch: 0 }));

describe("what a worker can do", () => {
  it("is what it has a pair for", () => {
    expect([demand("en", "es"), demand("es", "en"), demand("fr", "es")].map((job) => serves(pairs(EN_ES), job))).to.deep.equal([
      true,
      false,
      false,
    ]);
  });
  it("is of the classes that it takes; older workers do what nobody takes by its name, and hear of it among the rest", () => {
    const picture = demand("en", "es", "scan.png", "pictures");
    const old = reads(ALL);
    const [texts, pictures]: [Ability, Ability] = [
      { ...old, classes: ["default"] },
      { ...old, classes: ["pictures"] },
    ];
    const isOf = (...all: Ability[]) => all.map((ability) => isFor(ability, picture, offers(...all)));
    expect(isOf(old, texts, pictures)).to.deep.equal([false, false, true]);
    expect(isOf(old, texts)).to.deep.equal([true, false]);
    const free = (ability: Ability) => new Room([{ ...ability, slots: 1, prefetch: 0 }]);
    expect([old, texts, pictures].map((ability) => free(ability).take(picture))).to.deep.equal(["default", undefined, "pictures"]);
  });
  it("is known by the target where the language is to be detected", () => {
    expect([demand("", "es"), demand("", "en")].map((job) => serves(pairs(EN_ES), job))).to.deep.equal([true, false]);
  });
  it("is not to detect a language among a few of those that another worker reads", () => {
    const detected = demand("", "es");
    const [one, both] = [pairs(EN_ES), pairs(EN_ES, FR_ES)];
    expect([one, both].map((ability) => isFor(ability, detected, offers(one, both)))).to.deep.equal([false, true]);
    expect([one, pairs(FR_ES)].map((ability) => isFor(ability, detected, offers(one, pairs(FR_ES))))).to.deep.equal([true, true]);
    expect(isFor(one, demand("en", "es"), offers(one, both))).to.equal(true);
  });
  it("is what the engines that a job names translate, where it has all of them", () => {
    const engine = (name: string, sources: string[], targets: string[]): TranslationAbility => ({
      ...{ name, model: "", follows: [], billed: false },
      groups: [{ sources, targets, formality: false, glossary: false }],
    });
    const ability = { pairs: [EN_ES], engines: [engine("apertium", ["en"], ["es"]), engine("deepl", ["en", "fr"], ["es", "pt-BR"])] };
    const named = (sourceLanguage: string, targetLanguage: string, ...[first = "", ...fallbackEngines]: string[]) =>
      serves(
        ability,
        demandOf(
          { fileName: "", options: create(JobOptionsSchema, { sourceLanguage, targetLanguage, engine: first, fallbackEngines }) },
          "default",
        ),
      );
    expect([named("en", "es"), named("fr", "es"), named("fr", "es", "deepl"), named("fr", "es", "", "deepl")]).to.deep.equal([
      true,
      false,
      true,
      true,
    ]);
    expect([named("en", "es", "google"), named("en", "es", "apertium", "google"), named("", "pt", "deepl")]).to.deep.equal([
      false,
      false,
      true,
    ]);
  });
  it("is of an older worker only what names no engine", () => {
    const options = create(JobOptionsSchema, { sourceLanguage: "en", targetLanguage: "es", engine: "apertium" });
    expect(serves(pairs(EN_ES), demandOf({ fileName: "", options }, "default"))).to.equal(false);
  });
  it("is nothing without pairs", () => {
    expect(serves(pairs(), demand("", "es"))).to.equal(false);
  });
  it("is the file types that its engine reads, by the document's name", () => {
    const names = ["letter.PDF", "scan.tiff", "notes.md", "notes.txt"];
    const served = (engine?: Engine) => names.filter((name) => serves(reads(engine), demand("en", "es", name)));
    expect(served(TEXTS)).to.deep.equal(["notes.md", "notes.txt"]);
    expect(served(ALL)).to.deep.equal(names);
    expect(served({ formats: [], ocr: true })).to.deep.equal([]);
  });
  it("is every file type where an older worker does not say which", () => {
    expect(serves(reads(), demand("en", "es", "scan.png"))).to.equal(true);
  });
  it("is any document whose name tells of no file type: its content will", () => {
    for (const name of ["", "letter", "letter.xyz"]) expect(serves(reads(TEXTS), demand("en", "es", name))).to.equal(true);
  });
  it("is no picture without OCR", () => {
    expect(["scan.jpeg", "letter.pdf"].map((name) => serves(reads(NO_OCR), demand("en", "es", name)))).to.deep.equal([false, true]);
  });
  it("is a PDF, which may be scanned, without OCR only where no worker has it that can do the job", () => {
    const pdf = demand("en", "es", "letter.pdf");
    const [blind, seeing] = [reads(NO_OCR), reads(ALL)];
    expect([blind, seeing].map((ability) => isFor(ability, pdf, offers(blind, seeing)))).to.deep.equal([false, true]);
    expect(isFor(blind, pdf, offers(blind, reads(TEXTS)))).to.equal(true);
    expect(isFor(blind, pdf, offers(blind, { ...seeing, pairs: [FR_ES] }))).to.equal(true);
    expect(isFor(blind, demand("en", "es", "letter.md"), offers(blind, seeing))).to.equal(true);
  });
  it("is to detect a language among those of the workers that read pictures, where one of them is to read the PDF", () => {
    const [blind, seeing] = [
      { pairs: [EN_ES, FR_ES], engine: NO_OCR },
      { pairs: [EN_ES], engine: ALL },
    ];
    expect([blind, seeing].map((ability) => isFor(ability, demand("", "es", "a.pdf"), offers(blind, seeing)))).to.deep.equal([false, true]);
  });
});

describe("the room for jobs", () => {
  const of = (source: string) => demand(source, "es");
  it("is taken from who can do least, so that the others stay free for what only they can do", () => {
    const room = new Room([
      { pairs: [EN_ES, FR_ES], slots: 1, prefetch: 1 },
      { pairs: [EN_ES], slots: 1, prefetch: 1 },
    ]);
    expect(["en", "fr", "en"].map((source) => room.take(of(source)) !== undefined)).to.deep.equal([true, true, false]);
  });
  it("is taken for a text from who reads nothing else, so that a scan finds who reads scans", () => {
    const room = new Room([
      { ...reads(ALL), slots: 1, prefetch: 0 },
      { ...reads(TEXTS), slots: 1, prefetch: 0 },
    ]);
    expect(["a.txt", "b.png", "c.png"].map((name) => room.take(demand("en", "es", name)) !== undefined)).to.deep.equal([true, true, false]);
  });
  it("is where a next job's input may be fetched only once the slots of workers that can do the same are taken", () => {
    const both = [EN_ES, FR_ES];
    expect(
      new Room([
        { pairs: both, slots: 1, prefetch: 1 },
        { pairs: [...both].reverse(), slots: 0, prefetch: 1 },
      ]).free,
    ).to.equal(1);
    expect(new Room([{ pairs: both, slots: 0, prefetch: 1 }]).free).to.equal(1);
  });
  it("is an office document without LibreOffice only where no worker has it that can do the job", () => {
    const docx = { ...demand("en", "es"), type: { ...TEXT_TYPE, id: "docx", office: "pictures" } as const };
    const plain = reads({ formats: ["docx"], ocr: true });
    const [without, having] = [plain, reads({ formats: ["docx"], ocr: true, office: true })];
    expect([without, having].map((ability) => isFor(ability, docx, offers(without, having)))).to.deep.equal([false, true]);
    expect(isFor(without, docx, offers(without, { ...having, pairs: [FR_ES] }))).to.equal(true);
    expect(merged(offers(without, having))).to.have.length(2);
  });
  it("is told apart by what engines read", () => {
    const all = [reads(ALL), reads({ formats: [...ALL.formats].reverse(), ocr: true }), reads(NO_OCR), reads()];
    expect(merged(all.map((ability) => ({ ...ability, slots: 1, prefetch: 0 }))).map(({ slots }) => slots)).to.deep.equal([2, 1, 1]);
  });
});
