import { createHash } from "node:crypto";
import { type PDFContext, PDFDict, PDFName, PDFPageLeaf, type PDFRef, PDFStream } from "pdf-lib";
import type { TracedGlyph } from "../marks.ts";
import { blanked } from "./blank.ts";
import type { Content, FormUse } from "./contents.ts";
import { withoutReplacement } from "./replacement_text.ts";
import { addResource, registered, setResource } from "./streams.ts";
import type { Trace } from "./trace.ts";
import { Uneditable } from "./uneditable.ts";

/** Bytes of a content from `from` to `to` become `text`. */
export interface ByteEdit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** What is painted in place of forms, by the names that these have in their resources. */
export type Exchanged = ReadonlyMap<string, PDFRef>;

/** How a content is changed. */
export interface Rewritten {
  /** In order. */
  readonly edits: readonly ByteEdit[];
  readonly exchanged: Exchanged;
}

/** Forms as they become once glyphs are gone, each made once for all pages that have it so. */
export class FormClones {
  readonly #context: PDFContext;
  readonly #made = new Map<PDFStream, Map<string, PDFRef>>();

  constructor(context: PDFContext) {
    this.#context = context;
  }

  of(stream: PDFStream, bytes: Uint8Array, exchanged: Exchanged): PDFRef {
    const names = [...exchanged].map(([name, ref]) => `${name} ${ref}`).sort();
    const key = createHash("sha256").update(bytes).update(names.join("\n")).digest("base64");
    const others = this.#made.get(stream) ?? new Map<string, PDFRef>();
    this.#made.set(stream, others);
    const ref = others.get(key) ?? this.#make(stream, bytes, exchanged);
    others.set(key, ref);
    return ref;
  }

  #make(stream: PDFStream, bytes: Uint8Array, exchanged: Exchanged): PDFRef {
    const ref = registered(this.#context, bytes, stream.dict);
    const made = this.#context.lookup(ref);
    if (made instanceof PDFStream) exchange(made.dict, exchanged);
    return ref;
  }
}

/** Gives `owner` resources of its own, in which names stand for other forms: what they stood for is nobody's then. */
export function exchange(owner: PDFDict, exchanged: Exchanged): void {
  const key = PDFName.of("Resources");
  const resources = owner instanceof PDFPageLeaf ? owner.Resources() : owner.lookup(key);
  if (exchanged.size === 0 || !(resources instanceof PDFDict)) return;
  const own = resources.clone();
  const objects = resources.lookup(PDFName.of("XObject"));
  own.set(PDFName.of("XObject"), objects instanceof PDFDict ? objects.clone() : resources.context.obj({}));
  for (const [name, ref] of exchanged) setResource(own, "XObject", name, ref);
  owner.set(key, own);
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

  /** Throws Uneditable. */
  of(content: Content): Rewritten {
    const edits: ByteEdit[] = [];
    for (const { number, at } of content.texts)
      if (this.#loses(number, number + 1)) {
        const text = blanked(content.bytes, at, this.#trace.glyphs.get(number) ?? [], this.#isGone);
        edits.push({ from: at.start, to: at.end, text });
      }
    for (const { number, at } of content.paths) if (this.#paths.has(number)) edits.push({ from: at.at, to: at.end, text: "n" });
    const { edits: painting, exchanged } = this.#forms(content);
    edits.push(...painting);
    for (const marked of content.marked) if (this.#loses(marked.from, marked.to)) edits.push(...withoutReplacement(content, marked));
    return { edits: edits.sort((a, b) => a.from - b.from), exchanged };
  }

  /** A name whose every use becomes the same comes to stand for that; else the uses that change get new names. */
  #forms(content: Content): Rewritten {
    const edits: ByteEdit[] = [];
    const exchanged = new Map<string, PDFRef>();
    const { resources } = content;
    // Forms without resources of their own find what they name in those of their content.
    const isLent = content.forms.some((use) => use.content.resources === resources);
    for (const [name, uses] of Map.groupBy(content.forms, (use) => use.name)) {
      const made = uses.map((use) => ({ at: use.at, ref: this.#clone(use) }));
      const [first] = made;
      if (first?.ref && made.every(({ ref }) => ref === first.ref) && !isLent) exchanged.set(name, first.ref);
      else
        for (const { at, ref } of made) {
          if (!ref) continue;
          if (!resources) throw new Uneditable("A form has no name.");
          edits.push({ from: at.start, to: at.end, text: `/${addResource(resources, "XObject", "DragomanForm", ref)} Do` });
        }
    }
    return { edits, exchanged };
  }

  /** The form without what goes; undefined if nothing of it does. */
  #clone({ stream, content }: FormUse): PDFRef | undefined {
    const { edits, exchanged } = this.of(content);
    return edits.length + exchanged.size > 0 ? this.#clones.of(stream, applied(content.bytes, edits), exchanged) : undefined;
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
