import type { Instant } from "../../platform/clock.ts";
import type { AuditEntry } from "../policy/audit.ts";

/** Which entries are asked for; an empty text is any. */
export interface AuditQuery {
  /** Empty: of the whole deployment. Undefined: any. */
  readonly tenantId?: string | undefined;
  readonly keyId: string;
  readonly action: string;
  readonly subject: string;
  /** Only ids from this one on; empty for all. */
  readonly from: string;
  /** Only ids below this one. */
  readonly before: string;
  /** How many are looked at. */
  readonly limit: number;
}

export interface AuditPage {
  readonly entries: readonly AuditEntry[];
  /** The last id that was looked at, before which there may be more; empty where there are none. */
  readonly last: string;
}

/**
 * What was done by whom. Entries come with what they tell of, in the same commit (`Commit.audit`, `saveTenant`), or alone where that is
 * in no store. They are never changed.
 */
export interface AuditStore {
  addAudit(entries: readonly AuditEntry[]): Promise<void>;
  /** The newest first. Looks at no more than `limit`, by the narrowest of its indexes, and gives those of them that are asked for. */
  audit(query: AuditQuery): Promise<AuditPage>;
  /** Removes so many of the oldest from before then, and gives how many. */
  forgetAudit(before: Instant, limit: number): Promise<number>;
}

/** The index that has the fewest entries beside those that are asked for. */
export type AuditIndex = "subject" | "key" | "tenant" | "action" | "all";

/** Where to look, and for what. Of a tenant's nothing but its own: from which page to go on would tell of others' entries. */
export function indexFor({ tenantId, keyId, action, subject }: AuditQuery): readonly [index: AuditIndex, value: string] {
  if (tenantId) return ["tenant", tenantId];
  if (subject) return ["subject", subject];
  if (keyId) return ["key", keyId];
  if (tenantId !== undefined) return ["tenant", tenantId];
  if (action) return ["action", action];
  return ["all", ""];
}

export function isAskedFor(entry: AuditEntry, { tenantId, keyId, action, subject }: AuditQuery): boolean {
  return (
    (tenantId === undefined || entry.tenantId === tenantId) &&
    (!keyId || entry.keyId === keyId) &&
    (!action || entry.action === action) &&
    (!subject || entry.subject === subject)
  );
}
