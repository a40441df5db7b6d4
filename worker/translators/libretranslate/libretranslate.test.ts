import { expect } from "chai";
import { fakeLibreTranslate } from "../../../test/servers/translation/libretranslate.ts";
import { describeEngine, KEY, REQUEST } from "../../../test/support/translation_suite.ts";
import { libretranslate } from "./libretranslate.ts";

async function open(query = "") {
  const server = await fakeLibreTranslate(KEY);
  const engine = libretranslate({ name: "libre", url: new URL(`libretranslate+${server.origin}/?${query}`), key: KEY });
  return { engine, server, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

describeEngine("LibreTranslate", open);

describe("LibreTranslate's driver", () => {
  const { signal } = new AbortController();

  it("knows its own names of languages", async () => {
    await using driven = await open();
    const groups = await driven.engine.languages(signal);
    expect(groups.find(({ sources }) => sources.includes("en"))?.targets).to.deep.equal(["es", "de", "pt-BR", "zh-Hant"]);
    await driven.engine.translate([{ text: "word", tags: [] }], { ...REQUEST, pair: { source: "en", target: "pt-BR" } }, signal);
    expect(driven.server.asked.at(-1)?.body).to.deep.include({ target: "pb", format: "text" });
  });
  it("has the limits that its operator knows", async () => {
    await using driven = await open("texts=5&characters=1000&concurrency=7");
    expect(driven.engine.traits).to.deep.include({ limits: { texts: 5, characters: 1000 }, concurrency: 7 });
  });
  it("bills nothing on a server that wants no key", () => {
    expect(libretranslate({ name: "own", url: new URL("libretranslate+http://127.0.0.1:5000"), key: "" }).traits.billed).to.equal(false);
  });
});
