import { expect } from "chai";
import type { Tagged } from "../../engine/document/segment.ts";
import type { Translation } from "../../engine/ports/translator.ts";
import { apertium } from "../apertium/apertium.ts";
import type { Term } from "../order.ts";
import type { EngineRequest, EngineTraits, TranslationEngine } from "../translation_engine.ts";
import { keepingTerms } from "./keeping_terms.ts";

const never = new AbortController().signal;

function requestOf(...terms: readonly (readonly [source: string, target: string])[]): EngineRequest {
  return {
    pair: { source: "en", target: "es" },
    ...{ formality: "default", tone: "", domain: "", context: "", instructions: "", title: "", before: [], examples: [] },
    terms: terms.map(([source, target]): Term => ({ source, target, caseSensitive: target === "", exact: target === "" })),
  };
}

/** An engine that answers as `answer` does, and what it was asked, an atom as its number in brackets. */
function anEngine(answer: (text: Tagged) => Translation, traits: Partial<EngineTraits> = {}) {
  const asked: string[][] = [];
  const engine: TranslationEngine = {
    name: "fake",
    traits: { unit: "sentence", limits: { texts: 9, characters: 999 }, concurrency: 1, follows: new Set(), billed: false, ...traits },
    languages: async () => [],
    async translate(batch) {
      asked.push(
        batch.map(({ text, tags }) => tags.reduceRight((said, { at, id }) => `${said.slice(0, at)}[${id}]${said.slice(at)}`, text)),
      );
      return { translations: batch.map(answer), billed: 1 };
    },
    async [Symbol.asyncDispose]() {},
  };
  return { engine: keepingTerms(engine), driver: engine, asked };
}

const echo = (target: Tagged): Translation => ({ kind: "translated", target, unknown: [] });
const plain = (text: string): Tagged => ({ text, tags: [] });
const textsOf = (translations: readonly Translation[]) =>
  translations.map((translation) => (translation.kind === "failed" ? translation.why : translation.target.text));

describe("an engine that knows of no terms", () => {
  it("is asked once more for those texts alone whose terms it misses", async () => {
    const { engine, asked } = anEngine((unit) => echo({ ...unit, text: unit.text.replace("server", "servidor") }));
    const batch = ["a server", "no term", "a mail server and a server", "mail"].map(plain);
    const { translations, billed } = await engine.translate(batch, requestOf(["server", "servidor"], ["mail", "correo"]), never);
    expect(asked.slice(1)).to.deep.equal([["a [1] [2] and a [3]"]]);
    expect(textsOf(translations)).to.deep.equal(["a servidor", "no term", "a correo servidor and a servidor", "correo"]);
    expect(billed).to.equal(2);
  });
  it("is asked once where no term is in its texts, or it misses none", async () => {
    const { engine, asked } = anEngine(echo);
    await engine.translate([plain("a server")], requestOf(), never);
    await engine.translate([plain("a server")], requestOf(["server", "server"]), never);
    expect(asked).to.have.length(2);
  });
  it("is taken at its first word where it loses the terms, or gives no second one", async () => {
    const lost = anEngine(({ text }) => echo(plain(text)));
    expect(
      textsOf((await lost.engine.translate([plain("a server")], requestOf(["server", "servidor"]), never)).translations),
    ).to.deep.equal(["a server"]);
    const failing = anEngine((unit) => (unit.tags.length > 0 ? { kind: "failed", why: "tags" } : echo(unit)));
    expect(
      textsOf((await failing.engine.translate([plain("a server")], requestOf(["server", "servidor"]), never)).translations),
    ).to.deep.equal(["a server"]);
  });
  it("is as it was where it failed, is paid for, or keeps to terms itself", async () => {
    const failing = anEngine(() => ({ kind: "failed", why: "away" }));
    expect(
      textsOf((await failing.engine.translate([plain("a server")], requestOf(["server", "servidor"]), never)).translations),
    ).to.deep.equal(["away"]);
    expect(failing.asked).to.have.length(1);
    for (const traits of [{ billed: true }, { follows: new Set(["glossary" as const]) }]) {
      const { engine, driver } = anEngine(echo, traits);
      expect(engine).to.equal(driver);
    }
  });
  it("makes sentences that agree with their terms, where it is Apertium", async () => {
    await using translator = apertium();
    const { engine } = anEngine(echo);
    const driver: TranslationEngine = {
      ...engine,
      traits: { ...engine.traits },
      translate: async (batch, { pair }, signal) => ({ translations: await translator.translate(batch, pair, signal), billed: 0 }),
    };
    const held = keepingTerms(driver);
    const request = requestOf(["engine", "motor"], ["Open Door", ""]);
    const { translations } = await held.translate([plain("The engines of Open Door are slow.")], request, never);
    expect(textsOf(translations)[0]).to.match(/^Los motores de Open Door /);
  }).timeout(20_000);
});
