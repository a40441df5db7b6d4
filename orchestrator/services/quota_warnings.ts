import { create, toJson } from "@bufbuild/protobuf";
import { QuotaWarningSchema } from "../../gen/dragoman/v1/webhook_service_pb.ts";
import type { Instant } from "../../platform/clock.ts";
import { jobEventId } from "../deliveries/delivery.ts";
import type { Limits } from "../policy/limits.ts";
import type { Store } from "../store/store.ts";
import { charactersUse, type QuotaUse, quotaUses } from "./tenant_use.ts";

/** The share of a limit from which on a tenant is warned. */
const WARN_FROM = 0.8;
const DAY_MS = 86_400_000;
/** Bounds what one look costs; the others come with the next. */
const MAX_LOOKS = 256;
const MAX_MARKED = 10_000;

export interface QuotaWarning extends QuotaUse {
  /** The same for one limit on one day, of whichever orchestrator. */
  readonly id: string;
  readonly tenantId: string;
  readonly at: Instant;
}

/** A warning as endpoints hear of it. Without a time at which there is more: jobs that go on may end before. */
export function warningEvent({ id, tenantId, at, field, used, limit }: QuotaWarning) {
  const warning = create(QuotaWarningSchema, { limit: field, most: BigInt(limit), used: BigInt(Math.ceil(used)) });
  return { id, tenantId, at, type: "quota.warning", data: toJson(QuotaWarningSchema, warning, { alwaysEmitImplicit: true }) } as const;
}

interface WarningParts {
  readonly store: Pick<Store, "meters" | "spent" | "clock">;
  readonly limitsOf: (tenantId: string) => Promise<Limits>;
  /** Again with the same id changes nothing. */
  readonly tell: (warning: QuotaWarning) => Promise<void>;
}

/**
 * Warns tenants that have used most of a limit, once a day of each. Who was charged is looked at a moment later; what is forgotten with
 * the process, the next charge brings again.
 */
export class QuotaWarnings {
  readonly #parts: WarningParts;
  readonly #charged = new Set<string>();

  constructor(parts: WarningParts) {
    this.#parts = parts;
  }

  /** Something of the tenant's was charged. */
  mark(tenantId: string): void {
    if (this.#charged.size < MAX_MARKED) this.#charged.add(tenantId);
  }

  /** Looks at those that were charged since. Throws UNAVAILABLE, and looks at them again. */
  async step(): Promise<void> {
    const tenants = [...this.#charged].slice(0, MAX_LOOKS);
    for (const tenantId of tenants) this.#charged.delete(tenantId);
    try {
      await Promise.all(tenants.map((tenantId) => this.#look(tenantId)));
    } catch (error) {
      for (const tenantId of tenants) this.mark(tenantId);
      throw error;
    }
  }

  async #look(tenantId: string): Promise<void> {
    const { store, limitsOf, tell } = this.#parts;
    const limits = await limitsOf(tenantId);
    const { open, bytes, pages } = await quotaUses(store, tenantId, limits);
    const characters = limits.charactersPerMonth ? [await charactersUse(store, tenantId, limits)] : [];
    const near = [open, bytes, pages, ...characters].filter(({ used, limit }) => limit > 0 && used >= limit * WARN_FROM);
    const at = store.clock.now();
    for (const use of near) {
      const origin = { jobId: `quota ${tenantId} ${use.quota}`, jobVersion: 0, at: at - (at % DAY_MS) };
      await tell({ ...use, id: jobEventId(origin), tenantId, at });
    }
  }
}
