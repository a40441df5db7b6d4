// `dgj_<job>_<public id of the key>_<expiry>_<rights>_<signature>`: a prefix of its own, so that secret scanners, and people, can tell
// it from a key.
const TOKEN = /^(dgj_([0-9A-Z]{26})_([0-9a-f]{16})_([0-9a-z]{1,9})_(rc?))_([0-9a-f]{64})$/;

/** What a token for one job says; that it is true only its signature tells. */
export interface JobTokenClaims {
  readonly jobId: string;
  /** Public id of the key that it was made with. */
  readonly keyId: string;
  /** In seconds since the epoch. */
  readonly expireAtSeconds: number;
  readonly mayCancel: boolean;
}

/** What is signed. */
export function formatClaims({ jobId, keyId, expireAtSeconds, mayCancel }: JobTokenClaims): string {
  return `dgj_${jobId}_${keyId}_${expireAtSeconds.toString(36)}_${mayCancel ? "rc" : "r"}`;
}

/** The token in `authorization` ("Bearer …"), or undefined if it has not the form of one; nobody has looked at its signature. */
export function parseJobToken(
  authorization: string,
): { readonly claims: JobTokenClaims; readonly signed: string; readonly signature: string } | undefined {
  const [, signed, jobId = "", keyId = "", expiry = "", rights, signature = ""] = TOKEN.exec(authorization.replace(/^Bearer /i, "")) ?? [];
  if (!signed) return undefined;
  return { claims: { jobId, keyId, expireAtSeconds: Number.parseInt(expiry, 36), mayCancel: rights === "rc" }, signed, signature };
}
