import { apart, heading, list, paragraph, table } from "../make/sample.ts";
import { paragraphs, sentences, titles } from "../prose.ts";
import type { Family, Sample, Truth, Unit } from "../truth.ts";

interface TextFacts {
  readonly id: string;
  readonly kind: string;
  readonly language?: string;
  readonly extension?: string;
  readonly encode?: (text: string) => Uint8Array;
}

function file(family: Family, facts: TextFacts, text: string, truth: Truth): Sample {
  const { id, kind, language = "en", extension = family === "markdown" ? "md" : "txt", encode = Buffer.from } = facts;
  return {
    ...{ id, kind, language, family, quick: true, fileName: `${id}.${extension}` },
    make: async () => ({ bytes: encode(text), truth }),
  };
}

const plain = (facts: TextFacts, text: string, units: readonly Unit[], truth: Partial<Truth> = {}) =>
  file("text", facts, text, { units, ...truth });
const markdown = (facts: TextFacts, text: string, units: readonly Unit[], truth: Partial<Truth> = {}) =>
  file("markdown", facts, text, { units, ...truth });
/** What looks like text, and is of a type of its own. */
const other = (id: string, extension: string, text: string, units: readonly Unit[]) =>
  file("text", { id, kind: "other types", extension }, text, { units });
/** What looks like text, and is of a type that is not read. */
const refused = (id: string, extension: string, text: string) =>
  file("text", { id, kind: "other types", extension }, text, { units: [], refused: ["UNSUPPORTED_FILE_TYPE"] });

const lines = (text: string): Unit[] =>
  text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map(paragraph);

/** `text` with lines of at most `width` letters, as mail programs break them. */
function wrapped(text: string, width: number): string {
  return text
    .split(" ")
    .reduce((all, word) => (all.length - all.lastIndexOf("\n") + word.length > width ? `${all}\n${word}` : `${all} ${word}`));
}

function utf16(littleEndian: boolean, mark: boolean): (text: string) => Uint8Array {
  return (text) => {
    const bytes = Buffer.from(`${mark ? "\ufeff" : ""}${text}`, "utf16le");
    return littleEndian ? bytes : bytes.swap16();
  };
}

/** Windows-1252 where it is more than Latin-1. */
const CP1252: Readonly<Record<string, number>> = {
  "€": 0x80,
  "„": 0x84,
  "…": 0x85,
  "‘": 0x91,
  "’": 0x92,
  "“": 0x93,
  "”": 0x94,
  "–": 0x96,
  "—": 0x97,
};
const cp1252 = (text: string) => Uint8Array.from(text, (letter) => CP1252[letter] ?? letter.charCodeAt(0));

const [EN = "", EN2 = ""] = paragraphs("en", 2, 3);
const [ES = ""] = paragraphs("es", 1, 1);
const [DE = ""] = paragraphs("de", 1, 1);
const [FR = ""] = paragraphs("fr", 1, 0);
const QUOTED = "The “old” harbour — the one with the crane — costs €3.50 a day… It’s open until ten.";
const ADDRESS = "Käthe Sommer\nLindenweg 8a\n88131 Lindau";
const VERSE = "The tide comes in, the tide goes out,\nthe gulls complain, the children shout,\nand nobody asks what it is about.";
const STEPS = "1. Boil the water.\n2. Warm the pot.\n3. Wait four minutes.";
const CODE = "    if lamp.is_out():\n        lamp.light()";
const COLUMNS = "Boat        Berth   Length\nMarigold    14      9.50\nSwift       3       12.25";

const ENCODED: readonly Sample[] = [
  plain({ id: "text-utf8-bom", kind: "encodings", language: "de" }, `\ufeff${DE}\n`, [paragraph(DE)]),
  plain({ id: "text-utf16-le", kind: "encodings", language: "es", encode: utf16(true, true) }, `${ES}\n`, [paragraph(ES)]),
  plain({ id: "text-utf16-be", kind: "encodings", encode: utf16(false, true) }, `${EN}\n`, [paragraph(EN)]),
  plain({ id: "text-utf16-without-mark", kind: "encodings", encode: utf16(true, false) }, `${EN2}\n`, [paragraph(EN2)]),
  plain({ id: "text-latin1-fr", kind: "encodings", language: "fr", encode: (text) => Buffer.from(text, "latin1") }, `${FR}\n`, [
    paragraph(FR),
  ]),
  plain({ id: "text-cp1252", kind: "encodings", encode: cp1252 }, `${QUOTED}\n`, [paragraph(QUOTED)]),
  plain({ id: "text-crlf", kind: "encodings" }, `${EN}\r\n\r\n${EN2}\r\n`, [EN, EN2].map(paragraph)),
];

const PLAIN_TEXTS: readonly Sample[] = [
  plain({ id: "text-wrapped-72", kind: "plain text" }, `${wrapped(EN, 72)}\n\n${wrapped(EN2, 72)}\n`, [EN, EN2].map(paragraph)),
  plain({ id: "text-wrapped-40-es", kind: "plain text", language: "es" }, `${wrapped(ES, 40)}\n`, [paragraph(ES)]),
  plain({ id: "text-long-lines", kind: "plain text", language: "de" }, `${DE}\n${paragraphs("de", 1, 3)[0]}\n`, [
    paragraph(DE),
    ...paragraphs("de", 1, 3).map(paragraph),
  ]),
  plain({ id: "text-address", kind: "lines that mean something" }, `${ADDRESS}\n\n${wrapped(EN, 60)}\n`, [
    ...lines(ADDRESS),
    paragraph(EN),
  ]),
  plain({ id: "text-verse", kind: "lines that mean something" }, `${VERSE}\n`, lines(VERSE)),
  plain({ id: "text-steps", kind: "lines that mean something" }, `Making tea:\n${STEPS}\n`, [paragraph("Making tea:"), ...lines(STEPS)]),
  plain({ id: "text-code", kind: "lines that mean something" }, `${EN}\n\n${CODE}\n\n${EN2}\n`, [
    paragraph(EN),
    { kind: "code", text: CODE },
    paragraph(EN2),
  ]),
  plain({ id: "text-columns", kind: "lines that mean something" }, `${COLUMNS}\n`, lines(COLUMNS)),
];

const [TITLE = "", SECTION = ""] = titles("en", 2, 5);
const MARKED: readonly Sample[] = [
  markdown({ id: "md-headings", kind: "Markdown blocks" }, `# ${TITLE}\n\n${EN}\n\n${SECTION}\n---\n\n${EN2}\n\n##### Sources ###\n`, [
    heading(TITLE, 1),
    paragraph(EN),
    heading(SECTION, 2),
    paragraph(EN2),
    heading("Sources", 5),
  ]),
  markdown(
    { id: "md-nested-lists", kind: "Markdown lists" },
    "3. Copper\n4. Tin\n   - from Cornwall\n   - from Saxony\n     1. old mines\n5. Zinc\n\n* salt\n* pepper\n",
    [
      list(
        { mark: "3.", text: "Copper" },
        {
          mark: "4.",
          text: "Tin",
          items: [
            { mark: "-", text: "from Cornwall" },
            { mark: "-", text: "from Saxony", items: [{ mark: "1.", text: "old mines" }] },
          ],
        },
        { mark: "5.", text: "Zinc" },
      ),
      list({ mark: "*", text: "salt" }, { mark: "*", text: "pepper" }),
    ],
  ),
  markdown({ id: "md-tasks-es", kind: "Markdown lists", language: "es" }, "- [x] pagar el recibo\n- [ ] llamar al fontanero\n", [
    list({ mark: "-", text: "pagar el recibo" }, { mark: "-", text: "llamar al fontanero" }),
  ]),
  markdown({ id: "md-list-loose-de", kind: "Markdown lists", language: "de" }, `1) ${DE}\n\n2) Zweiter Punkt\n`, [
    list({ mark: "1)", text: DE }, { mark: "2)", text: "Zweiter Punkt" }),
  ]),
  markdown(
    { id: "md-table", kind: "Markdown tables" },
    "| Boat | Berth | Length |\n|:-----|:-:|-----:|\n| *Marigold* | 14 | 9.50 |\n| Swift | | 12.25 |\n",
    [table(["Boat", "Berth", "Length"], ["Marigold", "14", "9.50"], ["Swift", "", "12.25"])],
  ),
  markdown(
    { id: "md-table-bare-fr", kind: "Markdown tables", language: "fr" },
    `${FR}\n\nNom | Prix\n--- | ---\nPont \\| écluse | 12,50\nGare | \n`,
    [paragraph(FR), table(["Nom", "Prix"], ["Pont | écluse", "12,50"], ["Gare", ""])],
  ),
  markdown(
    { id: "md-links", kind: "Markdown inlines" },
    "Read [the **rules**](https://example.org/rules) and [the map][map], or ask.\n\n[map]: https://example.org/map 'Map'\n",
    [paragraph("Read the rules and the map, or ask."), apart("margin", "Map")],
    {
      links: [
        { text: "the rules", to: "https://example.org/rules" },
        { text: "the map", to: "https://example.org/map" },
      ],
    },
  ),
  markdown(
    { id: "md-emphasis", kind: "Markdown inlines" },
    "The ***old*** `harbour()` is _quiet_, ~~not~~ loud, 2 * 3 * 4 = 24 and snake_case_name stays.\n",
    [paragraph("The old harbour() is quiet, not loud, 2 * 3 * 4 = 24 and snake_case_name stays.")],
  ),
  markdown({ id: "md-hard-breaks", kind: "Markdown inlines" }, "Käthe Sommer  \nLindenweg 8a\\\n88131 Lindau\n", lines(ADDRESS)),
  markdown({ id: "md-image", kind: "Markdown inlines" }, `![The loom in use](loom.jpg "Loom")\n\n${EN}\n`, [
    paragraph("The loom in use"),
    apart("margin", "Loom"),
    paragraph(EN),
  ]),
  markdown({ id: "md-code", kind: "Markdown blocks" }, "Run this:\n\n```sh\nmake tea # slowly\n```\n\n    old_style()\n\nDone.\n", [
    paragraph("Run this:"),
    { kind: "code", text: "make tea # slowly" },
    { kind: "code", text: "old_style()" },
    paragraph("Done."),
  ]),
  markdown(
    { id: "md-quotes", kind: "Markdown blocks" },
    `> ${EN}\n>\n> > ${sentences("en", 1, 6)[0]}\n\n***\n\n${EN2}\n`,
    [EN, sentences("en", 1, 6)[0] ?? "", EN2].map(paragraph),
  ),
];

const OTHERS: readonly Sample[] = [
  other(
    "other-html",
    "html",
    "<!doctype html>\n<html><head><title>The harbour</title></head><body><p>The boats leave at seven.</p></body></html>\n",
    [paragraph("The boats leave at seven.")],
  ),
  other("other-html-named-txt", "txt", "<html><body><h1>The harbour</h1><p>The boats leave at seven.</p></body></html>\n", [
    heading("The harbour", 1),
    paragraph("The boats leave at seven."),
  ]),
  refused("other-xml", "xml", '<?xml version="1.0"?>\n<boats><boat name="Marigold">The oldest one</boat></boats>\n'),
  refused("other-rtf", "rtf", "{\\rtf1\\ansi{\\fonttbl\\f0 Times;}\\f0\\pard The boats leave at seven.\\par}"),
  other("other-json", "json", '{\n  "boats": [{ "name": "Marigold", "text": "The oldest boat of the harbour." }]\n}\n', [
    table(["boats.0.name", "Marigold"], ["boats.0.text", "The oldest boat of the harbour."]),
  ]),
  other(
    "other-srt",
    "srt",
    "1\n00:00:02,000 --> 00:00:04,500\nThe boats leave at seven.\n\n2\n00:00:05,000 --> 00:00:07,000\nNobody is late.\n",
    lines("The boats leave at seven.\nNobody is late."),
  ),
];

export const TEXTS: readonly Sample[] = [...ENCODED, ...PLAIN_TEXTS, ...MARKED, ...OTHERS];
