import { type PDFContext, PDFDict, PDFName, type PDFObject, PDFRef, PDFStream } from "pdf-lib";
import { type ContentOperator, operatorsOf } from "./lexer.ts";
import { type Operand, operandsOf } from "./operands.ts";
import { decoded, resource } from "./streams.ts";
import { Uneditable } from "./uneditable.ts";

/** The content of a page, or of a form where it is painted: forms that are painted twice are there twice. */
export interface Content {
  readonly bytes: Uint8Array;
  readonly resources: PDFDict | undefined;
  readonly texts: readonly TextOperator[];
  readonly forms: readonly FormUse[];
  readonly paths: readonly PaintedPath[];
  readonly marked: readonly MarkedContent[];
  readonly ends: Ends;
}

/** What a content leaves open, or closes that is not open. */
export interface Ends {
  /** Graphics states that are saved and not restored. */
  readonly saved: number;
  /** Restorings of what nobody saved: readers pass over them. */
  readonly loose: readonly ContentOperator[];
  readonly marks: number;
  readonly isInText: boolean;
}

/** An operator that shows text, by its number among all of the page and its forms. */
export interface TextOperator {
  readonly number: number;
  readonly at: ContentOperator;
  /** What its font is in the file, as its resources name it. */
  readonly font: PDFObject | undefined;
}

/** An operator that paints a path, or ends it unpainted, by its number among all of the page and its forms. */
export interface PaintedPath {
  readonly number: number;
  readonly at: ContentOperator;
}

export interface FormUse {
  /** The operator that paints it. */
  readonly at: ContentOperator;
  /** That its content's resources have it by. */
  readonly name: string;
  readonly stream: PDFStream;
  readonly content: Content;
}

/** A part of the content with properties, and the text operators in it: from `from` up to, not with, `to`. */
export interface MarkedContent {
  readonly at: ContentOperator;
  readonly from: number;
  readonly to: number;
}

/** pdf.js stops no earlier; real forms lie a few deep. */
const MAX_DEPTH = 24;
/** Together, in one page: forms may be painted any number of times. */
const MAX_LEXED = 512 * 1024 * 1024;

interface Font {
  readonly isSet: boolean;
  readonly object: PDFObject | undefined;
}

/** The content of a page, and how many operators in it show text, and paint paths. */
export interface CountedContent {
  readonly content: Content;
  readonly operators: number;
  readonly paths: number;
}

/** Walks a page's content as pdf.js does, so that operators have the same numbers. Throws Uneditable. */
export function contentOf(context: PDFContext, bytes: Uint8Array, resources: PDFDict | undefined): CountedContent {
  const walk = new Walk(context);
  const content = walk.content(bytes, resources, { isSet: false, object: undefined }, []);
  return { content, operators: walk.texts, paths: walk.paths };
}

class Walk {
  texts = 0;
  paths = 0;
  #lexed = 0;
  readonly #context: PDFContext;
  readonly #decoded = new Map<PDFStream, Uint8Array>();

  constructor(context: PDFContext) {
    this.#context = context;
  }

  content(bytes: Uint8Array, resources: PDFDict | undefined, given: Font, within: readonly PDFStream[]): Content {
    this.#lexed += bytes.length;
    if (this.#lexed > MAX_LEXED) throw new Uneditable("The page's forms are painted too often.");
    const texts: TextOperator[] = [];
    const forms: FormUse[] = [];
    const marked: MarkedContent[] = [];
    const paths: PaintedPath[] = [];
    const open: { at: ContentOperator; from: number }[] = [];
    const saved: Font[] = [];
    const loose: ContentOperator[] = [];
    let font = given;
    let isInText = false;
    for (const at of operatorsOf(bytes)) {
      switch (at.name) {
        case "q":
          saved.push(font);
          break;
        case "Q":
          if (saved.length === 0) loose.push(at);
          font = saved.pop() ?? font;
          break;
        case "BT":
        case "ET":
          isInText = at.name === "BT";
          break;
        case "Tf":
          font = { isSet: true, object: resource(resources, "Font", firstName(bytes, at)) };
          break;
        case "gs":
          font = this.#state(firstName(bytes, at), resources, font, within);
          break;
        case "Do": {
          const form = this.#form(firstName(bytes, at), resources, font, within);
          if (form) forms.push({ at, ...form });
          break;
        }
        case "BMC":
        case "BDC":
          open.push({ at, from: this.texts });
          break;
        case "EMC": {
          const begun = open.pop();
          if (begun?.at.name === "BDC") marked.push({ ...begun, to: this.texts });
          break;
        }
        case "S":
        case "s":
        case "f":
        case "F":
        case "f*":
        case "B":
        case "B*":
        case "b":
        case "b*":
        case "n":
          paths.push({ number: this.paths++, at });
          break;
        case "Tj":
        case "TJ":
        case "'":
        case '"':
          // As pdf.js does, text without a font or an operand is no operator.
          if (font.isSet && at.at > at.start) texts.push({ number: this.texts++, at, font: font.object });
      }
    }
    return { bytes, resources, texts, forms, paths, marked, ends: { saved: saved.length, loose, marks: open.length, isInText } };
  }

  #form(name: string, resources: PDFDict | undefined, font: Font, within: readonly PDFStream[]): Omit<FormUse, "at"> | undefined {
    const stream = this.#context.lookup(resource(resources, "XObject", name));
    if (!(stream instanceof PDFStream) || stream.dict.lookup(PDFName.of("Subtype")) !== PDFName.of("Form")) return undefined;
    return { name, stream, content: this.#within(stream, resources, font, within) };
  }

  #within(stream: PDFStream, resources: PDFDict | undefined, font: Font, within: readonly PDFStream[]): Content {
    if (within.includes(stream) || within.length > MAX_DEPTH) throw new Uneditable("A form paints itself.");
    let bytes = this.#decoded.get(stream);
    if (!bytes) {
      bytes = decoded(stream);
      this.#decoded.set(stream, bytes);
    }
    const own = stream.dict.lookup(PDFName.of("Resources"));
    return this.content(bytes, own instanceof PDFDict ? own : resources, font, [...within, stream]);
  }

  /** A graphics state may set the font, and a mask that is a form: pdf.js runs it then. Text of a mask is nobody's. */
  #state(name: string, resources: PDFDict | undefined, font: Font, within: readonly PDFStream[]): Font {
    const state = this.#context.lookup(resource(resources, "ExtGState", name));
    if (!(state instanceof PDFDict)) return font;
    const mask = state.lookup(PDFName.of("SMask"));
    const group = mask instanceof PDFDict ? mask.lookup(PDFName.of("G")) : undefined;
    if (group instanceof PDFStream) this.#within(group, resources, font, within);
    const set = state.lookup(PDFName.of("Font"));
    const object = set && "get" in set && "size" in set ? (set as { get(index: number): PDFObject }).get(0) : undefined;
    return object instanceof PDFRef ? { isSet: true, object } : font;
  }
}

function firstName(bytes: Uint8Array, { start, at }: ContentOperator): string {
  const name = operandsOf(bytes, start, at).find((operand): operand is Extract<Operand, { kind: "name" }> => operand.kind === "name");
  return name?.value ?? "";
}
