import { inflateSync } from "node:zlib";
import { decodePDFRawStream, type PDFContext, PDFDict, PDFName, type PDFObject, PDFRawStream, type PDFRef, type PDFStream } from "pdf-lib";
import { Uneditable } from "./uneditable.ts";

/** No page's content is larger. */
const MAX_BYTES = 256 * 1024 * 1024;

/** What a content stream has, decoded. Throws Uneditable. */
export function decoded(stream: PDFStream): Uint8Array {
  try {
    if (!(stream instanceof PDFRawStream)) return stream.getContents();
    if (stream.transform === undefined && isPlainFlate(stream.dict)) return inflateSync(stream.contents, { maxOutputLength: MAX_BYTES });
    const decoder = decodePDFRawStream(stream);
    return Uint8Array.from(decoder.decode());
  } catch (error) {
    throw new Uneditable("A content stream cannot be decoded.", { cause: error });
  }
}

function isPlainFlate(dict: PDFDict): boolean {
  return dict.lookup(PDFName.of("Filter")) === PDFName.of("FlateDecode") && !dict.has(PDFName.of("DecodeParms"));
}

/** A new stream with `bytes`, and the entries of `dict` but for those on its encoding. */
export function registered(context: PDFContext, bytes: Uint8Array, dict?: PDFDict): PDFRef {
  const stream = context.flateStream(bytes);
  for (const [key, value] of dict?.entries() ?? []) if (!ENCODING.has(key.asString())) stream.dict.set(key, value);
  return context.register(stream);
}

const ENCODING: ReadonlySet<string> = new Set(["/Length", "/Filter", "/DecodeParms", "/F", "/FFilter", "/FDecodeParms", "/DL"]);

/** What `name` is in a part of `resources` ("Font", "XObject" …); undefined if it is not there. */
export function resource(resources: PDFDict | undefined, part: string, name: string) {
  const all = resources?.lookup(PDFName.of(part));
  return all instanceof PDFDict ? all.get(PDFName.of(name)) : undefined;
}

/** Gives `object` the name `name` in a part of `resources`. */
export function setResource(resources: PDFDict, part: string, name: string, object: PDFObject): void {
  partOf(resources, part).set(PDFName.of(name), object);
}

/** Gives `object` a name in a part of `resources` that nothing else has there, beginning with `stem`. */
export function addResource(resources: PDFDict, part: string, stem: string, object: PDFObject): string {
  const dict = partOf(resources, part);
  for (const [name, value] of dict.entries()) if (value === object && name.decodeText().startsWith(stem)) return name.decodeText();
  let number = dict.entries().length;
  while (dict.has(PDFName.of(`${stem}${number}`))) number++;
  dict.set(PDFName.of(`${stem}${number}`), object);
  return `${stem}${number}`;
}

function partOf(resources: PDFDict, part: string): PDFDict {
  const key = PDFName.of(part);
  const found = resources.lookup(key);
  if (found instanceof PDFDict) return found;
  const made = resources.context.obj({});
  resources.set(key, made);
  return made;
}
