import { decodeTime } from "ulid";
import type { ArtefactStore } from "../../platform/artefacts/artefacts.ts";
import type { Instant } from "../../platform/clock.ts";
import { chunksPrefix, digestKey } from "../../platform/uploads.ts";
import { uploadIdOf, uploadKey } from "../jobs/artefact_keys.ts";
import { POLICY } from "../jobs/policy.ts";
import type { Garbage, GarbageList } from "../store/store.ts";

const BATCH = 100;
const AT_ONCE = 10;
const CUT_OFF_EVERY_MS = 3600_000;
const ULID = /^[0-9A-HJKMNP-TV-Z]{26}$/;

/** Removes artefacts that are of no more use. Any orchestrator may, several at once; what fails comes round again, and the first failure is thrown. */
export async function removeGarbage(list: GarbageList, artefacts: ArtefactStore, now: Instant): Promise<void> {
  for (let more = true; more; ) {
    const found = await list.garbage(now, BATCH);
    more = found.length >= BATCH;
    const outcomes: PromiseSettledResult<void>[] = [];
    for (let start = 0; start < found.length; start += AT_ONCE) {
      const removals = found.slice(start, start + AT_ONCE).map((garbage) => removeOne(list, artefacts, garbage, now));
      outcomes.push(...(await Promise.allSettled(removals)));
    }
    // Not before the others were tried: what can never be removed would hold up all that comes after it.
    const failed = outcomes.find((outcome) => outcome.status === "rejected");
    if (failed) throw failed.reason;
  }
}

async function removeOne(list: GarbageList, artefacts: ArtefactStore, garbage: Garbage, now: Instant): Promise<void> {
  const { tenantId, prefix } = garbage;
  await artefacts.remove(prefix);
  const uploadId = uploadIdOf(prefix);
  if (prefix !== uploadKey(tenantId, uploadId)) return list.forgetGarbage(garbage);
  for (const beside of [chunksPrefix(prefix), digestKey(prefix)]) await artefacts.remove(beside);
  const writtenUntil = ULID.test(uploadId) ? decodeTime(uploadId) + POLICY.uploadTtlMs + POLICY.uploadGraceMs : 0;
  // Until then who holds its address may send the bytes once more, and nobody would know of them.
  await (writtenUntil > now ? list.postponeGarbage(garbage, writtenUntil) : list.forgetGarbage(garbage));
}

/** Removes now and then, in a turn of its own, what is left of puts that were cut off longer ago than any upload may take. */
export function cutOffRemover(artefacts: ArtefactStore): (now: Instant) => Promise<void> {
  let nextAt = 0;
  return async (now) => {
    if (now < nextAt) return;
    await artefacts.removeCutOff(now - POLICY.uploadTtlMs - POLICY.uploadGraceMs);
    nextAt = now + CUT_OFF_EVERY_MS;
  };
}
