import type { ArtefactStore } from "../../platform/artefacts/artefacts.ts";
import { piecesPrefix } from "../../platform/uploads.ts";
import type { Agenda, WasteBook } from "../store/store.ts";
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

/** Removes artefacts that are of no more use. Any orchestrator may, several at once; what fails comes round again. */
export async function removeWaste(store: WasteBook, artefacts: ArtefactStore, now: number): Promise<void> {
  for (const waste of await store.waste(now, 100)) {
    await artefacts.remove(waste.prefix);
    // Of an upload that was begun and never finished.
    await artefacts.remove(piecesPrefix(waste.prefix));
    await store.forgetWaste(waste);
  }
}
