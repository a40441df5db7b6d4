import { stat } from "node:fs/promises";
import path from "node:path";
import { pseudo } from "../test/in_place/pseudo.ts";
import { registry } from "../worker/engine/formats/registry.ts";
import { type Request, TranslationPipeline } from "../worker/engine/pipeline.ts";
import { fileExporter } from "../worker/engine/services/export/export.ts";
import { ocrOnDemand } from "../worker/engine/services/ocr/on_demand.ts";
import { mostMemory } from "./reading.ts";

// In a process of its own: what a PDF's translation in place takes of the processor and of memory, reading included. What
// translates it takes almost nothing.
const [, , file = "", folder = ""] = process.argv;
const pipeline = new TranslationPipeline({ registry, ocr: ocrOnDemand, translator: pseudo, exporter: fileExporter });
const request: Request = { file, fileName: "book.pdf", sourceLanguage: "en", targetLanguage: "es", folder, outputs: ["DOCUMENT"] };
const before = process.cpuUsage();
const { ledger, outputs } = await pipeline.run(request, () => undefined, new AbortController().signal);
const { user, system } = process.cpuUsage(before);
const [result] = outputs.filter(({ format }) => format === "DOCUMENT");
if (!result || ledger.pagesOut !== ledger.pagesIn) throw new Error(JSON.stringify(ledger));
const grownBytes = (await stat(path.join(folder, result.fileName))).size - (await stat(file)).size;
console.log(
  JSON.stringify({
    pages: ledger.pagesIn,
    cpuMs: (user + system) / 1000,
    rssBytes: mostMemory(),
    grownBytes,
  }),
);
