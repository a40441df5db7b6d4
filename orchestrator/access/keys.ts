import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { formatApiKey, parseApiKey } from "../../platform/api_key.ts";
import type { Instant } from "../../platform/clock.ts";
import { DragomanError } from "../../platform/errors.ts";
import type { Limits } from "../policy/limits.ts";
import { type Role, type Scope, scopesOf } from "../policy/scopes.ts";
import type { KeyStore, Store, StoredKey } from "../store/store.ts";

/** Who calls. The tenant comes from the key and from nowhere else. */
export interface Principal {
  readonly tenantId: string;
  /** The key's public id. */
  readonly keyId: string;
  readonly scopes: readonly Scope[];
  /** The key's own, which narrow its tenant's. */
  readonly limits: Limits;
  /** For ever if not given. */
  readonly expireAt?: Instant;
}

/** What a new key is for, and until when. */
export interface Grant {
  readonly tenantId: string;
  readonly role: Role;
  /** For people. */
  readonly name?: string;
  /** Its role's if not given. */
  readonly scopes?: readonly Scope[];
  readonly limits?: Limits;
  /** In milliseconds since the epoch; for ever if not given. */
  readonly expireAt?: Instant;
}

type Keys = KeyStore & Pick<Store, "clock">;

/** Makes a key and stores its hash; the key itself is returned this once. Throws INVALID_REQUEST for a tenant that is no name. */
export async function issueKey(store: Keys, { expireAt, ...grant }: Grant): Promise<string> {
  // It becomes part of artefact keys and of NATS subjects.
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(grant.tenantId))
    throw DragomanError.of("INVALID_REQUEST", "A tenant's name has 1 to 64 of A-Z, a-z, 0-9, _ and -.");
  const id = randomBytes(8).toString("hex");
  const secret = randomBytes(24).toString("hex");
  const hash = createHash("sha256").update(secret).digest("hex");
  await store.saveKey(id, { hash, ...grant, createdAt: store.clock.now(), ...(expireAt !== undefined && { expireAt }) });
  return formatApiKey({ id, secret });
}

/** Whose key `authorization` ("Bearer …") holds. Throws UNAUTHENTICATED, for a key that was taken back or has expired too. */
export async function holderOf(store: Keys, authorization: string): Promise<Principal> {
  const key = parseApiKey(authorization);
  if (!key) throw unauthenticated();
  const stored = await store.key(key.id);
  const hash = createHash("sha256").update(key.secret).digest();
  if (!stored || !timingSafeEqual(hash, Buffer.from(stored.hash, "hex"))) throw unauthenticated();
  const { tenantId, expireAt } = stored;
  if (expireAt !== undefined && expireAt <= store.clock.now())
    throw DragomanError.of("UNAUTHENTICATED", "The API key has expired.", { hint: "Ask for a new one: `dragoman keys create` makes it." });
  const limits = limitsOfKey(stored);
  return { tenantId, keyId: key.id, scopes: scopesOf(stored), limits, ...(expireAt !== undefined && { expireAt }) };
}

/** What a key may: an older version kept these beside each other. */
export function limitsOfKey(
  stored: Pick<StoredKey, "limits"> & { readonly maxUploadBytes?: number; readonly fileTypes?: readonly string[] },
): Limits {
  const { limits, maxUploadBytes, fileTypes } = stored;
  return { ...(maxUploadBytes !== undefined && { maxUploadBytes }), ...(fileTypes && { formats: fileTypes }), ...limits };
}

/** A key as whoever administers them may see it. */
export type ListedKey = Omit<StoredKey, "hash"> & { readonly id: string };

/** Every key, by tenant and age; of one tenant if it is named. What would let anyone use them is not in it. */
export async function listKeys(store: Keys, tenantId = ""): Promise<ListedKey[]> {
  const keys = (await store.keys()).map(({ hash: _, ...key }) => key).filter((key) => tenantId === "" || key.tenantId === tenantId);
  return keys.sort((one, other) => one.tenantId.localeCompare(other.tenantId) || (one.createdAt ?? 0) - (other.createdAt ?? 0));
}

/** Takes the key of this public id back: from now on it is refused, in calls that go on after a moment. Throws INVALID_REQUEST if there is none. */
export async function revokeKey(store: Keys, id: string): Promise<void> {
  if (!(await store.removeKey(id)))
    throw DragomanError.of("INVALID_REQUEST", `There is no key ${id}.`, { hint: "`dragoman keys list` shows the ids." });
}

function unauthenticated(): DragomanError {
  return DragomanError.of("UNAUTHENTICATED", "The API key is missing or not valid.");
}
