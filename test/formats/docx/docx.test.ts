import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import {
  type Block,
  type Inline,
  type Leaf,
  leavesOf,
  mapLeaves,
  type Page,
  plainText,
  type TextStyle,
} from "../../../worker/engine/document/model.ts";
import type { Tag } from "../../../worker/engine/document/segment.ts";
import { fromTagged, toTagged } from "../../../worker/engine/document/tagging.ts";
import { openDocx } from "../../../worker/engine/formats/docx/open.ts";
import type { OpenDocument } from "../../../worker/engine/formats/format.ts";
import { Archive } from "../../../worker/engine/formats/zip/archive.ts";
import { pageText } from "../../../worker/engine/services/export/text.ts";
import { upper } from "../../support/in_place.ts";
import { officePdfs, officeTexts } from "../support/office.ts";
import { zipIsSound } from "../support/tools.ts";
import { DOCUMENTS } from "./documents.ts";
import { documentParts, writePackage } from "./package.ts";

type Mapped = (content: readonly Inline[]) => readonly Inline[];
const SAME: Mapped = (content) => content;

describe("Word documents", () => {
  let folder: string;
  const sources = new Map<string, string>();
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "dragoman-docx-"));
    for (const [name, source] of Object.entries(DOCUMENTS)) {
      const file = path.join(folder, `${name}.docx`);
      await writePackage(file, documentParts(source));
      sources.set(name, file);
    }
  });
  after(() => rm(folder, { recursive: true }));

  let made = 0;
  async function written(file: string, map: Mapped, { target = "es", source = "en" } = {}): Promise<string> {
    await using document = await openDocx(file, {});
    made += 1;
    const result = path.join(folder, `made${made}.docx`);
    await write(document, map, { target, source, result });
    return result;
  }

  for (const name of Object.keys(DOCUMENTS)) {
    const file = () => sources.get(name) as string;
    it(`are the same byte for byte if no word changed (${name})`, async () => {
      expect(await partsOf(await written(file(), SAME))).to.deep.equal(await partsOf(file()));
    });
    it(`change in their words alone (${name})`, async () => {
      const result = await written(file(), upper);
      await zipIsSound(result);
      const [before, after] = [await leavesIn(file()), await leavesIn(result)];
      expect(after.map(({ content }) => seen(content))).to.deep.equal(before.map(({ content }) => seen(upper(content))));
    });
    it(`keep each style over its words when they are put in another order (${name})`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 1, max: 2 ** 30 }), async (seed) => {
          const result = await written(file(), (content) => shuffled(content, seed));
          const [before, after] = [await leavesIn(file()), await leavesIn(result)];
          for (const [index, leaf] of before.entries())
            expect(
              wordLooks(after[index]?.content ?? [])
                .sort()
                .join("\n"),
            ).to.equal(wordLooks(leaf.content).sort().join("\n"));
          expect((await structure(result)).join("\n")).to.equal((await structure(file())).join("\n"));
        }),
        { numRuns: 8, seed: 1 },
      );
    });
  }

  it("run in the direction of the target language, and back", async () => {
    for (const name of ["letter", "report", "tables"]) {
      const there = await written(sources.get(name) as string, hebrew, { target: "he" });
      const body = (await partsOf(there)).get("word/document.xml") ?? "";
      expect(body.match(/<w:(?:p|sectPr)[ >]/g)?.length, name).to.equal(body.match(/<w:bidi\/>/g)?.length);
      expect(body.match(/<w:tbl>/g)?.length, name).to.equal(body.match(/<w:bidiVisual\/>/g)?.length);
      for (const [run] of body.matchAll(/<w:r>(?:(?!<\/w:r>).)*<w:t[ >][^<]*[\u05d0-\u05ea]/gu)) expect(run).to.contain("<w:rtl/>");
      const back = await written(there, latin, { source: "he", target: "en" });
      const marks = [...(await partsOf(back))].filter(
        ([part, content]) => part.startsWith("word/") && /<w:bidi\/>|<w:bidiVisual\/>/.test(content),
      );
      expect(marks.map(([part]) => part)).to.deep.equal([]);
      expect((await leavesIn(back)).map(({ content }) => plainText(content))).to.deep.equal(
        (await leavesIn(there)).map(({ content }) => plainText(latin(content))),
      );
    }
  });

  it("say the target language in runs that said the source's, in styles and in settings", async () => {
    const parts = await partsOf(await written(sources.get("letter") as string, upper, { target: "pt" }));
    expect(parts.get("word/document.xml")).to.contain('<w:lang w:val="pt-BR"/>');
    expect(parts.get("word/styles.xml")).to.contain('<w:lang w:val="pt-BR" w:eastAsia="en-US" w:bidi="ar-SA"/>');
    expect(parts.get("word/settings.xml")).to.contain('<w:themeFontLang w:val="pt-BR"/>');
  });

  it("have their comments translated if that is asked for, and say so if not", async () => {
    const file = sources.get("report") as string;
    await using kept = await openDocx(file, {});
    expect(kept.remarks.map(({ code, message }) => `${code} ${message}`)).to.deep.equal([
      "CONTENT_DROPPED One comment of readers: not translated, as was not asked for.",
    ]);
    await using chosen = await openDocx(file, { selection: { comments: true } });
    expect(chosen.remarks).to.deep.equal([]);
    const result = path.join(folder, "comments.docx");
    await write(chosen, upper, { target: "es", source: "en", result });
    expect((await partsOf(result)).get("word/comments.xml")).to.contain("IS THAT SO?");
  });

  it("say that passages are kept which tracked changes took out, and the sheets behind charts", async () => {
    await using letter = await openDocx(sources.get("letter") as string, {});
    expect(letter.remarks.map(({ code, message }) => `${code} ${message}`)).to.include(
      "TEXT_KEPT One passage that tracked changes deleted or moved away: kept as in the source.",
    );
    const office = "application/vnd.openxmlformats-officedocument";
    const parts = [
      { name: "word/charts/chart1.xml", content: "", contentType: `${office}.drawingml.chart+xml` },
      { name: "word/embeddings/data.xlsx", content: "", contentType: `${office}.spreadsheetml.sheet` },
    ];
    const file = path.join(folder, "sheets.docx");
    await writePackage(file, documentParts({ body: "<w:p><w:r><w:t>Words</w:t></w:r></w:p>", parts }));
    await using document = await openDocx(file, {});
    expect(document.remarks.map(({ code }) => code)).to.deep.equal(["TEXT_KEPT"]);
  });

  it("say that runs and paragraphs are kept that stand in alternatives for other programs", async () => {
    const alternatives = (inner: string) =>
      `<mc:AlternateContent><mc:Choice Requires="wps">${inner}</mc:Choice><mc:Fallback>${inner}</mc:Fallback></mc:AlternateContent>`;
    const words = "<w:r><w:t>Words</w:t></w:r>";
    const file = path.join(folder, "alternatives.docx");
    await writePackage(file, documentParts({ body: `<w:p>${words}${alternatives(words)}</w:p>${alternatives(`<w:p>${words}</w:p>`)}` }));
    await using document = await openDocx(file, {});
    expect(document.remarks.map(({ code, message }) => `${code} ${message}`)).to.deep.equal([
      "TEXT_KEPT 2 passages written twice, for newer and older programs: kept as in the source.",
    ]);
  });

  it("keep the name of a control whose translation is longer than Word takes, and say so", async () => {
    const control =
      '<w:sdt><w:sdtPr><w:alias w:val="Name of the gardener"/></w:sdtPr><w:sdtContent><w:r><w:t>Anna</w:t></w:r></w:sdtContent></w:sdt>';
    const file = path.join(folder, "control.docx");
    await writePackage(file, documentParts({ body: `<w:p>${control}</w:p>` }));
    for (const [times, isKept] of [
      [2, false],
      [20, true],
    ] as const) {
      await using document = await openDocx(file, {});
      const writer = document.writer?.({ targetLanguage: "es", sourceLanguage: "en", signal: new AbortController().signal });
      const source = await document.page(1);
      if (source.kind !== "blocks" || !writer) throw new Error("It is read and written.");
      const named = (leaf: Leaf): Leaf =>
        leaf.layer === "unseen" ? { ...leaf, content: [{ kind: "text", text: "Nombre ".repeat(times) }] } : leaf;
      await writer.page({ ...source.page, blocks: mapLeaves(source.page.blocks, named) });
      const result = path.join(folder, "control.out.docx");
      expect((await writer.finish(result)).map(({ code }) => code)).to.deep.equal(isKept ? ["TEXT_KEPT"] : []);
      const xml = (await partsOf(result)).get("word/document.xml");
      expect(xml?.includes('w:val="Name of the gardener"')).to.equal(isKept);
      expect(xml?.includes("Nombre Nombre ")).to.equal(!isKept);
    }
  });

  it("keep what is unseen out of their text, and set a text that stands twice in both places", async () => {
    const texts = await Promise.all(
      ["letter", "report", "press"].map(async (name) => (await pagesOf(sources.get(name) as string)).map(pageText)),
    );
    for (const unseen of ["hidden remark", "A box with a frog", "water, trees"]) expect(texts.flat().join("\n")).not.to.contain(unseen);
    expect(
      texts
        .flat()
        .join("\n")
        .match(/Words in a box/g),
    ).to.have.length(1);
    const report = await partsOf(await written(sources.get("report") as string, upper));
    expect(report.get("word/document.xml")?.match(/WORDS IN A BOX/g)).to.have.length(2);
    const drawn = await partsOf(await written(sources.get("drawings") as string, upper));
    expect(drawn.get("word/charts/chart1.xml")?.match(/SPRING/g)).to.have.length(2);
    expect(drawn.get("word/diagrams/drawing1.xml")).to.contain("SOW THE SEEDS");
  });

  it("part an initial from the rest of its word again, and set what controls show where they have it from", async () => {
    const file = sources.get("press") as string;
    await using document = await openDocx(file, {});
    expect((await leavesIn(file)).map(({ content }) => plainText(content))).to.include("The garden opens in May.");
    expect(document.remarks.map(({ code }) => code)).to.deep.equal(["CONTENT_DROPPED", "SIGNATURE_BROKEN"]);
    const result = path.join(folder, "press.out.docm");
    await write(document, () => [{ kind: "text", text: "«Él viene.»" }], { target: "es", source: "en", result });
    const parts = await partsOf(result);
    expect(parts.get("word/document.xml")).to.match(
      new RegExp(Buffer.from("<w:t>«É</w:t></w:r></w:p><w:p><w:r><w:t>l viene.»</w:t>").toString("latin1")),
    );
    expect(parts.get("customXml/item1.xml")).to.contain(`<p:motto>${Buffer.from("«Él viene.»").toString("latin1")}</p:motto>`);
    expect(parts.get("word/vbaProject.bin")).to.equal("macros");
    const writer = document.writer?.({ targetLanguage: "es", sourceLanguage: "en", signal: new AbortController().signal });
    expect(writer?.type).to.deep.equal({ mediaType: "application/vnd.ms-word.document.macroenabled.12", extension: ".docm" });
  });

  it("have the words that LibreOffice reads in them, and open in it when they are translated", async function () {
    this.timeout(180_000);
    const names = Object.keys(DOCUMENTS).filter((name) => name !== "strict");
    const files = names.map((name) => sources.get(name) as string);
    const results: string[] = [];
    for (const file of files) results.push(await written(file, upper));
    const texts = await officeTexts([...files, ...results]);
    for (const [index, name] of names.entries()) {
      const model = await textOf(files[index] as string);
      // It reads what was deleted, too.
      const missing = wordsOf(texts[index] as string).filter((word) => word !== "broken" && !new Set(wordsOf(model)).has(word));
      expect(missing, name).to.deep.equal([]);
      expect(wordsOf((texts[files.length + index] as string).toUpperCase()), name).to.deep.equal(
        wordsOf((texts[index] as string).toUpperCase()),
      );
    }
    for (const pdf of await officePdfs(results)) expect(pdf.subarray(0, 5).toString()).to.equal("%PDF-");
  });
});

async function write(
  document: OpenDocument,
  map: Mapped,
  { target, source, result }: { target: string; source: string; result: string },
): Promise<void> {
  const writer = document.writer?.({ targetLanguage: target, sourceLanguage: source, signal: new AbortController().signal });
  for (let number = 1; number <= document.pageCount; number++) {
    const page = await document.page(number);
    if (page.kind !== "blocks") throw new Error("It has no blocks.");
    // Pages lie on disk in between.
    const blocks: Block[] = JSON.parse(JSON.stringify(page.page.blocks));
    await writer?.page({ ...page.page, blocks: mapLeaves(blocks, (leaf): Leaf => ({ ...leaf, content: map(leaf.content) })) });
  }
  await writer?.finish(result);
}

async function partsOf(file: string): Promise<Map<string, string>> {
  await using archive = await Archive.open(file);
  return new Map(await Promise.all(archive.names.map(async (name) => [name, (await archive.read(name)).toString("latin1")] as const)));
}

async function pagesOf(file: string): Promise<Page[]> {
  await using document = await openDocx(file, {});
  const pages: Page[] = [];
  for (let number = 1; number <= document.pageCount; number++) {
    const page = await document.page(number);
    if (page.kind === "blocks") pages.push(page.page);
  }
  return pages;
}

async function leavesIn(file: string): Promise<Leaf[]> {
  return (await pagesOf(file)).flatMap(({ blocks }) => [...leavesOf(blocks)]);
}

/** All that is read in it, the marks of lists and what is unseen with it. */
async function textOf(file: string): Promise<string> {
  const pages = await pagesOf(file);
  const leaves = pages.flatMap(({ blocks }) => [...leavesOf(blocks)]).map(({ content }) => plainText(content));
  return [...pages.map(pageText), ...leaves].join("\n");
}

/** A translation from right to left, and one back. */
const hebrew = lettersAs("\u05d2");
const latin = lettersAs("g");

function lettersAs(letter: string): (content: readonly Inline[]) => Inline[] {
  const map = (content: readonly Inline[]): Inline[] =>
    content.map((inline) => {
      if (inline.kind === "text") return { ...inline, text: inline.text.replace(/[\p{L}\p{M}]/gu, letter) };
      return inline.kind === "span" ? { ...inline, content: map(inline.content) } : inline;
    });
  return map;
}

/** Every element but runs and what is in them: it stays where it is, in order. */
async function structure(file: string): Promise<string[]> {
  const found: string[] = [];
  for (const [name, content] of await partsOf(file)) {
    const tags = content.match(
      /<(?:w:(?:p|tbl|tr|tc|tcPr|sectPr|pPr|drawing|footnoteReference|endnoteReference|del|ins|bookmarkStart|bookmarkEnd|commentRangeStart|commentRangeEnd|commentReference|sym|sdt|fldSimple)|m:oMath|wp:docPr|a:p)(?=[ />])[^>]*/g,
    );
    if (tags) found.push(...tags.map((tag) => `${name} ${tag.replace(/ (?:descr|title)="[^"]*"/g, "")}`).sort());
  }
  return found;
}

/** `content` without its anchors. */
function seen(content: readonly Inline[]): unknown {
  return content.map((inline) => {
    if (inline.kind === "text") return inline.text;
    const { anchor: _, ...rest } = inline;
    return inline.kind === "span" ? { ...rest, content: seen(inline.content) } : rest;
  });
}

interface Word {
  readonly text: string;
  readonly tags: readonly number[];
}

/** Its words in another order, each with the spans that were around it; atoms at the end. */
function shuffled(content: readonly Inline[], seed: number): readonly Inline[] {
  const { text, tags } = toTagged(content);
  const words: Word[] = [...text.matchAll(/\S+/g)].map((match) => ({ text: match[0], tags: around(tags, match.index) }));
  // A word in two looks would be one of them only.
  if (content.some((inline) => inline.kind === "atom" && inline.as === "break")) return content;
  if (tags.some(({ at, kind }) => kind !== "atom" && /\S/.test(text[at] ?? " ") && /\S/.test(text[at - 1] ?? " "))) return content;
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state;
  };
  const order = words.map((word) => ({ word, key: random() })).sort((a, b) => a.key - b.key);
  let made = "";
  const placed: Tag[] = [];
  for (const { word } of order) {
    if (made !== "") made += " ";
    for (const id of word.tags) placed.push({ id, at: made.length, kind: "open" });
    made += word.text;
    for (const id of word.tags.toReversed()) placed.push({ id, at: made.length, kind: "close" });
  }
  for (const tag of tags) if (tag.kind === "atom") placed.push({ ...tag, at: made.length });
  return fromTagged(content, { text: made, tags: placed });
}

function around(tags: readonly Tag[], at: number): number[] {
  const open: number[] = [];
  for (const tag of tags) {
    if (tag.at > at) break;
    if (tag.kind === "open") open.push(tag.id);
    if (tag.kind === "close") open.splice(open.indexOf(tag.id), 1);
  }
  return open;
}

/** Each word with how it looks and where it leads. */
function wordLooks(content: readonly Inline[], style: TextStyle = {}, link = ""): string[] {
  return content.flatMap((inline) => {
    if (inline.kind === "span") return wordLooks(inline.content, { ...style, ...inline.style }, inline.link ?? link);
    if (inline.kind === "atom") return [];
    return wordsOf(inline.text).map((word) => `${word} ${JSON.stringify(style)} ${link}`);
  });
}

function wordsOf(text: string): string[] {
  return text.match(/[\p{L}\p{M}]+/gu) ?? [];
}
