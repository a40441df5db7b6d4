import type { Instant } from "../../platform/clock.ts";
import type { AuditStore } from "../store/audit_store.ts";
import type { OperationStore } from "../store/operation_store.ts";

const AT_ONCE = 500;
/** Of one step, so that it ends. */
const MOST = 20_000;

/** Removes what the audit log, and the list of operations, have kept for longer than `keepMs`; nothing where it is 0. */
export function oldAuditRemover(store: AuditStore & OperationStore, keepMs: number): (now: Instant) => Promise<void> {
  return async (now) => {
    if (keepMs === 0) return;
    await store.forgetOperations(now - keepMs, AT_ONCE);
    for (let removed = 0; removed < MOST; removed += AT_ONCE) if ((await store.forgetAudit(now - keepMs, AT_ONCE)) < AT_ONCE) return;
  };
}
