import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { formatClaims, type JobTokenClaims, parseJobToken } from "../../platform/job_token.ts";

/** Signs tokens that are each good for one job, and tells its own from others. None is stored. */
export class JobTokens {
  readonly #key: Buffer;

  /** `secret`: the deployment's. */
  constructor(secret: string) {
    this.#key = Buffer.from(hkdfSync("sha256", secret, "", "dragoman: tokens for jobs", 32));
  }

  sign(claims: JobTokenClaims): string {
    const signed = formatClaims(claims);
    return `${signed}_${this.#signature(signed).toString("hex")}`;
  }

  /** What the token in `authorization` ("Bearer …") says; undefined where there is none, or it was not signed by this secret. */
  open(authorization: string): JobTokenClaims | undefined {
    const token = parseJobToken(authorization);
    if (!token || !timingSafeEqual(this.#signature(token.signed), Buffer.from(token.signature, "hex"))) return undefined;
    return token.claims;
  }

  #signature(signed: string): Buffer {
    return createHmac("sha256", this.#key).update(signed).digest();
  }
}
