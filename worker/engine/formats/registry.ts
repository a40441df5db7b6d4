import { open } from "node:fs/promises";
import type { DocumentContext } from "../context.ts";
import type { Remark } from "../document/remarks.ts";
import { EngineError } from "../errors.ts";
import { type ConvertedFormat, conversionRemark, convertFirst, doc, odg, ppt, rtf, xls } from "./converted.ts";
import { csv } from "./csv/csv.ts";
import { docx } from "./docx/docx.ts";
import { epub } from "./epub/epub.ts";
import type { Format, OpenDocument } from "./format.ts";
import { html } from "./html/html.ts";
import { image } from "./image/image.ts";
import { arb, json } from "./json/json.ts";
import { eml, msg } from "./mail/mail.ts";
import { markdown } from "./markdown/markdown.ts";
import { odp, ods, odt } from "./odf/odf.ts";
import { otherType, refusedName } from "./other_types.ts";
import { pdf } from "./pdf/pdf.ts";
import { po } from "./po/po.ts";
import { pptx } from "./pptx/pptx.ts";
import { properties } from "./properties/properties.ts";
import { HEAD_BYTES, isZip, type Sample, sampleOf } from "./sample.ts";
import { strings } from "./strings/strings.ts";
import { srt, vtt } from "./subtitles/subtitles.ts";
import { text } from "./text/text.ts";
import { xliff } from "./xliff/xliff.ts";
import { xlsx } from "./xlsx/xlsx.ts";
import { yaml } from "./yaml/yaml.ts";
import { entriesOf } from "./zip/peek.ts";

/** Told by their first bytes, or by the parts of their archive. */
const SIGNED: readonly Format[] = [pdf, image, docx, pptx, xlsx];
/** Told by how they are written, or by their name: then they are refused if they are not written so. */
const STRUCTURED: readonly Format[] = [html, epub, srt, vtt, xliff, arb, json, yaml, po, properties, strings, csv, eml, msg];
/** Archives, told by what they say they are and by their entries, and what is one XML file of the same. */
const PACKED: readonly Format[] = [odt, odp, ods];
/** Told by their content, and read as what LibreOffice makes of them. */
const CONVERTED: readonly ConvertedFormat[] = [doc, ppt, xls, rtf, odg];
/** Told by what they are not, and by their name. */
const WRITTEN: readonly Format[] = [markdown, text];

/** Every file type that is read, the surest first. This is the only place that knows them all. */
export const FORMATS: readonly (Format | ConvertedFormat)[] = [...SIGNED, ...PACKED, ...CONVERTED, ...STRUCTURED, ...WRITTEN];

/** A file's content decides what it is; its name only tells apart what content does not. */
export interface Registry {
  /** Throws EngineError: UNSUPPORTED_FILE_TYPE, EMPTY_FILE, and what the format's `open` throws. */
  open(file: string, fileName: string, context: DocumentContext): Promise<Opened>;
}

export interface Opened {
  readonly format: Format;
  readonly document: OpenDocument;
  /** Of this format: what was given, or what that was converted to. */
  readonly file: string;
  /** If that was converted: says so. */
  readonly conversion?: Remark;
}

export const registry: Registry = { open: (file, fileName, context) => openDocument(file, fileName, attaching(context, 0)) };

async function openDocument(file: string, fileName: string, context: DocumentContext): Promise<Opened> {
  const head = await readHead(file);
  if (head.length === 0) throw new EngineError("EMPTY_FILE", "The file is empty.");
  const sample = sampleOf(head, fileName);
  const format = formatOf(isZip(sample) ? { ...sample, entries: await entriesOf(file, head) } : sample);
  if ("open" in format) return { format, file, document: await format.open(file, context) };
  const target = [...SIGNED, ...PACKED].find(({ id }) => id === format.becomes);
  if (!target) throw new Error(`What ${format.id} becomes is not read.`);
  const made = await convertFirst(format, file, context);
  return { format: target, file: made, document: await target.open(made, context), conversion: conversionRemark(format, target) };
}

/** Documents within documents within documents: a mail's, and those of a mail that is attached to it. */
const MAX_DEPTH = 2;

/** `context`, in which what is attached to a document can be opened, if it can come back as what it is. */
function attaching({ openAttached: _, ...context }: DocumentContext, depth: number): DocumentContext {
  if (depth >= MAX_DEPTH) return context;
  return {
    ...context,
    async openAttached(attached, name) {
      const { document, conversion, format } = await openDocument(attached, name, attaching(context, depth + 1));
      if (!conversion && format !== msg) return document;
      await document[Symbol.asyncDispose]();
      throw new EngineError("UNSUPPORTED_FILE_TYPE", "What is attached comes back as another type.");
    },
  };
}

/** Pure: what a file is. Throws UNSUPPORTED_FILE_TYPE, which says what it is where that is known. */
export function formatOf(sample: Sample): Format | ConvertedFormat {
  const signed = [...SIGNED, ...PACKED, ...CONVERTED].find((format) => format.sniff(sample));
  if (signed) return signed;
  const refused = refusedName(sample);
  if (refused !== undefined) throw unsupported(refused);
  const structured = STRUCTURED.find((candidate) => candidate.sniff(sample));
  if (structured) return structured;
  const format = WRITTEN.find((candidate) => candidate.sniff(sample));
  const other = otherType(sample, { isMarkdown: format === markdown });
  if (format && other === undefined) return format;
  throw unsupported(other);
}

function unsupported(type: string | undefined): EngineError {
  return new EngineError(
    "UNSUPPORTED_FILE_TYPE",
    `${type ? `The file is ${type}` : "The content is of no type that can be read"}; ${READ}`,
  );
}

const READ = `${FORMATS.slice(0, -1)
  .map(({ name }) => name)
  .join(", ")} and ${FORMATS.at(-1)?.name} are read.`;

async function readHead(file: string): Promise<Buffer> {
  await using handle = await open(file);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
  return buffer.subarray(0, bytesRead);
}
