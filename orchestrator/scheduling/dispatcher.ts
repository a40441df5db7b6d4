import type { JobClass } from "../../platform/job_classes.ts";
import { type Offer, Room } from "../jobs/capability.ts";
import type { JobQueue } from "../store/store.ts";
import type { JobWriter } from "./job_writer.ts";
import { unlessRacedOrLimited } from "./race.ts";

/** Bounds what one look at the queue costs; the commits of a full batch bring the next. */
const MAX_BATCH = 64;
/** How many waiting jobs are looked at for those that can be done. */
const MAX_LOOK = 2048;

interface Chosen {
  readonly id: string;
  /** In which workers hear of it. */
  readonly jobClass: JobClass;
}

/**
 * Invites workers to as many waiting jobs as there are free slots at workers that can do them; the rest stays in the
 * store, where it can be reordered at no cost.
 */
export async function dispatch(queue: JobQueue, jobs: JobWriter, offers: () => readonly Offer[]): Promise<void> {
  // What is invited first, what is free then: a claim between the two is counted twice and not left out, and its commit brings the next look.
  const mixed = offers().length > 1;
  const invited = mixed ? await Promise.all((await queue.invited()).map((id) => jobs.demandOf(id))) : [];
  const count = mixed ? 0 : await queue.countInvited();
  const room = new Room(offers());
  for (const demand of invited) if (demand) room.take(demand);
  const wanted = Math.min(MAX_BATCH, room.free - count);
  if (wanted <= 0) return;
  const chosen = await choose(queue, jobs, room, wanted);
  await Promise.all(chosen.map(({ id, jobClass }) => unlessRacedOrLimited(jobs.apply(id, { kind: "invite", jobClass }))));
}

/** The next so many jobs that there is room for. Looks the farther the more of them nobody can do. */
async function choose(queue: JobQueue, jobs: JobWriter, room: Room, wanted: number): Promise<Chosen[]> {
  const seen = new Set<string>();
  const chosen: Chosen[] = [];
  for (let look = wanted; ; look = Math.min(MAX_LOOK, look * 8)) {
    const waiting = await queue.waiting(look);
    for (const id of waiting) {
      if (seen.has(id) || chosen.length === wanted) continue;
      seen.add(id);
      const demand = await jobs.demandOf(id);
      const jobClass = demand && room.take(demand);
      if (jobClass) chosen.push({ id, jobClass });
    }
    if (chosen.length === wanted || waiting.length < look || look === MAX_LOOK) return chosen;
  }
}
