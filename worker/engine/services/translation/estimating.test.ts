import { expect } from "chai";
import type { Page } from "../../document/model.ts";
import type { Translator } from "../../ports/translator.ts";
import { startEstimating } from "./estimating.ts";
import { askedAhead, translatePage } from "./translate.ts";

const pair = { source: "en", target: "es" };
const { signal } = new AbortController();

describe("finding out what translating would take", () => {
  for (const unit of ["paragraph", "sentence"] as const)
    it(`asks no engine that takes a ${unit} for a translation, and for the price of each text once`, async () => {
      const [asked, estimated]: [string[], string[]] = [[], []];
      const translator: Translator = {
        pairs: async () => [pair],
        unitOf: async () => unit,
        async translate(batch) {
          asked.push(...batch.map(({ text }) => text));
          return batch.map((target) => ({ kind: "translated", target, unknown: [] }));
        },
        async estimate(batch) {
          estimated.push(...batch.map(({ text }) => text));
          return batch.map((target) => ({ kind: "translated", target, unknown: [] }));
        },
        async [Symbol.asyncDispose]() {},
      };
      const pages = async function* (): AsyncGenerator<Page> {
        for (const number of [1, 2])
          yield {
            number,
            remarks: [],
            blocks: [{ kind: "paragraph", id: `p${number}`, content: [{ kind: "text", text: `Page ${number} is open.` }] }],
          };
      };
      const work = await startEstimating(pair, translator, signal);
      for await (const page of askedAhead(pages(), work)) await translatePage(page, work);
      expect(asked).to.deep.equal([]);
      expect(estimated).to.deep.equal(["Page 1 is open.", "Page 2 is open."]);
    });
});
