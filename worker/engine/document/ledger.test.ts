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
        toBinary(LedgerSchema, create(LedgerSchema, { ...ledger, flow: Flow.PAGED } as never));
      }),
    );
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
