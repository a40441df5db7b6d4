import { FreshMap } from "../../platform/async/fresh_map.ts";
import type { JobLimits, JobOwner } from "../policy/charges.ts";
import type { Limits } from "../policy/limits.ts";
import type { KeyStore } from "../store/key_store.ts";
import { limitsOfKey } from "./keys.ts";
import type { Tenants } from "./tenants.ts";

const FRESH_MS = 500;
const MAX_REMEMBERED = 10_000;

/** What jobs are held to, remembered for half a second as tenants are. */
export class LimitsOfJobs {
  readonly #store: KeyStore;
  readonly #tenants: Tenants;
  readonly #keys = new FreshMap((keyId: string) => this.#read(keyId), { freshMs: FRESH_MS, most: MAX_REMEMBERED });

  constructor(store: KeyStore, tenants: Tenants) {
    this.#store = store;
    this.#tenants = tenants;
  }

  /** Throws UNAVAILABLE where the store is away. */
  async of({ tenantId, keyId }: JobOwner): Promise<JobLimits> {
    const [tenant, key] = await Promise.all([this.#tenants.of(tenantId), keyId ? this.#keys.get(keyId) : {}]);
    return { tenant: tenant.effective, key };
  }

  /** Of a key that was taken back there are none: its tenant's hold on. */
  async #read(keyId: string): Promise<Limits> {
    const key = await this.#store.key(keyId);
    return key ? limitsOfKey(key) : {};
  }
}
