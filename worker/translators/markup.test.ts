import { expect } from "chai";
import fc from "fast-check";
import { contents } from "../../test/support/contents.ts";
import type { Tag, Tagged } from "../engine/document/segment.ts";
import { repaired, toTagged } from "../engine/document/tagging.ts";
import { type Dialect, dialectOf, fromMarkup, toMarkup, translationOf } from "./markup.ts";

/** A text with marks: [1 a span 1] and {2} an atom. */
function tagged(marked: string): Tagged {
  const tags: Tag[] = [];
  let text = "";
  for (const [whole, open, close, atom] of marked.matchAll(/\[(\d) |(?: (\d)\])|\{(\d)\}|[\s\S]/g)) {
    if (open) tags.push({ id: Number(open), at: text.length, kind: "open" });
    else if (close) tags.push({ id: Number(close), at: text.length, kind: "close" });
    else if (atom) tags.push({ id: Number(atom), at: text.length, kind: "atom" });
    else text += whole;
  }
  return { text, tags };
}

const marked: fc.Arbitrary<Dialect> = fc.constantFrom("xml", "html");
const signs = fc.string({
  unit: fc.constantFrom("<", ">", "&", "&amp;", "&lt;", "<b>", '<g id="1">', "</span>", "a", " ", "\n", "é", "𝒳", "X1"),
});
const anyTagged = fc
  .tuple(contents, signs, signs)
  .map(([content, before, after]) => toTagged([{ kind: "text", text: before }, ...content, { kind: "text", text: after }]));

describe("a text as markup", () => {
  it("has its spans and atoms as numbered elements, and its signs escaped", () => {
    const source = tagged("The [1 old [2 mill 2] 1] & {3} < x.");
    expect(toMarkup(source, "xml")).to.equal('The <g id="1">old <g id="2">mill</g></g> &amp; <x id="3"/> &lt; x.');
    expect(toMarkup(source, "html")).to.equal(
      'The <span id="1">old <span id="2">mill</span></span> &amp; <span id="3" class="notranslate" translate="no">X3</span> &lt; x.',
    );
  });
  it("nests spans that cross", () => {
    expect(toMarkup(tagged("[1 a[2 b 1]c 2]"), "xml")).to.equal('<g id="1">a<g id="2">b</g></g><g id="2">c</g>');
  });
  it("has nothing that XML cannot say", () => {
    expect(toMarkup({ text: "a\u0000b\uD800c\td", tags: [] }, "xml")).to.equal("a b\uFFFDc\td");
  });
  it("is plain where no text of the batch has tags", () => {
    expect(dialectOf([tagged("a < b")], "xml")).to.equal("plain");
    expect(toMarkup(tagged("a < b"), "plain")).to.equal("a < b");
    expect(dialectOf([tagged("a"), tagged("{1}")], "xml")).to.equal("xml");
  });
  it("is the same text again if nothing was changed, whatever the text and its tags", () => {
    fc.assert(
      fc.property(anyTagged, marked, (source, dialect) => {
        const read = fromMarkup(toMarkup(source, dialect), source, dialect);
        expect(read).to.deep.equal(source);
        expect(repaired(source, read).moved).to.equal(0);
      }),
    );
  });
});

describe("an engine's markup", () => {
  const source = tagged("The [1 red house 1] of {2} is big.");
  const reads = (markup: string, of = source) => fromMarkup(markup, of, "html");

  it("has its tags where they went", () => {
    expect(reads('La <span id="1">casa roja</span> de <span id="2" translate="no">X2</span> es grande.')).to.deep.equal(
      tagged("La [1 casa roja 1] de {2} es grande."),
    );
  });
  it("is read however the engine writes elements", () => {
    expect(reads("La < SPAN ID = '1' >casa roja</ span > de <x id=2 /> es grande.")).to.deep.equal(
      tagged("La [1 casa roja 1] de {2} es grande."),
    );
  });
  it("may have lost tags", () => {
    expect(reads("La casa roja es grande.").tags).to.deep.equal([]);
  });
  it("may have tags twice, and reordered", () => {
    expect(reads('<x id="2"/><g id="1">casa</g> y <g id="1">roja</g><x id="2"/>')).to.deep.equal(tagged("{2}[1 casa 1] y [1 roja 1]{2}"));
  });
  it("may have ends that are missing, or too many", () => {
    expect(reads('a</span> <span id="1">casa')).to.deep.equal(tagged("a [1 casa 1]"));
  });
  it("is read without elements that were not sent", () => {
    expect(reads('<p class="x">La <b>casa</b> <span id="9">roja</span></p>').text).to.equal("La casa roja");
    expect(reads('<span>La <span id="1">casa</span> roja</span>')).to.deep.equal(tagged("La [1 casa 1] roja"));
  });
  it("keeps what is no element, and what the source has as text", () => {
    expect(reads("3 < 4 and 5 > 2 <and so on>", tagged("x")).text).to.equal("3 < 4 and 5 > 2 <and so on>");
    expect(reads("El <b> es &lt;i&gt;", tagged("The <b> is <i>")).text).to.equal("El <b> es <i>");
  });
  it("has its entities decoded once", () => {
    expect(reads("L&#39;&eacute;t&eacute; &amp;amp; R&D &copy", tagged("x")).text).to.equal("L'été &amp; R&D &copy");
  });
  it("keeps words that the engine put where an atom is", () => {
    expect(reads('de <span id="2">molinos X2</span>').text).to.equal("de molinos X2");
  });
  it("has the source's whitespace at its ends", () => {
    expect(fromMarkup("hola", { text: " hello\n", tags: [] }, "plain").text).to.equal(" hola\n");
    expect(reads('<span id="1">hola</span>', tagged("  [1 hello 1] "))).to.deep.equal(tagged("  [1 hola 1] "));
  });
  it("is read in linear time, and total, whatever it is", () => {
    const hostile = ["<", "<b>", '<span id="1">', "</span>", "</g>", "<x", ' id="2"', "/>", "&", "X2", "\u0000", " "];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...hostile), { maxLength: 40 }), (parts) => {
        const { text, tags } = reads(parts.join(""));
        for (const { at } of tags) expect(at).to.be.within(0, text.length);
      }),
    );
    for (const part of hostile) {
      const begun = performance.now();
      reads(part.repeat(200_000));
      expect(performance.now() - begun, part).to.be.below(3_000);
    }
  });
  it("is no translation if it is no text, empty, or endless", () => {
    expect(translationOf({}, source, "html").kind).to.equal("failed");
    expect(translationOf(' <span id="1"></span>', source, "html").kind).to.equal("failed");
    expect(translationOf("la ".repeat(2_000), source, "html").kind).to.equal("failed");
    expect(translationOf('La <span id="1">casa roja</span> de X2 es grande.', source, "html").kind).to.equal("failed");
    expect(translationOf('La casa de <span id="2">la x2</span> es grande.', source, "html").kind).to.equal("failed");
    expect(translationOf("La casa", source, "html")).to.deep.equal({
      kind: "translated",
      target: { text: "La casa", tags: [] },
      unknown: [],
    });
  });
});
