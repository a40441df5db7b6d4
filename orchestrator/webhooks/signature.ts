import { createHmac, randomBytes } from "node:crypto";

/** The specification asks for 24 to 64. */
const SECRET_BYTES = 32;
const PREFIX = "whsec_";

export function newSecret(): string {
  return PREFIX + randomBytes(SECRET_BYTES).toString("base64");
}

/** What is signed: all of it, to the byte. */
export interface Signed {
  readonly id: string;
  /** Of the post, in seconds since the epoch. */
  readonly timestamp: number;
  readonly body: Uint8Array;
}

/** The three headers of a post, signed with each secret (Standard Webhooks 1.0.0, "Signature scheme": HMAC-SHA256, v1). */
export function signatureHeaders({ id, timestamp, body }: Signed, secrets: readonly string[]): Record<string, string> {
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(PREFIX.length), "base64");
    return `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest("base64")}`;
  });
  return { "webhook-id": id, "webhook-timestamp": String(timestamp), "webhook-signature": signatures.join(" ") };
}
