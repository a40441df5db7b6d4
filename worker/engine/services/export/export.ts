import { writeFile } from "node:fs/promises";
import path from "node:path";
import type { Ledger, Output, Page, SourceDocument } from "../../models.ts";
import type { Timed } from "../../stopwatch.ts";
import { remark } from "../translation/translate.ts";
import { toJson } from "./json.ts";
import { toMarkdown } from "./markdown.ts";
import { toPdf } from "./pdf.ts";
import { previews, sourcePreviews } from "./preview.ts";
import { toText } from "./text.ts";

/** Writes a document's result files to a folder. */
export interface Exporter {
  export(document: Translated, folder: string, ledger: Ledger, signal: AbortSignal, time: Timed): Promise<Output[]>;
}

export interface Translated {
  readonly source: SourceDocument;
  readonly pages: readonly Page[];
  /** ISO 639-1 code of what the pages are in now. */
  readonly language: string;
}

/** Markdown, text, PDF, and previews of the PDF's pages and the source's. Missing glyphs become remarks. */
export const fileExporter: Exporter = {
  async export({ source, pages, language }, folder, ledger, signal, time) {
    const outputs: Output[] = [];
    const write = async (output: Output, content: string | Uint8Array) => {
      await writeFile(path.join(folder, output.fileName), content);
      outputs.push(output);
    };
    const markdown: Output = { format: "MARKDOWN", page: 0, mediaType: "text/markdown; charset=utf-8", fileName: "translation.md" };
    await time("write Markdown", 0, () => write(markdown, toMarkdown(pages)));
    const text: Output = { format: "TEXT", page: 0, mediaType: "text/plain; charset=utf-8", fileName: "translation.txt" };
    await time("write text", 0, () => write(text, toText(pages)));
    const model: Output = { format: "JSON", page: 0, mediaType: "application/json", fileName: "translation.json" };
    await time("write JSON", 0, () => write(model, toJson(pages, ledger.sourceLanguage, language)));
    const { bytes, missingGlyphs, sourcePages } = await time("write PDF", 0, () => toPdf(pages, language));
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
        await write(
          { format: "PREVIEW", page, sourcePage: sourcePages[page - 1] ?? 0, mediaType: "image/webp", fileName: `preview-${page}.webp` },
          image,
        );
      for await (const { page, image } of sourcePreviews(source, signal))
        await write({ format: "SOURCE_PREVIEW", page, mediaType: "image/webp", fileName: `source-${page}.webp` }, image);
    });
    return outputs;
  },
};
