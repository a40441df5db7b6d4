import type { Instant } from "../../platform/clock.ts";

/**
 * What somebody has or has had of something that there is a limit of. A gauge only has `held`: what jobs have now. A bucket has a
 * `level` as well: what was poured into it, and leaks at the pace that its limit gives. That is the generic cell rate algorithm (ITU-T
 * I.371, annex A, as a continuous-state leaky bucket), kept as level and time, so that another limit holds at once.
 */
export interface Meter {
  readonly held: number;
  readonly level: number;
  /** When the level was this. */
  readonly at: Instant;
}

/** What one job is to have on a meter from now on; the difference to what it had is added. */
export interface Charge {
  /** "NAME" of a tenant, "key:ID:NAME" of one of its keys. */
  readonly meter: string;
  /** What the job has, until it has it no more. */
  readonly held: number;
  /** What it has had in all, which leaks. */
  readonly poured: number;
  /** More is refused, unless it is less than before; 0 for no limit. */
  readonly most: number;
  /** What leaks in a millisecond; 0 of a gauge, and of a bucket without a limit, which is always empty. */
  readonly leakPerMs: number;
}

/** What a job has on a meter. */
export type Share = Pick<Charge, "held" | "poured">;

/** A charge that was refused, and the meter as it is. */
export interface Refused {
  readonly charge: Charge;
  readonly meter: Meter;
  /** What the job had of it. */
  readonly had: Share;
}

export const EMPTY_METER: Meter = { held: 0, level: 0, at: 0 };
export const NO_SHARE: Share = { held: 0, poured: 0 };

/** Whether a share is beyond a limit is told of numbers that leaked: a millionth of a page is none. */
const TOLERANCE = 1e-6;

/** Clocks of one time differ by less; one that differs by more was set back. */
const SET_BACK_MS = 60_000;

/** What is left in the bucket now. A clock that was set back leaks as much as one that was set forward: nobody waits for it to come back. */
export function levelAt({ level, at }: Meter, leakPerMs: number, now: Instant): number {
  const elapsedMs = isSetBack(at, now) ? at - now : Math.max(0, now - at);
  return leakPerMs === 0 ? 0 : Math.max(0, level - leakPerMs * elapsedMs);
}

function isSetBack(at: Instant, now: Instant): boolean {
  return at - now > SET_BACK_MS;
}

/** What is used of a limit now. */
export function usedOf(meter: Meter, leakPerMs: number, now: Instant): number {
  return meter.held + levelAt(meter, leakPerMs, now);
}

/** The meter with the charge in place of what its job `had` of it. */
export function afterCharge(meter: Meter, { held, poured, leakPerMs }: Charge, had: Share, now: Instant): Meter {
  return {
    held: Math.max(0, meter.held + held - had.held),
    level: leakPerMs === 0 ? 0 : Math.max(0, levelAt(meter, leakPerMs, now) + poured - had.poured),
    at: isSetBack(meter.at, now) ? now : Math.max(meter.at, now),
  };
}

/** Whether a charge passes its limit. The drivers decide by the same rule within their commits. */
export function isRefused(meter: Meter, charge: Charge, had: Share, now: Instant): boolean {
  const more = charge.held - had.held + (charge.poured - had.poured);
  return more > 0 && charge.most > 0 && usedOf(meter, charge.leakPerMs, now) + more > charge.most + TOLERANCE;
}

/** When so much that was refused could be had, in milliseconds from now; undefined where time alone never gives it. */
export function availableInMs({ charge, meter, had }: Refused, now: Instant): number | undefined {
  const { most, leakPerMs } = charge;
  const more = charge.held - had.held + (charge.poured - had.poured);
  const level = levelAt(meter, leakPerMs, now);
  const tooMuch = meter.held + level + more - most;
  if (leakPerMs === 0 || tooMuch > level + TOLERANCE) return undefined;
  return Math.max(1, Math.ceil(tooMuch / leakPerMs));
}
