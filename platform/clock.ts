/** Milliseconds since the epoch, by the wall clock. */
export type Instant = number;

/** Where a component reads the time, so that a test can set it. */
export interface Clock {
  now(): Instant;
}

export const systemClock: Clock = { now: () => Date.now() };
