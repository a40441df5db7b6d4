import { FreshMap } from "../../platform/async/fresh_map.ts";
import { effectiveLimits, type Limits, type Tenant } from "../policy/limits.ts";
import type { TenantStore } from "../store/tenant_store.ts";

/** What an operator sets holds everywhere within this time. */
const FRESH_MS = 500;
const MAX_REMEMBERED = 10_000;

/** A tenant with all that holds for it. */
export interface KnownTenant extends Tenant {
  /** Its own, and where it has none the deployment's. */
  readonly effective: Limits;
}

/** The records of tenants, remembered for half a second: they are asked for with every call and every commit. */
export class Tenants {
  readonly #store: TenantStore;
  readonly #defaults: Limits;
  readonly #known = new FreshMap((tenantId: string) => this.#read(tenantId), { freshMs: FRESH_MS, most: MAX_REMEMBERED });

  /** `defaults`: what the deployment has for every tenant. */
  constructor(store: TenantStore, defaults: Limits) {
    this.#store = store;
    this.#defaults = defaults;
  }

  /** Throws UNAVAILABLE where the store is away. */
  of(tenantId: string): Promise<KnownTenant> {
    return this.#known.get(tenantId);
  }

  /** A tenant's own limits, and where it has none the deployment's. */
  effective(tenant: Tenant): Limits {
    return effectiveLimits(tenant, this.#defaults);
  }

  /** What was set of it here is to hold at once. */
  forget(tenantId: string): void {
    this.#known.forget(tenantId);
  }

  async #read(tenantId: string): Promise<KnownTenant> {
    const tenant = (await this.#store.tenant(tenantId)) ?? { tenantId, limits: {}, version: 0 };
    return { ...tenant, effective: this.effective(tenant) };
  }
}
