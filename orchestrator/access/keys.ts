import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { DragomanError } from "../../platform/errors.ts";
import type { Registry, Role, UploadLimits } from "../store/store.ts";

/** Who calls. The tenant comes from the key and from nowhere else. */
export interface Principal extends UploadLimits {
  readonly tenantId: string;
  readonly role: Role;
}

// `dgm_<public id>_<secret><checksum>`: the prefix lets secret scanners find it, the checksum
// refuses a mistyped key without a look-up.
const KEY = /^dgm_([0-9a-f]{16})_([0-9a-f]{48})([0-9a-f]{8})$/;

function checksum(id: string, secret: string): string {
  return createHash("sha256").update(`dragoman:${id}:${secret}`).digest("hex").slice(0, 8);
}

/** Makes a key and stores its hash; the key itself is returned this once. Throws INVALID_REQUEST for a tenant that is no name. */
export async function issueKey(registry: Registry, principal: Principal): Promise<string> {
  // It becomes part of artefact keys and of NATS subjects.
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(principal.tenantId))
    throw DragomanError.of("INVALID_REQUEST", "A tenant's name has 1 to 64 of A-Z, a-z, 0-9, _ and -.");
  const id = randomBytes(8).toString("hex");
  const secret = randomBytes(24).toString("hex");
  const hash = createHash("sha256").update(secret).digest("hex");
  await registry.saveKey(id, { hash, ...principal });
  return `dgm_${id}_${secret}${checksum(id, secret)}`;
}

/** Whose key `authorization` ("Bearer …") holds. Throws UNAUTHENTICATED, or PERMISSION_DENIED for a key of another role. */
export async function authenticate(registry: Registry, authorization: string, role: Role): Promise<Principal> {
  const [, id = "", secret = "", sum] = KEY.exec(authorization.replace(/^Bearer /i, "")) ?? [];
  if (checksum(id, secret) !== sum) throw unauthenticated();
  const stored = await registry.key(id);
  const hash = createHash("sha256").update(secret).digest();
  if (!stored || !timingSafeEqual(hash, Buffer.from(stored.hash, "hex"))) throw unauthenticated();
  if (stored.role !== role) throw DragomanError.of("PERMISSION_DENIED", `This call needs a ${role}'s key.`);
  const { hash: _, ...principal } = stored;
  return principal;
}

function unauthenticated(): DragomanError {
  return DragomanError.of("UNAUTHENTICATED", "The API key is missing or not valid.");
}
