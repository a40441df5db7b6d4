import { PDFArray, PDFDict, PDFName, PDFNumber, type PDFObject, type PDFPage, type PDFRef, PDFString } from "pdf-lib";
import { around } from "../../../document/geometry.ts";
import { IDENTITY, inverse, type Matrix, mapped, multiply } from "../../../document/matrix.ts";
import { pdfNumbers } from "../../../setting/pdf_numbers.ts";
import type { OpenPair } from "./bilingual.ts";
import { flatten } from "./flatten.ts";
import { annotationsOf, isOf, Targets } from "./links.ts";
import { boxOf, viewOf } from "./views.ts";

const name = PDFName.of;

/** A page of the source beside one that translates it. */
interface Placed {
  readonly from: PDFPage;
  readonly to: PDFPage;
  /** From the source page's own space to that of the page that it stands on. */
  readonly matrix: Matrix;
}

/**
 * Widens each page of the translation, and draws its source beside it, both upright and level at their tops. The translation's own
 * space is left as it is, so that all that leads into it still does.
 */
export async function placeBeside({ into, source, sourcePages, first }: OpenPair): Promise<void> {
  const targets = new Targets(source);
  const pages = into.getPages();
  const sources = source.getPages();
  const placed = pages.flatMap((to, index): Placed[] => {
    const from = sources[(sourcePages[index] ?? 0) - 1];
    return from ? [{ from, to, matrix: matrixBeside(from, to, first) }] : [];
  });
  for (const page of sources) flatten(page);
  const drawn = sources.filter((page) => page.node.normalizedEntries().Contents !== undefined);
  const identity = drawn.map(() => IDENTITY);
  const embedded = await into.embedPages(drawn, drawn.map(edgesOf), identity as never);
  const forms = new Map(drawn.map((page, index) => [page, embedded[index]?.ref]));
  for (const one of placed) widen(one, forms.get(one.from));
  const firstOn = new Map<PDFPage, Placed>();
  for (const one of placed) if (!firstOn.has(one.from)) firstOn.set(one.from, one);
  for (const one of placed)
    for (const annotation of annotationsOf(one.from).filter((each) => isOf(each, "Link"))) {
      const target = targets.of(annotation);
      const leads = target && firstOn.get(sources[target.page] as PDFPage);
      addLink(one, annotation, leads && destination(leads, target.view));
    }
}

/** Where the source stands: on the left of the page or on its right, as it is looked at. */
function matrixBeside(from: PDFPage, to: PDFPage, first: OpenPair["first"]): Matrix {
  const [source, own] = [viewOf(from), viewOf(to)];
  const x = first === "source" ? -source.width : own.width;
  const moved = multiply([1, 0, 0, 1, x, own.height - source.height], source.matrix);
  return multiply(inverse(own.matrix) ?? IDENTITY, moved);
}

function widen({ from, to, matrix }: Placed, form: PDFRef | undefined): void {
  const own = boxOf(to);
  const source = boxOf(from);
  const { context } = to.doc;
  const clip = context.register(context.flateStream(`q ${pdfNumbers([own.x0, own.y0, own.x1 - own.x0, own.y1 - own.y0])} re W n\n`));
  const key = form && to.node.newXObject("Source", form);
  const draw = key ? `q ${pdfNumbers(matrix)} cm ${key} Do Q\n` : "";
  to.node.normalize();
  to.node.wrapContentStreams(clip, context.register(context.flateStream(`\nQ\n${draw}`)));
  const whole = around([own, mapped(matrix, source.x0, source.y0, source.x1, source.y1)]);
  for (const kind of ["BleedBox", "TrimBox", "ArtBox"]) to.node.delete(name(kind));
  for (const kind of ["MediaBox", "CropBox"]) to.node.set(name(kind), context.obj([whole.x0, whole.y0, whole.x1, whole.y1]));
}

/** A link of the source, where the source stands now. One that leads neither to an address nor into the document is left out. */
function addLink({ to, matrix }: Placed, annotation: PDFDict, dest: PDFObject | undefined): void {
  const { context } = to.doc;
  const rect = annotation.lookup(name("Rect"));
  if (!(rect instanceof PDFArray) || rect.size() < 4) return;
  const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = [0, 1, 2, 3].map((at) => rect.lookupMaybe(at, PDFNumber)?.asNumber() ?? 0);
  const box = mapped(matrix, x0, y0, x1, y1);
  const action = annotation.lookup(name("A"));
  const uri = action instanceof PDFDict && action.lookup(name("S")) === name("URI") ? action.lookup(name("URI")) : undefined;
  const address = uri instanceof PDFString ? PDFString.of(uri.asString()) : undefined;
  if (!dest && !address) return;
  const leads = dest ? { Dest: dest } : { A: { S: "URI", URI: address as PDFString } };
  const link = context.obj({
    Type: "Annot",
    Subtype: "Link",
    Rect: [box.x0, box.y0, box.x1, box.y1],
    Border: [0, 0, 0],
    ...leads,
  } as never);
  const found = to.node.lookup(name("Annots"));
  const list = found instanceof PDFArray ? found : context.obj([]);
  list.push(context.register(link));
  to.node.set(name("Annots"), list);
}

/** The place at its page's new place, by its corner. Views that fit the page are as they were. */
function destination({ to, matrix }: Placed, view: readonly PDFObject[]): PDFObject {
  const { context } = to.doc;
  const [kind, ...numbers] = view;
  const [x, y] = numbers.map((number) => (number instanceof PDFNumber ? number.asNumber() : undefined));
  if (kind !== name("XYZ") || y === undefined) return context.obj([to.ref, name("Fit")] as never[]);
  const at = mapped(matrix, x ?? 0, y, x ?? 0, y);
  return context.obj([to.ref, name("XYZ"), PDFNumber.of(at.x0), PDFNumber.of(at.y1), null] as never[]);
}

function edgesOf(page: PDFPage) {
  const { x0, y0, x1, y1 } = boxOf(page);
  return { left: x0, bottom: y0, right: x1, top: y1 };
}
