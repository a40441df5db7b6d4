import { columnsOf, compose, framesOf, type Look, PLAIN, setText } from "../make/compose.ts";
import { apart, caption, heading, inner, paragraph, pdfSample, table } from "../make/sample.ts";
import { paragraphs, sentences, titles } from "../prose.ts";
import type { Sample, Unit } from "../truth.ts";

interface Columns {
  readonly count: number;
  readonly gutter: number;
  readonly language?: string;
  readonly from?: number;
  readonly look?: Partial<Look>;
  readonly fonts?: "standard" | "embedded";
  readonly withHeadings?: boolean;
}

function columns({ count, gutter, language = "en", from = 0, look = {}, fonts = "standard", withHeadings = false }: Columns): Sample {
  return pdfSample({ id: `columns-${count}-gutter-${gutter}-${language}`, kind: "columns", language, fonts }, (book) => {
    const ink = book.page();
    const texts = paragraphs(language, count + 2, from);
    const heads = titles(language, 2, from);
    const units = texts.flatMap((text, index): Unit[] => {
      const head = withHeadings && index % 3 === 0 ? heads[index / 3] : undefined;
      return head === undefined ? [paragraph(text)] : [heading(head, 2), paragraph(text)];
    });
    // As high as they need, so that every column has its share.
    const height = { 1: 600, 2: 250, 3: 240, 4: 270 }[count] ?? 300;
    const whole = { ...inner(ink, 60), y1: 60 + height };
    compose(units, framesOf(ink, ...columnsOf(whole, count, gutter)), { ...PLAIN, size: count > 2 ? 8.5 : 10, leading: 1.2, ...look });
    return { units };
  });
}

/** A head over all columns, then columns under it; then once more. */
function spanningHeads(id: string, count: number, gutter: number, language: string): Sample {
  return pdfSample({ id, kind: "spanning heads", language }, (book) => {
    const ink = book.page();
    const whole = inner(ink, 60);
    const look = { ...PLAIN, size: 9.5, leading: 1.22, align: "justify" as const };
    const [first = "", second = ""] = titles(language, 2);
    const units: Unit[] = [];
    let y = whole.y0;
    for (const [index, title] of [first, second].entries()) {
      const head = heading(title, index === 0 ? 1 : 2);
      y = compose([head], framesOf(ink, { ...whole, y0: y }), look) + 8;
      const body = paragraphs(language, count, index * 2).map(paragraph);
      const height = count === 2 ? 110 : 130;
      compose(body, framesOf(ink, ...columnsOf({ ...whole, y0: y, y1: y + height }, count, gutter)), look);
      y += height + 20;
      units.push(head, ...body);
    }
    return { units };
  });
}

/** A table or a figure over both columns in the middle of the page. */
function spanningMiddle(id: string, what: "table" | "figure"): Sample {
  return pdfSample({ id, kind: "spanning heads" }, (book) => {
    const ink = book.page();
    const whole = inner(ink, 60);
    const look = { ...PLAIN, size: 9.5, leading: 1.22 };
    const above = paragraphs("en", 2, 3).map(paragraph);
    const below = paragraphs("en", 2, 6).map(paragraph);
    const middle =
      what === "table"
        ? table(["Station", "Boats", "Visitors"], ["North quay", "14", "2,310"], ["South quay", "9", "1,845"], ["Old pier", "3", "407"])
        : caption("Figure 2: The quays seen from the lighthouse in October.");
    compose(above, framesOf(ink, ...columnsOf({ ...whole, y1: whole.y0 + 110 }, 2, 18)), look);
    const end = compose([middle], framesOf(ink, { ...whole, y0: whole.y0 + 130 }), look);
    compose(below, framesOf(ink, ...columnsOf({ ...whole, y0: end + 20, y1: end + 140 }, 2, 18)), look);
    return { units: [...above, middle, ...below] };
  });
}

/** A quotation in large letters over the gutter, which the lines of both columns make room for. */
function pullQuote(id: string, language: string, rules: boolean): Sample {
  return pdfSample({ id, kind: "pull quotes", language }, (book) => {
    const ink = book.page();
    const whole = { ...inner(ink, 60), y1: 330 };
    const [left = whole, right = whole] = columnsOf(whole, 2, 18);
    const hole = { x0: left.x1 - 50, y0: 140, x1: right.x0 + 50, y1: 212 };
    const quote = sentences(language, 1, 13)[0] ?? "";
    const body = paragraphs(language, 5, 1);
    const type = { family: "serif", size: 9.5 } as const;
    const lines = [left, right].flatMap((column) =>
      Array.from({ length: 22 }, (_, at) => {
        const y = column.y0 + at * 11.6;
        const isBeside = y + 2 > hole.y0 - type.size && y < hole.y1 + type.size;
        const [x0, x1] = [isBeside && column === right ? hole.x1 + 10 : column.x0, isBeside && column === left ? hole.x0 - 10 : column.x1];
        return { x0, x1, baseline: y + type.size };
      }),
    );
    for (const text of body) {
      let said = "";
      for (const word of text.split(" ")) {
        const [line] = lines;
        if (said && line && ink.measure(`${said} ${word}`, type) > line.x1 - line.x0) {
          ink.text(said, line.x0, line.baseline, type);
          lines.shift();
          said = word;
        } else said = said ? `${said} ${word}` : word;
      }
      const last = lines.splice(0, 2)[0];
      if (!last) throw new Error("There is no room for all.");
      ink.text(said, last.x0, last.baseline, type);
    }
    if (rules) for (const y of [hole.y0, hole.y1]) ink.rule(hole.x0, y, hole.x1, y);
    setText(ink, quote, { ...hole, y0: hole.y0 + 8 }, { family: "sans", size: 11, italic: true }, "center");
    const [first = "", second = "", ...others] = body;
    return { units: [first, second, quote, ...others].map(paragraph) };
  });
}

/** A box beside the text that has nothing to do with its lines. */
function sidebar(id: string, side: "left" | "right", language: string, fill: boolean): Sample {
  return pdfSample({ id, kind: "sidebars", language }, (book) => {
    const ink = book.page();
    const whole = inner(ink, 60);
    const width = 130;
    const box =
      side === "right" ? { ...whole, x0: whole.x1 - width, y1: whole.y0 + 190 } : { ...whole, x1: whole.x0 + width, y1: whole.y0 + 190 };
    const main = side === "right" ? { ...whole, x1: whole.x1 - width - 24 } : { ...whole, x0: whole.x0 + width + 24 };
    const [head = "", aside = ""] = titles(language, 2, 2);
    const note = sentences(language, 3, 4).join(" ");
    const body: Unit[] = [heading(head, 1), ...paragraphs(language, 4, 1).map(paragraph)];
    ink.area(box, fill ? { fill: "#f3e9d2" } : { stroke: true });
    const inBox = { x0: box.x0 + 8, y0: box.y0 + 8, x1: box.x1 - 8, y1: box.y1 };
    const side2: Unit[] = [heading(aside, 2), paragraph(note)];
    compose(side2, framesOf(ink, inBox), { ...PLAIN, family: "sans", size: 8.5, headingSizes: [1.3, 1.3] });
    compose(body, framesOf(ink, main), PLAIN);
    return { units: side === "left" ? [...side2, ...body] : [...body, ...side2] };
  });
}

/** Titles of works in the margin, beside the paragraphs they belong to. */
function marginStamp(id: string, text: string, language: string): Sample {
  return pdfSample({ id, kind: "sideways stamps", language }, (book) => {
    const ink = book.page();
    const units = paragraphs(language, 4, 2).map(paragraph);
    compose(units, framesOf(ink, { ...inner(ink), x0: 96 }), { ...PLAIN, align: "justify" });
    ink.show(text, 44, 520, { family: "serif", size: 15 }, { turn: -90 });
    return { units: [...units, apart("margin", text)] };
  });
}

/** Short lines in the middle of the page, a title leaf. */
function titlePage(id: string, language: string): Sample {
  return pdfSample({ id, kind: "title pages", language }, (book) => {
    const ink = book.page();
    const [title = ""] = titles(language, 1, 1);
    const [text = ""] = paragraphs(language, 1, 1);
    const whole = inner(ink, 90);
    setText(ink, title, { ...whole, y0: 160 }, { family: "serif", size: 26, bold: true }, "center");
    setText(ink, "Anna Brown and Peter Hill", { ...whole, y0: 230 }, { family: "serif", size: 12 }, "center");
    setText(ink, "12 May 2021", { ...whole, y0: 260 }, { family: "serif", size: 12 }, "center");
    setText(ink, text, { ...whole, y0: 330 }, { family: "serif", size: 11 }, "justify");
    return { units: [heading(title, 1), paragraph("Anna Brown and Peter Hill"), paragraph("12 May 2021"), paragraph(text)] };
  });
}

export const COLUMNS: readonly Sample[] = [
  columns({ count: 1, gutter: 0, withHeadings: true }),
  columns({ count: 2, gutter: 8, look: { align: "justify" } }),
  columns({ count: 2, gutter: 10, language: "de", look: { align: "justify", hyphen: "-" } }),
  columns({ count: 2, gutter: 12, language: "fr", from: 1, withHeadings: true }),
  columns({ count: 2, gutter: 18, language: "es", look: { family: "sans" } }),
  columns({ count: 2, gutter: 24, from: 4, look: { parting: "indent" } }),
  columns({ count: 2, gutter: 40, language: "it" }),
  columns({ count: 3, gutter: 8, from: 2, look: { align: "justify", hyphen: "-" } }),
  columns({ count: 3, gutter: 12, language: "es", from: 1, look: { align: "justify" } }),
  columns({ count: 3, gutter: 16, language: "de", look: { hyphen: "\u2010" }, fonts: "embedded" }),
  columns({ count: 3, gutter: 24, language: "fr", look: { family: "sans" } }),
  columns({ count: 4, gutter: 10, from: 5, look: { size: 8, align: "justify", hyphen: "-" } }),
  columns({ count: 4, gutter: 14, language: "es", look: { size: 8 } }),
  spanningHeads("spanning-heads-2-columns-en", 2, 14, "en"),
  spanningHeads("spanning-heads-3-columns-fr", 3, 14, "fr"),
  spanningHeads("spanning-heads-2-columns-de", 2, 10, "de"),
  pullQuote("pull-quote-en", "en", false),
  pullQuote("pull-quote-rules-de", "de", true),
  spanningMiddle("table-over-both-columns", "table"),
  spanningMiddle("figure-over-both-columns", "figure"),
  sidebar("sidebar-right-filled", "right", "en", true),
  sidebar("sidebar-left-framed-es", "left", "es", false),
  sidebar("sidebar-right-framed-de", "right", "de", false),
  marginStamp("margin-stamp-en", "Received by the archive, 3 April 2019", "en"),
  marginStamp("margin-stamp-fr", "Exemplaire de consultation, salle 14", "fr"),
  titlePage("title-page-en", "en"),
  titlePage("title-page-de", "de"),
];
