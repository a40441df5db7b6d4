import { type PDFFont, PDFName, PDFString, StandardFonts } from "pdf-lib";
import type { Sharp } from "sharp";
import { CanvasInk, grained } from "../make/canvas_ink.ts";
import { compose, framesOf, PLAIN, setText } from "../make/compose.ts";
import type { Type } from "../make/ink.ts";
import type { PdfBook, PdfInk } from "../make/pdf_ink.ts";
import { heading, inner, paragraph, pdfSample } from "../make/sample.ts";
import { paragraphs, sentences, titles } from "../prose.ts";
import type { Sample, Unit } from "../truth.ts";

const SANS: Type = { family: "sans", size: 11 };

/** Text that a file holds and nobody sees. */
function unseen(id: string, language: string, absent: string, hide: (ink: PdfInk, text: string) => void, from = 0): Sample {
  return pdfSample({ id, kind: "hidden text", language }, (book) => {
    const ink = book.page();
    const units = paragraphs(language, 3, from).map(paragraph);
    const end = compose(units, framesOf(ink, inner(ink)), PLAIN);
    hide(ink, absent);
    return { units, absent: absent.split(" ").filter((word) => word.length > 5 && end > 0) };
  });
}

/** Text whose fonts do not say what their glyphs mean: only who looks at it can read it. */
function withoutUnicode(id: string, language: string, from: number): Sample {
  return pdfSample(
    { id, kind: "fonts without Unicode", language, family: "mixed", fonts: "embedded", quick: id.endsWith("en") },
    async (book) => {
      const ink = book.page();
      const units: Unit[] = [heading(titles(language, 1, from)[0] ?? "", 1), ...paragraphs(language, 3, from).map(paragraph)];
      compose(units, framesOf(ink, inner(ink)), { ...PLAIN, size: 12 });
      await book.document.flush();
      for (const [, object] of book.document.context.enumerateIndirectObjects())
        if ("delete" in object && "lookup" in object)
          (object as unknown as { delete(key: PDFName): boolean }).delete(PDFName.of("ToUnicode"));
      return { units, remarks: ["TEXT_LAYER_UNREADABLE"] };
    },
  );
}

interface Field {
  readonly label: string;
  readonly value: string;
  readonly lines?: number;
}

function form(
  id: string,
  language: string,
  intro: string,
  fields: readonly Field[],
  choices: { label: string; options: readonly string[]; chosen: string } | undefined,
): Sample {
  return pdfSample({ id, kind: "forms", language }, async (book) => {
    const ink = book.page();
    const filled = book.document.getForm();
    const font = await book.document.embedFont(StandardFonts.Helvetica);
    setText(ink, intro, inner(ink), SANS);
    let y = 120;
    const units: Unit[] = [paragraph(intro)];
    const rows: string[] = [];
    for (const [index, { label, value, lines = 1 }] of fields.entries()) {
      ink.text(`${label}:`, 72, y, SANS);
      const field = filled.createTextField(`field${index}`);
      if (lines > 1) field.enableMultiline();
      field.addToPage(ink.page, {
        x: 190,
        y: ink.height - y - 6 - (lines - 1) * 14,
        width: 300,
        height: 8 + lines * 14,
        font,
        borderWidth: 1,
      });
      field.setFontSize(11);
      field.setText(value);
      rows.push(`${label}: ${value}`);
      y += 24 + lines * 14;
    }
    if (choices) {
      ink.text(`${choices.label}:`, 72, y, SANS);
      const field = filled.createDropdown("choice");
      field.addOptions([...choices.options]);
      field.addToPage(ink.page, { x: 190, y: ink.height - y - 6, width: 200, height: 22, font });
      field.select(choices.chosen);
      rows.push(`${choices.label}: ${choices.chosen}`);
    }
    filled.updateFieldAppearances(font);
    return {
      units: [...units, ...rows.map(paragraph)],
      open: ["tables"],
      absent: (choices?.options ?? []).filter((option) => option !== choices?.chosen),
    };
  });
}

/** A note that somebody typed onto the page. */
function freeText(id: string, language: string, text: string): Sample {
  return pdfSample({ id, kind: "free text", language }, (book) => {
    const ink = book.page();
    const units: Unit[] = paragraphs(language, 2, 3).map(paragraph);
    const end = compose(units, framesOf(ink, inner(ink)), PLAIN);
    addFreeText(book, ink, text, end + 20);
    return { units: [...units, paragraph(text)] };
  });
}

function addFreeText(book: PdfBook, ink: PdfInk, text: string, y: number): void {
  const { context } = book.document;
  const font: PDFFont = book.document.embedStandardFont(StandardFonts.Helvetica);
  const box = [72, ink.height - y - 24, 72 + font.widthOfTextAtSize(text, 11) + 20, ink.height - y];
  const [x = 0, bottom = 0, right = 0, top = 0] = box;
  const appearance = context.stream(`BT /F 11 Tf 4 8 Td (${text}) Tj ET`, {
    ...{ Type: "XObject", Subtype: "Form", BBox: [0, 0, right - x, top - bottom] },
    Resources: { Font: { F: font.ref } },
  });
  const annotation = context.obj({
    ...{ Type: "Annot", Subtype: "FreeText", Rect: box, F: 4 },
    Contents: PDFString.of(text),
    DA: PDFString.of("/Helv 11 Tf 0 g"),
    AP: { N: context.register(appearance) },
  });
  ink.page.node.addAnnot(context.register(annotation));
}

/** What a scanner makes of `units`. */
async function scanOf(units: readonly Unit[], size: { width?: number; height?: number; dpi?: number } = {}, margin = 60): Promise<Sharp> {
  const ink = new CanvasInk(size);
  compose(units, framesOf(ink, { x0: margin, y0: margin, x1: ink.width - margin, y1: ink.height - margin }), {
    ...PLAIN,
    size: 12,
    leading: 1.45,
  });
  return ink.scan();
}

/** A scanned page with a digital line at its edge, or all over it. */
function stamped(id: string, language: string, stamp: string, where: "foot" | "head"): Sample {
  return pdfSample({ id, kind: "stamps on scans", language, family: "mixed", quick: where === "foot" }, async (book) => {
    const ink = book.page();
    const units = paragraphs(language, 3, 1).map(paragraph);
    const jpeg = await (await scanOf(units)).jpeg({ quality: 80 }).toBuffer();
    await book.photo(ink, jpeg, { x0: 0, y0: 0, x1: ink.width, y1: ink.height });
    ink.text(stamp, 36, where === "foot" ? ink.height - 16 : 20, { family: "sans", size: 7.5 });
    const line = paragraph(stamp);
    return { units: where === "foot" ? [...units, line] : [line, ...units] };
  });
}

/** Text with a picture of text in its middle. */
function screenshot(id: string, language: string, from: number): Sample {
  return pdfSample({ id, kind: "screenshots", language, family: "mixed", quick: language === "en" }, async (book) => {
    const ink = book.page();
    const [before = "", after = ""] = paragraphs(language, 2, from);
    const shown = sentences(language, 2, from + 3);
    const png = await (await scanOf(shown.map(paragraph), { width: 420, height: 120, dpi: 150 }, 20)).png().toBuffer();
    const end = compose([paragraph(before)], framesOf(ink, inner(ink)), { ...PLAIN, size: 11 });
    await book.picture(ink, png, { x0: 72, y0: end + 10, x1: 492, y1: end + 130 });
    compose([paragraph(after)], framesOf(ink, { ...inner(ink), y0: end + 150 }), { ...PLAIN, size: 11 });
    return { units: [paragraph(before), ...shown.map(paragraph), paragraph(after)] };
  });
}

/** Pages of text and pages of scan in one file. */
function mixedPages(id: string, language: string): Sample {
  return pdfSample({ id, kind: "text and scanned pages", language, family: "mixed", quick: false }, async (book) => {
    const [first = "", second = "", third = ""] = paragraphs(language, 3, 2);
    compose([paragraph(first)], framesOf(book.page(), { x0: 72, y0: 72, x1: 523, y1: 700 }), PLAIN);
    const scanned = book.page();
    const png = await (await scanOf([paragraph(second)])).png().toBuffer();
    await book.picture(scanned, png, { x0: 0, y0: 0, x1: scanned.width, y1: scanned.height });
    compose([paragraph(third)], framesOf(book.page(), { x0: 72, y0: 72, x1: 523, y1: 700 }), PLAIN);
    return { units: [first, second, third].map(paragraph) };
  });
}

/** A scan that somebody's OCR has put invisible letters over: it needs no reading again, and is seen once. */
function searchableScan(id: string, language: string): Sample {
  return pdfSample({ id, kind: "searchable scans", language, family: "mixed", quick: false }, async (book) => {
    const ink = book.page();
    const [text = ""] = paragraphs(language, 1, 4);
    const scan = await grained(await scanOf([paragraph(text)]), 3, 5);
    await book.photo(ink, await scan.jpeg({ quality: 80 }).toBuffer(), { x0: 0, y0: 0, x1: ink.width, y1: ink.height });
    const canvas = new CanvasInk();
    let y = 60;
    let line = "";
    const type: Type = { family: "serif", size: 12 };
    const flush = () => {
      const wide = canvas.measure(line, type) - ink.measure(line, type);
      ink.show(line, 60, y + 12, type, { mode: 3, letterSpacing: wide / Math.max(1, line.length) });
      y += 12 * 1.45;
    };
    for (const word of text.split(" ")) {
      const longer = line ? `${line} ${word}` : word;
      if (canvas.measure(longer, type) > ink.width - 120) {
        flush();
        line = word;
      } else line = longer;
    }
    flush();
    return { units: [paragraph(text)] };
  });
}

/** Landscape, a coloured ground, a picture, a caption, light text on a dark bar. */
function brochure(id: string, language: string, captionText: string): Sample {
  return pdfSample({ id, kind: "brochures", language }, (book) => {
    const ink = book.page({ width: 842, height: 595 });
    const [title = ""] = titles(language, 1, 1);
    const texts = paragraphs(language, 2, 2);
    ink.area({ x0: 0, y0: 0, x1: 842, y1: 595 }, { fill: "#e6f2ff" });
    ink.area({ x0: 0, y0: 40, x1: 842, y1: 92 }, { fill: "#1b3a5c" });
    ink.text(title, 60, 74, { family: "sans", size: 22, bold: true, color: "#ffffff" });
    compose(texts.map(paragraph), framesOf(ink, { x0: 60, y0: 120, x1: 400, y1: 540 }), { ...PLAIN, family: "sans", size: 11 });
    ink.picture({ x0: 450, y0: 120, x1: 780, y1: 330 });
    ink.text(captionText, 450, 346, { family: "sans", size: 9, italic: true });
    return { units: [heading(title, 1), ...texts.map(paragraph), { kind: "caption", text: captionText }] };
  });
}

export const HIDDEN: readonly Sample[] = [
  unseen("hidden-invisible", "en", "invisible keywords cheapest hotels bargain", (ink, text) => ink.show(text, 72, 600, SANS, { mode: 3 })),
  unseen("hidden-covered", "es", "contraseña secreta cubierta por un rectángulo", (ink, text) => {
    ink.text(text, 72, 600, SANS);
    ink.area({ x0: 66, y0: 585, x1: 520, y1: 606 }, { fill: "#ffffff" });
  }),
  unseen("hidden-black-bar", "de", "Aktenzeichen geschwärzt Klarname Geburtsdatum", (ink, text) => {
    ink.text(text, 72, 600, SANS);
    ink.area({ x0: 66, y0: 586, x1: 500, y1: 606 }, { fill: "#000000" });
  }),
  unseen("hidden-off-the-page", "fr", "repères épreuve imprimerie magenta", (ink, text) => ink.text(text, 72, 900, SANS)),
  unseen(
    "hidden-by-crop",
    "en",
    "printer slug colour proofing",
    (ink, text) => {
      ink.text(text, 72, 820, SANS);
      ink.page.setCropBox(0, 60, ink.width, ink.height - 60);
    },
    3,
  ),
  withoutUnicode("without-unicode-en", "en", 2),
  withoutUnicode("without-unicode-es", "es", 1),
  form(
    "form-name-and-wish",
    "en",
    "Please fill in all fields and sign the form.",
    [
      { label: "Name", value: "The Whitfield family" },
      { label: "Date of birth", value: "14/02/1967" },
      { label: "Wish", value: "We would like a bench near the northern gate." },
    ],
    undefined,
  ),
  form(
    "form-choice-es",
    "es",
    "Solicitud de plaza en el taller de cerámica.",
    [
      { label: "Apellidos", value: "Romero Gil" },
      { label: "Código", value: "28-0417" },
    ],
    {
      label: "Horario",
      options: ["mañanas", "tardes"],
      chosen: "tardes",
    },
  ),
  form(
    "form-many-lines-de",
    "de",
    "Antrag auf einen Garten im Verein.",
    [
      { label: "Name", value: "Jörg Winter" },
      { label: "Begründung", value: "Meine Familie wohnt in der Nähe und hilft seit Jahren bei der Pflege der Wege und Hecken.", lines: 3 },
    ],
    undefined,
  ),
  freeText("free-text-en", "en", "Checked by the night shift on 9 June."),
  freeText("free-text-es", "es", "Revisado por la oficina el 30 de abril."),
  stamped("stamp-foot-en", "en", "Envelope 55C-901-A2, signed on paper, page 1 of 1, kept by the records office", "foot"),
  stamped("stamp-head-es", "es", "Registro de entrada 2021/00417, copia conforme con el original", "head"),
  stamped("bates-number-en", "en", "CALLOWAY-000318", "foot"),
  screenshot("screenshot-en", "en", 1),
  screenshot("screenshot-de", "de", 0),
  mixedPages("mixed-pages-en", "en"),
  mixedPages("mixed-pages-es", "es"),
  searchableScan("searchable-scan-en", "en"),
  brochure("brochure-en", "en", "The loom in use."),
  brochure("brochure-fr", "fr", "Les tilleuls en fleur."),
];
