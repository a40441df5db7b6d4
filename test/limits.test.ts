import { expect } from "chai";
import { JobState, Priority } from "../gen/dragoman/v1/job_pb.ts";
import { issueKey } from "../orchestrator/access/keys.ts";
import type { Limits } from "../orchestrator/policy/limits.ts";
import type { DragomanError } from "../platform/errors.ts";
import { openTestOrchestrator, type TestOrchestrator } from "./support/orchestrator.ts";

const outcome = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: DragomanError) => error.detail,
  );

describe("limits, asked by a client", () => {
  let service: TestOrchestrator;
  before(async () => {
    service = await openTestOrchestrator();
    service.fakeWorker({ workerId: "w", slots: 1, pairs: [{ source: "en", target: "es" }] } as never);
  });
  after(() => service[Symbol.asyncDispose]());

  /** Has the calls that follow be those of a new tenant's key. */
  async function asKeyOf(tenantId: string, tenant: Limits, key: Limits = {}): Promise<void> {
    await service.store.saveTenant({ tenantId, limits: tenant, version: 1 });
    Object.assign(service.caller, { authorization: `Bearer ${await issueKey(service.store, { tenantId, role: "client", limits: key })}` });
  }

  const later = { notBefore: { seconds: 4_000_000_000n, nanos: 0 } } as never;
  const make = (given: object = {}, name = "a.txt") => service.create("Hello.", { ...given, ...(later as object) }, name);

  it("are refused with the limit, what is used, and when there is more", async () => {
    await asKeyOf("paced", {}, { requestsPerMinute: 6, burst: 2 });
    await make();
    await make();
    const refused = await outcome(make());
    expect(refused).to.include({ code: "RATE_LIMITED", retryable: true });
    expect(refused?.quota).to.deep.include({ quota: "requests", ofKey: true, limit: 2n, used: 2n, requested: 1n });
    expect(Number(refused?.retryAfter?.seconds)).to.be.within(1, 10);
  });
  it("of a tenant hold for a key that has more", async () => {
    await asKeyOf("small", { maxOpenJobs: 1, maxStoredBytes: 1000 }, { maxOpenJobs: 9 });
    await make();
    expect((await outcome(make()))?.quota).to.deep.include({ quota: "open-jobs", ofKey: false, limit: 1n });
  });
  it("permit the formats of both, and no higher priority", async () => {
    await asKeyOf("narrow", { formats: ["txt", "md"], highestPriority: Priority.NORMAL }, { formats: ["txt"] });
    expect((await outcome(make({}, "a.md")))?.code).to.equal("UNSUPPORTED_FILE_TYPE");
    await asKeyOf("narrow2", { highestPriority: Priority.NORMAL });
    const id = await make({ priority: Priority.HIGH });
    expect((await service.store.get(id))?.job.options?.priority).to.equal(Priority.NORMAL);
  });
  it("of a key hold for documents that another key of its tenant sent", async () => {
    await asKeyOf("large", {});
    const id = await make();
    await service.jobs.cancelJob({ id }, service.caller);
    await asKeyOf("large", {}, { maxUploadBytes: 5 });
    expect((await outcome(service.jobs.retryJob({ id }, service.caller)))?.code).to.equal("FILE_TOO_LARGE");
  });
  it("have a job wait that is to, and tell it so", async () => {
    await asKeyOf("waiting", { pagesPerDay: 1 });
    await make();
    expect((await outcome(make()))?.quota).to.deep.include({ quota: "pages", limit: 1n, used: 1n });
    const id = await make({ overQuota: 2 });
    const waiting = await service.store.get(id);
    expect(waiting?.job.state).to.equal(JobState.RETRY_WAIT);
    expect(waiting?.job.error?.quota).to.deep.include({ quota: "pages", limit: 1n });
  });
});
