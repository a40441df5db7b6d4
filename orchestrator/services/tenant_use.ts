import { boundsOf, type Metered, meterName } from "../policy/charges.ts";
import type { Limits } from "../policy/limits.ts";
import { EMPTY_METER, usedOf } from "../policy/meters.ts";
import { QUOTAS } from "../policy/violations.ts";
import type { Store } from "../store/store.ts";
import { charactersBilled } from "./allowances.ts";

/** What a tenant, or one of its keys, has of one limit. */
export interface QuotaUse {
  /** As errors and headers call it. */
  readonly quota: string;
  /** The limit's field in the contract. */
  readonly field: string;
  /** With what jobs that go on have reserved. */
  readonly used: number;
  /** 0 for none. */
  readonly limit: number;
}

type Uses = Pick<Store, "meters" | "spent" | "clock">;

const FIELDS = { open: "max_open_jobs", running: "max_running_jobs", bytes: "max_stored_bytes", pages: "pages_per_day" } as const;
const SHOWN = ["open", "running", "bytes", "pages"] as const satisfies readonly Metered[];

/** What is used of each limit now, but of the pace at which jobs are made. Of pages without a limit only those reserved. Throws UNAVAILABLE. */
export async function quotaUses(store: Uses, tenantId: string, limits: Limits): Promise<Record<(typeof SHOWN)[number], QuotaUse>> {
  const names = SHOWN.map((metered) => meterName(metered));
  const meters = await store.meters(tenantId, names);
  const now = store.clock.now();
  const uses = SHOWN.map((metered, index) => {
    const { most, leakPerMs } = boundsOf(metered, limits);
    return [
      metered,
      { quota: QUOTAS[metered].quota, field: FIELDS[metered], used: usedOf(meters[index] ?? EMPTY_METER, leakPerMs, now), limit: most },
    ];
  });
  return Object.fromEntries(uses);
}

/** What engines billed for it in this month. Throws UNAVAILABLE. */
export async function charactersUse(store: Uses, tenantId: string, { charactersPerMonth = 0 }: Limits): Promise<QuotaUse> {
  return { quota: "characters", field: "characters_per_month", used: await charactersBilled(store, tenantId), limit: charactersPerMonth };
}
