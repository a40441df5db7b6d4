import { createHash } from "node:crypto";

// `dgm_<public id>_<secret><checksum>`: the prefix lets secret scanners find it, the checksum
// refuses a mistyped key without a look-up.
const KEY = /^dgm_([0-9a-f]{16})_([0-9a-f]{48})([0-9a-f]{8})$/;

export interface ApiKey {
  /** Public. */
  readonly id: string;
  readonly secret: string;
}

export function formatApiKey({ id, secret }: ApiKey): string {
  return `dgm_${id}_${secret}${checksum(id, secret)}`;
}

/** The key in `authorization` ("Bearer …"), or undefined if it has not the form of one; nobody was asked whether it is good. */
export function parseApiKey(authorization: string): ApiKey | undefined {
  const [, id = "", secret = "", sum] = KEY.exec(authorization.replace(/^Bearer /i, "")) ?? [];
  return checksum(id, secret) === sum ? { id, secret } : undefined;
}

function checksum(id: string, secret: string): string {
  return createHash("sha256").update(`dragoman:${id}:${secret}`).digest("hex").slice(0, 8);
}
