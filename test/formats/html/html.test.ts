import { globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { expect } from "chai";
import fc from "fast-check";
import { type Inline, type Leaf, leavesOf, plainText } from "../../../worker/engine/document/model.ts";
import { apply, sourcesOf } from "../../../worker/engine/document/segments.ts";
import { decodePage } from "../../../worker/engine/formats/html/encoding.ts";
import { openHtml } from "../../../worker/engine/formats/html/open.ts";
import { readXhtml } from "../../../worker/engine/formats/markup/read.ts";
import { formatOf } from "../../../worker/engine/formats/registry.ts";
import { sampleOf } from "../../../worker/engine/formats/sample.ts";
import { scratch } from "../../support/documents.ts";
import { upper, WRITING } from "../../support/in_place.ts";
import { readPage, setAnew, translatedPage, treeOf, wordsOf } from "./judge.ts";

const capitals = (source: string) => translatedPage(readPage(source), ({ content }) => upper(content));

/** Holds for any text whatsoever. */
function expectTrue(source: string, name = JSON.stringify(source)): number {
  const read = readPage(source);
  const tree = treeOf(source);
  expect(translatedPage(read, ({ content }) => content)).to.equal(source);
  expect(treeOf(setAnew(read)), `${name} set anew`).to.equal(tree);
  expect(treeOf(capitals(source)), `${name} in capitals`).to.equal(tree);
  return [...leavesOf(read.blocks)].length;
}

const TOKENS = [
  ...["<b>", "</b>", "<i>", "</i>", "<a href=u>", "</a>", "<span id=s>", "</span>", "<code>", "</code>", "<font color=red>", "</font>"],
  ...["<p>", "</p>", "<div>", "</div>", "<ul>", "<li>", "</ul>", "<table>", "<tr>", "<td>", "</table>", "<h1>", "</h1>", "<blockquote>"],
  ...[
    "<br>",
    "<img alt='a pond'>",
    "<hr>",
    "<pre>",
    "</pre>",
    "<!-- c -->",
    "<script>if (a < b) x()</script>",
    "<svg>",
    "</svg>",
    "<p title='a tip'>",
  ],
  ...[
    "one",
    " ",
    "two three",
    "\n",
    " \r\n ",
    "&amp;",
    "&nbsp;",
    "&lt;b&gt;",
    "<",
    "&",
    "AT&T",
    "&copy",
    "é",
    "<select><option>",
    "</select>",
  ],
  ...['<span translate="no">', "<textarea>", "</textarea>", "<body>", "<td class=x>", "</", "<>", "<math>", "<button>", "</button>"],
];

describe("HTML, read and written back", () => {
  it("is the same byte for byte if no word changed, and the same tree if every leaf is set anew or in capitals", () => {
    const runs = { numRuns: Number(process.env["RUNS"] ?? 400), seed: Number(process.env["SEED"] ?? 1) };
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...TOKENS), { maxLength: 25 }), (tokens) => {
        expectTrue(tokens.join(""));
      }),
      runs,
    );
  });
  it("is so for pages that others wrote", async function () {
    this.timeout(3_600_000);
    const all = globSync(["node_modules/**/*.{html,htm,xhtml}", "/usr/share/doc/**/*.{html,htm,xhtml}"]).sort();
    const every = process.env["DRAGOMAN_TEST_ALL"] ? 1 : 9;
    let [read, leaves] = [0, 0];
    for (const file of all.filter((_, index) => index % every === 0)) {
      const bytes = await readFile(file);
      if (every > 1 && bytes.length > 100_000) continue;
      const { text, encode } = decodePage(bytes);
      expect(encode?.(text).equals(bytes), `${file} in its encoding`).to.equal(true);
      leaves += expectTrue(text, file);
      read += 1;
    }
    console.log(`      ${read} of ${all.length} pages, ${leaves} of their leaves set anew`);
    expect(read).to.be.greaterThan(3);
  });

  const CASES: readonly (readonly [string, string, string])[] = [
    ["tags that cross", "<p>one <b>two <i>three</b> four</i>", "<p>ONE <b>TWO <i>THREE</i></b><i> FOUR</i>"],
    ["tags that are never closed", "<p>one <b>two<p>three</b> four", "<p>ONE <b>TWO<p>THREE</b> FOUR"],
    ["entities as the source has them", "<p>a&nbsp;b &mdash; c &amp; d", "<p>A&nbsp;B &mdash; C &amp; D"],
    ["signs that are no references", "<p>a & b < c AT&T", "<p>A & B < C AT&amp;T"],
    ["line ends", "<p>one<br>\n  two <br/> three</br>four", "<p>ONE<br>\n  TWO <br/> THREE</br>FOUR"],
    ["code", "<p>run <code>ls -l</code> or <kbd>Ctrl</kbd> <var>x</var>", "<p>RUN <code>ls -l</code> OR <kbd>Ctrl</kbd> <var>x</var>"],
    ["programs", "<pre>int main() { return 0; }</pre><pre class=code>a text</pre>", "<pre>int main() { return 0; }</pre><pre class=code>a text</pre>"],
    ["lines of poems", "<pre>The river runs slowly\n  to the wide sea\n\nand ends there, still.</pre>", "<pre>THE RIVER RUNS SLOWLY\n  TO THE WIDE SEA\n\nAND ENDS THERE, STILL.</pre>"],
    ["attributes", `<img alt='it "is"' title=tip data-x="no"><input placeholder="a b" value=no><input type=submit value=Send>`, `<img alt='IT "IS"' title="TIP" data-x="no"><input placeholder="A B" value=no><input type=submit value="SEND">`],
    ["what is said of the page", `<title>a &amp; b</title><meta name=description content="c d"><meta name=viewport content="width=device-width"><link rel=stylesheet title=main>`, `<title>A &amp; B</title><meta name=description content="C D"><meta name=viewport content="width=device-width"><link rel=stylesheet title=main>`],
    ["what is not to be translated", `<p translate=no>a <b translate=yes>b</b></p><p>c <i class="x notranslate">d</i> e`, `<p translate=no>a <b translate=yes>B</b></p><p>C <i class="x notranslate">d</i> E`],
    ["scripts, styles, comments", "<style>p{}</style><p>a<!-- b --><script>c()</script> d<!--[if IE]><p>e<![endif]-->", "<style>p{}</style><p>A<!-- b --><script>c()</script> D<!--[if IE]><p>e<![endif]-->"],
    ["drawings and formulas", "<p>a <svg><text>b</text></svg> c <math><mi>x</mi></math>", "<p>A <svg><text>b</text></svg> C <math><mi>x</mi></math>"],
    ["forms", "<label>a <input></label><select><optgroup label='b'><option>c<option label=d>e</select><textarea>f\n g</textarea>", "<label>A <input></label><select><optgroup label='B'><option>C<option label=\"D\">E</select><textarea>F\n G</textarea>"],
    ["spaces beside what is no text", "<p>a <input> b <i class=icon></i> c <!-- d --> e", "<p>A <input> B <i class=icon></i> C <!-- d --> E"],
    ["placeholders", "<p>{% if a %}Hello {{ name }} and {{b}}", "<p>{% if a %}HELLO {{ name }} AND {{b}}"],
    ["links and their names", `<a id=x name=y></a><a href="/u#a" title="t t">b</a> c`, `<a id=x name=y></a><a href="/u#a" title="T T">B</a> C`],
    ["addresses", "<p>see https://example.org/a?b=1&amp;c=2 or a@example.org", "<p>SEE https://example.org/a?b=1&amp;c=2 OR a@example.org"],
  ]; // biome-ignore format: a table
  for (const [name, source, expected] of CASES)
    it(`keeps ${name}`, () => {
      expect(capitals(source)).to.equal(expected);
    });

  it("counts items by letters, and by nothing that is no number of one", () => {
    const marks = (attributes: string) =>
      readPage(`<ol type=a ${attributes}><li>one<li>two</ol>`).blocks.flatMap((block) =>
        block.kind === "list" ? block.items.map(({ mark }) => mark) : [],
      );
    expect(marks("start=26")).to.deep.equal(["z.", "aa."]);
    expect(marks(`start=${"9".repeat(400)}`)).to.deep.equal(["a.", "b."]);
    expect(marks("start=-1")).to.deep.equal(["-1.", "0."]);
  });
  it("says in which language it now is", () => {
    const page = `<html lang="en-GB"><body dir=ltr><p lang=en>one</p><p lang=fr>deux</p><code lang=en>x</code>`;
    expect(capitals(page)).to.equal(`<html lang="es"><body dir=ltr><p lang="es">ONE</p><p lang=fr>DEUX</p><code lang=en>x</code>`);
    expect(translatedPage(readPage("<html><p>one"), ({ content }) => upper(content), { ...WRITING, targetLanguage: "ar" })).to.equal(
      `<html lang="ar" dir="rtl"><p>ONE`,
    );
    expect(capitals(`<html dir="rtl" lang=ar><p>one`)).to.equal(`<html dir="ltr" lang="es"><p>ONE`);
    expect(capitals("<p>one")).to.equal("<p>ONE");
  });
  it("keeps each element around its words where a translation puts them elsewhere, with one name each", () => {
    const turned = (content: readonly Inline[]) =>
      apply(content, [{ source: sourcesOf(content, SENTENCE)[0] as never, target: SWAPPED }]).content;
    const page = readPage(`<p>The <b id="b">red</b> <i>house</i>.`);
    expect(translatedPage(page, ({ content }) => turned(content))).to.equal(`<p>La <i>casa</i> <b id="b">roja</b> y <b>muy</b>.`);
  });
  it("has each word within the elements that it was in, and each atom once, where a translation turns all around and parts it", () => {
    const inline = fc.letrec<{ many: string; one: string }>((tie) => ({
      many: fc.array(tie("one"), { minLength: 1, maxLength: 4 }).map((parts) => parts.join(" ")),
      one: fc.oneof(
        { maxDepth: 3 },
        fc.constant("word"),
        fc.constant("<img src=a>"),
        fc.constant("<code>kept</code>"),
        fc.tuple(fc.constantFrom("b", "i", "u", "sup", "span"), tie("many")).map(([name, inner]) => `<${name}>${inner}</${name}>`),
      ),
    }));
    fc.assert(
      fc.property(fc.array(inline.many, { minLength: 1, maxLength: 3 }), (paragraphs) => {
        let count = 0;
        const source = paragraphs.map((each) => `<p>${each}</p>`.replace(/word/g, () => `word${++count}`)).join("");
        const turned = translatedPage(readPage(source), ({ content }) => turnedAround(content));
        expect(placesOf(turned)).to.deep.equal(placesOf(source));
      }),
      { numRuns: 200, seed: 1 },
    );
  });
  it("is a model of headings, lists, tables and quotations", () => {
    const { blocks } = readPage(
      `<h2>a</h2><ol start=3 type=a><li>b<ul><li>c</ul><li value=7>d</ol><table><caption>e<tr><th colspan=2>f<tr><td rowspan=9>g<td></table><blockquote><p>h</blockquote>`,
    );
    expect(blocks.map(({ kind }) => kind)).to.deep.equal(["heading", "list", "caption", "table", "quote"]);
    expect(blocks[1]).to.have.nested.property("items[0].blocks[1].kind", "list");
    expect(blocks[1]).to.have.nested.property("items[1].mark", "g.");
    expect(blocks[3]).to.have.nested.property("rows[0][0].columnSpan", 2);
    expect(blocks[3]).not.to.have.nested.property("rows[1][0].rowSpan");
    const layout = readPage("<table><tr><td><table><tr><td>a</table><td>b</table>").blocks;
    expect(layout.map(({ kind }) => kind)).to.deep.equal(["table", "paragraph"]);
  });
  it("says what it left", () => {
    const page = `<p>a<svg><text>some words</text></svg><script type="application/ld+json">{"name": "The garden"}</script><iframe srcdoc="<p>in it">
</iframe><template><p>some words</template><ruby>b<rt>reading</ruby>`;
    const codes = readPage(page).sections.flatMap(({ remarks }) => remarks.map(({ code }) => code));
    expect(codes).to.deep.equal(["HTML_KEPT", "HTML_KEPT", "HTML_KEPT", "HTML_KEPT", "CONTENT_DROPPED"]);
  });
  it("is XML again if it was, whatever its translation says", () => {
    const page = `<?xml version="1.0"?>\n<!DOCTYPE html>\n<html xmlns="http://www.w3.org/1999/xhtml"><body><p title="a">one&nbsp;<br/>t&eacute;n<script/></p></body></html>`;
    const read = readPage(page);
    expect(wordsOf(read.blocks)).to.equal("one\u00a0\ntén");
    expect(translatedPage(read, ({ content }) => content)).to.equal(page);
    expect(
      translatedPage(read, ({ content }) => (plainText(content) === "a" ? [{ kind: "text", text: 'a & <b> "c"' }] : upper(content))),
    ).to.equal(
      page
        .replace("<html", `<html xml:lang="es" lang="es"`)
        .replace("one&nbsp;", "ONE&nbsp;")
        .replace("t&eacute;n", "T&#201;N".replace("&#201;", "É"))
        .replace('title="a"', 'title="a &amp; &lt;b> &quot;c&quot;"'),
    );
  });
  it("stays in its encoding, with references for letters that this lacks", async () => {
    await using folder = await scratch();
    const head = `<html lang="es"><meta charset=`;
    const body = (text: string) => `><p>${text}</p>`;
    for (const [encoding, source, target] of [
      [
        "windows-1251",
        Buffer.concat([Buffer.from(`${head}windows-1251><p>`), Buffer.from([0xcf, 0xf0, 0xe8]), Buffer.from("</p>")]),
        "\u041f\u0440\u0438é",
      ],
      ["iso-8859-1", Buffer.from(`${head}iso-8859-1${body("caf\xe9")}`, "latin1"), "café \u041f"],
      ["shift_jis", Buffer.concat([Buffer.from(`${head}shift_jis><p>`), Buffer.from([0x82, 0xa0]), Buffer.from("</p>")]), "\u3042é"],
    ] as const) {
      const file = await folder.file("a.html", source);
      await using document = await openHtml(file);
      const page = await document.page(1);
      if (page.kind !== "blocks") throw new Error("no blocks");
      const writer = document.writer?.(WRITING);
      const leaf = page.page.blocks[0] as Leaf;
      await writer?.page({ ...page.page, blocks: [{ ...leaf, content: [{ kind: "text", text: target }] }] });
      await writer?.finish(file);
      const written = new TextDecoder(encoding, { fatal: true }).decode(await readFile(file));
      expect(written).to.include(`charset=${encoding}`);
      expect(readPage(written).blocks).to.have.nested.property("[0].content[0].text", target);
    }
  });
  it("is told by its first tags, whatever its name, or by its name and its tags", () => {
    const id = (name: string, text: string | Buffer) => formatOf(sampleOf(Buffer.from(text), name)).id;
    expect(id("a.txt", "\n<!-- c -->\n<!DOCTYPE html>\n<p>a")).to.equal("html");
    expect(id("a.md", "<html>\n<body>x</body></html>")).to.equal("html");
    expect(id("a.txt", `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body/></html>`)).to.equal("html");
    expect(id("a.txt", "<div><p>One.</p>\n<p>Two.</p>\n<ul><li>Three</li></ul></div>\n<p>Four.</p>")).to.equal("html");
    expect(id("a.html", "Some <b>words</b>")).to.equal("html");
    expect(id("a.html", Buffer.concat([Buffer.from("<html><meta charset=shift_jis>"), Buffer.from([0x82, 0xa0])]))).to.equal("html");
    for (const [name, text] of [
      ["a.html", '<svg xmlns="http://www.w3.org/2000/svg"><text>Open</text></svg>'],
      ["a.html", '<?xml version="1.0"?><note>x</note>'],
    ] as const)
      expect(() => id(name, text), text).to.throw("The file is");
  });
  it("is refused where a few references stand for very long texts", () => {
    const page = (count: number) =>
      `<?xml version="1.0"?><!DOCTYPE html [<!ENTITY a "${"x".repeat(1000)}">]><html xmlns="http://www.w3.org/1999/xhtml"><body><p>${"&a;".repeat(count)}</p></body></html>`;
    expect(readXhtml(page(2)).drafts).to.have.length(1);
    expect(() => readXhtml(page(6_000)))
      .to.throw()
      .with.property("code", "DOCUMENT_TOO_COMPLEX");
  });
  it("is refused soon where it nests or repeats without end", function () {
    this.timeout(20_000);
    const many = 50_000;
    for (const source of [
      "<div>".repeat(many),
      "<b>".repeat(many),
      `<p>${Array.from({ length: 300 }, (_, at) => `<font size=${at}>`).join("")}</p>${"<p>x".repeat(many)}`,
    ])
      expect(() => readPage(source))
        .to.throw()
        .with.property("code", "DOCUMENT_TOO_COMPLEX");
    for (const source of [
      "</b>".repeat(many),
      "<".repeat(many),
      "a<br>".repeat(many),
      "<!--".repeat(many),
      "&".repeat(many),
      "<p a='".repeat(many),
      `<p>a${" ".repeat(200_000)}b\nc</p>`,
      `<textarea>a${" ".repeat(200_000)}b\nc</textarea>`,
      `<pre>${"a".repeat(200_000)}</pre>`,
    ])
      readPage(source);
  });
});

/** `content` from its end to its beginning, each span of two parts as two spans. */
function turnedAround(content: readonly Inline[]): Inline[] {
  return content.toReversed().flatMap((inline): Inline[] => {
    if (inline.kind !== "span") return [inline];
    const inner = turnedAround(inline.content);
    if (inner.length < 2) return [{ ...inline, content: inner }];
    return [
      { ...inline, content: inner.slice(0, 1) },
      { kind: "text", text: " " },
      { ...inline, content: inner.slice(1) },
    ];
  });
}

/** Each word and atom of a page with the elements around it, in the order of the words. */
function placesOf(source: string): string[] {
  const around: string[] = [];
  const places: string[] = [];
  for (const line of treeOf(source).split("\n")) {
    if (line.startsWith("</")) around.pop();
    else if (line.startsWith("<")) {
      around.push(line);
      if (/^<(?:img|code)/.test(line)) places.push(around.join(""));
    } else for (const word of line.match(/\w+/g) ?? []) places.push(`${word} ${around.join("")}`);
  }
  return places.sort();
}

const SENTENCE = { language: "en", unit: "sentence" } as const;
/** "The [1 red] [2 house]." with its tags in another order, one of them parted. */
const SWAPPED = {
  text: "La casa roja y muy.",
  tags: [
    { id: 2, at: 3, kind: "open" },
    { id: 2, at: 7, kind: "close" },
    { id: 1, at: 8, kind: "open" },
    { id: 1, at: 12, kind: "close" },
    { id: 1, at: 15, kind: "open" },
    { id: 1, at: 18, kind: "close" },
  ],
} as const;
