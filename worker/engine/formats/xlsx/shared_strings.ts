import { SaxesParser, type SaxesTagPlain } from "saxes";
import { type Edit, edited } from "../edits.ts";
import { decodeXml } from "../xml/encoding.ts";
import { malformed } from "../xml/parse.ts";
import type { Archive } from "../zip/archive.ts";
import { type RichText, readRich } from "./rich_text.ts";

const SLICE = 1024 * 1024;

/** The texts that cells refer to by their numbers (ISO/IEC 29500-1, 18.4): each is there once, however many cells show it. */
export interface SharedStrings {
  readonly count: number;
  /** The start tag of the part's root, as it stands there. */
  readonly root: string;
  at(index: number): RichText;
  /** The part with the `changed` ones written, by their numbers. */
  written(changed: ReadonlyMap<number, string>): Buffer;
}

export const NO_STRINGS: SharedStrings = {
  count: 0,
  root: "<sst>",
  at: () => readRich("", "<sst>"),
  written: () => Buffer.alloc(0),
};

/** Throws DOCUMENT_CORRUPT, DOCUMENT_TOO_COMPLEX. */
export async function openSharedStrings(archive: Archive, part: string): Promise<SharedStrings> {
  const { text: source, encode } = decodeXml(await archive.read(part));
  const { root, places } = scan(source);
  const range = (index: number): readonly [number, number] => [places[2 * index] ?? 0, places[2 * index + 1] ?? 0];
  return {
    count: places.length / 2,
    root,
    at: (index) => readRich(source.slice(...range(index)), root),
    written(changed) {
      const edits = [...changed]
        .sort(([one], [other]) => one - other)
        .map(([index, text]): Edit => {
          const [from, to] = range(index);
          return { from, to, text };
        });
      return encode(edited(source, edits));
    },
  };
}

/** Where each string begins and ends, its tags not with it. */
function scan(source: string): { readonly root: string; readonly places: Uint32Array } {
  const parser = new SaxesParser({ position: true });
  let places = new Uint32Array(1024);
  let [count, depth, root] = [0, 0, ""];
  parser.on("error", (error) => {
    throw malformed(error);
  });
  const isString = (name: string) => name === "si" || name.endsWith(":si");
  parser.on("opentag", (tag) => {
    depth++;
    const end = parser.position;
    if (depth === 1) root = source.slice(source.lastIndexOf("<", end - 1), end);
    if (depth !== 2 || !isString(tag.name)) return;
    if (2 * count + 2 > places.length) places = grown(places);
    places[2 * count] = end;
  });
  parser.on("closetag", (tag) => {
    if (depth === 2 && isString(tag.name)) {
      const { isSelfClosing } = tag as SaxesTagPlain;
      places[2 * count + 1] = isSelfClosing ? (places[2 * count] ?? 0) : source.lastIndexOf("<", parser.position - 1);
      count++;
    }
    depth--;
  });
  for (let at = 0; at < source.length; at += SLICE) parser.write(source.slice(at, at + SLICE));
  parser.close();
  return { root, places: places.subarray(0, 2 * count) };
}

function grown(places: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(places.length * 2);
  larger.set(places);
  return larger;
}
