import { createRequire } from "node:module";
import path from "node:path";
import { getDocument, type PDFDocumentProxy, VerbosityLevel } from "pdfjs-dist/legacy/build/pdf.mjs";
import { EngineError } from "../../errors.ts";
import { MAX_PIXELS } from "../image/image.ts";

const assets = path.dirname(createRequire(import.meta.url).resolve("pdfjs-dist/package.json"));

/** Opens `bytes` for reading and rendering. A damaged page fails, unless pdf.js `mends`. Throws PDF_ENCRYPTED or PDF_CORRUPT. */
export async function load(bytes: Uint8Array, { mends = false } = {}): Promise<PDFDocumentProxy> {
  try {
    return await getDocument({
      data: bytes,
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
    throw encrypted
      ? new EngineError("PDF_ENCRYPTED", "The PDF asks for a password.", { cause: error })
      : new EngineError("PDF_CORRUPT", "The PDF cannot be read.", { cause: error });
  }
}
