import type { Instant } from "../../platform/clock.ts";

/** Who did something: the key by which it was done. */
export interface Actor {
  readonly keyId: string;
  /** The key's own. */
  readonly tenantId: string;
}

/** Who works on the service's own machine, without a key. */
export const LOCAL: Actor = { keyId: "local", tenantId: "" };

/** What is known of an act before it is done. */
export interface Act {
  readonly by: Actor;
  /** To whom it is done; empty for the whole deployment. */
  readonly tenantId: string;
  /** What it is done to, and what is done. */
  readonly action: `${string}.${string}`;
  /** What it is done to, as in "tenants/acme". */
  readonly subject: `${string}/${string}`;
  readonly reason: string;
  /** What of it was changed; not given where there was nothing, or nothing is left. */
  readonly before?: object;
  readonly after?: object;
  /** The operation that it is a part of. */
  readonly operationId?: string;
}

/** What somebody did. It is stored with what was changed, and never changed itself. */
export interface AuditEntry {
  /** Sortable by time. */
  readonly id: string;
  readonly at: Instant;
  readonly tenantId: string;
  readonly keyId: string;
  readonly keyTenantId: string;
  readonly action: string;
  readonly subject: string;
  readonly reason: string;
  /** JSON; empty for nothing. */
  readonly before: string;
  readonly after: string;
  readonly operationId: string;
}

/** Of what was before, and of what is after. */
const MAX_SHOWN = 8_000;

/** The entry of an act; `id` as `newId` makes it for its tenant at that time. */
export function auditEntry(
  { by, tenantId, action, subject, reason, before, after, operationId = "" }: Act,
  id: string,
  at: Instant,
): AuditEntry {
  const said = { id, at, tenantId, keyId: by.keyId, keyTenantId: by.tenantId, action, subject, reason };
  return { ...said, before: shown(before), after: shown(after), operationId };
}

function shown(what: object | undefined): string {
  const json = what === undefined ? "" : JSON.stringify(what, (_, value) => (typeof value === "bigint" ? String(value) : value));
  return json.length > MAX_SHOWN ? JSON.stringify({ cut: json.slice(0, MAX_SHOWN / 2) }) : json;
}
