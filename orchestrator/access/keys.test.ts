import { expect } from "chai";
import type { DragomanError } from "../../platform/errors.ts";
import type { Scope } from "../policy/scopes.ts";
import { openSqliteStore } from "../store/sqlite.ts";
import { requireNeed } from "./callers.ts";
import { holderOf, issueKey, listKeys, revokeKey, rotateKey } from "./keys.ts";

const authenticate = async (...[store, authorization, need]: [Parameters<typeof holderOf>[0], string, Scope]) => {
  const principal = await holderOf(store, authorization);
  requireNeed(principal, need, {});
  return principal;
};

const code = (work: Promise<unknown>) =>
  work.then(
    () => "none",
    (error: DragomanError) => error.code,
  );

const idOf = (key: string) => key.split("_")[1] ?? "";
const secretOf = (key: string) => key.split("_")[2]?.slice(0, 48) ?? "";
const DAY_MS = 86_400_000;

describe("API keys", () => {
  it("name their tenant, and are not stored", async () => {
    await using store = openSqliteStore(":memory:");
    const key = await issueKey(store, { tenantId: "t", role: "client" });
    expect(await authenticate(store, `Bearer ${key}`, "jobs:read")).to.deep.equal({
      tenantId: "t",
      keyId: idOf(key),
      scopes: ["jobs:read", "jobs:write", "admin"],
      limits: {},
    });
    expect(JSON.stringify(await store.key(idOf(key)))).to.not.contain(secretOf(key));
  });
  it("are refused when wrong in any part, missing, or of another role", async () => {
    await using store = openSqliteStore(":memory:");
    const key = await issueKey(store, { tenantId: "t", role: "client" });
    const other = await issueKey(store, { tenantId: "t", role: "client" });
    const swapped = `dgm_${idOf(key)}_${other.split("_")[2]}`;
    for (const wrong of ["", "Bearer ", `Bearer ${key}0`, `Bearer ${key.slice(0, -1)}`, `Bearer ${swapped}`]) {
      expect(await code(authenticate(store, wrong, "jobs:read")), wrong.slice(0, 20)).to.equal("UNAUTHENTICATED");
    }
    expect(await code(authenticate(store, `Bearer ${key}`, "worker"))).to.equal("PERMISSION_DENIED");
  });
  it("are refused once they are taken back, and no other with them", async () => {
    await using store = openSqliteStore(":memory:");
    const [taken, kept] = [
      await issueKey(store, { tenantId: "t", role: "client" }),
      await issueKey(store, { tenantId: "t", role: "client" }),
    ];
    await revokeKey(store, idOf(taken));
    expect(await code(authenticate(store, `Bearer ${taken}`, "jobs:read"))).to.equal("UNAUTHENTICATED");
    expect(await code(authenticate(store, `Bearer ${kept}`, "jobs:read"))).to.equal("none");
    expect(await code(revokeKey(store, idOf(taken)))).to.equal("KEY_NOT_FOUND");
  });
  it("are good until their time by the store's clock, and not after", async () => {
    await using store = openSqliteStore(":memory:");
    const now = store.clock.now();
    const key = await issueKey(store, { tenantId: "t", role: "client", expireAt: now + DAY_MS });
    const at = (time: number) => Object.assign(Object.create(store) as typeof store, { clock: { now: () => time } });
    expect(await code(authenticate(at(now + DAY_MS - 1), `Bearer ${key}`, "jobs:read"))).to.equal("none");
    expect(await code(authenticate(at(now + DAY_MS), `Bearer ${key}`, "jobs:read"))).to.equal("UNAUTHENTICATED");
  });
  it("are rotated: another secret from now on, the one before for a while, all else as it was", async () => {
    await using store = openSqliteStore(":memory:");
    const key = await issueKey(store, { tenantId: "t", role: "client", name: "ci", limits: { pagesPerDay: 5 } });
    const at = (time: number) => Object.assign(Object.create(store) as typeof store, { clock: { now: () => time } });
    const rotated = await rotateKey(at(1_000), idOf(key), 500);
    expect(idOf(rotated)).to.equal(idOf(key));
    const codes = (time: number) => Promise.all([key, rotated].map((each) => code(authenticate(at(time), `Bearer ${each}`, "jobs:read"))));
    expect(await codes(1_499)).to.deep.equal(["none", "none"]);
    expect(await codes(1_500)).to.deep.equal(["UNAUTHENTICATED", "none"]);
    const [listed] = await listKeys(store);
    expect(listed)
      .to.deep.include({ name: "ci", limits: { pagesPerDay: 5 }, previousUntil: 1_500 })
      .and.not.have.property("previous");
    const again = await rotateKey(at(1_100), idOf(key), 0);
    expect(await codes(1_101), "at once, and the first is forgotten").to.deep.equal(["UNAUTHENTICATED", "UNAUTHENTICATED"]);
    expect(await code(authenticate(store, `Bearer ${again}`, "jobs:read"))).to.equal("none");
  });
  it("go on with the secret in use where they are rotated again because an answer was lost", async () => {
    await using store = openSqliteStore(":memory:");
    const at = (time: number) => Object.assign(Object.create(store) as typeof store, { clock: { now: () => time } });
    const used = await issueKey(store, { tenantId: "t", role: "client" });
    const lost = await rotateKey(at(1_000), idOf(used), 500);
    const got = await rotateKey(at(1_100), idOf(used), 5_000);
    const codes = (time: number) =>
      Promise.all([used, lost, got].map((each) => code(authenticate(at(time), `Bearer ${each}`, "jobs:read"))));
    expect(await codes(1_499)).to.deep.equal(["none", "none", "none"]);
    expect(await codes(1_500), "no longer than was said").to.deep.equal(["UNAUTHENTICATED", "none", "none"]);
    await rotateKey(at(1_200), idOf(used), 10);
    expect(await codes(1_211), "nor than is said now").to.deep.equal(["UNAUTHENTICATED", "UNAUTHENTICATED", "UNAUTHENTICATED"]);
  });
  it("are rotated by one of two at once, and neither once they are gone or have expired", async () => {
    await using store = openSqliteStore(":memory:");
    const id = idOf(await issueKey(store, { tenantId: "t", role: "client" }));
    const codes = await Promise.all([1, 2].map(() => code(rotateKey(store, id, 0))));
    expect(codes.sort()).to.deep.equal(["CONFLICT", "none"]);
    const expired = idOf(await issueKey(store, { tenantId: "t", role: "client", expireAt: 1 }));
    expect(await code(rotateKey(store, expired, 0))).to.equal("INVALID_REQUEST");
    expect(await code(rotateKey(store, "0".repeat(16), 0))).to.equal("KEY_NOT_FOUND");
  });
  it("are listed by tenant and age, without what would let anyone use them", async () => {
    await using store = openSqliteStore(":memory:");
    const other = await issueKey(store, { tenantId: "b", role: "worker" });
    const key = await issueKey(store, { tenantId: "a", role: "client", expireAt: 9e12, limits: { maxUploadBytes: 5 } });
    const listed = await listKeys(store);
    expect(listed.map(({ id, tenantId }) => [id, tenantId])).to.deep.equal([
      [idOf(key), "a"],
      [idOf(other), "b"],
    ]);
    expect(listed[0])
      .to.deep.include({ role: "client", expireAt: 9e12, limits: { maxUploadBytes: 5 } })
      .and.have.property("createdAt");
    const { hash } = (await store.key(idOf(key))) ?? { hash: "" };
    expect(JSON.stringify(listed)).to.not.contain(hash).and.not.contain(secretOf(key));
    expect(await listKeys(store, "b")).to.have.length(1);
  });
});
