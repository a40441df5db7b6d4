import { expect } from "chai";
import { DragomanError } from "../../platform/errors.ts";
import { openLog } from "../../platform/log.ts";
import type { Tagged } from "../engine/document/segment.ts";
import type { Translation } from "../engine/ports/translator.ts";
import { type Allowances, overBudget } from "./allowances.ts";
import { UselessAnswer } from "./http.ts";
import type { DocumentMemory } from "./memory/document_memory.ts";
import { openTranslators, type TranslatorsParts } from "./open_translators.ts";
import type { TranslationOrder } from "./order.ts";
import { termBook } from "./terms/term_book.ts";
import type { EngineRequest, EngineTraits, TranslationEngine } from "./translation_engine.ts";

const log = openLog("test", "silent");
const never = new AbortController().signal;
const pair = { source: "en", target: "es" };
const unit = (text: string): Tagged => ({ text, tags: [] });
const ORDER: TranslationOrder = {
  ...{ tenantId: "t", jobId: "j", fileName: "a.txt", target: "es", engines: [], formality: "default" },
  ...{ tone: "", domain: "", context: "", instructions: "", glossaries: [], terms: [], doNotTranslate: [] },
  ...{ memory: "update", isDryRun: false },
};
const TRAITS: EngineTraits = {
  ...{ unit: "paragraph", limits: { texts: 10, characters: 1000 }, concurrency: 4, follows: new Set(), billed: true },
};

interface Fake {
  readonly name?: string;
  readonly traits?: Partial<EngineTraits>;
  readonly formality?: boolean;
  readonly targets?: readonly string[];
  readonly answer?: (text: string) => Translation;
  readonly fault?: (batch: readonly Tagged[]) => DragomanError | undefined;
}

/** An engine that says each text in capitals, and keeps what it was sent. */
function anEngine({ name = "first", traits, formality = false, targets = ["es"], answer = shouted, fault }: Fake = {}) {
  const sent: { texts: string[]; request: EngineRequest }[] = [];
  const engine: TranslationEngine = {
    name,
    traits: { ...TRAITS, ...traits },
    languages: async () => [{ sources: ["en"], targets, formality, glossary: false }],
    async translate(batch, request) {
      sent.push({ texts: batch.map(({ text }) => text), request });
      const error = fault?.(batch);
      if (error) throw error;
      const translations = batch.map(({ text, tags }) => withTags(answer(text), tags));
      return { translations, billed: batch.reduce((sum, { text }) => sum + text.length, 0) };
    },
    async [Symbol.asyncDispose]() {},
  };
  return { engine, sent, texts: () => sent.map(({ texts }) => texts) };
}

function shouted(text: string): Translation {
  return { kind: "translated", target: unit(text.toUpperCase()), unknown: [] };
}

function withTags(answer: Translation, tags: Tagged["tags"]): Translation {
  return answer.kind === "translated" ? { ...answer, target: { ...answer.target, tags } } : answer;
}

const refused = () => DragomanError.of("TRANSLATOR_REFUSED", "no");

async function open(
  engines: readonly ReturnType<typeof anEngine>[],
  order: Partial<TranslationOrder> = {},
  parts: Partial<TranslatorsParts> = {},
) {
  const translators = openTranslators({ engines: engines.map(({ engine }) => engine), log, ...parts });
  return translators.open({ ...ORDER, engines: engines.map(({ engine }) => engine.name), ...order });
}

/** What `translator` answers, of which everything is used. */
async function used(translator: Awaited<ReturnType<typeof open>>, texts: readonly string[], to = pair): Promise<readonly Translation[]> {
  const units = texts.map(unit);
  const given = await translator.translate(units, to, never);
  translator.settle?.(units.map((each) => ({ unit: each, pair: to, verdict: "ok" })));
  return given;
}

const said = (translations: readonly Translation[]) =>
  translations.map((each) => (each.kind === "translated" ? `${each.target.text} by ${each.by?.engine}` : `failed: ${each.why}`));

describe("a document's translator", () => {
  it("remarks a glossary that is of no language that the document was found to be in", async () => {
    const terms = [{ source: "a", target: "b", caseSensitive: false, exact: false }];
    const termsOf = async () => termBook([{ name: "G@1", pair: { source: "fr", target: "es" }, terms }]);
    await using translator = await open([anEngine()], {}, { termsOf });
    expect(translator.remarks()).to.deep.equal([]);
    await translator.translate([unit("a")], pair, never);
    expect(translator.remarks().map(({ code, message }) => [code, message.includes("G@1 is of fr→es")])).to.deep.equal([
      ["OPTION_IGNORED", true],
    ]);
  });
  it("remarks it in a dry run too", async () => {
    const terms = [{ source: "a", target: "b", caseSensitive: false, exact: false }];
    const termsOf = async () => termBook([{ name: "G@1", pair: { source: "fr", target: "es" }, terms }]);
    await using translator = await open([anEngine()], { isDryRun: true }, { termsOf });
    await translator.estimate?.([unit("a")], pair, never);
    expect(translator.remarks().map(({ code }) => code)).to.deep.equal(["OPTION_IGNORED"]);
  });
  it("asks the next engine for what the first could not translate, and for that alone", async () => {
    const first = anEngine({ answer: (text) => (text === "b" ? { kind: "failed", why: "no" } : shouted(text)) });
    const second = anEngine({ name: "second" });
    await using translator = await open([first, second]);
    expect(said(await used(translator, ["a", "b"]))).to.deep.equal(["A by first", "B by second"]);
    expect(second.texts()).to.deep.equal([["b"]]);
    expect(
      translator.uses().map(({ name, segments, requests, charactersBilled }) => [name, segments, requests, charactersBilled]),
    ).to.deep.equal([
      ["first", 1, 1, 2],
      ["second", 1, 1, 1],
    ]);
    expect(translator.remarks().map(({ message }) => message)).to.deep.equal([
      "A segment was translated by second: first could not translate it.",
    ]);
  });
  it("asks the next engine for all where the first takes no more, and says why", async () => {
    const second = anEngine({ name: "second" });
    await using translator = await open([anEngine({ fault: refused }), second]);
    expect(said(await used(translator, ["a", "b"]))).to.deep.equal(["A by second", "B by second"]);
    expect(translator.remarks()[0]?.message).to.equal("2 segments were translated by second: first did not answer (TRANSLATOR_REFUSED).");
  });
  it("says that the first engine that is named serves nothing of what is asked", async () => {
    await using translator = await open([anEngine({ targets: ["de"] }), anEngine({ name: "second" })]);
    await used(translator, ["a"]);
    expect(translator.remarks()[0]?.message).to.equal("A segment was translated by second: first does not serve en→es as asked.");
  });
  it("does not ask the engines that are refused", async () => {
    const engines = [anEngine(), anEngine({ name: "second" })];
    await using translator = await open(engines);
    expect(said(await translator.translate([unit("a")], pair, never, ["first"]))).to.deep.equal(["A by second"]);
    expect(said(await translator.translate([unit("a")], pair, never, ["first", "second"]))).to.deep.equal([
      "failed: no other translation engine is named",
    ]);
  });
  it("throws what the engines threw where no one answered", async () => {
    await using translator = await open([anEngine({ fault: refused })]);
    const thrown = await translator.translate([unit("a")], pair, never).catch((error: unknown) => error);
    expect((thrown as DragomanError).code).to.equal("TRANSLATOR_REFUSED");
  });
  it("cuts a question to what the engine takes at once", async () => {
    const engine = anEngine({ traits: { limits: { texts: 2, characters: 10 } } });
    await using translator = await open([engine]);
    await translator.translate(["a", "b", "c", "123456789", "xx"].map(unit), pair, never);
    expect(engine.texts()).to.deep.equal([["a", "b"], ["c", "123456789"], ["xx"]]);
  });
  it("halves what is too large all the same, and gives up what is so alone", async () => {
    const tooLarge = (batch: readonly Tagged[]) =>
      batch.length > 1 || batch[0]?.text === "c" ? DragomanError.of("REQUEST_TOO_LARGE", "too large") : undefined;
    await using translator = await open([anEngine({ fault: tooLarge })]);
    expect(said(await translator.translate(["a", "b", "c"].map(unit), pair, never))).to.deep.equal([
      ...["A by first", "B by first", "failed: it is too long for first"],
    ]);
  });
  it("pays once for a half that was answered, where the other was not", async () => {
    const engine = anEngine({
      fault: (batch) =>
        batch.length > 1 ? DragomanError.of("REQUEST_TOO_LARGE", "too large") : batch[0]?.text === "b" ? refused() : undefined,
    });
    await using translator = await open([engine]);
    await translator.translate([unit("a"), unit("b")], pair, never).catch(() => undefined);
    await translator.translate([unit("a")], pair, never);
    expect(engine.texts()).to.deep.equal([["a", "b"], ["a"], ["b"]]);
  });
  it("waits little for an engine that hangs when it is asked again what it serves", async () => {
    const [first, second] = [anEngine({ traits: { billed: false } }), anEngine({ name: "second", traits: { billed: false } })];
    const { languages } = second.engine;
    let asked = 0;
    const hanging = {
      ...second.engine,
      languages: (signal: AbortSignal) => (asked++ === 0 ? languages(signal) : new Promise<never>(() => undefined)),
    };
    const { now } = performance;
    let later = 0;
    performance.now = () => now.call(performance) + later;
    try {
      await using translator = await open([first, { ...second, engine: hanging }]);
      await translator.translate([unit("a")], pair, never);
      later = 60_000;
      const began = now.call(performance);
      for (const text of ["b", "c", "d"]) await translator.translate([unit(text)], pair, never);
      expect([asked, now.call(performance) - began < 1_800]).to.deep.equal([2, true]);
    } finally {
      performance.now = now;
    }
  });
  it("serves no more languages than there are, whatever an engine says", async () => {
    const codes = Array.from({ length: 200_000 }, (_, index) => `x${index}`);
    const { engine } = anEngine();
    const boasting = {
      ...engine,
      languages: async () => [{ sources: ["en", "a sentence", ...codes], targets: ["es", ...codes], formality: false, glossary: false }],
    };
    const translators = openTranslators({ engines: [boasting], log });
    expect(await translators.pairs()).to.deep.equal([pair]);
    expect((await translators.engines?.())?.[0]?.groups).to.deep.equal([
      { sources: ["en"], targets: ["es"], formality: false, glossary: false },
    ]);
  });
  it("pays once for what it asks for again before it is settled", async () => {
    const engine = anEngine({
      traits: { limits: { texts: 1, characters: 10 } },
      fault: ([first]) => (first?.text === "b" ? refused() : undefined),
    });
    await using translator = await open([engine]);
    await translator.translate([unit("a"), unit("b")], pair, never).catch(() => undefined);
    await translator.translate([unit("a")], pair, never);
    expect(engine.texts()).to.deep.equal([["a"], ["b"]]);
  });
  it("asks once for a text that two documents of a tenant ask for at the same time, and not for another tenant's", async () => {
    const engine = anEngine();
    const translators = openTranslators({ engines: [engine.engine], log });
    const documents = await Promise.all(["t", "t", "other"].map((tenantId) => translators.open({ ...ORDER, tenantId })));
    const answers = await Promise.all(documents.map((document) => document.translate([unit("a")], pair, never)));
    expect(answers.map((each) => said(each)[0])).to.deep.equal(["A by first", "A by first", "A by first"]);
    expect(engine.texts()).to.deep.equal([["a"], ["a"]]);
  });
  it("goes on where whoever asks for the same gives up, one for all who waited", async () => {
    const gate = Promise.withResolvers<void>();
    const engine = anEngine();
    const translate = engine.engine.translate;
    const slow = {
      ...engine.engine,
      translate: async (...all: Parameters<typeof translate>) => {
        await Promise.race([gate.promise, new Promise((_, reject) => all[2].addEventListener("abort", () => reject(all[2].reason)))]);
        return translate(...all);
      },
    };
    const translators = openTranslators({ engines: [slow], log });
    const [one, ...others] = [await translators.open(ORDER), await translators.open(ORDER), await translators.open(ORDER)];
    const stop = new AbortController();
    const stopped = one.translate([unit("a")], pair, stop.signal).catch(() => "stopped");
    const going = others.map((other) => other.translate([unit("a")], pair, never));
    await new Promise(setImmediate);
    stop.abort();
    expect(await stopped).to.equal("stopped");
    gate.resolve();
    expect((await Promise.all(going)).map(said)).to.deep.equal([["A by first"], ["A by first"]]);
    expect(engine.texts()).to.deep.equal([["a"]]);
  });
  it("takes from the memory what it has, and gives it what was right", async () => {
    const kept: string[] = [];
    const memory: DocumentMemory = {
      recall: async (units) =>
        units.map(({ text }) =>
          text === "known"
            ? { translation: { ...shouted("known"), by: { engine: "first", from: "memory" } }, examples: [] }
            : { examples: [], similarity: 0.9 },
        ),
      keep: (all) => kept.push(...all.map(({ unit: { text } }) => text)),
      flush: async () => undefined,
    };
    const engine = anEngine();
    await using translator = await open([engine], {}, { memoryOf: async () => memory });
    const units = ["known", "right", "wrong"].map(unit);
    const given = await translator.translate(units, pair, never);
    expect(given.map((each) => each.by?.from)).to.deep.equal(["memory", "engine", "engine"]);
    expect(engine.texts()).to.deep.equal([["right", "wrong"]]);
    translator.settle?.(units.map((each) => ({ unit: each, pair, verdict: each.text === "wrong" ? "failed" : "ok" })));
    expect(kept).to.deep.equal(["right"]);
  });
  it("says what an engine could not follow, and in whose place it was, also of what the memory has of it", async () => {
    const memory: DocumentMemory = {
      recall: async (units, { engine }) =>
        units.map(() => ({
          ...(engine === "second" && { translation: { ...shouted("a"), by: { engine, from: "memory" as const } } }),
          examples: [],
        })),
      keep: () => undefined,
      flush: async () => undefined,
    };
    const engines = [anEngine({ fault: refused }), anEngine({ name: "second" })];
    await using translator = await open(engines, { tone: "warm" }, { memoryOf: async () => memory });
    await used(translator, ["a"]);
    expect(translator.remarks().map(({ message }) => message)).to.deep.equal([
      "The translation engine second cannot follow `tone`; it was left out.",
      "A segment was translated by second: first did not answer (TRANSLATOR_REFUSED).",
    ]);
    expect(translator.uses().map(({ name, segments }) => [name, segments])).to.deep.equal([["first", 0]]);
  });
  it("says nothing of what was not good enough to be used", async () => {
    const engines = [anEngine(), anEngine({ name: "second" })];
    await using translator = await open(engines);
    for (const others of [[], ["first"]]) {
      await translator.translate([unit("a")], pair, never, others);
      translator.settle?.([{ unit: unit("a"), pair, verdict: "failed" }]);
    }
    expect(translator.remarks()).to.deep.equal([]);
    expect(translator.uses().map(({ name, segments, charactersBilled }) => [name, segments, charactersBilled])).to.deep.equal([
      ["first", 0, 1],
      ["second", 0, 1],
    ]);
  });
  it("holds an engine that knows no terms to its order's, and asks none for what is only terms", async () => {
    const engine = anEngine();
    const terms = [{ source: "gate", target: "verja", caseSensitive: false, exact: false }];
    await using translator = await open([engine], { terms, doNotTranslate: ["Dragoman"] });
    const given = await translator.translate([unit("Dragoman"), unit("the gate")], pair, never);
    expect(given.map((each) => each.kind === "translated" && each.target.text)).to.deep.equal(["Dragoman", "THE verja"]);
    expect(engine.sent.length).to.equal(1);
  });
  it("says what of its order an engine cannot follow, and does not send it", async () => {
    const engine = anEngine({ traits: { follows: new Set(["context"]) } });
    await using translator = await open([engine], { tone: "warm", context: "letters", formality: "prefer more" });
    await used(translator, ["a"]);
    expect(translator.remarks().map(({ code, message }) => `${code} ${message}`)).to.deep.equal([
      "OPTION_IGNORED The translation engine first cannot follow `formality`; it was left out.",
      "OPTION_IGNORED The translation engine first cannot follow `tone`; it was left out.",
    ]);
    expect(engine.sent.map(({ request: { tone, context, formality } }) => [tone, context, formality])).to.deep.equal([
      ["", "letters", "default"],
    ]);
  });
  it("passes over engines without the formality that is demanded, and refuses where none has it", async () => {
    const follows = new Set(["formality"] as const);
    const [plain, formal] = [anEngine({ traits: { follows } }), anEngine({ name: "formal", traits: { follows }, formality: true })];
    await using both = await open([plain, formal], { formality: "more" });
    expect(said(await both.translate([unit("a")], pair, never))).to.deep.equal(["A by formal"]);
    await using alone = await open([plain], { formality: "more" });
    const thrown = await alone.translate([unit("a")], pair, never).catch((error: unknown) => error);
    expect((thrown as DragomanError).code).to.equal("OPTION_UNSUPPORTED");
  });
  it("serves a variety of a language by the engine's own code", async () => {
    const engine = anEngine({ targets: ["pt-BR", "pt-PT"] });
    await using translator = await open([engine], { target: "pt" });
    expect(await translator.pairs()).to.deep.equal([{ source: "en", target: "pt" }]);
    await translator.translate([unit("a")], { source: "en", target: "pt" }, never);
    expect(engine.sent[0]?.request.pair).to.deep.equal({ source: "en", target: "pt-BR" });
  });
  it("says where an engine does not tell the variety apart that is wanted", async () => {
    await using translator = await open([anEngine({ targets: ["pt"] })], { target: "pt-BR" });
    await used(translator, ["a"], { source: "en", target: "pt-BR" });
    expect(translator.remarks().map(({ message }) => message)).to.deep.equal([
      "The translation engine first does not tell pt-BR apart: what it gives is pt.",
    ]);
  });
  it("tells languages as detectors do, where the engine tells their varieties", async () => {
    const { engine } = anEngine({ targets: ["es"] });
    const varieties = {
      ...engine,
      languages: async () => [{ sources: ["zh-Hans", "zh-Hant"], targets: ["es"], formality: false, glossary: false }],
    };
    await using translator = await openTranslators({ engines: [varieties], log }).open(ORDER);
    expect((await translator.pairs()).map(({ source }) => source)).to.deep.equal(["zh-Hans", "zh", "zh-Hant"]);
  });
  it("is refused for an engine that is not there", async () => {
    const translators = openTranslators({ engines: [anEngine().engine], log });
    const thrown = await translators.open({ ...ORDER, engines: ["other"] }).catch((error: unknown) => error);
    expect((thrown as DragomanError).code).to.equal("TRANSLATION_ENGINE_UNKNOWN");
  });
});

describe("what a document's translation costs", () => {
  /** Grants what is left of the job's, and refuses an engine's where `engineLeft` is used up. */
  function counted(left = Number.POSITIVE_INFINITY, engineLeft = Number.POSITIVE_INFINITY) {
    const asked: (readonly [characters: number, ahead: number])[] = [];
    let spent = 0;
    const allowances: Allowances = {
      takeRate: async () => undefined,
      async reserve({ engine, characters, ahead }) {
        asked.push([characters, ahead]);
        if (spent + characters + ahead > left) throw overBudget("what is left");
        if (engine === "first" && spent + characters + ahead > engineLeft) throw DragomanError.of("TRANSLATOR_QUOTA_EXCEEDED", "used up");
        spent += characters;
      },
    };
    return { allowances, asked, spent: () => spent };
  }

  it("is reserved before it is asked for, and what was not billed is given back", async () => {
    const { allowances, asked, spent } = counted();
    const engine = anEngine({ fault: ([text]) => (text?.text === "bad" ? refused() : undefined) });
    {
      await using translator = await open([engine], {}, { allowances });
      await translator.translate([unit("four")], pair, never);
      await translator.translate([unit("bad")], pair, never).catch(() => undefined);
    }
    expect([asked, spent()]).to.deep.equal([
      [
        [4, 0],
        [3, 0],
        [-3, 0],
      ],
      4,
    ]);
  });
  it("is the engine's own word, where it bills more or less", async () => {
    const { allowances, spent } = counted();
    const { engine } = anEngine();
    const dear = {
      ...engine,
      translate: async (...all: Parameters<typeof engine.translate>) => ({ ...(await engine.translate(...all)), billed: 10 }),
    };
    {
      await using translator = await open([{ ...anEngine(), engine: dear }], {}, { allowances });
      await translator.translate([unit("four")], pair, never);
      expect(translator.uses()[0]?.charactersBilled).to.equal(10);
    }
    expect(spent()).to.equal(10);
  });
  it("is counted as well of answers that are of no use", async () => {
    const { allowances, spent } = counted();
    const cause = new UselessAnswer(8);
    const lost = () => DragomanError.of("REQUEST_TOO_LARGE", "lost", { cause });
    const engine = anEngine({ fault: ({ length }) => (length > 1 ? lost() : undefined) });
    {
      await using translator = await open([engine], {}, { allowances });
      await translator.translate([unit("four"), unit("more")], pair, never);
      expect(translator.uses()[0]?.charactersBilled).to.equal(16);
    }
    expect(spent()).to.equal(16);
  });
  it("ends the job where its budget is used up, and asks no engine behind", async () => {
    const second = anEngine({ name: "second" });
    await using translator = await open([anEngine(), second], {}, counted(3));
    const thrown = await translator.translate([unit("four")], pair, never).catch((error: unknown) => error);
    expect([(thrown as DragomanError).code, second.texts()]).to.deep.equal(["BUDGET_EXCEEDED", []]);
  });
  it("goes to the next engine where that of the engine is used up", async () => {
    const [first, second] = [anEngine(), anEngine({ name: "second" })];
    await using translator = await open([first, second], {}, counted(100, 3));
    expect(said(await translator.translate([unit("four")], pair, never))).to.deep.equal(["FOUR by second"]);
    expect(first.texts()).to.deep.equal([]);
  });
  it("goes to the next engine as well where it is estimated first", async () => {
    const engines = [anEngine(), anEngine({ name: "second" })];
    await using translator = await open(engines, { isBudgeted: true }, counted(100, 3));
    await translator.estimate?.([unit("four")], pair, never);
    expect(said(await translator.translate([unit("four")], pair, never))).to.deep.equal(["FOUR by second"]);
  });
  it("is looked for before any text is sent, whoever asks meanwhile", async () => {
    const gate = Promise.withResolvers<void>();
    const { allowances } = counted(7);
    const slow: Allowances = {
      ...allowances,
      async reserve(reservation, signal) {
        if (reservation.ahead > 0) await gate.promise;
        return allowances.reserve(reservation, signal);
      },
    };
    const engine = anEngine();
    await using translator = await open([engine], { isBudgeted: true }, { allowances: slow });
    await translator.estimate?.([unit("four"), unit("more")], pair, never);
    const asked = ["four", "more"].map((text) => translator.translate([unit(text)], pair, never).catch(({ code }: DragomanError) => code));
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    gate.resolve();
    expect([await Promise.all(asked), engine.texts()]).to.deep.equal([["BUDGET_EXCEEDED", "BUDGET_EXCEEDED"], []]);
  });
  it("is nothing of an engine that bills nothing", async () => {
    const { allowances, asked } = counted(0);
    await using translator = await open([anEngine({ traits: { billed: false } })], { maxCharacters: 1 }, { allowances });
    expect(translator.estimates).to.equal(undefined);
    await translator.translate([unit("four")], pair, never);
    expect(asked).to.deep.equal([]);
  });
  it("is estimated first where there is a limit, and looked for as a whole before the first text is sent", async () => {
    const { allowances, asked } = counted(7);
    const engine = anEngine();
    await using translator = await open([engine], { maxCharacters: 8 }, { allowances });
    expect(translator.estimates).to.equal("first");
    await translator.estimate?.([unit("four"), unit("more")], pair, never);
    const thrown = await translator.translate([unit("four")], pair, never).catch((error: unknown) => error);
    expect([(thrown as DragomanError).code, asked, engine.texts()]).to.deep.equal(["BUDGET_EXCEEDED", [[0, 8]], []]);
  });
  it("is found to be more than the job may be billed before all of it is estimated", async () => {
    await using translator = await open([anEngine()], { maxCharacters: 8 });
    const estimate = () => translator.estimate?.([unit("four")], pair, never);
    await estimate();
    await estimate();
    expect(await estimate()?.catch(({ code }: DragomanError) => code)).to.equal("BUDGET_EXCEEDED");
  });
  it("is counted by a dry run, with what the memory has and what is only terms, and no engine is asked", async () => {
    const engine = anEngine();
    const memory: DocumentMemory = {
      recall: async (units) =>
        units.map(({ text }) => ({
          ...(text === "known" && { translation: { ...shouted("known"), by: { engine: "first", from: "memory" as const } } }),
          examples: [],
        })),
      keep: () => undefined,
      flush: async () => undefined,
    };
    const order = { isDryRun: true, maxCharacters: 1, doNotTranslate: ["Dragoman"], tone: "warm" };
    await using translator = await open([engine], order, { memoryOf: async () => memory });
    expect(translator.estimates).to.equal("only");
    const estimated = await translator.estimate?.(["known", "four", "Dragoman"].map(unit), pair, never);
    expect(estimated?.map((each) => each.by?.from)).to.deep.equal(["memory", "engine", "engine"]);
    expect(translator.uses().map(({ charactersBilled, requests }) => [charactersBilled, requests])).to.deep.equal([[4, 0]]);
    expect(translator.remarks().map(({ code }) => code)).to.deep.equal(["OPTION_IGNORED"]);
    expect(engine.texts()).to.deep.equal([]);
  });
});
