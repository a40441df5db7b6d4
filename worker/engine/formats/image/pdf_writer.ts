import { writeFile } from "node:fs/promises";
import { PDFDocument, type PDFRef } from "pdf-lib";
import { inverse, type Matrix, multiply } from "../../document/matrix.ts";
import type { Page, PageGeometry } from "../../document/model.ts";
import type { Remark } from "../../document/remarks.ts";
import { type Patch, patchesFor } from "../../inpainting/patches.ts";
import { pdfNumbers } from "../../setting/pdf_numbers.ts";
import { PdfText } from "../../setting/pdf_text.ts";
import type { DocumentWriter, Writing } from "../format.ts";
import { embedFrame, embedPatch } from "./embedding.ts";
import { readColors } from "./frame.ts";
import { squareToBox, straightenedToUpright, uprightToScanned } from "./matrix.ts";
import { PageSetter } from "./page_setter.ts";
import { sizeOf } from "./size.ts";

/** Writes a PDF of the pictures as they are, with paper laid over their words and the translation as text above it. */
export function pdfWriter(file: string, writing: Writing): DocumentWriter {
  const setter = new PageSetter(writing);
  const remarks: Remark[] = [];
  let opened: Promise<Pdf> | undefined;
  const pdf = () => {
    opened ??= openPdf(writing);
    return opened;
  };
  return {
    async page(page) {
      const made = await writePage(await pdf(), { file, page, setter, straighten: writing.straighten ?? false });
      remarks.push(...made);
    },
    async finish(to) {
      const { document, text } = await pdf();
      await text.finish();
      await writeFile(to, await document.save({ addDefaultPage: false, updateFieldAppearances: false }));
      return remarks;
    },
  };
}

interface Pdf {
  readonly document: PDFDocument;
  readonly text: PdfText;
}

async function openPdf({ targetLanguage }: Writing): Promise<Pdf> {
  const document = await PDFDocument.create();
  document.setLanguage(targetLanguage);
  return { document, text: new PdfText(document) };
}

async function writePage(
  { document, text }: Pdf,
  { file, page, setter, straighten }: { file: string; page: Page; setter: PageSetter; straighten: boolean },
): Promise<readonly Remark[]> {
  const { context } = document;
  const { width, height } = await sizeOf(file, page.number);
  const { geometry } = page;
  const level = straighten && geometry ? scannedToLevel(geometry, height) : undefined;
  const made = document.addPage(level && geometry ? [geometry.width, geometry.height] : [width, height]);
  const images = new Map<string, PDFRef>();
  const draw = (image: PDFRef, matrix: Matrix): string => {
    const name = `Im${images.size + 1}`;
    images.set(name, image);
    return `q ${pdfNumbers(matrix)} cm /${name} Do Q\n`;
  };
  const { image, orientation } = await embedFrame(context, file, page.number);
  let content = draw(image, multiply([width, 0, 0, height, 0, 0], orientation));
  let patches: readonly Patch[] = [];
  const set = await setter.set(page, async (leaves) => {
    const colors = await readColors(file, page.number, { turn: geometry?.rotation ?? 0, width: geometry?.width ?? width, profile: "own" });
    const painted = await patchesFor(colors, leaves, page);
    patches = painted.patches;
    return painted;
  });
  let fonts = new Map<string, PDFRef>();
  if (set && geometry) {
    const toPdf = multiply([1, 0, 0, -1, 0, height], uprightToScanned(geometry.rotation, geometry));
    for (const patch of patches) content += draw(await embedPatch(context, patch), multiply(toPdf, squareToBox(patch.box)));
    const words = text.operators(set.lines, multiply(toPdf, straightenedToUpright(geometry)));
    content += Buffer.from(words.content).toString("latin1");
    fonts = words.fonts;
  }
  if (level) content = `q ${pdfNumbers(level)} cm\n${content}Q\n`;
  made.node.set(context.obj("Contents"), context.register(context.flateStream(Buffer.from(content, "latin1"))));
  made.node.set(context.obj("Resources"), context.obj({ XObject: Object.fromEntries(images), Font: Object.fromEntries(fonts) }));
  return set?.remarks ?? [];
}

/** From a PDF page of a scan, `height` points high, to one of what was read of it: level, and upright. */
function scannedToLevel(geometry: PageGeometry, height: number): Matrix | undefined {
  const toScanned = multiply(uprightToScanned(geometry.rotation, geometry), straightenedToUpright(geometry));
  const toLevel = inverse(toScanned);
  return toLevel && multiply([1, 0, 0, -1, 0, geometry.height], multiply(toLevel, [1, 0, 0, -1, 0, height]));
}
