import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import type { Tagged } from "../../worker/engine/document/segment.ts";
import { registry } from "../../worker/engine/formats/registry.ts";
import { TranslationPipeline } from "../../worker/engine/pipeline.ts";
import type { Translator } from "../../worker/engine/ports/translator.ts";
import { fileExporter } from "../../worker/engine/services/export/export.ts";
import { openOcr } from "../../worker/engine/services/ocr/ocr.ts";
import { scratch } from "../support/documents.ts";
import { knownFaults } from "./faults.ts";
import { measure } from "./measure.ts";
import { read } from "./read.ts";
import { type Reading, readingOfTruth } from "./reading.ts";
import { SAMPLES } from "./samples.ts";
import { compareBags, noteMarksOf, wordsOf } from "./words.ts";

/** "Translates" to capitals: so each word can be told to have been to a translator and back, tags and all. */
const capitals: Translator = {
  pairs: async () => [{ source: "en", target: "es" }],
  unitOf: async () => "sentence",
  translate: async (batch) => batch.map((source) => ({ kind: "translated", target: capitalsOf(source), unknown: [] })),
  async [Symbol.asyncDispose]() {},
};

function capitalsOf({ text, tags }: Tagged): Tagged {
  return { text: text.replace(/\p{Ll}/gu, (letter) => (letter === "ß" ? letter : letter.toUpperCase())), tags };
}

/** English text of many kinds. What is left as it is by design (code, addresses of links) is in none of these. */
const THROUGH = [
  ...["columns-3-gutter-8-en", "table-ruled-people", "table-spans-ruled", "list-nested-letters", "contents-dots"],
  ...["footnotes-en", "turned-drawn-90-rotate-270", "form-name-and-wish", "free-text-en", "note-mark-behind-number"],
  ...["sidebar-right-filled", "text-address", "text-utf16-be", "md-nested-lists", "md-table", "given-numbered-clauses.pdf"],
];

/** A PDF of texts too. */
const MADE = ["MARKDOWN", "TEXT", "PDF"] as const;

/**
 * What a reader of the files misses. Words and numbers are to be in each of them. Lists and tables are to be lists and tables in the
 * Markdown, as the engine itself reads it.
 */
async function faultsOf(folder: string, wanted: Reading): Promise<string[]> {
  const { stdout: pdf } = await promisify(execFile)("pdftotext", [path.join(folder, "translation.pdf"), "-"]);
  const text = decoded(await readFile(path.join(folder, "translation.txt")));
  const markdown = await readFile(path.join(folder, "translation.md"));
  const again = await read(markdown, "translation.md");
  if (again.kind === "refused") return [`Markdown: ${again.message}`];
  const faults: string[] = [];
  const missing = (name: string, words: readonly string[]) => {
    const lost = compareBags(wanted.words.map(capital), words.map(capital)).missing;
    if (lost.length > 0) faults.push(`${name} lacks ${lost.slice(0, 8).join(" ")}`);
  };
  // Hyphens at line ends are the setter's own.
  missing("text", wordsOf(withMarks(text)));
  missing("PDF", withoutGluedMarks(wordsOf(withMarks(pdf.replace(/-\n/g, ""))), wanted.words.map(capital)));
  missing("Markdown", wordsOf(withMarks(again.reading.words.join(" "))));
  const { lists = 1, tables = 1 } = measure(capitalReading(wanted), again.reading, { bullets: false, levels: false }).structure;
  if (lists < 1) faults.push("Markdown has other lists");
  if (tables < 1) faults.push("Markdown has other tables");
  return faults;
}

const capital = (word: string) => word.toUpperCase();

function capitalReading(reading: Reading): Reading {
  return {
    ...reading,
    items: reading.items.map((item) => ({ ...item, words: item.words.map(capital) })),
    tables: reading.tables.map((rows) => rows.map((row) => row.map(capital))),
  };
}

/** Marks of notes as plain text has them: in brackets, or as raised figures. */
function withMarks(text: string): string {
  const raised = text.replace(/[⁰¹²³⁴⁵⁶⁷⁸⁹]+/g, (figures) => `{^${figures.normalize("NFKC")}}`);
  return noteMarksOf(raised).length > 0 ? raised : text.replace(/\[\^?(\d+)(?:\]|(?=\s|$))/g, " $1 ");
}

/** Raised figures stand close behind their word: pdftotext takes them for a part of it. */
function withoutGluedMarks(words: readonly string[], wanted: readonly string[]): string[] {
  const known = new Set(wanted);
  return words.flatMap((word) => {
    for (const figures of known.has(word) ? [] : [1, 2]) {
      const [head, mark] = [word.slice(0, -figures).replace(/[.,;]$/, ""), word.slice(-figures)];
      if (known.has(head) && known.has(mark)) return [head, mark];
    }
    return [word];
  });
}

/** A text that is written in place is in its source's encoding. */
function decoded(bytes: Buffer): string {
  const [first, second] = bytes;
  if (first === 0xfe && second === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  return new TextDecoder(first === 0xff && second === 0xfe ? "utf-16le" : "utf-8").decode(bytes);
}

describe("a translation's files", () => {
  for (const id of THROUGH)
    it(`have all of ${id}, translated, but for known faults`, async () => {
      const sample = SAMPLES.find((one) => one.id === id);
      if (!sample) throw new RangeError(`No sample ${id}.`);
      const { bytes, truth } = await sample.make();
      await using folder = await scratch();
      const file = await folder.file(sample.fileName, bytes);
      const pipeline = new TranslationPipeline({ registry, ocr: openOcr, translator: capitals, exporter: fileExporter });
      const request = { file, fileName: sample.fileName, sourceLanguage: "en", targetLanguage: "es", folder: folder.path, outputs: MADE };
      await pipeline.run(request, () => undefined, new AbortController().signal);
      const faults = await faultsOf(folder.path, readingOfTruth(truth));
      if ((await knownFaults()).has(`translated ${id}`)) expect(faults, "strike it from faults.json").not.to.deep.equal([]);
      else expect(faults).to.deep.equal([]);
    });
});
