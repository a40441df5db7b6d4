import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { GlossaryFormat } from "../gen/dragoman/v1/glossary_service_pb.ts";
import type { Term } from "../gen/dragoman/v1/job_pb.ts";
import { termsOfFile } from "../orchestrator/glossaries/terms_file.ts";
import { DragomanError } from "../platform/errors.ts";
import { UsageError } from "../platform/usage_error.ts";
import { sentence } from "./system_error.ts";

/** Of a stored glossary, with its version or without. */
const GLOSSARY = /^[0-9A-Z]{26}(@\d+)?$/;
/** No glossary that is taken is longer. */
const MAX_BYTES = 8 * 1024 ** 2;
const FORMATS: Readonly<Record<string, GlossaryFormat>> = {
  csv: GlossaryFormat.CSV,
  tsv: GlossaryFormat.TSV,
  tab: GlossaryFormat.TSV,
  tbx: GlossaryFormat.TBX,
};

/** What a command that translates takes of terms. */
export interface TermOptions {
  readonly glossary?: readonly string[];
  readonly doNotTranslate?: readonly string[];
}

/** The terms of a job, as its options have them. */
export interface JobTerms {
  readonly glossaries: string[];
  readonly terms: Term[];
  readonly doNotTranslate: string[];
}

export function withTerms(command: Command): Command {
  const collect = (one: string, others: readonly string[] = []) => [...others, one];
  return command
    .option("--glossary <file or id>", "terms it is held to, of a file (CSV, TSV, TBX) or a stored glossary; may be given again", collect)
    .option("--do-not-translate <term>", "a word or phrase that stays as it is; may be given again", collect);
}

/** Throws UsageError for a file that is none, INVALID_REQUEST for what cannot be taken of it. */
export async function termsOf(
  { glossary = [], doNotTranslate = [] }: TermOptions,
  { from = "", to }: { readonly from?: string; readonly to: string },
): Promise<JobTerms> {
  const isStored = (name: string) => GLOSSARY.test(name);
  const files = await Promise.all(
    glossary
      .filter((name) => !isStored(name))
      .map(async (file) => {
        const { text, format } = await readTerms(file);
        const { terms, skipped } = termsOfFile(text, format, { source: from, target: to });
        if (terms.length === 0 && skipped > 0)
          throw new UsageError(from ? `${file} has no term in ${from} and ${to}.` : `${file} needs --from: it is of several languages.`);
        if (skipped > 0) console.error(`${file}: ${skipped} concepts are left out, without terms of their own in both languages`);
        return terms;
      }),
  );
  // As with stored ones, the first file's terms go before.
  const bySource = new Map<string, Term>();
  for (const term of files.flat()) if (!bySource.has(term.source)) bySource.set(term.source, term);
  return { glossaries: glossary.filter(isStored), terms: [...bySource.values()], doNotTranslate: [...doNotTranslate] };
}

/** The text of a file of terms, and what its name says that it is. */
export async function readTerms(file: string): Promise<{ readonly text: string; readonly format: GlossaryFormat }> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw DragomanError.of("INPUT_UNREADABLE", sentence(cause) ?? `${file} cannot be read.`, { cause });
  });
  if (bytes.length > MAX_BYTES) throw DragomanError.of("REQUEST_TOO_LARGE", `${file} has more than ${MAX_BYTES} bytes.`);
  const ending = /\.(\w+)$/.exec(file)?.[1]?.toLowerCase() ?? "";
  return { text: decoded(bytes, file), format: FORMATS[ending] ?? GlossaryFormat.UNSPECIFIED };
}

/** Spreadsheets write UTF-16 with a mark before it, and UTF-8. */
function decoded(bytes: Buffer, file: string): string {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : "utf-8";
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new UsageError(`${file} is not UTF-8. Save it as "CSV UTF-8", or convert it: iconv -f WINDOWS-1252 -t UTF-8.`, { cause });
  }
}
