import { expect } from "chai";
import fc from "fast-check";
import { defectOf, keepRule, segmentsOf } from "./segments.ts";

describe("segments", () => {
  it("are the text again when joined, and none is longer than the limit", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 3000 }), (text) => {
        const segments = segmentsOf(text, "en");
        expect(segments.join("")).to.equal(text);
        for (const segment of segments) expect(segment.length).to.be.at.most(601);
      }),
    );
  });
  it("end with sentences, not inside an address", () => {
    expect(segmentsOf("It is late. See https://a.example/b?c=d now. Go!", "en")).to.deep.equal([
      "It is late. ",
      "See https://a.example/b?c=d now. ",
      "Go!",
    ]);
  });
  it("cut text without stops between words", () => {
    const segments = segmentsOf("word ".repeat(1000), "en");
    expect(segments.length).to.be.greaterThan(8);
    for (const segment of segments) expect(segment).to.match(/^(word )+$/);
  });
  it("are kept by rule when there is nothing to translate", () => {
    for (const kept of ["42", "3.5 %", "https://a.example/b", "me@a.example", "`code`", "—", "x"])
      expect(keepRule(kept), kept).to.be.a("string");
    expect(keepRule("Two words")).to.equal(undefined);
  });
  it("are doubted when numbers, length or words do not fit", () => {
    const source = "The house has 3 doors and 12 windows.";
    expect(defectOf(source, "La casa tiene 3 puertas y 12 ventanas.", [])).to.equal(undefined);
    expect(defectOf(source, "La casa tiene 3 puertas y 13 ventanas.", [])).to.equal("the numbers differ");
    expect(defectOf(source, " ", [])).to.equal("the translator gave nothing back");
    expect(defectOf("The house has three doors and twelve windows.", "La casa.", [])).to.contain("length");
    expect(defectOf("Foo bar baz qux.", "Foo bar baz qux.", ["Foo", "bar", "baz"])).to.contain("unknown");
  });
});
