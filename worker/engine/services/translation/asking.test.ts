import { expect } from "chai";
import type { Tagged } from "../../document/segment.ts";
import { EngineError } from "../../errors.ts";
import type { LanguagePair, Settled, Translation } from "../../ports/translator.ts";
import { type Asking, ask } from "./asking.ts";

const pair = { source: "en", target: "es" };
const unit = (text: string): Tagged => ({ text, tags: [] });
const says = (text: string, engine?: string): Translation => ({
  ...{ kind: "translated", target: unit(text), unknown: [] },
  ...(engine && { by: { engine, from: "engine" } }),
});

interface Asked {
  readonly texts: string[];
  readonly refused: readonly string[] | undefined;
}

/** Fails what has a "!", doubts what has a "?". */
function asking(answer: (text: string, refused: readonly string[] | undefined) => Translation, signal = new AbortController().signal) {
  const asked: Asked[] = [];
  const settled: Settled[] = [];
  const made: Asking = {
    translator: {
      pairs: async () => [pair],
      unitOf: async () => "sentence",
      async translate(batch: readonly Tagged[], _: LanguagePair, __: AbortSignal, refused?: readonly string[]) {
        asked.push({ texts: batch.map(({ text }) => text), refused });
        return batch.map(({ text }) => answer(text, refused));
      },
      settle: (all) => settled.push(...all),
      async [Symbol.asyncDispose]() {},
    },
    judge: (_, { target: { text } }) => {
      const verdict = text.includes("!") ? "failed" : text.includes("?") ? "doubt" : "ok";
      return { verdict, reasons: verdict === "ok" ? [] : [verdict] };
    },
    signal,
    outages: 0,
  };
  return { asking: made, asked, settled };
}

const verdicts = (settled: readonly Settled[]) => settled.map(({ unit: { text }, verdict }) => [text, verdict]);

describe("asking for translations", () => {
  it("asks other engines once more for what is wrong, and for that alone", async () => {
    const {
      asking: all,
      asked,
      settled,
    } = asking((text, refused) => says(refused ? `${text} well` : `${text}!`.replace("b!", "b"), "one"));
    const judged = await ask([unit("a"), unit("b"), unit("c")], pair, all);
    expect(judged.map(({ answer }) => answer.kind === "translated" && answer.target.text)).to.deep.equal(["a well", "b", "c well"]);
    expect(asked).to.deep.equal([
      { texts: ["a", "b", "c"], refused: undefined },
      { texts: ["a", "c"], refused: ["one"] },
    ]);
    expect(verdicts(settled)).to.deep.equal([
      ["a", "failed"],
      ["b", "ok"],
      ["c", "failed"],
      ["a", "ok"],
      ["c", "ok"],
    ]);
  });
  it("refuses of each text only the engine that was wrong on it", async () => {
    const { asking: all, asked } = asking((text, refused) => says(refused ? text : `${text}!`, text));
    await ask([unit("one"), unit("two")], pair, all);
    expect(asked.slice(1)).to.deep.equal([
      { texts: ["one"], refused: ["one"] },
      { texts: ["two"], refused: ["two"] },
    ]);
  });
  it("asks no third time, and says what was wrong at first", async () => {
    const { asking: all, asked } = asking((text) => says(`${text}!`, "one"));
    expect((await ask([unit("a")], pair, all)).map(({ verdict, reasons }) => [verdict, reasons])).to.deep.equal([["failed", ["failed"]]]);
    expect(asked.length).to.equal(2);
  });
  it("asks nobody again for what no engine could translate, or of whom it is not known", async () => {
    const { asking: all, asked, settled } = asking((text) => (text === "a" ? { kind: "failed", why: "too long" } : says("!")));
    expect((await ask([unit("a"), unit("b")], pair, all)).map(({ reasons }) => reasons)).to.deep.equal([["too long"], ["failed"]]);
    expect(asked.length).to.equal(1);
    expect(verdicts(settled)).to.deep.equal([["b", "failed"]]);
  });
  it("keeps what is doubted, and takes it from another engine rather than nothing", async () => {
    const { asking: all, asked } = asking((text, refused) => says(refused || text === "a" ? "x?" : "x!", "one"));
    expect((await ask([unit("a"), unit("b")], pair, all)).map(({ verdict }) => verdict)).to.deep.equal(["doubt", "doubt"]);
    expect(asked.length).to.equal(2);
  });
  it("loses no document over another engine that is away or too dear", async () => {
    for (const code of ["TRANSLATOR_UNAVAILABLE", "BUDGET_EXCEEDED", "UNSUPPORTED_LANGUAGE_PAIR"] as const) {
      const { asking: all } = asking((text, refused) => {
        if (refused) throw new EngineError(code, "no");
        return says(text === "a" ? "x!" : "y", "one");
      });
      expect((await ask([unit("a"), unit("b")], pair, all)).map(({ verdict }) => verdict)).to.deep.equal(["failed", "ok"]);
      expect(all.outages).to.equal(0);
    }
  });
  it("has no answer where one is missing", async () => {
    const { asking: all } = asking((text) => says(text));
    const short = { ...all, translator: { ...all.translator, translate: async () => [says("x")] } };
    expect((await ask([unit("a"), unit("b")], pair, short)).map(({ verdict }) => verdict)).to.deep.equal(["ok", "failed"]);
  });
  it("ends with its signal, in the second question too", async () => {
    const controller = new AbortController();
    const { asking: all } = asking((_, refused) => {
      if (!refused) return says("x!", "one");
      controller.abort(new Error("stopped"));
      throw new EngineError("TRANSLATOR_UNAVAILABLE", "no");
    }, controller.signal);
    const thrown = await ask([unit("a")], pair, all).catch((error: unknown) => error);
    expect(thrown).to.be.instanceOf(Error);
    expect(controller.signal.aborted).to.equal(true);
  });
});
