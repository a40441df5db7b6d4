import { globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { expect } from "chai";
import fc from "fast-check";
import type { Nodes } from "mdast";
import { inPlace, upper, WRITING } from "../../../../test/support/in_place.ts";
import { type Inline, leavesOf, plainText } from "../../document/model.ts";
import { edited } from "../edits.ts";
import { decode } from "../encoding.ts";
import { decodeText } from "../markup/references.ts";
import { changedLeaves } from "../sectioned.ts";
import { readMarkdown } from "./read.ts";
import { parse } from "./syntax.ts";

/** Known faults come up once in some thousand random documents (`\[http://a.bc`): SEED=… RUNS=… looks for them on purpose. */
const SEED = Number(process.env["SEED"] ?? 1);

describe("Markdown, read and written back", () => {
  it("is the same byte for byte if no word changed, and the same structure if every leaf is set anew or in capitals", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...TOKENS), { maxLength: 40 }), (tokens) => {
        expectTrue(tokens.join(""));
      }),
      { numRuns: Number(process.env["RUNS"] ?? 300), seed: SEED },
    );
  });
  it("is so for generated documents of whole blocks", () => {
    fc.assert(
      fc.property(documents(), (source) => {
        expectTrue(source);
        expectTrue(source.replaceAll("\n", "\r\n"));
      }),
      { numRuns: 60, seed: SEED },
    );
  });
  it(`is so for files that others wrote`, async function () {
    this.timeout(3_600_000);
    const all = globSync("node_modules/**/*.md").sort();
    const every = process.env["DRAGOMAN_TEST_ALL"] ? 1 : 60;
    const files = all.filter((_, index) => index % every === 0);
    let read = 0;
    let set = 0;
    for (const file of files) {
      const source = decode(await readFile(file))?.text;
      if (source === undefined || (every > 1 && source.length > 60_000)) continue;
      set += expectTrue(source, file);
      read += 1;
    }
    console.log(`      ${read} of ${all.length} files, ${set} of their leaves set anew`);
    expect(read).to.be.greaterThan(10);
  });

  const CASES: readonly (readonly [string, string, string])[] = [
    ["links with titles", 'See [the rules](https://example.org/a "Rules").\n', 'SEE [THE RULES](https://example.org/a "RULES").\n'],
    [
      "references",
      "See [the ref] and [x][the ref].\n\n[the ref]: u 'Title'\n",
      "SEE [THE REF][the ref] AND [X][the ref].\n\n[the ref]: u 'TITLE'\n",
    ],
    [
      "addresses",
      "At <https://example.org/a>, www.example.org/b and a@example.org\n",
      "AT <https://example.org/a>, www.example.org/b AND a@example.org\n",
    ],
    [
      "what code hosts make links and signs of",
      ":warning: Thanks to @anna-b and @org/team, see #123, o/r#7 and :+1: at 10:30:45 (@c)\n",
      ":warning: THANKS TO @anna-b AND @org/team, SEE #123, o/r#7 AND :+1: AT 10:30:45 (@c)\n",
    ],
    ["code", "Run `apt install` now.\n\n```sh\nls\n```\n\n    kept\n", "RUN `apt install` NOW.\n\n```sh\nls\n```\n\n    kept\n"],
    ["pictures", "![a pond](p.jpg 'Pond')\n\nThe ![icon](i.png) here\n", "![A POND](p.jpg 'POND')\n\nTHE ![ICON](i.png) HERE\n"],
    ["lists", "* a\n  1) b\n\n     c\n- [ ] d\n+ [x] e\n", "* A\n  1) B\n\n     C\n- [ ] D\n+ [x] E\n"],
    ["letters of items", "- a) one\n- b) two\n", "- a) ONE\n- b) TWO\n"],
    ["quotations", "> a quotation\n> over lines\n>\n> > deeper\n", "> A QUOTATION\n> OVER LINES\n>\n> > DEEPER\n"],
    ["alerts", "> [!NOTE]\n> read this\n", "> [!NOTE]\n> READ THIS\n"],
    ["tables", "|a|b|\n|:-|-:|\n| **c** | `d\\|e` f\\|g |\n", "|A|B|\n|:-|-:|\n| **C** | `d\\|e` F\\|G |\n"],
    ["notes", "Text.[^n]\n\n[^n]: A note\n    that goes on.\n", "TEXT.[^n]\n\n[^n]: A NOTE THAT\n    GOES ON.\n"],
    [
      "front matter",
      "---\ntitle: The garden\ntags: [a]\ndescription: 'It''s here'\n---\n\nx y\n",
      "---\ntitle: THE GARDEN\ntags: [a]\ndescription: 'IT''S HERE'\n---\n\nX Y\n",
    ],
    ["front matter of TOML", '+++\ntitle = "The \\"old\\" one"\nweight = 1\n+++\n', '+++\ntitle = "THE \\"OLD\\" ONE"\nweight = 1\n+++\n'],
    [
      "HTML blocks",
      '<div class="n">A <b>note</b>.</div>\n\n<img src="a" alt="A pond">\n',
      '<div class="n">A <b>NOTE</b>.</div>\n\n<img src="a" alt="A POND">\n',
    ],
    [
      "HTML in a line",
      "The <kbd>Ctrl</kbd> key<br>and <i>more</i> <!-- no --> text\n",
      "THE <kbd>Ctrl</kbd> KEY<br>AND <i>MORE</i> <!-- no --> TEXT\n",
    ],
    ["hard breaks", "a  \nb\\\nc<br>d\n", "A  \nB\\\nC<br>D\n"],
    ["formulas", "So $x^2 + y$ is more than $5 or $6.\n\n$$\ne = m\n$$\n", "SO $x^2 + y$ IS MORE THAN $5 OR $6.\n\n$$\ne = m\n$$\n"],
    ["rules and headings", "Title\n=====\n\n## b ##\n\n***\n", "TITLE\n=====\n\n## B ##\n\n***\n"],
    ["strikes and lowered text", "Term~~gone~~ and H~2~O\n", "TERM~~GONE~~ AND H~2~O\n"],
  ];
  for (const [name, source, expected] of CASES)
    it(`keeps ${name}`, () => {
      expect(translated(source, upper)).to.equal(expected);
    });

  const TEXTS = [
    "*a*",
    "a_b_ c",
    "[x](y)",
    "<b>",
    "# a",
    "- a",
    "+ a",
    "1. a",
    "1) a",
    "> a",
    "a | b",
    "`a`",
    "~~a~~",
    "&copy;",
    "[^n]",
    "[ref]",
    "![x](y)",
    "a\\",
    "http://example.org",
    "===",
    "---",
    "    a",
    "[ ] a",
    "!",
    "| a |",
    "$x^2$",
  ];
  for (const text of TEXTS)
    it(`makes no markup of ${JSON.stringify(text)} in a translation`, () => {
      for (const source of [
        "word\n",
        "# word\n",
        "- word\n",
        "| h |\n| - |\n| word |\n",
        "> word\n",
        "word\n===\n",
        "**b** word [l](u)\n",
      ]) {
        const defined = `${source}\n[ref]: u\n\n[^n]: note\n`;
        const result = translated(defined, (content) => content.map((inline) => said(inline, text)));
        expect(skeletonOf(result), result).to.equal(skeletonOf(defined));
        expect(leafTexts(result), result).to.include(leafTexts(source)[0]?.includes("l") ? `b ${text.trim()} l`.trim() : text.trim());
      }
    });

  it("keeps each mark with its words where a translation puts them elsewhere", () => {
    const turned = translated("> The **red** house\n> of [my friend](u).\n", (content) => content.toReversed());
    expect(turned).to.equal("> .[my friend](u)\n> house of **red**The\n");
  });
  it("has as many lines of a longer translation where lines are short", () => {
    const longer = (source: string) => translated(source, (content) => content.map((inline) => said(inline, "words that go on")));
    expect(longer("a first word\nand a second one\n")).to.equal("a first words that go\non and a second one\n");
    expect(longer("> - a word here\n>   and there\n")).to.equal("> - a words that go on\n>   here and there\n");
  });
  it("has each picture once, where a translation parts the words of its description", () => {
    const parted = translated("See [![a red house](h.png)](u) here.\n", (content) => {
      const [before, link, after] = content as [Inline, Inline & { kind: "span" }, Inline];
      const [picture] = link.content as [Inline & { kind: "span" }];
      const piece = (text: string): Inline => ({ ...link, content: [{ ...picture, content: [{ kind: "text", text }] }] });
      return [before, piece("una casa"), { kind: "text", text: " que es muy " }, piece("roja"), after];
    });
    expect(parted).to.equal("See [![una casa roja](h.png)](u) que es muy  here.\n");
  });
  for (const source of [
    "\\*http://a.bc*",
    "\\[http://a.bc",
    "[\\<u>a@b.cd",
    "\n[^1]: ![ two words ](u)*",
    "- (u)\n|-|-|\n",
    "*---\n\t> a@b.cd",
  ])
    it(`writes ${JSON.stringify(source)} anew so that what was a link is one, and nothing else is`, () => {
      expect(expectTrue(source)).to.be.above(0);
    });
  it("says what it left of HTML", () => {
    const { sections } = readMarkdown("<pre>\nSome words\n</pre>\n\n<script>\nlet a = 1;\n</script>\n");
    expect(sections.flatMap(({ remarks }) => remarks).map(({ code }) => code)).to.deep.equal(["HTML_KEPT", "HTML_KEPT"]);
  });
  it("says what it left of HTML behind a section that is full as well", () => {
    const { sections } = readMarkdown(`${"Words.\n\n".repeat(40)}<script>\nlet words = 1;\n</script>\n`);
    expect(sections.flatMap(({ remarks }) => remarks).map(({ code, page }) => [code, page])).to.deep.equal([["HTML_KEPT", 2]]);
  });
  it("ends soon for text that nests and repeats without end", function () {
    this.timeout(20_000);
    for (const hostile of [
      "<b ".repeat(3_900),
      "<!--".repeat(3_900),
      "[".repeat(2_000),
      "<b>".repeat(3_900),
      "$^".repeat(5_000),
      "a@".repeat(5_000),
    ])
      translated(hostile, upper);
  });
});

const translated = inPlace(readMarkdown);
const TOKENS = ["*", "**", "_", "`", "[", "]", "(u)", "](u)", "![", "x", "Word", " two words ", "\n", "\n", "\n\n", "\r\n", "> ", "- ", "1. ", "  ", "    ", "\t", "|", "\n|-|-|\n", "---\n", "<b>", "</b>", "<br>", "<!--", "-->", "<p>", "&amp;", "&#42;", "\\", "~~", "~", "$", "$x^2$", "# ", "```\n", "[^1]", "\n[^1]: ", "\n[a]: u 'T'\n", "[a]", "[a][]", "[ ] ", "http://a.bc", "a@b.cd", '"', "<u>", "===\n", ".", "!", "é", "漢"]; // biome-ignore format: a list

function documents(): fc.Arbitrary<string> {
  const word = fc.constantFrom("garden", "open", "the", "Rivers", "été", "5", "*", "a_b", "x < y", "AT&T", "1.", "-", "(so)", "don't");
  const words = fc.array(word, { minLength: 1, maxLength: 8 }).map((all) => all.join(" "));
  const piece = fc.oneof(
    words,
    words.map((text) => `**${text}**`),
    words.map((text) => `_${text}_`),
    words.map((text) => `[${text}](https://example.org "T")`),
    words.map((text) => `[${text}][ref]`),
    words.map((text) => `\`${text}\``),
    words.map((text) => `<u>${text}</u>`),
    fc.constant("[^1]"),
    fc.constant("[ref]"),
    words.map((text) => `![${text}](a.png)`),
  );
  const line = fc.array(piece, { minLength: 1, maxLength: 4 }).map((all) => all.join(" "));
  const paragraph = fc
    .array(line, { minLength: 1, maxLength: 3 })
    .chain((lines) => fc.constantFrom("\n", "  \n", "\\\n").map((end) => lines.join(end)));
  const indent = (text: string, prefix: string) => text.replaceAll("\n", `\n${prefix}`);
  const block = fc.oneof(
    paragraph,
    line.map((text) => `### ${text}`),
    line.map((text) => `Head ${text}\n---`),
    fc.array(paragraph, { minLength: 1, maxLength: 3 }).map((items) => items.map((item) => `- ${indent(item, "  ")}`).join("\n")),
    fc
      .array(paragraph, { minLength: 1, maxLength: 3 })
      .map((items) => items.map((item, at) => `${at + 7}. ${indent(item, "   ")}`).join("\n\n")),
    paragraph.map((text) => `> ${indent(text, "> ")}`),
    paragraph.map((text) => `> - ${indent(text, ">   ")}`),
    fc
      .array(line, { minLength: 2, maxLength: 2 })
      .map((cells) => `| a | b |\n| :- | -: |\n| ${cells.map((cell) => cell.replaceAll("|", "")).join(" | ")} |`),
    words.map((text) => `<div align="center">\n<p>${text.replaceAll("<", "")}</p>\n</div>`),
    words.map((text) => `\`\`\`ts\n${text}\n\`\`\``),
    words.map((text) => `    ${text}`),
    fc.constant("***"),
  );
  return fc
    .array(block, { minLength: 1, maxLength: 6 })
    .map((blocks) => `${blocks.join("\n\n")}\n\n[^1]: A note.\n\n[ref]: https://example.org/r "R"\n`);
}

/** Identity, and structure; how many leaves were set anew. */
function expectTrue(source: string, name = JSON.stringify(source)): number {
  const { sections, emitter } = readMarkdown(source);
  const spooled: typeof sections = JSON.parse(JSON.stringify(sections));
  const unchanged = sections.flatMap((page, index) => changedLeaves(page.blocks, spooled[index]?.blocks ?? []));
  expect(unchanged, name).to.deep.equal([]);
  const leaves = sections.flatMap((page) => [...leavesOf(page.blocks)]);
  const anew = edited(source, emitter.edits(leaves, WRITING).edits);
  const skeleton = skeletonOf(source);
  if (skeletonOf(anew) !== skeleton) expect(`${name}\n${skeletonOf(anew)}`).to.equal(`${name}\n${skeleton}`);
  const words = (text: string) => leafTexts(text).join("\n");
  if (words(anew) !== words(source)) expect(`${name}\n${words(anew)}`).to.equal(`${name}\n${words(source)}`);
  const capitals = translated(source, upper);
  if (skeletonOf(capitals) !== skeleton) expect(`${name}\n${skeletonOf(capitals)}`).to.equal(`${name}\n${skeleton}`);
  return leaves.length;
}

function said(inline: Inline, text: string): Inline {
  return inline.kind === "text" && /word/.test(inline.text) ? { ...inline, text: inline.text.replace("word", text) } : inline;
}

function leafTexts(source: string): string[] {
  return readMarkdown(source).sections.flatMap((page) =>
    [...leavesOf(page.blocks)].map((leaf) => plainText(leaf.content).replace(/\s+/g, " ").trim()),
  );
}

/** What is what in a document, and where it leads; not what it says. */
function skeletonOf(source: string): string {
  const walk = (node: Nodes): string => {
    switch (node.type) {
      case "text":
        return /\S/.test(node.value) ? "t" : "";
      case "html":
        return `html ${decodeText(node.value)
          .replace(/[\s>]+/g, "")
          .toUpperCase()}`;
      case "code":
        return `code ${node.lang} ${node.value}`;
      case "inlineCode":
        return `code ${node.value.replace(/\s+/g, " ")}`;
      case "link":
      case "image":
        return `${node.type} ${node.url} (${"children" in node ? inner(node.children) : ""})`;
      case "linkReference":
      case "imageReference":
      case "footnoteReference":
        return `${node.type} ${node.identifier}`;
      case "definition":
      case "footnoteDefinition":
        return `${node.type} ${node.identifier} ${"children" in node ? inner(node.children) : node.url}`;
      case "heading":
        return `${node.type}${node.depth}(${inner(node.children)})`;
      case "listItem":
        return `${node.type}${node.checked}(${inner(node.children)})`;
      case "list":
        return `${node.type}${node.ordered}${node.start}(${inner(node.children)})`;
      default:
        return `${node.type}(${"children" in node ? inner(node.children) : ""})`;
    }
  };
  const inner = (nodes: readonly Nodes[]) =>
    nodes
      .map(walk)
      .filter((part, index, all) => part !== "" && !(part === "t" && all[index - 1] === "t"))
      .join(",");
  return parse(source).root.children.map(walk).join("\n");
}
