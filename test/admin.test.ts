import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { openGateway } from "../gateway/gateway.ts";
import { JobOptionsSchema, JobState } from "../gen/dragoman/v1/job_pb.ts";
import { issueKey } from "../orchestrator/access/keys.ts";
import { newJob } from "../orchestrator/jobs/change.ts";
import { newId } from "../orchestrator/jobs/id.ts";
import { JobMetrics } from "../orchestrator/metrics.ts";
import { JobWriter } from "../orchestrator/scheduling/job_writer.ts";
import { openLog } from "../platform/log.ts";
import { claim, quarantine, runAdmin } from "./support/admin.ts";
import { openTestOrchestrator, type TestOrchestrator } from "./support/orchestrator.ts";
import { eventually } from "./support/service.ts";

const log = openLog("test", "silent");
const HOUR = 3600_000;

describe("dragoman admin", () => {
  let orchestrator: TestOrchestrator;
  let stack: AsyncDisposableStack;
  let url = "";
  let keyId = "";
  let apiKey = "";
  let jobs: JobWriter;

  before(async () => {
    stack = new AsyncDisposableStack();
    orchestrator = stack.use(await openTestOrchestrator());
    const edge = { host: "127.0.0.1", httpPort: 0, grpcPort: 0, graceMs: 0, corsOrigins: [], tls: undefined, uploadSecret: "test" };
    const gateway = stack.use(
      await openGateway({ ...edge, orchestrator: `127.0.0.1:${orchestrator.port}`, artefacts: orchestrator.artefacts, log }),
    );
    url = `http://127.0.0.1:${gateway.httpPort}`;
    apiKey = await issueKey(orchestrator.store, { tenantId: "operators", role: "operator" });
    keyId = apiKey.split("_")[1] ?? "";
    jobs = new JobWriter({ store: orchestrator.store, log, metrics: new JobMetrics(false), retentionMs: 0 });
  });
  after(async () => {
    await stack.disposeAsync();
  });

  /** A job of the tenant, which is to wait for an hour, so that nobody else touches it. */
  const aJob = async (tenantId = "acme", notBefore = Date.now() + HOUR) => {
    const options = create(JobOptionsSchema, { targetLanguage: "es", notBefore: { seconds: BigInt(Math.floor(notBefore / 1000)) } });
    const id = newId(tenantId);
    const input = { inputKey: `tenants/${tenantId}/uploads/${id}`, fileName: "letter.txt", sizeBytes: 1, traceparent: "", traceUrl: "" };
    await jobs.create(newJob({ ...input, id, tenantId, options }, orchestrator.store.clock.now()), {});
    return id;
  };
  /** One that a worker has. */
  const aRunningJob = async () => {
    const id = await aJob("acme", 0);
    await claim(jobs, id);
    return id;
  };
  /** One whose document has ended the engine twice. */
  const aQuarantinedJob = async () => {
    const id = await aJob("acme", 0);
    await quarantine(jobs, orchestrator.store, id);
    return id;
  };
  const admin = (...args: string[]) => runAdmin(url, apiKey, ...args);
  const auditOf = async (subject: string) =>
    (await admin("audit", "--subject", subject, "--json"))
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as { action: string; keyId: string; reason: string });
  const timelineOf = async (id: string) => (await orchestrator.store.get(id))?.job.timeline.map(({ reason }) => reason) ?? [];

  for (const { command, job, reads, state } of [
    { command: ["set-priority", "ID", "high"], job: () => aJob(), reads: "CHANGED", state: JobState.SCHEDULED },
    { command: ["reschedule", "ID", "2030-01-01T00:00Z"], job: () => aJob(), reads: "CHANGED", state: JobState.SCHEDULED },
    { command: ["extend-deadline", "ID", "2h"], job: () => aJob(), reads: "CHANGED", state: JobState.SCHEDULED },
    { command: ["run-now", "ID"], job: () => aJob(), reads: "URGED", state: JobState.QUEUED },
    { command: ["cancel", "ID"], job: () => aJob(), reads: "CANCEL_REQUESTED", state: JobState.CANCELLED },
    { command: ["end-by-force", "ID", "failed"], job: aRunningJob, reads: "ENDED_BY_FORCE", state: JobState.FAILED },
    { command: ["release", "ID"], job: aQuarantinedJob, reads: "RELEASED_FROM_QUARANTINE", state: JobState.FAILED },
  ] as const)
    it(`jobs ${command[0]} is read back from the timeline and the audit log`, async () => {
      const id = await job();
      await admin("jobs", ...command.map((part) => (part === "ID" ? id : part)), "--reason", "ticket 7");
      expect((await orchestrator.store.get(id))?.job.state).to.equal(state);
      expect((await timelineOf(id)).at(-1)).to.equal(reads);
      const [entry] = await auditOf(`jobs/${id}`);
      expect(entry).to.include({ action: `job.${command[0].replaceAll("-", "_")}`, keyId, reason: "ticket 7" });
    });
  it("jobs retry makes another job of a document that was released, with other options", async () => {
    const id = await aQuarantinedJob();
    const retry = () => admin("jobs", "retry", id, '{"outputs":["text"]}', "--reason", "a newer engine", "--json");
    const refused = await retry().then(
      () => "",
      (error: { code?: string; message: string }) => error.message,
    );
    expect(refused).to.contain("more than once");
    await admin("jobs", "release", id, "--reason", "a newer engine");
    // Its document is no file that is there, and no worker is either: that is what a retry with other options is told.
    const told = await retry().then(
      () => "",
      (error: { message: string }) => error.message,
    );
    expect(told).to.contain("No worker has come yet");
    const { tenantId, job } = JSON.parse(await admin("jobs", "retry", id, "--reason", "again", "--json")) as {
      tenantId: string;
      job: { id: string; retryOf: string };
    };
    expect([tenantId, job.retryOf]).to.deep.equal(["acme", id]);
    expect((await auditOf(`jobs/${id}`))[0]).to.include({ action: "job.retry", reason: "again" });
  });
  it("jobs delete leaves no job, and its entry", async () => {
    const id = await aJob();
    await admin("jobs", "cancel", id, "--reason", "r");
    await admin("jobs", "delete", id, "--reason", "asked for");
    expect(await orchestrator.store.get(id)).to.equal(undefined);
    expect((await auditOf(`jobs/${id}`))[0]).to.include({ action: "job.delete", reason: "asked for" });
  });
  it("operations start changes all that a filter names, and shows how many that were", async () => {
    const ids = [await aJob("bulk"), await aJob("bulk"), await aJob("bulk")];
    const dry = await admin("operations", "start", "cancel", "--tenant", "bulk", "--dry-run", "--reason", "r");
    expect(dry).to.contain("3 meant, a dry run");
    const done = await admin("operations", "start", "cancel", "--tenant", "bulk", "--state", "scheduled", "--reason", "clean up");
    expect(done).to.contain("done").and.contain("3 meant, 3 changed, 0 unchanged, 0 failed");
    for (const id of ids) expect((await timelineOf(id)).at(-1)).to.equal("CANCEL_REQUESTED");
    expect(await admin("operations", "list")).to.contain("clean up");
    expect(await admin("jobs", "list", "--tenant", "bulk", "--state", "cancelled")).to.contain(ids[0]);
  });
  it("tenants set, pause, resume and show", async () => {
    await admin("tenants", "set", "acme", "--max-open-jobs", "500", "--weight", "2", "--reason", "contract");
    await admin("tenants", "pause", "acme", "--reason", "unpaid");
    expect(await admin("tenants", "list"))
      .to.contain("paused: unpaid")
      .and.contain("maxOpenJobs=500");
    await admin("tenants", "resume", "acme", "--reason", "paid");
    await admin("tenants", "set", "acme", "--clear", "weight", "--reason", "as all");
    expect(await admin("tenants", "show", "acme"))
      .to.contain("maxOpenJobs=500")
      .and.not.contain("weight=2");
    expect((await auditOf("tenants/acme")).map(({ action }) => action)).to.deep.equal([
      "tenant.set",
      "tenant.resume",
      "tenant.pause",
      "tenant.set",
    ]);
  });
  it("workers list, drain, quarantine, resume and forget", async () => {
    const worker = orchestrator.fakeWorker({ workerId: "host-1", slots: 1, pairs: [], classes: ["default", "office"] });
    await eventually(async () => (await admin("workers", "list")).includes("host-1"));
    expect(await admin("workers", "drain", "host-1", "--reason", "update")).to.match(/^host-1 .* default,office .* drained: update$/);
    await worker.hear("drain");
    expect(await admin("workers", "quarantine", "host-1", "--reason", "wrong results")).to.contain("quarantined: wrong results");
    expect(await admin("workers", "resume", "host-1", "--reason", "updated")).not.to.contain("wrong results");
    await worker.hear("resume");
    await admin("workers", "drain", "host-0", "--reason", "typing error");
    expect(await admin("workers", "list")).to.contain("host-0  not connected  drained: typing error");
    await admin("workers", "forget", "host-0", "--reason", "there is none");
    expect(await admin("workers", "list")).not.to.contain("host-0");
    expect((await auditOf("workers/host-1")).map(({ action }) => action)).to.deep.equal([
      "worker.resume",
      "worker.quarantine",
      "worker.drain",
    ]);
    worker.hangUp();
    await eventually(async () => worker.ended);
  });
  it("intake and classes pause, resume and show", async () => {
    expect(await admin("intake", "pause", "--reason", "disk is full")).to.match(
      new RegExp(`^intake +paused since .*Z by ${keyId}: disk is full`),
    );
    expect(await admin("classes", "pause", "large", "--reason", "slow")).to.match(/large +\d workers +paused since .* slow$/);
    await admin("intake", "resume", "--reason", "cleaned");
    await admin("classes", "resume", "large", "--reason", "enough now");
    expect(await admin("intake", "show"))
      .to.match(/^intake +open\n/)
      .and.not.contain("paused");
    expect((await auditOf("intake/all")).map(({ action }) => action)).to.deep.equal(["intake.resume", "intake.pause"]);
    expect((await auditOf("classes/large")).map(({ reason }) => reason)).to.deep.equal(["enough now", "slow"]);
  });
  it("gives the audit log as CSV and as lines of JSON, over REST and on the command line", async () => {
    await admin("tenants", "pause", "csv", "--reason", '=HYPERLINK(1), "quoted"');
    const get = async (query: string, headers = {}) =>
      fetch(`${url}/audit?tenant_id=csv${query}`, { headers: { authorization: `Bearer ${apiKey}`, ...headers } });
    const csv = await get("&format=csv");
    expect(csv.headers.get("content-type")).to.contain("text/csv");
    const [head, row] = (await csv.text()).split("\r\n");
    expect(head).to.equal("id,time,tenant_id,key_id,key_tenant_id,action,subject,reason,before,after,operation_id");
    expect(row).to.contain(`,csv,${keyId},operators,tenant.pause,tenants/csv,"'=HYPERLINK(1), ""quoted""",`);
    const lines = await get("", { accept: "application/jsonl" });
    expect(JSON.parse(await lines.text())).to.include({ action: "tenant.pause", tenantId: "csv" });
    expect((await get("&format=xml")).status).to.equal(400);
    expect(await admin("audit", "--tenant", "csv", "--csv")).to.contain("tenants/csv");
  });
  it("is refused by who is no operator", async () => {
    const client = await issueKey(orchestrator.store, { tenantId: "acme", role: "client" });
    const answer = await fetch(`${url}/admin/tenants`, { headers: { authorization: `Bearer ${client}` } });
    expect(answer.status).to.equal(403);
  });
});
