/** Jain's index (Jain, Chiu and Hawe, DEC-TR-301, 1984): 1 where all have the same, 1/n where one has everything. */
export function jain(shares: readonly number[]): number {
  const sum = shares.reduce((total, share) => total + share, 0);
  const squares = shares.reduce((total, share) => total + share * share, 0);
  return squares === 0 ? 1 : (sum * sum) / (shares.length * squares);
}

export interface Claim {
  readonly demand: number;
  readonly weight: number;
}

/** What each gets of `capacity` by max-min fairness: nobody more than it demands, and of the rest all the same for their weights. */
export function fairAllocation(claims: readonly Claim[], capacity: number): number[] {
  const byNeed = claims
    .map((claim, index) => ({ ...claim, index }))
    .sort((one, other) => one.demand / one.weight - other.demand / other.weight);
  const allocation = Array<number>(claims.length).fill(0);
  let [left, weights] = [capacity, claims.reduce((sum, { weight }) => sum + weight, 0)];
  for (const { demand, weight, index } of byNeed) {
    const share = Math.min(demand, (left * weight) / weights);
    allocation[index] = share;
    left -= share;
    weights -= weight;
  }
  return allocation;
}

/** The values below which so many of a hundred lie. */
export function percentiles(values: readonly number[], ofHundred: readonly number[]): number[] {
  const sorted = Float64Array.from(values).sort();
  return ofHundred.map((percent) => sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? 0);
}
