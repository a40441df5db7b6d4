import { Readable } from "node:stream";
import { type Edit, edited } from "../edits.ts";
import { escapeAttribute, escapeText } from "../xml/write.ts";
import type { Archive } from "../zip/archive.ts";
import { openPart } from "./chunks.ts";
import { type ScannedCell, type ScannedTag, SheetScanner } from "./scan.ts";

/** What of a sheet is written anew: undefined for what stays. */
export interface SheetEdits {
  /** What stands between the tags of an inline string. */
  readonly inline?: ((number: number, raw: string, root: string) => string | undefined) | undefined;
  readonly running?: ((number: number) => string | undefined) | undefined;
  /** Of a tag's attribute. */
  readonly attribute?: ((tag: number, name: string, value: string) => string | undefined) | undefined;
  readonly formula?: ((text: string) => string | undefined) | undefined;
}

/** A sheet with `edits` made as it streams by; everything else passes through as it is. */
export async function writtenSheet(archive: Archive, part: string, edits: SheetEdits): Promise<Readable> {
  const { chunks, encode, isUtf8 } = await openPart(archive, part);
  const pieces = rewritten(chunks, edits);
  if (isUtf8) return Readable.from(encoded(pieces, encode));
  let whole = "";
  for await (const piece of pieces) whole += piece;
  return Readable.from([encode(whole)]);
}

async function* encoded(pieces: AsyncIterable<string>, encode: (text: string) => Buffer): AsyncGenerator<Buffer> {
  for await (const piece of pieces) if (piece !== "") yield encode(piece);
}

async function* rewritten(chunks: AsyncIterable<string>, edits: SheetEdits): AsyncGenerator<string> {
  const made: Edit[] = [];
  const scanner = new SheetScanner(collecting(edits, made));
  let [pending, from] = ["", 0];
  const upTo = (end: number) => {
    const ready = made.filter((edit) => edit.from >= from && edit.to <= end).map((edit) => shifted(edit, -from));
    const text = edited(pending.slice(0, end - from), ready);
    [pending, from, made.length] = [pending.slice(end - from), end, 0];
    return text;
  };
  for await (const chunk of chunks) {
    pending += chunk;
    scanner.write(chunk);
    yield upTo(scanner.settled);
  }
  scanner.close();
  yield upTo(from + pending.length);
}

function shifted({ from, to, text }: Edit, by: number): Edit {
  return { from: from + by, to: to + by, text };
}

/** Hears of a sheet's texts in order, and adds the edits to `made`. */
function collecting(edits: SheetEdits, made: Edit[]) {
  const [counts, seen] = [{ running: 0, tags: 0 }, { root: "" }];
  const put = ([from, to]: readonly [number, number], text: string | undefined) => {
    if (text !== undefined) made.push({ from, to, text });
  };
  return {
    root(tag: string) {
      seen.root = tag;
    },
    cell({ inline }: Pick<ScannedCell, "inline">) {
      const text = inline && edits.inline?.(inline.number, inline.raw, seen.root);
      if (inline) put(inline.range, inline.isBare ? text?.replace(/^<[^>]*>|<[^>]*>$/g, "") : text);
    },
    running({ range }: { readonly range: readonly [number, number] }) {
      const text = edits.running?.(counts.running++);
      put(range, text === undefined ? undefined : escapeText(text));
    },
    formula({ text, range }: { readonly text: string; readonly range: readonly [number, number] }) {
      const changed = edits.formula?.(text);
      put(range, changed === undefined ? undefined : escapeText(changed));
    },
    tag({ raw, range, attributes }: ScannedTag) {
      const tag = counts.tags++;
      let written = raw;
      for (const [name, value] of Object.entries(attributes)) {
        const text = edits.attribute?.(tag, name, value);
        if (text !== undefined) written = withAttribute(written, name, text);
      }
      if (written !== raw) put(range, written);
    },
  };
}

function withAttribute(tag: string, name: string, value: string): string {
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return tag.replace(new RegExp(`(\\s${escaped}\\s*=\\s*)(?:"[^"]*"|'[^']*')`), (_, head: string) => `${head}"${escapeAttribute(value)}"`);
}
