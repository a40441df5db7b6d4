import { isNamed, type Sample } from "./sample.ts";
import { entriesIn, mimetypeOf } from "./zip/peek.ts";

/** What is written as a type that is read, and is another: to be told by its name alone. */
const NAMED: readonly (readonly [extension: string, type: string])[] = [
  [".ipynb", "a notebook (.ipynb)"],
  [".xcstrings", "a catalogue of strings of Xcode (.xcstrings)"],
  [".stringsdict", "a dictionary of plurals of Xcode (.stringsdict)"],
];

export function refusedName(sample: Sample): string | undefined {
  return NAMED.find(([extension]) => isNamed(sample, [extension]))?.[1];
}

/** What a file is that is not read, in words for people ("a Word document (.docx)"): told by its content alone. Undefined for what may be text. */
export function otherType(sample: Sample, { isMarkdown }: { isMarkdown: boolean }): string | undefined {
  const text = sample.text?.trimStart();
  if (text === undefined) return binaryType(sample);
  const found = WRITTEN.find(([, matches]) => matches(text))?.[0];
  if (found) return found;
  // Markdown has tags of HTML wherever it likes.
  return isMarkdown ? undefined : markupType(text);
}

function binaryType(sample: Sample): string | undefined {
  const { head } = sample;
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  const type = SIGNATURES.find(([, at, hex]) => bytes.subarray(at, at + hex.length / 2).toString("hex") === hex)?.[0];
  if (type === "zip") return zipType(sample);
  if (type === "ole") return oleType(bytes);
  // Two letters are little: the four bytes that the format keeps empty are looked at too.
  return type ?? (bytes.toString("latin1", 0, 2) === "BM" && bytes.toString("hex", 6, 10) === "00000000" ? "a BMP picture" : undefined);
}

type Signature = readonly [type: string, at: number, hex: string];

/** The first bytes of types that people may take for documents (https://en.wikipedia.org/wiki/List_of_file_signatures). */
const SIGNATURES: readonly Signature[] = [
  ["zip", 0, "504b0304"],
  ["zip", 0, "504b0506"],
  ["ole", 0, "d0cf11e0a1b11ae1"],
  ["a HEIF or AVIF picture", 4, "66747970686569"],
  ["a HEIF or AVIF picture", 4, "667479706d6966"],
  ["a HEIF or AVIF picture", 4, "6674797061766966"],
  ["a JPEG 2000 picture", 0, "0000000c6a5020"],
  ["a Photoshop picture", 0, "38425053"],
  ["a video", 4, "66747970"],
  ["a video", 0, "1a45dfa3"],
  ["a sound", 0, "494433"],
  ["a sound or a video", 0, "4f676753"],
  ["a DjVu document", 0, "41542654464f524d"],
  ["a compressed file (.gz)", 0, "1f8b"],
  ["a compressed file (.bz2)", 0, "425a68"],
  ["a compressed file (.xz)", 0, "fd377a585a00"],
  ["a compressed file (.zst)", 0, "28b52ffd"],
  ["an archive (.7z)", 0, "377abcaf271c"],
  ["an archive (.rar)", 0, "526172211a07"],
  ["a program", 0, "7f454c46"],
  ["a database", 0, "53514c69746520666f726d6174203300"],
];

const OFFICE: readonly (readonly [string, string])[] = [
  ["xl/workbook.bin", "a binary Excel workbook (.xlsb)"],
  ["xl/", "an Excel workbook (.xlsx)"],
  ["ppt/", "a PowerPoint presentation (.pptx)"],
  ["[Content_Types].xml", "an Office document of another kind"],
];
const MIME_TYPES: readonly (readonly [string, string])[] = [
  ["application/vnd.oasis.opendocument.text", "an OpenDocument text (.odt)"],
  ["application/vnd.oasis.opendocument.spreadsheet", "an OpenDocument spreadsheet (.ods)"],
  ["application/vnd.oasis.opendocument.presentation", "an OpenDocument presentation (.odp)"],
];

function zipType({ head, entries = entriesIn(head) }: Sample): string {
  // OpenDocument says it itself.
  const mimetype = mimetypeOf(head);
  const mime = MIME_TYPES.find(([type]) => mimetype?.startsWith(type));
  return mime?.[1] ?? OFFICE.find(([begin]) => entries.some((name) => name.startsWith(begin)))?.[1] ?? "a ZIP archive";
}

/** Streams of old Office files are named in UTF-16. */
function oleType(bytes: Buffer): string {
  const has = (stream: string) => bytes.includes(Buffer.from(stream, "utf16le"));
  if (has("WordDocument")) return "an old Word document (.doc)";
  if (has("Workbook")) return "an old Excel workbook (.xls)";
  if (has("PowerPoint Document")) return "an old PowerPoint presentation (.ppt)";
  return "an old Office document (.doc, .xls or .ppt)";
}

const WRITTEN: readonly (readonly [string, (text: string) => boolean])[] = [
  ["a rich text document (.rtf)", (text) => text.startsWith("{\\rtf")],
  ["a PostScript document", (text) => text.startsWith("%!PS")],
  ["an SVG drawing", (text) => /^(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!DOCTYPE\s+svg[^>]{0,300}>\s*)?<svg[\s>]/.test(text)],
  ["XML", (text) => text.startsWith("<?xml ")],
  ["a calendar or an address book", (text) => /^BEGIN:V(?:CALENDAR|CARD)\b/.test(text)],
];

/** Text that begins with an element and ends with it. */
function markupType(text: string): string | undefined {
  const [, root] = /^<([a-zA-Z][\w:.-]*)(?:\s[^<>]*)?>/.exec(text) ?? [];
  return root !== undefined && text.trimEnd().endsWith(`</${root}>`) ? "XML or HTML" : undefined;
}
