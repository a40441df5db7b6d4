import { degrees, PDFArray, PDFHexString, PDFName, PDFNumber, PDFOperator, type PDFOperatorNames, PDFString, rgb } from "pdf-lib";
import type { Box } from "../../worker/engine/document/geometry.ts";
import { columnsOf, setText } from "../reading/make/compose.ts";
import type { PdfBook, PdfInk } from "../reading/make/pdf_ink.ts";
import { caption, heading, list, paragraph, table } from "../reading/make/sample.ts";
import { paragraphs, sentences, titles } from "../reading/prose.ts";
import { flow, type InPlaceSample, page, pdf, within } from "./sample.ts";

const [TITLE = "", SECOND = "", THIRD = ""] = titles("en", 3);
const body = (count: number, from = 0) => paragraphs("en", count, from).map(paragraph);

/** What pages look like: their size, their turn, boxes and colours. */
export const PAGES: readonly InPlaceSample[] = [
  page({ id: "a5" }, [heading(TITLE), ...body(2)], { paper: { width: 420, height: 595 }, look: { size: 9 } }),
  page({ id: "letter-size" }, [heading(SECOND), ...body(3, 2)], { paper: { width: 612, height: 792 }, look: { align: "justify" } }),
  page({ id: "landscape" }, [heading(THIRD), ...body(3, 4)], { paper: { width: 842, height: 595 } }),
  ...([90, 180, 270] as const).map((rotate) =>
    page({ id: `rotated-${rotate}` }, [heading(TITLE), ...body(2, rotate / 90)], { paper: { rotate } }),
  ),
  page({ id: "drawn-turned-90" }, [heading(SECOND), ...body(2, 6)], { paper: { drawn: 90, rotate: 90 } }),
  pdf({ id: "crop-box" }, (book) => {
    const ink = book.page();
    flow(ink, [heading(TITLE), ...body(3, 1)], within(ink, 90));
    ink.page.setCropBox(40, 60, ink.width - 90, ink.height - 130);
  }),
  pdf({ id: "coloured-boxes" }, (book) => {
    const ink = book.page();
    const boxes: Box[] = columnsOf({ x0: 60, y0: 120, x1: 535, y1: 300 }, 3, 16);
    setText(ink, TITLE, { x0: 60, y0: 70, x1: 535, y1: 110 }, { family: "sans", size: 20, bold: true, color: "#205080" });
    for (const [index, box] of boxes.entries()) {
      ink.area(box, { fill: ["#fde9d9", "#dbe9f6", "#e3f1dc"][index] ?? "#eeeeee", stroke: index === 1 });
      const inside = { x0: box.x0 + 10, y0: box.y0 + 10, x1: box.x1 - 10, y1: box.y1 };
      const end = setText(ink, titles("en", 3, 3)[index] ?? "", inside, { family: "sans", size: 12, bold: true, color: "#7a3010" });
      setText(ink, sentences("en", 3, index + 2)[index] ?? "", { ...inside, y0: end + 6 }, { family: "sans", size: 9.5, color: "#303030" });
    }
    flow(ink, body(2, 5), { x0: 60, y0: 330, x1: 535, y1: 780 });
  }),
  pdf({ id: "white-on-dark" }, (book) => {
    const ink = book.page();
    ink.area({ x0: 0, y0: 0, x1: 595, y1: 150 }, { fill: "#14324a" });
    setText(ink, SECOND, { x0: 60, y0: 50, x1: 535, y1: 100 }, { family: "sans", size: 26, bold: true, color: "#ffffff" });
    setText(ink, sentences("en", 1, 3)[0] ?? "", { x0: 60, y0: 95, x1: 535, y1: 140 }, { family: "sans", size: 11, color: "#f2e6c8" });
    flow(ink, body(3, 2), { x0: 60, y0: 180, x1: 535, y1: 780 }, { align: "justify" });
  }),
  pdf({ id: "text-over-a-shade" }, (book) => {
    const ink = book.page();
    for (let step = 0; step < 40; step++) {
      const shade = (210 + step).toString(16);
      ink.area({ x0: 50, y0: 60 + step * 10, x1: 545, y1: 70 + step * 10 + 0.4 }, { fill: `#${shade}${shade}ff` });
    }
    flow(ink, [heading(THIRD), ...body(3, 3)], { x0: 70, y0: 80, x1: 525, y1: 450 });
  }),
  pdf({ id: "figure-beside-text" }, (book) => {
    const ink = book.page();
    ink.picture({ x0: 330, y0: 70, x1: 535, y1: 250 });
    flow(ink, [heading(TITLE), ...body(2, 1)], { x0: 60, y0: 60, x1: 310, y1: 420 });
    flow(
      ink,
      [caption("Figure 1: Boats on the quay, early in the morning.")],
      { x0: 330, y0: 165, x1: 535, y1: 320 },
      { pictureHeight: 90 },
    );
    flow(ink, body(2, 6), { x0: 60, y0: 440, x1: 535, y1: 780 }, { align: "justify" });
  }),
  page({ id: "centred-title-and-list" }, [
    heading(TITLE),
    list(
      { mark: "1.", text: sentences("en", 1, 2)[0] ?? "" },
      { mark: "2.", text: sentences("en", 1, 4)[0] ?? "" },
      { mark: "3.", text: sentences("en", 1, 6)[0] ?? "" },
    ),
    ...body(1, 8),
  ]),
  page(
    { id: "table-and-text" },
    [
      heading(SECOND),
      ...body(1),
      table(
        ["Place", "Opens", "What it is for"],
        ["Harbour", "07:00", "Boats and their owners come here first."],
        ["Market", "09:30", "Fish is sold until it is gone."],
        ["Museum", "10:00", "Tools and letters of the valley."],
      ),
      ...body(1, 3),
    ],
    { look: { table: "ruled" } },
  ),
  pdf({ id: "mixed-styles" }, (book) => mixedStyles(book.page())),
  pdf({ id: "formulas" }, (book) => formulas(book.page())),
  pdf({ id: "narrow-labels" }, (book) => {
    const ink = book.page();
    const labels = ["Date", "Name", "Street and number", "Town", "Telephone", "Signature"];
    for (const [index, label] of labels.entries()) {
      const y = 100 + index * 40;
      ink.text(label, 60, y, { family: "sans", size: 9 });
      ink.area({ x0: 160, y0: y - 14, x1: 500, y1: y + 6 }, { stroke: true });
    }
    flow(ink, body(1, 9), { x0: 60, y0: 360, x1: 535, y1: 780 });
  }),
];

function mixedStyles(ink: PdfInk): void {
  const words: readonly (readonly [string, { bold?: boolean; italic?: boolean; color?: string }])[] = [
    ["The museum shows", {}],
    ["tools and letters", { bold: true }],
    ["that belonged to the families of the valley,", {}],
    ["although nobody knows", { italic: true }],
    ["who gave the", {}],
    ["wooden loom", { color: "#b02020" }],
    ["in the middle of the largest room.", {}],
  ];
  let [x, y] = [60, 90];
  for (const [text, style] of words)
    for (const word of text.split(" ")) {
      const type = {
        family: "serif" as const,
        size: 12,
        ...(style.color ? { color: style.color } : {}),
        bold: style.bold ?? false,
        italic: style.italic ?? false,
      };
      const width = ink.measure(word, type);
      if (x + width > 535) [x, y] = [60, y + 16];
      ink.text(word, x, y, type);
      x += width + 3.4;
    }
  flow(ink, body(2, 7), { x0: 60, y0: 150, x1: 535, y1: 780 });
}

/** As TeX sets them: letters one by one in an italic face, figures raised and lowered, a fraction with its line. */
function formulas(ink: PdfInk): void {
  const [before = "", after = ""] = paragraphs("en", 2, 5);
  let y = setText(ink, before, { x0: 60, y0: 70, x1: 535, y1: 300 }, { family: "serif", size: 11 }, "justify");
  const italic = { family: "serif" as const, size: 12, italic: true };
  const small = { ...italic, size: 8, italic: false };
  const base = y + 34;
  ink.text("f", 220, base, italic);
  ink.text("(", 226, base, { ...italic, italic: false });
  ink.text("x", 230, base, italic);
  ink.text(") =", 236, base, { ...italic, italic: false });
  ink.text("a", 262, base - 8, italic);
  ink.text("2", 268, base - 13, small);
  ink.text("+ b", 275, base - 8, italic);
  ink.rule(260, base - 3, 296, base - 3);
  ink.text("2 c", 268, base + 9, italic);
  ink.text("i", 282, base + 12, small);
  ink.text("(3)", 510, base, { ...italic, italic: false });
  y = base + 30;
  setText(ink, after, { x0: 60, y0: y, x1: 535, y1: 600 }, { family: "serif", size: 11 }, "justify");
}

/** Things around the text: links, outline, fields, layers, forms that are drawn twice. */
export const STRUCTURES: readonly InPlaceSample[] = [
  pdf({ id: "links-and-outline" }, (book) => {
    const inks = [0, 1, 2].map((at) => {
      const ink = book.page();
      flow(ink, [heading(titles("en", 3)[at] ?? ""), ...body(2, at * 2)], within(ink));
      return ink;
    });
    const [first] = inks;
    if (!first) return;
    ink2link(book, first, "Read the rules on our site before you come.", "rules", 620, "https://example.org/rules");
    ink2link(book, first, "The figures stand on the third page.", "third page", 650, 2);
    outline(book, [
      [0, titles("en", 3)[0] ?? ""],
      [1, titles("en", 3)[1] ?? ""],
      [2, titles("en", 3)[2] ?? ""],
    ]);
  }),
  pdf({ id: "link-over-two-lines" }, (book) => {
    const ink = book.page();
    const text = "If the ferry does not run, ask at the office of the harbour master beside the old lighthouse.";
    setText(ink, text, { x0: 60, y0: 80, x1: 300, y1: 200 }, { family: "serif", size: 12 });
    flow(ink, body(2, 4), { x0: 60, y0: 200, x1: 535, y1: 780 });
    ink2link(book, ink, "Write to the office if you have lost something.", "Write to the office", 700, "mailto:office@example.org");
  }),
  pdf({ id: "form-fields" }, (book) => {
    const ink = book.page();
    flow(ink, [heading("Application for a garden"), ...body(1, 9)], within(ink));
    const form = book.document.getForm();
    for (const [index, name] of ["name", "street", "remarks"].entries()) {
      ink.text(["Your full name", "Street and number", "What you want to grow"][index] ?? "", 60, 318 + index * 40, {
        family: "sans",
        size: 10,
      });
      const field = form.createTextField(name);
      if (index === 0) field.setText("Anna Brown");
      field.addToPage(ink.page, { x: 220, y: ink.height - 325 - index * 40, width: 250, height: 22 });
    }
    form.createCheckBox("agree").addToPage(ink.page, { x: 60, y: ink.height - 460, width: 12, height: 12 });
    ink.text("I have read the rules of the garden.", 80, 458, { family: "sans", size: 10 });
  }),
  pdf({ id: "form-twice" }, async (book) => {
    const inner = await (await import("../reading/make/pdf_ink.ts")).PdfBook.create();
    const small = inner.page({ width: 240, height: 120 });
    small.area({ x0: 0, y0: 0, x1: 240, y1: 120 }, { fill: "#eef3e2" });
    setText(small, sentences("en", 2, 7).join(" "), { x0: 12, y0: 12, x1: 228, y1: 110 }, { family: "sans", size: 10 });
    const [embedded] = await book.document.embedPdf(await inner.save());
    const ink = book.page();
    if (!embedded) throw new Error("No page was embedded.");
    ink.page.drawPage(embedded, { x: 60, y: 640 });
    ink.page.drawPage(embedded, { x: 310, y: 640 });
    flow(ink, body(2, 2), { x0: 60, y0: 240, x1: 535, y1: 780 });
  }),
  pdf({ id: "whole-page-in-a-form" }, async (book) => {
    const inner = await (await import("../reading/make/pdf_ink.ts")).PdfBook.create();
    const other = inner.page();
    flow(other, [heading(THIRD), ...body(3)], within(other));
    const [embedded] = await book.document.embedPdf(await inner.save());
    if (!embedded) throw new Error("No page was embedded.");
    book.page().page.drawPage(embedded, { x: 30, y: 40, xScale: 0.9, yScale: 0.9 });
  }),
  pdf({ id: "layers" }, (book) => {
    const ink = book.page();
    const { context, catalog } = book.document;
    const group = context.register(context.obj({ Type: "OCG", Name: PDFString.of("Notes") }));
    catalog.set(PDFName.of("OCProperties"), context.obj({ OCGs: [group], D: { ON: [group], Order: [group] } }));
    flow(ink, [heading(TITLE), ...body(2)], { x0: 60, y0: 60, x1: 535, y1: 500 });
    const properties = context.obj({ L1: group });
    ink.page.node.normalizedEntries().Resources.set(PDFName.of("Properties"), properties);
    ink.page.pushOperators(...operators("/OC /L1 BDC"));
    setText(ink, sentences("en", 1, 5)[0] ?? "", { x0: 60, y0: 560, x1: 400, y1: 700 }, { family: "sans", size: 11, color: "#205080" });
    ink.page.pushOperators(...operators("EMC"));
  }),
  pdf({ id: "clipped-and-scaled" }, (book) => {
    const ink = book.page();
    ink.page.pushOperators(...operators("q 0.8 0 0 0.8 40 60 cm 0 0 595 842 re W n"));
    flow(ink, [heading(SECOND), ...body(3, 5)], within(ink));
    ink.page.pushOperators(...operators("Q"));
    ink.page.drawRectangle({ x: 40, y: 30, width: 500, height: 8, color: rgb(0.8, 0.2, 0.2) });
  }),
  pdf({ id: "watermark" }, (book) => {
    const ink = book.page();
    ink.page.drawText("DRAFT", { x: 150, y: 300, size: 110, rotate: degrees(45), color: rgb(0.88, 0.88, 0.9) });
    flow(ink, [heading(TITLE), ...body(3, 3)], within(ink), { align: "justify" });
  }),
];

/** Content as it is written, where pdf-lib has no operator for it. */
function operators(content: string): PDFOperator[] {
  return [PDFOperator.of(content as PDFOperatorNames)];
}

function ink2link(book: PdfBook, ink: PdfInk, text: string, words: string, y: number, to: string | number): void {
  const type = { family: "serif", size: 11 } as const;
  ink.text(text, 60, y, type);
  const from = 60 + ink.measure(text.slice(0, text.indexOf(words)), type);
  const width = ink.measure(words, type);
  ink.rule(from, y + 1.5, from + width, y + 1.5);
  const { context } = book.document;
  const target =
    typeof to === "string" ? { A: { Type: "Action", S: "URI", URI: PDFString.of(to) } } : { Dest: [book.document.getPage(to).ref, "Fit"] };
  const annotation = context.obj({
    Type: "Annot",
    Subtype: "Link",
    Rect: [from, ink.height - y - 3, from + width, ink.height - y + 9],
    Border: [0, 0, 0],
    ...target,
  });
  const list = ink.page.node.lookupMaybe(PDFName.of("Annots"), PDFArray) ?? context.obj([]);
  list.push(context.register(annotation));
  ink.page.node.set(PDFName.of("Annots"), list);
}

function outline(book: PdfBook, entries: readonly (readonly [page: number, title: string])[]): void {
  const { context, catalog } = book.document;
  const root = context.nextRef();
  const refs = entries.map(() => context.nextRef());
  for (const [index, [at, title]] of entries.entries()) {
    const [previous, next] = [refs[index - 1], refs[index + 1]];
    context.assign(
      refs[index] as never,
      context.obj({
        Title: PDFHexString.fromText(title),
        Parent: root,
        Dest: [book.document.getPage(at).ref, "XYZ", null, null, null],
        ...(previous && { Prev: previous }),
        ...(next && { Next: next }),
      }),
    );
  }
  context.assign(
    root,
    context.obj({ Type: "Outlines", First: refs[0] as never, Last: refs.at(-1) as never, Count: PDFNumber.of(entries.length) }),
  );
  catalog.set(PDFName.of("Outlines"), root);
}
