import type { MessageInitShape } from "@bufbuild/protobuf";
import { parse } from "csv-parse/sync";
import type { Term, TermSchema } from "../../../gen/dragoman/v1/job_pb.ts";
import { refused } from "./options.ts";

/** A glossary's entries as DeepL has them, a line each: TSV, or CSV with the languages' codes behind it or without. Throws INVALID_REQUEST. */
export function termsOf(entries: string, format: string): MessageInitShape<typeof TermSchema>[] {
  const rows =
    format === "csv"
      ? csvRows(entries)
      : entries
          .split(/\r\n|\n|\r/)
          .filter(Boolean)
          .map((line) => line.split("\t"));
  if (rows.length === 0) throw refused("entries", "has no entry");
  return rows.map((row, index) => {
    const [source = "", target = ""] = row.map((field) => field.trim());
    const isRight = format === "csv" ? row.length >= 2 && row.length <= 4 : row.length === 2;
    if (!isRight || source === "" || target === "") throw refused("entries", `has no source and target in entry ${index + 1}`);
    return { source, target };
  });
}

function csvRows(text: string): string[][] {
  try {
    return parse(text, { bom: true, relax_column_count: true, skip_empty_lines: true });
  } catch {
    throw refused("entries", "is no CSV");
  }
}

/** As TSV. What is not to be translated is its own translation there, and what TSV has no place for is a space. */
export async function tsvOf(terms: AsyncIterable<Pick<Term, "source" | "target">>): Promise<string> {
  const lines: string[] = [];
  for await (const { source, target } of terms) lines.push(`${plain(source)}\t${plain(target || source)}`);
  return lines.join("\n");
}

function plain(text: string): string {
  return text.replace(/[\t\r\n]/g, " ");
}
