import { create } from "@bufbuild/protobuf";
import { type Timestamp, timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import {
  type ApiKey,
  ApiKeySchema,
  CreatedKeySchema,
  type CreateKeyRequest,
  type KeyService,
  ListKeysResponseSchema,
  RevokeKeyResponseSchema,
} from "../../gen/dragoman/v1/key_service_pb.ts";
import { LimitsSchema } from "../../gen/dragoman/v1/limits_pb.ts";
import { parseApiKey } from "../../platform/api_key.ts";
import { DragomanError } from "../../platform/errors.ts";
import type { Handlers } from "../../platform/grpc/server.ts";
import type { Gate, GuardedContext } from "../access/guard.ts";
import { issueKey, type ListedKey, limitsOfKey, listKeys, noSuchKey, type Principal, revokeKey, rotateKey } from "../access/keys.ts";
import { excess, grantable, type Rights, within } from "../policy/grants.ts";
import type { Limits } from "../policy/limits.ts";
import { isRole, isScope, type Role, SCOPES, type Scope, scopesOf } from "../policy/scopes.ts";
import { TENANT_NAME } from "../policy/tenant_name.ts";
import type { StoredKey } from "../store/key_store.ts";
import { limitRules, limitsOf, toLimits } from "./limits_message.ts";
import { withinMessage } from "./message_room.ts";
import { isTime, requireAll, TIMES } from "./validation.ts";

/** So that a list of them is one message. Whoever reaches the store itself may make more. */
const MAX_KEYS = 1_000;
const MAX_NAME = 100;
const MAX_OVERLAP_SECONDS = 30 * 86_400;
const ALL_TENANTS = "-";
const OF_TENANTS = {
  charactersPerMonth: "characters_per_month",
  fairBy: "fair_by",
  retentionSeconds: "retention_seconds",
  webhookHosts: "webhook_hosts",
} as const satisfies Partial<Record<keyof Limits, string>>;

type Calls = Pick<Handlers<typeof KeyService, GuardedContext>, "createKey" | "listKeys" | "rotateKey" | "revokeKey">;

/** The calls about keys: of one's own tenant, for operators of any. */
export function keyCalls({ store }: Gate): Calls {
  /** The key, where the caller may do something to it that needs `rights` of it. */
  const owned = async (id: string, principal: Principal, rights: (key: StoredKey) => Rights): Promise<StoredKey> => {
    const key = await store.key(id);
    if (!key || !(isOperator(principal) || key.tenantId === principal.tenantId)) throw noSuchKey(id);
    requireGrantable(rights(key), principal);
    return key;
  };
  const answer = async (secret: string) => {
    const id = parseApiKey(secret)?.id ?? "";
    const key = await store.key(id);
    if (!key) throw noSuchKey(id);
    const { hash: _, previous, ...rest } = key;
    return create(CreatedKeySchema, { secret, key: toMessage({ id, ...rest, ...(previous && { previousUntil: previous.until }) }) });
  };

  return {
    async createKey(request, { principal }) {
      requireAll(...rules(request, store.clock.now()));
      const tenantId = request.tenantId || principal.tenantId;
      if (tenantId !== principal.tenantId && !isOperator(principal))
        throw DragomanError.of("PERMISSION_DENIED", "A key of another tenant is made by operators only.");
      const role = (request.role || "client") as Role;
      const own = grantable(principal);
      const scopes =
        request.scopes.length > 0 ? (request.scopes as Scope[]) : scopesOf({ role }).filter((scope) => own.scopes.includes(scope));
      const isOwnRole = role === "client" || own.scopes.includes(role);
      if (!isOwnRole || scopes.length === 0) throw DragomanError.of("PERMISSION_DENIED", `This key may make none of the role ${role}.`);
      const limits = limitsOf(request.limits ?? create(LimitsSchema));
      const rights = within({ scopes, limits, ...expiry(request.expireTime) }, own);
      requireGrantable(rights, principal);
      if ((await store.keys(tenantId)).length >= MAX_KEYS)
        throw DragomanError.of("QUOTA_EXCEEDED", `The tenant has ${MAX_KEYS} keys.`, {
          hint: "Revoke keys that nobody uses: GET /keys tells.",
        });
      const { name } = request;
      const grant = { tenantId, role, ...(name && { name }), ...rights, createdBy: principal.keyId };
      return answer(await issueKey(store, grant, principal));
    },
    async listKeys({ tenantId }, { principal }) {
      const wanted = tenantId || principal.tenantId;
      const isAll = isOperator(principal) && tenantId === ALL_TENANTS;
      // What is asked of another tenant is not there.
      if (wanted !== principal.tenantId && !isOperator(principal)) return create(ListKeysResponseSchema);
      const keys = await listKeys(store, isAll ? undefined : wanted);
      const isMessage = withinMessage(keys).length === keys.length;
      requireAll([isMessage, "tenant_id", "names one tenant: there are more keys than one answer holds"]);
      return create(ListKeysResponseSchema, { keys: keys.map(toMessage) });
    },
    async rotateKey({ id, overlapSeconds }, { principal }) {
      const isOverlap = overlapSeconds >= 0 && overlapSeconds <= MAX_OVERLAP_SECONDS;
      requireAll([isOverlap, "overlap_seconds", `is 0 to ${MAX_OVERLAP_SECONDS}`]);
      // Its new secret is as good as a new key.
      await owned(id, principal, rightsOf);
      return answer(await rotateKey(store, id, overlapSeconds * 1000, principal));
    },
    async revokeKey({ id }, { principal }) {
      await owned(id, principal, (key) => within({ scopes: scopesOf(key), limits: {} }, grantable(principal)));
      await revokeKey(store, id, principal);
      return create(RevokeKeyResponseSchema);
    },
  };
}

function rules({ tenantId, role, name, scopes, limits, expireTime }: CreateKeyRequest, now: number) {
  const set = limits ?? create(LimitsSchema);
  return [
    [tenantId === "" || TENANT_NAME.test(tenantId), "tenant_id", "has 1 to 64 of A-Z, a-z, 0-9, _ and -"],
    [role === "" || isRole(role), "role", "is client, worker or operator"],
    [name.length <= MAX_NAME && !/\p{C}/u.test(name), "name", `has at most ${MAX_NAME} characters, and none that is not seen`],
    [scopes.every(isScope) && new Set(scopes).size === scopes.length, "scopes", `has some of ${SCOPES.join(", ")}, each once`],
    ...limitRules(set, "limits"),
    ...Object.entries(OF_TENANTS).map(([name, field]) => [!(name in limitsOf(set)), `limits.${field}`, "is a tenant's only"] as const),
    [isTime(expireTime), "expire_time", TIMES],
    [!expireTime || timestampMs(expireTime) > now, "expire_time", "is a time to come"],
  ] as const;
}

function requireGrantable(wanted: Rights, principal: Principal): void {
  const beyond = excess(wanted, grantable(principal));
  if (beyond.length > 0)
    throw DragomanError.of("PERMISSION_DENIED", `A key grants no more than it may itself, and this one less: ${beyond.join(", ")}.`);
}

function rightsOf(key: StoredKey): Rights {
  return { scopes: scopesOf(key), limits: limitsOfKey(key), ...(key.expireAt !== undefined && { expireAt: key.expireAt }) };
}

function isOperator({ scopes }: Principal): boolean {
  return scopes.includes("operator");
}

function expiry(time: Timestamp | undefined): Pick<Rights, "expireAt"> {
  return time ? { expireAt: timestampMs(time) } : {};
}

function toMessage(key: ListedKey): ApiKey {
  const { id, tenantId, role, name = "", createdAt, expireAt, usedAt, previousUntil, createdBy = "" } = key;
  const times = { createTime: createdAt, expireTime: expireAt, lastUseTime: usedAt, overlapEndTime: previousUntil };
  const set = Object.entries(times).flatMap(([field, at]) => (at === undefined ? [] : [[field, timestampFromMs(at)]]));
  return create(ApiKeySchema, {
    ...{ id, tenantId, role, name, createdBy, scopes: [...scopesOf(key)], limits: toLimits(limitsOfKey(key)) },
    ...Object.fromEntries(set),
  });
}
