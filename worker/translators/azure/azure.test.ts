import { expect } from "chai";
import { fakeAzure } from "../../../test/servers/translation/azure.ts";
import { describeEngine, KEY, REQUEST } from "../../../test/support/translation_suite.ts";
import { azure } from "./azure.ts";

async function open(query: string) {
  const server = await fakeAzure(KEY);
  const engine = azure({ name: "azure", url: new URL(`azure+${server.origin}/?region=westeurope&${query}`), key: KEY });
  return { engine, server, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

describeEngine("Azure 3.0", () => open("version=3.0"));
describeEngine("Azure 2026-06-06", () => open("version=2026-06-06"));

describe("Azure's driver", () => {
  const { signal } = new AbortController();
  const word = [{ text: "word", tags: [] }];

  it("follows formality and examples where a language model was deployed, and says so", async () => {
    await using driven = await open("deployment=our-model");
    const examples = [{ source: "near", target: "cerca" }];
    await driven.engine.translate(word, { ...REQUEST, formality: "more", examples }, signal);
    expect(driven.server.asked.at(-1)?.body).to.deep.equal({
      inputs: [
        {
          ...{ text: "word", language: "en", textType: "plain" },
          targets: [{ language: "es", deploymentName: "our-model", tone: "formal", referenceTextPairs: examples }],
        },
      ],
    });
    expect([...driven.engine.traits.follows]).to.deep.equal(["formality", "examples"]);
    expect((await driven.engine.languages(signal)).map(({ formality }) => formality)).to.deep.equal([true]);
  });
  it("follows neither without", async () => {
    await using driven = await open("");
    expect([...driven.engine.traits.follows]).to.deep.equal([]);
    expect((await driven.engine.languages(signal)).map(({ formality }) => formality)).to.deep.equal([false]);
  });
  it("names a model of Custom Translator as its version has it", async () => {
    await using older = await open("category=abc");
    await older.engine.translate(word, REQUEST, signal);
    expect(older.server.asked.at(-1)?.url.searchParams.get("category")).to.equal("abc");
    await using newer = await open("version=2026-06-06&category=abc");
    await newer.engine.translate(word, REQUEST, signal);
    expect(newer.server.asked.at(-1)?.body).to.have.nested.property("inputs[0].targets[0].deploymentName", "abc");
  });
});
