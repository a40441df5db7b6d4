import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { xmlIsWellFormed } from "../../../../test/formats/support/tools.ts";
import { upper, WRITING } from "../../../../test/support/in_place.ts";
import type { DocumentContext } from "../../context.ts";
import { type Inline, type Leaf, leavesOf, mapLeaves, plainText } from "../../document/model.ts";
import { fromTagged, toTagged } from "../../document/tagging.ts";
import { pageXliff, XLIFF_TAIL, xliffHead } from "../../services/export/xliff.ts";
import { edited } from "../edits.ts";
import { changedLeaves } from "../sectioned.ts";
import type { parseXml } from "../xml/parse.ts";
import { elementsOf, textIn } from "../xml/walk.ts";
import { openXliff, xliffTexts } from "./open.ts";
import { readXliff } from "./read.ts";

const never: readonly Leaf[] = [];

function translated(source: string, map: (content: readonly Inline[]) => readonly Inline[] = upper, targetLanguage = "es"): string {
  const { sections, edits } = xliffTexts(source, { targetLanguage });
  const changed = sections.flatMap(({ blocks }) =>
    changedLeaves(
      blocks,
      mapLeaves(blocks, (leaf): Leaf => (leaf.segments ? leaf : { ...leaf, content: map(leaf.content) })),
    ),
  );
  return edited(source, edits(changed, { targetLanguage }).edits);
}

const FIRST = `<?xml version="1.0" encoding="UTF-8"?>
<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2">
  <file source-language="en-GB" datatype="plaintext" original="a.txt">
    <body>
      <group resname="menu">
      <trans-unit id="1" resname="open">
        <source>Open &lt;b&gt;the&lt;/b&gt; <g id="1" ctype="bold">garden</g><x id="2"/> now &amp; {then}</source>
        <note>A button</note>
      </trans-unit>
      <trans-unit id="2" approved="yes"><source>Closed</source><target state="final">Cerrado</target></trans-unit>
      <trans-unit id="3"><source>Old words</source><target state="needs-translation" xml:lang="es"></target></trans-unit>
      <trans-unit id="4" translate="no"><source>Kept words</source></trans-unit>
      <trans-unit id="5"><source>One here. Two there.</source>
        <seg-source><mrk mtype="seg" mid="a">One here.</mrk> <mrk mtype="seg" mid="b">Two there.</mrk></seg-source>
      </trans-unit>
      <trans-unit id="6"><source>Call <mrk mtype="protected">Acme Corp</mrk> <bpt id="3">[b]</bpt>today<ept id="3">[/b]</ept></source><alt-trans><target>x</target></alt-trans></trans-unit>
      <trans-unit id="7"><source>{n, plural, one {a day} other {# days}}</source><target/></trans-unit>
      <trans-unit id="8"><source>Copied words</source><target>Copied words</target></trans-unit>
      </group>
    </body>
  </file>
</xliff>
`;

const SECOND = `<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.0" srcLang="en" trgLang="es-MX">
 <file id="f"><unit id="u1" name="open">
  <originalData><data id="d1">&lt;br/&gt;</data></originalData>
  <segment id="s1">
   <source>Open <pc id="1">the <ph id="2" dataRef="d1" equiv="br"/>garden</pc>.</source>
  </segment>
  <ignorable><source> </source></ignorable>
  <segment id="s2" state="initial" subState="a:b"><source>Come in.</source><target>x</target></segment>
  <segment id="s3" state="reviewed"><source>Done words.</source><target>Hecho.</target></segment>
  <segment><source>Stop <mrk id="m1" translate="no">Acme</mrk> <sc id="3"/>at<ec startRef="3"/> once</source></segment>
 </unit></file>
</xliff>`;

describe("XLIFF, read and written back", () => {
  it("1.2: has a target for what is the same in both languages", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "dragoman-xliff-"));
    try {
      const file = path.join(folder, "a.xlf");
      const unit = (id: number, text: string) => `<trans-unit id="${id}"><source>${text}</source></trans-unit>`;
      await writeFile(
        file,
        `<xliff version="1.2"><file source-language="en"><body>${unit(1, "Hotel")}${unit(2, "Failed")}</body></file></xliff>`,
      );
      const document = await openXliff(file, { targetLanguage: "es" } as DocumentContext);
      const source = await document.page(1);
      if (source.kind !== "blocks") throw new Error("It has no blocks.");
      const blocks = mapLeaves(source.page.blocks, (leaf): Leaf => {
        const said = { text: plainText(leaf.content), tags: [] };
        const outcome = said.text === "Hotel" ? ("translated" as const) : ("failed" as const);
        return { ...leaf, segments: [{ id: `${leaf.id}s1`, source: said, ...(outcome === "translated" && { target: said }), outcome }] };
      });
      const writer = document.writer?.(WRITING);
      await writer?.page({ ...source.page, blocks });
      await writer?.finish(file);
      const made = await readFile(file, "utf8");
      expect(made)
        .to.match(/<source>Hotel<\/source><target[^>]*>Hotel<\/target>/)
        .and.not.to.match(/<target[^>]*>Failed/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
  it("1.2: fills targets in binary units as well", () => {
    const unit = '<bin-unit id="1" mime-type="image/png"><bin-source/><trans-unit id="2"><source>Open</source></trans-unit></bin-unit>';
    const made = translated(`<xliff version="1.2"><file source-language="en"><body>${unit}</body></file></xliff>`);
    expect(made).to.include("OPEN</target></trans-unit></bin-unit>");
  });
  it("1.2: fills in what is wanted, says its state and its language, and leaves all else", () => {
    const machine = 'state="needs-review-translation" state-qualifier="mt-suggestion"';
    const expected = FIRST.replace("<file source", '<file target-language="es" source')
      .replace(
        "{then}</source>",
        `{then}</source>\n        <target ${machine}>OPEN &lt;b&gt;THE&lt;/b&gt; <g id="1" ctype="bold">GARDEN</g><x id="2"/> NOW &amp; {then}</target>`,
      )
      .replace('<target state="needs-translation" xml:lang="es"></target>', `<target xml:lang="es" ${machine}>OLD WORDS</target>`)
      .replace(
        "</seg-source>",
        `</seg-source>\n        <target ${machine}><mrk mtype="seg" mid="a">ONE HERE.</mrk> <mrk mtype="seg" mid="b">TWO THERE.</mrk></target>`,
      )
      .replace(
        "</ept></source>",
        `</ept></source><target ${machine}>CALL <mrk mtype="protected">Acme Corp</mrk> <bpt id="3">[b]</bpt>TODAY<ept id="3">[/b]</ept></target>`,
      )
      .replace("<target/>", `<target ${machine}>{n, plural, one {A DAY} other {# DAYS}}</target>`)
      .replace("<target>Copied words</target>", `<target ${machine}>COPIED WORDS</target>`);
    expect(translated(FIRST)).to.equal(expected);
  });
  it("2.x: fills in what is wanted, says its state, and leaves all else", () => {
    const expected = SECOND.replace('<segment id="s1">', '<segment state="translated" id="s1">')
      .replace(
        "</pc>.</source>",
        '</pc>.</source>\n   <target>OPEN <pc id="1">THE <ph id="2" dataRef="d1" equiv="br"/>GARDEN</pc>.</target>',
      )
      .replace('state="initial" subState="a:b"', 'state="translated"')
      .replace("<target>x</target>", "<target>COME IN.</target>")
      .replace("<segment><source>Stop", '<segment state="translated"><source>Stop')
      .replace(
        " once</source>",
        ' once</source><target>STOP <mrk id="m1" translate="no">Acme</mrk> <sc id="3"/>AT<ec startRef="3"/> ONCE</target>',
      );
    expect(translated(SECOND)).to.equal(expected);
  });
  it("says why finished targets are kept, and which language it is in", () => {
    const { sections, language } = xliffTexts(FIRST, { targetLanguage: "es" });
    const kept = sections.flatMap(({ blocks }) => [...leavesOf(blocks)]).flatMap(({ segments = [] }) => segments);
    expect(kept.map(({ target, why }) => [target?.text, why])).to.deep.equal([
      ["Cerrado", "approved already"],
      [undefined, "marked as not for translating"],
    ]);
    expect(language).to.equal("en");
  });
  it("is refused for another target than is asked for, and for what is no XLIFF", () => {
    const code = (source: string, targetLanguage = "es") => {
      try {
        xliffTexts(source, { targetLanguage });
      } catch (error) {
        return (error as { code?: string }).code;
      }
      return "none";
    };
    expect(code(SECOND, "fr")).to.equal("UNSUPPORTED_LANGUAGE_PAIR");
    expect(code(SECOND, "es")).to.equal("none");
    expect(code("<xliff version='3.0'/>")).to.equal("DOCUMENT_CORRUPT");
    expect(code("<a/>")).to.equal("DOCUMENT_CORRUPT");
    expect(code("The garden is open.")).to.equal("DOCUMENT_CORRUPT");
    expect(code("<xliff version='1.2'><file><body>")).to.equal("DOCUMENT_CORRUPT");
    expect(code(`<xliff version='1.2'><file><body>${"<group>".repeat(2_000)}`)).to.equal("DOCUMENT_TOO_COMPLEX");
    expect(code('<!DOCTYPE xliff [<!ENTITY a SYSTEM "file:///etc/passwd">]><xliff version="1.2"><file>&a;</file></xliff>')).to.equal(
      "DOCUMENT_CORRUPT",
    );
  });
  it("names each code once, however a translation parts it, and says so", () => {
    const { sections, edits } = xliffTexts(SECOND, { targetLanguage: "es" });
    const [leaf] = [...leavesOf(sections[0]?.blocks ?? [])].filter(({ segments }) => segments === undefined);
    const [, span] = leaf?.content ?? [];
    const content = [span, { kind: "text", text: " entre muchas palabras " }, span] as Inline[];
    const { edits: made, remarks } = edits([{ ...(leaf as Leaf), content }], { targetLanguage: "es" });
    expect(
      edited(SECOND, made)
        .match(/<target>.*?<\/target>/s)?.[0]
        .match(/<pc /g),
    ).to.have.length(1);
    expect(remarks.map(({ code }) => code)).to.deep.equal(["TAG_MOVED"]);
  });
  it("stays as it was if nothing is translated", () => {
    expect(edited(FIRST, xliffTexts(FIRST, { targetLanguage: "es" }).edits(never, { targetLanguage: "es" }).edits)).to.equal(FIRST);
  });
});

describe("XLIFF of any document", () => {
  const words = fc.string({ unit: fc.constantFrom(..."ab <&>\"'é😀."), minLength: 1, maxLength: 12 }).map((text) => `w${text}w`);
  const text = words.map((said): Inline => ({ kind: "text", text: said }));
  const inline: fc.Arbitrary<Inline> = fc.oneof(
    { weight: 4, arbitrary: text },
    fc.constant<Inline>({ kind: "atom", as: "code", text: 'x < "y"' }),
    fc.array(text, { minLength: 1, maxLength: 3 }).map((content): Inline => ({ kind: "span", style: { bold: true }, content })),
    fc.array(text, { minLength: 1, maxLength: 2 }).map((content): Inline => ({ kind: "span", link: "https://a.example/?b&c", content })),
  );
  const document = fc.array(fc.array(inline, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 5 });

  function made(leaves: readonly (readonly Inline[])[]): string {
    const blocks = leaves.map((content, index): Leaf => {
      const source = toTagged(content);
      const target = { text: source.text.toUpperCase(), tags: source.text.length === source.text.toUpperCase().length ? source.tags : [] };
      const id = `p1b${index + 1}`;
      const segment = index % 3 === 2 ? ({ outcome: "failed", why: "no <answer>" } as const) : ({ outcome: "translated", target } as const);
      return {
        kind: "paragraph",
        id,
        content: fromTagged(content, segment.target ?? source),
        segments: [{ id: `${id}s1`, source, ...segment }],
      };
    });
    const remarks = [{ page: 1, block: "p1b1", code: "TAG_MOVED", message: "A & b" } as const];
    return xliffHead("en", "es") + pageXliff({ number: 1, blocks, remarks }) + XLIFF_TAIL;
  }

  it("says source and target of each sentence, with each tag once on either side", () => {
    fc.assert(
      fc.property(document, (leaves) => {
        const source = made(leaves);
        const units = readXliff(source).units;
        expect(units.map((unit) => textIn(unit.source))).to.deep.equal(leaves.map((content) => toTagged(content).text));
        for (const [index, { target, segment }] of units.entries()) {
          expect(segment?.attributes.find(({ name }) => name === "state")?.value).to.equal(index % 3 === 2 ? "initial" : "translated");
          if (target) expect(textIn(target)).to.equal(toTagged(leaves[index] ?? []).text.toUpperCase());
        }
        const ids = (element: ReturnType<typeof parseXml>): string[] =>
          elementsOf(element).flatMap((child) => [
            ...child.attributes.filter(({ name }) => name === "id").map(({ value }) => value),
            ...ids(child),
          ]);
        for (const unit of units) expect(new Set(ids(unit.source)).size).to.equal(ids(unit.source).length);
      }),
      { numRuns: 300, seed: Number(process.env["SEED"] ?? 1) },
    );
  });
  it("is well-formed for xmllint, and is read as what is to be translated no more", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "dragoman-xliff-"));
    try {
      const files = await Promise.all(
        fc.sample(document, { numRuns: 20, seed: 3 }).map(async (leaves, index) => {
          const file = path.join(folder, `${index}.xlf`);
          await writeFile(file, made(leaves));
          return file;
        }),
      );
      await xmlIsWellFormed(...files);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
