import { randomBytes } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { holderOf, issueKey, listKeys, revokeKey } from "../orchestrator/access/keys.ts";
import type { Role } from "../orchestrator/policy/scopes.ts";
import type { Store } from "../orchestrator/store/store.ts";
import { asDragomanError } from "../platform/errors.ts";
import { cannotWrite } from "./own_folder.ts";

const LOCAL_TENANT = "local";
const SECRET = /^[0-9a-f]{64}$/;

/** The key of this role that is kept in `file`; made where there is none, or none that the store takes. */
export async function keptKey(store: Store, file: string, role: Role): Promise<string> {
  const kept = await read(file);
  if (kept !== undefined && (await isGood(store, kept, role))) return kept;
  const key = await issueKey(store, { tenantId: LOCAL_TENANT, role });
  await write(file, key);
  return key;
}

/** The secret that is kept in `file`, so that what was signed before a restart is good after it. */
export async function keptSecret(file: string): Promise<string> {
  const kept = await read(file);
  if (kept !== undefined && SECRET.test(kept)) return kept;
  const secret = randomBytes(32).toString("hex");
  await write(file, secret);
  return secret;
}

/** Takes back the local workers' keys but `key`, of a store that no other process serves: an older version made one at each start. */
export async function withdrawOtherWorkerKeys(store: Store, key: string): Promise<void> {
  for (const { id, role } of await listKeys(store, LOCAL_TENANT))
    if (role === "worker" && !key.startsWith(`dgm_${id}_`)) await revokeKey(store, id);
}

async function isGood(store: Store, key: string, role: Role): Promise<boolean> {
  try {
    const { scopes } = await holderOf(store, `Bearer ${key}`);
    return scopes.includes(role === "worker" ? "worker" : "jobs:read");
  } catch (error) {
    if (asDragomanError(error).code !== "UNAUTHENTICATED") throw error;
    return false;
  }
}

async function read(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, "utf8")).trim();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

async function write(file: string, text: string): Promise<void> {
  // Made anew, because a file that is there keeps the rights it has.
  try {
    await rm(file, { force: true });
    await writeFile(file, `${text}\n`, { mode: 0o600, flag: "wx" });
  } catch (error) {
    throw cannotWrite(file, error);
  }
}
