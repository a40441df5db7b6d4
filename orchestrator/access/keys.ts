import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { formatApiKey, parseApiKey } from "../../platform/api_key.ts";
import type { Instant } from "../../platform/clock.ts";
import { DragomanError } from "../../platform/errors.ts";
import { newId } from "../jobs/id.ts";
import { type Act, type Actor, auditEntry } from "../policy/audit.ts";
import type { Limits } from "../policy/limits.ts";
import { type Role, type Scope, scopesOf } from "../policy/scopes.ts";
import { TENANT_NAME } from "../policy/tenant_name.ts";
import type { KeyRow, KeyStore, StoredKey } from "../store/key_store.ts";
import type { Store } from "../store/store.ts";

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
  /** Who calls by a token, for this job alone, that was made with the key. */
  readonly token?: { readonly jobId: string; readonly mayCancel: boolean };
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
  /** The key that it is made by, if any. */
  readonly createdBy?: string;
}

export type Keys = KeyStore & Pick<Store, "clock">;

/** Where keys are made and taken back, and where that is told of. */
export type KeyRing = Keys & Pick<Store, "addAudit">;

/** Makes a key and stores its hash; the key itself is returned this once. Throws INVALID_REQUEST for a tenant that is no name. */
export async function issueKey(store: KeyRing, { expireAt, ...grant }: Grant, by?: Actor): Promise<string> {
  if (!TENANT_NAME.test(grant.tenantId))
    throw DragomanError.of("INVALID_REQUEST", "A tenant's name has 1 to 64 of A-Z, a-z, 0-9, _ and -.");
  const id = randomBytes(8).toString("hex");
  const { secret, hash } = newSecret();
  const { tenantId, ...after } = { ...grant, expireAt };
  await tell(store, by, { tenantId, action: "key.create", subject: `keys/${id}`, after });
  await store.saveKey(id, { hash, ...grant, createdAt: store.clock.now(), ...(expireAt !== undefined && { expireAt }) });
  return formatApiKey({ id, secret });
}

/** Whose key `authorization` ("Bearer …") holds. Throws UNAUTHENTICATED, for a key that was taken back or has expired too. */
export async function holderOf(store: Keys, authorization: string): Promise<Principal> {
  const key = parseApiKey(authorization);
  if (!key) throw unauthenticated();
  const stored = await store.key(key.id);
  if (!stored || !opens(stored, key.secret, store.clock.now())) throw unauthenticated();
  return principalOf(key.id, stored, store.clock.now());
}

/** Who holds this key. Throws UNAUTHENTICATED once it has expired. */
export function principalOf(keyId: string, stored: StoredKey, now: Instant): Principal {
  const { tenantId, expireAt } = stored;
  if (expireAt !== undefined && expireAt <= now)
    throw DragomanError.of("UNAUTHENTICATED", "The API key has expired.", { hint: "Ask for a new one: `dragoman keys create` makes it." });
  return { tenantId, keyId, scopes: scopesOf(stored), limits: limitsOfKey(stored), ...(expireAt !== undefined && { expireAt }) };
}

/** Whether it is the key's secret, or one before it for as long as that is good. */
function opens({ hash, previous }: StoredKey, secret: string, now: Instant): boolean {
  const given = createHash("sha256").update(secret).digest();
  const is = (stored: string) => timingSafeEqual(given, Buffer.from(stored, "hex"));
  return is(hash) || [previous, previous?.before].some((old) => old !== undefined && old.until > now && is(old.hash));
}

/** What a key may: an older version kept these beside each other. */
export function limitsOfKey(
  stored: Pick<StoredKey, "limits"> & { readonly maxUploadBytes?: number; readonly fileTypes?: readonly string[] },
): Limits {
  const { limits, maxUploadBytes, fileTypes } = stored;
  return { ...(maxUploadBytes !== undefined && { maxUploadBytes }), ...(fileTypes && { formats: fileTypes }), ...limits };
}

/** A key as whoever administers them may see it. */
export interface ListedKey extends Omit<KeyRow, "hash" | "previous"> {
  /** Until when the secret before the last rotation is good. */
  readonly previousUntil?: Instant;
}

/** Every key, by tenant and age; of one tenant if it is named. What would let anyone use them is not in it. */
export async function listKeys(store: Keys, tenantId?: string): Promise<ListedKey[]> {
  const keys = (await store.keys(tenantId)).map(listed);
  return keys.sort((one, other) => one.tenantId.localeCompare(other.tenantId) || (one.createdAt ?? 0) - (other.createdAt ?? 0));
}

function listed({ hash: _, previous, ...key }: KeyRow): ListedKey {
  return { ...key, ...(previous && { previousUntil: previous.until }) };
}

/**
 * Gives the key of this public id another secret, which is returned this once; the one before is good for `overlapMs` more, and the one
 * before that no longer than it was: whoever lost the answer rotates again, and what is in use goes on. All else
 * of the key stays, its id too, so that what was counted for it goes on. Throws KEY_NOT_FOUND, INVALID_REQUEST where it has expired, and
 * CONFLICT where it is rotated by two at once.
 */
export async function rotateKey(store: KeyRing, id: string, overlapMs: number, by?: Actor): Promise<string> {
  const stored = await store.key(id);
  if (!stored) throw noSuchKey(id);
  const now = store.clock.now();
  if (stored.expireAt !== undefined && stored.expireAt <= now)
    throw DragomanError.of("INVALID_REQUEST", `The key ${id} has expired.`, { hint: "Make a new one: `dragoman keys create`." });
  const { secret, hash } = newSecret();
  const { previous: old, ...rest } = stored;
  const until = now + overlapMs;
  const before = old && old.until > now && { before: { hash: old.hash, until: Math.min(old.until, until) } };
  const previous = overlapMs > 0 ? { previous: { hash: stored.hash, until, ...before } } : {};
  await tell(store, by, { tenantId: stored.tenantId, action: "key.rotate", subject: `keys/${id}`, after: { overlapMs } });
  if (!(await store.changeKey(id, stored.hash, { ...rest, hash, ...previous })))
    throw DragomanError.of("CONFLICT", "The key was rotated or revoked meanwhile.", {
      hint: "`dragoman keys list` shows the keys there are.",
    });
  return formatApiKey({ id, secret });
}

/** Takes the key of this public id back: from now on it is refused, in calls that go on after a moment. Throws KEY_NOT_FOUND. */
export async function revokeKey(store: KeyRing, id: string, by?: Actor): Promise<void> {
  const stored = await store.key(id);
  if (!stored) throw noSuchKey(id);
  const { tenantId, role, name, scopes } = stored;
  await tell(store, by, { tenantId, action: "key.revoke", subject: `keys/${id}`, before: { role, name, scopes } });
  if (!(await store.removeKey(id))) throw noSuchKey(id);
}

/** Told of before it is done: keys lie beside the shard of their tenant's log, and none is to change without a word. */
async function tell(store: KeyRing, by: Actor | undefined, act: Omit<Act, "by" | "reason">): Promise<void> {
  const now = store.clock.now();
  if (by) await store.addAudit([auditEntry({ ...act, by, reason: "" }, newId(act.tenantId, now), now)]);
}

export function noSuchKey(id: string): DragomanError {
  return DragomanError.of("KEY_NOT_FOUND", `There is no key ${id}.`);
}

function newSecret(): { readonly secret: string; readonly hash: string } {
  const secret = randomBytes(24).toString("hex");
  return { secret, hash: createHash("sha256").update(secret).digest("hex") };
}

function unauthenticated(): DragomanError {
  return DragomanError.of("UNAUTHENTICATED", "The API key is missing or not valid.");
}
