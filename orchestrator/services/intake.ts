import { DragomanError } from "../../platform/errors.ts";
import type { Tenants } from "../access/tenants.ts";
import type { KnownControls } from "../scheduling/known_controls.ts";

/** When it is worth asking again; nobody knows when operators resume. */
const ASK_AGAIN_MS = 60_000;

/** Whether jobs are taken in, of all tenants and of each. */
export interface Intake {
  /** Throws INTAKE_PAUSED and TENANT_PAUSED. */
  require(tenantId: string): Promise<void>;
}

export function intakeOf(controls: Pick<KnownControls, "now">, tenants: Pick<Tenants, "of">): Intake {
  return {
    async require(tenantId) {
      const [{ intake }, { paused }] = await Promise.all([controls.now(), tenants.of(tenantId)]);
      if (intake) throw DragomanError.of("INTAKE_PAUSED", `No jobs are taken in for now: ${intake.reason}`, { retryAfterMs: ASK_AGAIN_MS });
      if (paused) throw DragomanError.of("TENANT_PAUSED", `The tenant's jobs are paused: ${paused.reason}`, { retryAfterMs: ASK_AGAIN_MS });
    },
  };
}
