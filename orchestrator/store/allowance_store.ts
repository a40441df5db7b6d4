import type { Instant } from "../../platform/clock.ts";

/** `amount` of something of which there is so much in each period. */
export interface RateNeed {
  /** At most 100 letters. */
  readonly name: string;
  readonly amount: number;
  readonly most: number;
  readonly periodMs: number;
}

/** `amount` is added to what was spent under this name: negative where it is given back. */
export interface Spending {
  /** At most 200 letters. */
  readonly name: string;
  readonly amount: number;
  /** More is needed later, which is only looked at now. */
  readonly ahead: number;
  /** What is spent in all is no more than this. */
  readonly most: number;
  /** From then on nothing is known of it. */
  readonly expireAt: Instant;
}

/** How much of what all orchestrators share may be had. `scope` is a tenant, or what else has rates and budgets of its own. */
export interface AllowanceStore {
  /** Takes all, or none. In how many milliseconds they could be had, 0 where they were taken. Of a need above all that there is a part counts. */
  takeRates(scope: string, needs: readonly RateNeed[], now: Instant): Promise<number>;
  /** Spends all, or nothing: then the name of the first that would be exceeded. What is given back is always taken. */
  spend(scope: string, spendings: readonly Spending[], now: Instant): Promise<string | undefined>;
  /** What was spent under a name. */
  spent(scope: string, name: string, now: Instant): Promise<number>;
}

/** What of a period's rate may be had at once, by who asked for none before. */
export const BURST = 0.1;

/**
 * When a rate that is free at `freeAt` may be taken again, and when it is free afterwards: the generic cell rate algorithm (ITU-T
 * I.371, annex A), where a need above the burst is let through and paid for by a longer wait of the next one.
 */
export function afterTaking({ amount, most, periodMs }: RateNeed, freeAt: Instant, now: Instant) {
  return { waitMs: Math.max(0, Math.ceil(freeAt - now - periodMs * BURST)), freeAt: Math.max(freeAt, now) + (amount / most) * periodMs };
}
