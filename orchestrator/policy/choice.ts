import { served } from "./order.ts";

/** The jobs of a lane that come next, by rank. */
export interface LaneAhead {
  readonly lane: string;
  readonly time: number;
  readonly ids: readonly string[];
  /** Whether there are others behind these. */
  readonly more: boolean;
}

/** A tenant's lanes that come next, by their times. */
export interface TenantAhead {
  readonly tenantId: string;
  readonly time: number;
  readonly weight: number;
  /** How many of its jobs are given out, and how many may be; 0 for any number. */
  readonly running: number;
  readonly maxRunning: number;
  /** The time that its lanes have in common. */
  readonly lanesNow: number;
  readonly lanes: readonly LaneAhead[];
  readonly moreLanes: boolean;
}

/** What waits at the head of the queue, as far as it was looked at. */
export interface Ahead {
  readonly now: number;
  readonly urgent: readonly string[];
  /** Whether there may be others behind these. */
  readonly moreUrgent: boolean;
  /** By their times. */
  readonly tenants: readonly TenantAhead[];
  readonly moreTenants: boolean;
}

/** What a job counts as in its tenant's and its lane's turn. */
export interface Weighed {
  readonly cost: number;
  /** Of its lane. */
  readonly share: number;
}

export interface Chosen {
  readonly id: string;
  /** The service's time at its turn. */
  readonly chosenAt: number;
}

/** Of one tenant while its turns are gone through. */
class Line {
  readonly tenant: TenantAhead;
  readonly lanes: { readonly ahead: LaneAhead; next: number; time: number }[];
  readonly #farthest: number;
  time: number;
  running: number;
  #lanesNow: number;

  constructor(tenant: TenantAhead) {
    this.tenant = tenant;
    this.time = tenant.time;
    this.running = tenant.running;
    this.#lanesNow = tenant.lanesNow;
    this.lanes = tenant.lanes.map((ahead) => ({ ahead, next: 0, time: ahead.time }));
    this.#farthest = tenant.moreLanes ? (tenant.lanes.at(-1)?.time ?? 0) : Number.POSITIVE_INFINITY;
  }

  get isFull(): boolean {
    return this.tenant.maxRunning > 0 && this.running >= this.tenant.maxRunning;
  }

  /** The lane whose turn it is; undefined if that is one that was not looked at, or there is none. */
  lane() {
    const lane = leastTime(this.lanes);
    return lane && lane.time <= this.#farthest ? lane : undefined;
  }

  charge(lane: { time: number }, { cost, share }: Weighed, now: number): number {
    const [inLane, all] = [
      served({ time: lane.time, now: this.#lanesNow }, cost, share),
      served({ time: this.time, now }, cost, this.tenant.weight),
    ];
    lane.time = inLane.time;
    this.#lanesNow = inLane.now;
    this.time = all.time;
    this.running += 1;
    return all.now;
  }
}

/**
 * The next jobs, at most so many, in the order of their turns. `take` says what a job counts as, and that somebody takes it, or gives
 * undefined: then it is passed over, and holds up nobody. `isShort`: the next one may be among what was not looked at; with
 * `lookedFar`, what was not looked at is left out.
 */
export function choose(
  ahead: Ahead,
  wanted: number,
  take: (id: string) => Weighed | undefined,
  lookedFar = false,
): { readonly chosen: Chosen[]; readonly isShort: boolean } {
  const chosen: Chosen[] = [];
  for (const id of ahead.urgent) if (chosen.length < wanted && take(id)) chosen.push({ id, chosenAt: ahead.now });
  // One that is held up holds up no other, nor is any passed over for what is not urgent.
  if (chosen.length < wanted && ahead.moreUrgent && !lookedFar) return { chosen, isShort: true };
  const lines = new Set(ahead.tenants.map((tenant) => new Line(tenant)));
  const farthest = ahead.moreTenants && !lookedFar ? (ahead.tenants.at(-1)?.time ?? 0) : Number.POSITIVE_INFINITY;
  let now = ahead.now;
  while (chosen.length < wanted) {
    const line = leastTime(lines);
    if (!line) return { chosen, isShort: ahead.moreTenants };
    if (line.time > farthest) return { chosen, isShort: true };
    const lane = line.isFull ? undefined : line.lane();
    if (!lane) {
      if (!line.isFull && line.tenant.moreLanes && !lookedFar) return { chosen, isShort: true };
      lines.delete(line);
      continue;
    }
    const id = lane.ahead.ids[lane.next++];
    if (id === undefined) {
      if (lane.ahead.more && !lookedFar) return { chosen, isShort: true };
      line.lanes.splice(line.lanes.indexOf(lane), 1);
      continue;
    }
    const weighed = take(id);
    if (!weighed) continue;
    chosen.push({ id, chosenAt: now });
    now = line.charge(lane, weighed, now);
  }
  return { chosen, isShort: false };
}

function leastTime<T extends { readonly time: number }>(all: Iterable<T>): T | undefined {
  let least: T | undefined;
  for (const each of all) if (!least || each.time < least.time) least = each;
  return least;
}
