import type { Agenda } from "../store/store.ts";
import type { Jobs } from "./jobs.ts";
import { unlessRaced } from "./race.ts";

/** Bounds what one look at the queue costs; the commits of a full batch bring the next. */
const MAX_BATCH = 64;

/** Invites workers to as many waiting jobs as there are free slots; the rest stays in the store, where it can be reordered at no cost. */
export async function dispatch(agenda: Agenda, jobs: Jobs, freeSlots: () => number): Promise<void> {
  // In this order: a claim between the two is then counted twice and not left out, and its commit brings the next look.
  const invited = await agenda.countInvited();
  const wanted = Math.min(MAX_BATCH, freeSlots() - invited);
  if (wanted <= 0) return;
  await Promise.all((await agenda.waiting(wanted)).map((id) => unlessRaced(jobs.apply(id, { kind: "invite" }))));
}
