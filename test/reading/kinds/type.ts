import { PDFString } from "pdf-lib";
import type { QuarterTurn } from "../../../worker/engine/document/geometry.ts";
import { columnsOf, compose, framesOf, PLAIN, setText } from "../make/compose.ts";
import type { Type } from "../make/ink.ts";
import { heading, inner, onePage, paragraph, pdfSample } from "../make/sample.ts";
import { paragraphs, sentences, titles } from "../prose.ts";
import type { Sample, Unit } from "../truth.ts";

const SERIF: Type = { family: "serif", size: 11 };
const SANS: Type = { family: "sans", size: 11 };

interface Turned {
  readonly drawn?: QuarterTurn;
  readonly rotate?: QuarterTurn;
  readonly language?: string;
}

function turned({ drawn = 0, rotate = 0, language = "en" }: Turned): Sample {
  return pdfSample({ id: `turned-drawn-${drawn}-rotate-${rotate}`, kind: "turned pages", language }, (book) => {
    const ink = book.page({ drawn, rotate, width: 842, height: 595 });
    const units: Unit[] = [
      heading(titles(language, 1, 3)[0] ?? "", 1),
      ...paragraphs(language, 3, drawn / 90 + rotate / 90).map(paragraph),
    ];
    compose(units, framesOf(ink, inner(ink)), PLAIN);
    return { units };
  });
}

/** The first letter as high as two or three lines. */
function dropCap(id: string, language: string, type: Type, lines: 2 | 3, from = 0): Sample {
  return pdfSample({ id, kind: "drop caps", language }, (book) => {
    const ink = book.page();
    const [text = "", after = ""] = paragraphs(language, 2, from);
    const leading = type.size * 1.35;
    const big = { ...type, size: type.size * (lines === 2 ? 2.75 : 4.1), bold: true };
    const width = ink.measure(text.charAt(0), big) + 4;
    ink.text(text.charAt(0), 72, 90 + leading * (lines - 1), big);
    let rest = text.slice(1);
    for (let index = 0; rest; index++) {
      const indent = index < lines ? width : 0;
      const words = rest.split(" ");
      let count = words.length;
      while (count > 1 && ink.measure(words.slice(0, count).join(" "), type) > 400 - indent) count--;
      ink.text(words.slice(0, count).join(" "), 72 + indent, 90 + index * leading, type);
      rest = words.slice(count).join(" ");
    }
    compose([paragraph(after)], framesOf(ink, { x0: 72, y0: 90 + leading * 7, x1: 472, y1: 700 }), {
      ...PLAIN,
      size: type.size,
      family: "serif",
    });
    return { units: [paragraph(text), paragraph(after)] };
  });
}

/** Headings told from text by one property alone. */
function headings(id: string, language: string, look: "bold of one size" | "size alone" | "numbers" | "capitals"): Sample {
  return pdfSample({ id, kind: "headings", language }, (book) => {
    const ink = book.page();
    const texts = paragraphs(language, 3, 1);
    const heads = titles(language, 3).map((title, index) =>
      look === "numbers" ? `${index + 1} ${title}` : look === "capitals" ? title.toUpperCase() : title,
    );
    let y = 80;
    const units: Unit[] = [];
    for (const [index, text] of texts.entries()) {
      const head = heads[index] ?? "";
      const size = look === "size alone" ? 16 : 11;
      ink.text(head, 72, y + size, { ...SERIF, size, bold: look !== "size alone" && look !== "capitals" });
      y = setText(ink, text, { ...inner(ink), y0: y + size + 11 }, SERIF) + 14;
      units.push(heading(head, 1), paragraph(text));
    }
    return { units };
  });
}

function fakeBold(id: string, language: string, shift: number): Sample {
  return pdfSample({ id, kind: "fake bold", language }, (book) => {
    const ink = book.page();
    const [title = ""] = titles(language, 1, 2);
    const [text = ""] = paragraphs(language, 1, 4);
    for (const dx of [0, shift]) ink.text(title, 72 + dx, 96, { ...SANS, size: 16 });
    setText(ink, text, { ...inner(ink), y0: 120 }, SANS);
    return { units: [heading(title, 1), paragraph(text)] };
  });
}

/** Letters placed one by one, `apart` points further than their widths; no spaces are drawn. */
function letters(id: string, language: string, apart: number, family: "serif" | "sans"): Sample {
  return pdfSample({ id, kind: "letters one by one", language }, (book) => {
    const ink = book.page();
    const type = { ...SANS, family };
    const [text = ""] = paragraphs(language, 1, 3);
    let [x, y] = [72, 90];
    for (const word of text.split(" ")) {
      const width = [...word].reduce((sum, letter) => sum + ink.measure(letter, type) + apart, 0);
      if (x + width > 460) [x, y] = [72, y + 16];
      for (const letter of word) {
        ink.text(letter, x, y, type);
        x += ink.measure(letter, type) + apart;
      }
      x += ink.measure(" ", type) + apart;
    }
    return { units: [paragraph(text)] };
  });
}

function spacedTitle(id: string, language: string, spacing: number): Sample {
  return pdfSample({ id, kind: "letter-spaced titles", language }, (book) => {
    const ink = book.page();
    const title = (titles(language, 1, 4)[0] ?? "").toUpperCase();
    const texts = paragraphs(language, 2, 3);
    ink.show(title, 72, 100, { ...SERIF, size: 16 }, { letterSpacing: spacing });
    const end = setText(ink, texts[0] ?? "", { ...inner(ink), y0: 130 }, SERIF);
    setText(ink, texts[1] ?? "", { ...inner(ink), y0: end + 10 }, SERIF);
    return { units: [heading(title, 1), ...texts.map(paragraph)] };
  });
}

/** A narrow justified column of long words. */
function wideSpaces(id: string, language: string, width: number, text: string): Sample {
  return pdfSample({ id, kind: "wide spaces", language }, (book) => {
    const ink = book.page();
    setText(ink, text, { ...inner(ink), x1: 72 + width }, { ...SERIF, size: 10.5 }, "justify");
    return { units: [paragraph(text)] };
  });
}

/** Paragraphs over the ends of columns or pages, words broken there. */
function acrossPages(id: string, language: string, hyphen: string, fonts: "standard" | "embedded" = "standard"): Sample {
  return pdfSample({ id, kind: "across pages", language, fonts }, (book) => {
    const texts = paragraphs(language, 3, 1);
    const look = { ...PLAIN, size: 11, hyphen, align: "justify" as const };
    const frames = {
      next() {
        const ink = book.page({ width: 420, height: 132 });
        return { ink, box: inner(ink, 36) };
      },
    };
    compose(texts.map(paragraph), frames, look);
    return { units: texts.map(paragraph) };
  });
}

function acrossColumns(id: string, language: string, hyphen: string, count: number, fonts: "standard" | "embedded" = "standard"): Sample {
  return pdfSample({ id, kind: "across columns", language, fonts }, (book) => {
    const ink = book.page();
    const texts = paragraphs(language, count, 2);
    const box = { ...inner(ink, 60), y1: 60 + (count === 2 ? 130 : 150) };
    compose(texts.map(paragraph), framesOf(ink, ...columnsOf(box, count + 1, 16)), { ...PLAIN, size: 9.5, hyphen, align: "justify" });
    return { units: texts.map(paragraph) };
  });
}

/** Words that have a hyphen of their own, broken at it. */
function ownHyphens(id: string, lines: readonly string[], text: string, language: string): Sample {
  return pdfSample({ id, kind: "hyphens", language }, (book) => {
    const ink = book.page();
    for (const [index, line] of lines.entries()) ink.text(line, 72, 90 + index * 15, SERIF);
    return { units: [paragraph(text)] };
  });
}

function ligatures(id: string, language: string, text: string): Sample {
  return pdfSample({ id, kind: "ligatures", language, fonts: "embedded" }, (book) => {
    const ink = book.page();
    const shown = text.replaceAll("ffi", "\ufb03").replaceAll("fi", "\ufb01").replaceAll("fl", "\ufb02").replaceAll("ff", "\ufb00");
    setText(ink, shown, inner(ink), SERIF);
    return { units: [paragraph(text)] };
  });
}

function noteMarks(id: string, language: string, text: string, family: "serif" | "sans"): Sample {
  return pdfSample({ id, kind: "note marks", language }, (book) => {
    const ink = book.page();
    setText(ink, text, inner(ink), { ...SANS, family });
    return { units: [paragraph(text)] };
  });
}

/** Links over words of a line. */
function links(id: string, language: string, before: string, text: string, after: string, to: string): Sample {
  return pdfSample({ id, kind: "links", language }, (book) => {
    const ink = book.page();
    ink.text(`${before} ${text} ${after}`, 72, 100, SERIF);
    const x = 72 + ink.measure(`${before} `, SERIF);
    const context = book.document.context;
    const annotation = context.obj({
      ...{ Type: "Annot", Subtype: "Link", Border: [0, 0, 0] },
      Rect: [x, ink.height - 103, x + ink.measure(text, SERIF), ink.height - 90],
      A: { Type: "Action", S: "URI", URI: PDFString.of(to) },
    });
    ink.page.node.addAnnot(context.register(annotation));
    const [more = ""] = paragraphs(language, 1, 2);
    setText(ink, more, { ...inner(ink), y0: 130 }, SERIF);
    return { units: [paragraph(`${before} ${text} ${after}`), paragraph(more)], links: [{ text, to }] };
  });
}

/** Lines that are short on purpose: they stay lines. */
function address(id: string, language: string, lines: readonly string[]): Sample {
  return pdfSample({ id, kind: "letters", language }, (book) => {
    const ink = book.page();
    for (const [index, line] of lines.entries()) ink.text(line, 72, 90 + index * 15, SERIF);
    const texts = paragraphs(language, 2, 2);
    let y = 90 + lines.length * 15 + 30;
    for (const text of texts) y = setText(ink, text, { ...inner(ink), y0: y }, SERIF) + 10;
    return { units: [...lines, ...texts].map(paragraph) };
  });
}

export const TYPE: readonly Sample[] = [
  turned({ rotate: 90 }),
  turned({ rotate: 180, language: "es" }),
  turned({ rotate: 270, language: "de" }),
  turned({ drawn: 90, language: "fr" }),
  turned({ drawn: 270 }),
  turned({ drawn: 180 }),
  turned({ drawn: 90, rotate: 270 }),
  turned({ drawn: 270, rotate: 90, language: "es" }),
  dropCap("drop-cap-two-lines", "en", { family: "serif", size: 12 }, 2, 1),
  dropCap("drop-cap-three-lines-de", "de", { family: "serif", size: 11 }, 3, 1),
  dropCap("drop-cap-sans-es", "es", { family: "sans", size: 11 }, 2, 4),
  headings("headings-bold", "en", "bold of one size"),
  headings("headings-size", "fr", "size alone"),
  headings("headings-numbered", "de", "numbers"),
  headings("headings-capitals", "es", "capitals"),
  fakeBold("fake-bold-near", "en", 0.3),
  fakeBold("fake-bold-wide-de", "de", 0.8),
  letters("letters-one-by-one-sans", "en", 1.2, "sans"),
  letters("letters-one-by-one-serif-es", "es", 0.5, "serif"),
  letters("letters-one-by-one-exact-de", "de", 0, "serif"),
  spacedTitle("letter-spaced-title-2pt", "en", 2),
  spacedTitle("letter-spaced-title-5pt-de", "de", 5),
  wideSpaces(
    "wide-spaces-en",
    "en",
    130,
    "Representatives responsible for international transportation infrastructure acknowledged considerable administrative difficulties throughout neighbouring municipalities.",
  ),
  wideSpaces(
    "wide-spaces-de",
    "de",
    160,
    "Die Straßenverkehrsordnung verpflichtet sämtliche Fahrzeughalter zur regelmäßigen Überprüfung aller sicherheitsrelevanten Einrichtungen einschließlich der Beleuchtungsanlage.",
  ),
  acrossPages("across-pages-hyphen", "en", "-"),
  acrossPages("across-pages-u2010-de", "de", "\u2010", "embedded"),
  acrossPages("across-pages-es", "es", "-"),
  acrossColumns("across-columns-hyphen", "en", "-", 2),
  acrossColumns("across-columns-u2010-fr", "fr", "\u2010", 3, "embedded"),
  acrossColumns("across-columns-es", "es", "-", 3),
  ownHyphens(
    "own-hyphens",
    [
      "The well-known harbour-master wrote a history of the years 1914-",
      "1918 and a shorter one, with many pictures, of the old Anglo-",
      "Danish fishing fleet, in which his great-grandfather had served.",
    ],
    "The well-known harbour-master wrote a history of the years 1914-1918 and a shorter one, with many pictures, of the old Anglo-Danish fishing fleet, in which his great-grandfather had served.",
    "en",
  ),
  ownHyphens(
    "soft-hyphens",
    ["Der Verein unterhält eine Werk\u00ad", "statt für alte Boote und eine Samm\u00ad", "lung von Seekarten."],
    "Der Verein unterhält eine Werkstatt für alte Boote und eine Sammlung von Seekarten.",
    "de",
  ),
  ligatures(
    "ligatures-en",
    "en",
    "The officer filled five baffling forms on the first floor of the office, and finally found the file about the efficient fishing fleet.",
  ),
  ligatures("ligatures-de", "de", "Die offene Fläche am Hafen ist häufig überflutet; die Schiffe finden fünf Anlegestellen flussaufwärts."),
  noteMarks(
    "note-mark-behind-number",
    "en",
    "The valley has 12,406{^3} inhabitants and 1,875{^4} houses, of which a third stand empty in winter.",
    "sans",
  ),
  noteMarks(
    "note-mark-behind-stop",
    "fr",
    "La récolte fut maigre.{^1} On vendit pourtant 3 250{^2} bouteilles au marché de la ville voisine.",
    "serif",
  ),
  noteMarks(
    "note-marks-of-signs",
    "de",
    "Der Preis beträgt 48,50{^*} Euro für Mitglieder und 62,00{^†} Euro für alle anderen Gäste.",
    "serif",
  ),
  links("link-in-a-sentence", "en", "Please read", "the rules of the house", "before you come.", "https://example.org/rules"),
  links("link-address-de", "de", "Der Fahrplan steht unter", "www.example.org", "im Netz.", "https://www.example.org/"),
  address("letter-en", "en", ["Ms. Clara Whitfield", "Old Mill Lane 27", "Harbour End HE4 9ZT"]),
  address("letter-de", "de", ["Frau Käthe Sommer", "Lindenweg 8a", "88131 Lindau"]),
  onePage({ id: "indented-paragraphs-serif", kind: "indented paragraphs" }, paragraphs("en", 4, 5).map(paragraph), {
    parting: "indent",
    align: "justify",
    size: 11,
  }),
  onePage({ id: "indented-paragraphs-es", kind: "indented paragraphs", language: "es" }, paragraphs("es", 4, 1).map(paragraph), {
    parting: "indent",
    family: "sans",
  }),
  onePage({ id: "code-in-text", kind: "code" }, [
    paragraph(sentences("en", 1, 9)[0] ?? ""),
    { kind: "code", text: "for (const lamp of lamps) {\n  lamp.light();\n}" },
    ...paragraphs("en", 1, 8).map(paragraph),
  ]),
];
