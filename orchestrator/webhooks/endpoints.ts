import { FreshMap } from "../../platform/async/fresh_map.ts";
import { DragomanError } from "../../platform/errors.ts";
import type { Seal } from "../access/sealed.ts";
import { JOBS, type StoredEndpoint } from "../deliveries/endpoint.ts";
import { newId } from "../jobs/id.ts";
import { type Actor, type AuditEntry, auditEntry } from "../policy/audit.ts";
import type { Store } from "../store/store.ts";
import type { EndpointStore } from "../store/webhook_store.ts";
import { newSecret } from "./signature.ts";

/** With its own for jobs. */
const MAX_ENDPOINTS = 21;
const MAX_REMEMBERED = 10_000;
/** What one orchestrator changes holds everywhere within this time. */
const FRESH_MS = 500;
const MAX_CONFLICTS = 10;
/** That sign beside the newest. */
const MAX_OLD_SECRETS = 2;

/** What is done to an endpoint, and by whom. */
interface EndpointAct {
  readonly by: Actor;
  readonly action: "create" | "update" | "rotate" | "enable" | "disable" | "delete";
  readonly reason?: string;
}

/** What disables endpoints by itself. */
export const SENDER: Actor = { keyId: "webhooks", tenantId: "" };

/** An endpoint with its secret, as it is told once. */
interface WithSecret {
  readonly endpoint: StoredEndpoint;
  readonly secret: string;
}

/** Tenants' endpoints and their secrets, which are stored sealed. */
export class Endpoints {
  readonly #store: EndpointStore & Pick<Store, "clock" | "forgetFailures">;
  readonly #seal: Seal;
  readonly #known = new FreshMap((tenantId: string) => this.#store.endpoints(tenantId), { freshMs: FRESH_MS, most: MAX_REMEMBERED });

  constructor(store: EndpointStore & Pick<Store, "clock" | "forgetFailures">, seal: Seal) {
    this.#store = store;
    this.#seal = seal;
  }

  /** All that a tenant has, as they were within the last half second. */
  of(tenantId: string): Promise<StoredEndpoint[]> {
    return this.#known.get(tenantId);
  }

  /** As it is now. */
  find(tenantId: string, id: string): Promise<StoredEndpoint | undefined> {
    return this.#store.endpoint(tenantId, id);
  }

  /** Throws WEBHOOK_NOT_FOUND. */
  async get(tenantId: string, id: string): Promise<StoredEndpoint> {
    const endpoint = await this.find(tenantId, id);
    if (!endpoint) throw DragomanError.of("WEBHOOK_NOT_FOUND", "There is no such endpoint.");
    return endpoint;
  }

  /** Throws QUOTA_EXCEEDED where the tenant has as many as it may. */
  async create(given: Pick<StoredEndpoint, "tenantId" | "url" | "events" | "description">, by: Actor): Promise<WithSecret> {
    // It is among those that are counted.
    await this.ofJobs(given.tenantId);
    return this.#make({ ...given, id: newId(given.tenantId) }, by);
  }

  /** What `change` makes of it; `act` is what the audit log calls that. Throws WEBHOOK_NOT_FOUND, what `change` throws, and CONFLICT. */
  async change(
    { tenantId, id }: Pick<StoredEndpoint, "tenantId" | "id">,
    change: (before: StoredEndpoint) => StoredEndpoint,
    act: EndpointAct,
  ): Promise<StoredEndpoint> {
    for (let conflict = 0; conflict < MAX_CONFLICTS; conflict++) {
      const before = await this.get(tenantId, id);
      const made = change(before);
      if (made === before) return before;
      const after = { ...made, version: before.version + 1 };
      const audit = [this.#entry(act, before, after)];
      if ((await this.#store.saveEndpoint(after, MAX_ENDPOINTS, audit)) !== "saved") continue;
      this.#known.forget(tenantId);
      // It begins anew, or the first failure would disable it again.
      if (before.disabled && !after.disabled) await this.#store.forgetFailures(tenantId, id);
      return after;
    }
    throw DragomanError.of("CONFLICT", "The endpoint changes too fast.");
  }

  /** Throws WEBHOOK_NOT_FOUND. */
  async remove(tenantId: string, id: string, by: Actor): Promise<void> {
    const before = await this.get(tenantId, id);
    const audit = [this.#entry({ by, action: "delete" }, before, undefined)];
    if (id === JOBS || !(await this.#store.removeEndpoint(tenantId, id, audit)))
      throw DragomanError.of("WEBHOOK_NOT_FOUND", "There is no such endpoint.");
    this.#known.forget(tenantId);
    await this.#store.forgetFailures(tenantId, id);
  }

  /**
   * A new secret; the one before signs for `overlapMs` as well, and the one before that no longer than it would: whoever lost the answer
   * rotates again, and receivers go on. Throws WEBHOOK_NOT_FOUND and CONFLICT.
   */
  async rotate(tenantId: string, id: string, overlapMs: number, by: Actor): Promise<WithSecret> {
    if (id === JOBS) await this.ofJobs(tenantId);
    const secret = newSecret();
    const sealed = this.#seal.seal(secret, `${tenantId} ${id}`);
    const now = this.#store.clock.now();
    const renew = (before: StoredEndpoint) => {
      const old = before.secrets.slice(0, MAX_OLD_SECRETS).map((each) => ({
        ...each,
        expireAt: Math.min(each.expireAt ?? Number.POSITIVE_INFINITY, now + overlapMs),
      }));
      return { ...before, secrets: [{ sealed }, ...old.filter(({ expireAt }) => expireAt > now)] };
    };
    const endpoint = await this.change({ tenantId, id }, renew, { by, action: "rotate" });
    return { endpoint, secret };
  }

  /** The tenant's own, whose secret signs what goes to jobs' addresses; made where it is not there. */
  async ofJobs(tenantId: string): Promise<StoredEndpoint> {
    const there = await this.#store.endpoint(tenantId, JOBS);
    if (there) return there;
    try {
      return (await this.#make({ id: JOBS, tenantId, url: "", events: [], description: "" })).endpoint;
    } catch (error) {
      // Another may have made it meanwhile.
      const made = await this.#store.endpoint(tenantId, JOBS);
      if (made) return made;
      throw error;
    }
  }

  /** Those that sign now, the newest first. */
  secretsOf({ tenantId, id, secrets }: StoredEndpoint): string[] {
    const now = this.#store.clock.now();
    const signing = secrets.filter(({ expireAt }) => expireAt === undefined || expireAt > now);
    return signing.map(({ sealed }) => this.#seal.open(sealed, `${tenantId} ${id}`)).filter((secret) => secret !== "");
  }

  async #make(given: Pick<StoredEndpoint, "id" | "tenantId" | "url" | "events" | "description">, by?: Actor): Promise<WithSecret> {
    const secret = newSecret();
    const sealed = this.#seal.seal(secret, `${given.tenantId} ${given.id}`);
    const endpoint = { ...given, secrets: [{ sealed }], createdAt: this.#store.clock.now(), version: 1 };
    const audit = by ? [this.#entry({ by, action: "create" }, undefined, endpoint)] : [];
    const outcome = await this.#store.saveEndpoint(endpoint, MAX_ENDPOINTS, audit);
    this.#known.forget(given.tenantId);
    if (outcome === "full") throw DragomanError.of("QUOTA_EXCEEDED", `There are ${MAX_ENDPOINTS - 1} endpoints already.`);
    if (outcome === "changed") throw DragomanError.of("CONFLICT", "The endpoint was made already.");
    return { endpoint, secret };
  }

  #entry({ by, action, reason = "" }: EndpointAct, before: StoredEndpoint | undefined, after: StoredEndpoint | undefined): AuditEntry {
    const { tenantId, id } = (after ?? before) as StoredEndpoint;
    const now = this.#store.clock.now();
    const said = { ...(before && { before: auditable(before) }), ...(after && { after: auditable(after) }) };
    return auditEntry({ by, tenantId, action: `webhook.${action}`, subject: `webhooks/${id}`, reason, ...said }, newId(tenantId, now), now);
  }
}

function auditable({ url, events, description, disabled, version }: StoredEndpoint): object {
  return { url, events, description, version, ...(disabled && { disabled: disabled.reason }) };
}
