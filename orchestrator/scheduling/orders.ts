import type { Logger } from "../../platform/log.ts";
import { type Controls, orderFor } from "../policy/controls.ts";
import type { JobWriter } from "./job_writer.ts";
import { unlessOver } from "./race.ts";
import type { Session, Sessions } from "./sessions.ts";

/** The attempt of a job whose claim is not committed yet. */
const BEING_CLAIMED = 0;

/** Has the workers that are connected here do what operators have ordered. */
export async function obey(sessions: Sessions, { jobs, log }: { jobs: JobWriter; log: Logger }, controls: Controls): Promise<void> {
  for (const session of sessions.all()) {
    const order = orderFor(controls, session.hello.workerId);
    if (order !== session.order) log.info({ workerId: session.workerId, order: order ?? "NONE" }, "a worker is ordered otherwise");
    command(session, order);
    if (order === "QUARANTINE") await takeBack(session, jobs);
  }
}

/** From now on the worker is under this order, or none. */
export function command(session: Session, order: Session["order"]): void {
  if (order === session.order) return;
  const wasFree = session.order === undefined;
  session.order = order;
  if (order === undefined) session.resume();
  else if (wasFree) session.send({ case: "drain", value: { byOperator: true } });
}

/** Gives what it holds to others, for which no attempt is counted, and has it stop working on that. */
async function takeBack({ held, send }: Session, jobs: JobWriter): Promise<void> {
  for (const [jobId, attempt] of [...held]) {
    if (attempt === BEING_CLAIMED) continue;
    await unlessOver(jobs.apply(jobId, { kind: "release", attempt, reason: "WORKER_QUARANTINED" }));
    if (held.get(jobId) === attempt) held.delete(jobId);
    send({ case: "cancel", value: { jobId, attempt } });
  }
}
