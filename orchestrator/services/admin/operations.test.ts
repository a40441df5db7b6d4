import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { expect } from "chai";
import { AdminService, type CreateOperationRequestSchema, OperationState } from "../../../gen/dragoman/v1/admin_service_pb.ts";
import { JobOptionsSchema, JobState, Priority, TimelineReason } from "../../../gen/dragoman/v1/job_pb.ts";
import { DragomanError } from "../../../platform/errors.ts";
import { openLog } from "../../../platform/log.ts";
import { callsOf, type TestCalls } from "../../../test/support/calls.ts";
import { aloneOf, gateOf } from "../../../test/support/gate.ts";
import { describeStores, type StorePlace } from "../../../test/support/stores.ts";
import { issueKey } from "../../access/keys.ts";
import { Tenants } from "../../access/tenants.ts";
import { newJob } from "../../jobs/change.ts";
import { newId } from "../../jobs/id.ts";
import { JobMetrics } from "../../metrics.ts";
import { Deletion, type DeletionParts } from "../../scheduling/deletion.ts";
import { JobWriter } from "../../scheduling/job_writer.ts";
import { openSqliteStore } from "../../store/sqlite.ts";
import type { Store } from "../../store/store.ts";
import type { CreationParts } from "../creation.ts";
import { adminService } from "./admin_service.ts";
import { OperationRunner } from "./operation_runner.ts";

type Asked = MessageInitShape<typeof CreateOperationRequestSchema>;

const log = openLog("test", "silent");
const WRITES = ["commit", "forget", "saveOperation"] as const;

/** What an orchestrator makes of a store. */
function partsOf(store: Store): CreationParts & DeletionParts {
  const deletion = new Deletion(store, { forget: async () => ({ units: 0, more: false }) }, 1, () => undefined);
  const jobs = new JobWriter({ store, log, metrics: new JobMetrics(false), retentionMs: 0 });
  const there = {
    ...{ intake: { require: async () => undefined }, fleet: { intakePausedForMs: () => 0, ownEngines: () => [] } },
    ...{ seal: { seal: () => "" }, traceUi: "", largeMb: 0 },
  };
  return { store, jobs, deletion, ...there } as unknown as CreationParts & DeletionParts;
}

async function addJobs(store: Store, count: number, tenants = ["a", "b", "c"]): Promise<string[]> {
  const { jobs } = partsOf(store);
  const options = create(JobOptionsSchema, { targetLanguage: "es" });
  const ids = Array.from({ length: count }, (_, index) => newId(tenants[index % tenants.length] ?? ""));
  await Promise.all(
    ids.map((id, index) => {
      const tenantId = tenants[index % tenants.length] ?? "";
      const input = { inputKey: `tenants/${tenantId}/uploads/${id}`, fileName: "f", sizeBytes: 1, traceparent: "", traceUrl: "" };
      return jobs.create(newJob({ ...input, id, tenantId, options }, store.clock.now()), {});
    }),
  );
  return ids;
}

async function operatorOf(store: Store, onOperation: () => void = () => undefined): Promise<TestCalls<typeof AdminService>> {
  const service = adminService({
    ...{ ...gateOf(store), ...aloneOf(store), tenants: new Tenants(store, {}) },
    ...{ creation: partsOf(store), onOperation },
  });
  return callsOf(AdminService, service, await issueKey(store, { tenantId: "operators", role: "operator" }));
}

async function runAll(runner: OperationRunner): Promise<void> {
  while (await runner.step());
}

/** A store whose user dies with the n-th of its writes: done, or not any more. */
function dying(store: Store, nth: number, isDone: boolean): Store {
  let writes = 0;
  const dead = () => DragomanError.of("UNAVAILABLE", "dead");
  return new Proxy(store, {
    get(_, name) {
      const value: unknown = Reflect.get(store, name, store);
      if (typeof value !== "function") return value;
      return async (...args: unknown[]) => {
        if (writes >= nth) throw dead();
        if (!(WRITES as readonly unknown[]).includes(name)) return value.apply(store, args);
        writes++;
        if (writes < nth || isDone) await value.apply(store, args);
        if (writes >= nth) throw dead();
        return true;
      };
    },
  });
}

describeStores((driver: string, place: () => StorePlace) => {
  describe(`an operation on ${driver}`, () => {
    let at: StorePlace;
    let store: Store;
    let operator: TestCalls<typeof AdminService>;
    let runner: OperationRunner;
    beforeEach(async () => {
      at = place();
      store = await at.open();
      operator = await operatorOf(store);
      runner = new OperationRunner(partsOf(store));
    });
    afterEach(async () => {
      await store[Symbol.asyncDispose]();
      await at.remove();
    });
    const run = async (asked: Asked) => {
      const { id } = await operator.createOperation({ reason: "moved", ...asked });
      await runAll(runner);
      return operator.getOperation({ id });
    };

    it("changes all jobs that are meant, each once, and no other", async () => {
      const ids = [...(await addJobs(store, 60, ["a"])), ...(await addJobs(store, 3, ["b", "c"]))];
      const done = await run({ filter: { tenantId: "a" }, action: { case: "setPriority", value: Priority.HIGH } });
      expect(done).to.include({ state: OperationState.DONE, matched: 60, changed: 60, unchanged: 0, failed: 0 });
      const records = await Promise.all(ids.map((id) => store.get(id)));
      for (const record of records) {
        const isMeant = record?.tenantId === "a";
        expect(record?.job.options?.priority).to.equal(isMeant ? Priority.HIGH : 0);
        expect(record?.job.timeline).to.have.length(isMeant ? 2 : 1);
      }
    });
    it("only counts in a dry run, and shows some of them", async () => {
      const ids = await addJobs(store, 3);
      const asked: Asked = { reason: "r", filter: { states: [JobState.QUEUED] }, dryRun: true, action: { case: "cancel", value: true } };
      const waiting = await operatorOf(store, () => void runAll(runner));
      const dry = await waiting.createOperation(asked);
      expect(dry).to.include({ state: OperationState.DONE, matched: 3, changed: 0, dryRun: true });
      expect(ids).to.include.members(dry.samples);
      expect((await store.get(ids[0] ?? ""))?.job.state).to.equal(JobState.QUEUED);
    });
    it("stands in the audit log itself, and with each job that it changed", async () => {
      const [first = ""] = await addJobs(store, 2, ["a"]);
      const { id } = await run({ filter: { tenantId: "a" }, action: { case: "cancel", value: true } });
      const { entries } = await operator.listAudit({ subject: `jobs/${first}` });
      expect(entries.map(({ action, operationId, reason }) => ({ action, operationId, reason }))).to.deep.equal([
        { action: "job.cancel", operationId: id, reason: "moved" },
      ]);
      expect((await operator.listAudit({ subject: `operations/${id}` })).entries.map(({ action }) => action)).to.deep.equal([
        "operation.create",
      ]);
    });
    it("says which jobs could not be changed, and why", async () => {
      const [first = "", second = ""] = await addJobs(store, 2, ["a"]);
      await operator.overrideJob({ id: first, reason: "first", action: { case: "cancel", value: true } });
      const done = await run({ filter: { ids: [first, second] }, action: { case: "runNow", value: true } });
      expect(done).to.include({ matched: 2, changed: 1, failed: 1 });
      expect(done.failures.map(({ jobId, code }) => [jobId, code])).to.deep.equal([[first, "TOO_LATE"]]);
    });
    it("ends where it is cancelled, and says how far it came", async () => {
      await addJobs(store, 60, ["a"]);
      const { id } = await operator.createOperation({ reason: "r", filter: { tenantId: "a" }, action: { case: "cancel", value: true } });
      await runner.step();
      await runner.step();
      await operator.cancelOperation({ id, reason: "a mistake" });
      await runAll(runner);
      const ended = await operator.getOperation({ id });
      expect(ended).to.include({ state: OperationState.CANCELLED, matched: 60, changed: 50, cancelReason: "a mistake" });
      const { jobs } = await operator.listTenantJobs({ states: [JobState.QUEUED], pageSize: 100 });
      expect(jobs).to.have.length(10);
    });
    it("is worked on by one of several, and each job changed once all the same", async () => {
      const ids = await addJobs(store, 60);
      const { id } = await operator.createOperation({
        ...{ reason: "r", filter: { states: [JobState.QUEUED] } },
        action: { case: "extendDeadline", value: 60 },
      });
      const others = Array.from({ length: 4 }, () => new OperationRunner(partsOf(store), 0));
      for (let open = true; open; ) {
        await Promise.all(others.map((other) => other.step()));
        open = (await operator.getOperation({ id })).endTime === undefined;
      }
      expect(await operator.getOperation({ id })).to.include({ changed: 60, unchanged: 0, failed: 0 });
      for (const record of await Promise.all(ids.map((each) => store.get(each)))) expect(record?.job.timeline).to.have.length(2);
    });
    it("leaves nothing out and does nothing twice, whatever its orchestrator dies of", async () => {
      for (const isDone of [true, false])
        for (let nth = 1; nth <= 8; nth++) {
          const ids = await addJobs(store, 3, ["k"]);
          const filter = { ids };
          const { id } = await operator.createOperation({ reason: "r", filter, action: { case: "extendDeadline", value: 60 } });
          await runAll(new OperationRunner(partsOf(dying(store, nth, isDone)), 0)).catch(() => undefined);
          await runAll(new OperationRunner(partsOf(store), 0));
          const place = `dead with write ${nth}, which was ${isDone ? "" : "not "}done`;
          expect(await operator.getOperation({ id }), place).to.include({
            state: OperationState.DONE,
            changed: 3,
            unchanged: 0,
            failed: 0,
          });
          for (const record of await Promise.all(ids.map((each) => store.get(each)))) expect(record?.job.timeline, place).to.have.length(2);
        }
    });
    it("removes each job once too", async () => {
      const ids = await addJobs(store, 4, ["d"]);
      await run({ filter: { ids }, action: { case: "endByForce", value: JobState.CANCELLED } });
      const { id } = await operator.createOperation({ reason: "r", filter: { ids }, action: { case: "delete", value: true } });
      await runAll(new OperationRunner(partsOf(dying(store, 4, true)), 0)).catch(() => undefined);
      await runAll(new OperationRunner(partsOf(store), 0));
      expect(await operator.getOperation({ id })).to.include({ changed: 4, unchanged: 0, failed: 0 });
      expect((await operator.listTenantJobs({ tenantId: "d" })).jobs).to.deep.equal([]);
      const { entries } = await operator.listAudit({ action: "job.delete" });
      for (const { before } of entries) expect(before, "nothing of what it said").to.equal('{"state":"CANCELLED","sizeBytes":"1"}');
    });
    it("makes one retry of each, which has a trace of its own", async () => {
      const ids = await addJobs(store, 3, ["t"]);
      await run({ filter: { ids }, action: { case: "endByForce", value: JobState.FAILED } });
      for (const [nth, isDone] of [
        [3, true],
        [5, true],
        [6, false],
      ] as const) {
        const before = new Set((await operator.listTenantJobs({ tenantId: "t", pageSize: 100 })).jobs.map(({ job }) => job?.id));
        const { id } = await operator.createOperation({ reason: "r", filter: { ids }, action: { case: "retry", value: {} } });
        await runAll(new OperationRunner(partsOf(dying(store, nth, isDone)), 0)).catch(() => undefined);
        await runAll(new OperationRunner(partsOf(store), 0));
        expect(await operator.getOperation({ id })).to.include({ state: OperationState.DONE, changed: 3, unchanged: 0, failed: 0 });
        const { jobs } = await operator.listTenantJobs({ tenantId: "t", pageSize: 100 });
        const made = jobs.filter(({ job }) => !before.has(job?.id)).map(({ job }) => job);
        expect(made.map((job) => job?.retryOf).sort()).to.deep.equal(ids.toSorted());
        const traces = made.map((job) => job?.traceId ?? "");
        expect(new Set(traces.filter((trace) => /^[0-9a-f]{32}$/.test(trace)))).to.have.property("size", 3);
      }
    });
    it("is not held up by others that wait for room, however many", async () => {
      const [full = "", other = ""] = await addJobs(store, 2, ["w"]);
      const parts = partsOf(store);
      const { jobs } = parts;
      const apply = async (id: string, ...rest: never[]) => {
        if (id === full) throw DragomanError.of("RATE_LIMITED", "too fast");
        return (jobs.apply as (...args: unknown[]) => Promise<unknown>).call(jobs, id, ...rest);
      };
      runner = new OperationRunner({ ...parts, jobs: { limitsOf: jobs.limitsOf, apply } as unknown as JobWriter });
      const start = async (jobId: string) =>
        (await operator.createOperation({ reason: "r", filter: { ids: [jobId] }, action: { case: "runNow", value: true } })).id;
      for (let made = 0; made < 12; made++) await start(full);
      const last = await start(other);
      for (let step = 0; step < 9; step++) await runner.step();
      expect(await operator.getOperation({ id: last })).to.include({ state: OperationState.DONE, changed: 1 });
    });
    it("tries again what there is no room for yet, and nothing else, until it is cancelled", async () => {
      const [first = "", second = "", third = ""] = await addJobs(store, 3, ["r"]);
      const full = new Set([first, second]);
      const parts = partsOf(store);
      const { jobs } = parts;
      const refusing = {
        limitsOf: jobs.limitsOf,
        apply: async (id: string, ...rest: never[]) => {
          if (full.has(id)) throw DragomanError.of("RATE_LIMITED", "too fast");
          return (jobs.apply as (...args: unknown[]) => Promise<unknown>).call(jobs, id, ...rest);
        },
      } as unknown as JobWriter;
      runner = new OperationRunner({ ...parts, jobs: refusing });
      const asked: Asked = { reason: "r", filter: { ids: [first, second, third] }, action: { case: "extendDeadline", value: 60 } };
      const { id } = await operator.createOperation(asked);
      await runAll(runner);
      expect(await operator.getOperation({ id })).to.include({ state: OperationState.RUNNING, changed: 1, failed: 0 });
      full.delete(first);
      await runAll(runner);
      await runAll(runner);
      expect(await operator.getOperation({ id })).to.include({ state: OperationState.RUNNING, changed: 2, failed: 0 });
      await operator.cancelOperation({ id, reason: "enough" });
      await runAll(runner);
      expect(await operator.getOperation({ id })).to.include({ state: OperationState.CANCELLED, changed: 2, unchanged: 1, failed: 0 });
      for (const each of [first, second, third]) expect((await store.get(each))?.job.timeline).to.have.length(each === second ? 1 : 2);
    });
  });
});

describe("operators and jobs of all tenants", () => {
  let store: Store;
  let operator: TestCalls<typeof AdminService>;
  beforeEach(async () => {
    store = openSqliteStore(":memory:");
    operator = await operatorOf(store);
  });
  afterEach(() => store[Symbol.asyncDispose]());
  const code = (work: Promise<unknown>) =>
    work.then(
      () => "none",
      (error: DragomanError) => error.code,
    );

  it("list them by tenant, state and label, a page at a time", async () => {
    const ids = (await addJobs(store, 45)).sort().reverse();
    const listed: string[] = [];
    for (let pageToken = "", first = true; first || pageToken !== ""; first = false) {
      const page = await operator.listTenantJobs({ pageSize: 20, pageToken });
      listed.push(...page.jobs.map(({ job }) => job?.id ?? ""));
      pageToken = page.nextPageToken;
    }
    expect(listed).to.deep.equal(ids);
    const { jobs } = await operator.listTenantJobs({ tenantId: "b", states: [JobState.QUEUED], pageSize: 100 });
    expect(jobs.map(({ tenantId }) => tenantId)).to.deep.equal(Array.from({ length: 15 }, () => "b"));
    expect((await operator.listTenantJobs({ states: [JobState.FAILED] })).jobs).to.deep.equal([]);
  });
  it("change one, with what was before and after in the audit log", async () => {
    const [id = ""] = await addJobs(store, 1);
    const { job } = await operator.overrideJob({ id, reason: "VIP", action: { case: "setPriority", value: Priority.HIGH } });
    expect(job?.timeline.at(-1)).to.include({ reasonCode: TimelineReason.CHANGED });
    const [entry] = (await operator.listAudit({ subject: `jobs/${id}` })).entries;
    expect(entry).to.include({
      action: "job.set_priority",
      reason: "VIP",
      before: '{"priority":"UNSPECIFIED"}',
      after: '{"priority":"HIGH"}',
    });
  });
  it("count a job by the priority that it has now", async () => {
    const [id = ""] = await addJobs(store, 1);
    await operator.overrideJob({ id, reason: "r", action: { case: "setPriority", value: Priority.LOW } });
    expect(await store.openJobs()).to.deep.equal([{ state: JobState.QUEUED, priority: Priority.LOW, count: 1 }]);
  });
  it("are refused what makes no sense, and nothing stands in the log then", async () => {
    const [id = ""] = await addJobs(store, 1);
    const reason = "r";
    expect(await code(operator.overrideJob({ id, reason: "", action: { case: "cancel", value: true } }))).to.equal("INVALID_REQUEST");
    expect(await code(operator.overrideJob({ id, reason }))).to.equal("INVALID_REQUEST");
    expect(await code(operator.overrideJob({ id, reason, action: { case: "cancel", value: false } }))).to.equal("INVALID_REQUEST");
    expect(await code(operator.overrideJob({ id, reason, action: { case: "endByForce", value: JobState.SUCCEEDED } }))).to.equal(
      "INVALID_REQUEST",
    );
    expect(await code(operator.overrideJob({ id, reason, action: { case: "delete", value: true } }))).to.equal("JOB_NOT_FINISHED");
    expect(await code(operator.overrideJob({ id, reason, expectedVersion: 9n, action: { case: "cancel", value: true } }))).to.equal(
      "PRECONDITION_FAILED",
    );
    expect(await code(operator.overrideJob({ id: "01K", reason, action: { case: "cancel", value: true } }))).to.equal("JOB_NOT_FOUND");
    expect(await code(operator.createOperation({ reason, action: { case: "cancel", value: true } }))).to.equal("INVALID_REQUEST");
    const secret: Asked = { filter: { ids: [id] }, action: { case: "retry", value: { options: { password: "s" } } } };
    expect(await code(operator.createOperation({ reason, ...secret }))).to.equal("INVALID_REQUEST");
    const never: Asked = { filter: { ids: [id] }, action: { case: "retry", value: { options: { notBefore: { seconds: 2n ** 60n } } } } };
    expect(await code(operator.createOperation({ reason, ...never }))).to.equal("INVALID_REQUEST");
    expect(await code(operator.getOperation({ id: "01K" }))).to.equal("OPERATION_NOT_FOUND");
    expect((await operator.listAudit({})).entries).to.deep.equal([]);
  });
});
