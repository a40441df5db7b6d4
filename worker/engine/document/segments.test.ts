import { expect } from "chai";
import fc from "fast-check";
import { contents } from "../../../test/support/contents.ts";
import { type Inline, plainText } from "./model.ts";
import type { Tagged } from "./segment.ts";
import { apply, MAX_SENTENCE_LETTERS, sourcesOf } from "./segments.ts";
import { cutByIcu, sentencesOf } from "./sentences.ts";

const text = (of: string): Inline => ({ kind: "text", text: of });
const bold = (...content: Inline[]): Inline => ({ kind: "span", style: { bold: true }, content });
const atom = (as: "code" | "break" | "image", of = ""): Inline => ({ kind: "atom", as, text: of });
const english = { language: "en", unit: "sentence" } as const;
const texts = (content: readonly Inline[], cutting: { language: string; unit: "sentence" | "paragraph" } = english) =>
  sourcesOf(content, cutting).map((source) => source.text);
const asIs = (source: Tagged) => ({ source, target: source });

describe("sentences", () => {
  const cases: readonly [language: string, sentences: string[]][] = [
    [
      "en",
      [
        "Dr. Smith met Mr. J. R. Jones at 5 p.m. on Jan. 3. ",
        "See Fig. 4 and Sec. 2.1, e.g. the U.S. data. ",
        "It cost approx. $3.50. ",
        "No. 7 is next.",
      ],
    ],
    ["en", ["It is late. ", "See https://a.example/b?c=d now. ", "Go!"]],
    ["en", ["Mrs. A. B. Clark and St. Mary's Church stand on p. 12. ", "“Is it?” he asked. ", "Prof. Lee left."]],
    ["es", ["Prof. García vive en la Avda. de América, núm. 7. ", "Véase la pág. 12 y la fig. 3. ", "¿Qué? ", "¡No!"]],
    ["es", ["La Sra. López pagó aprox. 30 € al Dr. Ruiz. ", "El art. 5 lo dice."]],
    ["de", ["Siehe Abb. 3, S. 12 ff., z. B. im Jahr 1998. ", "Am 3. Mai kam Dr. Weiß. ", "Er ging am 14. Juni."]],
    ["fr", ["M. Dupont habite au n. 7, av. Foch. ", "Il est tard."]],
    ["ja", ["今日は晴れです。", "明日は雨でしょう。"]],
    ["ar", ["الحديقة مفتوحة اليوم. ", "هل تريد الدخول؟ ", "نعم."]],
  ];
  for (const [language, sentences] of cases) {
    it(`of ${language} are whole: ${sentences[0]}`, () => {
      expect(sentencesOf(sentences.join(""), language)).to.deep.equal(sentences);
    });
    it(`of ${language} are whole where sentencex has no program for the machine: ${sentences[0]}`, () => {
      expect(sentencesOf(sentences.join(""), language, cutByIcu)).to.deep.equal(sentences);
    });
  }
  it("are the text again when joined, whatever it is", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("a", "Dr", ".", " ", "\n", "!", "。", "𝒳", "\u2028", "(", '"', "3"), maxLength: 4000 }),
        (any) => {
          expect(sentencesOf(any, "en").join("")).to.equal(any);
          expect(sentencesOf(any, "zz", cutByIcu).join("")).to.equal(any);
        },
      ),
      { numRuns: 50 },
    );
  });
  it("of a long text are those of a short one", () => {
    const sentence = "The mill on the river was closed in the year of the great flood, and nobody has opened it since. ";
    expect(new Set(sentencesOf(sentence.repeat(400), "en"))).to.deep.equal(new Set([sentence]));
  });
  it("take no long time over text that is nothing but stops", () => {
    const start = performance.now();
    sentencesOf(". ".repeat(50_000), "en");
    expect(performance.now() - start).to.be.below(5_000);
  }).timeout(20_000);
});

describe("segments", () => {
  it("end with sentences and with lines", () => {
    expect(texts([text("One. Two."), atom("break"), text("Three goes "), bold(text("on. And")), text(" ends.")])).to.deep.equal([
      "One.",
      "Two.",
      "Three goes on.",
      "And ends.",
    ]);
  });
  it("close a span that goes on, and open it again", () => {
    const [first, second] = sourcesOf([text("Go "), bold(text("on. And")), text(" end.")], english);
    expect(first?.tags).to.deep.equal([
      { id: 1, at: 3, kind: "open" },
      { id: 1, at: 6, kind: "close" },
    ]);
    expect(second?.tags).to.deep.equal([
      { id: 1, at: 0, kind: "open" },
      { id: 1, at: 3, kind: "close" },
    ]);
  });
  it("have the code that they begin or end with", () => {
    const sources = sourcesOf([atom("code", "npm"), text(" is a tool. Use "), atom("code", "node"), text(".")], english);
    expect(sources.map((source) => [source.text, source.tags.map(({ id, at }) => [id, at])])).to.deep.equal([
      [" is a tool.", [[1, 0]]],
      ["Use .", [[2, 4]]],
    ]);
  });
  it("are none where there is no text", () => {
    expect(texts([text("  "), atom("image", "a dog"), bold(text(" "))])).to.deep.equal([]);
  });
  it("are whole paragraphs for a translator that takes them", () => {
    expect(texts([text("One. Two."), atom("break"), text("Three.")], { language: "en", unit: "paragraph" })).to.deep.equal([
      "One. Two.",
      "Three.",
    ]);
  });
  it("cut text without stops between words", () => {
    const sources = texts([text("word ".repeat(1000))]);
    expect(sources.length).to.be.greaterThan(8);
    for (const source of sources) expect(source).to.match(/^(word )+word$/);
  });
  it("are never longer than the limit", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 3000 }), (any) => {
        for (const source of texts([text(any)])) expect(source.length).to.be.at.most(MAX_SENTENCE_LETTERS + 1);
      }),
      { numRuns: 50 },
    );
  });
});

describe("segments put back", () => {
  it("are the content if nothing changed", () => {
    fc.assert(
      fc.property(contents, fc.constantFrom("sentence" as const, "paragraph" as const), (content, unit) => {
        const sources = sourcesOf(content, { language: "en", unit });
        expect(apply(content, sources.map(asIs)), "with targets").to.deep.equal({ content, moved: 0 });
        expect(
          apply(
            content,
            sources.map((source) => ({ source })),
          ).content,
          "without",
        ).to.deep.equal(content);
        expect(apply(content, sources.slice(0, -1).map(asIs)).content, "but for the last").to.deep.equal(content);
      }),
      { numRuns: 500 },
    );
  });
  it("keep what stands between them", () => {
    const content = [text("  One.  Two. "), atom("image", "x"), atom("break"), text("\tThree.")];
    const segments = sourcesOf(content, english).map((source) => ({
      source,
      target: { text: source.text.toUpperCase(), tags: source.tags },
    }));
    expect(apply(content, segments).content).to.deep.equal([text("  ONE.  TWO. "), atom("image", "x"), atom("break"), text("\tTHREE.")]);
  });
  it("join a span that went over several", () => {
    const content = [text("Go "), bold(text("on. And")), text(" end.")];
    const [first, second] = sourcesOf(content, english) as [Tagged, Tagged];
    const spanned = (of: string, from: number, to: number): Tagged => ({
      text: of,
      tags: [
        { id: 1, at: from, kind: "open" },
        { id: 1, at: to, kind: "close" },
      ],
    });
    const segments = [
      { source: first, target: spanned("Siga adelante.", 5, 14) },
      { source: second, target: spanned("Y termine.", 0, 1) },
    ];
    expect(apply(content, segments).content).to.deep.equal([text("Siga "), bold(text("adelante. Y")), text(" termine.")]);
  });
  it("put a lost tag at the end of its sentence, and say so", () => {
    const content = [text("See "), atom("code", "x"), text(" now. Go.")];
    const [first, second] = sourcesOf(content, english) as [Tagged, Tagged];
    const { content: made, moved } = apply(content, [{ source: first, target: { text: "Vea.", tags: [] } }, asIs(second)]);
    expect(made).to.deep.equal([text("Vea."), atom("code", "x"), text(" Go.")]);
    expect(moved).to.equal(1);
  });
  it("lose no text of a target, and no other text, whatever the segments are", () => {
    const anySegment = fc.record({
      source: fc.record({ text: fc.constantFrom("a", "B", " ", "a B", "", "x"), tags: fc.constant([]) }),
      target: fc.option(
        fc.record({
          text: fc.constantFrom("Q", "QQ"),
          tags: fc.array(
            fc.record({ id: fc.nat(5), at: fc.integer(), kind: fc.constantFrom("open" as const, "close" as const, "atom" as const) }),
          ),
        }),
        { nil: undefined },
      ),
    });
    fc.assert(
      fc.property(contents, fc.array(anySegment, { maxLength: 4 }), (content, segments) => {
        const made = apply(
          content,
          segments.map(({ source, target }) => ({ source, ...(target && { target }) })),
        ).content;
        const count = (of: readonly Inline[], kind: string) => JSON.stringify(of).split(`"kind":"${kind}"`).length;
        expect(count(made, "atom")).to.equal(count(content, "atom"));
        if (segments.every(({ target }) => !target)) expect(plainText(made)).to.equal(plainText(content));
      }),
    );
  });
});
