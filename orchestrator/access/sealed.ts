import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

const CIPHER = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Keeps what is stored unreadable for who has the store alone, its logs and its copies: encrypted by the deployment's secret, and
 * bound to the job that it is of.
 */
export class Seal {
  readonly #key: Buffer;

  constructor(secret: string) {
    this.#key = Buffer.from(hkdfSync("sha256", secret, "", "dragoman: passwords of documents", 32));
  }

  /** Empty for an empty text. */
  seal(text: string, jobId: string): string {
    if (text === "") return "";
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.#key, nonce).setAAD(Buffer.from(jobId));
    const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString("base64");
  }

  /** Empty for what was not sealed by this secret for this job. */
  open(sealed: string, jobId: string): string {
    const bytes = Buffer.from(sealed, "base64");
    if (bytes.length <= NONCE_BYTES + TAG_BYTES) return "";
    const decipher = createDecipheriv(CIPHER, this.#key, bytes.subarray(0, NONCE_BYTES)).setAAD(Buffer.from(jobId));
    decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    try {
      return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]).toString("utf8");
    } catch {
      return "";
    }
  }
}
