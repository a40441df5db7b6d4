import { inflateSync } from "node:zlib";
import {
  decodePDFRawStream,
  PDFArray,
  type PDFContext,
  PDFDict,
  PDFDocument,
  PDFName,
  type PDFObject,
  type PDFPageLeaf,
  PDFRawStream,
  PDFStream,
} from "pdf-lib";
import { EngineError } from "../../errors.ts";
import { operatorsOf } from "./writing/lexer.ts";
import { operandsOf } from "./writing/operands.ts";

/** In bytes of content that run when a page is read: a page of a map has thirty million. */
const HEAVIEST_PAGE = 128 * 1024 ** 2;
/** What a form costs beside its content when it is painted. */
const A_FORM = 64;
/** Of one stream, decoded. */
const LARGEST_STREAM = 256 * 1024 ** 2;
/** By which deflate makes zeros smaller, and LZW hardly more. */
const MOST_PACKED = 1400;
/** pdf.js and the writer go no deeper. */
const MAX_DEPTH = 24;

/** How a file may name its forms, letters written as numbers too. */
const FORM = /\/(?:F|#46)(?:o|#6f)(?:r|#72)(?:m|#6d)(?![\w#])/i;
/** Filters by a list, or by a name that stands elsewhere. */
const LIST = /\[([^[\]]{0,300})\]/g;
const ELSEWHERE = /\/Filter\s+\d+\s+\d+\s+R\b/;

/** Tells pages that are more work than any page should be, before a reader runs them. */
export interface Weights {
  /** Throws DOCUMENT_TOO_COMPLEX. */
  require(page: number): void;
}

const LIGHT: Weights = { require: () => undefined };

/**
 * A few hundred bytes can name forms that paint forms, each a dozen times, and streams that are packed again and again: readers
 * would run and unpack all of it. Throws DOCUMENT_TOO_COMPLEX for streams that nothing could unpack; of files whose objects
 * cannot be read nothing is known.
 */
export async function weightsOf(bytes: Buffer, password: string): Promise<Weights> {
  const text = bytes.toString("latin1");
  const isPackedTwice = mayBePackedTwice(text);
  if (!isPackedTwice && !FORM.test(text)) return LIGHT;
  const pdf = await PDFDocument.load(bytes, { updateMetadata: false, password }).catch(() => undefined);
  if (!pdf) return LIGHT;
  if (isPackedTwice) requireSmallStreams(pdf.context);
  const scales = new Scales(pdf.context);
  const heavy = new Set<number>();
  for (const [index, { node }] of pagesOf(pdf).entries()) if (weightOf(node, scales) > HEAVIEST_PAGE) heavy.add(index + 1);
  return {
    require(page) {
      if (heavy.has(page)) throw new EngineError("DOCUMENT_TOO_COMPLEX", "The page's forms are painted too often.", { page });
    },
  };
}

function mayBePackedTwice(text: string): boolean {
  for (const [, list = ""] of text.matchAll(LIST)) if ((list.match(/Fl|LZW|#/g)?.length ?? 0) > 1) return true;
  return ELSEWHERE.test(text);
}

function pagesOf(pdf: PDFDocument) {
  try {
    return pdf.getPages();
  } catch {
    return [];
  }
}

/** Of a page whose objects are not what they should be nothing is known. */
function weightOf(page: PDFPageLeaf, scales: Scales): number {
  try {
    return scales.page(page);
  } catch {
    return 0;
  }
}

function requireSmallStreams(context: PDFContext): void {
  for (const [, object] of context.enumerateIndirectObjects())
    if (object instanceof PDFRawStream && filtersOf(object.dict).length > 1 && unpacked(object) === "too large")
      throw new EngineError(
        "DOCUMENT_TOO_COMPLEX",
        `A stream of the PDF has more than ${LARGEST_STREAM / 1024 ** 2} MiB when it is unpacked.`,
      );
}

/** By the names that a content has for them. */
type Forms = ReadonlyMap<string, PDFStream>;
const NONE: Forms = new Map();

class Scales {
  readonly #context: PDFContext;
  readonly #known = new Map<PDFStream, number>();
  readonly #open = new Set<PDFStream>();
  readonly #forms = new Map<PDFDict, Forms>();

  constructor(context: PDFContext) {
    this.#context = context;
  }

  page(node: PDFPageLeaf): number {
    const resources = this.#context.lookup(node.getInheritableAttribute(PDFName.of("Resources")));
    const forms = this.#formsIn(resources instanceof PDFDict ? resources : undefined);
    const contents = node.lookup(PDFName.of("Contents"));
    const streams = contents instanceof PDFArray ? contents.asArray().map((item) => this.#context.lookup(item)) : [contents];
    let weight = 0;
    for (const stream of streams) if (stream instanceof PDFStream) weight += this.#content(stream, forms);
    return weight;
  }

  /** With all that it paints; what paints itself, or lies too deep, readers end by themselves. */
  #form(stream: PDFStream, inherited: Forms): number {
    const known = this.#known.get(stream);
    if (known !== undefined) return known;
    if (this.#open.has(stream) || this.#open.size >= MAX_DEPTH) return A_FORM;
    this.#open.add(stream);
    const own = stream.dict.lookup(PDFName.of("Resources"));
    const weight = A_FORM + this.#content(stream, own instanceof PDFDict ? this.#formsIn(own) : inherited);
    this.#open.delete(stream);
    this.#known.set(stream, weight);
    return weight;
  }

  #content(stream: PDFStream, forms: Forms): number {
    const bytes = stream instanceof PDFRawStream ? unpacked(stream) : stream.getContents();
    if (bytes === "too large") return Number.POSITIVE_INFINITY;
    let weight = bytes.length;
    if (forms.size === 0) return weight;
    for (const { name, start, at } of operatorsOf(bytes)) {
      const operand = name === "Do" ? operandsOf(bytes, start, at).at(-1) : undefined;
      const form = operand?.kind === "name" ? forms.get(operand.value) : undefined;
      if (form) weight += this.#form(form, forms);
    }
    return weight;
  }

  #formsIn(resources: PDFDict | undefined): Forms {
    const objects = resources?.lookup(PDFName.of("XObject"));
    if (!(objects instanceof PDFDict)) return NONE;
    const known = this.#forms.get(objects);
    if (known) return known;
    const forms = new Map<string, PDFStream>();
    for (const [name, ref] of objects.entries()) {
      const form = this.#context.lookup(ref);
      if (form instanceof PDFStream && form.dict.lookup(PDFName.of("Subtype")) === PDFName.of("Form")) forms.set(name.decodeText(), form);
    }
    this.#forms.set(objects, forms);
    return forms;
  }
}

function filtersOf(dict: PDFDict): readonly (PDFObject | undefined)[] {
  const filters = dict.lookup(PDFName.of("Filter"));
  if (filters instanceof PDFArray) return filters.asArray().map((_, index) => filters.lookup(index));
  return filters ? [filters] : [];
}

/** What cannot be unpacked has nothing in it. */
function unpacked(stream: PDFRawStream): Uint8Array | "too large" {
  const filters = filtersOf(stream.dict);
  let bytes = stream.contents;
  try {
    // One after the other: what they pack between them is nowhere else.
    for (const filter of filters.slice(0, MAX_DEPTH)) {
      if (filter === PDFName.of("FlateDecode") || filter === PDFName.of("Fl"))
        bytes = inflateSync(bytes, { maxOutputLength: LARGEST_STREAM });
      else if (bytes.length * MOST_PACKED > LARGEST_STREAM) return bytes;
      else bytes = decodedBy(stream, filter, bytes);
    }
    return bytes;
  } catch (error) {
    return (error as { code?: string }).code === "ERR_BUFFER_TOO_LARGE" ? "too large" : new Uint8Array();
  }
}

function decodedBy({ dict }: PDFRawStream, filter: PDFObject | undefined, bytes: Uint8Array): Uint8Array {
  const one = PDFRawStream.of(dict.context.obj({}), bytes);
  if (filter) one.dict.set(PDFName.of("Filter"), filter);
  return decodePDFRawStream(one).decode();
}
