import { expect } from "chai";
import fc from "fast-check";
import type { DragomanError } from "../../../platform/errors.ts";
import { termsOf, tsvOf } from "./entries.ts";

const codeOf = (work: () => unknown) => {
  try {
    work();
    return "none";
  } catch (error) {
    return (error as DragomanError).code;
  }
};

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

describe("a glossary's entries as DeepL has them", () => {
  it("are a source and a target a line, with tabs", () => {
    expect(termsOf("oak\troble\r\n\nelm\t olmo \n", "tsv")).to.deep.equal([
      { source: "oak", target: "roble" },
      { source: "elm", target: "olmo" },
    ]);
  });
  it("or with commas, quoted where they need it, and with languages behind them", () => {
    expect(termsOf('oak,"roble, el",EN,ES\n"said ""so""",así\n', "csv")).to.deep.equal([
      { source: "oak", target: "roble, el" },
      { source: 'said "so"', target: "así" },
    ]);
  });
  for (const [format, entries] of [
    ["tsv", ""],
    ["tsv", "oak"],
    ["tsv", "oak\t"],
    ["tsv", "oak\troble\tmore"],
    ["csv", "oak"],
    ["csv", 'a,"b'],
    ["csv", "a,b,c,d,e"],
  ] as const)
    it(`are refused as ${format} of ${JSON.stringify(entries)}`, () => {
      expect(codeOf(() => termsOf(entries, format))).to.equal("INVALID_REQUEST");
    });
  it("come back as they went", async () => {
    const text = fc.string({ minLength: 1, maxLength: 20 }).filter((said) => said.trim() === said && !/[\t\r\n]/.test(said));
    const terms = fc.array(fc.record({ source: text, target: text }), { minLength: 1, maxLength: 10 });
    const goAndCome = fc.asyncProperty(terms, async (all) => {
      expect(termsOf(await tsvOf(each(all)), "tsv")).to.deep.equal(all);
    });
    await fc.assert(goAndCome);
  });
  it("have what is not to be translated as its own translation", async () => {
    expect(await tsvOf(each([{ source: "Acme", target: "" }]))).to.equal("Acme\tAcme");
  });
});
