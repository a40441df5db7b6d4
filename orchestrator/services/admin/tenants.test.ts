import { create, type DescMessage, toBinary } from "@bufbuild/protobuf";
import { expect } from "chai";
import { AdminService, ListAuditResponseSchema, ListTenantsResponseSchema } from "../../../gen/dragoman/v1/admin_service_pb.ts";
import { Priority } from "../../../gen/dragoman/v1/job_pb.ts";
import { LimitsSchema } from "../../../gen/dragoman/v1/limits_pb.ts";
import type { DragomanError } from "../../../platform/errors.ts";
import { callsOf, type TestCalls } from "../../../test/support/calls.ts";
import { aloneOf, gateOf } from "../../../test/support/gate.ts";
import { issueKey } from "../../access/keys.ts";
import { Tenants } from "../../access/tenants.ts";
import { openSqliteStore } from "../../store/sqlite.ts";
import type { Store } from "../../store/store.ts";
import { limitsOf, toLimits } from "../limits_message.ts";
import { adminService } from "./admin_service.ts";

const code = (work: Promise<unknown>) =>
  work.then(
    () => "none",
    (error: DragomanError) => error.code,
  );

describe("operators and tenants", () => {
  let store: Store;
  let operator: TestCalls<typeof AdminService>;
  let admin: TestCalls<typeof AdminService>;
  let keyId = "";

  beforeEach(async () => {
    store = openSqliteStore(":memory:");
    const service = adminService({
      ...gateOf(store),
      tenants: new Tenants(store, { maxOpenJobs: 1000, weight: 1 }),
      ...aloneOf(store),
    });
    const key = await issueKey(store, { tenantId: "operators", role: "operator" });
    keyId = key.split("_")[1] ?? "";
    operator = callsOf(AdminService, service, key);
    admin = callsOf(AdminService, service, await issueKey(store, { tenantId: "acme", role: "client" }));
  });
  afterEach(() => store[Symbol.asyncDispose]());

  const set = (limits: object, more: object = {}) => operator.updateTenant({ id: "acme", limits, reason: "contract", ...more });
  const audit = async (calls = operator, query: object = {}) => (await calls.listAudit(query)).entries;

  it("are shown what the deployment has where nothing was set", async () => {
    const tenant = await operator.getTenant({ id: "acme" });
    expect(tenant.version).to.equal(0n);
    expect(limitsOf(tenant.effectiveLimits ?? create(LimitsSchema))).to.deep.equal({ maxOpenJobs: 1000, weight: 1 });
  });
  it("are listed, and told of in the audit log, in pages that are each one message, whatever was set", async () => {
    const engines = Array.from({ length: 100 }, (_, n) => `engine-${n}-`.padEnd(70, "x"));
    const ids = Array.from({ length: 140 }, (_, n) => `t${String(n).padStart(3, "0")}`);
    for (const id of ids) await operator.updateTenant({ id, limits: { engines }, reason: "é".repeat(200) });
    const all = async <P extends { nextPageToken: string }>(
      list: (pageToken: string) => Promise<P>,
      schema: DescMessage,
      of: (page: P) => string[],
    ) => {
      const found: string[] = [];
      let pageToken = "";
      do {
        const page = await list(pageToken);
        expect(toBinary(schema, page as never).length).to.be.lessThan(1024 ** 2);
        found.push(...of(page));
        pageToken = page.nextPageToken;
      } while (pageToken !== "");
      return found;
    };
    const listed = (pageToken: string) => operator.listTenants({ pageSize: 1000, pageToken });
    expect(await all(listed, ListTenantsResponseSchema, (page) => page.tenants.map(({ id }) => id))).to.deep.equal(ids);
    const told = (pageToken: string) => operator.listAudit({ pageSize: 1000, action: "tenant.set", pageToken });
    const entries = await all(told, ListAuditResponseSchema, (page) => page.entries.map(({ tenantId }) => tenantId));
    expect(entries).to.have.members(ids);
  });
  it("set limits one by one, and take them back", async () => {
    await set({ maxOpenJobs: 5, formats: ["pdf"] });
    await set({ pagesPerDay: 0, highestPriority: Priority.LOW });
    const tenant = await set({}, { clear: ["formats"] });
    expect(limitsOf(tenant.limits ?? create(LimitsSchema))).to.deep.equal({
      maxOpenJobs: 5,
      pagesPerDay: 0,
      highestPriority: Priority.LOW,
    });
    expect(tenant.effectiveLimits?.weight).to.equal(1);
    expect(tenant.version).to.equal(3n);
  });
  it("are read back in the audit log: who, why, and what was before and after", async () => {
    await set({ maxOpenJobs: 5 });
    await set({ maxOpenJobs: 7, burst: 2 }, { reason: "grew" });
    const [last, first] = await audit();
    expect(last).to.include({
      tenantId: "acme",
      keyId,
      keyTenantId: "operators",
      action: "tenant.set",
      subject: "tenants/acme",
      reason: "grew",
    });
    expect([first?.before, first?.after]).to.deep.equal(["{}", '{"maxOpenJobs":5}']);
    expect([last?.before, last?.after]).to.deep.equal(['{"maxOpenJobs":5}', '{"maxOpenJobs":7,"burst":2}']);
  });
  it("change nothing, and have nothing in the log, where it is so already", async () => {
    await set({ maxOpenJobs: 5 });
    const again = await set({ maxOpenJobs: 5 });
    await operator.resumeTenant({ id: "acme", reason: "again" });
    expect(again.version).to.equal(1n);
    expect(await audit()).to.have.length(1);
  });
  it("pause and resume a tenant", async () => {
    const paused = await operator.pauseTenant({ id: "acme", reason: "unpaid" });
    expect(paused).to.include({ paused: true, pauseReason: "unpaid" });
    expect((await operator.listTenants({})).tenants.map(({ id, paused: is }) => [id, is])).to.deep.equal([["acme", true]]);
    expect((await operator.resumeTenant({ id: "acme", reason: "paid" })).paused).to.equal(false);
    expect((await audit()).map(({ action, reason }) => [action, reason])).to.deep.equal([
      ["tenant.resume", "paid"],
      ["tenant.pause", "unpaid"],
    ]);
  });
  it("are refused without a reason, with limits that are none, and for a version that is another", async () => {
    await set({ maxOpenJobs: 5 });
    for (const wrong of [
      set({ maxOpenJobs: 6 }, { reason: " " }),
      set({ maxOpenJobs: -1 }),
      set({ weight: 0 }),
      set({ weight: Number.NaN }),
      set({ fairBy: "nobody" }),
      set({ webhookHosts: ["http://a"] }),
      set({}),
      set({}, { clear: ["max_jobs"] }),
      set({ burst: 1 }, { clear: ["burst"] }),
      operator.getTenant({ id: "a/b" }),
    ])
      expect(await code(wrong)).to.equal("INVALID_REQUEST");
    expect(await code(set({ maxOpenJobs: 6 }, { expectedVersion: 2n }))).to.equal("PRECONDITION_FAILED");
    expect((await operator.getTenant({ id: "acme" })).version).to.equal(1n);
  });
  it("make twenty changes at once, none of which is lost", async () => {
    const ids = Array.from({ length: 20 }, (_, index) => index);
    await Promise.all(ids.map((index) => set({ webhookHosts: [`h${index}.example`] })));
    const entries = await audit();
    expect(entries).to.have.length(20);
    const chain = entries.toSorted((one, other) => Number(one.time?.seconds) - Number(other.time?.seconds));
    expect(new Set(chain.map(({ before }) => before)).size).to.equal(20);
  });
  it("alone may do all this; who administers a tenant sees what was done to it, and to no other", async () => {
    await set({ maxOpenJobs: 5 });
    await operator.pauseTenant({ id: "other", reason: "why" });
    expect(await code(admin.getTenant({ id: "acme" }))).to.equal("PERMISSION_DENIED");
    expect((await audit(admin)).map(({ tenantId }) => tenantId)).to.deep.equal(["acme"]);
    expect(await audit(admin, { tenantId: "other" })).to.deep.equal([]);
    expect(await audit(operator, { tenantId: "other" })).to.have.length(1);
  });
});

describe("limits as a message", () => {
  it("are the same after the way there and back, with a zero that is one", () => {
    const limits = {
      ...{ maxOpenJobs: 0, maxRunningJobs: 1, requestsPerMinute: 2, burst: 3, pagesPerDay: 4, charactersPerMonth: 5 },
      ...{ maxStoredBytes: 6, maxUploadBytes: 7, formats: ["pdf"], engines: ["deepl"], highestPriority: Priority.HIGH },
      ...{ weight: 0.5, fairBy: "key", retentionSeconds: 8, webhookHosts: ["*.a.example"] },
    };
    expect(limitsOf(toLimits(limits))).to.deep.equal(limits);
    expect(Object.keys(limits)).to.have.length(LimitsSchema.fields.length);
    expect(limitsOf(toLimits({}))).to.deep.equal({});
  });
});
