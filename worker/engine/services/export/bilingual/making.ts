import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { DocumentContext } from "../../../context.ts";
import type { Remark } from "../../../document/remarks.ts";
import { asEngineError, EngineError } from "../../../errors.ts";
import type { Making } from "../files.ts";
import type { BilingualLook } from "./bilingual.ts";

const USUAL: BilingualLook = { layout: "alternating", first: "source" };
const FILE = { mediaType: "application/pdf", fileName: "bilingual.pdf" };

/** Of the translation's PDF, which is among `makings`, and the source's, which `asPdf` gives. Where there is none of either, or they cannot be read, a remark. */
export async function makeBilingual(
  asPdf: (() => Promise<Uint8Array>) | undefined,
  look: BilingualLook = USUAL,
  makings: readonly Making[],
  { folder, signal, time, password = "" }: DocumentContext,
): Promise<{ readonly making?: Making; readonly remark?: Remark }> {
  const pdf = makings.find(({ file, sourcePages }) => file.mediaType === "application/pdf" && sourcePages !== undefined);
  if (!asPdf || !pdf) return { remark: missing("the source has no pages") };
  try {
    await time("write bilingual PDF", 0, async () => {
      // What no job asks for is not loaded.
      const { bilingual } = await import("./bilingual.ts");
      const translation = await readFile(path.join(folder, pdf.file.fileName));
      const pair = { source: await asPdf(), translation, sourcePages: pdf.sourcePages ?? [], password };
      await writeFile(path.join(folder, FILE.fileName), await bilingual(pair, look));
    });
  } catch (error) {
    signal.throwIfAborted();
    const known = asEngineError(error);
    if (known?.code === "STORAGE_FULL") throw known;
    if (!(error instanceof EngineError)) console.error(error);
    // What it was to be made of is a result by itself.
    if (makings.every(({ formats }) => formats.length === 0)) pdf.formats = ["PDF"];
    return { remark: missing(known?.message ?? "its pages cannot be put together") };
  }
  return { making: { formats: ["BILINGUAL"], file: FILE, renderer: { page: () => undefined, finish: async () => [] } } };
}

function missing(why: string): Remark {
  return { page: 0, code: "BILINGUAL_MISSING", message: `A bilingual PDF was asked for, and there is none: ${why}.` };
}
