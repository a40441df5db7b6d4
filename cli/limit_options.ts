import { type Command, InvalidArgumentError, Option } from "commander";
import { Priority } from "../gen/dragoman/v1/job_pb.ts";
import type { Limits } from "../orchestrator/policy/limits.ts";
import { endings, names } from "./options.ts";

const MB = 1_000_000;
const PRIORITIES: Readonly<Record<string, Priority>> = { low: Priority.LOW, normal: Priority.NORMAL, high: Priority.HIGH };

/** What commander makes of the options below; those in megabytes and of an older name beside their fields. */
export interface LimitOptions extends Omit<Limits, "highestPriority" | "retentionSeconds"> {
  readonly highestPriority?: string;
  readonly maxStoredMb?: number;
  readonly maxUploadMb?: number;
  readonly fileTypes?: readonly string[];
  readonly retentionDays?: number;
}

type Taken = readonly [flags: string, description: string, parse: (text: string) => unknown];

/** Of keys and of tenants, each named as its field of the REST resource. */
const OF_BOTH: readonly Taken[] = [
  ["--max-open-jobs <n>", "jobs that have not ended", amount],
  ["--max-running-jobs <n>", "jobs that workers have at once", amount],
  ["--requests-per-minute <n>", "jobs made in a minute", amount],
  ["--burst <n>", "jobs made at once; as many as in a minute if not given", amount],
  ["--pages-per-day <n>", "pages in a day", amount],
  ["--max-stored-mb <n>", "documents and results that are kept, in MB", amount],
  ["--max-stored-bytes <n>", "the same in bytes", amount],
  ["--max-upload-mb <n>", "the largest file, in MB; 2147 if not given", amount],
  ["--max-upload-bytes <n>", "the same in bytes", amount],
  ["--formats <list>", "endings of file names that may be sent, as in pdf,png,txt; all if not given", endings],
  ["--engines <list>", "translation engines that may be asked, as in apertium,deepl; all if not given", names],
  ["--weight <n>", "the share of the workers while others wait as well, 0.01 to 1000; 1 if not given", weight],
];

const OF_TENANTS: readonly Taken[] = [
  ["--characters-per-month <n>", "characters that translation engines may bill in a calendar month", amount],
  ["--fair-by <what>", "what its waiting jobs take turns by: key, or label:NAME", String],
  ["--retention-days <n>", "how long jobs are kept after their end", amount],
  ["--webhook-hosts <list>", "hosts that webhooks may be sent to, as in hooks.example,*.acme.example; all if not given", names],
];

/** Adds options for the limits of a key or of a tenant. 0 is no limit, and what is not given is as it is. */
export function withLimits(command: Command, of: "key" | "tenant"): Command {
  for (const [flags, description, parse] of of === "key" ? OF_BOTH : [...OF_BOTH, ...OF_TENANTS]) command.option(flags, description, parse);
  // As it was called first.
  command.addOption(new Option("--file-types <list>").argParser(endings).hideHelp());
  return command.addOption(
    new Option("--highest-priority <which>", "what more is asked for is taken for this").choices(Object.keys(PRIORITIES)),
  );
}

/** The limits that were given. */
export function limitsFrom(options: LimitOptions): Limits {
  const { maxStoredMb, maxUploadMb, fileTypes, retentionDays, highestPriority, ...same } = options;
  const limits: Limits = {
    ...(maxStoredMb !== undefined && { maxStoredBytes: maxStoredMb * MB }),
    ...(maxUploadMb !== undefined && { maxUploadBytes: maxUploadMb * MB }),
    ...(fileTypes && { formats: fileTypes }),
    ...(retentionDays !== undefined && { retentionSeconds: retentionDays * 86_400 }),
    ...(highestPriority && { highestPriority: PRIORITIES[highestPriority] as Priority }),
  };
  return { ...limits, ...picked(same) };
}

const SAME = [
  ...["maxOpenJobs", "maxRunningJobs", "requestsPerMinute", "burst", "pagesPerDay", "charactersPerMonth", "maxStoredBytes"],
  ...["maxUploadBytes", "formats", "engines", "weight", "fairBy", "webhookHosts"],
];

/** A command's other options lie beside them. */
function picked(options: Limits): Limits {
  return Object.fromEntries(Object.entries(options).filter(([name, value]) => SAME.includes(name) && value !== undefined));
}

function amount(text: string): number {
  if (/^\d{1,12}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It takes a whole number; 0 is no limit.");
}

function weight(text: string): number {
  const value = /^\d{1,4}(\.\d{1,4})?$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 0.01 && value <= 1000) return value;
  throw new InvalidArgumentError("It takes a number from 0.01 to 1000.");
}
