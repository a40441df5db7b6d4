import { TextDecoder } from "node:util";
import { SaxesParser, type SaxesTagPlain } from "saxes";
import { DragomanError } from "../../platform/errors.ts";
import { type ReadText, SegmentBuilder } from "./segment.ts";
import { PROPERTY } from "./write.ts";

/** One text with its translations, as a file of TMX has them. */
export interface ReadUnit {
  /** Empty where the file does not say which is the source. */
  readonly sourceLanguage: string;
  readonly variants: readonly { readonly language: string; readonly text: ReadText }[];
  /** What Dragoman wrote besides; empty for none. */
  readonly property: string;
}

const MAX_DEPTH = 50;
const MAX_VARIANTS = 100;
/** The reader holds all that stands between two marks. */
const MAX_BETWEEN = 1024 * 1024;
const MAX_PROPERTY = 100_000;
/** In them a file says its encoding. */
const START_BYTES = 200;

/** The units of a TMX file of any version, one by one as it comes. Of its DTD nothing is read. Throws INVALID_REQUEST. */
export async function* readTmx(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<ReadUnit> {
  const reader = new TmxReader();
  let start: Uint8Array = new Uint8Array();
  let decoder: TextDecoder | undefined;
  for await (const chunk of bytes) {
    if (!decoder) start = Buffer.concat([start, chunk]);
    if (!decoder && start.length < START_BYTES) continue;
    const next = decoder ? chunk : start;
    decoder ??= decoderOf(start);
    yield* reader.read(decoded(decoder, next));
  }
  if (!decoder) {
    decoder = decoderOf(start);
    yield* reader.read(decoded(decoder, start));
  }
  yield* reader.read(decoded(decoder));
  yield* reader.end();
}

class TmxReader {
  readonly #parser = new SaxesParser({ position: true });
  readonly #open: string[] = [];
  #read: ReadUnit[] = [];
  #told = 0;
  #given = 0;
  #fileLanguage = "";
  #unit: { sourceLanguage: string; variants: { language: string; text: ReadText }[]; property: string } | undefined;
  #language = "";
  #segment: SegmentBuilder | undefined;
  #property: string | undefined;

  constructor() {
    const parser = this.#parser;
    parser.on("error", (error) => {
      throw notTmx(`It is not well-formed XML: ${error.message.slice(0, 100).replace(/[^\x20-\x7e]/g, "?")}`);
    });
    parser.on("opentag", (tag) => this.#begin(tag as SaxesTagPlain));
    parser.on("closetag", ({ name }) => this.#end(name));
    parser.on("text", (text) => this.#text(text));
    parser.on("cdata", (text) => this.#text(text));
  }

  read(text: string): ReadUnit[] {
    this.#given += text.length;
    this.#parser.write(text);
    if (this.#given - this.#told > MAX_BETWEEN + text.length) throw notTmx("A text or a mark in it has no end.");
    return this.#taken();
  }

  end(): ReadUnit[] {
    this.#parser.close();
    return this.#taken();
  }

  #taken(): ReadUnit[] {
    const read = this.#read;
    this.#read = [];
    return read;
  }

  #begin({ name, attributes }: SaxesTagPlain): void {
    this.#told = this.#given;
    if (this.#open.length === 0 && name !== "tmx") throw notTmx("Its root is no `tmx`.");
    if (this.#open.push(name) > MAX_DEPTH) throw notTmx("It nests too deep.");
    if (this.#segment) this.#segment.begin(name, attributes);
    else if (name === "header") this.#fileLanguage = attributes["srclang"] ?? "";
    else if (name === "tu") this.#unit = { sourceLanguage: attributes["srclang"] ?? this.#fileLanguage, variants: [], property: "" };
    else if (name === "tuv") this.#language = attributes["xml:lang"] ?? attributes["lang"] ?? "";
    else if (name === "prop" && this.#unit && attributes["type"] === PROPERTY) this.#property = "";
    else if (name === "seg" && this.#unit) this.#segment = new SegmentBuilder();
  }

  #text(text: string): void {
    this.#told = this.#given;
    if (this.#segment) this.#segment.add(text);
    else if (this.#property !== undefined && this.#property.length <= MAX_PROPERTY) this.#property += text;
  }

  #end(name: string): void {
    this.#told = this.#given;
    this.#open.pop();
    if (name === "seg" && this.#unit && this.#segment) {
      if (this.#unit.variants.length < MAX_VARIANTS) this.#unit.variants.push({ language: this.#language, text: this.#segment.read });
      this.#segment = undefined;
    } else if (this.#segment) this.#segment.end(name);
    else if (name === "prop" && this.#unit && this.#property !== undefined) {
      this.#unit.property = this.#property;
      this.#property = undefined;
    } else if (name === "tu" && this.#unit) {
      this.#read.push(this.#unit);
      this.#unit = undefined;
    }
  }
}

/** By its byte order mark, or what it says of itself (XML 1.0, appendix F). */
function decoderOf(start: Uint8Array): TextDecoder {
  const [first, second] = start;
  if ((first === 0xff && second === 0xfe) || (first === 0x3c && second === 0)) return new TextDecoder("utf-16le", { fatal: true });
  if ((first === 0xfe && second === 0xff) || (first === 0 && second === 0x3c)) return new TextDecoder("utf-16be", { fatal: true });
  const [, label = "utf-8"] =
    /^<\?xml[^>]*encoding\s*=\s*["']([A-Za-z0-9._-]+)/.exec(Buffer.from(start.subarray(0, START_BYTES)).toString("latin1")) ?? [];
  try {
    return new TextDecoder(label, { fatal: true });
  } catch {
    throw notTmx("It is in an encoding that is not known.");
  }
}

function decoded(decoder: TextDecoder, chunk?: Uint8Array): string {
  try {
    return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode();
  } catch {
    throw notTmx(`It is not in ${decoder.encoding}.`);
  }
}

function notTmx(why: string): DragomanError {
  return DragomanError.of("INVALID_REQUEST", `The file is no TMX. ${why}`, { hint: "Send a file of TMX 1.4b as it is." });
}
