import { globSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { catalogueIsSound, runTool } from "../../../../test/formats/support/tools.ts";
import { inPlace, upper, WRITING } from "../../../../test/support/in_place.ts";
import type { DocumentContext } from "../../context.ts";
import { type Inline, leavesOf, plainText } from "../../document/model.ts";
import { edited } from "../edits.ts";
import { openPo, poTexts } from "./open.ts";
import { readPo } from "./read.ts";

const HEAD = (language: string, plurals: string) =>
  `# A catalogue.\n#, fuzzy\nmsgid ""\nmsgstr ""\n"Project-Id-Version: garden 1.0\\n"\n"Language: ${language}\\n"\n"MIME-Version: 1.0\\n"\n"Content-Type: text/plain; charset=CHARSET\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n${plurals}`;
const FORMS = '"Plural-Forms: nplurals=INTEGER; plural=EXPRESSION;\\n"\n';
const BODY = `
#. For the button.
#: main.c:12
msgid "Open the garden"
msgstr ""

#: main.c:14
#, c-format
msgctxt "menu"
msgid "Water %s at %d%%"
msgstr ""

#, fuzzy, c-format
#| msgid "Closed"
#| msgid_plural "Closeds"
msgid "%d garden is closed.\\n"
msgid_plural "%d gardens are closed.\\n"
msgstr[0] "x\\n"
msgstr[1] "y\\n"

msgid "Done already"
msgstr "Ya est\u00e1 hecho"

msgid ""
"This is a long text that goes on and on over the width of a line,\\n"
"and has a second line, \\"quoted\\" and with\\ttabs.\\n"
msgstr ""

#~ msgid "Gone"
#~ msgstr "Ido"
`;

const read = (source: string, targetLanguage = "es") => poTexts(source, { targetLanguage });
const into = (targetLanguage: string) => (source: string, map: typeof upper) => inPlaceInto(targetLanguage)(source, map);
const inPlaceInto = (targetLanguage: string) =>
  inPlace((source) => {
    const { sections, emitter } = read(source, targetLanguage);
    return { sections, emitter: { edits: (leaves) => emitter.edits(leaves, { ...WRITING, targetLanguage }) } };
  });

describe("catalogues of gettext, read and written back", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "dragoman-po-"));
  });
  after(() => rm(folder, { recursive: true }));
  const put = async (name: string, content: string) => {
    const file = path.join(folder, name);
    await writeFile(file, content);
    return file;
  };

  it("fill in what has no translation, or a fuzzy one, and leave the rest as it is", () => {
    expect(into("es")(HEAD("", FORMS) + BODY, upper)).to.equal(`# A catalogue.
msgid ""
msgstr ""
"Project-Id-Version: garden 1.0\\n"
"Language: es\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

#. For the button.
#: main.c:12
msgid "Open the garden"
msgstr "OPEN THE GARDEN"

#: main.c:14
#, c-format
msgctxt "menu"
msgid "Water %s at %d%%"
msgstr "WATER %s AT %d%%"

#, c-format
msgid "%d garden is closed.\\n"
msgid_plural "%d gardens are closed.\\n"
msgstr[0] "%d GARDEN IS CLOSED.\\n"
msgstr[1] "%d GARDENS ARE CLOSED.\\n"

msgid "Done already"
msgstr "Ya est\u00e1 hecho"

msgid ""
"This is a long text that goes on and on over the width of a line,\\n"
"and has a second line, \\"quoted\\" and with\\ttabs.\\n"
msgstr ""
"THIS IS A LONG TEXT THAT GOES ON AND ON OVER THE WIDTH OF A LINE,\\n"
"AND HAS A SECOND LINE, \\"QUOTED\\" AND WITH\\tTABS.\\n"

#~ msgid "Gone"
#~ msgstr "Ido"
`);
  });
  it("say why finished messages are kept, beside their translations", () => {
    const kept = read(HEAD("es", FORMS) + BODY)
      .sections.flatMap(({ blocks }) => [...leavesOf(blocks)])
      .flatMap(({ segments = [] }) => segments);
    expect(kept.map(({ source, target, why }) => [source.text, target?.text, why])).to.deep.equal([
      ["Done already", "Ya est\u00e1 hecho", "translated already"],
    ]);
  });
  for (const [language, forms] of [
    ["ja", ["N"]],
    ["ru", ["ONE", "N", "N"]],
    ["ar", ["N", "ONE", "N", "N", "N", "N"]],
  ] as const)
    it(`have as many forms as ${language} has`, async () => {
      const made = into(language)(`${HEAD("", FORMS)}\nmsgid "one day"\nmsgid_plural "many days"\nmsgstr[0] ""\nmsgstr[1] ""\n`, upper);
      const said = readPo(made)[1]?.translations.map(({ value }) => (value === "ONE DAY" ? "ONE" : "N"));
      expect(said).to.deep.equal([...forms]);
      await catalogueIsSound(await put(`${language}.po`, made));
    });
  it("are read in the charset that they say", async () => {
    const source = `${HEAD("cs", "").replace("CHARSET", "ISO-8859-2")}\nmsgid "Yellow"\nmsgstr "\u017elut\u00fd"\n\nmsgid "The garden is open"\nmsgstr ""\n`;
    const bytes = Buffer.from(source.replace("\u017e", "\u00be"), "latin1");
    const file = path.join(folder, "latin2.po");
    await writeFile(file, bytes);
    const document = await openPo(file, { targetLanguage: "cs" } as DocumentContext);
    const page = await document.page(1);
    if (page.kind !== "blocks") throw new Error("It has no blocks.");
    expect([...leavesOf(page.page.blocks)].map(({ content }) => plainText(content))).to.deep.equal([
      "\u017elut\u00fd",
      "The garden is open",
    ]);
    expect(document.remarks.map(({ code }) => code)).to.deep.equal(["ENCODING"]);
  });
  it("leave no form empty beside one that is filled", () => {
    const only = (form: number) => (content: readonly Inline[]) =>
      plainText(content).startsWith(form === 0 ? "one" : "many") ? upper(content) : [...content];
    for (const [language, form, said] of [
      ["es", 0, ["ONE day", "many days"]],
      ["es", 1, ["one day", "MANY days"]],
      ["ar", 1, ["MANY days", "one day", "MANY days", "MANY days", "MANY days", "MANY days"]],
    ] as const) {
      const made = into(language)(
        `${HEAD("", FORMS)}\nmsgid "one day"\nmsgid_plural "many days"\nmsgstr[0] ""\nmsgstr[1] ""\n`,
        only(form),
      );
      expect(
        readPo(made)[1]?.translations.map(({ value }) => value.toLowerCase()),
        `${language} ${form}`,
      ).to.deep.equal(said.map((each) => each.toLowerCase()));
    }
  });
  it("are refused in another language than is asked for, unless nothing of them is finished", () => {
    expect(() => read(HEAD("de", FORMS) + BODY)).to.throw("translation into de already");
    expect(into("es")(`${HEAD("de", "")}\nmsgid "a b"\nmsgstr ""\n`, upper)).to.contain('"Language: es\\n"');
  });
  for (const [source, place] of [
    ['msgid "a"\nmsgstr "b\n', "line 2, column 1: neither a message nor a comment"],
    ["The garden is open.", "line 1, column 1: neither a message nor a comment"],
    ['msgid "a"\n\nmsgid "b"\nmsgstr ""\n', "line 3, column 1: a keyword is out of its place"],
    ['"a"\n', "line 1, column 1: a text without a keyword"],
    ['msgid "a"\n', "line 2, column 1: a msgstr is missing"],
  ] as const)
    it(`are refused where they break: ${JSON.stringify(source)}`, () => {
      expect(() => read(source)).to.throw(`The file is no catalogue of messages: ${place}.`);
    });
  it("are read in time that grows with their length alone", () => {
    const start = performance.now();
    const long = "a\\n".repeat(400_000);
    expect(readPo(`msgid "${long}"\nmsgstr ""\n`)[0]?.id.value).to.have.length(800_000);
    expect(() => readPo(`${" ".repeat(400_000)}x`)).to.throw("neither a message nor a comment");
    expect(performance.now() - start).to.be.lessThan(4_000);
  });
  it("are sound for gettext, and wrapped as it wraps them, whatever they hold", async () => {
    const word = fc.constantFrom(
      "garden",
      "open",
      "%s",
      "\\n",
      '\\"quoted\\"',
      "a",
      "international",
      "\\t",
      "<b>bold</b>",
      "\\\\",
      "caf\u00e9",
    );
    const texts = fc.sample(fc.array(word, { minLength: 1, maxLength: 40 }), { numRuns: 60, seed: 7 });
    const messages = texts.map((words, index) => `msgctxt "${index}"\nmsgid "${words.join(" ")}"\nmsgstr ""\n`);
    const given = (
      await runTool("msgcat", [
        await put("in.po", `${HEAD("es", "").replace("CHARSET", "UTF-8").replace("#, fuzzy\n", "")}\n${messages.join("\n")}`),
      ])
    ).stdout;
    const made = into("es")(given, upper);
    const file = await put("out.po", made);
    await catalogueIsSound(file);
    const again = (await runTool("msgcat", [file])).stdout;
    const lines = made.split("\n");
    const differing = again.split("\n").filter((line, index) => line !== lines[index]);
    expect(differing.length, differing.slice(0, 4).join("\n")).to.equal(0);
  });
  it("are so for catalogues that others wrote", async () => {
    const files = globSync(["/usr/share/**/*.{po,pot}", "node_modules/**/*.{po,pot}"]).sort().slice(0, 100);
    let count = 0;
    for (const file of files) {
      const source = await readFile(file, "utf8");
      const entries = readPo(source);
      const { sections, emitter } = read(source, /^"Language: (\w\w)/m.exec(source)?.[1] ?? "es");
      const open = sections.flatMap(({ blocks }) => [...leavesOf(blocks)]).filter(({ segments }) => segments === undefined);
      const again = readPo(edited(source, emitter.edits(open, WRITING).edits));
      expect(
        again.map(({ id }) => id.value),
        file,
      ).to.deep.equal(entries.map(({ id }) => id.value));
      count += open.length;
    }
    console.log(`      ${files.length} files, ${count} of their texts set`);
  });
});
