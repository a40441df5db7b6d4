import { createRequire } from "node:module";
import path from "node:path";
import { getDocument, type PDFDocumentProxy, VerbosityLevel } from "pdfjs-dist/legacy/build/pdf.mjs";
import { EngineError } from "../../errors.ts";
import { MAX_PIXELS } from "../pixels.ts";

const assets = path.dirname(createRequire(import.meta.url).resolve("pdfjs-dist/package.json"));

/** What pdf.js throws over a file, and now and then leaves to nobody. */
const OVER_A_FILE: ReadonlySet<string> = new Set([
  "FormatError",
  "InvalidPDFException",
  "MissingDataException",
  "ParserEOFException",
  "UnknownErrorException",
  "XRefEntryException",
  "XRefParseException",
]);

let isWatched = false;

/** A promise that pdf.js forgot when it read a file a second time, mending it, must not end the process. */
function watchForgotten(): void {
  if (isWatched) return;
  isWatched = true;
  process.on("unhandledRejection", (reason) => {
    if (!(reason instanceof Error && OVER_A_FILE.has(reason.name))) throw reason;
  });
}

/** Opens `bytes` for reading and rendering. A damaged page fails, unless pdf.js `mends`. Throws PDF_ENCRYPTED, PASSWORD_WRONG or PDF_CORRUPT. */
export async function load(bytes: Uint8Array, { mends = false, password = "" } = {}): Promise<PDFDocumentProxy> {
  watchForgotten();
  try {
    return await getDocument({
      data: bytes,
      ...(password && { password }),
      standardFontDataUrl: `${assets}/standard_fonts/`,
      cMapUrl: `${assets}/cmaps/`,
      wasmUrl: `${assets}/wasm/`,
      useSystemFonts: false,
      enableXfa: false,
      fontExtraProperties: true,
      stopAtErrors: !mends,
      maxImageSize: MAX_PIXELS,
      verbosity: VerbosityLevel.ERRORS,
    }).promise;
  } catch (error) {
    const encrypted = error instanceof Error && error.name === "PasswordException";
    if (encrypted && password) throw new EngineError("PASSWORD_WRONG", "The PDF does not open with the password that was given.");
    throw encrypted
      ? new EngineError("PDF_ENCRYPTED", "The PDF asks for a password.", { cause: error })
      : new EngineError("PDF_CORRUPT", "The PDF cannot be read.", { cause: error });
  }
}
