import { PDFArray, type PDFContext, PDFDict, PDFName, type PDFObject, type PDFPageLeaf, PDFStream } from "pdf-lib";
import { type CountedContent, contentOf } from "./contents.ts";
import { applied, type ByteEdit } from "./rewrite.ts";
import { decoded, registered } from "./streams.ts";
import { Uneditable } from "./uneditable.ts";

/** What a page is painted with: its streams, taken together. */
export interface PageContents extends CountedContent {
  readonly streams: readonly { readonly object: PDFObject; readonly from: number; readonly to: number }[];
}

const LINE_END = Buffer.from("\n");

/** Throws Uneditable. */
export function readContents(context: PDFContext, page: PDFPageLeaf): PageContents {
  const objects = streamsOf(page);
  const parts: Uint8Array[] = [];
  const streams: { object: PDFObject; from: number; to: number }[] = [];
  let at = 0;
  for (const object of objects) {
    const stream = context.lookup(object);
    if (!(stream instanceof PDFStream)) continue;
    const bytes = decoded(stream);
    parts.push(bytes, LINE_END);
    streams.push({ object, from: at, to: at + bytes.length + 1 });
    at += bytes.length + 1;
  }
  return { streams, ...contentOf(context, Buffer.concat(parts), resourcesOf(page)) };
}

function streamsOf(page: PDFPageLeaf): readonly PDFObject[] {
  const contents = page.Contents();
  if (contents instanceof PDFArray) return contents.asArray();
  return contents ? [page.get(PDFName.of("Contents")) ?? contents] : [];
}

/** The page's own resources, or those that it has from the pages above it. */
export function resourcesOf(page: PDFPageLeaf): PDFDict {
  const found = page.Resources();
  if (found instanceof PDFDict) return found;
  const made = page.context.obj({});
  page.set(PDFName.of("Resources"), made);
  return made;
}

/** Writes the page's streams with `edits`, and `appended` behind them in coordinates of the page. Streams without edits stay as they are. */
export function writeContents(context: PDFContext, page: PDFPageLeaf, { streams, content }: PageContents, written: Written): void {
  const { saved, loose, marks, isInText } = content.ends;
  const edits = [...written.edits, ...loose.map(({ at, end }) => ({ from: at, to: end, text: "" }))].sort((a, b) => a.from - b.from);
  const begin = registered(context, Buffer.from("q\n"));
  const close = `${isInText ? "ET " : ""}${"EMC ".repeat(marks)}${"Q ".repeat(saved + 1)}\n`;
  const end = registered(context, Buffer.concat([Buffer.from(`\n${close}q\n`), written.appended, Buffer.from("\nQ\n")]));
  page.set(PDFName.of("Contents"), context.obj([begin, ...edited(context, streams, { bytes: content.bytes, edits }), end]));
}

/** Adds `appended` to a page whose streams cannot be edited: behind what they leave open, where that can be read. */
export function wrapContents(context: PDFContext, page: PDFPageLeaf, appended: Uint8Array): void {
  try {
    return writeContents(context, page, readContents(context, page), { edits: [], appended });
  } catch (error) {
    if (!(error instanceof Uneditable)) throw error;
  }
  const streams = streamsOf(page);
  const begin = registered(context, Buffer.from("q\n"));
  const end = registered(context, Buffer.concat([Buffer.from("\nQ\nq\n"), appended, Buffer.from("\nQ\n")]));
  page.set(PDFName.of("Contents"), context.obj([begin, ...streams, end]));
}

export interface Written {
  /** In order. */
  readonly edits: readonly ByteEdit[];
  readonly appended: Uint8Array;
}

function edited(
  context: PDFContext,
  streams: PageContents["streams"],
  { bytes, edits }: { bytes: Uint8Array; edits: readonly ByteEdit[] },
): PDFObject[] {
  let next = 0;
  const made: PDFObject[] = [];
  for (const { object, from, to } of streams) {
    const own: ByteEdit[] = [];
    for (let edit = edits[next]; edit && edit.from < to; edit = edits[++next]) {
      // An operator that goes on in the next stream: all of them are one then.
      if (edit.to > to) return [registered(context, applied(bytes, edits))];
      own.push({ ...edit, from: edit.from - from, to: edit.to - from });
    }
    made.push(own.length === 0 ? object : registered(context, applied(bytes.subarray(from, to), own)));
  }
  if (next < edits.length) throw new Uneditable("An edit lies outside the page's content.");
  return made;
}
