import type { IncomingMessage } from "node:http";
import { DragomanError } from "../platform/errors.ts";

/** What programs for tables take for a formula (OWASP, "CSV Injection"). */
const FORMULA = /^[=+\-@\t\r]/;
const NUMBER = /^-?\d+(\.\d+)?$/;

/**
 * Whether a table is asked for as CSV: by `format=csv`, which is taken out of the query, or else by the header accept. Throws
 * INVALID_REQUEST for another format.
 */
export function isCsvWanted({ headers }: IncomingMessage, query: URLSearchParams): boolean {
  const formats = query.getAll("format");
  query.delete("format");
  if (formats.length > 1 || !["csv", "json", undefined].includes(formats[0]))
    throw DragomanError.of("INVALID_REQUEST", "The request is not valid: format is csv or json.", {
      violations: [{ field: "format", description: "is csv or json" }],
    });
  return formats[0] ? formats[0] === "csv" : /\btext\/csv\b/.test(headers.accept ?? "");
}

/** RFC 4180, and no text of it is taken for a formula. */
export function csvText(lines: readonly (readonly string[])[]): string {
  return lines.map((line) => `${line.map(quoted).join(",")}\r\n`).join("");
}

function quoted(text: string): string {
  const harmless = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
