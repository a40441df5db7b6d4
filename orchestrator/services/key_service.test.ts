import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import { KeyService } from "../../gen/dragoman/v1/key_service_pb.ts";
import type { DragomanError } from "../../platform/errors.ts";
import { callsOf, type TestCalls } from "../../test/support/calls.ts";
import { gateOf } from "../../test/support/gate.ts";
import { JobTokens } from "../access/job_tokens.ts";
import { type Grant, issueKey } from "../access/keys.ts";
import { openSqliteStore } from "../store/sqlite.ts";
import type { Store } from "../store/store.ts";
import { keyService } from "./key_service.ts";

const code = (work: Promise<unknown>) =>
  work.then(
    () => "none",
    (error: DragomanError) => error.code,
  );
const idOf = (key: string) => key.split("_")[1] ?? "";

describe("keys by the service", () => {
  let store: Store;
  let as: (key: string) => TestCalls<typeof KeyService>;
  let admin: TestCalls<typeof KeyService>;
  let operator: TestCalls<typeof KeyService>;

  const issue = (grant: Partial<Grant> = {}) => issueKey(store, { tenantId: "acme", role: "client", ...grant });
  beforeEach(async () => {
    store = openSqliteStore(":memory:");
    const service = keyService({ ...gateOf(store), tokens: new JobTokens("test") });
    as = (key) => callsOf(KeyService, service, key);
    admin = as(await issue());
    operator = as(await issue({ tenantId: "operators", role: "operator" }));
  });
  afterEach(() => store[Symbol.asyncDispose]());

  it("are made with what is said of them, and work", async () => {
    const expireTime = timestampFromMs(store.clock.now() + 60_000);
    const limits = { maxOpenJobs: 5, formats: ["pdf"] };
    const { secret, key } = await admin.createKey({ name: "ci", scopes: ["jobs:read"], limits, expireTime });
    expect(key).to.deep.include({ tenantId: "acme", role: "client", name: "ci", scopes: ["jobs:read"], expireTime });
    expect(key?.limits).to.deep.include({ maxOpenJobs: 5, formats: ["pdf"] });
    expect(key?.createdBy).to.have.length(16);
    expect(await as(secret).getCaller({})).to.deep.include({ tenantId: "acme", keyId: key?.id, scopes: ["jobs:read"], expireTime });
  });
  it("are listed without secrets, one's own tenant's only; all tenants' for operators", async () => {
    const { secret } = await admin.createKey({ name: "ci" });
    const { keys } = await admin.listKeys({});
    expect(keys.map(({ tenantId, name }) => [tenantId, name])).to.deep.equal([
      ["acme", ""],
      ["acme", "ci"],
    ]);
    expect(JSON.stringify(keys, (_, value) => (typeof value === "bigint" ? String(value) : value))).to.not.contain(secret.split("_")[2]);
    expect((await admin.listKeys({ tenantId: "operators" })).keys).to.deep.equal([]);
    expect((await admin.listKeys({ tenantId: "-" })).keys).to.deep.equal([]);
    const dash = as(await issue({ tenantId: "-" }));
    for (const tenantId of ["", "-"]) expect((await dash.listKeys({ tenantId })).keys.map((key) => key.tenantId)).to.deep.equal(["-"]);
    expect((await operator.listKeys({ tenantId: "acme" })).keys).to.have.length(2);
    expect((await operator.listKeys({ tenantId: "-" })).keys).to.have.length(4);
  });
  it("of all tenants are listed as long as they are one message; then one tenant has to be named", async () => {
    const key = { hash: "0".repeat(64), role: "client", name: "n".repeat(100) } as const;
    for (let n = 0; n < 5_000; n++) await store.saveKey(`k${n}`, { ...key, tenantId: `t${n % 50}` });
    expect(await code(operator.listKeys({ tenantId: "-" }))).to.equal("INVALID_REQUEST");
    expect((await operator.listKeys({ tenantId: "t7" })).keys).to.have.length(100);
  });
  it("grant no more than they have: scopes, limits, time, tenant or role", async () => {
    const limited = as(await issue({ scopes: ["jobs:read", "admin"], limits: { maxOpenJobs: 3 }, expireAt: store.clock.now() + 60_000 }));
    for (const wrong of [
      { scopes: ["jobs:write"] },
      { scopes: ["operator"] },
      { limits: { maxOpenJobs: 4 } },
      { limits: { maxOpenJobs: 0 } },
      { expireTime: timestampFromMs(store.clock.now() + 120_000) },
      { tenantId: "other" },
      { role: "worker" },
      { role: "operator", scopes: ["jobs:read"] },
    ])
      expect(await code(limited.createKey(wrong)), Object.keys(wrong)[0]).to.equal("PERMISSION_DENIED");
    const { key } = await limited.createKey({});
    expect(key?.scopes).to.deep.equal(["jobs:read", "admin"]);
    expect(key?.limits?.maxOpenJobs).to.equal(3);
    expect(key?.expireTime).to.not.equal(undefined);
  });
  it("say what is wrong with a request", async () => {
    for (const wrong of [
      { scopes: ["jobs:delete"] },
      { scopes: ["jobs:read", "jobs:read"] },
      { role: "root" },
      { role: "toString" },
      { name: "a\nb" },
      { name: "a\u202eb" },
      { tenantId: "a/b" },
      { limits: { maxOpenJobs: -1 } },
      { limits: { retentionSeconds: 5n } },
      { limits: { webhookHosts: ["a.example"] } },
      { expireTime: timestampFromMs(1) },
    ])
      expect(await code(admin.createKey(wrong)), Object.keys(wrong)[0]).to.equal("INVALID_REQUEST");
    expect(await code(admin.rotateKey({ id: "x", overlapSeconds: -1 }))).to.equal("INVALID_REQUEST");
  });
  it("are rotated with an overlap, and revoked", async () => {
    const { secret, key } = await admin.createKey({ name: "ci" });
    const rotated = await admin.rotateKey({ id: key?.id ?? "", overlapSeconds: 60 });
    expect(rotated.key).to.deep.include({ id: key?.id, name: "ci" });
    expect(rotated.key?.overlapEndTime).to.not.equal(undefined);
    for (const each of [secret, rotated.secret]) expect(await code(as(each).getCaller({}))).to.equal("none");
    await admin.revokeKey({ id: key?.id ?? "" });
    for (const each of [secret, rotated.secret]) expect(await code(as(each).getCaller({}))).to.equal("UNAUTHENTICATED");
    expect(await code(admin.revokeKey({ id: key?.id ?? "" }))).to.equal("KEY_NOT_FOUND");
  });
  it("of another tenant are not there, and those that may more are left alone; not by operators", async () => {
    const foreign = idOf(await issue({ tenantId: "other" }));
    const limited = as(await issue({ limits: { maxOpenJobs: 3 } }));
    const unlimited = idOf(await issue());
    const worker = idOf(await issue({ role: "worker" }));
    expect(await code(admin.rotateKey({ id: foreign }))).to.equal("KEY_NOT_FOUND");
    expect(await code(admin.revokeKey({ id: foreign }))).to.equal("KEY_NOT_FOUND");
    expect(await code(limited.rotateKey({ id: unlimited })), "its secret would be without a limit").to.equal("PERMISSION_DENIED");
    expect(await code(admin.rotateKey({ id: worker }))).to.equal("PERMISSION_DENIED");
    expect(await code(admin.revokeKey({ id: worker }))).to.equal("PERMISSION_DENIED");
    expect(await code(limited.revokeKey({ id: unlimited }))).to.equal("none");
    for (const id of [foreign, worker]) expect(await code(operator.revokeKey({ id }))).to.equal("none");
    expect((await operator.createKey({ tenantId: "new", role: "worker" })).key?.scopes).to.deep.equal(["worker"]);
  });
  it("are told of in the audit log: what was made, rotated and revoked, by which key", async () => {
    const { key } = await admin.createKey({ name: "ci", limits: { pagesPerDay: 5 } });
    const id = key?.id ?? "";
    await admin.rotateKey({ id, overlapSeconds: 1 });
    await operator.revokeKey({ id });
    const { entries } = await store.audit({ keyId: "", action: "", subject: `keys/${id}`, from: "", before: "~", limit: 9 });
    expect(entries.map(({ action, tenantId, keyTenantId }) => [action, tenantId, keyTenantId])).to.deep.equal([
      ["key.revoke", "acme", "operators"],
      ["key.rotate", "acme", "acme"],
      ["key.create", "acme", "acme"],
    ]);
    expect(JSON.parse(entries[2]?.after ?? ""))
      .to.deep.include({ name: "ci", limits: { pagesPerDay: 5 } })
      .and.not.have.property("hash");
  });
  it("are at most a thousand of a tenant", async () => {
    for (let count = 0; count < 999; count++) await store.saveKey(String(count), { hash: "h", tenantId: "acme", role: "client" });
    expect(await code(admin.createKey({}))).to.equal("QUOTA_EXCEEDED");
    expect(await code(operator.createKey({}))).to.equal("none");
  });
});
