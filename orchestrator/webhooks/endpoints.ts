import { LatestMap } from "../../platform/async/latest_map.ts";
import { DragomanError } from "../../platform/errors.ts";
import type { Seal } from "../access/sealed.ts";
import { JOBS, type StoredEndpoint } from "../deliveries/endpoint.ts";
import { newId } from "../jobs/id.ts";
import type { Store } from "../store/store.ts";
import type { EndpointStore } from "../store/webhook_store.ts";
import { newSecret } from "./signature.ts";

/** With its own for jobs. */
const MAX_ENDPOINTS = 21;
const MAX_REMEMBERED = 10_000;
/** What one orchestrator changes holds everywhere within this time. */
const FRESH_MS = 500;
const MAX_CONFLICTS = 10;

/** An endpoint with its secret, as it is told once. */
interface WithSecret {
  readonly endpoint: StoredEndpoint;
  readonly secret: string;
}

/** Tenants' endpoints and their secrets, which are stored sealed. */
export class Endpoints {
  readonly #store: EndpointStore & Pick<Store, "clock" | "forgetFailures">;
  readonly #seal: Seal;
  readonly #known = new LatestMap<string, { readonly until: number; readonly endpoints: Promise<StoredEndpoint[]> }>(MAX_REMEMBERED);

  constructor(store: EndpointStore & Pick<Store, "clock" | "forgetFailures">, seal: Seal) {
    this.#store = store;
    this.#seal = seal;
  }

  /** All that a tenant has, as they were within the last half second. */
  of(tenantId: string): Promise<StoredEndpoint[]> {
    const known = this.#known.get(tenantId);
    if (known && known.until > performance.now()) return known.endpoints;
    const endpoints = this.#store.endpoints(tenantId);
    this.#known.set(tenantId, { until: performance.now() + FRESH_MS, endpoints });
    endpoints.catch(() => this.#known.delete(tenantId));
    return endpoints;
  }

  /** Throws WEBHOOK_NOT_FOUND. */
  async get(tenantId: string, id: string): Promise<StoredEndpoint> {
    const endpoint = await this.#store.endpoint(tenantId, id);
    if (!endpoint) throw DragomanError.of("WEBHOOK_NOT_FOUND", "There is no such endpoint.");
    return endpoint;
  }

  /** Throws QUOTA_EXCEEDED where the tenant has as many as it may. */
  async create(given: Pick<StoredEndpoint, "tenantId" | "url" | "events" | "description">): Promise<WithSecret> {
    // It is among those that are counted.
    await this.ofJobs(given.tenantId);
    return this.#make({ ...given, id: newId(given.tenantId) });
  }

  /** What `change` makes of it. Throws WEBHOOK_NOT_FOUND, what `change` throws, and CONFLICT. */
  async change(tenantId: string, id: string, change: (before: StoredEndpoint) => StoredEndpoint): Promise<StoredEndpoint> {
    for (let conflict = 0; conflict < MAX_CONFLICTS; conflict++) {
      const before = await this.get(tenantId, id);
      const after = { ...change(before), version: before.version + 1 };
      if ((await this.#store.saveEndpoint(after, MAX_ENDPOINTS)) !== "saved") continue;
      this.#known.delete(tenantId);
      // It begins anew, or the first failure would disable it again.
      if (before.disabled && !after.disabled) await this.#store.forgetFailures(tenantId, id);
      return after;
    }
    throw DragomanError.of("CONFLICT", "The endpoint changes too fast.");
  }

  /** Throws WEBHOOK_NOT_FOUND. */
  async remove(tenantId: string, id: string): Promise<void> {
    if (id === JOBS || !(await this.#store.removeEndpoint(tenantId, id)))
      throw DragomanError.of("WEBHOOK_NOT_FOUND", "There is no such endpoint.");
    this.#known.delete(tenantId);
    await this.#store.forgetFailures(tenantId, id);
  }

  /** A new secret; the one before signs for `overlapMs` as well. Throws WEBHOOK_NOT_FOUND and CONFLICT. */
  async rotate(tenantId: string, id: string, overlapMs: number): Promise<WithSecret> {
    if (id === JOBS) await this.ofJobs(tenantId);
    const secret = newSecret();
    const sealed = this.#seal.seal(secret, `${tenantId} ${id}`);
    const expireAt = this.#store.clock.now() + overlapMs;
    const endpoint = await this.change(tenantId, id, (before) => ({
      ...before,
      secrets: [{ sealed }, ...before.secrets.slice(0, overlapMs > 0 ? 1 : 0).map((old) => ({ ...old, expireAt }))],
    }));
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

  async #make(given: Pick<StoredEndpoint, "id" | "tenantId" | "url" | "events" | "description">): Promise<WithSecret> {
    const secret = newSecret();
    const sealed = this.#seal.seal(secret, `${given.tenantId} ${given.id}`);
    const endpoint = { ...given, secrets: [{ sealed }], createdAt: this.#store.clock.now(), version: 1 };
    const outcome = await this.#store.saveEndpoint(endpoint, MAX_ENDPOINTS);
    this.#known.delete(given.tenantId);
    if (outcome === "full") throw DragomanError.of("QUOTA_EXCEEDED", `There are ${MAX_ENDPOINTS - 1} endpoints already.`);
    if (outcome === "changed") throw DragomanError.of("CONFLICT", "The endpoint was made already.");
    return { endpoint, secret };
  }
}
