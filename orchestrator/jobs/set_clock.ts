import type { Instant } from "../../platform/clock.ts";
import { changedAt, next } from "./change.ts";
import type { JobRecord } from "./job.ts";

/** Two readings of one clock differ by less. */
const SAME_MS = 1_000;

/** Undefined unless the clock was set back since the record's last change: then what it waits for comes as long from now as it was to come from then. */
export function afterSetBack(record: JobRecord, now: Instant): JobRecord | undefined {
  const aheadMs = changedAt(record) - now;
  return aheadMs > SAME_MS ? { ...shifted(record, -aheadMs, now), heardAt: null } : undefined;
}

/** What the record waits for, and when its worker was heard, `byMs` later. Its queue deadline, like a schedule, is a time that people named, and stays. */
export function shifted(record: JobRecord, byMs: number, now: Instant): JobRecord {
  const later = (time: Instant | null) => (time === null ? null : time + byMs);
  return next(record, now, {
    leaseExpireAt: later(record.leaseExpireAt),
    heardAt: later(record.heardAt),
    runDeadlineAt: later(record.runDeadlineAt),
    invitedAt: later(record.invitedAt),
    timerAt: record.timerAt === record.queueDeadlineAt ? record.timerAt : later(record.timerAt),
  });
}
