import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { LedgerEntry } from "../../gen/dragoman/v1/job_pb.ts";
import { registry } from "../../worker/engine/formats/registry.ts";
import { TranslationPipeline } from "../../worker/engine/pipeline.ts";
import type { Translator } from "../../worker/engine/ports/translator.ts";
import { fileExporter } from "../../worker/engine/services/export/export.ts";
import { openOcr } from "../../worker/engine/services/ocr/ocr.ts";
import { pseudo } from "./pseudo.ts";
import type { PublishedPage } from "./published.ts";

export interface Given {
  readonly bytes: Uint8Array;
  readonly fileName: string;
  /** ISO 639-1; empty to detect it. */
  readonly from: string;
  readonly to: string;
  readonly translator?: Translator;
}

/** A translated document. */
export interface SetDocument {
  /** In the source's own format, or what stands in its place. */
  readonly bytes: Buffer;
  readonly mediaType: string;
  /** What was set, by the JSON result. */
  readonly pages: readonly PublishedPage[];
  readonly remarks: readonly Pick<LedgerEntry, "page" | "code" | "message">[];
  /** CPU seconds of all of it. */
  readonly cpuSeconds: number;
}

/** Translates a document in this process, as an engine does. Throws EngineError. */
export async function translateInPlace({ bytes, fileName, from, to, translator = pseudo }: Given): Promise<SetDocument> {
  const folder = await mkdtemp(path.join(tmpdir(), "dragoman-in-place-"));
  const before = process.cpuUsage();
  try {
    const file = path.join(folder, "input");
    await writeFile(file, bytes);
    const pipeline = new TranslationPipeline({ registry, ocr: openOcr, translator, exporter: fileExporter });
    const request = { file, fileName, sourceLanguage: from, targetLanguage: to, folder, outputs: ["DOCUMENT", "JSON"] as const };
    const { outputs, ledger } = await pipeline.run(request, () => undefined, new AbortController().signal);
    const [document] = outputs;
    const model = outputs.find(({ format }) => format === "JSON");
    if (document?.format !== "DOCUMENT" || !model) throw new Error("There is no document.");
    const { user, system } = process.cpuUsage(before);
    const json = JSON.parse(await readFile(path.join(folder, model.fileName), "utf8")) as { pages: PublishedPage[] };
    return {
      bytes: await readFile(path.join(folder, document.fileName)),
      mediaType: document.mediaType,
      pages: json.pages,
      remarks: ledger.entries as SetDocument["remarks"],
      cpuSeconds: (user + system) / 1e6,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
