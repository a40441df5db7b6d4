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
