import { expect } from "chai";
import fc from "fast-check";
import { contents } from "../../../test/support/contents.ts";
import { Corrections, keptPage } from "./corrections.ts";
import { type Inline, leavesOf, type Page, plainText } from "./model.ts";
import type { Segment, Tagged } from "./segment.ts";
import { apply, sourcesOf } from "./segments.ts";
import { fromTagNotation, withTags } from "./tag_notation.ts";

const text = (of: string): Inline => ({ kind: "text", text: of });
const bold = (...content: Inline[]): Inline => ({ kind: "span", style: { bold: true }, content });
const image: Inline = { kind: "atom", as: "image", text: "" };
const english = { language: "en", unit: "sentence" } as const;
const shouted = ({ text: said, tags }: Tagged): Tagged => ({
  text: said.toUpperCase(),
  tags: said.toUpperCase().length === said.length ? tags : [],
});

/** A page of one paragraph each, and its translation, which says the same in capitals. */
function translated(...paragraphs: readonly (readonly Inline[])[]) {
  const page: Page = {
    ...{ number: 1, remarks: [] },
    blocks: paragraphs.map((content, index) => ({ kind: "paragraph", id: `p1b${index + 1}`, content })),
  };
  const blocks = paragraphs.map((content, index) => {
    const id = `p1b${index + 1}`;
    const segments = sourcesOf(content, english).map(
      (source, at): Segment => ({ id: `${id}s${at + 1}`, source, target: shouted(source), outcome: "translated", unknown: ["x"] }),
    );
    return { kind: "paragraph" as const, id, content: apply(content, segments).content, segments };
  });
  return keptPage(page, { ...page, blocks });
}

function corrected(kept: ReturnType<typeof translated>, texts: Readonly<Record<string, string>>) {
  const corrections = new Corrections(Object.entries(texts).map(([id, said]) => ({ id, target: fromTagNotation(said), confirms: true })));
  const page = corrections.apply(kept);
  const leaves = [...leavesOf(page.blocks)];
  return { page, leaves, faults: corrections.faults(), count: corrections.corrected.size };
}

describe("a text with its tags, as people write it", () => {
  it("has their numbers", () => {
    const [source] = sourcesOf([text("Press "), bold(text("Start")), image, text(" now.")], english);
    expect(withTags(source as Tagged)).to.equal("Press <1>Start</1><2/> now.");
  });
  it("leaves signs alone that are no tags", () => {
    const plain = { text: "a < b & c <b> </i> &amp &gt; <x1> <123456>", tags: [] };
    expect(withTags(plain)).to.equal(plain.text);
    expect(fromTagNotation(plain.text)).to.deep.equal(plain);
  });
  it("is read as it was written, whatever stands in it", () => {
    const signs = fc.array(fc.constantFrom("<", ">", "/", "&", "1", "23", "lt;", "amp;", " ", "word"), { maxLength: 12 });
    const marks = fc.array(
      fc.record({
        id: fc.integer({ min: 1, max: 99_999 }),
        kind: fc.constantFrom("open", "close", "atom"),
        share: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(signs, marks, (pieces, tags) => {
        const said = pieces.join("");
        const placed = tags
          .map(({ id, kind, share }) => ({ id, kind, at: Math.floor(share * said.length) }))
          .sort((one, other) => one.at - other.at);
        const tagged = { text: said, tags: placed };
        expect(fromTagNotation(withTags(tagged))).to.deep.equal(tagged);
      }),
    );
  });
});

describe("corrections of a page", () => {
  const page = () => translated([text("Dogs bark. "), bold(text("Cats")), text(" sleep, "), image, text(" they do.")], [text("The end.")]);

  it("change what their segments say, and nothing beside", () => {
    const before = page();
    const { leaves, faults, count } = corrected(before, { p1b1s2: "Los <1>gatos</1> duermen, <2/> sí." });
    expect(faults).to.deep.equal([]);
    expect(count).to.equal(1);
    expect(plainText(leaves[0]?.content ?? [])).to.equal("DOGS BARK. Los gatos duermen,  sí.");
    expect(leaves[0]?.content).to.deep.include(bold(text("gatos")));
    expect(leaves[0]?.segments?.[1]).to.deep.include({ outcome: "translated" }).and.not.have.property("unknown");
    expect(leaves[1]).to.equal([...leavesOf(before.page.blocks)][1]);
  });
  it("may leave out tags that stand around the whole", () => {
    const kept = translated([bold(text("The end."))]);
    const { leaves, faults } = corrected(kept, { p1b1s1: "Fin." });
    expect(faults).to.deep.equal([]);
    expect(leaves[0]?.content).to.deep.equal([bold(text("Fin."))]);
  });
  for (const [what, said, fault] of [
    ["lack a tag", "Los gatos duermen, <2/> sí.", "segment p1b1s2: tag 1 is missing"],
    ["have a foreign tag", "Los <1>gatos</1> <2/> <7/>", "segment p1b1s2: its source has no tag 7"],
    ["have a tag that is not closed", "Los <1>gatos <2/>", "segment p1b1s2: tag <1> is not closed"],
    [
      "close what is not open",
      "Los </1>gatos<1> <2/>",
      "segment p1b1s2: tag </1> closes what is not open, or not the last that was opened",
    ],
    ["have an atom twice", "Los <1>gatos</1> <2/> <2/>", "segment p1b1s2: tag <2/> stands twice"],
    ["take an atom for a span", "Los <1>gatos</1> <2>y</2>", "segment p1b1s2: tag 2 is one that stands alone: <2/>"],
    ["take a span for an atom", "Los <1/>gatos <2/>", "segment p1b1s2: tag 1 is one that opens and closes"],
    ["are empty", "  ", "segment p1b1s2: its text is empty"],
  ] as const)
    it(`are refused if they ${what}`, () => {
      expect(corrected(page(), { p1b1s2: said }).faults).to.deep.equal([fault]);
    });
  it("are refused for segments that there are not, without what they say", () => {
    expect(corrected(page(), { p9b1s1: "x", "<img onerror=1>": "y" }).faults).to.deep.equal([
      "there is no segment p9b1s1",
      "there is no segment of such an id",
    ]);
  });
  it("confirm what is doubted by saying it again, where they are meant so", () => {
    const { leaves, count } = corrected(page(), { p1b2s1: "THE END." });
    expect(count).to.equal(1);
    expect(leaves[1]?.segments?.[0])
      .to.deep.include({ target: { text: "THE END.", tags: [] } })
      .and.not.have.property("unknown");
    const unmeant = new Corrections([{ id: "p1b2s1", target: fromTagNotation("THE END."), confirms: false }]);
    unmeant.apply(page());
    expect(unmeant.corrected.size).to.equal(0);
  });
  it("need not mend what a translator lost of what they leave as it is", () => {
    const kept = translated([text("It is "), bold(text("groß")), text(".")]);
    expect(corrected(kept, { p1b1s1: "IT IS GROSS!" }).faults).to.deep.equal(["segment p1b1s1: tag 1 is missing"]);
    const left = new Corrections([{ id: "p1b1s1", target: fromTagNotation("IT IS GROSS."), confirms: false }]);
    expect(left.apply(kept)).to.equal(kept.page);
    expect(left.faults()).to.deep.equal([]);
  });
  it("are of their source, whatever XML has no sign for in it", () => {
    const kept = translated([text("Cats\fsleep\u0001 here.")]);
    const corrections = new Corrections([
      { id: "p1b1s1", target: fromTagNotation("Duermen."), source: "Catssleep\n here.", confirms: true },
    ]);
    corrections.apply(kept);
    expect(corrections.faults()).to.deep.equal([]);
  });
  it("have a space for line ends and controls that their source has none of, as translations do", () => {
    const { leaves } = corrected(page(), { p1b2s1: "Fin.\n\n# Otro\u0000\u2028\ud800" });
    expect(leaves[1]?.content).to.deep.equal([text("Fin. # Otro \ufffd")]);
  });
  it("keep what is to stay as the source has it", () => {
    const { leaves } = corrected(page(), { p1b2s1: "The end." });
    expect(leaves[1]?.segments?.[0]).to.deep.include({ outcome: "kept" });
    expect(leaves[1]?.content).to.deep.equal([text("The end.")]);
  });
  it("say the same wherever a text is shown again", () => {
    const { page: first, originals } = page();
    const [one, other] = first.blocks;
    const again = {
      page: {
        ...first,
        blocks: [
          { ...one, sameAs: "p1b1" },
          { ...other, sameAs: "p1b1", segments: undefined },
        ],
      },
      originals,
    } as never;
    const { leaves } = corrected(again, { p1b1s1: "Ladran." });
    expect(leaves[1]?.content).to.deep.equal(leaves[0]?.content);
  });
  it("remark no tag as moved that a correction has put in its place", () => {
    const before = page();
    const remarks = [{ page: 1, block: "p1b1", code: "TAG_MOVED" as const, message: "" }];
    const { page: after } = corrected({ ...before, page: { ...before.page, remarks } }, { p1b1s2: "Los <1>gatos</1> duermen, <2/> sí." });
    expect(after.remarks).to.deep.equal([]);
  });
  it("of nothing change nothing", () => {
    fc.assert(
      fc.property(fc.array(contents, { minLength: 1, maxLength: 3 }), (paragraphs) => {
        const kept = translated(...paragraphs);
        expect(corrected(kept, {}).page).to.equal(kept.page);
        const said = [...leavesOf(kept.page.blocks)].flatMap(({ segments = [] }) =>
          segments.map(({ id, target }) => ({ id, target: target as Tagged, confirms: false })),
        );
        const same = new Corrections(said.filter(({ target }) => target.tags.length > 0 || target.text.trim() !== ""));
        expect(same.apply(kept)).to.equal(kept.page);
        expect(same.faults()).to.deep.equal([]);
      }),
    );
  });
  it("make the very content that a translator's answer would have made", () => {
    fc.assert(
      fc.property(contents, (content) => {
        const kept = translated(content);
        const [leaf] = leavesOf(kept.page.blocks);
        const said = (leaf?.segments ?? [])
          .filter(({ source }) => source.text.trim() !== "")
          .map(({ id, source }) => ({ id, target: { text: `${source.text} ya`, tags: source.tags }, confirms: true }));
        const corrections = new Corrections(said);
        const after = corrections.apply(kept);
        const targets = new Map(said.map(({ id, target }) => [id, target]));
        const expected = apply(
          content,
          (leaf?.segments ?? []).map(({ id, source, target }) => ({ source, target: targets.get(id) ?? target ?? source })),
        );
        if (said.length > 0) expect([...leavesOf(after.blocks)][0]?.content).to.deep.equal(expected.content);
        expect(corrections.faults()).to.deep.equal([]);
      }),
    );
  });
});
