import { CsvError, parse } from "csv-parse/sync";
import { invalid } from "./invalid.ts";
import type { TermDraft } from "./terms_file.ts";

type Column = "source" | "target" | "note" | "caseSensitive" | "exact" | "doNotTranslate";

const NAMES: Readonly<Record<string, Column>> = {
  ...{ source: "source", target: "target", note: "note", comment: "note" },
  ...{ case_sensitive: "caseSensitive", case: "caseSensitive", exact: "exact", whole_word: "exact" },
  ...{ do_not_translate: "doNotTranslate", dnt: "doNotTranslate" },
};
const USUAL: readonly Column[] = ["source", "target", "note"];
const YES = /^(true|yes|y|1|x)$/i;
const NO = /^(false|no|n|0|)$/i;

/** Of a language, as it is written here. */
const CODE = /^[a-z]{2,3}(_[a-z0-9]{2,4}){0,2}$/;

const TOLERANT = { bom: true, relax_column_count: true, relax_quotes: true, skip_empty_lines: true, trim: true };

interface Row {
  readonly fields: readonly string[];
  readonly line: number;
}

/** Columns by the first row, if it names any: the codes of the languages say where source and target are too. */
interface Columns {
  readonly columns: readonly (Column | undefined)[];
  readonly isNamed: boolean;
}

/** The terms of a table, CSV (with commas or semicolons) or TSV. Throws INVALID_REQUEST with the number of the line. */
export function readTable(
  text: string,
  separator: "," | ";" | "\t",
  languages: { readonly source: string; readonly target: string },
): TermDraft[] {
  const rows = rowsOf(text, separator);
  const { columns, isNamed } = columnsOf(rows[0]?.fields ?? [], languages);
  return rows.slice(isNamed ? 1 : 0).map(({ fields, line }) => draftOf(fields, columns, line));
}

/** What stands between the fields of a table's first line. */
export function separatorOf(text: string): "," | ";" | "\t" {
  const [first = ""] = text.split(/\r?\n/, 1);
  const bare = first.replace(/"[^"]*"/g, "");
  if (bare.includes("\t")) return "\t";
  return bare.split(";").length > bare.split(",").length ? ";" : ",";
}

function rowsOf(text: string, delimiter: string): Row[] {
  const read = (quote: string | null): Row[] => {
    const lines: number[] = [];
    const onRecord = (fields: string[], { lines: line }: { readonly lines: number }) => {
      lines.push(line);
      return fields;
    };
    const records = parse(text, { ...TOLERANT, delimiter, quote, on_record: onRecord });
    return records.map((fields, index) => ({ fields, line: lines[index] ?? 0 })).filter(isFilled);
  };
  try {
    return read('"');
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    // Those who write tabs mostly quote nothing, and a quotation mark is one.
    if (delimiter === "\t") return read(null);
    throw invalid("file", `is no table: line ${error["lines"] ?? 1} has a quotation mark where none can stand`);
  }
}

function isFilled({ fields }: Row): boolean {
  return fields.some((field) => field !== "");
}

function columnsOf(first: readonly string[], { source, target }: { readonly source: string; readonly target: string }): Columns {
  const plain = first.map((name) => name.toLowerCase().replaceAll(/[ -]/g, "_"));
  const named = plain.map((name): Column | undefined => {
    if (name !== "" && name === code(source)) return "source";
    if (name !== "" && name === code(target)) return "target";
    if (NAMES[name]) return NAMES[name];
    // A column of a language is for its regions too, and the other way round.
    if (isNear(name, source)) return "source";
    return isNear(name, target) ? "target" : undefined;
  });
  // The source is not known where it is to be detected.
  const other = source === "" && !named.includes("source") ? plain.findIndex((name, at) => !named[at] && CODE.test(name)) : -1;
  if (other !== -1) named[other] = "source";
  const isNamed = named.includes("source") && (named.includes("target") || named.includes("doNotTranslate"));
  return isNamed ? { columns: named, isNamed } : { columns: USUAL, isNamed };
}

function isNear(name: string, language: string): boolean {
  return CODE.test(name) && name.split("_")[0] === code(language).split("_")[0];
}

function code(language: string): string {
  return language.toLowerCase().replaceAll("-", "_");
}

function draftOf(fields: readonly string[], columns: readonly (Column | undefined)[], line: number): TermDraft {
  const field = (name: Column) => fields[columns.indexOf(name)] ?? "";
  const flag = (name: Column) => {
    const said = field(name);
    if (!YES.test(said) && !NO.test(said)) throw invalid("file", `says neither yes nor no in line ${line}, where it should`);
    return YES.test(said);
  };
  const [source, caseSensitive, exact] = [field("source"), flag("caseSensitive"), flag("exact")];
  if (fields.length > columns.length) throw invalid("file", `has more fields in line ${line} than columns`);
  const target = flag("doNotTranslate") ? "" : field("target");
  return { source, target, note: field("note"), caseSensitive, exact, line };
}
