import { expect } from "chai";
import fc from "fast-check";
import { contents } from "../../../test/support/contents.ts";
import { type Inline, plainText } from "./model.ts";
import type { Tag, Tagged } from "./segment.ts";
import { fromTagged, renumbered, repaired, toTagged, unwrapped, withIds, wrapped } from "./tagging.ts";

const words = fc.string({ unit: fc.constantFrom("a", "B", " ", "é", "𝒳", "."), maxLength: 8 });
const anyTag = fc.record({
  id: fc.integer({ min: -1, max: 9 }),
  at: fc.oneof(fc.integer({ min: -3, max: 40 }), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, 2.5)),
  kind: fc.constantFrom<Tag["kind"]>("open", "close", "atom"),
});
const anyTagged: fc.Arbitrary<Tagged> = fc.record({ text: words, tags: fc.array(anyTag, { maxLength: 20 }) });

const text = (of: string): Inline => ({ kind: "text", text: of });
const bold = (...content: Inline[]): Inline => ({ kind: "span", style: { bold: true }, content });
const link = (...content: Inline[]): Inline => ({ kind: "span", link: "x", content });
const code = (of: string): Inline => ({ kind: "atom", as: "code", text: of });

/** Anchors and links of all spans and atoms, each once. */
function nodesOf(content: readonly Inline[]): string[] {
  const found = new Set<string>();
  const walk = (inlines: readonly Inline[]) => {
    for (const inline of inlines) {
      if (inline.kind === "text") continue;
      found.add(JSON.stringify({ ...inline, content: undefined }));
      if (inline.kind === "span") walk(inline.content);
    }
  };
  walk(content);
  return [...found].sort();
}

/** As brackets: [1 the old <2>]. */
function drawn(content: readonly Inline[]): string {
  return content
    .map((each) =>
      each.kind === "text"
        ? each.text
        : each.kind === "atom"
          ? `<${each.text}>`
          : `${each.link ? "(" : "["}${drawn(each.content)}${each.link ? ")" : "]"}`,
    )
    .join("");
}

describe("tagged text", () => {
  it("numbers spans and atoms in reading order and has no atom's text", () => {
    const content = [text("The "), bold(text("old "), link(text("mill"))), code("x"), text(".")];
    expect(toTagged(content)).to.deep.equal({
      text: "The old mill.",
      tags: [
        { id: 1, at: 4, kind: "open" },
        { id: 2, at: 8, kind: "open" },
        { id: 2, at: 12, kind: "close" },
        { id: 1, at: 12, kind: "close" },
        { id: 3, at: 12, kind: "atom" },
      ],
    });
  });
  it("is the content again, anchors with it", () => {
    fc.assert(
      fc.property(contents, (content) => {
        expect(fromTagged(content, toTagged(content))).to.deep.equal(content);
      }),
    );
  });
  it("gives all its text and every span and atom, whatever the tags are", () => {
    fc.assert(
      fc.property(contents, anyTagged, (content, tagged) => {
        const made = fromTagged(content, tagged);
        expect(nodesOf(made)).to.deep.equal(nodesOf(content));
        expect(plainText(textOnly(made))).to.equal(tagged.text);
        const atoms = (of: readonly Inline[]) => toTagged(of).tags.filter(({ kind }) => kind === "atom").length;
        expect(atoms(made)).to.equal(atoms(content));
      }),
    );
  });

  const content = [text("a "), bold(text("b "), link(text("c"))), text(" d "), code("x")];
  const made = (of: string, ...tags: [id: number, at: number, kind: Tag["kind"]][]) =>
    drawn(fromTagged(content, { text: of, tags: tags.map(([id, at, kind]) => ({ id, at, kind })) }));
  it("joins the pieces of a span that only space parts", () => {
    const pieces = [
      [1, 0, "open"],
      [1, 2, "close"],
      [1, 3, "open"],
      [2, 3, "open"],
      [2, 5, "close"],
      [1, 5, "close"],
      [3, 5, "atom"],
    ] as const;
    expect(made("la casa", ...pieces.map((each) => [...each] as [number, number, Tag["kind"]]))).to.equal("[la (ca)]<x>sa");
  });
  it("joins the pieces of a link between which the translator put a little word", () => {
    const parted = (text: string, from: number, to: number) =>
      made(
        text,
        [1, 0, "open"],
        [1, 0, "close"],
        [2, 0, "open"],
        [2, from, "close"],
        [2, to, "open"],
        [2, text.length, "close"],
        [3, text.length, "atom"],
      );
    expect(parted("estado de las acciones", 6, 14)).to.equal("[](estado de las acciones)<x>");
    expect(parted("estado Roma acciones", 6, 12)).to.equal("[](estado) Roma (acciones)<x>");
    expect(parted("estado, pero acciones", 6, 13)).to.equal("[](estado), pero (acciones)<x>");
  });
  it("keeps a span in one piece over signs between its words", () => {
    const parted = (text: string) => made(text, [1, 0, "open"], [1, 7, "close"], [1, 10, "open"], [1, 16, "close"], [3, 16, "atom"]);
    expect(parted("entrada / salida")).to.equal("[entrada / salida]<x>()");
    expect(parted("entrada & salida")).to.equal("[entrada & salida]<x>()");
    expect(parted("entrada y salida")).to.equal("[entrada] y [salida]<x>()");
  });
  it("splits a span whose words were parted", () => {
    expect(
      made(
        "no me gusta",
        [1, 0, "open"],
        [1, 2, "close"],
        [1, 6, "open"],
        [2, 6, "open"],
        [2, 8, "close"],
        [1, 11, "close"],
        [3, 11, "atom"],
      ),
    ).to.equal("[no] me [(gu)sta]<x>");
  });
  it("cuts spans that cross", () => {
    expect(made("abcdef", [1, 0, "open"], [2, 2, "open"], [1, 4, "close"], [2, 6, "close"], [3, 6, "atom"])).to.equal("[ab(cd)](ef)<x>");
  });
  it("keeps a span within its own, wherever that begins", () => {
    expect(made("abcdef", [2, 0, "open"], [1, 2, "open"], [1, 4, "close"], [2, 6, "close"], [3, 6, "atom"])).to.equal("(ab)[(cd)](ef)<x>");
  });
  it("leaves unknown tags out and puts lost ones at the end", () => {
    expect(made("abc", [7, 1, "open"], [3, 1, "open"])).to.equal("abc[]()<x>");
  });
});

describe("a repaired translation", () => {
  const source = toTagged([text("See "), bold(text("Dragoman")), text(" or "), link(text("this")), code("x")]);
  const ids = ({ tags }: Tagged) => [...new Set(tags.map(({ id }) => id))].sort();
  it("has every tag of its source, and counts those that were lost", () => {
    const { target, moved } = repaired(source, { text: "Vea Dragoman o esto", tags: [{ id: 9, at: 1, kind: "atom" }] });
    expect(ids(target)).to.deep.equal([1, 2, 3]);
    expect(moved).to.equal(3);
  });
  it("has a lost span around words that stayed as they were", () => {
    const { target } = repaired(source, { text: "Vea Dragoman o esto", tags: [] });
    expect(target.tags.filter(({ id }) => id === 1)).to.deep.equal([
      { id: 1, at: 4, kind: "open" },
      { id: 1, at: 12, kind: "close" },
    ]);
  });
  it("has the source's ids, whatever came back", () => {
    fc.assert(
      fc.property(contents, anyTagged, (content, target) => {
        const tagged = toTagged(content);
        expect(ids(repaired(tagged, target).target)).to.deep.equal(ids(tagged));
      }),
    );
  });
});

describe("spans over a whole sentence", () => {
  it("are taken off and put on again", () => {
    fc.assert(
      fc.property(contents, (content) => {
        const tagged = toTagged(content);
        const { outer, inner } = unwrapped(tagged);
        const { tagged: small, ids } = renumbered(inner);
        expect(wrapped(withIds(small, ids), outer)).to.deep.equal(tagged);
      }),
    );
  });
  it("are no concern of the translator's", () => {
    const { outer, inner } = unwrapped(toTagged([bold(link(text("The mill")))]));
    expect({ outer, inner }).to.deep.equal({ outer: [1, 2], inner: { text: "The mill", tags: [] } });
  });
});

function textOnly(content: readonly Inline[]): Inline[] {
  return content.flatMap((each): Inline[] => {
    if (each.kind === "atom") return [];
    return each.kind === "span" ? [{ ...each, content: textOnly(each.content) }] : [each];
  });
}
