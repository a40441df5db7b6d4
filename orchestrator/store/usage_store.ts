import { type Day, type Dimension, MEASURES, NO_SUMS, type Sums } from "../policy/usage.ts";

export interface UsageQuery {
  readonly tenantId: string;
  readonly dimension: Dimension;
  /** Both are days of it. */
  readonly from: Day;
  readonly to: Day;
  /** Only names that are this, or labels with this name, whatever their value; all if not given. */
  readonly name?: string;
}

/** One day's sums of one name. */
export interface DayUsage {
  readonly day: Day;
  readonly name: string;
  readonly sums: Sums;
}

/** What commits added up (`Commit.usage`). It outlives the jobs. */
export interface UsageStore {
  /** In order of days, then of names. At most `MAX_NAMES` and the others of each day. */
  usage(query: UsageQuery): Promise<DayUsage[]>;
  /** Tenants of which jobs ended from one day to another, by their names, from after one on; those of the same months may be among them. */
  usageTenants(from: Day, to: Day, after: string, limit: number): Promise<string[]>;
}

/** The sums as stores keep them: whole numbers in the order of `MEASURES`. */
export function packSums(sums: Sums): string {
  return MEASURES.map((measure) => sums[measure]).join(" ");
}

/** What an older version did not add up is 0. */
export function unpackSums(packed: string): Sums {
  const numbers = packed.split(" ").map(Number);
  return { ...NO_SUMS, ...Object.fromEntries(MEASURES.map((measure, index) => [measure, numbers[index] ?? 0])) };
}

/** Whether a name is `wanted`: the same, or a label of that name, which has no "=". */
export function isNamed(name: string, wanted: string | undefined): boolean {
  return wanted === undefined || name === wanted || (!wanted.includes("=") && name.startsWith(`${wanted}=`));
}
