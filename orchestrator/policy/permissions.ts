import { type JobOptions, Priority } from "../../gen/dragoman/v1/job_pb.ts";
import { DragomanError } from "../../platform/errors.ts";
import { enginesOf } from "../jobs/translation.ts";
import type { JobLimits } from "./charges.ts";
import type { Limits } from "./limits.ts";

/** What a caller may send and ask for: the narrower of its tenant's limits and its key's. */
export type Permissions = Pick<Limits, "maxUploadBytes" | "formats" | "engines" | "highestPriority">;

export function permissionsOf({ tenant, key }: JobLimits): Permissions {
  const maxUploadBytes = least(tenant.maxUploadBytes, key.maxUploadBytes);
  const formats = common(tenant.formats, key.formats);
  const engines = common(tenant.engines, key.engines);
  const highestPriority = least(tenant.highestPriority, key.highestPriority) as Priority | undefined;
  return {
    ...(maxUploadBytes && { maxUploadBytes }),
    ...(formats && { formats }),
    ...(engines && { engines }),
    ...(highestPriority && { highestPriority }),
  };
}

/** What no file may be larger than, whatever is permitted. */
export const MAX_UPLOAD_BYTES = 2 * 1024 ** 3;

/** Throws FILE_TOO_LARGE. */
export function requireSize({ maxUploadBytes = MAX_UPLOAD_BYTES }: Permissions, sizeBytes: number): void {
  const most = Math.min(MAX_UPLOAD_BYTES, maxUploadBytes);
  if (sizeBytes > most) throw DragomanError.of("FILE_TOO_LARGE", `The file is larger than the limit of ${most} bytes.`);
}

/** The ending of a file's name: lower case, without its dot. */
export function endingOf(fileName: string): string {
  return fileName.toLowerCase().split(".").slice(1).at(-1) ?? "";
}

/** Throws UNSUPPORTED_FILE_TYPE. */
export function requireFormat({ formats }: Permissions, fileName: string): void {
  if (!formats || formats.includes(endingOf(fileName))) return;
  throw DragomanError.of("UNSUPPORTED_FILE_TYPE", "The API key does not permit files of this type.", {
    hint: formats.length > 0 ? `It permits ${formats.join(", ")}.` : "It permits none.",
  });
}

/** `own`: what translates jobs that name no engine. Throws PERMISSION_DENIED. */
export function requireEngines({ engines }: Permissions, options: JobOptions, own: readonly string[]): void {
  if (!engines) return;
  const asked = enginesOf(options).flatMap((name) => (name === "" ? own : [name]));
  const refused = asked.find((name) => !engines.includes(name));
  if (refused === undefined) return;
  throw DragomanError.of("PERMISSION_DENIED", `The API key does not permit the translation engine ${refused}.`, {
    hint: engines.length > 0 ? `Name one that it permits as \`engine\`: ${engines.join(", ")}.` : "It permits none.",
  });
}

/** The priority that a job is given that asks for `asked`; what more is asked for is taken for the highest. */
export function permittedPriority({ highestPriority }: Permissions, asked: Priority): Priority {
  return highestPriority && (asked || Priority.NORMAL) > highestPriority ? highestPriority : asked;
}

/** 0 is no limit, as is none. */
function least(one = 0, other = 0): number {
  return one && other ? Math.min(one, other) : one || other;
}

/** An empty list is all, as is none. */
function common(one: readonly string[] = [], other: readonly string[] = []): readonly string[] | undefined {
  if (one.length === 0 || other.length === 0) return one.length + other.length > 0 ? [...one, ...other] : undefined;
  return one.filter((each) => other.includes(each));
}
