import type { Instant } from "../../platform/clock.ts";

/** A text and its translation, as the memory of a tenant has them. */
export interface StoredUnit {
  /** 22 characters of base64url: of the source, and of all that its translation depends on. */
  readonly key: string;
  /** The job that it is from; empty for none. */
  readonly jobId: string;
  readonly keptAt: Instant;
  /** The rest, as whoever keeps it has it. */
  readonly content: string;
}

export interface NewUnit extends StoredUnit {
  /** Near sources share some of them; 11 characters of base64url each. Always the same of one key. */
  readonly bands: readonly string[];
}

/** How much one tenant's memory holds. */
export interface MemorySize {
  readonly units: number;
  /** Of the units' contents. */
  readonly bytes: number;
}

/** Which units are forgotten: those of one job, or those that were kept before then. */
export type Forgettable = { readonly jobId: string } | { readonly before: Instant };

/** The translations that each tenant's memory holds. */
export interface UnitStore {
  /** One for each of `keys`, in their order; undefined where there is none. */
  recallUnits(tenantId: string, keys: readonly string[]): Promise<(StoredUnit | undefined)[]>;
  /** Those that share a band with it, most shared first; of each band the last ones kept count alone. */
  nearUnits(tenantId: string, bands: readonly string[], limit: number): Promise<StoredUnit[]>;
  /** Each in place of one of the same key. Then the oldest go until no more than `maxBytes` are left. */
  keepUnits(tenantId: string, units: readonly NewUnit[], maxBytes: number): Promise<void>;
}

/** What a tenant may see of the memory, and do with it as a whole. */
export interface UnitKeeping {
  /**
   * About `limit` units and where the next ones begin; no cursor for the first, and none after the last. One that is there
   * all the while is met at least once.
   */
  listUnits(tenantId: string, cursor: string, limit: number): Promise<{ readonly units: StoredUnit[]; readonly next: string }>;
  memorySize(tenantId: string): Promise<MemorySize>;
  /** How many were forgotten, the oldest first: fewer than `limit` once there are no more. */
  forgetUnits(tenantId: string, which: Forgettable, limit: number): Promise<number>;
  /** Tenants whose memory is not empty. */
  rememberingTenants(): Promise<string[]>;
}

/** Of each band, so many of the last kept units are looked at: a common one says little. */
export const UNITS_OF_A_BAND = 16;

/** Those that stand in most of `lists`, first; among equals those of the lists' beginnings. */
export function mostShared<T>(lists: readonly (readonly T[])[], limit: number): T[] {
  const counts = new Map<T, number>();
  for (const each of lists.flat()) counts.set(each, (counts.get(each) ?? 0) + 1);
  return [...counts]
    .sort(([, one], [, other]) => other - one)
    .slice(0, limit)
    .map(([each]) => each);
}
