import { expect } from "chai";
import { tallyOf } from "../../document/ledger.ts";
import { type Inline, leavesOf, type Page, type Paragraph, plainText } from "../../document/model.ts";
import type { Tagged } from "../../document/segment.ts";
import { EngineError } from "../../errors.ts";
import type { LanguagePair, Translation, Translator } from "../../ports/translator.ts";
import { startTranslating, translatePage } from "./translate.ts";

const pair = { source: "en", target: "es" };
const never = new AbortController().signal;
const text = (of: string): Inline => ({ kind: "text", text: of });
const bold = (...content: Inline[]): Inline => ({ kind: "span", style: { bold: true }, content });

function aPage(...blocks: (string | Inline[])[]): Page {
  return {
    number: 1,
    remarks: [],
    blocks: blocks.map((each, index) => ({
      kind: "paragraph",
      id: `p1b${index + 1}`,
      content: typeof each === "string" ? [text(each)] : each,
    })),
  };
}

interface Fake extends Translator {
  readonly asked: { readonly texts: string[]; readonly pair: LanguagePair }[];
}

/** A service at the edge: it says all in capitals. */
function fake(answer: (unit: Tagged) => Translation = shout, pairs: readonly LanguagePair[] = [pair]): Fake {
  const asked: Fake["asked"] = [];
  return {
    asked,
    pairs: async () => pairs,
    unitOf: async () => "sentence",
    async translate(batch, wanted) {
      asked.push({ texts: batch.map((unit) => unit.text), pair: wanted });
      return batch.map(answer);
    },
    async [Symbol.asyncDispose]() {},
  };
}

function shout({ text: source, tags }: Tagged): Translation {
  return { kind: "translated", target: { text: source.toUpperCase(), tags }, unknown: [] };
}

async function translated(page: Page, translator: Translator): Promise<Page> {
  return translatePage(page, await startTranslating(pair, translator, { signal: never }));
}

const shown = (page: Page) => [...leavesOf(page.blocks)].map((leaf) => plainText(leaf.content));
const segments = (page: Page) => [...leavesOf(page.blocks)].flatMap((leaf) => leaf.segments ?? []);

describe("the translation of a page", () => {
  it("leaves what its format says was translated before", async () => {
    const translator = fake();
    const [open, done] = aPage("The garden is open.", "El jardín está abierto.").blocks as [Paragraph, Paragraph];
    const source = { text: "The garden is open.", tags: [] };
    const segment = { id: "p1b2s1", source, outcome: "kept", why: "translated already" } as const;
    const page = await translated({ number: 1, remarks: [], blocks: [open, { ...done, segments: [segment] }] }, translator);
    expect(shown(page)).to.deep.equal(["THE GARDEN IS OPEN.", "El jardín está abierto."]);
    expect(segments(page).map(({ outcome }) => outcome)).to.deep.equal(["translated", "kept"]);
    expect(translator.asked.flatMap(({ texts }) => texts)).to.deep.equal(["The garden is open."]);
  });
  it("translates once what a file has once and shows at several places, on whichever page", async () => {
    const translator = fake();
    const work = await startTranslating(pair, translator, { signal: never });
    const shown3 = (number: number, sameAs: string): Page => {
      const { blocks, ...page } = aPage("The garden is open.", "The garden is open.");
      return { ...page, number, blocks: blocks.map((block, index) => ({ ...block, id: `p${number}b${index + 1}`, sameAs }) as Paragraph) };
    };
    const [first, second] = [await translatePage(shown3(1, "p1b1"), work), await translatePage(shown3(2, "p1b1"), work)];
    expect([...shown(first), ...shown(second)]).to.deep.equal(Array(4).fill("THE GARDEN IS OPEN."));
    expect([tallyOf(first).segmentsTotal, tallyOf(second).segmentsTotal]).to.deep.equal([1, 0]);
    expect(translator.asked.length).to.equal(1);
  });
  it("asks for few texts at once where they have many tags, and takes in no question more than its supervisor does", async () => {
    const translator = fake();
    const atoms = Array.from({ length: 400 }, (_, index): Inline => ({ kind: "atom", as: "field", text: String(index) }));
    const marked = Array.from({ length: 60 }, (_, index): Inline[] => [text(`The garden number ${index} is open.`), ...atoms]);
    const asked: number[] = [];
    const counting: Translator = {
      ...translator,
      unitOf: async () => "paragraph",
      async translate(batch, ...rest) {
        asked.push(batch.reduce((sum, { tags }) => sum + tags.length, 0));
        return translator.translate(batch, ...rest);
      },
    };
    const page = await translated(aPage(...marked), counting);
    expect(segments(page).map(({ outcome }) => outcome)).to.deep.equal(Array(60).fill("translated"));
    expect(Math.max(...asked)).to.be.at.most(20_000);
  });
  it("remembers for all of a page what was said before it, however much is said on it", async () => {
    const work = await startTranslating(pair, fake(), { signal: never });
    for (let index = 0; index < 50_000; index++) work.said.set(`p1b${index}`, [text("LA PUERTA.")]);
    const { blocks, ...page } = aPage("The garden.", "The door.");
    const shown2 = blocks.map((block, index) => ({ ...block, id: `p2b${index + 1}`, sameAs: ["p2b1", "p1b0"][index] }) as Paragraph);
    expect(shown(await translatePage({ ...page, number: 2, blocks: shown2 }, work))).to.deep.equal(["THE GARDEN.", "LA PUERTA."]);
    expect(work.said.size).to.equal(50_000);
  });
  it("asks for words with their accents in one, and keeps the source as it was written", async () => {
    const translator = fake();
    const page = await translated(aPage([text("The cafe\u0301 of "), bold(text("Garci\u0301a")), text(" is here.")]), translator);
    expect(translator.asked.flatMap(({ texts }) => texts)).to.deep.equal(["The caf\u00e9 of Garc\u00eda is here."]);
    expect(segments(page)[0]?.source.text).to.equal("The cafe\u0301 of Garci\u0301a is here.");
    const [leaf] = leavesOf(page.blocks);
    expect(leaf?.content).to.deep.equal([text("THE CAF\u00c9 OF "), bold(text("GARC\u00cdA")), text(" IS HERE.")]);
  });
  it("keeps styles, and what stands between sentences", async () => {
    const page = await translated(aPage([text("One "), bold(text("house. Two")), text("  doors.")]), fake());
    const [leaf] = leavesOf(page.blocks);
    expect(leaf?.content).to.deep.equal([text("ONE "), bold(text("HOUSE. TWO")), text("  DOORS.")]);
  });
  it("asks for the same unit once in a document, whatever its style", async () => {
    const translator = fake();
    const work = await startTranslating(pair, translator, { signal: never });
    const first = await translatePage(aPage("The door.", [bold(text("The door."))], "The door. The gate."), work);
    await translatePage(aPage("The gate."), work);
    expect(translator.asked.flatMap(({ texts }) => texts)).to.deep.equal(["The door.", "The gate."]);
    expect(shown(first)).to.deep.equal(["THE DOOR.", "THE DOOR.", "THE DOOR. THE GATE."]);
  });
  it("gives the translator no style that goes over a whole sentence", async () => {
    let given: Tagged | undefined;
    const page = await translated(
      aPage([bold(text("The old door."))]),
      fake((unit) => {
        given = unit;
        return shout(unit);
      }),
    );
    expect(given?.tags).to.deep.equal([]);
    expect([...leavesOf(page.blocks)][0]?.content).to.deep.equal([bold(text("THE OLD DOOR."))]);
  });
  it("puts a lost style at the end of its sentence, and remarks it", async () => {
    const lose = ({ text: source }: Tagged): Translation => ({
      kind: "translated",
      target: { text: source.toUpperCase(), tags: [] },
      unknown: [],
    });
    const page = await translated(aPage([text("The "), bold(text("old")), text(" door. Go.")]), fake(lose));
    expect(shown(page)).to.deep.equal(["THE OLD DOOR. GO."]);
    expect(page.remarks.map(({ code, block }) => [code, block])).to.deep.equal([["TAG_MOVED", "p1b1"]]);
  });
  it("keeps a sentence that is in the target language, and says why", async () => {
    const page = await translated(aPage("La biblioteca está abierta de lunes a sábado y el jardín es gratis."), fake());
    expect(segments(page)[0]).to.include({ outcome: "kept", why: "in the target language already" });
    expect(tallyOf(page).entries.map(({ code }) => code)).to.deep.equal(["SEGMENT_KEPT"]);
  });
  it("translates a sentence in a third language by its own pair, or keeps it and says why", async () => {
    const french = aPage(
      "Le moulin sur la rivière fut fermé l'année de la grande crue.",
      "The mill was closed in the year of the great flood.",
    );
    const both = fake(shout, [pair, { source: "fr", target: "es" }]);
    expect(segments(await translated(french, both)).map(({ outcome }) => outcome)).to.deep.equal(["translated", "translated"]);
    expect(both.asked.map(({ pair: asked }) => asked.source)).to.deep.equal(["fr", "en"]);
    const [kept, other] = segments(await translated(french, fake()));
    expect(kept).to.include({ outcome: "kept", why: "in French, from which no translator serves fr→es" });
    expect(other?.outcome).to.equal("translated");
  });
  it("fails a segment that is doubted, and leaves its source", async () => {
    const page = await translated(
      aPage("It has 12 doors. It has a gate."),
      fake(({ text: source, tags }) => shout({ text: source.replace("12", "13"), tags })),
    );
    expect(segments(page).map(({ outcome, why }) => [outcome, why])).to.deep.equal([
      ["failed", "the numbers differ"],
      ["translated", undefined],
    ]);
    expect(shown(page)).to.deep.equal(["It has 12 doors. IT HAS A GATE."]);
  });
  it("says of each segment who translated it, and what was missed", async () => {
    const by = { engine: "one", from: "memory" } as const;
    const page = await translated(
      aPage("The pump is old. The gate is new."),
      fake((unit) => {
        const terms = unit.text.includes("pump") ? { found: 1, missed: ["pump"] } : { found: 0, missed: [] };
        return { ...shout(unit), by, terms, similarity: 0.9 } as Translation;
      }),
    );
    expect(segments(page).map(({ by: from, terms, doubts, similarity }) => ({ from, terms, doubts, similarity }))).to.deep.equal([
      { from: by, terms: { found: 1, missed: ["pump"] }, doubts: ["a term has not the translation that it should have"], similarity: 0.9 },
      { from: by, terms: undefined, doubts: undefined, similarity: 0.9 },
    ]);
    expect(tallyOf(page)).to.include({ segmentsTranslated: 2, segmentsDoubted: 1, segmentsFromMemory: 2, termsFound: 1, termsMissed: 1 });
  });
  it("leaves the source of what is doubted where it is strict", async () => {
    const lose = ({ text: source }: Tagged): Translation => ({
      kind: "translated",
      target: { text: source.replace(/[()]/g, ""), tags: [] },
      unknown: [],
    });
    const outcomes = async (strictness: "usual" | "strict") => {
      const page = await translatePage(aPage("GATE (NEW)."), await startTranslating(pair, fake(lose), { signal: never, strictness }));
      return segments(page).map(({ outcome, why, doubts }) => ({ outcome, why, doubts }));
    };
    expect(await outcomes("usual")).to.deep.equal([{ outcome: "translated", why: undefined, doubts: ["the brackets differ"] }]);
    expect(await outcomes("strict")).to.deep.equal([{ outcome: "failed", why: "the brackets differ", doubts: undefined }]);
  });
  it("fails what comes back in the source's language", async () => {
    const page = await translated(
      aPage("The door stays open until the evening for all of the readers."),
      fake(({ text: source, tags }) => ({ kind: "translated", target: { text: source, tags }, unknown: [] })),
    );
    expect(segments(page)[0]).to.include({ outcome: "failed", why: "most of it was left as it is" });
  });
  it("tells how much of the page is done, and ends with all of it", async () => {
    const shares: number[] = [];
    const page = aPage(...Array.from({ length: 60 }, (_, index) => `The door number ${index} is open.`));
    await translatePage(page, await startTranslating(pair, fake(), { signal: never }), (share) => shares.push(share));
    expect(shares.length).to.be.greaterThan(5);
    expect(shares).to.deep.equal(shares.toSorted((one, other) => one - other));
    expect(shares.at(-1)).to.equal(1);
  });
});

describe("a translator that does not answer", () => {
  const refusing = (refuses: (text: string) => boolean) => ({
    ...fake(),
    translate: async (batch: readonly Tagged[]) => {
      if (batch.some((unit) => refuses(unit.text))) throw new EngineError("TRANSLATOR_UNAVAILABLE", "no answer");
      return batch.map(shout);
    },
  });
  const page = aPage("One house. Two doors. Three rooms. Four chairs.");
  it("is called down if it answers nothing", async () => {
    const error = await translated(
      page,
      refusing(() => true),
    ).catch((thrown: EngineError) => thrown);
    expect(error).to.include({ code: "TRANSLATOR_UNAVAILABLE" });
  });
  it("fails a segment alone that it can't take", async () => {
    const done = await translated(
      page,
      refusing((unit) => unit.startsWith("Two")),
    );
    expect(shown(done)).to.deep.equal(["ONE HOUSE. Two doors. THREE ROOMS. FOUR CHAIRS."]);
    expect(segments(done).map(({ outcome }) => outcome)).to.deep.equal(["translated", "failed", "translated", "translated"]);
    expect(tallyOf(done)).to.include({ segmentsTotal: 4, segmentsTranslated: 3, segmentsFailed: 1 });
  });
});
