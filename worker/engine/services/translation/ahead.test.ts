import { setImmediate as turn } from "node:timers/promises";
import { expect } from "chai";
import { leavesOf, type Page, plainText } from "../../document/model.ts";
import type { Tagged } from "../../document/segment.ts";
import { EngineError } from "../../errors.ts";
import type { Translation, Translator } from "../../ports/translator.ts";
import { Ahead } from "./ahead.ts";
import { askedAhead, startTranslating, translatePage } from "./translate.ts";

const pair = { source: "en", target: "es" };
const { signal } = new AbortController();

interface Question {
  readonly texts: string[];
  readonly refused: readonly string[] | undefined;
  readonly answer: () => void;
  readonly fail: (error: Error) => void;
}

/** A server far away: it takes whole paragraphs, and answers in capitals when it is told to. */
function distant(unit: "sentence" | "paragraph" = "paragraph"): Translator & { readonly asked: Question[] } {
  const asked: Question[] = [];
  return {
    asked,
    pairs: async () => [pair],
    unitOf: async () => unit,
    async translate(batch, _pair, _signal, refused) {
      const { promise, resolve, reject } = Promise.withResolvers<Translation[]>();
      const texts = batch.map(({ text }) => text);
      asked.push({ texts, refused, answer: () => resolve(batch.map(shouted)), fail: reject });
      return promise;
    },
    async [Symbol.asyncDispose]() {},
  };
}

function shouted({ text, tags }: Tagged): Translation {
  return { kind: "translated", target: { text: text.toUpperCase(), tags }, unknown: [] };
}

const units = (...texts: readonly string[]): Tagged[] => texts.map((text) => ({ text, tags: [] }));
const said = (answers: readonly Translation[]) => answers.map((each) => (each.kind === "translated" ? each.target.text : each.why));

describe("a translator that is asked ahead", () => {
  it("is asked once for a text, and its answer waits for whoever wants it", async () => {
    const translator = distant();
    const ahead = new Ahead(translator, signal);
    ahead.begin(units("a", "b"), pair);
    ahead.begin(units("b", "c"), pair);
    const wanted = ahead.translate(units("c", "a"), pair, signal);
    await turn();
    expect(translator.asked.map(({ texts }) => texts)).to.deep.equal([["a", "b"], ["c"]]);
    for (const { answer } of translator.asked) answer();
    expect(said(await wanted)).to.deep.equal(["C", "A"]);
  });
  it("is asked four questions at once, and the others in turn", async () => {
    const translator = distant();
    const ahead = new Ahead(translator, signal);
    for (const text of ["a", "b", "c", "d", "e", "f"]) ahead.begin(units(text), pair);
    await turn();
    expect(translator.asked.length).to.equal(4);
    translator.asked[1]?.answer();
    await turn();
    expect(translator.asked.at(-1)?.texts).to.deep.equal(["e"]);
  });
  it("throws what it threw to whoever wants it, and is asked anew after that", async () => {
    const translator = distant();
    const ahead = new Ahead(translator, signal);
    ahead.begin(units("a"), pair);
    const wanted = ahead.translate(units("a"), pair, signal);
    await turn();
    translator.asked[0]?.fail(new EngineError("TRANSLATOR_UNAVAILABLE", "it is down"));
    expect(await wanted.catch((error: EngineError) => error.code)).to.equal("TRANSLATOR_UNAVAILABLE");
    const again = ahead.translate(units("a"), pair, signal);
    await turn();
    translator.asked[1]?.answer();
    expect(said(await again)).to.deep.equal(["A"]);
  });
  it("is asked at once where the answers of an engine were refused", async () => {
    const translator = distant();
    const ahead = new Ahead(translator, signal);
    ahead.begin(units("a"), pair);
    const other = ahead.translate(units("a"), pair, signal, ["deepl"]);
    await turn();
    expect(translator.asked.map(({ refused }) => refused)).to.deep.equal([undefined, ["deepl"]]);
    translator.asked[1]?.answer();
    expect(said(await other)).to.deep.equal(["A"]);
  });
});

describe("the pages of a document", () => {
  it("are never so far ahead that what became of their texts is heard too late", async () => {
    const translator = distant();
    const [open, told]: [Set<string>, string[]] = [new Set(), []];
    let most = 0;
    const work = await startTranslating(
      pair,
      {
        ...translator,
        async translate(batch) {
          for (const { text } of batch) open.add(text);
          most = Math.max(most, open.size);
          return batch.map(shouted);
        },
        settle(settled) {
          for (const { unit } of settled) {
            open.delete(unit.text);
            told.push(unit.text);
          }
        },
      },
      { signal },
    );
    const long = async function* (): AsyncGenerator<Page> {
      for (let number = 1; number <= 3; number++) {
        const content = (index: number) => [{ kind: "text" as const, text: `The garden of house ${number * 1000 + index} is open.` }];
        const blocks = Array.from({ length: 500 }, (_, index) => ({
          kind: "paragraph" as const,
          id: `p${number}b${index + 1}`,
          content: content(index),
        }));
        yield { number, remarks: [], blocks };
      }
    };
    for await (const page of askedAhead(long(), work)) await translatePage(page, work);
    expect(told.length).to.equal(1_500);
    expect(most).to.be.within(256, 400);
  });

  const TEXTS = [
    "The garden is open.",
    "The mill is old.",
    "The river is wide.",
    "The bridge is new.",
    "The road is long.",
    "The hill is high.",
  ];
  const pages = async function* (): AsyncGenerator<Page> {
    for (const [index, text] of TEXTS.entries()) {
      const id = `p${index + 1}b1`;
      yield { number: index + 1, remarks: [], blocks: [{ kind: "paragraph", id, content: [{ kind: "text", text }] }] };
    }
  };
  const translated = async (translator: Translator, answering: () => void) => {
    const work = await startTranslating(pair, translator, { signal });
    const results: string[] = [];
    const done = (async () => {
      for await (const page of askedAhead(pages(), work)) {
        const result = await translatePage(page, work);
        results.push(...[...leavesOf(result.blocks)].map((leaf) => plainText(leaf.content)));
      }
    })();
    while (results.length < TEXTS.length) {
      await turn();
      answering();
    }
    await done;
    return results;
  };

  it("are asked for ahead where the translator is far away, and come in order", async () => {
    const translator = distant();
    let most = 0;
    const results = await translated(translator, () => {
      most = Math.max(most, translator.asked.length);
      // The last one first.
      translator.asked.pop()?.answer();
    });
    expect(results).to.deep.equal(TEXTS.map((text) => text.toUpperCase()));
    expect(most).to.equal(4);
  });
  it("are asked for one by one where it is at hand", async () => {
    const translator = distant("sentence");
    let most = 0;
    await translated(translator, () => {
      most = Math.max(most, translator.asked.length);
      translator.asked.pop()?.answer();
    });
    expect(most).to.equal(1);
  });
});
