import type { IncomingMessage } from "node:http";
import type { DescMethod } from "@bufbuild/protobuf";
import {
  type GetUsageRequest,
  JobService,
  type Usage,
  type UsageGroup,
  UsageGrouping,
  UsageSumsSchema,
} from "../gen/dragoman/v1/job_service_pb.ts";
import { DragomanError } from "../platform/errors.ts";

/** In the order in which they stand in a row. */
const COLUMNS = [
  { grouping: UsageGrouping.DAY, name: "day", of: (group: UsageGroup) => group.day },
  { grouping: UsageGrouping.KEY, name: "key_id", of: (group: UsageGroup) => group.keyId },
  { grouping: UsageGrouping.LABEL, name: "label", of: (group: UsageGroup) => group.label },
  { grouping: UsageGrouping.ENGINE, name: "engine", of: (group: UsageGroup) => group.engine },
] as const;
/** What programs for tables take for a formula (OWASP, "CSV Injection"). */
const FORMULA = /^[=+\-@\t\r]/;

/**
 * Whether usage is asked for as CSV: by `format=csv`, which is taken out of the query, or else by the header accept. Throws
 * INVALID_REQUEST for another format.
 */
export function isCsvWanted(method: DescMethod, { headers }: IncomingMessage, query: URLSearchParams): boolean {
  if (method !== JobService.method.getUsage) return false;
  const formats = query.getAll("format");
  query.delete("format");
  if (formats.length > 1 || !["csv", "json", undefined].includes(formats[0]))
    throw DragomanError.of("INVALID_REQUEST", "The request is not valid: format is csv or json.", {
      violations: [{ field: "format", description: "is csv or json" }],
    });
  return formats[0] ? formats[0] === "csv" : /\btext\/csv\b/.test(headers.accept ?? "");
}

/** RFC 4180: a row for each group, or one of the sums alone where nothing was grouped by. */
export function usageCsv({ groups, total }: Usage, { groupBy }: GetUsageRequest): string {
  const named = COLUMNS.filter(({ grouping }) => groupBy.includes(grouping));
  const measures = UsageSumsSchema.fields.map(({ name, localName }) => ({ name, localName: localName as keyof NonNullable<typeof total> }));
  const rows =
    named.length > 0
      ? groups.map((group) => ({ names: named.map(({ of }) => of(group)), sums: group.sums }))
      : [{ names: [], sums: total }];
  const lines = rows.map(({ names, sums }) => [...names.map(quoted), ...measures.map(({ localName }) => String(sums?.[localName] ?? 0))]);
  return [[...named.map(({ name }) => name), ...measures.map(({ name }) => name)], ...lines]
    .map((line) => `${line.join(",")}\r\n`)
    .join("");
}

function quoted(text: string): string {
  const harmless = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
