import { writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { type Block, type Inline, type Leaf, plainText, type TextStyle } from "../../../worker/engine/document/model.ts";
import type { Tag } from "../../../worker/engine/document/segment.ts";
import { fromTagged, toTagged } from "../../../worker/engine/document/tagging.ts";
import { parseXml, type XmlElement } from "../../../worker/engine/formats/xml/parse.ts";
import { scratch } from "../../support/documents.ts";
import { upper } from "../../support/in_place.ts";
import { officePdfs, officeTexts } from "../support/office.ts";
import { zipIsSound } from "../support/tools.ts";
import { partsOf, read, written } from "./open.ts";
import { contentXml, entriesOf, type Given, packed } from "./package.ts";
import { SAMPLES, sampleFile } from "./samples.ts";

const NAMES = Object.keys(SAMPLES);
const capitals = ({ content }: Leaf) => upper(content);

/** What LibreOffice shows beside: deleted text, of which a remark tells, and prompts of its own. */
const ADDED: Readonly<Record<string, readonly string[]>> = {
  "letter.odt": ["Old", "words", "that", "were", "deleted"],
  "talk.odp": ["Click", "to", "add", "title", "Click", "to", "add", "title"],
  "flat.fodp": ["Click", "to", "add", "title", "Click", "to", "add", "title"],
};

function wordsOf(text: string): string[] {
  return text.match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** Without the places that a file has for it. */
function bare(content: readonly Inline[]): unknown {
  return content.map(({ anchor: _, ...inline }) => (inline.kind === "span" ? { ...inline, content: bare(inline.content) } : inline));
}

/** The names of all elements but those that a run of text is cut by. */
function shapeOf(xml: Buffer): string[] {
  const names: string[] = [];
  const walk = ({ name, children }: XmlElement) => {
    if (!/^text:(?:span|s|soft-page-break)$/.test(name)) names.push(name);
    for (const child of children) if (child.kind === "element") walk(child);
  };
  walk(parseXml(xml.toString("utf8")));
  return names;
}

async function odt(body: string, given: Partial<Given> = {}): Promise<Buffer> {
  return packed(entriesOf({ kind: "text", body, ...given }));
}

async function contentOf(file: Uint8Array): Promise<string> {
  return (await partsOf(file)).get("content.xml")?.toString() ?? "";
}

describe("OpenDocument", () => {
  for (const name of NAMES)
    it(`has ${name} as it was, byte for byte, where nothing was translated`, async () => {
      const source = await sampleFile(name);
      const [before, after] = [await partsOf(source), await partsOf(await written(name, source, ({ content }) => content))];
      expect([...after.keys()]).to.deep.equal([...before.keys()]);
      for (const [part, bytes] of before) expect(after.get(part)?.equals(bytes), part).to.equal(true);
    });

  for (const name of NAMES)
    it(`changes words of ${name} and nothing else`, async () => {
      const source = await sampleFile(name);
      const result = await written(name, source, capitals);
      const [before, after] = [await read(name, source), await read(name, result)];
      expect(after.leaves.map(({ content }) => bare(content))).to.deep.equal(before.leaves.map(({ content }) => bare(upper(content))));
      const [old, parts] = [await partsOf(source), await partsOf(result)];
      for (const [part, bytes] of parts)
        if (/\.xml$|^$/.test(part)) expect(shapeOf(bytes), part).to.deep.equal(shapeOf(old.get(part) as Buffer));
        else expect(bytes.equals(old.get(part) as Buffer), part).to.equal(true);
    });

  it("keeps looks over their words, and each field, note and link once, however a translator moves and parts them", async () => {
    for (const name of ["letter.odt", "fields.odt", "report.odt", "talk.odp"]) {
      const source = await sampleFile(name);
      const { leaves } = await read(name, source);
      await fc.assert(
        fc.asyncProperty(fc.infiniteStream(fc.nat(1_000)), async (numbers) => {
          const next = () => Number(numbers.next().value);
          const wanted = new Map(leaves.map(({ id, content }) => [id, shuffled(content, next)]));
          const result = await written(name, source, ({ id, content }) => wanted.get(id) ?? content);
          const again = await read(name, result);
          // A link in two pieces has its tooltip twice.
          const seen = (all: readonly Leaf[]) => all.filter(({ layer }) => layer !== "unseen");
          expect(seen(again.leaves).map(({ content }) => lookedAt(content))).to.deep.equal(
            seen(leaves).map(({ id }) => lookedAt(wanted.get(id) ?? [])),
          );
          const [xml, old] = [await contentOf(result), await contentOf(source)];
          for (const mark of [
            "text:bookmark-start",
            "text:bookmark-end",
            "text:change-start",
            "text:change-end",
            "text:note ",
            "text:date",
            "text:sequence ",
          ])
            expect(xml.split(`<${mark}`).length, mark).to.equal(old.split(`<${mark}`).length);
        }),
        { seed: 7, numRuns: 12 },
      );
    }
  });

  it("is read as LibreOffice reads it, and its results open there", async function () {
    this.timeout(120_000);
    await using folder = await scratch();
    const [sources, results] = [new Map<string, string>(), new Map<string, string>()];
    for (const name of NAMES) {
      const source = await sampleFile(name);
      sources.set(name, await folder.file(name, source));
      const result = path.join(folder.path, `result-${name}`);
      await writeFile(result, await written(name, source, capitals));
      if (!name.includes(".fod")) await zipIsSound(result);
      results.set(name, result);
    }
    const texts = await officeTexts([...sources.values()]);
    for (const [index, name] of NAMES.entries()) {
      const { leaves, pages } = await read(name, await sampleFile(name));
      const marks = marksOf(pages.flatMap(({ blocks }) => blocks));
      const mine = new Set(wordsOf([...marks, ...leaves.map(({ content }) => plainText(content))].join("\n")));
      // Dates, numbers of pages and references are LibreOffice's own there.
      const missing = wordsOf(texts[index] as string).filter((word) => !mine.has(word) && !/^\d+$/.test(word));
      expect(missing, name).to.deep.equal(ADDED[name] ?? []);
    }
    const after = await officeTexts([...results.values()]);
    for (const [index, name] of NAMES.entries())
      expect(wordsOf(after[index] as string).length, name).to.equal(wordsOf(texts[index] as string).length);
    expect(await officePdfs([...results.values()])).to.have.length(NAMES.length);
  });

  it("has white space as it is seen, and writes it so that it is", async () => {
    const contents = async (file: Buffer) =>
      (await read("a.odt", file)).leaves.filter(({ layer }) => !layer).map(({ content }) => plainText(content));
    const source = await odt("<text:p> a  b<text:s/>\n c </text:p>");
    expect(await contents(source)).to.deep.equal(["a b  c "]);
    const result = await written("a.odt", source, ({ content }) => [
      { kind: "text", text: "  x   y \t z", ...(content.length === 0 && {}) },
    ]);
    expect(await contentOf(result)).to.contain('<text:p><text:s text:c="2"/>x <text:s text:c="2"/>y <text:s text:c="2"/>z</text:p>');
  });

  it("joins runs that look alike, so that no word comes in pieces", async () => {
    const { leaves } = await read("letter.odt", await sampleFile("letter.odt"));
    const [first] = leaves;
    expect(toTagged(first?.content ?? []).text).to.match(/^Dear gardener,the new gate is not quite open yet\./);
    expect(toTagged(first?.content ?? []).tags.filter(({ kind }) => kind === "open")).to.have.length(3);
  });

  it("says its language and its direction as the translation's are", async () => {
    const source = await sampleFile("letter.odt");
    const spanish = await partsOf(await written("letter.odt", source, capitals, { to: "es" }));
    expect(
      spanish
        .get("styles.xml")
        ?.toString()
        .match(/fo:language="es" fo:country="ES"/g),
    ).to.have.length(2);
    expect(spanish.get("content.xml")?.toString()).to.contain('fo:language="es" fo:country="ES"');
    expect(spanish.get("meta.xml")?.toString()).to.contain("<dc:language>es-ES</dc:language>");
    const arabic = (await partsOf(await written("letter.odt", source, capitals, { to: "ar" }))).get("styles.xml")?.toString();
    expect(arabic).to.contain('style:language-complex="ar" style:country-complex="EG"');
    expect(arabic).to.contain('<style:page-layout-properties style:writing-mode="rl-tb"');
    expect(arabic).to.contain('style:writing-mode="page"');
  });

  it("keeps cells that formulas and rules look for, and what formulas give, and says so", async () => {
    const source = await sampleFile("sheet.ods");
    const { remarks } = await read("sheet.ods", source);
    expect(remarks.map(({ message }) => message)).to.include(
      "Cells whose text formulas, rules or pivot tables look for stay as they were: 3.",
    );
    const xml = await contentOf(await written("sheet.ods", source, capitals));
    for (const kept of [
      "<text:p>Apple</text:p>",
      "<text:p>Yes</text:p>",
      "<text:p>Not yet</text:p>",
      'table:name="Trees of ours"',
      "<text:p>Too dear</text:p>",
    ])
      expect(xml).to.contain(kept);
    expect(xml).to.contain('<table:table-cell office:value-type="string" ><text:p>LOUD &amp; CLEAR</text:p>');
  });

  it("has names of sheets translated by choice, wherever cells are named by them", async () => {
    const cells =
      '<table:table-row><table:table-cell office:value-type="float" office:value="1"><text:p>1</text:p></table:table-cell></table:table-row>';
    const formula = `of:=[$'Trees of ours'.A1]+[Second.A1]+IF(&quot;Second.A1&quot;=&quot;x&quot;;1;2)`;
    const body = `<table:table table:name="Trees of ours" table:print-ranges="'Trees of ours'.A1:'Trees of ours'.B2">${cells}</table:table><table:table table:name="Second"><table:table-row><table:table-cell table:formula="${formula}" office:value-type="float" office:value="2"><text:p>2</text:p></table:table-cell></table:table-row></table:table>`;
    const source = await packed(entriesOf({ kind: "spreadsheet", body }));
    const named = ({ content, kind }: Leaf): Inline[] =>
      kind === "heading" ? [{ kind: "text", text: `${plainText(content)}: it's new` }] : [...content];
    const xml = await contentOf(await written("a.ods", source, named, { selection: { sheetNames: true } }));
    expect(xml).to.contain('table:name="Trees of ours  it&apos;s new"').and.contain('table:name="Second  it&apos;s new"');
    expect(parseXml(xml).name).to.equal("office:document-content");
    expect(xml.replaceAll("&apos;", "'")).to.contain(
      "[$'Trees of ours  it''s new'.A1]+['Second  it''s new'.A1]+IF(&quot;Second.A1&quot;=&quot;x&quot;;1;2)",
    );
    expect(xml.replaceAll("&apos;", "'")).to.contain("print-ranges=\"'Trees of ours  it''s new'.A1:'Trees of ours  it''s new'.B2\"");
  });

  it("has comments translated by choice, and says that they are not", async () => {
    const source = await sampleFile("letter.odt");
    expect((await read("letter.odt", source)).remarks.map(({ code }) => code)).to.deep.equal(["TEXT_KEPT", "TEXT_KEPT"]);
    const { leaves, remarks } = await read("letter.odt", source, { selection: { comments: true } });
    expect(leaves.filter(({ layer }) => layer === "margin").map(({ content }) => plainText(content))).to.deep.equal([
      "Is this still true?",
    ]);
    expect(remarks).to.have.length(1);
  });

  it("numbers lists as they are seen, over what parts them", async () => {
    const { pages } = await read("report.odt", await sampleFile("report.odt"));
    expect(marksOf(pages.flatMap(({ blocks }) => blocks))).to.deep.equal(["1.", "a)", "b)", "2.", "3.", "•"]);
  });

  it("is refused where it is encrypted, says another type than it has, or has no text part", async () => {
    const code = (entries: readonly (readonly [string, string | Buffer])[]) =>
      packed(entries)
        .then((file) => read("a.odt", file))
        .then(
          () => "read",
          (error: { code: string }) => error.code,
        );
    const entries = entriesOf({ kind: "text", body: "<text:p>Words</text:p>" });
    expect(
      await code(
        entries.map(([name, content]) => [
          name,
          String(content).replace(
            "</manifest:manifest>",
            '<manifest:file-entry manifest:full-path="x"><manifest:encryption-data/></manifest:file-entry></manifest:manifest>',
          ),
        ]),
      ),
    ).to.equal("DOCUMENT_ENCRYPTED");
    expect(
      await code(entries.map(([name, content]) => [name, name === "mimetype" ? `${content}`.replace("text", "spreadsheet") : content])),
    ).to.equal("DOCUMENT_CORRUPT");
    expect(await code(entries.filter(([name]) => name !== "content.xml"))).to.equal("DOCUMENT_CORRUPT");
    expect(
      await code(
        entries.map(([name, content]) => [
          name,
          name === "content.xml" ? contentXml({ kind: "text", body: "<text:p>cut" }).slice(0, -60) : content,
        ]),
      ),
    ).to.equal("DOCUMENT_CORRUPT");
  });

  it("reads a text that says it is one for the web, as those are that were pages", async () => {
    const entries = entriesOf({ kind: "text", body: "<text:p>Words</text:p>" });
    const web = entries.map(([name, content]) => [name, name === "mimetype" ? `${content}-web` : content] as const);
    expect((await read("page.odt", await packed(web))).leaves.map(({ content }) => plainText(content))).to.include("Words");
  });

  it("says that the picture of a chart shows the source", async () => {
    const entries = { ...SAMPLES["frames.odt"]?.entries, "ObjectReplacements/Object 1": Buffer.from([1]) };
    const source = await packed(entriesOf({ ...(SAMPLES["frames.odt"] as Given), entries }));
    const heard: string[] = [];
    const onRemarks = (remarks: readonly { readonly code: string }[]) => heard.push(...remarks.map(({ code }) => code));
    await written("frames.odt", source, capitals, { onRemarks });
    await written("frames.odt", source, ({ content }) => content, { onRemarks });
    expect(heard).to.deep.equal(["TEXT_KEPT"]);
  });

  it("says that a signature is broken, and keeps macros and thumbnails", async () => {
    const extra = {
      "META-INF/documentsignatures.xml": "<s/>",
      "Basic/Standard/Module1.xml": "<m/>",
      "Thumbnails/thumbnail.png": Buffer.from([1, 2]),
    };
    const source = await odt("<text:p>Words</text:p>", { entries: extra });
    expect((await read("a.odt", source)).remarks.map(({ code }) => code)).to.deep.equal(["SIGNATURE_BROKEN"]);
    const parts = await partsOf(await written("a.odt", source, capitals));
    for (const [name, content] of Object.entries(extra)) expect(parts.get(name)?.equals(Buffer.from(content))).to.equal(true);
  });

  it("shows cells of sheets as often as they are repeated, and has their words written once", async () => {
    const cell = (text: string, about = "") =>
      `<table:table-cell office:value-type="string"${about}><text:p>${text}</text:p></table:table-cell>`;
    const number =
      '<table:table-cell office:value-type="float" office:value="7" table:number-columns-repeated="2"><text:p>7</text:p></table:table-cell>';
    const rows = `<table:table-row table:number-rows-repeated="3">${cell("Open", ' table:number-columns-repeated="2"')}${number}</table:table-row><table:table-row table:number-rows-repeated="1000000">${cell("Rest")}</table:table-row>`;
    const source = await packed(entriesOf({ kind: "spreadsheet", body: `<table:table table:name="Days">${rows}</table:table>` }));
    const { leaves, remarks } = await read("a.ods", source);
    const said = leaves.map(({ content }) => plainText(content));
    expect(said.slice(1, 13)).to.deep.equal(Array(3).fill(["Open", "Open", "7", "7"]).flat());
    const open = leaves.filter(({ content }) => plainText(content) === "Open");
    expect(open.map(({ anchor, sameAs }) => [anchor !== undefined, sameAs])).to.deep.equal(
      open.map((_, index) => [index === 0, open[0]?.id]),
    );
    expect(new Set(leaves.map(({ id }) => id)).size).to.equal(leaves.length);
    expect(said.filter((text) => text === "Rest").length).to.be.within(39_000, 41_000);
    expect(remarks.map(({ message }) => message).join()).to.contain("Cells that repeat others very often");
    const xml = await contentOf(await written("a.ods", source, capitals));
    expect(xml.match(/OPEN|REST/g)).to.deep.equal(["OPEN", "REST"]);
  });

  it("says that labels of forms are kept, and has tabs as tabs", async () => {
    const form = '<office:forms><form:form><form:checkbox form:label="I agree"/><form:text form:label=""/></form:form></office:forms>';
    const { leaves, remarks } = await read("a.odt", await odt(`${form}<text:p>Name<text:tab/>Street</text:p>`));
    expect(leaves.map(({ content }) => plainText(content))[0]).to.equal("Name\tStreet");
    expect(remarks.map(({ message }) => message)).to.deep.equal(["Labels of forms stay as they were: 1."]);
  });

  it("takes what repeats without end as it is seen, and no more", async () => {
    const many = 'table:number-columns-repeated="2147483647"';
    const body = `<table:table><table:table-row table:number-rows-repeated="2147483647"><table:table-cell ${many}/></table:table-row><table:table-row><table:table-cell ${many}><text:p>Word</text:p></table:table-cell></table:table-row></table:table><text:p>a<text:s text:c="2147483647"/>b</text:p>`;
    const { leaves } = await read("a.odt", await odt(body));
    expect(leaves.map(({ content }) => plainText(content)).slice(0, 2)).to.deep.equal(["Word", "a\nb"]);
  });
});

/** Of the items of all lists, in order. */
function marksOf(blocks: readonly Block[]): string[] {
  return blocks.flatMap((block) => (block.kind === "list" ? block.items.flatMap((item) => [item.mark, ...marksOf(item.blocks)]) : []));
}

/** `content` as a translator may give it back: its words and atoms in another order, spans in several pieces. */
function shuffled(content: readonly Inline[], next: () => number): Inline[] {
  const { text, tags } = toTagged(content);
  const open: number[] = [];
  const pieces: { text: string; spans: readonly number[]; atom?: number }[] = [];
  let at = 0;
  const words = (to: number) => {
    for (const [word] of text.slice(at, to).matchAll(/\S+/g)) pieces.push({ text: word, spans: [...open] });
    at = to;
  };
  for (const { id, at: place, kind } of tags) {
    words(place);
    if (kind === "atom") pieces.push({ text: "", spans: [...open], atom: id });
    else if (kind === "open") open.push(id);
    else open.splice(open.indexOf(id), 1);
  }
  words(text.length);
  const order = pieces.map((piece) => ({ piece, rank: next() })).sort((a, b) => a.rank - b.rank);
  let made = "";
  const marks: Tag[] = [];
  for (const [index, { piece }] of order.entries()) {
    if (index > 0) made += " ";
    for (const id of piece.spans) marks.push({ id, at: made.length, kind: "open" });
    if (piece.atom !== undefined) marks.push({ id: piece.atom, at: made.length, kind: "atom" });
    made += piece.text;
    for (const id of piece.spans.toReversed()) marks.push({ id, at: made.length, kind: "close" });
  }
  return fromTagged(content, { text: made, tags: marks });
}

/** Each word with how it looks and where it leads, in order, and the atoms. */
function lookedAt(content: readonly Inline[]): string[] {
  const seen: string[] = [];
  const walk = (inlines: readonly Inline[], style: TextStyle, link: string) => {
    for (const inline of inlines) {
      if (inline.kind === "span") walk(inline.content, { ...style, ...inline.style }, inline.link ?? link);
      // Marks stand at no word, and a note begins with its own.
      else if (inline.kind === "atom") inline.text !== "" && inline.as !== "note" && seen.push(`${inline.as} ${inline.text}`);
      else for (const letter of inline.text.replaceAll(" ", "")) seen.push(`${letter} ${link} ${Object.entries(style).sort().join(" ")}`);
    }
  };
  walk(content, {}, "");
  return seen;
}
