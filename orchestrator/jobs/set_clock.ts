import type { Instant } from "../../platform/clock.ts";
import { changedAt, next } from "./change.ts";
import { expiryAt } from "./expiry.ts";
import type { JobRecord } from "./job.ts";
import { POLICY } from "./policy.ts";

/** Two readings of one clock differ by less. */
const SAME_MS = 1_000;

/** Undefined unless the clock was set back since the record's last change: then what it waits for comes as long from now as it was to come from then. */
export function afterSetBack(record: JobRecord, now: Instant): JobRecord | undefined {
  const aheadMs = changedAt(record) - now;
  return aheadMs > SAME_MS ? { ...shifted(record, -aheadMs, now), heardAt: null } : undefined;
}

/** What the record waits for, and when its worker was heard, `byMs` later. Its queue deadline and its expiry, like a schedule, are times that people named, and stay. */
export function shifted(record: JobRecord, byMs: number, now: Instant): JobRecord {
  const later = (time: Instant | null) => (time === null ? null : time + byMs);
  return next(record, now, {
    leaseExpireAt: later(record.leaseExpireAt),
    heardAt: later(record.heardAt),
    runDeadlineAt: later(record.runDeadlineAt),
    invitedAt: later(record.invitedAt),
    timerAt: shiftedTimer(record, byMs),
  });
}

function shiftedTimer(record: JobRecord, byMs: number): Instant | null {
  const { timerAt, leaseExpireAt, runDeadlineAt, invitedAt } = record;
  const later = (time: Instant | null) => (time === null ? Number.POSITIVE_INFINITY : time + byMs);
  if (timerAt !== null && timerAt === expiryAt(record))
    return Math.min(timerAt, later(leaseExpireAt), later(runDeadlineAt), later(invitedAt && invitedAt + POLICY.invitationTtlMs));
  return timerAt === null || timerAt === record.queueDeadlineAt ? timerAt : timerAt + byMs;
}
