import { expect } from "chai";
import fc from "fast-check";
import { contents } from "../../../test/support/contents.ts";
import { withoutForeignSigns } from "./foreign_signs.ts";
import type { Tagged } from "./segment.ts";
import { toTagged } from "./tagging.ts";

const cleaned = (source: string, target: Tagged) => withoutForeignSigns({ text: source, tags: [] }, target);

describe("an answer's signs that its source has none of", () => {
  it("become one space, and tags stay with their words", () => {
    const tags = [
      { id: 1, at: 3, kind: "open" as const },
      { id: 1, at: 4, kind: "close" as const },
    ];
    expect(cleaned("a b", { text: "a\n\nb\r\n\u0000 \u2028c\ud800", tags })).to.deep.equal({
      text: "a b c\ufffd",
      tags: tags.map((tag) => ({ ...tag, at: tag.at - 1 })),
    });
  });
  it("stay where the source has them, and so do plain spaces", () => {
    expect(cleaned("a\nb", { text: "a\nb  c", tags: [] }).text).to.equal("a\nb  c");
  });
  it("change nothing else, whatever the answer", () => {
    fc.assert(
      fc.property(contents, fc.string({ unit: fc.constantFrom("\n", "\u0007", " ", "é") }), (content, any) => {
        const target = toTagged([...content, { kind: "text", text: any }]);
        const { text, tags } = cleaned("", target);
        expect(text).to.not.match(/[\p{Cc}]/u);
        expect(text.replace(/\s/g, "")).to.equal(target.text.replace(/[\s\p{Cc}]/gu, ""));
        expect(tags.map(({ at }) => text.slice(0, at).replace(/\s/g, ""))).to.deep.equal(
          target.tags.map(({ at }) => target.text.slice(0, at).replace(/[\s\p{Cc}]/gu, "")),
        );
      }),
    );
  });
});
