import { execFile } from "node:child_process";
import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { type DefaultTreeAdapterTypes, parse } from "parse5";
import type { Ledger } from "../../worker/engine/document/ledger.ts";
import { registry } from "../../worker/engine/formats/registry.ts";
import { TranslationPipeline } from "../../worker/engine/pipeline.ts";
import type { LanguagePair, Translator } from "../../worker/engine/ports/translator.ts";
import { fileExporter } from "../../worker/engine/services/export/export.ts";
import { ocrOnDemand } from "../../worker/engine/services/ocr/on_demand.ts";
import { scratch } from "../support/documents.ts";
import { textOf } from "./corpus.ts";
import { documentOf } from "./units.ts";

const run = promisify(execFile);
const ALONE_MS = 300_000;
/** Apertium's modes have ISO 639-3 codes. */
const MODES: Readonly<Record<string, string>> = { en: "eng", es: "spa" };

/** What the whole pipeline makes of sentences, which are HTML, as their words; and the ledger of it. */
export async function throughPipeline(
  sentences: readonly string[],
  pair: LanguagePair,
  translator: Translator,
): Promise<{ readonly texts: readonly string[]; readonly ledger: Ledger }> {
  await using folder = await scratch();
  const file = await folder.file("sentences.html", Buffer.from(documentOf(sentences)));
  const output = path.join(folder.path, "output");
  await mkdir(output);
  const pipeline = new TranslationPipeline({ registry, ocr: ocrOnDemand, translator, exporter: fileExporter });
  const request = { file, fileName: "sentences.html", sourceLanguage: pair.source, targetLanguage: pair.target, folder: output };
  const { outputs, ledger } = await pipeline.run({ ...request, outputs: ["DOCUMENT"] }, () => undefined, new AbortController().signal);
  const [document] = outputs.filter(({ format }) => format === "DOCUMENT");
  const texts = paragraphsOf(await readFile(path.join(output, document?.fileName ?? ""), "utf8"));
  if (texts.length !== sentences.length) throw new Error(`${texts.length} paragraphs of ${sentences.length}`);
  return { texts, ledger };
}

/** What Apertium makes of texts by itself, one a paragraph. */
export async function apertiumAlone(texts: readonly string[], { source, target }: LanguagePair): Promise<string[]> {
  await using folder = await scratch();
  const given = await folder.file("texts.txt", Buffer.from(`${texts.join("\n\n")}\n`));
  const made = path.join(folder.path, "made.txt");
  await run("apertium", ["-u", "-f", "txt", `${MODES[source]}-${MODES[target]}`, given, made], { timeout: ALONE_MS });
  const paragraphs = (await readFile(made, "utf8")).trim().split(/\n\s*\n/);
  if (paragraphs.length !== texts.length) throw new Error(`Apertium gave ${paragraphs.length} texts of ${texts.length}`);
  return paragraphs;
}

function paragraphsOf(html: string): string[] {
  const found: string[] = [];
  const walk = (node: DefaultTreeAdapterTypes.Node): void => {
    if ("tagName" in node && node.tagName === "p") found.push(textOf(node));
    else if ("childNodes" in node) node.childNodes.forEach(walk);
  };
  walk(parse(html));
  return found;
}
