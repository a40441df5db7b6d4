import type { JobRecord } from "../jobs/job.ts";
import { chargesOf, type JobLimits } from "../policy/charges.ts";
import { EMPTY_METER, isRefused, NO_SHARE } from "../policy/meters.ts";
import { rateHeaders } from "../policy/rate_headers.ts";
import { quotaRefusal } from "../policy/violations.ts";
import type { Store } from "../store/store.ts";

/**
 * Says in the answer's headers what is left of a caller's limits with a new job. Throws QUOTA_EXCEEDED and RATE_LIMITED where that is too
 * little; only the job's commit can say that it is enough.
 */
export async function requireRoom(
  store: Pick<Store, "meters" | "clock">,
  record: JobRecord,
  limits: JobLimits,
  setHeader: (name: "ratelimit" | "ratelimit-policy", value: string) => void,
): Promise<void> {
  const charges = chargesOf(undefined, record, limits);
  const names = charges.map(({ meter }) => meter);
  const meters = await store.meters(record.tenantId, names);
  const now = store.clock.now();
  const charged = charges.map((charge, index) => ({ charge, meter: meters[index] ?? EMPTY_METER }));
  const refused = charged.find(({ charge, meter }) => isRefused(meter, charge, NO_SHARE, now));
  const { policy, left } = rateHeaders(charged, !refused, now);
  if (policy) setHeader("ratelimit-policy", policy);
  if (left) setHeader("ratelimit", left);
  if (refused) throw quotaRefusal({ ...refused, had: NO_SHARE }, now);
}
