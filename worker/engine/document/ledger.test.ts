import { create, toBinary } from "@bufbuild/protobuf";
import { expect } from "chai";
import fc from "fast-check";
import { Flow, LedgerSchema } from "../../../gen/dragoman/v1/job_pb.ts";
import { add, EMPTY_TALLY, ledgerOf, type Tally, tallyOf } from "./ledger.ts";
import type { Block, Page } from "./model.ts";
import type { Remark, RemarkCode } from "./remarks.ts";
import type { Segment } from "./segment.ts";

const REMARK_CODES: readonly RemarkCode[] = ["CONTENT_DROPPED", "LOW_CONFIDENCE", "TAG_MOVED", "PAGE_TURNED", "GLYPH_MISSING"];
const segment: fc.Arbitrary<Segment> = fc.record({
  id: fc.string(),
  source: fc.record({ text: fc.string({ maxLength: 8 }), tags: fc.constant([]) }),
  outcome: fc.constantFrom("translated" as const, "kept" as const, "failed" as const),
  why: fc.string(),
  unknown: fc.array(fc.string(), { maxLength: 3 }),
  by: fc.record({ engine: fc.constant("one"), from: fc.constantFrom("engine" as const, "memory" as const, "context" as const) }),
  doubts: fc.array(fc.string(), { maxLength: 1 }),
  terms: fc.array(fc.string(), { maxLength: 3 }).map((missed) => ({ found: missed.length + 1, missed })),
});
const blocks: fc.Arbitrary<Block[]> = fc.letrec<{ blocks: Block[]; block: Block }>((tie) => ({
  blocks: fc.array(tie("block"), { maxLength: 4, depthIdentifier: "block" }),
  block: fc.oneof(
    { depthIdentifier: "block", maxDepth: 3 },
    fc.record({
      kind: fc.constant("paragraph" as const),
      id: fc.string(),
      content: fc.constant([]),
      segments: fc.array(segment, { maxLength: 4 }),
    }),
    fc.record({ kind: fc.constantFrom("code" as const, "formula" as const), id: fc.string(), text: fc.string() }),
    fc.record({ kind: fc.constant("quote" as const), id: fc.string(), blocks: tie("blocks") }),
    fc.record({
      kind: fc.constant("list" as const),
      id: fc.string(),
      items: fc.array(fc.record({ mark: fc.string(), blocks: tie("blocks") }), { maxLength: 2 }),
    }),
    fc.record({
      kind: fc.constant("table" as const),
      id: fc.string(),
      rows: fc.array(fc.array(fc.record({ blocks: tie("blocks") }), { maxLength: 2 }), { maxLength: 2 }),
    }),
  ),
})).blocks;
const page: fc.Arbitrary<Page> = fc
  .record({
    blocks,
    remarks: fc.array(
      fc.constantFrom(...REMARK_CODES).map((code): Remark => ({ page: 1, code, message: code })),
      { maxLength: 5 },
    ),
    ocr: fc.option(fc.record({ words: fc.nat(500), confidence: fc.nat(100) }), { nil: undefined }),
    failure: fc.option(fc.string(), { nil: undefined, freq: 4 }),
  })
  .map(({ ocr, failure, ...rest }) => ({ number: 1, ...rest, ...(ocr && { ocr }), ...(failure !== undefined && { failure }) }));

const sum = (pages: readonly Page[]): Tally => pages.map(tallyOf).reduce(add, EMPTY_TALLY);

describe("the ledger", () => {
  it("adds up, whatever the pages are", () => {
    fc.assert(
      fc.property(fc.array(page, { maxLength: 6 }), (pages) => {
        const ledger = ledgerOf(sum(pages), { sourceLanguage: "en", sourceLanguageDetected: true, flow: "paged" });
        expect(ledger.pagesIn).to.equal(pages.length);
        expect(ledger.pagesIn).to.equal(ledger.pagesOut + ledger.pagesFailed);
        expect(ledger.segmentsTotal).to.equal(ledger.segmentsTranslated + ledger.segmentsKept + ledger.segmentsFailed);
        expect(ledger.segmentsFromMemory).to.be.at.most(ledger.segmentsTranslated);
        expect(ledger.segmentsDoubted).to.be.at.most(ledger.segmentsTranslated);
        expect(ledger.termsMissed).to.be.at.most(ledger.termsFound);
        const told = ledger.unknown.reduce((total, { count }) => total + count, 0);
        expect(told).to.be.within(ledger.unknown.length < 100 ? ledger.wordsUnknown : 100, ledger.wordsUnknown);
        expect(ledger.score).to.be.within(0, 100);
        expect(ledger.ocrConfidence).to.be.within(0, 100);
        expect(ledger.entries.length).to.be.at.most(200);
      }),
    );
  });
  it("is the same in whatever parts it is counted", () => {
    fc.assert(
      fc.property(fc.array(page, { maxLength: 4 }), fc.array(page, { maxLength: 4 }), (one, other) => {
        const { entries: _, ...whole } = sum([...one, ...other]);
        const { entries: __, ...parts } = add(sum(one), sum(other));
        expect(parts).to.deep.equal(whole);
      }),
    );
  });
  it("is one that the contract has fields for", () => {
    fc.assert(
      fc.property(fc.array(page, { maxLength: 3 }), (pages) => {
        const ledger = ledgerOf(sum(pages), { sourceLanguage: "en", sourceLanguageDetected: false, flow: "paged" });
        toBinary(LedgerSchema, create(LedgerSchema, { ...ledger, characters: BigInt(ledger.characters), flow: Flow.PAGED } as never));
      }),
    );
  });
});

describe("the ledger of what was translated", () => {
  const source = (text: string) => ({ text, tags: [] });
  const ledger = (...segments: Partial<Segment>[]) => {
    const whole = segments.map(
      (each, index): Segment => ({ id: `p1b1s${index}`, source: source("Ten 𝒳 signs"), outcome: "translated", ...each }),
    );
    const tally = tallyOf({ number: 1, remarks: [], blocks: [{ kind: "paragraph", id: "p1b1", content: [], segments: whole }] });
    return ledgerOf(tally, { sourceLanguage: "en", sourceLanguageDetected: false, flow: "paged" });
  };
  it("counts characters as Unicode does, of all that is not kept", () => {
    expect(ledger({}, { outcome: "failed", why: "x" }, { outcome: "kept", why: "y" }).characters).to.equal(22);
  });
  it("scores what was translated and is not doubted, and is full only of all", () => {
    expect(ledger({}, { outcome: "kept", why: "y" }).score).to.equal(100);
    expect(ledger({}, { doubts: ["why"] }, { outcome: "failed", why: "x" }).score).to.equal(33);
    const almost = Array.from({ length: 400 }, () => ({}));
    expect(ledger(...almost, { doubts: ["why"] }).score).to.equal(99);
  });
  it("counts what came from the memory, by whichever way", () => {
    const from = (from: "engine" | "memory" | "context") => ({ by: { engine: "one", from } });
    expect(ledger(from("engine"), from("memory"), from("context"), {}).segmentsFromMemory).to.equal(2);
  });
  it("has the unknown words, the most frequent first, and no more than a hundred", () => {
    const rare = Array.from({ length: 3_000 }, (_, index) => `word${index}`);
    const { unknown } = ledger({ unknown: rare }, { unknown: ["later", "later", "x".repeat(10_000)] });
    expect(unknown.length).to.equal(100);
    expect(unknown[0]).to.deep.equal({ word: "later", count: 2 });
    expect(Math.max(...unknown.map(({ word }) => word.length))).to.be.at.most(80);
  });
  it("says where a translation is doubted, a term is missing and a text is nearly known", () => {
    const { entries, termsFound, termsMissed, segmentsDoubted } = ledger(
      { doubts: ["the brackets differ", "it is too long"] },
      { terms: { found: 3, missed: ["pump", "valve"] }, similarity: 0.879 },
    );
    expect(entries.map(({ code, message, block }) => [code, message, block])).to.deep.equal([
      ["SEGMENT_DOUBTED", "A translation is doubted: the brackets differ; it is too long.", "p1b1"],
      ["TERM_MISSED", "Terms without their translation: pump, valve", "p1b1"],
      ["SIMILAR_KNOWN", "A text that is nearly the same (87 %) was translated before.", "p1b1"],
    ]);
    expect({ termsFound, termsMissed, segmentsDoubted }).to.deep.equal({ termsFound: 3, termsMissed: 2, segmentsDoubted: 1 });
  });
});

describe("the ledger's remarks", () => {
  const remarked = (code: RemarkCode, count: number, message = ""): Page => ({
    number: 1,
    blocks: [],
    remarks: Array.from({ length: count }, () => ({ page: 1, code, message })),
  });
  it("are bounded, and never drop a failure for an unknown word", () => {
    const { entries } = add(tallyOf(remarked("WORDS_UNKNOWN", 300)), tallyOf(remarked("SEGMENT_FAILED", 50)));
    expect(entries.length).to.equal(200);
    expect(entries.filter(({ code }) => code === "SEGMENT_FAILED").length).to.equal(50);
  });
  it("quote no more than a few words, however long one is", () => {
    const { entries } = tallyOf(remarked("WORDS_UNKNOWN", 1, `${"x".repeat(299)}😀${"y".repeat(100_000)}`));
    expect(entries[0]?.message.length).to.be.within(300, 302);
    expect(entries[0]?.message.isWellFormed()).to.equal(true);
  });
  it("keep one that is rare, wherever it stands among the frequent", () => {
    const many = Array.from({ length: 9 }, () => remarked("SEGMENT_FAILED", 90));
    const codes = (pages: readonly Page[]) => sum(pages).entries.map(({ code }) => code);
    for (const rare of ["CONTENT_DROPPED", "PAGE_TURNED"] as const) {
      expect(codes([...many, remarked(rare, 1)]))
        .to.include(rare)
        .and.have.length(200);
      expect(codes([remarked(rare, 1), ...many]))
        .to.include(rare)
        .and.have.length(200);
    }
  });
});
