import { expect } from "chai";
import type { DragomanError } from "../../platform/errors.ts";
import { newId } from "../jobs/id.ts";
import { openSqliteStore } from "../store/sqlite.ts";
import { Callers, type Need, requireNeed } from "./callers.ts";
import { JobTokens } from "./job_tokens.ts";
import { issueKey, revokeKey, rotateKey } from "./keys.ts";

const NOW = Date.UTC(2026, 0, 1);
const HOUR_MS = 3600_000;
const READ = { scope: "jobs:read", token: "read" } as const;
const CANCEL = { scope: "jobs:write", token: "cancel" } as const;

const code = (work: () => unknown) =>
  Promise.resolve()
    .then(work)
    .then(
      () => "none",
      (error: DragomanError) => error.code,
    );

/** A tenant's key, a token for a job that was made with it, and who they are at a time. */
async function arrange({ mayCancel = false, keyEnds }: { mayCancel?: boolean; keyEnds?: number } = {}) {
  const store = Object.assign(openSqliteStore(":memory:"), { clock: { now: () => NOW } });
  const tokens = new JobTokens("secret");
  const key = await issueKey(store, { tenantId: "t", role: "client", ...(keyEnds && { expireAt: keyEnds }) });
  const [, keyId = ""] = key.split("_");
  const jobId = newId("t");
  const token = tokens.sign({ jobId, keyId, expireAtSeconds: (NOW + HOUR_MS) / 1000, mayCancel });
  const at = (time: number) => new Callers({ store: Object.assign(Object.create(store), { clock: { now: () => time } }), tokens });
  const may = async (need: Need, id: string, credential = token) =>
    code(async () => requireNeed(await at(NOW).of(`Bearer ${credential}`), need, { id }));
  return { store, tokens, key, keyId, jobId, token, at, may, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() };
}

describe("a token for one job", () => {
  it("is of the tenant of the key that it was made with, until its own time", async () => {
    await using made = await arrange();
    const { tenantId, keyId, scopes, token } = await made.at(NOW + HOUR_MS - 1).of(`Bearer ${made.token}`);
    expect({ tenantId, keyId, scopes, token }).to.deep.equal({
      ...{ tenantId: "t", keyId: made.keyId, scopes: ["jobs:read"] },
      token: { jobId: made.jobId, mayCancel: false },
    });
    expect(await code(() => made.at(NOW + HOUR_MS).of(`Bearer ${made.token}`))).to.equal("UNAUTHENTICATED");
  });
  it("is good for what names its job, and is nobody's for another", async () => {
    await using made = await arrange();
    expect(await made.may(READ, made.jobId)).to.equal("none");
    expect(await made.may("any", made.jobId)).to.equal("none");
    expect(await made.may(READ, newId("t"))).to.equal("JOB_NOT_FOUND");
    expect(await made.may("jobs:read", made.jobId)).to.equal("PERMISSION_DENIED");
    expect(await made.may(CANCEL, made.jobId)).to.equal("PERMISSION_DENIED");
  });
  it("cancels its job alone, where it may", async () => {
    await using made = await arrange({ mayCancel: true });
    expect(await made.may(CANCEL, made.jobId)).to.equal("none");
    expect(await made.may(CANCEL, newId("t"))).to.equal("JOB_NOT_FOUND");
    expect(await made.may("jobs:write", made.jobId)).to.equal("PERMISSION_DENIED");
  });
  it("is refused when any of its characters is another, or another secret signed it", async () => {
    await using made = await arrange();
    const codes = await Promise.all(
      [...made.token].map((letter, index) => {
        const altered = `${made.token.slice(0, index)}${letter === "0" ? "1" : "0"}${made.token.slice(index + 1)}`;
        return made.may(READ, made.jobId, altered);
      }),
    );
    expect(new Set(codes)).to.deep.equal(new Set(["UNAUTHENTICATED"]));
    const claims = { jobId: made.jobId, keyId: made.keyId, expireAtSeconds: NOW, mayCancel: true };
    expect(await made.may(READ, made.jobId, new JobTokens("other").sign(claims))).to.equal("UNAUTHENTICATED");
    expect(await made.may(READ, made.jobId, `${made.token}0`)).to.equal("UNAUTHENTICATED");
  });
  it("ends with its key: revoked or expired, and not when it is rotated", async () => {
    await using made = await arrange({ keyEnds: NOW + 1000 });
    await rotateKey(made.store, made.keyId, 0);
    expect(await made.may(READ, made.jobId)).to.equal("none");
    expect(await code(() => made.at(NOW + 1000).of(`Bearer ${made.token}`))).to.equal("UNAUTHENTICATED");
    await revokeKey(made.store, made.keyId);
    expect(await made.may(READ, made.jobId)).to.equal("UNAUTHENTICATED");
  });
});
