import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { QuotaViolationSchema } from "../../gen/dragoman/v1/error_pb.ts";
import type { Instant } from "../../platform/clock.ts";
import { DragomanError, errorDetail } from "../../platform/errors.ts";
import type { Metered } from "./charges.ts";
import { availableInMs, type Refused, usedOf } from "./meters.ts";

/** When to ask again for what ends only with jobs. */
const ASK_AGAIN_MS = 30_000;

interface Words {
  /** As headers and errors call it. */
  readonly quota: string;
  readonly said: (limit: number) => string;
  readonly hint: string;
}

export const QUOTAS: Readonly<Record<Metered, Words>> = {
  open: {
    quota: "open-jobs",
    said: (limit) => `There are ${limit} open jobs already.`,
    hint: "Wait until some of your jobs have ended.",
  },
  running: {
    quota: "running-jobs",
    said: (limit) => `There are ${limit} running jobs already.`,
    hint: "Wait until some of your jobs have ended.",
  },
  bytes: {
    quota: "stored-bytes",
    said: (limit) => `Documents and results would take more than the ${limit} bytes that may be stored.`,
    hint: "Delete jobs that nobody needs any more.",
  },
  pages: {
    quota: "pages",
    said: (limit) => `It is more than what is left of the ${limit} pages a day.`,
    hint: "`quota.reset_time` says when there is enough, if there ever is; `over_quota` WAIT has a job wait for it.",
  },
  creates: {
    quota: "requests",
    said: (limit) => `More than ${limit} jobs were made at once.`,
    hint: "Wait as long as `retry_after` says; the header `ratelimit` tells what is left.",
  },
};

/** Why a commit changed nothing: RATE_LIMITED of what is made too fast, else QUOTA_EXCEEDED, each with the limit. */
export function quotaRefusal(refused: Refused, now: Instant): DragomanError {
  const { charge, meter, had } = refused;
  const parts = charge.meter.split(":");
  const metered = parts.at(-1) as Metered;
  const { quota, said, hint } = QUOTAS[metered];
  const inMs = availableInMs(refused, now);
  const count = (value: number) => BigInt(Math.ceil(value - 1e-6));
  const violation = create(QuotaViolationSchema, {
    quota,
    ofKey: parts.length > 1,
    limit: count(charge.most),
    used: count(usedOf(meter, charge.leakPerMs, now)),
    requested: count(charge.held - had.held + charge.poured - had.poured),
    ...(inMs !== undefined && { resetTime: timestampFromMs(now + inMs) }),
  });
  const isGauge = charge.leakPerMs === 0;
  const retryAfterMs = inMs ?? (isGauge ? ASK_AGAIN_MS : undefined);
  const code = metered === "creates" ? "RATE_LIMITED" : "QUOTA_EXCEEDED";
  const error = errorDetail(code, said(charge.most), { hint, quota: violation, ...(retryAfterMs !== undefined && { retryAfterMs }) });
  // What is more than all that there ever is will be so again.
  const isEver = charge.held + charge.poured <= charge.most;
  return DragomanError.fromDetail({ ...error, retryable: isEver });
}
