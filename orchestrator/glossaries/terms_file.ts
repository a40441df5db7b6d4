import { create } from "@bufbuild/protobuf";
import { GlossaryFormat } from "../../gen/dragoman/v1/glossary_service_pb.ts";
import { type Term, TermSchema } from "../../gen/dragoman/v1/job_pb.ts";
import { invalid } from "./invalid.ts";
import { isTerm, TERM } from "./rules.ts";
import { readTable, separatorOf } from "./table.ts";
import { readTbx } from "./tbx.ts";

/** A term as a file has it. */
export interface TermDraft extends Pick<Term, "source" | "target" | "note" | "caseSensitive" | "exact"> {
  readonly line: number;
}

export interface TermsOfFile {
  readonly terms: Term[];
  /** Concepts of TBX that are not in it. */
  readonly skipped: number;
}

/** The terms of a file's text, in their order. Throws INVALID_REQUEST with the line of the first one that cannot be taken. */
export function termsOfFile(
  text: string,
  format: GlossaryFormat,
  languages: { readonly source: string; readonly target: string },
): TermsOfFile {
  const { drafts, skipped } = draftsOf(text, format, languages);
  const lines = new Map<string, number>();
  const terms = drafts.map(({ line, ...draft }) => {
    const term = create(TermSchema, { ...draft, source: draft.source.normalize("NFC"), target: draft.target.normalize("NFC") });
    const earlier = lines.get(term.source);
    if (!isTerm(term)) throw invalid("file", `has no term in line ${line}: ${TERM}`);
    if (earlier !== undefined) throw invalid("file", `has the source of line ${earlier} in line ${line} again`);
    lines.set(term.source, line);
    return term;
  });
  return { terms, skipped };
}

function draftsOf(text: string, format: GlossaryFormat, languages: { readonly source: string; readonly target: string }) {
  const isXml = /^\ufeff?\s*</.test(text);
  if (format === GlossaryFormat.TBX || (format === GlossaryFormat.UNSPECIFIED && isXml)) return readTbx(text, languages);
  const found = separatorOf(text);
  const separator = format === GlossaryFormat.TSV ? "\t" : format === GlossaryFormat.CSV && found === "\t" ? "," : found;
  return { drafts: readTable(text, separator, languages), skipped: 0 };
}
