import { timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import type { ApiKey, CreatedKey } from "../gen/dragoman/v1/key_service_pb.ts";
import { type Grant, issueKey, type ListedKey, listKeys, revokeKey, rotateKey } from "../orchestrator/access/keys.ts";
import { LOCAL } from "../orchestrator/policy/audit.ts";
import type { Role, Scope } from "../orchestrator/policy/scopes.ts";
import { limitsOf, toLimits } from "../orchestrator/services/limits_message.ts";
import type { Store } from "../orchestrator/store/store.ts";
import { parseApiKey } from "../platform/api_key.ts";
import { UsageError } from "../platform/usage_error.ts";
import type { FileClient } from "./client.ts";

/** A key to be made; a server has its own tenant for one that is not named. */
export type WantedKey = Omit<Grant, "tenantId"> & { readonly tenantId?: string };

export interface MadeKey {
  readonly secret: string;
  readonly key: ListedKey;
}

/** Where keys are made and taken back. */
export interface KeyDesk {
  create(key: WantedKey): Promise<MadeKey>;
  /** Of one tenant; if it is empty, of all. */
  list(tenantId: string): Promise<ListedKey[]>;
  rotate(id: string, overlapMs: number): Promise<MadeKey>;
  revoke(id: string): Promise<void>;
}

/** The store itself: whoever reaches it may do anything. */
export function storeDesk(store: Store): KeyDesk {
  const made = async (secret: string, tenantId: string): Promise<MadeKey> => {
    const key = (await listKeys(store, tenantId)).find(({ id }) => id === parseApiKey(secret)?.id);
    if (!key) throw new UsageError("The key was revoked meanwhile.");
    return { secret, key };
  };
  return {
    async create({ tenantId, ...rest }) {
      const tenant = tenantId ?? (rest.role === "operator" ? "operators" : undefined);
      if (tenant === undefined) throw new UsageError("Whose key is it to be? Name the tenant: --tenant NAME.");
      return made(await issueKey(store, { tenantId: tenant, ...rest }, LOCAL), tenant);
    },
    list: (tenantId) => listKeys(store, tenantId || undefined),
    async rotate(id, overlapMs) {
      const secret = await rotateKey(store, id, overlapMs, LOCAL);
      return made(secret, (await store.key(id))?.tenantId ?? "");
    },
    revoke: (id) => revokeKey(store, id, LOCAL),
  };
}

/** A server, by a key that may administer its tenant's keys, or an operator's. */
export function serverDesk({ keys }: Pick<FileClient, "keys">): KeyDesk {
  return {
    async create({ tenantId = "", role, name = "", scopes = [], limits = {}, expireAt }) {
      const expiry = expireAt === undefined ? {} : { expireTime: timestampFromMs(expireAt) };
      return fromCreated(await keys.createKey({ tenantId, role, name, scopes: [...scopes], limits: toLimits(limits), ...expiry }));
    },
    async list(tenantId) {
      const all = (await keys.getCaller({})).scopes.includes("operator") ? "-" : "";
      return (await keys.listKeys({ tenantId: tenantId || all })).keys.map(fromMessage);
    },
    rotate: async (id, overlapMs) => fromCreated(await keys.rotateKey({ id, overlapSeconds: Math.round(overlapMs / 1000) })),
    async revoke(id) {
      await keys.revokeKey({ id });
    },
  };
}

function fromCreated({ secret, key }: CreatedKey): MadeKey {
  if (!key) throw new Error("the server made no key");
  return { secret, key: fromMessage(key) };
}

function fromMessage(key: ApiKey): ListedKey {
  const times = {
    createdAt: key.createTime,
    expireAt: key.expireTime,
    usedAt: key.lastUseTime,
    previousUntil: key.overlapEndTime,
  };
  const set = Object.entries(times).flatMap(([name, time]) => (time ? [[name, timestampMs(time)] as const] : []));
  return {
    ...{ id: key.id, tenantId: key.tenantId, role: key.role as Role, scopes: key.scopes as Scope[] },
    ...(key.name && { name: key.name }),
    ...(key.limits && { limits: limitsOf(key.limits) }),
    ...(key.createdBy && { createdBy: key.createdBy }),
    ...Object.fromEntries(set),
  };
}
