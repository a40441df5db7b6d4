import { expect } from "chai";
import fc from "fast-check";
import { contents } from "../../../test/support/contents.ts";
import type { Inline } from "../../engine/document/model.ts";
import { fromTagged, repaired, toTagged } from "../../engine/document/tagging.ts";
import { decode, encode } from "./codec.ts";

const text = (of: string): Inline => ({ kind: "text", text: of });
const bold = (...content: Inline[]): Inline => ({ kind: "span", style: { bold: true }, content });
const code = (of: string): Inline => ({ kind: "atom", as: "code", text: of });
const stream = (...content: Inline[]) => encode(toTagged(content), "en").stream;

/** What `content` becomes if Apertium answers so. */
function read(content: Inline[], reply: string) {
  const tagged = toTagged(content);
  const translation = decode(reply, encode(tagged, "en"));
  if (translation.kind === "failed") throw new Error(translation.why);
  return { content: fromTagged(content, repaired(tagged, translation.target).target), unknown: translation.unknown };
}

describe("a sentence for Apertium", () => {
  it("has its reserved signs escaped and its marks out of reach", () => {
    expect(stream(text("a^b <c> [d] {e} f/g *h"))).to.equal("a\\^b \\<c\\> \\[d\\] \\{e\\} f\\/g [<i0/>]h.[]");
  });
  it("has its styles bound to words, and its atoms and addresses as blanks", () => {
    expect(stream(text("The "), bold(text("old "), bold(text("mill"))), text(" of "), code("x"), text(" at https://a.example."))).to.equal(
      "The [[t:s:1]]old[[/]] [[t:s:1; t:s:2]]mill[[/]] of [<i0/>] at [<i1/>]..[]",
    );
  });
  it("begins no style within a word", () => {
    expect(stream(text("gar"), bold(text("dening")), text(" on the 19"), bold(text("th")))).to.equal(
      "[[t:s:1]]gardening[[/]] on the [[t:s:2]]19th[[/]].[]",
    );
  });
  it("binds a style to a figure in a formula alone", () => {
    expect(stream(text("H"), bold(text("2")), text("O and m"), bold(text("2")))).to.equal("H[[t:s:1]]2[[/]]O and m[[t:s:2]]2[[/]].[]");
  });
  it("says decades as it knows them", () => {
    expect(stream(text("The 1960s and A1960s."))).to.equal("The years 1960 and A1960s..[]");
  });
  it("can be told from the next, whatever it is", () => {
    fc.assert(
      fc.property(contents, fc.string({ unit: fc.constantFrom("\0", "[", "]", "\\", "*", "a", "^", "[[/]]", "1960s") }), (content, any) => {
        const made = stream(...content, text(any));
        expect(made).to.not.contain("\0");
        expect(made.endsWith(".[]")).to.equal(true);
      }),
    );
  });
});

describe("Apertium's answer", () => {
  it("has its styles where their words went", () => {
    const content = [text("The "), bold(text("red house")), text(" is big.")];
    expect(read(content, "La [[t:s:1]]casa[[/]] [[t:s:1]]roja[[/]]  es grande..[]").content).to.deep.equal([
      text("La "),
      bold(text("casa roja")),
      text(" es grande."),
    ]);
  });
  it("has its marks taken out and its unknown words told", () => {
    expect(read([text("The foo is a Bar in 1960s * so.")], "El *foo es un \\@Bar en #1960s [<i0/>] así..[]")).to.deep.equal({
      content: [text("El foo es un Bar en 1960s * así.")],
      unknown: ["foo", "Bar", "1960s"],
    });
  });
  it("has its spaces and its first letter put right", () => {
    expect(read([text("On time , yes .")], "  a   tiempo , sí .  .[]").content).to.deep.equal([text("A tiempo, sí.")]);
  });
  it("gives atoms and links without words back", () => {
    const content = [text("See "), bold(text("https://a.example")), text(" or "), code("x"), text(".")];
    expect(read(content, "Ve [<i0/>] o [<i1/>]..[]").content).to.deep.equal([
      text("Ve "),
      bold(text("https://a.example")),
      text(" o "),
      code("x"),
      text("."),
    ]);
  });
  it("is the source again if nothing was changed", () => {
    fc.assert(
      fc.property(contents, (content) => {
        const tagged = toTagged(content);
        const request = encode(tagged, "xx");
        const translation = decode(request.stream, request);
        if (translation.kind === "failed") throw new Error(translation.why);
        const letters = (of: string) => of.replace(/\s/g, "").toLowerCase();
        expect(letters(translation.target.text)).to.equal(letters(tagged.text));
        expect(new Set(repaired(tagged, translation.target).target.tags.map(({ id }) => id))).to.deep.equal(
          new Set(tagged.tags.map(({ id }) => id)),
        );
      }),
    );
  });
  it("is read, whatever it is", () => {
    fc.assert(
      fc.property(
        contents,
        fc.string({ unit: fc.constantFrom("[", "]", "[[", "t:s:1", "]]", "[[/]]", "\\", "*", "a", " ", "<i0/>") }),
        (content, any) => {
          const { content: made } = read(content, any);
          expect(JSON.stringify(made).split('"kind":"atom"').length).to.equal(JSON.stringify(content).split('"kind":"atom"').length);
        },
      ),
    );
  });
});
