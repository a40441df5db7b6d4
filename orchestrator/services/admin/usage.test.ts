import { expect } from "chai";
import { AdminService } from "../../../gen/dragoman/v1/admin_service_pb.ts";
import { UsageGrouping } from "../../../gen/dragoman/v1/job_service_pb.ts";
import type { DragomanError } from "../../../platform/errors.ts";
import { callsOf, type TestCalls } from "../../../test/support/calls.ts";
import { aloneOf, gateOf } from "../../../test/support/gate.ts";
import { issueKey } from "../../access/keys.ts";
import { Tenants } from "../../access/tenants.ts";
import { NO_SUMS } from "../../policy/usage.ts";
import { openSqliteStore } from "../../store/sqlite.ts";
import type { Store } from "../../store/store.ts";
import type { DayUsage } from "../../store/usage_store.ts";
import { adminService } from "./admin_service.ts";

/** How many labels each tenant has on the one day. */
const TENANTS = { acme: 2, beta: 6_000, corp: 6_000 };
const DAYS = { from: "2026-11-26", to: "2026-11-26" };

describe("usage of all tenants", () => {
  let store: Store;
  let operator: TestCalls<typeof AdminService>;
  before(async () => {
    const sqlite = openSqliteStore(":memory:");
    const row = (name: string, pages: number): DayUsage => ({ day: "2026-11-26", name, sums: { ...NO_SUMS, pages } });
    store = Object.assign(sqlite, {
      usageTenants: async (_: string, __: string, after: string, limit: number) =>
        Object.keys(TENANTS)
          .filter((tenant) => tenant > after)
          .slice(0, limit),
      usage: async ({ tenantId, dimension }: { tenantId: string; dimension: string }) => {
        const labels = TENANTS[tenantId as keyof typeof TENANTS] ?? 0;
        return dimension === "total"
          ? [row("", labels)]
          : Array.from({ length: labels }, (_, index) => row(`n=${index}`.padEnd(90, "x"), 1));
      },
    });
    const service = adminService({ ...gateOf(store), tenants: new Tenants(store, {}), ...aloneOf(store) });
    operator = callsOf(AdminService, service, await issueKey(store, { tenantId: "operators", role: "operator" }));
  });
  after(() => store[Symbol.asyncDispose]());

  const pagesOf = async (request: object) => {
    const { tenants, nextPageToken } = await operator.listUsage({ ...DAYS, ...request });
    return [...tenants.map(({ tenantId, total, groups }) => `${tenantId} ${total?.pages} ${groups.length}`), nextPageToken];
  };

  it("is listed by tenants, a page at a time", async () => {
    expect(await pagesOf({ pageSize: 2 })).to.deep.equal(["acme 2 0", "beta 6000 0", "beta"]);
    expect(await pagesOf({ pageSize: 2, pageToken: "beta" })).to.deep.equal(["corp 6000 0", ""]);
  });
  it("is told apart as a tenant's own is, and a page ends before it is too large", async () => {
    const groupBy = [UsageGrouping.LABEL];
    expect(await pagesOf({ groupBy })).to.deep.equal(["acme 2 2", "beta 6000 6000", "beta"]);
    expect(await pagesOf({ groupBy, pageToken: "beta" })).to.deep.equal(["corp 6000 6000", ""]);
  });
  it("is one tenant's where one is named, and of nobody's days", async () => {
    expect(await pagesOf({ tenantId: "corp" })).to.deep.equal(["corp 6000 0", ""]);
    const code = await operator.listUsage({ from: "2026-13-01" }).catch((error: DragomanError) => error.code);
    expect(code).to.equal("INVALID_REQUEST");
  });
});
