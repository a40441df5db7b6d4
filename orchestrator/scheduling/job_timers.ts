import type { Instant } from "../../platform/clock.ts";
import { isFinal } from "../../platform/final.ts";
import type { JobCommand, JobRecord } from "../jobs/job.ts";
import type { DueTimers, Store } from "../store/store.ts";
import type { Fleet } from "./fleet.ts";
import type { JobWriter } from "./job_writer.ts";
import { unlessRaced } from "./race.ts";

/** Bounds what one look at the store costs; what is left comes with the next. */
const MAX_BATCH = 64;
/** So many jobs that cannot be changed, as where the store is full, hold up none of those after them. */
const MAX_FAILED = 1024;
/** A clock that goes another way than the monotonic one by more than this was set, or the machine slept. */
const SET_MS = 2_000;

/** Forgets a job whose time is over. */
interface Forgets {
  forget(record: JobRecord, now: Instant): Promise<unknown>;
}

type TimedJobs = DueTimers & Forgets & Pick<Store, "clock">;

/** Fires the timers of jobs, and keeps them right when the clock is set. */
export class JobTimers {
  readonly #store: TimedJobs;
  readonly #jobs: JobWriter;
  readonly #fleet: Pick<Fleet, "servedSince" | "clockSet">;
  #seen: { readonly now: Instant; readonly monotonicMs: number };
  #begun = false;

  constructor(store: TimedJobs, jobs: JobWriter, fleet: Pick<Fleet, "servedSince" | "clockSet">) {
    this.#store = store;
    this.#jobs = jobs;
    this.#fleet = fleet;
    this.#seen = { now: store.clock.now(), monotonicMs: performance.now() };
  }

  /** All of it goes by the clock as it was looked at, and goes on from there: it may be set again meanwhile, and that is for the next step. */
  async step(): Promise<void> {
    const now = this.#store.clock.now();
    const monotonicMs = performance.now();
    const time = () => Math.round(now + performance.now() - monotonicMs);
    const setByMs = Math.round(now - this.#seen.now - (monotonicMs - this.#seen.monotonicMs));
    // At the start as well: what was written before may be of a time to come.
    if ((!this.#begun && setByMs <= SET_MS) || setByMs < -SET_MS)
      await applyToAll(this.#store, this.#jobs, { kind: "timer", servedSince: this.#fleet.servedSince() }, time);
    if (setByMs > SET_MS) await applyToAll(this.#store, this.#jobs, { kind: "postpone", lastSeen: this.#seen.now, byMs: setByMs }, time);
    if (Math.abs(setByMs) > SET_MS) this.#fleet.clockSet(setByMs);
    this.#begun = true;
    this.#seen = { now, monotonicMs };
    await fireTimers(this.#store, this.#jobs, time, this.#fleet.servedSince());
  }
}

/** Takes back what was given out before the service ended; only for where no worker can have outlived it. */
export async function restart(timers: DueTimers, jobs: JobWriter): Promise<void> {
  await applyToAll(timers, jobs, { kind: "restart" });
}

/**
 * Fires the timer of every job whose time has come: schedules, deadlines, leases, back-offs, lost invitations. One that ended long
 * ago is forgotten. Throws the first failure, once the others were tried.
 */
export async function fireTimers(store: DueTimers & Forgets, jobs: JobWriter, time: () => Instant, servedSince: Instant): Promise<void> {
  const fire = async (id: string) => {
    const record = await jobs.apply(id, { kind: "timer", servedSince }, { now: time });
    if (isFinal(record.job.state) && record.timerAt !== null && record.timerAt <= time()) await store.forget(record, time());
  };
  const failed = new Map<string, unknown>();
  for (let failedBefore = -1; failed.size > failedBefore && failed.size < MAX_FAILED; ) {
    failedBefore = failed.size;
    const due = (await store.due(time(), MAX_BATCH + failed.size)).filter((id) => !failed.has(id));
    await Promise.all(due.map((id) => unlessRaced(fire(id)).catch((error: unknown) => failed.set(id, error))));
  }
  if (failed.size > 0) throw failed.values().next().value;
}

async function applyToAll(timers: DueTimers, jobs: JobWriter, command: JobCommand, time?: () => Instant): Promise<void> {
  const ids = await timers.underWay();
  for (let start = 0; start < ids.length; start += MAX_BATCH)
    await Promise.all(ids.slice(start, start + MAX_BATCH).map((id) => unlessRaced(jobs.apply(id, command, time && { now: time }))));
}
