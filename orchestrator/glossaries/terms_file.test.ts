import { expect } from "chai";
import fc from "fast-check";
import { GlossaryFormat } from "../../gen/dragoman/v1/glossary_service_pb.ts";
import type { DragomanError } from "../../platform/errors.ts";
import { termsOfFile } from "./terms_file.ts";

const { UNSPECIFIED: ANY, CSV, TSV, TBX } = GlossaryFormat;
const EN_ES = { source: "en", target: "es" };

/** The terms as "source→target", with what else is said of them. */
function read(text: string, format: GlossaryFormat = ANY, languages = EN_ES): string[] {
  return termsOfFile(text, format, languages).terms.map(({ source, target, note, caseSensitive, exact }) =>
    [`${source}→${target}`, note && `(${note})`, caseSensitive && "case", exact && "exact"].filter(Boolean).join(" "),
  );
}

function refused(text: string, format: GlossaryFormat = ANY): string {
  try {
    return `read ${read(text, format).length}`;
  } catch (error) {
    return (error as DragomanError).detail.violations[0]?.description ?? String(error);
  }
}

const concept = (terms: string) => `<conceptEntry id="c">${terms}</conceptEntry>`;
const section = (language: string, ...terms: string[]) =>
  `<langSec xml:lang="${language}">${terms.map((term) => `<termSec>${term}</termSec>`).join("")}</langSec>`;
const tbx = (...concepts: string[]) =>
  `<?xml version="1.0"?><tbx style="dca" type="TBX-Core" xml:lang="en" xmlns="urn:iso:std:iso:30042:ed-2"><text><body>${concepts.join("\n")}</body></text></tbx>`;

describe("a table of terms", () => {
  it("has source, target and note, with commas, semicolons or tabs between", () => {
    for (const separator of [",", ";", "\t"])
      expect(read(`server${separator}servidor${separator}IT\n\nmail${separator}correo\n`)).to.deep.equal([
        "server→servidor (IT)",
        "mail→correo",
      ]);
  });
  it("may name its columns, the languages by their codes", () => {
    expect(read("es;en;Case Sensitive;exact\nservidor;server;yes;\ncorreo;mail;no;x")).to.deep.equal([
      "server→servidor case",
      "mail→correo exact",
    ]);
    expect(read("Source,do_not_translate\nOpen Door,true\nmail,false")).to.deep.equal(["Open Door→", "mail→"]);
  });
  it("may name the languages with regions or without, and the source that is not known yet", () => {
    expect(read("es-ES,en-GB\nservidor,server")).to.deep.equal(["server→servidor"]);
    expect(read("en,es\nserver,servidor", ANY, { source: "en-GB", target: "es-MX" })).to.deep.equal(["server→servidor"]);
    expect(read("es,en\nservidor,server", ANY, { source: "", target: "en" })).to.deep.equal(["servidor→server"]);
    expect(read("en,es\nserver,servidor", ANY, { source: "", target: "en" })).to.deep.equal(["servidor→server"]);
    expect(read("is,no\nserver,servidor", ANY, { source: "", target: "es" })).to.deep.equal(["is→no", "server→servidor"]);
  });
  it("has quoted fields, a byte order mark, and lines as Windows ends them", () => {
    expect(read('\ufeffsource,target\r\n"a, ""b""","c, d"\r\n')).to.deep.equal(['a, "b"→c, d']);
  });
  it("has quotation marks as they are between tabs", () => {
    expect(read('5" disk\tdisco de 5"\n"big\tgrande', TSV)).to.deep.equal(['5" disk→disco de 5"', '"big→grande']);
  });
  it("has the separators that its caller says, whatever it looks like", () => {
    expect(read("a,b\tc", TSV)).to.deep.equal(["a,b→c"]);
    expect(read("a\t,b", CSV)).to.deep.equal(["a→b"]);
  });
  for (const [why, text, said] of [
    ["a source that comes again", "a,b\nc,d\na,e", "has the source of line 1 in line 3 again"],
    ["no source", "a,b\n,d", "has no term in line 2"],
    ["too much", `a,${"b".repeat(201)}`, "has no term in line 1"],
    ["a flag that says nothing", "source,target,exact\na,b,perhaps", "says neither yes nor no in line 2"],
    ["more fields than columns", "a,b,c,d", "has more fields in line 1 than columns"],
    ["an open quotation", 'a,b\n"c,d', "is no table: line"],
  ] as const)
    it(`is refused for ${why}, by the line and without its words`, () => {
      expect(refused(text)).to.match(new RegExp(`^${said}`));
    });
});

describe("TBX", () => {
  it("is read as of 2019 and of 2008", () => {
    expect(read(tbx(concept(section("en", "<term>server</term>") + section("es", "<term>servidor</term>"))))).to.deep.equal([
      "server→servidor",
    ]);
    const martif =
      '<martif type="TBX" xml:lang="en"><text><body><termEntry id="1"><note>IT</note><langSet xml:lang="en"><tig><term>server</term></tig></langSet>' +
      '<langSet xml:lang="es"><ntig><termGrp><term>servidor</term></termGrp></ntig></langSet></termEntry></body></text></martif>';
    expect(read(martif)).to.deep.equal(["server→servidor (IT)"]);
  });
  it("gives each term of the source language the preferred one of the target language", () => {
    const status = (of: string) => `<termNote type="administrativeStatus">${of}-admn-sts</termNote>`;
    const es = section(
      "es",
      `<term>ordenata</term>${status("deprecatedTerm")}`,
      "<term>ordenador</term>",
      `<term>computadora</term>${status("preferredTerm")}`,
    );
    const en = section("en", "<term>computer</term>", '<term>PC</term><termNote type="partOfSpeech">noun</termNote>');
    expect(read(tbx(concept(en + es)))).to.deep.equal(["computer→computadora", "PC→computadora"]);
  });
  it("finds a language in its regions", () => {
    expect(read(tbx(concept(section("en-US", "<term>color</term>") + section("es-ES", "<term>color</term>"))))).to.deep.equal([
      "color→color",
    ]);
  });
  it("tells how many concepts it left out", () => {
    const one = concept(section("en", "<term>bank</term>") + section("es", "<term>banco</term>"));
    const other = concept(section("en", "<term>bank</term>") + section("es", "<term>orilla</term>"));
    const { terms, skipped } = termsOfFile(tbx(one, other, concept(section("en", "<term>alone</term>"))), TBX, EN_ES);
    expect([terms.length, skipped]).to.deep.equal([1, 2]);
  });
  it("is refused where it is none, and expands nothing", () => {
    expect(refused("<a/>")).to.equal("is no TBX: it has no concept");
    expect(refused("<a>", TBX)).to.match(/^is not well-formed XML/);
    expect(refused("a,b", TBX)).to.match(/^is not well-formed XML/);
    expect(refused(`<!DOCTYPE x [<!ENTITY a "b">]>${tbx(concept(section("en", "<term>&a;</term>")))}`, TBX)).to.match(
      /^is not well-formed XML/,
    );
    expect(refused("<a>".repeat(200), TBX)).to.equal("is nested too deeply");
  });
});

describe("any file of terms", () => {
  it("is read or refused", () => {
    const unit = fc.constantFrom("a", ",", ";", "\t", "\n", "\r", '"', "<", ">", "/", "&", "term", "\ufeff", " ");
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 30 }), fc.constantFrom(ANY, CSV, TSV, TBX), (text, format) => {
        expect(refused(text, format)).to.match(/^(read \d|[a-z])/);
        expect(refused(text, format)).not.to.match(/^\w*Error/);
      }),
    );
  });
});
