import { expect } from "chai";
import { aPage, sentence, typeset } from "../../../test/support/typesetter.ts";
import { type Page, plainText } from "../document/model.ts";
import type { PageContent, Word } from "./content.ts";
import { flow } from "./flow.ts";

async function read(pages: readonly (PageContent | Page)[]): Promise<Page[]> {
  async function* source() {
    yield* pages;
  }
  const laid: Page[] = [];
  for await (const page of flow(source())) laid.push(page);
  return laid;
}

/** Each block of a page as its layer and text. */
function outline({ blocks }: Page): string[] {
  return blocks.map((block) => `${block.layer ?? "body"}: ${"content" in block ? plainText(block.content) : block.kind}`);
}

function aNumberedPage(number: number, words: readonly Word[]): PageContent {
  return { ...aPage({ words }), number };
}

function line(text: string, y: number, x = 70, size = 10): Word[] {
  return typeset(text, { x, y, width: 450, size }).words;
}

const NOTES = ["See the letters of the monks.", "The town paid a fair price."];

describe("levels of headings", () => {
  const bold = { bold: true };
  const set = (parts: readonly (readonly [string, number, { bold: boolean }?])[]) => {
    let y = 60;
    return parts.flatMap(([text, size, style = { bold: false }]) => {
      const { words, bottom } = typeset(text, { x: 70, y, width: 450, size, style });
      y = bottom + size;
      return words;
    });
  };
  const headings = (pages: readonly Page[]) =>
    pages.flatMap(({ blocks }) =>
      blocks.flatMap((block) => (block.kind === "heading" ? [`${block.level} ${plainText(block.content)}`] : [])),
    );

  it("are told by the rank of their looks, however near or far their sizes are", async () => {
    for (const [first, second, third] of [
      [15, 13, 11.5],
      [30, 24, 18],
    ] as const) {
      const one = set([
        ["The book", first, bold],
        ["Its first part", second, bold],
        [sentence("One", 60), 10],
        ["Of gardens", third, bold],
        [sentence("Two", 60), 10],
      ]);
      const other = set([
        [sentence("Three", 60), 10],
        ["Of ponds", third, bold],
        [sentence("Four", 60), 10],
        ["Its second part", second, bold],
        [sentence("Five", 60), 10],
      ]);
      expect(headings(await read([aNumberedPage(1, one), aNumberedPage(2, other)]))).to.deep.equal([
        ...["1 The book", "2 Its first part", "3 Of gardens", "3 Of ponds", "2 Its second part"],
      ]);
    }
  });
  it("are told by numbers where looks are alike", async () => {
    const words = set([
      ["The book", 18, bold],
      ["1 The wall", 12, bold],
      [sentence("One", 60), 10],
      ["1.1 The gate", 12, bold],
      [sentence("Two", 60), 10],
      ["2 The pond", 12, bold],
      [sentence("Three", 60), 10],
    ]);
    expect(headings(await read([aNumberedPage(1, words)]))).to.deep.equal(["1 The book", "2 1 The wall", "3 1.1 The gate", "2 2 The pond"]);
  });
  it("are none where text is larger than the small print that most of the page is", async () => {
    const words = set([
      ["Dear reader", 12],
      [sentence("Please", 22), 12],
      [sentence("Small", 160), 8],
      [sentence("Print", 160), 8],
      ["Signed in Oxford on Monday", 12],
    ]);
    expect(headings(await read([aNumberedPage(1, words)]))).to.deep.equal([]);
    const title = set([
      ["The terms", 16, bold],
      [sentence("Small", 160), 8],
      [sentence("Print", 160), 8],
    ]);
    expect(headings(await read([aNumberedPage(1, title)]))).to.deep.equal(["1 The terms"]);
  });
});

describe("the flow of pages", () => {
  it("tells running heads, feet and page numbers by their repetition, on left and right pages too", async () => {
    const pages = [1, 2, 3, 4, 5].map((number) =>
      aNumberedPage(number, [
        ...(number % 2 === 1
          ? [...line("Of gardens", 40, 300), ...line(String(number), 40, 510)]
          : [...line(String(number), 40), ...line("The author", 40, 300)]),
        ...typeset(sentence(`P${number}`, 60), { x: 70, y: 90, width: 450 }).words,
        ...line("Printed in Oxford", 810),
      ]),
    );
    const laid = await read(pages);
    expect(laid.map(({ number }) => number)).to.deep.equal([1, 2, 3, 4, 5]);
    for (const page of laid) {
      const body = outline(page).filter((block) => block.startsWith("body: "));
      expect(body).to.deep.equal([`body: ${sentence(`P${page.number}`, 60)}`]);
      expect(outline(page).at(-1)).to.equal("footer: Printed in Oxford");
    }
  });
  it("takes no text for a head that pages begin with alike", async () => {
    const text = sentence("The", 90);
    const laid = await read([1, 2, 3].map((number) => aNumberedPage(number, typeset(text, { x: 70, y: 60, width: 450 }).words)));
    expect(laid.map(outline)).to.deep.equal([1, 2, 3].map(() => [`body: ${text}`]));
  });
  it("joins a sentence and a parted word over the end of a page, and says where they stand", async () => {
    const [one, two] = await read([
      aNumberedPage(1, line("had never seen the sea, and he was con-", 780)),
      aNumberedPage(2, [...line("vinced that it was a lake.", 60), ...line("Another paragraph.", 110)]),
    ]);
    expect(one && outline(one)).to.deep.equal(["body: had never seen the sea, and he was convinced that it was a lake."]);
    expect(one?.blocks[0]?.frames?.map(({ page }) => page)).to.deep.equal([1, 2]);
    expect(two && outline(two)).to.deep.equal(["body: Another paragraph."]);
  });
  it("joins nothing over the notes and heads between, but what goes on", async () => {
    const page = (number: number, body: string) =>
      aNumberedPage(number, [...line("Of gardens", 40), ...line(body, 400), ...line(`${number} ${NOTES[number - 1]}`, 760, 70, 7)]);
    const [one, two] = await read([page(1, "The first gardens were built"), page(2, "by the monks of the town.")]);
    expect(one && outline(one)).to.deep.equal([
      "header: Of gardens",
      "body: The first gardens were built by the monks of the town.",
      `note: 1 ${NOTES[0]}`,
    ]);
    expect(two && outline(two)).to.deep.equal(["header: Of gardens", `note: 2 ${NOTES[1]}`]);
  });
  it("does not join what ends a sentence with what begins one", async () => {
    const laid = await read([aNumberedPage(1, line("It was a lake.", 700)), aNumberedPage(2, line("His children knew.", 60))]);
    expect(laid.map(outline)).to.deep.equal([["body: It was a lake."], ["body: His children knew."]]);
  });
  it("lets pages through that their file laid out, and pages that failed", async () => {
    const made: Page = { number: 1, blocks: [{ kind: "rule", id: "p1b1" }], remarks: [] };
    const failed: PageContent = { ...aNumberedPage(2, []), failure: "It cannot be read." };
    const laid = await read([made, failed]);
    expect(laid[0]).to.equal(made);
    expect(laid[1]?.failure).to.equal("It cannot be read.");
  });
  it("holds no more than a few pages at once", async () => {
    let [given, taken, most] = [0, 0, 0];
    async function* source() {
      for (let number = 1; number <= 30; number++) {
        most = Math.max(most, ++given - taken);
        yield aNumberedPage(number, line(`Page of text ${number}.`, 300));
      }
    }
    for await (const _page of flow(source())) taken++;
    expect(taken).to.equal(30);
    expect(most).to.be.at.most(5);
  });
});
