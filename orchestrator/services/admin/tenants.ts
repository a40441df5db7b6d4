import { isDeepStrictEqual } from "node:util";
import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { ListTenantsResponseSchema } from "../../../gen/dragoman/v1/admin_service_pb.ts";
import {
  LimitsSchema,
  type Tenant as TenantMessage,
  TenantSchema,
  type TenantUse,
  TenantUseSchema,
} from "../../../gen/dragoman/v1/limits_pb.ts";
import { DragomanError } from "../../../platform/errors.ts";
import type { Principal } from "../../access/keys.ts";
import type { KnownTenant } from "../../access/tenants.ts";
import { newId } from "../../jobs/id.ts";
import { type Act, auditEntry } from "../../policy/audit.ts";
import type { Limits, Tenant } from "../../policy/limits.ts";
import { TENANT_NAME } from "../../policy/tenant_name.ts";
import { limitRules, limitsOf, toLimits } from "../limits_message.ts";
import { withinMessage } from "../message_room.ts";
import { charactersUse, type QuotaUse, quotaUses } from "../tenant_use.ts";
import { requireAll } from "../validation.ts";
import { type AdminCalls, type AdminParts, actorOf } from "./admin_parts.ts";
import { reasonRule } from "./reason.ts";

const DEFAULT_PAGE = 100;
const MAX_PAGE = 1000;
const MAX_CONFLICTS = 20;

/** What becomes of a tenant's record, and what the audit log tells of it; undefined where nothing changes. */
type Change = (tenant: Tenant) => { readonly tenant: Omit<Tenant, "version">; readonly act: Pick<Act, "before" | "after"> } | undefined;

interface Asked {
  readonly id: string;
  readonly reason: string;
  readonly expectedVersion?: bigint;
}

/** The calls about tenants. */
export function tenantCalls({
  store,
  tenants,
}: AdminParts): AdminCalls<"listTenants" | "getTenant" | "updateTenant" | "pauseTenant" | "resumeTenant"> {
  const shown = async (tenantId: string) => {
    const tenant = await tenants.of(tenantId);
    const [uses, characters] = await Promise.all([
      quotaUses(store, tenantId, tenant.effective),
      charactersUse(store, tenantId, tenant.effective),
    ]);
    return toMessage(tenant, { ...uses, characters });
  };

  const change = async ({ id, reason, expectedVersion = 0n }: Asked, principal: Principal, action: Act["action"], to: Change) => {
    requireAll(nameRule(id), reasonRule(reason));
    for (let conflict = 0; conflict < MAX_CONFLICTS; conflict++) {
      const before = (await store.tenant(id)) ?? { tenantId: id, limits: {}, version: 0 };
      if (expectedVersion !== 0n && BigInt(before.version) !== expectedVersion)
        throw DragomanError.of("PRECONDITION_FAILED", `The tenant has version ${before.version}.`);
      const changed = to(before);
      if (!changed) return shown(id);
      const now = store.clock.now();
      const act: Act = { by: actorOf(principal), tenantId: id, action, subject: `tenants/${id}`, reason, ...changed.act };
      const saved = await store.saveTenant({ ...changed.tenant, version: before.version + 1 }, [auditEntry(act, newId(id, now), now)]);
      tenants.forget(id);
      if (saved) return shown(id);
    }
    throw DragomanError.of("CONFLICT", "The tenant changes too fast.");
  };

  return {
    async listTenants({ pageSize, pageToken }) {
      requireAll(
        [pageSize >= 0, "page_size", `is 1 to ${MAX_PAGE}, or 0 for ${DEFAULT_PAGE}`],
        [pageToken === "" || TENANT_NAME.test(pageToken), "page_token", "is a next_page_token, or empty"],
      );
      const limit = Math.min(MAX_PAGE, pageSize || DEFAULT_PAGE);
      const found = await store.tenants(pageToken, limit + 1);
      const page = withinMessage(found.slice(0, limit).map((tenant) => ({ ...tenant, effective: tenants.effective(tenant) })));
      return create(ListTenantsResponseSchema, {
        tenants: page.map((tenant) => toMessage(tenant)),
        nextPageToken: found.length > page.length ? (page.at(-1)?.tenantId ?? "") : "",
      });
    },
    async getTenant({ id }) {
      requireAll(nameRule(id));
      return shown(id);
    },
    async updateTenant(request, { principal }) {
      const limits = request.limits ?? create(LimitsSchema);
      const set = limitsOf(limits);
      const cleared = request.clear.map(limitNamed);
      requireAll(
        ...limitRules(limits, "limits"),
        [!cleared.includes(undefined), "clear", 'has names of limits, as in "max_open_jobs"'],
        [Object.keys(set).length + cleared.length > 0, "limits", "sets one, or `clear` names one"],
        [!cleared.some((name) => name && name in set), "clear", "names none that `limits` sets"],
      );
      return change(request, principal, "tenant.set", (tenant) => {
        const left = Object.fromEntries(Object.entries(tenant.limits).filter(([name]) => !cleared.includes(name as keyof Limits)));
        const names = [...Object.keys(set), ...cleared] as (keyof Limits)[];
        const after: Limits = { ...left, ...set };
        const act = { before: picked(tenant.limits, names), after: picked(after, names) };
        return isDeepStrictEqual(act.before, act.after) ? undefined : { tenant: { ...tenant, limits: after }, act };
      });
    },
    async pauseTenant(request, { principal }) {
      return change(request, principal, "tenant.pause", (tenant) => {
        if (tenant.paused?.reason === request.reason && tenant.paused.by === principal.keyId) return undefined;
        const paused = { reason: request.reason, at: store.clock.now(), by: principal.keyId };
        return { tenant: { ...tenant, paused }, act: { before: { paused: Boolean(tenant.paused) }, after: { paused: true } } };
      });
    },
    async resumeTenant(request, { principal }) {
      return change(request, principal, "tenant.resume", ({ paused, ...tenant }) =>
        paused ? { tenant, act: { before: { paused: true, reason: paused.reason }, after: { paused: false } } } : undefined,
      );
    },
  };
}

function nameRule(id: string) {
  return [TENANT_NAME.test(id), "id", "has 1 to 64 of A-Z, a-z, 0-9, _ and -"] as const;
}

function limitNamed(name: string): keyof Limits | undefined {
  return LimitsSchema.fields.find((field) => field.name === name || field.localName === name)?.localName as keyof Limits | undefined;
}

function picked(limits: Limits, names: readonly (keyof Limits)[]): object {
  return Object.fromEntries(names.flatMap((name) => (limits[name] === undefined ? [] : [[name, limits[name]]])));
}

type Uses = Awaited<ReturnType<typeof quotaUses>> & { readonly characters: QuotaUse };

function useMessage({ open, running, bytes, pages, characters }: Uses): TenantUse {
  return create(TenantUseSchema, {
    openJobs: open.used,
    runningJobs: running.used,
    storedBytes: BigInt(bytes.used),
    pages: BigInt(Math.ceil(pages.used)),
    charactersBilled: BigInt(Math.ceil(characters.used)),
  });
}

function toMessage({ tenantId, limits, paused, version, effective }: KnownTenant, uses?: Uses): TenantMessage {
  return create(TenantSchema, {
    id: tenantId,
    limits: toLimits(limits),
    effectiveLimits: toLimits(effective),
    version: BigInt(version),
    ...(paused && { paused: true, pauseReason: paused.reason, pauseTime: timestampFromMs(paused.at) }),
    ...(uses && { use: useMessage(uses) }),
  });
}
