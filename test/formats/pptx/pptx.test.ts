import path from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { type Inline, type Leaf, leavesOf, type Page, plainText, type TextStyle } from "../../../worker/engine/document/model.ts";
import { fromTagged, toTagged } from "../../../worker/engine/document/tagging.ts";
import { linesOf } from "../../../worker/engine/formats/pptx/measure.ts";
import { pageMarkdown } from "../../../worker/engine/services/export/markdown.ts";
import { scratch } from "../../support/documents.ts";
import { upper } from "../../support/in_place.ts";
import { officePdfs, officeTexts } from "../support/office.ts";
import { codeOf, partsIn, readFile, seen, translateFile, wordsOf, zipped } from "../support/office_files.ts";
import { xmlIsWellFormed, zipIsSound } from "../support/tools.ts";
import { DECKS, type GivenDeck, p, partsOf, r, shape } from "./decks.ts";

const same = (content: readonly Inline[]) => content;
const COMMENTS = { selection: { comments: true } };

async function made(folder: string, name: string): Promise<string> {
  return zipped(path.join(folder, `${name}.pptx`), partsOf(DECKS[name] as GivenDeck));
}

function leavesIn(pages: readonly Page[]): Leaf[] {
  return pages.flatMap(({ blocks }) => [...leavesOf(blocks)]);
}

/** Longer, as translations are. */
function longer(content: readonly Inline[]): Inline[] {
  return content.map((inline): Inline => {
    if (inline.kind === "text") return { ...inline, text: inline.text.replace(/\p{L}{3,}/gu, (word) => `${word}amente`) };
    return inline.kind === "span" ? { ...inline, content: longer(inline.content) } : inline;
  });
}

describe("presentations (PPTX)", () => {
  for (const name of Object.keys(DECKS)) {
    it(`are written as they were where nothing is translated: ${name}`, async () => {
      await using folder = await scratch();
      const [file, to] = [await made(folder.path, name), path.join(folder.path, "out.pptx")];
      await translateFile(file, to, same, COMMENTS);
      expect(await partsIn(to)).to.deep.equal(await partsIn(file));
    });
    it(`are read as what was written into them, in well-formed parts: ${name}`, async () => {
      await using folder = await scratch();
      const [file, to] = [await made(folder.path, name), path.join(folder.path, "out.pptx")];
      await translateFile(file, to, upper, COMMENTS);
      await zipIsSound(to);
      const parts = [...(await partsIn(to))].filter(([part]) => /slide|chart|diagram/.test(part));
      await xmlIsWellFormed(...(await Promise.all(parts.map(([, content], index) => folder.file(`${index}.xml`, content)))));
      const [before, after] = [await readFile(file, COMMENTS), await readFile(to, COMMENTS)];
      const wanted = leavesIn(before.pages).map((leaf): Leaf => ({ ...leaf, content: upper(leaf.content) }));
      expect(seen(leavesIn(after.pages))).to.deep.equal(seen(wanted));
    });
  }

  it("have the words that LibreOffice reads on their slides, and open in it as many pages", async () => {
    await using folder = await scratch();
    const files: string[] = [];
    for (const name of Object.keys(DECKS)) {
      const file = await made(folder.path, name);
      files.push(file, path.join(folder.path, `${name}.out.pptx`));
      await translateFile(file, files.at(-1) as string, upper);
    }
    const [texts, pdfs] = [await officeTexts(files), await officePdfs(files)];
    for (const [index, file] of files.entries()) {
      const { pages } = await readFile(file);
      // It draws no diagram that has no layout.
      const shown = leavesIn(pages)
        .filter(({ layer }) => layer !== "unseen")
        .map(({ content }) => plainText(content))
        .join(" ");
      const letters = (text: string) => wordsOf(text).filter((word) => /^\p{L}{3,}$/u.test(word));
      expect([...letters(shown), "mm"], path.basename(file)).to.include.members([...new Set(letters(texts[index] ?? ""))]);
      expect(texts[index]?.split("\f").length, path.basename(file)).to.equal(pages.length + 1);
      expect(pdfs[index]?.subarray(0, 5).toString()).to.equal("%PDF-");
    }
  });

  it("are read slide by slide: title first, lists by level, notes and what layouts say behind", async () => {
    await using folder = await scratch();
    const { pages } = await readFile(await made(folder.path, "garden"));
    expect(pageMarkdown(pages[0] as Page)).to.equal(
      [
        "<!-- page 1: Garden club 2026 -->",
        "# What we planted",
        "- Roses along the wall\n  - Red ones in the sun\n- Water them **every morning** before nine.",
        "No bullet here",
        "1. First step\n2. Second step",
        "Internal use",
        "Company garden club",
        "Tell the story of the old rose first.",
      ].join("\n\n"),
    );
    expect(pages.map(({ number }) => number)).to.deep.equal([1, 2]);
    const unseen = leavesIn(pages)
      .filter(({ layer }) => layer === "unseen")
      .map(({ content }) => plainText(content));
    expect(unseen).to.deep.equal(["A title about plants", "Opening", "Garden report", "Opening words", "The rest"]);
  });
  it("are read whatever they say of levels, numbers and spans", async () => {
    await using folder = await scratch();
    const lists = ["alphaLcPeriod", "romanUcPeriod", "arabicPlain"].flatMap((type) =>
      ["-30", "0", "1e999", "x", "99999999999"].map((start) =>
        p("Open", `<a:pPr lvl="${start}"><a:buAutoNum type="${type}" startAt="${start}"/></a:pPr>`),
      ),
    );
    const slide = { shapes: shape(lists.join("")) };
    const { pages } = await readFile(await zipped(path.join(folder.path, "a.pptx"), partsOf({ slides: [slide] })));
    expect(leavesIn(pages).filter(({ content }) => plainText(content) === "Open")).to.have.length(lists.length);
    expect(pageMarkdown(pages[0] as Page)).not.to.match(/NaN|Infinity/);
  });
  it("keep what placeholders of layouts and masters prompt", async () => {
    await using folder = await scratch();
    const [file, to] = [await made(folder.path, "garden"), path.join(folder.path, "out.pptx")];
    await translateFile(file, to, upper);
    const parts = await partsIn(to);
    for (const part of ["ppt/slideMasters/slideMaster1.xml", "ppt/slideLayouts/slideLayout1.xml"]) {
      expect(parts.get(part)?.toString()).to.contain("Click to edit Master title style");
      expect(parts.get(part)?.toString()).to.match(/COMPANY GARDEN CLUB|INTERNAL USE/);
    }
  });
  it("have both copies of a diagram translated alike", async () => {
    await using folder = await scratch();
    const [file, to] = [await made(folder.path, "graphics"), path.join(folder.path, "out.pptx")];
    await translateFile(file, to, upper);
    const parts = await partsIn(to);
    for (const part of ["ppt/diagrams/data1.xml", "ppt/diagrams/drawing1.xml"])
      expect(parts.get(part)?.toString()).to.match(/FIRST PLAN.*THEN PLANT/s);
    expect(leavesIn((await readFile(file)).pages).filter(({ content }) => plainText(content) === "First plan").length).to.equal(1);
  });
  it("say that comments are kept, or have them translated where that is chosen", async () => {
    await using folder = await scratch();
    const [file, to] = [await made(folder.path, "commented"), path.join(folder.path, "out.pptx")];
    expect((await readFile(file)).remarks.map(({ code, message }) => [code, /^One comment/.test(message)])).to.deep.equal([
      ["CONTENT_DROPPED", true],
    ]);
    await translateFile(file, to, upper, COMMENTS);
    expect((await partsIn(to)).get("ppt/comments/comment1.xml")?.toString()).to.contain("<p:text>PLEASE MAKE THIS SHORTER.</p:text>");
  });

  it("set text smaller that grew beyond its shape, never under 60 %, and say so", async () => {
    await using folder = await scratch();
    const [file, to] = [await made(folder.path, "full"), path.join(folder.path, "out.pptx")];
    const remarks = await translateFile(file, to, longer);
    const slides = await slidesOf(to);
    expect(scaleIn(slides[0])).to.be.within(60_000, 92_500);
    expect(slides[0]?.match(/normAutofit/g)?.length).to.equal(1);
    expect(scaleIn(slides[1])).to.be.within(60_000, 77_500);
    expect(slides[2]).to.contain("<a:spAutoFit/>").and.not.contain("normAutofit");
    expect(slides[3]).to.contain("normAutofit").and.not.contain("noAutofit");
    expect(remarks.map(({ code, page }) => [code, page])).to.deep.equal([
      ["TEXT_SHRUNK", 1],
      ["TEXT_OVERFLOW", 2],
      ["TEXT_SHRUNK", 4],
    ]);
    const tenfold = (content: readonly Inline[]) => content.flatMap((inline) => Array(10).fill(inline) as Inline[]);
    const overflow = await translateFile(file, to, tenfold);
    expect(overflow.map(({ code }) => code)).to.include("TEXT_OVERFLOW");
    expect((await slidesOf(to)).join("")).to.not.match(/fontScale="[0-5]\d{4}"/);
  });
  it("leave the size of text that did not grow", async () => {
    await using folder = await scratch();
    const [file, to] = [await made(folder.path, "full"), path.join(folder.path, "out.pptx")];
    const shorter = (content: readonly Inline[]) =>
      content.map((inline): Inline => (inline.kind === "text" ? { ...inline, text: inline.text.slice(0, -9) } : inline));
    expect(await translateFile(file, to, shorter)).to.deep.equal([]);
  });
  it("count lines as they are wrapped", () => {
    expect(linesOf("a", 10)).to.equal(1);
    expect(linesOf("aaaa aaaa aaaa", 5)).to.equal(2);
    expect(linesOf("庭園は毎朝開いています", 5)).to.equal(3);
    expect(linesOf("a".repeat(100), 5)).to.be.greaterThan(9);
    expect(linesOf("a\nb\n", 5)).to.equal(3);
  });
  it("run from right to left where the translation does, at the other side, but for what is centred", async () => {
    await using folder = await scratch();
    const arabic = (content: readonly Inline[]) =>
      content.map((inline): Inline => (inline.kind === "text" ? { ...inline, text: "حديقة" } : inline));
    const to = path.join(folder.path, "out.pptx");
    await translateFile(await made(folder.path, "garden"), to, arabic, { targetLanguage: "ar" });
    const [first, second] = await slidesOf(to);
    expect(first).to.contain('<a:pPr lvl="1" rtl="1" algn="r"/>');
    expect(first).to.contain('<a:pPr marL="0" indent="0" rtl="1" algn="r"><a:buNone/></a:pPr>');
    expect(first).to.contain('<a:rPr lang="ar-EG"/>');
    expect(second).to.contain('<a:pPr rtl="1"/>');
    await translateFile(await made(folder.path, "inline"), to, arabic, { targetLanguage: "ar" });
    expect((await slidesOf(to))[0]).to.contain('<a:pPr rtl="1" algn="l"/>');
    await translateFile(await made(folder.path, "graphics"), to, arabic, { targetLanguage: "ar" });
    expect((await slidesOf(to))[0]).to.contain('<a:tblPr firstRow="1" rtl="1"/>');
  });

  it("keep each look over its words when a translator turns them round and parts them, with each atom once", async () => {
    await using folder = await scratch();
    const looks = ['<a:rPr lang="en-US"/>', '<a:rPr b="1"/>', '<a:rPr i="1" dirty="0"/>', '<a:rPr b="1" lang="de-DE"/>'];
    const piece = fc.oneof(
      fc.tuple(fc.constantFrom("garden ", "open & <wide>", " rose", "sun"), fc.constantFrom(...looks)).map(([text, look]) => r(text, look)),
      fc.constantFrom("<a:br/>", '<a:fld id="{3}" type="slidenum"><a:t>3</a:t></a:fld>'),
    );
    const [file, to] = [path.join(folder.path, "a.pptx"), path.join(folder.path, "b.pptx")];
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { minLength: 2, maxLength: 7 }), fc.nat(), async (pieces, seed) => {
        await zipped(file, partsOf({ slides: [{ shapes: shape(p([r("Start "), ...pieces])) }] }));
        const before = leavesIn((await readFile(file)).pages);
        await translateFile(file, to, (content) => shuffled(content, seed));
        const after = leavesIn((await readFile(to)).pages);
        const words = (leaves: readonly Leaf[], map: (content: readonly Inline[]) => readonly Inline[]) =>
          leaves.flatMap(({ content, look }) => signsOf(map(content), look)).sort();
        expect(words(after, same)).to.deep.equal(words(before, (content) => shuffled(content, seed)));
      }),
      { numRuns: 40, seed: 5 },
    );
  });

  it("come back as what they were: shows, templates, with macros or without", async () => {
    await using folder = await scratch();
    const types = {
      ".potx": "application/vnd.openxmlformats-officedocument.presentationml.template.main+xml",
      ".ppsx": "application/vnd.openxmlformats-officedocument.presentationml.slideshow.main+xml",
      ".pptm": "application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml",
    };
    for (const [extension, contentType] of Object.entries(types)) {
      const file = await zipped(path.join(folder.path, "a.bin"), partsOf({ ...(DECKS["garden"] as GivenDeck), contentType }));
      expect((await readFile(file, { name: "a.pptx" })).type?.extension).to.equal(extension);
    }
  });

  describe("that are hostile", () => {
    const good = partsOf(DECKS["garden"] as GivenDeck);
    const withPart = (part: string, content: string | Buffer | undefined) =>
      good.flatMap(([name, given]): typeof good => (name !== part ? [[name, given]] : content === undefined ? [] : [[name, content]]));
    const slide = (xml: string | Buffer) => withPart("ppt/slides/slide1.xml", xml);
    const CASES: Readonly<Record<string, [parts: typeof good, code: string | undefined]>> = {
      "without a main part": [withPart("ppt/presentation.xml", undefined), "UNSUPPORTED_FILE_TYPE"],
      "without relationships": [withPart("_rels/.rels", undefined), "DOCUMENT_CORRUPT"],
      "without content types": [withPart("[Content_Types].xml", undefined), "DOCUMENT_CORRUPT"],
      "whose main part is cut off": [withPart("ppt/presentation.xml", "<p:presentation>"), "DOCUMENT_CORRUPT"],
      "without slides": [withPart("ppt/_rels/presentation.xml.rels", "<Relationships/>"), "NO_CONTENT"],
      "whose slide is cut off": [slide("<p:sld><p:cSld>"), "DOCUMENT_CORRUPT"],
      "whose slide is empty": [slide(""), "DOCUMENT_CORRUPT"],
      "whose slide is no XML": [slide(Buffer.from([0, 1, 2, 250])), "DOCUMENT_CORRUPT"],
      "whose slide is something else": [slide("<html><body>Hello</body></html>"), undefined],
      "whose slide nests without end": [slide("<sld>".repeat(60_000)), "DOCUMENT_TOO_COMPLEX"],
      "whose groups nest deep": [
        slide(
          `<p:sld xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"><p:cSld><p:spTree>${"<p:grpSp>".repeat(480)}${"</p:grpSp>".repeat(480)}</p:spTree></p:cSld></p:sld>`,
        ),
        undefined,
      ],
      "with entities": [slide('<!DOCTYPE a [<!ENTITY b "cc">]><p:sld>&b;</p:sld>'), "DOCUMENT_CORRUPT"],
      "with an entity that is a file": [
        slide('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><p:sld>&b;</p:sld>'),
        "DOCUMENT_CORRUPT",
      ],
      "whose layout is missing": [withPart("ppt/slideLayouts/slideLayout1.xml", undefined), undefined],
      "whose layout is its own master": [
        withPart(
          "ppt/slideLayouts/_rels/slideLayout1.xml.rels",
          '<Relationships><Relationship Id="rId1" Type="x/slideMaster" Target="slideLayout1.xml"/></Relationships>',
        ),
        undefined,
      ],
      "whose layout is made after itself, over its master": [
        withPart(
          "ppt/slideMasters/_rels/slideMaster1.xml.rels",
          '<Relationships><Relationship Id="rId1" Type="x/slideMaster" Target="../slideLayouts/slideLayout1.xml"/></Relationships>',
        ),
        undefined,
      ],
      "whose notes are cut off": [withPart("ppt/notesSlides/notesSlide1.xml", "<p:notes"), "DOCUMENT_CORRUPT"],
      "that lead out of the file": [
        withPart(
          "ppt/_rels/presentation.xml.rels",
          '<Relationships><Relationship Id="rId2" Type="x/slide" Target="file:///etc/passwd" TargetMode="External"/><Relationship Id="rId3" Type="x/slide" Target="../../../../etc/passwd"/></Relationships>',
        ),
        "NO_CONTENT",
      ],
      "whose figures are nonsense": [
        slide(
          `${shape(p("Text"), {
            box: [Number.NaN, -4],
            body: '<a:bodyPr lIns="x" numCol="1e9"><a:normAutofit fontScale="-5" lnSpcReduction="x"/></a:bodyPr>',
          }).replace(
            /^/,
            '<p:sld xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><p:cSld><p:spTree>',
          )}</p:spTree></p:cSld></p:sld>`,
        ),
        undefined,
      ],
      "with more slides than are read": [partsOf({ slides: Array.from({ length: 2001 }, () => ({ shapes: "" })) }), "TOO_MANY_PAGES"],
    };
    for (const [name, [parts, code]] of Object.entries(CASES))
      it(`${code ? `are refused (${code})` : "are read and written as far as they go"}: ${name}`, async () => {
        await using folder = await scratch();
        const file = await zipped(path.join(folder.path, "a.pptx"), parts);
        expect(await codeOf(() => translateFile(file, path.join(folder.path, "b.pptx"), longer))).to.equal(code);
      });
  });
});

function scaleIn(slide = ""): number {
  return Number(/<a:normAutofit fontScale="(\d+)" lnSpcReduction="20000"\/>/.exec(slide)?.[1]);
}

async function slidesOf(file: string): Promise<string[]> {
  return [...(await partsIn(file))].filter(([name]) => /^ppt\/slides\/slide\d+\.xml$/.test(name)).map(([, content]) => content.toString());
}

/** As a translator that turns the words round: each span may come in two, each tag of the source is there. */
function shuffled(content: readonly Inline[], seed: number): Inline[] {
  const { text, tags } = toTagged(content);
  const cut = text.length === 0 ? 0 : seed % text.length;
  const turned = text.slice(cut) + text.slice(0, cut);
  const moved = tags.map((tag) => ({ ...tag, at: tag.at >= cut ? tag.at - cut : tag.at + text.length - cut }));
  return fromTagged(content, { text: turned, tags: moved });
}

/** Each letter and atom with how it looks. */
function signsOf(content: readonly Inline[], look: TextStyle = {}): string[] {
  return content.flatMap((inline) => {
    if (inline.kind === "span") return signsOf(inline.content, { ...look, ...inline.style });
    const { bold = false, italic = false } = look;
    if (inline.kind === "atom") return [`${inline.as} ${inline.text}`];
    return [...inline.text].filter((sign) => /\S/.test(sign)).map((sign) => `${sign} ${bold} ${italic}`);
  });
}
