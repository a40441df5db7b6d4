import { writeFile } from "node:fs/promises";
import path from "node:path";
import type { Ledger, Output, Page } from "../../models.ts";
import type { Timed } from "../../stopwatch.ts";
import { remark } from "../translation/translate.ts";
import { toMarkdown } from "./markdown.ts";
import { toPdf } from "./pdf.ts";
import { previews } from "./preview.ts";
import { toText } from "./text.ts";

/** Writes a document's result files to a folder. */
export interface Exporter {
  export(pages: readonly Page[], language: string, folder: string, ledger: Ledger, signal: AbortSignal, time: Timed): Promise<Output[]>;
}

/** Markdown, text, PDF and a preview of each of the PDF's pages. Missing glyphs become remarks. */
export const fileExporter: Exporter = {
  async export(pages, language, folder, ledger, signal, time) {
    const outputs: Output[] = [];
    const write = async (output: Output, content: string | Uint8Array) => {
      await writeFile(path.join(folder, output.fileName), content);
      outputs.push(output);
    };
    const markdown: Output = { format: "MARKDOWN", page: 0, mediaType: "text/markdown; charset=utf-8", fileName: "translation.md" };
    await time("write Markdown", 0, () => write(markdown, toMarkdown(pages)));
    const text: Output = { format: "TEXT", page: 0, mediaType: "text/plain; charset=utf-8", fileName: "translation.txt" };
    await time("write text", 0, () => write(text, toText(pages)));
    const { bytes, missingGlyphs } = await time("write PDF", 0, () => toPdf(pages, language));
    for (const glyph of missingGlyphs) {
      const code = glyph.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0");
      remark(ledger, {
        page: 0,
        code: "GLYPH_MISSING",
        message: `The PDF's fonts do not have U+${code}; it is shown as a replacement sign.`,
      });
    }
    await write({ format: "PDF", page: 0, mediaType: "application/pdf", fileName: "translation.pdf" }, bytes);
    await time("write previews", 0, async () => {
      for await (const { page, image } of previews(bytes, signal))
        await write({ format: "PREVIEW", page, mediaType: "image/webp", fileName: `preview-${page}.webp` }, image);
    });
    return outputs;
  },
};
