import { execFileSync } from "node:child_process";
import { expect } from "chai";
import { decodePDFRawStream, PDFDocument, PDFName, PDFRawStream, PDFString } from "pdf-lib";
import { look, type SeenWord } from "../../../../../test/in_place/looks.ts";
import { navigationOf } from "../../../../../test/in_place/navigation.ts";
import { IN_PLACE } from "../../../../../test/in_place/samples.ts";
import { type BilingualLook, bilingual } from "./bilingual.ts";

/** Two documents of one shape with other words: enough of a translation for who only puts pages together. */
async function twoOf(source: string, translation: string) {
  const [one, other] = [source, translation].map((id) => IN_PLACE.find((sample) => sample.id === id)?.make());
  const [from, to] = [await one, await other];
  if (!from || !to) throw new RangeError("No such sample.");
  return {
    source: from,
    translation: to,
    sourcePages: (await PDFDocument.load(to)).getPageIndices().map((index) => index + 1),
    password: "",
  };
}

const wordsOn = (words: readonly SeenWord[], page: number) => words.filter((word) => word.page === page).map(({ text }) => text);
const LOOKS: readonly BilingualLook[] = (["alternating", "side by side"] as const).flatMap((layout) =>
  (["source", "translation"] as const).map((first) => ({ layout, first })),
);

describe("bilingual PDFs", () => {
  for (const chosen of LOOKS)
    it(`have every word, link and entry of the outline, ${chosen.layout}, the ${chosen.first} first`, async () => {
      const pair = await twoOf("links-and-outline", "links-and-outline");
      const made = await bilingual(pair, chosen);
      const [source, seen, before, after] = [
        await look(pair.source),
        await look(made),
        await navigationOf(pair.source),
        await navigationOf(made),
      ];
      expect(seen.check).to.equal("");
      expect(seen.words.length).to.equal(source.words.length * 2);
      expect(after.outline.map(({ title }) => title)).to.deep.equal(before.outline.map(({ title }) => title));
      const own = (page: number) => (chosen.layout === "alternating" ? 2 * page - (chosen.first === "source" ? 0 : 1) : page);
      expect(after.outline.map(({ page }) => page)).to.deep.equal(before.outline.map(({ page }) => own(page)));
      expect(after.links.length).to.equal(before.links.length * 2);
      const under = after.links.map(({ page, box }) =>
        seen.words
          .filter(
            (word) =>
              word.page === page &&
              word.box.x0 >= box.x0 - 1 &&
              word.box.x1 <= box.x1 + 3 &&
              word.box.y0 > box.y0 - 4 &&
              word.box.y1 < box.y1 + 4,
          )
          .map(({ text }) => text)
          .join(" ")
          .replace(/\.$/, ""),
      );
      expect(under.sort()).to.deep.equal(["rules", "rules", "third page", "third page"]);
    });
  it("alternate page by page, and keep each page's size and turn", async () => {
    const made = await bilingual(await twoOf("rotated-90", "a5"), { layout: "alternating", first: "source" });
    const { pages } = await navigationOf(made);
    expect(pages.map(({ width, height, rotation }) => [width, height, rotation])).to.deep.equal([
      [842, 595, 90],
      [420, 595, 0],
    ]);
  });
  for (const [source, translation] of [
    ["rotated-90", "a5"],
    ["a5", "rotated-90"],
    ["rotated-270", "rotated-270"],
    ["rotated-180", "landscape"],
    ["crop-box", "letter-size"],
  ] as const)
    it(`stand upright side by side, ${source} and ${translation}`, async () => {
      const pair = await twoOf(source, translation);
      const [one, other] = [await look(pair.source), await look(pair.translation)];
      const made = await bilingual(pair, { layout: "side by side", first: "source" });
      const seen = await look(made);
      const [width = 0, height = 0] = [one.pages[0], other.pages[0]].map((page) => page?.width);
      const [first] = seen.pages;
      expect(first?.width).to.be.closeTo(width + height, 2);
      const left = seen.words.filter(({ box }) => box.x1 < width + 1);
      expect(left.map(({ text }) => text).sort()).to.deep.equal(wordsOn(one.words, 1).sort());
      for (const edge of ["x0", "y0"] as const) {
        const [there, before] = [left, one.words].map((words) => Math.min(...words.map(({ box }) => box[edge])));
        expect(there).to.be.closeTo(before ?? 0, 1);
      }
      expect(seen.check).to.equal("");
    });
  it("show the fields of the source as they were filled in", async () => {
    const made = await bilingual(await twoOf("form-fields", "a5"), { layout: "side by side", first: "translation" });
    const text = execFileSync("pdftotext", ["-", "-"], { input: made, encoding: "utf8" });
    expect(text).to.contain("Anna Brown");
  });
  it("keep a layer hidden that was hidden in the source", async () => {
    const pair = await twoOf("layers", "a5");
    const document = await PDFDocument.load(pair.source);
    const properties = document.catalog.lookup((await import("pdf-lib")).PDFName.of("OCProperties")) as never as { toString(): string };
    expect(String(properties)).to.contain("/ON");
    const hidden = Buffer.from(await document.save({ useObjectStreams: false }))
      .toString("latin1")
      .replace(/\/ON \[/, "/OFF [");
    const source = Buffer.from(hidden, "latin1");
    const inkOf = async (bytes: Uint8Array) =>
      (await look(bytes)).pages.reduce((sum, { pixels }) => sum + pixels.filter((grey) => grey < 128).length, 0);
    const [shown, none] = [
      await inkOf(await bilingual(pair, { layout: "alternating", first: "source" })),
      await inkOf(await bilingual({ ...pair, source }, { layout: "alternating", first: "source" })),
    ];
    expect(shown - none).to.be.greaterThan(200);
  });
  it("end for a tree of names that leads to itself, however often", async () => {
    const pair = await twoOf("links-and-outline", "a5");
    const document = await PDFDocument.load(pair.source);
    const { context, catalog } = document;
    const root = context.nextRef();
    context.assign(root, context.obj({ Kids: Array.from({ length: 50_000 }, () => root) } as never));
    catalog.set(PDFName.of("Names"), context.obj({ Dests: root }));
    const link = context.obj({ Type: "Annot", Subtype: "Link", Rect: [60, 60, 90, 90], Dest: PDFString.of("nowhere") });
    document.getPage(0).node.addAnnot(context.register(link));
    const made = await bilingual({ ...pair, source: await document.save() }, { layout: "alternating", first: "source" });
    expect((await PDFDocument.load(made)).getPageCount()).to.equal(4);
  });
  it("draw what an annotation shows where a number has no more than its last bit", async () => {
    const page = (document: PDFDocument) => document.addPage([300, 300]);
    const [source, translation] = [await PDFDocument.create(), await PDFDocument.create()];
    page(translation);
    const { context } = source;
    const look = { Type: "XObject", Subtype: "Form", BBox: [7, 7, 14, 14] };
    const form = context.register(context.flateStream("7 7 7 7 re f", look));
    const at = 1.9000000000000008;
    const stamp = { Type: "Annot", Subtype: "Stamp", F: 4, Rect: [at, at, 2 * at, 2 * at], AP: { N: form } };
    page(source).node.addAnnot(context.register(context.obj(stamp)));
    const pair = { source: await source.save(), translation: await translation.save(), sourcePages: [1], password: "" };
    const made = await PDFDocument.load(await bilingual(pair, { layout: "side by side", first: "source" }));
    const drawn = made.context
      .enumerateIndirectObjects()
      .flatMap(([, object]) =>
        object instanceof PDFRawStream ? [Buffer.from(decodePDFRawStream(object).decode()).toString("latin1")] : [],
      );
    const placed = drawn.filter((content) => content.includes("/Look"));
    expect(placed).not.to.have.length(0);
    expect(placed.join("")).not.to.match(/\de-/);
  });
  it("repeat a source page beside each page that it became, and before them all", async () => {
    const pair = { ...(await twoOf("a5", "links-and-outline")), sourcePages: [1, 1, 1] };
    const beside = await look(await bilingual(pair, { layout: "side by side", first: "source" }));
    const words = wordsOn((await look(pair.source)).words, 1).length;
    expect([1, 2, 3].map((page) => beside.words.filter((word) => word.page === page && word.box.x1 < 421).length)).to.deep.equal([
      words,
      words,
      words,
    ]);
    expect((await look(await bilingual(pair, { layout: "alternating", first: "source" }))).pages.map(({ width }) => width)).to.deep.equal([
      420, 595, 595, 595,
    ]);
  });
});
