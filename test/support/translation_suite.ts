import { durationMs } from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import fc from "fast-check";
import { DragomanError } from "../../platform/errors.ts";
import type { Tagged } from "../../worker/engine/document/segment.ts";
import { repaired, toTagged } from "../../worker/engine/document/tagging.ts";
import type { EngineAnswer, EngineRequest, TranslationEngine } from "../../worker/translators/translation_engine.ts";
import { contents } from "./contents.ts";

/** In the engine's key, and in the query of its address where that may hold it: it is told nowhere. */
export const KEY = "planted-key-5f1c";
const SENTENCE = "The planted sentence.";

/** An engine, and the switches of the server behind it. */
export interface Driven {
  readonly engine: TranslationEngine;
  readonly server: { fault?: string | undefined; readonly asked: readonly unknown[] };
}

export const REQUEST: EngineRequest = {
  pair: { source: "en", target: "es" },
  formality: "default",
  ...{ tone: "", domain: "", context: "", instructions: "", title: "letter.pdf" },
  ...{ terms: [], before: [], examples: [] },
};

const never = new AbortController().signal;
const text = (of: string): Tagged => ({ text: of, tags: [] });

/** [open] words [close], and an atom. */
const HOUSE: Tagged = {
  text: "The red house of is big & new.",
  tags: [
    { id: 1, at: 4, kind: "open" },
    { id: 1, at: 13, kind: "close" },
    { id: 2, at: 17, kind: "atom" },
  ],
};

/** Each fault's promise: the code that is thrown. Servers have those that their contract has words for. */
const CODES: Readonly<Record<string, string>> = {
  "429": "TRANSLATOR_UNAVAILABLE",
  "500": "TRANSLATOR_UNAVAILABLE",
  "hang up": "TRANSLATOR_UNAVAILABLE",
  "no JSON": "TRANSLATOR_UNAVAILABLE",
  lost: "TRANSLATOR_UNAVAILABLE",
  quota: "TRANSLATOR_QUOTA_EXCEEDED",
  key: "TRANSLATOR_REFUSED",
  "too long": "REQUEST_TOO_LARGE",
  pair: "UNSUPPORTED_LANGUAGE_PAIR",
};

/** What is special about one engine. */
export interface Special {
  /** Those that its server has a switch for. */
  readonly faults?: readonly string[];
  /** The codes of faults that mean something else to it. */
  readonly codes?: Readonly<Record<string, string>>;
  /** What it makes of "one", "two", "three" where that is a real translation, whose words and tags go where they like. */
  readonly real?: readonly [string, string, string];
}

/**
 * What every driver promises, whatever engine is behind it. `open` starts one, which serves English to Spanish; on a fake server
 * it gives texts back in capitals, and has switches for faults.
 */
export function describeEngine(name: string, open: () => Promise<Driven & AsyncDisposable>, special: Special = {}): void {
  const { faults = [...Object.keys(CODES), "hang", "empty", "echo"], real } = special;
  const codes: Readonly<Record<string, string>> = { ...CODES, ...special.codes };
  describe(`${name} as a translation engine`, () => {
    let driven: Driven & AsyncDisposable;
    const translate = (batch: readonly Tagged[], signal = never): Promise<EngineAnswer> => driven.engine.translate(batch, REQUEST, signal);
    const thrownBy = (work: Promise<unknown>): Promise<unknown> =>
      work.then(
        () => expect.fail("it was answered"),
        (error: unknown) => error,
      );

    before(async () => {
      driven = await open();
    });
    after(() => driven[Symbol.asyncDispose]());
    afterEach(() => {
      driven.server.fault = undefined;
    });

    it("says what it serves, in codes of BCP 47", async () => {
      const groups = await driven.engine.languages(never);
      expect(groups.some(({ sources, targets }) => sources.includes("en") && targets.includes("es"))).to.equal(true);
      const codes = groups.flatMap(({ sources, targets }) => [...sources, ...targets]);
      for (const code of codes) expect(code).to.match(/^[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}|\d{3}))?$/);
    });
    it("translates each text of a batch, in order", async () => {
      const { translations } = await translate(["one", "two", "three"].map(text));
      expect(translations.map((each) => each.kind === "translated" && each.target.text)).to.deep.equal(real ?? ["ONE", "TWO", "THREE"]);
    });
    it("takes tags and signs of markup along", async () => {
      const { translations } = await translate([HOUSE, text("a < b & c")]);
      for (const each of translations) expect(each.kind === "translated" && each.target.text).to.include("&");
      const [house] = translations;
      if (real) expect(house?.kind === "translated" && repaired(HOUSE, house.target).moved).to.equal(0);
      else
        expect(translations).to.deep.equal([
          { kind: "translated", target: { ...HOUSE, text: HOUSE.text.toUpperCase() }, unknown: [] },
          { kind: "translated", target: text("A < B & C"), unknown: [] },
        ]);
    });
    it("counts what is billed", async () => {
      const { billed } = await translate([text("four"), text("𝒳 and ü")]);
      if (driven.engine.traits.billed) expect(billed).to.be.at.least(11);
      else expect(billed).to.equal(0);
    });
    it("says before what is billed", async () => {
      const batch = [{ ...HOUSE, text: HOUSE.text.replace("&", "+") }, text("four")];
      const { engine } = driven;
      const texts = batch.reduce((sum, each) => sum + each.text.length, 0);
      if (engine.traits.billed) expect(engine.billable?.(batch) ?? texts).to.equal((await translate(batch)).billed);
    });
    // Programs have no limits of their own.
    if (!real)
      it("keeps to its server's limits where a batch is as large as its traits allow", async () => {
        const { limits } = driven.engine.traits;
        const size = Math.floor(Math.min(limits.characters, limits.bytes ?? limits.characters) / limits.texts) - 40;
        const batch = Array.from({ length: limits.texts }, (_, index) =>
          text(`${index} ${"a ".repeat(Math.max(1, size / 2))}`.slice(0, Math.max(3, size))),
        );
        expect((await translate(batch)).translations.length).to.equal(limits.texts);
        const long = text("ä".repeat(Math.floor(Math.min(limits.characters, (limits.bytes ?? Number.POSITIVE_INFINITY) / 2, 9_000))));
        expect((await translate([long])).translations.map(({ kind }) => kind)).to.deep.equal(["translated"]);
      });
    if (faults.includes("echo"))
      it("brings any text back as it was, with its tags, from a server that changes nothing", async () => {
        driven.server.fault = "echo";
        const worded = contents.map((content) => toTagged([...content, { kind: "text", text: " word" }]));
        await fc.assert(
          fc.asyncProperty(fc.array(worded, { minLength: 1, maxLength: 4 }), async (batch) => {
            const { translations } = await translate(batch);
            for (const [index, source] of batch.entries()) {
              const made = translations[index];
              expect(made?.kind === "translated" && made.target.text).to.equal(source.text);
              if (made?.kind === "translated") expect(repaired(source, made.target).moved).to.equal(0);
            }
          }),
          { numRuns: 25 },
        );
      });
    if (faults.includes("empty"))
      it("fails a text that came back empty", async () => {
        driven.server.fault = "empty";
        expect((await translate([text("word")])).translations.map(({ kind }) => kind)).to.deep.equal(["failed"]);
      });
    for (const fault of faults.filter((each) => codes[each] !== undefined))
      it(`throws ${codes[fault]} (${fault}), after one call, and tells no secret`, async () => {
        driven.server.fault = fault;
        const before = driven.server.asked.length;
        const thrown = await thrownBy(translate([text(SENTENCE), text("another")]));
        if (!(thrown instanceof DragomanError)) throw thrown;
        expect(thrown.code).to.equal(codes[fault]);
        if (fault === "429") expect(thrown.detail.retryAfter && durationMs(thrown.detail.retryAfter)).to.equal(7_000);
        expect(driven.server.asked.length - before).to.equal(1);
        for (const secret of [KEY, SENTENCE, "key="])
          expect(`${thrown.stack} ${Object.values(thrown.detail).join(" ")}`).to.not.contain(secret);
      });
    if (faults.includes("hang"))
      it("ends with its signal, and throws its reason", async () => {
        driven.server.fault = "hang";
        const control = new AbortController();
        setTimeout(() => control.abort(new Error("cancelled")), 20);
        expect(await thrownBy(translate([text("word")], control.signal))).to.equal(control.signal.reason);
      });
  });
}
