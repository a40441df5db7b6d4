import { expect } from "chai";
import fc from "fast-check";
import { upper } from "../../../../test/support/in_place.ts";
import { type Inline, plainText } from "../../document/model.ts";
import { fromTagged, toTagged } from "../../document/tagging.ts";
import { type Dialect, readMessage } from "./message.ts";
import { programsReason } from "./prose.ts";
import { writeMessage } from "./write_message.ts";

type Mapped = (content: readonly Inline[]) => readonly Inline[];

function translated(value: string, map: Mapped, dialect?: Dialect): string {
  const { parts } = readMessage(value, dialect);
  return writeMessage(value, new Map(parts.map(({ content }, index) => [index, map(content)])), dialect);
}

const same: Mapped = (content) => content;
const say =
  (text: string): Mapped =>
  () => [{ kind: "text", text }];

describe("values with placeholders", () => {
  const CASES: readonly (readonly [string, string])[] = [
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a placeholder of others.
    ["Hello {name}, you have {{count}} new of ${all} messages", "HELLO {name}, YOU HAVE {{count}} NEW OF ${all} MESSAGES"],
    ["%s sent %1$s to %(name)s: %d%% of %.2f, %@ and %ld", "%s SENT %1$s TO %(name)s: %d%% OF %.2f, %@ AND %ld"],
    ["It is 100% sure, 50 % off", "IT IS 100% SURE, 50 % OFF"],
    ["The :attribute must be at least :min_length: done", "THE :attribute MUST BE AT LEAST :min_length: DONE"],
    ["See: this, at 10:30, a::b", "SEE: THIS, AT 10:30, A::B"],
    ["$t(common.ok) and %{user} of #{x}", "$t(common.ok) AND %{user} OF #{x}"],
    ["Press @:common.ok, then @.lower:menu.open or @:(a.b).", "PRESS @:common.ok, THEN @.lower:menu.open OR @:(a.b)."],
    ["Write to help@example.org or see https://example.org/a?b=c.", "WRITE TO help@example.org OR SEE https://example.org/a?b=c."],
    ["Read <0>the terms</0> and <b>go <i>on</i></b><br/>now", "READ <0>THE TERMS</0> AND <b>GO <i>ON</i></b><br/>NOW"],
    ["Run <code>npm run build</code> in <dir>", "RUN <code>npm run build</code> IN <dir>"],
    [
      '<p>One <a href="/x" title="the rest">more</a></p><img alt="a pond" src="p">',
      '<p>ONE <a href="/x" title="THE REST">MORE</a></p><img alt="A POND" src="p">',
    ],
    ["<b>unclosed and </i>stray", "<b>UNCLOSED AND </i>STRAY"],
    [
      "<div translate=\"no\">x</div><span translate='no'>Acme</span> sells",
      "<div translate=\"no\">X</div><span translate='no'>Acme</span> SELLS",
    ],
    ["Terms &amp; conditions&nbsp;apply", "TERMS &amp; CONDITIONS&nbsp;APPLY"],
    ["caf&eacute;, caf\u00e9, na&iuml;ve", "CAF\u00c9, CAF\u00c9, NA\u00cfVE"],
    ["a &lt; b and &unknown; c", "A &lt; B AND &unknown; C"],
    ["Bits & pieces &amp; more", "BITS & PIECES &amp; MORE"],
    ["first\nsecond\r\n\tthird\n", "FIRST\nSECOND\r\n\tTHIRD\n"],
    ["{n, plural, one {# day} other {# days}}", "{n, plural, one {# DAY} other {# DAYS}}"],
    [
      "You have {n, plural, offset:1 =0 {none} one {# it''s <b>{name}</b> '{x}' message} other {# messages}} from {who, date, short}.",
      "YOU HAVE {n, plural, offset:1 =0 {NONE} one {# IT''S <b>{name}</b> '{x}' MESSAGE} other {# MESSAGES}} FROM {who, date, short}.",
    ],
    [
      "{g, select, female {{n, plural, one {her file} other {her # files}}} other {their files}}",
      "{g, select, female {{n, plural, one {HER FILE} other {HER # FILES}}} other {THEIR FILES}}",
    ],
    ["{n, selectordinal, one {#st place} other {#th place}}", "{n, selectordinal, one {#ST PLACE} other {#TH PLACE}}"],
  ];
  for (const [source, expected] of CASES)
    it(`keep all but the words of ${JSON.stringify(source)}`, () => {
      expect(translated(source, upper)).to.equal(expected);
      if (!source.includes("\u00e9")) expect(translated(source, same)).to.equal(source);
    });

  it("double apostrophes where Java's MessageFormat asks for it", () => {
    const java = { isJava: true };
    expect(plainText(readMessage("It''s {0} '{'x'}'", java).parts[0]?.content ?? [])).to.equal("It's {0} '{'x'}'");
    expect(translated("It''s {0}", same, java)).to.equal("It''s {0}");
    expect(translated("Water: {0}", (content) => [{ kind: "text", text: "L'eau: " }, ...content.slice(1)], java)).to.equal("L''eau: {0}");
    expect(translated("It's {0}", say("L'eau"), java)).to.equal("L'eau");
    expect(translated("It's here", say("L'eau"), java)).to.equal("L'eau");
    expect(translated("{name}, it''s here", say("l'eau"))).to.equal("l''eau");
  });
  it("quote what a translation has of ICU's own signs", () => {
    expect(translated("{n, plural, other {water}}", say("l'"))).to.equal("{n, plural, other {l''}}");
    expect(translated("{n, plural, other {water}}", say("l'eau {x} #1"))).to.equal("{n, plural, other {l'eau '{'x'}' '#'1}}");
  });
  it("go on over lines that are only wrapped, and are wrapped again", () => {
    const source =
      "This program comes with no warranty, to the extent that\nthe law permits, and you may copy it under its terms.\n  -h  help";
    expect(plainText(readMessage(source).parts[0]?.content ?? [])).to.equal(
      "This program comes with no warranty, to the extent that the law permits, and you may copy it under its terms.\n  -h  help",
    );
    expect(translated(source, same)).to.equal(source);
  });
  it("leave a message of plurals alone that is none", () => {
    expect(readMessage("{n, plural, one {# day}").isBroken).to.equal(true);
    expect(readMessage(`${"{a, plural, other {".repeat(5_000)}x`).isBroken).to.equal(true);
  });
  it("come back as they were, whatever they hold, if nothing is changed or every part is set anew", () => {
    const piece = fc.constantFrom(
      ...[
        "{n, plural, one {",
        "} other {",
        "}}",
        "<b>",
        "</b>",
        '<i title="a b">',
        "</i>",
        "<br>",
        "'",
        "''",
        "{0}",
        "{x}",
        "#",
        "%s",
        "%d%%",
      ],
      ...[
        "&amp;",
        "&",

        "\n",
        " ",
        "word ",
        "It's ",
        "<",
        ">",
        "{",
        "}",
        "http://a.b/c",
        "$t(a)",
        ":name",
        "é",
        "\\",
        '"',
        "<0/>",
      ],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 25 }), fc.boolean(), (pieces, isJava) => {
        const source = pieces.join("");
        const { parts } = readMessage(source, { isJava });
        const anew = translated(source, (content) => fromTagged(content, toTagged(content)), { isJava });
        const texts = (value: string) => readMessage(value, { isJava }).parts.map(({ content }) => toTagged(content));
        expect(texts(anew)).to.deep.equal(parts.map(({ content }) => toTagged(content)));
        expect(writeMessage(source, new Map(), { isJava })).to.equal(source);
        expect(translated(source, upper, { isJava }).toLowerCase()).to.equal(anew.toLowerCase());
      }),
      { numRuns: Number(process.env["RUNS"] ?? 2_000), seed: Number(process.env["SEED"] ?? 1) },
    );
  });
  it("are read in time that grows with their length alone", () => {
    const hostile = ["<a b='", "{", "''", "&amp", "<a ", "%", ":a", "{{a", "a@", "http://", "'{", "<b>", "\n"].map((piece) =>
      piece.repeat(20_000),
    );
    const start = performance.now();
    for (const value of hostile) readMessage(value, { isJava: true });
    expect(performance.now() - start).to.be.lessThan(4_000);
  });
});

describe("a value for programs", () => {
  const KEPT = [
    ..."https://example.org/a mailto:a@example.org //cdn.example.org/x.js www.example.org a@example.org #fff #1a2b3c rgb(1,2,3) var(--x) 12px 1.5rem".split(" "),
    ..."6b29fc40-ca47-1067-b31d-00dd010662da d41d8cd98f00b204e9800998ecf8427e sha512-Zm9vYmFyYmF6Zm9vYmFyYmF6 2026-11-26 2026-11-26T10:00:00Z PT15M".split(" "),
    ..."^1.2.3 v2.0.0-rc.1 >=18.0.0 en-US pt_BR true null text/html ./src/a.ts /usr/bin/x src/main/index @org/name C:\\temp\\x a/b/c.png logo.png".split(" "),
    ..."menu.file.open snake_case CONSTANT_NAME camelCase PascalCase btn-primary icon-home text-lg --main-color std::string %Y-%m-%d dd/MM/yyyy".split(" "),
    ..."SGVsbG8gV29ybGQhIFRoaXMgaXMgYmFzZTY0 .button #id doIt() 123 — … {0} ".trim().split(" "),
    "HH:mm", "MMMM d, y", "btn btn-primary mt-2", "rgba(0, 0, 0, 0.5)", ">= 18.0.0",
  ]; // biome-ignore format: tables
  for (const value of KEPT)
    it(`is ${value}`, () => {
      expect(programsReason(value, "key") ?? (readMessage(value).parts.length === 0 ? "atoms" : undefined)).to.be.a("string");
    });
  const READ = [
    ..."Open open OK FAQ Yes no and/or km/h Yes/No sign-up read-only well-known e-mail Add Sam iPhone? Internationalisation Save… naïve 保存 Größe".split(" "),
    "The garden is open.", "open the file", "Version 2.0", "Save as PDF", "See /usr/share for more", "Mr. Smith", "5 items", "#1 choice", "true love", "a.m.",
    "Call us: +1 555 123", "Hello, {name}", "on/off", "Add all", "Date: dd/MM/yyyy",
  ]; // biome-ignore format: tables
  for (const value of READ)
    it(`is not ${value}`, () => {
      expect(programsReason(value, "key")).to.equal(undefined);
    });
  it("is a name by its key, unless it begins as words of people do", () => {
    expect(programsReason("button", "type")).to.be.a("string");
    expect(programsReason("Button", "type")).to.equal(undefined);
    expect(programsReason("Open the door", "icon")).to.equal(undefined);
  });
});

describe("values that are written anew", () => {
  it("get no tags that their source lacks, where it has tags", () => {
    expect(translated("<b>One</b> more", say("<img src=x onerror=alert(1)> 2 < 3"))).to.equal("&lt;img src=x onerror=alert(1)> 2 < 3");
    expect(translated("One more", say("2 <b 3"))).to.equal("2 <b 3");
  });
});

describe("long rows of one sign", () => {
  const LONG: readonly (readonly [string, () => unknown])[] = [
    ["a selector that is none", () => programsReason(`.a${" .a".repeat(60)}!`, "")],
    ["a brace and blanks", () => readMessage(`a {${" ".repeat(200_000)}b`)],
    ["blanks in a translation", () => translated("a", say(`b${" ".repeat(200_000)}c`))],
  ];
  for (const [name, read] of LONG)
    it(`are read in little time: ${name}`, function () {
      this.timeout(1_500);
      read();
    });
});
