import { columnsOf, compose, type Look, PLAIN } from "../make/compose.ts";
import type { PdfInk } from "../make/pdf_ink.ts";
import { apart, caption, heading, inner, onePage, paragraph, pdfSample } from "../make/sample.ts";
import { paragraphs, titles } from "../prose.ts";
import type { Sample, Unit } from "../truth.ts";

interface Book {
  readonly id: string;
  readonly kind: string;
  readonly language: string;
  readonly pages: number;
  readonly columns?: number;
  readonly look?: Partial<Look>;
  /** Of page `number`; nothing where there is none. */
  readonly head?: (number: number) => string;
  readonly foot?: (number: number) => string;
  /** Of page `number`, without their marks. */
  readonly note?: (number: number) => string;
  readonly from?: number;
}

/** Pages of running text between a head and a foot that repeat, with notes under a rule. */
function book({ id, kind, language, pages, columns = 1, look = {}, head, foot, note, from = 0 }: Book): Sample {
  return pdfSample({ id, kind, language }, (made) => {
    const set = { ...PLAIN, ...look };
    const body: Unit[] = [];
    const others: Unit[] = [];
    for (let number = 1; number <= pages; number++) {
      const ink = made.page();
      const texts = paragraphs(language, 2 * columns, from + (number - 1) * 2);
      if (note) texts[0] = markSentence(texts[0] ?? "", String(number));
      if (number === 1) body.push(heading(titles(language, 1, from)[0] ?? "", 1));
      const units: Unit[] = [...body.slice(number === 1 ? -1 : body.length), ...texts.map(paragraph)];
      const boxes = columnsOf({ ...inner(ink), y1: columns > 1 ? 250 : 640 }, columns, 16);
      compose(units, { next: () => withInk(ink, boxes.shift()) }, set);
      body.push(...texts.map(paragraph));
      others.push(...furniture(ink, number, { head, foot, note }));
    }
    return { units: [...body, ...others] };
  });
}

const withInk = (ink: PdfInk, box: ReturnType<typeof inner> | undefined) => box && { ink, box };

/** The mark stands behind the first stop or comma that ends no abbreviation. */
function markSentence(text: string, mark: string): string {
  return text.replace(/(\p{L}{4}[.,])( |$)/u, `$1{^${mark}}$2`);
}

function furniture(
  ink: PdfInk,
  number: number,
  { head, foot, note }: { head?: Book["head"]; foot?: Book["foot"]; note?: Book["note"] },
): Unit[] {
  const units: Unit[] = [];
  const type = { family: "serif", size: 9 } as const;
  if (head) {
    const [left = "", right = ""] = head(number).split("|");
    ink.text(left, 72, 44, { ...type, italic: true });
    if (right) ink.text(right, ink.width - 72 - ink.measure(right, type), 44, type);
    units.push(apart("header", `${left} ${right}`.trim()));
  }
  if (note) {
    ink.rule(72, 720, 190, 720);
    ink.text(String(number), 72, 730, { ...type, size: 6 });
    ink.text(note(number), 77, 733, type);
    units.push(apart("note", `${number} ${note(number)}`));
  }
  if (foot) {
    const text = foot(number);
    ink.text(text, (ink.width - ink.measure(text, type)) / 2, ink.height - 34, type);
    units.push(apart("footer", text));
  }
  return units;
}

export const FURNITURE: readonly Sample[] = [
  book({ id: "running-heads-en", kind: "running heads", language: "en", pages: 4, head: (page) => `Annals of the Valley|${page}` }),
  book({
    id: "running-heads-alternate-de",
    kind: "running heads",
    language: "de",
    pages: 4,
    head: (page) => (page % 2 ? "Hafen und Küste" : "Erstes Kapitel"),
    foot: String,
  }),
  book({ id: "page-numbers-of-total", kind: "running heads", language: "es", pages: 3, foot: (page) => `Página ${page} de 3` }),
  book({
    id: "running-heads-columns",
    kind: "running heads",
    language: "en",
    pages: 3,
    columns: 2,
    head: (page) => `Bulletin 14 (2019)|${page + 30}`,
    foot: () => "For members only",
    from: 4,
    look: { size: 9.5 },
  }),
  book({ id: "page-numbers-dashes", kind: "running heads", language: "fr", pages: 3, foot: (page) => `- ${page + 6} -` }),
  book({
    id: "footnotes-en",
    kind: "footnotes",
    language: "en",
    pages: 2,
    note: (page) => (page === 1 ? "From the diary of the harbour master, volume two." : "The bill was paid in the following year."),
  }),
  book({
    id: "footnotes-fr",
    kind: "footnotes",
    language: "fr",
    pages: 2,
    note: (page) => (page === 1 ? "Archives de la commune, carton 12." : "Voir la carte à la fin du volume."),
    foot: String,
    from: 1,
  }),
  book({
    id: "footnotes-and-heads-de",
    kind: "footnotes",
    language: "de",
    pages: 3,
    note: (page) => ["Siehe die Karte im Anhang.", "Nach den Akten des Vereins.", "Mündliche Auskunft."][page - 1] ?? "",
    head: (page) => `Jahrbuch der Küste|${page}`,
  }),
  onePage({ id: "captions-en", kind: "captions" }, [
    ...paragraphs("en", 1, 7).map(paragraph),
    caption("Figure 1: The loom in the largest room of the museum."),
    ...paragraphs("en", 1, 8).map(paragraph),
    caption("Figure 2: Low tide on the beach."),
    ...paragraphs("en", 1, 9).map(paragraph),
  ]),
  onePage({ id: "captions-de", kind: "captions", language: "de" }, [
    ...paragraphs("de", 2, 1).map(paragraph),
    caption("Abbildung 3: Die Schafe auf dem Marktplatz, aufgenommen vom Kirchturm."),
    ...paragraphs("de", 1, 3).map(paragraph),
  ]),
  onePage(
    { id: "captions-sans-es", kind: "captions", language: "es" },
    [caption("Ilustración 1. El torno del taller."), ...paragraphs("es", 2, 4).map(paragraph)],
    { family: "sans", pictureHeight: 160 },
  ),
];
