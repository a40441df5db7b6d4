import { create, toJson } from "@bufbuild/protobuf";
import { type Command, InvalidArgumentError } from "commander";
import { usageCsv } from "../gateway/usage_csv.ts";
import {
  GetUsageRequestSchema,
  type Usage,
  type UsageGroup,
  UsageGrouping,
  UsageSchema,
  type UsageSums,
} from "../gen/dragoman/v1/job_service_pb.ts";
import { type Connection, connect, withConnection } from "./connection.ts";

export interface UsageOptions extends Connection {
  readonly by?: UsageGrouping[];
  readonly from?: string;
  readonly to?: string;
  readonly key?: string;
  readonly label?: string;
  readonly engine?: string;
  readonly csv?: boolean;
}

const GROUPINGS: Readonly<Record<string, UsageGrouping>> = {
  __proto__: null as never,
  day: UsageGrouping.DAY,
  key: UsageGrouping.KEY,
  label: UsageGrouping.LABEL,
  engine: UsageGrouping.ENGINE,
};

/** Adds `usage`: what the tenant's jobs came to. */
export function addUsageCommand(program: Command): void {
  const command = program.command("usage").description("What jobs came to: in this month, or by days, keys, labels and engines.");
  withUsageOptions(command).action(async ({ csv, ...options }: UsageOptions) => {
    const request = create(GetUsageRequestSchema, askedBy(options));
    const usage = await (await connect(options)).usage(request);
    if (csv) process.stdout.write(usageCsv(request, usage) ?? "");
    else console.log(options.json ? JSON.stringify(toJson(UsageSchema, usage, { alwaysEmitImplicit: true })) : usageText(usage));
  });
}

/** What is asked about usage, of one tenant or of all. */
export function withUsageOptions(command: Command): Command {
  return withConnection(command)
    .option("--by <groups>", "told apart by day, and one of key, label and engine, as in day,label", groupings)
    .option("--from <day>", "from this day on, as in 2026-11-01 (UTC); the first of the last one's month if not given")
    .option("--to <day>", "until this day; today if not given")
    .option("--key <id>", "only jobs made by this key, by its public id")
    .option("--label <label>", "only jobs with this label, as in team=sales, or with any value of it, as in team")
    .option("--engine <name>", "only jobs in which this engine had a part")
    .option("--csv", "print CSV");
}

/** The fields of a request that its options say. */
export function askedBy({ by = [], from = "", to = "", key = "", label = "", engine = "" }: Partial<UsageOptions>) {
  return { groupBy: by, from, to, keyId: key, label, engine };
}

/** By what usage is told apart, as in day,label. */
export function groupings(text: string): UsageGrouping[] {
  const found = text.split(",").map((name) => GROUPINGS[name.trim().toLowerCase()]);
  if (found.every((grouping) => grouping !== undefined)) return found;
  throw new InvalidArgumentError(`It takes some of ${Object.keys(GROUPINGS).join(",")}.`);
}

/** A table with a row for each group and one for all, and what of the month's budget is used. */
export function usageText({ from, to, total, groups, charactersBilled, charactersLimit }: Usage): string {
  const budget = charactersLimit > 0n ? ` of ${charactersLimit}` : "";
  const table = usageTable([...groups.map((group) => [nameOf(group), group.sums] as const), [`${from} to ${to}`, total]]);
  return `${table}\nbilled in this month, jobs that go on with it: ${charactersBilled}${budget} characters`;
}

/** A row of sums for each name. */
export function usageTable(named: readonly (readonly [name: string, sums: UsageSums | undefined])[]): string {
  const head = ["", "jobs", "failed", "pages", "by OCR", "characters", "billed", "worker h"];
  const rows = [head, ...named.map(([name, sums]) => [name, ...cells(sums)])];
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join("  "),
  );
  return lines.join("\n");
}

export function nameOf({ day, keyId, label, engine }: UsageGroup): string {
  return [day, keyId || label || engine].filter(Boolean).join("  ") || "(no key)";
}

function cells(sums: UsageSums | undefined): string[] {
  if (!sums) return [];
  const jobs = sums.jobsSucceeded + sums.jobsPartiallySucceeded + sums.jobsFailed + sums.jobsCancelled + sums.jobsExpired;
  const counts = [jobs, sums.jobsFailed, sums.pages, sums.pagesOcr, sums.characters, sums.charactersBilled];
  return [...counts.map(String), (sums.workerSeconds / 3600).toFixed(2)];
}
