import { createHash } from "node:crypto";
import type { PDFContext, PDFRef, PDFStream } from "pdf-lib";
import type { TracedGlyph } from "../marks.ts";
import { blanked } from "./blank.ts";
import type { Content } from "./contents.ts";
import { withoutReplacement } from "./replacement_text.ts";
import { addResource, registered } from "./streams.ts";
import type { Trace } from "./trace.ts";
import { Uneditable } from "./uneditable.ts";

/** Bytes of a content from `from` to `to` become `text`. */
export interface ByteEdit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** Forms as they become once glyphs are gone, each made once for all pages that have it so. */
export class FormClones {
  readonly #context: PDFContext;
  readonly #made = new Map<PDFStream, Map<string, PDFRef>>();

  constructor(context: PDFContext) {
    this.#context = context;
  }

  of(stream: PDFStream, bytes: Uint8Array): PDFRef {
    const key = createHash("sha256").update(bytes).digest("base64");
    const others = this.#made.get(stream) ?? new Map<string, PDFRef>();
    this.#made.set(stream, others);
    const ref = others.get(key) ?? registered(this.#context, bytes, stream.dict);
    others.set(key, ref);
    return ref;
  }
}

/** What is taken out of a page. */
export interface Removed {
  readonly isGone: (glyph: TracedGlyph) => boolean;
  /** By number. */
  readonly paths: ReadonlySet<number>;
}

/** Takes glyphs out of a page's content, and what reads them out in their place. */
export class Rewriting {
  readonly #trace: Trace;
  readonly #isGone: (glyph: TracedGlyph) => boolean;
  readonly #paths: ReadonlySet<number>;
  readonly #clones: FormClones;
  /** Of text operators by their numbers: how many before it lose glyphs. */
  readonly #before: Uint32Array;

  constructor(trace: Trace, { isGone, paths }: Removed, clones: FormClones) {
    this.#trace = trace;
    this.#isGone = isGone;
    this.#paths = paths;
    this.#clones = clones;
    this.#before = new Uint32Array(trace.operators + 1);
    for (let number = 0; number < trace.operators; number++)
      this.#before[number + 1] = (this.#before[number] ?? 0) + (trace.glyphs.get(number)?.some(isGone) ? 1 : 0);
  }

  /** In order. Throws Uneditable. */
  edits(content: Content): readonly ByteEdit[] {
    const edits: ByteEdit[] = [];
    for (const { number, at } of content.texts)
      if (this.#loses(number, number + 1)) {
        const text = blanked(content.bytes, at, this.#trace.glyphs.get(number) ?? [], this.#isGone);
        edits.push({ from: at.start, to: at.end, text });
      }
    for (const { number, at } of content.paths) if (this.#paths.has(number)) edits.push({ from: at.at, to: at.end, text: "n" });
    for (const { at, stream, content: inner } of content.forms) {
      const within = this.edits(inner);
      if (within.length === 0) continue;
      if (!content.resources) throw new Uneditable("A form has no name.");
      const name = addResource(content.resources, "XObject", "DragomanForm", this.#clones.of(stream, applied(inner.bytes, within)));
      edits.push({ from: at.start, to: at.end, text: `/${name} Do` });
    }
    for (const marked of content.marked) if (this.#loses(marked.from, marked.to)) edits.push(...withoutReplacement(content, marked));
    return edits.sort((a, b) => a.from - b.from);
  }

  #loses(from: number, to: number): boolean {
    return (this.#before[to] ?? 0) > (this.#before[from] ?? 0);
  }
}

/** `edits` are in order, and do not overlap. */
export function applied(bytes: Uint8Array, edits: readonly ByteEdit[]): Uint8Array {
  const parts: Uint8Array[] = [];
  let last = 0;
  for (const { from, to, text } of edits) {
    // What was glued to its neighbour must not become a part of the new text.
    parts.push(bytes.subarray(last, from), Buffer.from(` ${text} `, "latin1"));
    last = to;
  }
  return Buffer.concat([...parts, bytes.subarray(last)]);
}
