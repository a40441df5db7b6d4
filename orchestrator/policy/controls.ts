import type { Instant } from "../../platform/clock.ts";
import { JOB_CLASSES, type JobClass } from "../../platform/job_classes.ts";

/** That somebody stopped something: why, when, and by which key. */
export interface Stop {
  readonly reason: string;
  readonly at: Instant;
  readonly by: string;
}

/** `DRAIN`: it takes no more, and finishes what it holds. `QUARANTINE`: it takes no more, and what it holds is given to others at once. */
export type WorkerOrder = "DRAIN" | "QUARANTINE";

/** What operators have set for the whole deployment; every orchestrator goes by it within a second. */
export interface Controls {
  /** While it is there no job is made. */
  readonly intake?: Stop;
  /** Of these no job is given to workers. */
  readonly classes: Readonly<Partial<Record<JobClass, Stop>>>;
  /** By the ids that workers call themselves by; it holds over their reconnects. */
  readonly workers: Readonly<Record<string, Stop & { readonly order: WorkerOrder }>>;
  /** One more with every change; 0 if nothing was ever set. */
  readonly version: number;
}

export const NO_CONTROLS: Controls = { classes: {}, workers: {}, version: 0 };

/** Of so many workers it is kept what operators ordered: those that will not come back are to be forgotten. */
export const MAX_ORDERS = 1000;

/** Something with another stop at a name, or without one. */
export function withStop<S extends Stop>(stops: Readonly<Record<string, S>>, name: string, stop: S | undefined): Record<string, S> {
  const { [name]: _, ...others } = stops;
  return stop ? { ...others, [name]: stop } : others;
}

/** The classes of which jobs are given out. */
export function openClasses({ classes }: Controls): JobClass[] {
  return JOB_CLASSES.filter((jobClass) => !classes[jobClass]);
}

/** Whether a worker that says that it takes these classes may be given jobs of one; an older worker says none, and may. */
export function mayTake({ classes }: { readonly classes: readonly string[] }, jobClass: JobClass): boolean {
  return classes.length === 0 || classes.includes(jobClass);
}

/** Timelines and logs call a worker by its id with its key's fingerprint behind a slash; it is its own id that is kept. */
export function ownId(workerId: string): string {
  return workerId.replace(/\/[0-9a-f]{8}$/, "");
}

export function orderFor({ workers }: Controls, workerId: string): WorkerOrder | undefined {
  return Object.hasOwn(workers, workerId) ? workers[workerId]?.order : undefined;
}
