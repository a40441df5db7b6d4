import { onePage, paragraph, table } from "../make/sample.ts";
import { paragraphs, sentences } from "../prose.ts";
import type { Sample, Unit } from "../truth.ts";

const PEOPLE = table(
  ["Keeper", "Since", "Light", "Remarks"],
  ["Agnes", "1987", "Outer reef", "She writes down every ship and keeps the lamp clean."],
  ["Bernard", "", "Long bank", "He left in autumn."],
  ["Clara", "2003", "", "Her sister helps on Sundays, when the ferry does not run."],
  ["Dennis", "2011", "Sand spit", ""],
);
const LEUTE = table(
  ["Name", "Seit", "Ort", "Bemerkung"],
  ["Ulrike", "", "Lindau", "Sie leitet die Werkstatt und bildet zwei Lehrlinge aus."],
  ["Jörg", "1998", "", ""],
  ["Käthe", "2006", "Bregenz", "Nur an Werktagen."],
);
const FIGURES = table(
  ["Item", "Quantity", "Price", "Amount"],
  ["Copper wire, 2.5 mm", "1,200", "€0.85", "€1,020.00"],
  ["Junction boxes", "48", "€3.10", "€148.80"],
  ["Labour (hours)", "36.5", "€54.00", "€1,971.00"],
  ["Total", "", "", "€3,139.80"],
);
const CIFRAS = table(
  ["Provincia", "Habitantes", "Superficie", "Variación"],
  ["Soria", "88.884", "10.306", "-0,8 %"],
  ["Teruel", "134.176", "14.809", "+0,3 %"],
  ["Cuenca", "195.516", "17.140", "-1,2 %"],
);
export const SPANNED = table(
  ["Line", { text: "Departures", columns: 2 }, "Fare"],
  ["12", "06:40", "18:15", "2.30"],
  [{ text: "14", rows: 2 }, "07:05", "19:20", "2.80"],
  ["08:25", "20:50", "3.10"],
  ["27", { text: "on request only", columns: 2 }, "5.00"],
);
const ANSWERS = table(
  ["Question", "Answer"],
  ["May I bring a dog?", "Dogs are welcome on a lead, except in the dining room."],
  ["Where can I park?", "There are forty places behind the mill, free on Sundays."],
  ["Who answers the telephone?", "Somebody from the office does, from nine until noon."],
);
const FIVE = table(
  ["Mon", "Tue", "Wed", "Thu", "Fri"],
  ["soup", "rice", "beans", "fish", "salad"],
  ["bread", "", "cheese", "", "fruit"],
  ["", "tea", "", "milk", ""],
);

const CAREER = table(
  ["Years", "Post"],
  [
    "2019 – today",
    "Head of the municipal library. She is responsible for eleven members of staff, two branches and a budget of 410,000 a year.",
  ],
  ["2012 – 2019", "Librarian in Oakford. She built up the children's department and the evening courses for readers of all ages."],
  ["2008 – 2012", "Assistant at the museum of local history."],
);
const PRICES = table(
  ["Service", "Price in euros"],
  ["Haircut, short hair", "28.00"],
  ["Haircut, long hair, washed and dried", "41.50"],
  ["Colour", "55.00"],
  ["Children up to 12 years", "16.00"],
  ["Braids for weddings and other occasions", "75.00"],
);
const FACTS = table(["Date", "12 March 2024"], ["Customer number", "40 117"], ["Due date", "11 April 2024"]);

function around(unit: Unit, language = "en"): Unit[] {
  const [before = "", after = ""] = sentences(language, 2, 1);
  return [paragraph(before), unit, paragraph(after)];
}

const kind = "tables";
const WIDE_LAST = [0.17, 0.13, 0.2, 0.5];

export const TABLES: readonly Sample[] = [
  onePage({ id: "table-ruled-people", kind }, around(PEOPLE), { table: "ruled", columns: WIDE_LAST }),
  onePage({ id: "table-plain-people", kind }, around(PEOPLE), { table: "plain", columns: WIDE_LAST, family: "sans" }),
  onePage({ id: "table-striped-people", kind }, around(PEOPLE), { table: "striped", columns: WIDE_LAST }),
  onePage({ id: "table-lines-people", kind }, around(PEOPLE), { table: "lines", columns: WIDE_LAST, size: 9 }),
  onePage({ id: "table-ruled-leute", kind, language: "de" }, around(LEUTE, "de"), { table: "ruled", columns: WIDE_LAST, size: 9 }),
  onePage({ id: "table-plain-leute", kind, language: "de" }, around(LEUTE, "de"), { table: "plain", columns: WIDE_LAST }),
  onePage({ id: "table-ruled-figures", kind }, around(FIGURES), { table: "ruled", columns: [0.4, 0.2, 0.2, 0.2] }),
  onePage({ id: "table-plain-figures", kind }, around(FIGURES), { table: "plain", columns: [0.4, 0.2, 0.2, 0.2] }),
  onePage({ id: "table-lines-cifras", kind, language: "es" }, around(CIFRAS, "es"), { table: "lines", family: "sans" }),
  onePage({ id: "table-striped-cifras", kind, language: "es" }, around(CIFRAS, "es"), { table: "striped" }),
  onePage({ id: "table-spans-ruled", kind }, around(SPANNED), { table: "ruled" }),
  onePage({ id: "table-of-answers-ruled", kind }, around(ANSWERS), { table: "ruled", columns: [0.45, 0.55] }),
  onePage({ id: "table-of-answers-lines", kind }, around(ANSWERS), { table: "lines", columns: [0.45, 0.55], family: "sans" }),
  onePage({ id: "table-five-columns-sparse", kind }, around(FIVE), { table: "ruled" }),
  onePage({ id: "table-first-on-page", kind }, [FIGURES, ...paragraphs("en", 2, 5).map(paragraph)], {
    table: "ruled",
    columns: [0.4, 0.2, 0.2, 0.2],
  }),
  onePage({ id: "table-plain-people-middle", kind }, around(PEOPLE), { table: "plain", columns: WIDE_LAST, cells: "middle", size: 9 }),
  onePage({ id: "table-lines-career", kind }, around(CAREER), { table: "lines", columns: [0.25, 0.75], cells: "middle" }),
  onePage({ id: "table-plain-prices", kind }, around(PRICES), { table: "plain", columns: [0.3, 0.15], cells: "middle", family: "sans" }),
  onePage({ id: "table-plain-facts", kind }, around(FACTS), { table: "plain", columns: [0.25, 0.3] }),
  onePage({ id: "two-tables", kind }, [...around(FIVE), ...around(CIFRAS, "es")], { table: "ruled" }),
];
