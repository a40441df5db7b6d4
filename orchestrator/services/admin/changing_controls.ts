import { isDeepStrictEqual } from "node:util";
import { DragomanError } from "../../../platform/errors.ts";
import type { Principal } from "../../access/keys.ts";
import { newId } from "../../jobs/id.ts";
import { type Act, auditEntry } from "../../policy/audit.ts";
import type { Controls, Stop } from "../../policy/controls.ts";
import { requireAll } from "../validation.ts";
import { type AdminParts, actorOf } from "./admin_parts.ts";
import { reasonRule } from "./reason.ts";

const MAX_CONFLICTS = 20;
/** What is done is told of the whole deployment. */
const NO_TENANT = "";

/** What is changed of the controls, and what the audit log tells of it. */
export interface ControlChange {
  readonly by: Principal;
  readonly reason: string;
  readonly action: Act["action"];
  readonly subject: Act["subject"];
  /** The controls with it, which are the same where nothing changes; `stop`: as it is from now on. Throws where it may not be. */
  readonly to: (controls: Controls, stop: Stop) => Controls;
  /** Of the controls, what the audit log shows. */
  readonly shown: (controls: Controls) => object | undefined;
}

/** Changes the controls, together with what the audit log tells of it, and has every part here go by them at once. Throws CONFLICT. */
export async function changeControls(
  { store, controls, onControls }: AdminParts,
  { by, reason, action, subject, to, shown }: ControlChange,
): Promise<Controls> {
  requireAll(reasonRule(reason));
  for (let conflict = 0; conflict < MAX_CONFLICTS; conflict++) {
    const before = await store.controls();
    const now = store.clock.now();
    const changed = to(before, { reason, at: now, by: by.keyId });
    const [was, is] = [shown(before), shown(changed)];
    if (isDeepStrictEqual(was, is)) return before;
    const after = { ...changed, version: before.version + 1 };
    const act: Act = {
      ...{ by: actorOf(by), tenantId: NO_TENANT, action, subject, reason },
      ...(was && { before: was }),
      ...(is && { after: is }),
    };
    const saved = await store.saveControls(after, [auditEntry(act, newId(NO_TENANT, now), now)]);
    controls.forget();
    if (!saved) continue;
    onControls();
    return after;
  }
  throw DragomanError.of("CONFLICT", "What operators have set changes too fast.");
}
