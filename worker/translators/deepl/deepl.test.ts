import { expect } from "chai";
import { fakeDeepL } from "../../../test/servers/translation/deepl.ts";
import { describeEngine, KEY, REQUEST } from "../../../test/support/translation_suite.ts";
import type { Term } from "../order.ts";
import type { EngineRequest } from "../translation_engine.ts";
import { deepl } from "./deepl.ts";

async function open(v3 = true) {
  const server = await fakeDeepL(KEY, v3);
  const engine = deepl({ name: "deepl", url: new URL(`deepl+${server.origin}`), key: KEY });
  return { engine, server, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

const term = (source: string, target: string): Term => ({ source, target, caseSensitive: false, exact: false });
const withTerms = (hash: string, ...terms: readonly Term[]): EngineRequest => ({ ...REQUEST, terms, glossary: { hash, terms } });
const HOUSE = [{ text: "the house", tags: [] }];

describeEngine("DeepL", open);

describe("DeepL's driver", () => {
  const { signal } = new AbortController();

  for (const v3 of [true, false])
    it(`says which languages have a formality, by version ${v3 ? 3 : 2} of the call`, async () => {
      await using driven = await open(v3);
      const groups = await driven.engine.languages(signal);
      const formal = groups.filter(({ formality }) => formality).flatMap(({ targets }) => targets);
      expect(formal).to.have.members(["es", "de", "pt-BR"]);
      expect(groups.flatMap(({ targets }) => targets)).to.have.members(["en-GB", "en-US", "es", "de", "pt-BR", "zh-Hant"]);
      expect(groups.every(({ glossary }) => glossary)).to.equal(true);
    });
  it("asks for formality, and gives what stands around as context", async () => {
    await using driven = await open();
    const before = [{ source: "It was cold.", target: "Hacía frío." }];
    await driven.engine.translate(HOUSE, { ...REQUEST, formality: "prefer more", context: "A letter.", before }, signal);
    expect(driven.server.asked.at(-1)?.body).to.deep.include({
      source_lang: "EN",
      target_lang: "ES",
      formality: "prefer_more",
      context: "A letter.\nIt was cold.",
    });
  });
  it("makes one glossary for a content, whoever asks, and holds to it", async () => {
    await using driven = await open();
    const other = deepl({ name: "deepl", url: new URL(`deepl+${driven.server.origin}`), key: KEY });
    const request = withTerms("h1", term("house", "hogar"), term("house", "casa"), term("Dragoman", ""), term("tab\there", "x\ny"));
    const answers = await Promise.all([1, 2, 3].map(() => driven.engine.translate(HOUSE, request, signal)));
    await other.translate(HOUSE, request, signal);
    expect(answers.map(({ translations: [made] }) => made?.kind === "translated" && made.target.text)).to.deep.equal(
      Array(3).fill("THE HOGAR"),
    );
    expect([...driven.server.glossaries.values()].map(({ dictionaries }) => dictionaries[0]?.entries)).to.deep.equal([
      "house\thogar\nDragoman\tDragoman\ntab here\tx y",
    ]);
  });
  it("makes none where no term stands in the batch", async () => {
    await using driven = await open();
    await driven.engine.translate(HOUSE, { ...withTerms("h1", term("mill", "molino")), terms: [] }, signal);
    expect(driven.server.glossaries.size).to.equal(0);
  });
  it("makes a glossary anew that somebody has removed, when it is asked again", async () => {
    await using driven = await open();
    const request = withTerms("h1", term("house", "hogar"));
    await driven.engine.translate(HOUSE, request, signal);
    driven.server.glossaries.clear();
    const thrown = await driven.engine.translate(HOUSE, request, signal).catch((error: { code?: string }) => error);
    expect(thrown).to.have.property("code", "TRANSLATOR_UNAVAILABLE");
    await driven.engine.translate(HOUSE, request, signal);
    expect(driven.server.glossaries.size).to.equal(1);
  });
  it("removes its oldest glossaries where they are too many, and nobody else's", async () => {
    await using driven = await open();
    const { glossaries } = driven.server;
    const put = (name: string, at: number) =>
      glossaries.set(name, { glossary_id: name, name, creation_time: new Date(at).toISOString(), dictionaries: [] });
    put("of the owner", 0);
    for (let index = 0; index < 203; index++) put(`dragoman en-de ${index}`, 1_000 + index);
    await driven.engine.translate(HOUSE, withTerms("h1", term("house", "hogar")), signal);
    expect([...glossaries.keys()].slice(0, 2)).to.deep.equal(["of the owner", "dragoman en-de 3"]);
  });
  it("translates without one where the server has none, and asks for it once", async () => {
    await using driven = await open(false);
    const request = withTerms("h1", term("house", "hogar"));
    for (let time = 0; time < 2; time++) {
      const { translations } = await driven.engine.translate(HOUSE, request, signal);
      expect(translations.map((made) => made.kind === "translated" && made.target.text)).to.deep.equal(["THE HOUSE"]);
    }
    expect(driven.server.asked.filter(({ url }) => url.pathname === "/v3/glossaries").length).to.equal(1);
  });
  it("takes what was sent for billed where the server says no number of characters", async () => {
    const { fetch: real } = globalThis;
    const engine = deepl({ name: "deepl", url: new URL("deepl:"), key: "k" });
    try {
      for (const said of ["1.5", "1e999", "-1", '"9"', "null"]) {
        globalThis.fetch = async () => new Response(`{"translations": [{"text": "la casa", "billed_characters": ${said}}]}`);
        expect((await engine.translate(HOUSE, REQUEST, signal)).billed, said).to.equal(9);
      }
    } finally {
      globalThis.fetch = real;
    }
  });
  it("makes a glossary beside ones that are none", async () => {
    const { fetch: real } = globalThis;
    const list = [null, { name: { toString: 1 } }, { glossary_id: 4, name: "dragoman en-es h1", creation_time: {} }];
    let sent = "";
    globalThis.fetch = async (_, request) => {
      sent = String(request?.body);
      return Response.json({ glossaries: list, glossary_id: "made", translations: [{ text: "la casa" }] });
    };
    try {
      const engine = deepl({ name: "deepl", url: new URL("deepl:"), key: "k" });
      await engine.translate(HOUSE, withTerms("h1", term("house", "hogar")), signal);
    } finally {
      globalThis.fetch = real;
    }
    expect(JSON.parse(sent)).to.have.property("glossary_id", "made");
  });
  it("asks the server of free accounts for keys of those", async () => {
    const { fetch: real } = globalThis;
    const asked: string[] = [];
    globalThis.fetch = async (url) => {
      asked.push(new URL(String(url)).host);
      return new Response("[]");
    };
    try {
      for (const key of ["k:fx", "k"]) await deepl({ name: "deepl", url: new URL("deepl:"), key }).languages(signal);
    } finally {
      globalThis.fetch = real;
    }
    expect(asked).to.deep.equal(["api-free.deepl.com", "api.deepl.com"]);
  });
});
