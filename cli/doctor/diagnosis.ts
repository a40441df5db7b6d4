import { asDragomanError } from "../../platform/errors.ts";

/** What was found about one thing that a deployment depends on. */
export interface Diagnosis {
  readonly subject: string;
  /** `warning`: it works, and may hurt. `error`: it does not work. */
  readonly verdict: "ok" | "warning" | "error";
  readonly found: string;
  /** What to change; only where something is wrong. */
  readonly advice?: string;
}

export function ok(subject: string, found: string): Diagnosis {
  return { subject, verdict: "ok", found };
}

export function warning(subject: string, found: string, advice: string): Diagnosis {
  return { subject, verdict: "warning", found, advice };
}

export function failure(subject: string, found: string, advice: string): Diagnosis {
  return { subject, verdict: "error", found, advice };
}

const CLOCK_SKEW_WARNING_MS = 2_000;
/** S3 refuses what was signed longer ago. */
const CLOCK_SKEW_ERROR_MS = 15 * 60_000;

/** Of another machine's clock, read between the two times of this one. */
export function clockSkew(subject: string, there: number, before: number, after: number): Diagnosis {
  const skewMs = Math.round(there - (before + after) / 2);
  const found = `${Math.abs(skewMs) / 1000} s ${skewMs < 0 ? "behind" : "ahead of"} this machine`;
  const advice = "Keep the clocks of all machines by NTP.";
  if (Math.abs(skewMs) > CLOCK_SKEW_ERROR_MS) return failure(subject, found, advice);
  return Math.abs(skewMs) > CLOCK_SKEW_WARNING_MS ? warning(subject, found, advice) : ok(subject, found);
}

/** What went wrong, without what an error's text may hold of an address. */
export function unreachable(subject: string, error: unknown, advice: string): Diagnosis {
  const { code, message } = asDragomanError(error);
  return failure(subject, `${code}: ${message}`, advice);
}
