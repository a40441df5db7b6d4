import { appendFile, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { expect } from "chai";
import fc from "fast-check";
import { contents } from "../../../test/support/contents.ts";
import { writeModel } from "../../../test/support/neural_model.ts";
import { describeEngine } from "../../../test/support/translation_suite.ts";
import type { Tag, Tagged } from "../../engine/document/segment.ts";
import { toTagged } from "../../engine/document/tagging.ts";
import type { EngineRequest, TranslationEngine } from "../translation_engine.ts";
import { bergamot } from "./bergamot.ts";
import { islandsOf } from "./islands.ts";
import { groupsOf, modelsIn, routeOf } from "./models.ts";
import { NeuralThread } from "./neural_thread.ts";
import { aboutWords, besideWords } from "./tags.ts";

const never = new AbortController().signal;
const SPANISH = { the: "la", house: "casa", red: "roja", world: "mundo", is: "es", ".": "." };
const PORTUGUESE = { la: "the", casa: "house", roja: "red", mundo: "world", es: "is", ".": "." };

const requestOf = (source: string, target: string): EngineRequest => ({
  pair: { source, target },
  ...{ formality: "default", tone: "", domain: "", context: "", instructions: "", title: "", terms: [], before: [], examples: [] },
});
const plain = (text: string): Tagged => ({ text, tags: [] });
const opened = (id: number, at: number): Tag => ({ id, at, kind: "open" });
const close = (id: number, at: number): Tag => ({ id, at, kind: "close" });
const atom = (id: number, at: number): Tag => ({ id, at, kind: "atom" });
const engineOf = (folder: string, query = "") =>
  bergamot({ name: "local", url: new URL(`bergamot:${pathToFileURL(folder).pathname}${query}`), key: "" });

async function translated(engine: TranslationEngine, batch: readonly Tagged[], request = requestOf("en", "es")) {
  const { translations } = await engine.translate(batch, request, never);
  return translations.map((each) => (each.kind === "translated" ? each.target : each.why));
}

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "none",
    (error: { code?: string }) => error.code,
  );

/** Enough words for the suite; what else there is it does not know. */
const WORDS = {
  one: "uno",
  two: "dos",
  three: "tres",
  four: "cuatro",
  The: "La",
  red: "roja",
  house: "casa",
  of: "de",
  is: "es",
  big: "grande",
  new: "nueva",
  a: "un",
  b: "be",
  c: "ce",
  "&": "&",
  "<": "<",
  ".": ".",
  "-ä": "-ä",
};

async function open() {
  const folder = await mkdtemp(path.join(tmpdir(), "dragoman-models-"));
  await writeModel(folder, { source: "en", target: "es", words: WORDS });
  // A model whose words are letters takes long for many of them.
  const engine = engineOf(folder, "?texts=4&characters=240");
  return {
    engine,
    server: { asked: [] },
    async [Symbol.asyncDispose]() {
      await engine[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

describeEngine("Bergamot", open, { faults: [], real: ["uno", "dos", "tres"] });

/** As models are passed on. */
async function compress(folder: string): Promise<void> {
  for (const file of await readdir(folder)) {
    const name = path.join(folder, file);
    const bytes = await readFile(name);
    if (file.startsWith("vocab")) await writeFile(`${name}.zst`, zstdCompressSync(bytes));
    else await writeFile(`${name}.gz`, gzipSync(bytes, { level: 1 }));
    await rm(name);
  }
}

describe("a neural engine beside the worker", function () {
  this.timeout(30_000);
  let folder: string;
  let engine: TranslationEngine;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "dragoman-modelle ü-"));
    await writeModel(path.join(folder, "enes"), { source: "en", target: "es", words: SPANISH });
    await compress(path.join(folder, "enes"));
    await writeModel(folder, { source: "pt", target: "en", words: PORTUGUESE }, "floats");
    engine = engineOf(folder);
  });
  after(async () => {
    await engine[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  it("translates by the models of a folder", async () => {
    expect(await translated(engine, [plain("the house is red."), plain("the world.")])).to.deep.equal([
      plain("la casa es roja."),
      plain("la mundo."),
    ]);
  });
  it("moves tags with their words, and keeps atoms", async () => {
    const source = { text: "the house is red.", tags: [opened(1, 4), close(1, 9), atom(2, 9), opened(3, 13), close(3, 16)] };
    expect(await translated(engine, [source])).to.deep.equal([
      { text: "la casa es roja.", tags: [opened(1, 3), close(1, 7), atom(2, 7), opened(3, 11), close(3, 15)] },
    ]);
  });
  it("has whole words translated, whatever part of them has a style", async () => {
    const source = { text: "the house is.", tags: [opened(1, 1), close(1, 6), opened(2, 6), close(2, 7)] };
    expect(await translated(engine, [source])).to.have.nested.property("[0].text", "la casa es.");
  });
  it("has notes behind their words, and other atoms before theirs", async () => {
    const source = { text: "the house is red.", tags: [atom(1, 4), atom(2, 9), atom(3, 16)] };
    expect(await translated(engine, [source])).to.deep.equal([{ text: "la casa es roja.", tags: [atom(1, 3), atom(2, 7), atom(3, 15)] }]);
  });
  it("keeps words and signs that no model knows where they stood, and tells of them", async () => {
    const source = { text: "the 家 🏠 house of is «Šárka»", tags: [opened(1, 4), close(1, 5), atom(2, 14)] };
    const { translations } = await engine.translate([source], requestOf("en", "es"), never);
    const [given] = translations;
    expect(given?.kind === "translated" && given.target.text).to.equal("la 家 🏠 casa of es «Šárka»");
    expect(given?.kind === "translated" && given.unknown).to.deep.equal(["家", "of", "Šárka"]);
    expect(given?.kind === "translated" && given.target.tags).to.deep.equal([opened(1, 3), close(1, 4), atom(2, 12)]);
  });
  it("gives back what has nothing that a model could read", async () => {
    expect(await translated(engine, [plain("🏠 家!")])).to.deep.equal([plain("🏠 家!")]);
  });
  it("goes through English where it has no model of its own", async () => {
    expect(await translated(engine, [plain("la casa es roja.")], requestOf("pt", "es"))).to.deep.equal([plain("la casa es roja.")]);
  });
  it("tells what it serves, with what goes through English", async () => {
    const pairs = (await engine.languages(never)).flatMap(({ sources, targets }) => sources.map((source) => `${source} ${targets}`));
    expect(pairs).to.have.members(["en es", "pt en", "pt es"]);
  });
  it("refuses a pair that it has no models for", async () => {
    expect(await codeOf(engine.translate([plain("a")], requestOf("es", "en"), never))).to.equal("UNSUPPORTED_LANGUAGE_PAIR");
  });
  it("lets go when the signal says so, and goes on", async () => {
    const reason = new Error("enough");
    const stop = new AbortController();
    const work = engine.translate([plain("the house.")], requestOf("en", "es"), stop.signal).catch((error: unknown) => error);
    stop.abort(reason);
    expect(await work).to.equal(reason);
    expect(await translated(engine, [plain("the house.")])).to.deep.equal([plain("la casa.")]);
  });
  it("goes on in a new thread after files that are no models", async () => {
    await using other = engineOf(folder);
    await writeFile(path.join(folder, "model.frde.bin"), "no model at all".repeat(100));
    await writeFile(path.join(folder, "vocab.frde.spm"), "no words");
    expect(await codeOf(other.translate([plain("a")], requestOf("fr", "de"), never))).to.equal("UNSUPPORTED_LANGUAGE_PAIR");
    expect(await translated(other, [plain("the house.")])).to.deep.equal([plain("la casa.")]);
  });
  it("is ended when it takes too long, and begun anew", async () => {
    const route = routeOf(await modelsIn(folder), { source: "en", target: "es" });
    await using slow = new NeuralThread("local", 1);
    for (let turn = 0; turn < 2; turn++)
      expect(await codeOf(slow.translate(route, [plain("the house.")], never))).to.equal("TRANSLATOR_UNAVAILABLE");
    await using quick = new NeuralThread("local");
    expect(await quick.translate(route, [plain("the house.")], never)).to.have.nested.property("[0].target.text", "la casa.");
  });
  it("serves more pairs than its memory has room for", async () => {
    const targets = ["da", "de", "fr", "it", "nl", "pl", "ro", "sv"];
    for (const target of targets) await writeModel(folder, { source: "en", target, words: SPANISH });
    await using other = engineOf(folder);
    for (const target of targets)
      expect(await translated(other, [plain("the house.")], requestOf("en", target))).to.deep.equal([plain("la casa.")]);
  });
  it("is refused where its folder is away, and ends with what uses it", async () => {
    const other = engineOf(path.join(folder, "none"));
    expect(await codeOf(other.languages(never))).to.equal("TRANSLATOR_REFUSED");
    await other[Symbol.asyncDispose]();
    const ended = engineOf(folder);
    const work = codeOf(ended.translate([plain("the house.")], requestOf("en", "es"), never));
    await new Promise(setImmediate);
    await ended[Symbol.asyncDispose]();
    expect(await work).to.equal("TRANSLATOR_UNAVAILABLE");
  });
});

describe("tags for a neural engine", () => {
  it("stay the same, and move to words' ends alone", () => {
    fc.assert(
      fc.property(contents, (content) => {
        const unit = toTagged(content);
        const moved = aboutWords(unit);
        expect(moved.text).to.equal(unit.text);
        const kinds = ({ tags }: Tagged) => tags.map(({ id, kind }) => `${id} ${kind}`).sort();
        expect(kinds(moved)).to.deep.equal(kinds(unit));
        for (const { kind, at } of moved.tags)
          if (kind !== "atom") expect(/[\p{L}]$/u.test(unit.text.slice(0, at)) && /^\p{L}/u.test(unit.text.slice(at))).to.equal(false);
        expect(kinds(besideWords(unit, moved))).to.deep.equal(kinds(unit));
      }),
    );
  });
});

describe("words that a model cannot read", () => {
  it("come back where they stood if nothing is changed", () => {
    fc.assert(
      fc.property(contents, fc.constantFrom("a", "B", "é.", "𝒳 "), (content, known) => {
        const unit = aboutWords(toTagged(content));
        const islands = islandsOf(unit, (sign) => known.includes(sign));
        for (const sign of islands.unit.text) expect(`${known} `).to.include(sign);
        const spaced = (text: string) => text.replace(/ +/g, " ").trim();
        expect(spaced(islands.restored(islands.unit).text)).to.equal(spaced(unit.text));
      }),
    );
  });
});

describe("a folder of neural models", () => {
  const names = [
    ["model.ende.intgemm.alphas.bin.gz", "lex.50.50.ende.s2t.bin.gz", "vocab.ende.spm.zst"],
    ["model.en-zh_hant.intgemm8.bin", "srcvocab.en-zh_hant.spm", "trgvocab.en-zh_hant.spm"],
    ["model.csen.intgemm.alphas.bin"],
    ["README.md", "model.bin", "vocab.english.spm"],
  ];
  it("has the models that are whole, by the names of their files", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "dragoman-models-"));
    for (const [index, files] of names.entries()) {
      await mkdir(path.join(folder, String(index)));
      for (const file of files) await appendFile(path.join(folder, String(index), file), "");
    }
    await rename(path.join(folder, "0"), `${folder}-elsewhere`);
    await symlink(`${folder}-elsewhere`, path.join(folder, "0"));
    const models = await modelsIn(folder);
    await rm(`${folder}-elsewhere`, { recursive: true });
    await rm(folder, { recursive: true });
    const found = [...models.values()].map(({ pair, precision, vocabularies, shortlist }) => ({
      pair: `${pair.source}>${pair.target}`,
      precision,
      vocabularies: vocabularies.length,
      shortlist: shortlist !== undefined,
    }));
    expect(found).to.have.deep.members([
      { pair: "en>de", precision: "int8shiftAlphaAll", vocabularies: 1, shortlist: true },
      { pair: "en>zh-Hant", precision: "int8shiftAll", vocabularies: 2, shortlist: false },
    ]);
    expect(routeOf(models, { source: "en", target: "zh-Hant" })).to.have.length(1);
    expect(groupsOf(models)).to.have.length(2);
  });
});
