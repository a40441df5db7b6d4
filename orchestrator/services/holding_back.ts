import { WaitReason } from "../../gen/dragoman/v1/job_service_pb.ts";
import type { Tenants } from "../access/tenants.ts";
import type { JobRecord } from "../jobs/job.ts";
import { boundsOf, meterName, ownerOf } from "../policy/charges.ts";
import type { JobWriter } from "../scheduling/job_writer.ts";
import type { KnownControls } from "../scheduling/known_controls.ts";
import type { MeterStore } from "../store/meter_store.ts";

export interface HoldingBackParts {
  readonly store: MeterStore;
  readonly tenants: Pick<Tenants, "of">;
  readonly jobs: Pick<JobWriter, "limitsOf">;
  readonly controls: Pick<KnownControls, "now">;
}

/** What keeps a waiting job from workers that could do it; undefined if nothing does. Throws UNAVAILABLE. */
export async function heldBackBy(parts: HoldingBackParts, record: JobRecord): Promise<WaitReason | undefined> {
  const { store, tenants, jobs, controls } = parts;
  const { tenantId, jobClass } = record;
  const { keyId } = record.job;
  const [{ paused }, { classes }, limits, meters] = await Promise.all([
    tenants.of(tenantId),
    controls.now(),
    jobs.limitsOf(ownerOf(record)),
    store.meters(tenantId, [meterName("running"), meterName("running", keyId)]),
  ]);
  if (paused) return WaitReason.TENANT_PAUSED;
  if (classes[jobClass]) return WaitReason.CLASS_PAUSED;
  const isFull = [limits.tenant, limits.key].some((own, index) => {
    const { most } = boundsOf("running", own);
    return most > 0 && (meters[index]?.held ?? 0) >= most;
  });
  return isFull ? WaitReason.RUNNING_LIMIT : undefined;
}
