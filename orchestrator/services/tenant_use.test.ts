import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { JobOptionsSchema } from "../../gen/dragoman/v1/job_pb.ts";
import { newJob } from "../jobs/change.ts";
import { newId } from "../jobs/id.ts";
import { chargesOf } from "../policy/charges.ts";
import { openSqliteStore } from "../store/sqlite.ts";
import { charactersUse, quotaUses } from "./tenant_use.ts";

describe("what a tenant uses", () => {
  it("is what its jobs have, beside each limit, and what was billed in this month", async () => {
    await using store = openSqliteStore(":memory:");
    const limits = { maxOpenJobs: 4, pagesPerDay: 10, charactersPerMonth: 100 };
    const options = create(JobOptionsSchema, { targetLanguage: "es" });
    const given = { id: newId("t"), tenantId: "t", inputKey: "k", fileName: "f.txt", sizeBytes: 12_001, options };
    const record = newJob({ ...given, traceparent: "", traceUrl: "" }, 1000);
    const charges = { now: store.clock.now(), meters: chargesOf(undefined, record, { tenant: limits, key: {} }) };
    await store.commit({ record, expectedVersion: 0n, outbox: [], charges });
    expect(await quotaUses(store, "t", limits)).to.deep.equal({
      open: { quota: "open-jobs", field: "max_open_jobs", used: 1, limit: 4 },
      running: { quota: "running-jobs", field: "max_running_jobs", used: 0, limit: 0 },
      bytes: { quota: "stored-bytes", field: "max_stored_bytes", used: 12_001, limit: 0 },
      pages: { quota: "pages", field: "pages_per_day", used: 3, limit: 10 },
    });
    expect(await charactersUse(store, "t", limits)).to.deep.equal({
      quota: "characters",
      field: "characters_per_month",
      used: 0,
      limit: 100,
    });
  });
});
