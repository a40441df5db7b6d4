import { expect } from "chai";
import fc from "fast-check";
import type { Block, Inline, ListItem, Page, TextStyle } from "../../document/model.ts";
import { readMarkdown } from "../../formats/markdown/read.ts";
import { markdownPages, pageMarkdown } from "./markdown.ts";
import { blockText, pageText } from "./text.ts";

describe("a page as Markdown", () => {
  it("reads as the same blocks, words, marks and links", () => {
    fc.assert(
      fc.property(fc.array(blocks(), { minLength: 1, maxLength: 5 }), (made) => {
        const all = withIds(made);
        const markdown = pageMarkdown(page(all));
        const read = readMarkdown(markdown).sections.flatMap((each) => each.blocks);
        const [expected, actual] = [shapes(all), shapes(read)];
        if (actual !== expected) expect(`${markdown}\n---\n${actual}`).to.equal(`${markdown}\n---\n${expected}`);
      }),
      { numRuns: 300 },
    );
  });

  const CASES: readonly (readonly [string, Block[], string])[] = [
    ["a list that begins with 7 and jumps to 12", [list(["7.", "one"], ["8.", "two"], ["12.", "three"])], "7. one\n8. two\n\n<!-- -->\n\n12. three"],
    ["letters as text", [list(["a)", "one"], ["b)", "two"])], "- a) one\n- b) two"],
    ["bullets", [list(["•", "one"], ["•", "two"])], "- one\n- two"],
    ["tasks", [{ id: "l", kind: "list", items: [{ mark: "-", checked: true, blocks: [paragraph("done")] }] }], "- [x] done"],
    ["lists in lists", [{ id: "l", kind: "list", items: [{ mark: "1.", blocks: [paragraph("one"), list(["-", "inside"])] }] }], "1. one\n   - inside"],
    ["lists side by side", [list(["-", "one"]), list(["-", "two"])], "- one\n\n<!-- -->\n\n- two"],
    ["headings of all levels", [{ id: "h", kind: "heading", level: 6, content: [{ kind: "span", style: { bold: true }, content: [text("Deep #")] }] }], "###### Deep \\#"],
    ["styles and links", [paragraph(text("a "), styled({ bold: true }, "bold "), styled({ italic: true }, "slanted"), text(" "), styled({ strike: true }, "gone"), text(" "), styled({ font: "mono" }, "x`y"), text(" "), { kind: "span", link: "https://example.org/a b", content: [text("link")] })], "a **bold** *slanted* ~~gone~~ ``x`y`` [link](<https://example.org/a b>)"],
    ["runs of one style as one", [paragraph(styled({ bold: true }, "one "), styled({ bold: true }, "two"))], "**one two**"],
    ["no mark that would not be read as one", [paragraph(styled({ bold: true }, "«so»"), text("then"))], "«so»then"],
    ["tables with spans and empty cells", [{ id: "t", kind: "table", rows: [[{ blocks: [paragraph("a|b")], columnSpan: 2, header: true, align: "right" }, { blocks: [paragraph("c")] }], [{ blocks: [] }, { blocks: [paragraph("d"), paragraph("e")], rowSpan: 2 }, { blocks: [paragraph("f")] }], [{ blocks: [paragraph("g")] }, { blocks: [paragraph("h")] }]] }], "| a\\|b |  | c |\n| ---: | --- | --- |\n|  | d e | f |\n| g |  | h |"],
    ["quotations", [{ id: "q", kind: "quote", blocks: [paragraph("one"), list(["-", "two"])] }], "> one\n>\n> - two"],
    ["figures", [{ id: "f", kind: "figure", content: [text("A pond")] }], "![A pond]()"],
    ["code with fences in it", [{ id: "c", kind: "code", text: "```\nx\n```", language: "md" }], "````md\n```\nx\n```\n````"],
    ["notes by their marks, at the end", [{ ...paragraph(note("2"), text(" The note.")), layer: "note" }, paragraph(text("83,190"), note("2"), text(" people"), note("9"))], "83,190[^2] people\\[9\\]\n\n[^2]: The note."],
    ["running heads in a comment", [{ ...paragraph("History -- of x"), layer: "header" }, paragraph("Text."), { ...paragraph("12"), layer: "footer" }], "<!-- page 1: History – of x · 12 -->\n\nText."],
    ["hard breaks", [paragraph(text("one"), { kind: "atom", as: "break", text: "" }, text("- two"))], "one\\\n\\- two"],
  ]; // biome-ignore format: a table
  for (const [name, made, expected] of CASES)
    it(`shows ${name}`, () => {
      expect(pageMarkdown(page(made))).to.equal(expected);
    });

  it("makes no markup of text", () => {
    const TEXTS = [
      "# a",
      "- a",
      "+ a",
      "1. a",
      "2) a",
      "> a",
      "*a*",
      "_a_",
      "`a`",
      "[a](b)",
      "<b>",
      "&copy;",
      "~~a~~",
      "![a](b)",
      "a\\",
      "===",
      "---",
      "    a",
      "| a |",
      "$a^2$",
      "[^1]",
      "***",
      "[ ] a",
      "<!-- a -->",
      "a_b_c",
      "AT&T",
      "5 * 3",
    ];
    for (const one of TEXTS)
      for (const block of [
        paragraph(one),
        list(["-", one]),
        { id: "h", kind: "heading" as const, level: 2 as const, content: [text(one)] },
        table(one),
      ]) {
        const markdown = pageMarkdown(page([block]));
        const read = readMarkdown(markdown).sections.flatMap((each) => each.blocks);
        expect(shapes(read), markdown).to.equal(shapes([block]));
      }
  });
  it("gives a note another label where an earlier page has one of the same mark", () => {
    const blocks: Block[] = [paragraph(text("word"), note("1")), { ...paragraph(note("1"), text("Note.")), layer: "note" }];
    const render = markdownPages();
    expect(render(page(blocks))).to.equal("word[^1]\n\n[^1]: Note.");
    expect(render({ ...page(blocks), number: 3 })).to.equal("\n\n<!-- page 3 -->\n\nword[^3-1]\n\n[^3-1]: Note.");
  });
});

describe("a page as text", () => {
  it("sets notes apart from the words they stand at, and puts heads first and feet last", () => {
    const blocks: Block[] = [
      { ...paragraph("12"), layer: "footer" },
      { ...paragraph(note("2"), text(" The note.")), layer: "note" },
      paragraph(text("83,190"), note("2")),
      { ...paragraph("History"), layer: "header" },
    ];
    expect(pageText(page(blocks))).to.equal("History\n\n83,190[2]\n\n[2] The note.\n\n12");
  });
  it("parts a note's mark from its words", () => {
    expect(blockText({ ...paragraph(note("2"), text("The note.")), layer: "note" })).to.equal("[2] The note.");
  });
  it("keeps the marks of lists, and the places of a table's cells", () => {
    expect(blockText(list(["7.", "one"], ["a)", "two"]))).to.equal("7. one\na) two");
    expect(blockText({ id: "t", kind: "table", rows: [[{ blocks: [] }, { blocks: [paragraph("b")] }]] })).to.equal("\tb");
  });
});

function page(blocks: Block[]): Page {
  return { number: 1, blocks, remarks: [] };
}

function text(written: string): Inline {
  return { kind: "text", text: written };
}

function styled(style: TextStyle, written: string): Inline {
  return { kind: "span", style, content: [text(written)] };
}

function note(mark: string): Inline {
  return { kind: "atom", as: "note", text: mark };
}

function paragraph(...content: (Inline | string)[]): Block & { kind: "paragraph" } {
  return { id: "p", kind: "paragraph", content: content.map((each) => (typeof each === "string" ? text(each) : each)) };
}

function list(...items: [mark: string, text: string][]): Block & { kind: "list" } {
  return { id: "l", kind: "list", items: items.map(([mark, said]): ListItem => ({ mark, blocks: [paragraph(said)] })) };
}

function table(cell: string): Block {
  return { id: "t", kind: "table", rows: [[{ blocks: [paragraph("h")] }], [{ blocks: [paragraph(cell)] }]] };
}

function withIds(made: Block[]): Block[] {
  return made.map((block, index) => ({ ...block, id: `p1b${index}` }));
}

function blocks(): fc.Arbitrary<Block> {
  const word = fc.constantFrom(
    "garden",
    "the",
    "Été",
    "12",
    "a_b",
    "5 * 3",
    "*",
    "[x]",
    "<b>",
    "1.",
    "- x",
    "AT&T",
    "x|y",
    "don't",
    "`",
    "#",
    "~",
    "(so)",
  );
  const said = fc.array(word, { minLength: 1, maxLength: 5 }).map((words) => words.join(" "));
  const plain = fc.array(fc.constantFrom("garden", "open", "Été", "12"), { minLength: 1, maxLength: 3 }).map((words) => words.join(" "));
  const inline: fc.Arbitrary<Inline> = fc.oneof(
    said.map((each) => text(each)),
    plain.chain((each) =>
      fc
        .constantFrom<TextStyle>({ bold: true }, { italic: true }, { strike: true }, { bold: true, italic: true })
        .map((style) => styled(style, each)),
    ),
    plain.map((each): Inline => ({ kind: "span", link: "https://example.org/a", content: [text(each)] })),
    plain.map((each): Inline => ({ kind: "atom", as: "code", text: each })),
    fc.constant<Inline>({ kind: "atom", as: "break", text: "" }),
  );
  // Between two pieces is a space, as between words; a paragraph neither begins nor ends with a break.
  const content = fc
    .array(inline, { maxLength: 4 })
    .map((pieces) => [text("So"), ...pieces.flatMap((piece) => [text(" "), piece]), text(" it is")]);
  const simple: fc.Arbitrary<Block> = fc.oneof(
    content.map((each): Block => ({ id: "", kind: "paragraph", content: each })),
    fc
      .tuple(fc.constantFrom(1, 2, 3, 4, 5, 6), said)
      .map(([level, each]): Block => ({ id: "", kind: "heading", level: level as 1, content: [text(each)] })),
    said.map((each): Block => ({ id: "", kind: "code", text: `${each}\n  ${each}` })),
    fc.constant<Block>({ id: "", kind: "rule" }),
    fc
      .array(fc.array(said, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 3 })
      .map((rows): Block => ({ id: "", kind: "table", rows: rows.map((row) => row.map((cell) => ({ blocks: [paragraph(cell)] }))) })),
  );
  const nested = content.map((each): Block => ({ id: "", kind: "paragraph", content: each }));
  const listed: fc.Arbitrary<Block> = fc
    .tuple(fc.boolean(), fc.array(fc.tuple(nested, fc.option(said), fc.option(simple)), { minLength: 1, maxLength: 3 }))
    .map(
      ([ordered, items]): Block => ({
        id: "",
        kind: "list",
        items: items.map(
          ([first, inner, other], index): ListItem => ({
            mark: ordered ? `${index + 7}.` : "-",
            blocks: [first, ...(inner === null ? [] : [list(["-", `x ${inner}`])]), ...(other === null ? [] : [other])],
          }),
        ),
      }),
    );
  return fc.oneof(
    simple,
    listed,
    fc.array(fc.oneof(simple, listed), { minLength: 1, maxLength: 2 }).map((inner): Block => ({ id: "", kind: "quote", blocks: inner })),
  );
}

/** What a reader sees of blocks; comments, which part lists, are nothing. */
function shapes(all: readonly Block[]): string {
  return all
    .map((block): string => {
      switch (block.kind) {
        case "list":
          return `list(${block.items.map((item) => `${item.mark}(${shapes(item.blocks)})`).join("")})`;
        case "table":
          return `table(${block.rows.map((row) => row.map((cell) => shapes(cell.blocks)).join("|")).join("/")})`;
        case "quote":
          return `quote(${shapes(block.blocks)})`;
        case "code":
        case "formula":
          return `code(${block.text})`;
        case "rule":
          return "rule";
        default:
          return `${block.kind}${block.kind === "heading" ? block.level : ""}(${runs(block.content, "")
            .replace(/(?<=\})\{(\w*)\|/g, "{$1|")
            .replace(/\}\{\|/g, "}{|")
            .replace(/\s+/g, " ")
            .replace(/ ?\/ ?/g, "/")
            .trim()})`;
      }
    })
    .join(" ");
}

function runs(content: readonly Inline[], style: string): string {
  return content
    .map((inline) => {
      if (inline.kind === "text") return style === "" ? inline.text : `{${style}|${inline.text}}`;
      if (inline.kind === "atom") return inline.as === "break" ? "/" : `{${inline.as}|${inline.text}}`;
      const keys = Object.keys(inline.style ?? {}).filter((key) => !style.includes(key));
      return runs(inline.content, [...style.split(" ").filter(Boolean), ...keys, ...(inline.link ? ["link"] : [])].sort().join(" "));
    })
    .join("");
}
