import type { Meter } from "../policy/meters.ts";

/** What tenants and their keys have of what is limited. Only commits of jobs change it, by what each job is charged. */
export interface MeterStore {
  /** A tenant's meters of these names, in their order; an empty one where nothing was charged. */
  meters(tenantId: string, names: readonly string[]): Promise<Meter[]>;
}
