import { compose, framesOf, PLAIN } from "../make/compose.ts";
import { heading, inner, list, onePage, paragraph, pdfSample } from "../make/sample.ts";
import { paragraphs, sentences } from "../prose.ts";
import type { Item, Sample, Unit } from "../truth.ts";

const items = (marks: readonly string[], texts: readonly string[]): Item[] =>
  marks.map((mark, index) => ({ mark, text: texts[index] ?? "" }));

const BULLETS = items(
  ["•", "•", "•", "•"],
  ["fresh bread and butter", "two jars of honey from the upper village", ...sentences("en", 2, 5)],
);
const SPIEGEL = items(["–", "–", "–"], sentences("de", 3, 1));
const NUMBERED = items(["1.", "2.", "3.", "4."], sentences("en", 4, 2));
const PARENTHESES = items(["1)", "2)", "3)"], sentences("fr", 3));
const NESTED: Item[] = [
  {
    mark: "1.",
    text: "Open the main valve",
    items: items(["a)", "b)"], ["turn the wheel slowly to the left", "wait until the needle stands still"]),
  },
  {
    mark: "2.",
    text: "Fill the boiler",
    items: items(["a)", "b)", "c)"], ["use rain water only", "stop at the red line", "close the lid"]),
  },
  { mark: "3.", text: "Light the fire and call the engineer" },
];
const NESTED_BULLETS: Item[] = [
  { mark: "•", text: "Herramientas", items: items(["–", "–"], ["un martillo de madera", "tres limas finas"]) },
  {
    mark: "•",
    text: "Materiales",
    items: [{ mark: "–", text: "barro rojo", items: items(["•"], ["secado al aire durante cuatro semanas"]) }],
  },
  { mark: "•", text: "Ropa que se pueda manchar" },
];
const ROMAN = items(["i.", "ii.", "iii.", "iv."], sentences("es", 4));

/** Clauses whose numbers begin anywhere, with letters within; a space or a hanging indent behind the number. */
function clauses(id: string, language: string, from: number, clauseMarks: readonly string[]): Sample {
  return pdfSample({ id, kind: "clauses", language }, (book) => {
    const ink = book.page();
    const texts = sentences(language, clauseMarks.length + 2, from);
    const all = items(clauseMarks, texts);
    const last = all.length - 1;
    const units: Unit[] = [
      ...paragraphs(language, 1, 3).map(paragraph),
      list(...all.slice(0, last), { ...(all[last] as Item), items: items(["a)", "b)"], texts.slice(-2)) }),
    ];
    compose(units, framesOf(ink, inner(ink)), { ...PLAIN, parting: "space" });
    // Numbers of sections may be marks of a list, or stand in its text.
    return { units, ...(clauseMarks[0]?.match(/\d\.\d/) && { open: ["lists"] }) };
  });
}

/** Contents: a line each, its page number at the right edge behind dots. */
function contents(
  id: string,
  language: string,
  title: string,
  entries: readonly (readonly [number: string, text: string, page: string])[],
  leader = ".",
): Sample {
  return pdfSample({ id, kind: "contents", language }, (book) => {
    const ink = book.page();
    const type = { family: "serif", size: 11 } as const;
    ink.text(title, 72, 90, { ...type, size: 18, bold: true });
    let y = 130;
    for (const [number, text, page] of entries) {
      const x = 72 + (number.split(".").length - 1) * 18;
      const shown = number ? `${number}  ${text}` : text;
      ink.text(shown, x, y, type);
      const right = ink.width - 72 - ink.measure(page, type);
      const start = x + ink.measure(shown, type) + 4;
      const dots = Math.floor((right - 6 - start) / ink.measure(leader, type));
      if (leader !== " ") ink.text(leader.repeat(dots), start, y, type);
      ink.text(page, right, y, type);
      y += 17;
    }
    return {
      units: [heading(title, 1), ...entries.map(([number, text, page]) => paragraph(`${number} ${text} ${page}`.trim()))],
      open: ["tables", "lists"],
    };
  });
}

/** Spanish or Italian lines that begin with a word of one letter, as marks do. */
function lineBegins(id: string, language: string, lines: readonly string[]): Sample {
  return pdfSample({ id, kind: "words like marks", language }, (book) => {
    const ink = book.page();
    for (const [index, line] of lines.entries()) ink.text(line, 72, 90 + index * 15, { family: "serif", size: 11.5 });
    return { units: [paragraph(lines.join(" "))] };
  });
}

export const LISTS: readonly Sample[] = [
  onePage({ id: "list-bullets", kind: "lists" }, [
    ...paragraphs("en", 1).map(paragraph),
    list(...BULLETS),
    ...paragraphs("en", 1, 4).map(paragraph),
  ]),
  onePage({ id: "list-dashes-de", kind: "lists", language: "de" }, [...paragraphs("de", 1, 2).map(paragraph), list(...SPIEGEL)], {
    family: "sans",
  }),
  onePage({ id: "list-numbered", kind: "lists" }, [
    ...paragraphs("en", 1, 1).map(paragraph),
    list(...NUMBERED),
    ...paragraphs("en", 1, 6).map(paragraph),
  ]),
  onePage({ id: "list-parentheses-fr", kind: "lists", language: "fr" }, [...paragraphs("fr", 1, 1).map(paragraph), list(...PARENTHESES)], {
    size: 9.5,
  }),
  onePage({ id: "list-roman-es", kind: "lists", language: "es" }, [...paragraphs("es", 1, 2).map(paragraph), list(...ROMAN)]),
  onePage({ id: "list-nested-letters", kind: "lists" }, [...paragraphs("en", 1, 3).map(paragraph), list(...NESTED)]),
  onePage({ id: "list-nested-bullets-es", kind: "lists", language: "es" }, [
    ...paragraphs("es", 1, 4).map(paragraph),
    list(...NESTED_BULLETS),
  ]),
  onePage({ id: "list-alone", kind: "lists" }, [list(...items(["•", "•", "•"], ["salt", "flour", "yeast"]))]),
  clauses("clauses-from-7", "en", 1, ["7.", "8.", "9."]),
  clauses("clauses-from-21-es", "es", 0, ["21.", "22.", "23.", "24."]),
  clauses("clauses-sections", "de", 0, ["3.1", "3.2", "3.3"]),
  clauses("clauses-paragraph-signs", "de", 2, ["(4)", "(5)", "(6)"]),
  contents("contents-dots", "en", "Contents", [
    ["1", "The ferry and its crew", "5"],
    ["1.1", "Timetables since the war", "7"],
    ["1.2", "What a crossing costs", "12"],
    ["2", "Storms", "31"],
    ["2.1", "The night of the broken mast", "33"],
    ["3", "Sources", "58"],
  ]),
  contents("contents-dots-fr", "fr", "Table des matières", [
    ["", "Avant-propos", "3"],
    ["", "La vallée et ses moulins", "9"],
    ["", "Les ponts emportés par les crues", "27"],
    ["", "Index des noms", "114"],
  ]),
  contents(
    "contents-without-dots",
    "es",
    "Índice",
    [
      ["1", "El molino", "4"],
      ["2", "La acequia", "18"],
      ["2.1", "El reparto del agua", "22"],
      ["3", "La cosecha", "40"],
    ],
    " ",
  ),
  lineBegins("line-begins-with-y", "es", [
    "La escuela ofrece cursos de verano de cerámica, de pintura al óleo",
    "y de guitarra para quienes viven en el barrio. Las plazas son pocas",
    "o ninguna cuando llega septiembre.",
  ]),
  lineBegins("line-begins-with-e-it", "it", [
    "La cooperativa raccoglie le castagne, prepara la farina per il paese",
    "e la vende alla fiera. Ogni famiglia riceve una parte del guadagno",
    "a Natale, quando i conti sono chiusi.",
  ]),
  lineBegins("line-begins-with-number", "en", [
    "The old mill on the northern bank of the river was sold to a baker in",
    "1893. Nobody had wanted to live beside the wheel, and the price was only",
    "12. It was counted out in silver on the kitchen table.",
  ]),
];
