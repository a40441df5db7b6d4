import { expect } from "chai";
import fc from "fast-check";
import { inPlace, upper, WRITING } from "../../../../test/support/in_place.ts";
import { type Block, leavesOf, plainText } from "../../document/model.ts";
import { edited } from "../edits.ts";
import { decode, encode, encodingRemark } from "../encoding.ts";
import { readPlainText } from "../plain/read.ts";
import { changedLeaves } from "../sectioned.ts";

const translated = inPlace(readPlainText);

describe("plain text, read and written back", () => {
  it("is the same byte for byte if no word changed, and keeps its lines, marks and indentation if all did", () => {
    const piece = fc.constantFrom("word", "Word", "12", "- ", "* ", "1. ", "a) ", "  ", "    ", "\t", "\n", "\n", "\n\n", "\r\n", "> ", "|", "===", "----", ".", ":", ";", "{", "=", "\f", "é", "http://a.bc", "long words that go on and on for a while until the line is full"); // biome-ignore format: a list
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const source = pieces.join("");
        const { sections, emitter } = readPlainText(source);
        const spooled: typeof sections = JSON.parse(JSON.stringify(sections));
        expect(sections.flatMap((page, index) => changedLeaves(page.blocks, spooled[index]?.blocks ?? []))).to.deep.equal([]);
        const leaves = sections.flatMap((page) => [...leavesOf(page.blocks)]);
        expect(wordsOf(edited(source, emitter.edits(leaves, WRITING).edits))).to.deep.equal(wordsOf(source));
        expect(wordsOf(translated(source, upper)).map((word) => word.toUpperCase())).to.deep.equal(
          wordsOf(source).map((word) => word.toUpperCase()),
        );
      }),
      { numRuns: 400 },
    );
  });

  it("is read in time that grows with its length, however long its lists and paragraphs are", () => {
    const list = readPlainText("- one apple\n".repeat(60_000)).sections.flatMap(({ blocks }) => [...leavesOf(blocks)]);
    expect(list).to.have.length(60_000);
    const words = readPlainText("word\n".repeat(200_000)).sections.flatMap(({ blocks }) => [...leavesOf(blocks)]);
    expect(words).to.have.length(1);
    const ragged = Array.from({ length: 10_000 }, (_, row) => `cell ${row}${"\ta cell".repeat(1 + ((row * 7) % 5))}\n`).join("");
    expect(readPlainText(ragged).sections).to.have.length(1);
  });

  const KINDS: readonly (readonly [string, string, string, (string | string[])[]])[] = [
    ["lists", "Buy:\n- red apples\n- milk from\n  the shop\n", "list", ["Buy:", "red apples", "milk from the shop"]],
    ["numbered and lettered lists", "7. First clause\n8. Second clause\n   a) inside\n   b) inside too\n", "list", ["First clause", "Second clause", "inside", "inside too"]],
    ["sections and clauses", "2.1 The rent is 640 a month and is paid by the tenant\non the first day.\n2.2 The tenant pays for the water.\n", "list", ["The rent is 640 a month and is paid by the tenant on the first day.", "The tenant pays for the water."]],
    ["a section's head", "2.1 The garden\n\nThe garden is open every morning.\n", "heading", ["2.1 The garden", "The garden is open every morning."]],
    [
      "paragraphs that no editor wrapped",
      `${"The garden behind the old house is open to all readers every morning, and so is the path. ".repeat(2)}\n${"A narrow path leads from the gate to the small pond where the children feed the ducks. ".repeat(2)}\n`,
      "paragraph",
      [`${"The garden behind the old house is open to all readers every morning, and so is the path. ".repeat(2)}\n${"A narrow path leads from the gate to the small pond where the children feed the ducks. ".repeat(2)}`.replaceAll(" \n", "\n").trim()],
    ],
    ["addresses", "The Smith family\n12 Garden Street\nOxford OX1 4BG\n", "paragraph", ["The Smith family\n12 Garden Street\nOxford OX1 4BG"]],
    ["verse", "Roses are red,\nViolets are blue,\nSugar is sweet,\nAnd so are you.\n", "paragraph", ["Roses are red,\nViolets are blue,\nSugar is sweet,\nAnd so are you."]],
    [
      "verse in small letters",
      "The tide comes in, the tide goes out,\nthe gulls complain, the children shout,\nand nobody asks what it is about.\n",
      "paragraph",
      ["The tide comes in, the tide goes out,\nthe gulls complain, the children shout,\nand nobody asks what it is about."],
    ],
    ["wrapped prose", "The garden behind the old house is open to all\nreaders every morning, and the children feed the\nducks near the small pond.\n", "paragraph", ["The garden behind the old house is open to all readers every morning, and the children feed the ducks near the small pond."]],
    ["aligned tables", "Name      Age   Town\nAnna      12    London\nPeter           York\n", "table", ["Name", "Age", "Town", "Anna", "12", "London", "Peter", "York"]],
    ["framed tables", "+------+-----+\n| Name | Age |\n+------+-----+\n| Anna | 12  |\n+------+-----+\n", "table", ["Name", "Age", "Anna", "12"]],
    ["tables by tabs", "Name\tAge\nAnna\t12\n", "table", ["Name", "Age", "Anna", "12"]],
    ["programs", "    for line in file:\n        print(line)\n", "code", []],
    ["programs in braces", "int main() {\n  return 0;\n}\n", "code", []],
    ["headings", "Contents of this book\n=====================\nText\n", "heading", ["Contents of this book", "Text"]],
    ["headings in capitals", "THE GARDEN\n\nThe garden is open every morning.\n", "heading", ["THE GARDEN", "The garden is open every morning."]],
    ["quotations", "> He wrote that the garden is\n> open.\n\nYes.\n", "quote", ["He wrote that the garden is\nopen.", "Yes."]],
    ["dialogue beside numbers", "It was planned in\n1960. Nobody knows\n", "paragraph", ["It was planned in\n1960. Nobody knows"]],
    ["an initial", "J. Smith wrote it.\n", "paragraph", ["J. Smith wrote it."]],
  ]; // biome-ignore format: a table
  for (const [name, source, kind, texts] of KINDS)
    it(`knows ${name}`, () => {
      const blocks = readPlainText(source).sections.flatMap((page) => page.blocks);
      expect(blocks.map((block) => block.kind)).to.include(kind as Block["kind"]);
      expect([...leavesOf(blocks)].map((leaf) => plainText(leaf.content))).to.deep.equal(texts);
    });

  it("sets a longer translation so that columns still stand below each other", () => {
    const source = "Name      Age   Town\nAnna      12    London\n";
    const wider = translated(source, (content) =>
      content.map((inline) => (inline.kind === "text" && inline.text === "Age" ? { ...inline, text: "Age in years" } : inline)),
    );
    expect(wider).to.equal("Name      Age in years  Town\nAnna      12            London\n");
  });
  it("wraps translated prose where the source was, behind its prefix", () => {
    const source = "> The garden behind the old house is open to all\r\n> readers every morning, and the children go.\r\n";
    expect(translated(source, upper)).to.equal(source.toUpperCase());
  });
  it("ends soon for hostile lines", () => {
    for (const hostile of [
      " ".repeat(200_000),
      "> ".repeat(50_000),
      "a  ".repeat(50_000),
      "\n".repeat(200_000),
      "- a\n".repeat(5_000),
      "| ".repeat(20_000),
    ])
      translated(hostile, upper);
  });
});

describe("the encoding of a text", () => {
  const TEXT = "El jardín está abierto.";
  const CASES: readonly (readonly [string, Buffer, string | undefined])[] = [
    ["UTF-8", Buffer.from(TEXT), undefined],
    ["UTF-8 with its mark", Buffer.from(`\ufeff${TEXT}`), undefined],
    ["UTF-16 with its mark", Buffer.from(`\ufeff${TEXT}`, "utf16le"), "UTF-16 (little endian)"],
    ["UTF-16 of the other order", Buffer.from(`\ufeff${TEXT}`, "utf16le").swap16(), "UTF-16 (big endian)"],
    ["UTF-16 without a mark", Buffer.from(TEXT, "utf16le"), "UTF-16 (little endian)"],
    ["UTF-16 of the other order without a mark", Buffer.from(TEXT, "utf16le").swap16(), "UTF-16 (big endian)"],
    ["ISO-8859-1", Buffer.from(TEXT, "latin1"), "ISO-8859-1"],
    ["Windows-1252", Buffer.concat([Buffer.from([0x93]), Buffer.from(TEXT, "latin1"), Buffer.from([0x94])]), "Windows-1252"],
  ];
  for (const [name, bytes, said] of CASES)
    it(`is told for ${name}, and written back`, () => {
      const decoded = decode(bytes);
      expect(decoded?.text).to.include(TEXT);
      expect(decoded && encodingRemark(decoded)?.message).to.equal(said && `The text was read as ${said}.`);
      expect(decoded && encode(decoded.text, decoded).bytes).to.deep.equal(bytes);
    });
  it("becomes UTF-8, and is remarked, for a translation that it has no letters for", () => {
    const { bytes, remark } = encode("Сад", { text: "", encoding: "windows-1252", bom: false });
    expect([bytes.toString(), remark?.code]).to.deep.equal(["Сад", "ENCODING"]);
  });
  const REFUSED: readonly (readonly [string, Buffer])[] = [
    ["control characters", Buffer.from("text\u0001")],
    ["broken UTF-8", Buffer.concat([Buffer.from(`${TEXT} ${TEXT}`), Buffer.from([0xff])])],
    [
      "Cyrillic in a byte each",
      Buffer.from([0xd1, 0xe0, 0xe4, 0x20, 0xee, 0xf2, 0xea, 0xf0, 0xfb, 0xf2, 0x20, 0xea, 0xe0, 0xe6, 0xe4, 0xee, 0xe5]),
    ],
    ["a random file", Buffer.from("89504e470d0a1a0a0000000d49484452", "hex")],
  ];
  for (const [name, bytes] of REFUSED)
    it(`is none for ${name}`, () => {
      expect(decode(bytes)).to.equal(undefined);
    });
});

function wordsOf(text: string): string[] {
  return text.match(/[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu)?.filter((word) => word !== ">") ?? [];
}
