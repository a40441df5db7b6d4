import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import { FileClient } from "../cli/client.ts";
import { type Job, JobOptionsSchema, JobState, Priority, Stage, TimelineReason } from "../gen/dragoman/v1/job_pb.ts";
import { issueKey } from "../orchestrator/access/keys.ts";
import { newJob } from "../orchestrator/jobs/change.ts";
import { newId } from "../orchestrator/jobs/id.ts";
import { JobMetrics } from "../orchestrator/metrics.ts";
import { JobWriter } from "../orchestrator/scheduling/job_writer.ts";
import { openLog } from "../platform/log.ts";
import { quarantine, runAdmin } from "./support/admin.ts";
import { type Cluster, type Component, startCluster } from "./support/cluster.ts";
import { exampleScan } from "./support/documents.ts";
import { documentProcesses, eventually, isGone, watchUntil } from "./support/service.ts";

const ended = (job: Job) => job.endTime !== undefined;

describe("several orchestrators, workers and a gateway as processes", () => {
  let cluster: Cluster;
  let files: string;

  before(async () => {
    files = await mkdtemp(path.join(tmpdir(), "dragoman-files-"));
    cluster = await startCluster();
  });
  after(async () => {
    await cluster[Symbol.asyncDispose]();
    await rm(files, { recursive: true });
  });

  // What a failure came of is in the components' logs alone.
  afterEach(async function () {
    if (this.currentTest?.state !== "failed") return;
    for (const component of [cluster.gateway, ...cluster.orchestrators, ...cluster.workers])
      console.log(`-- ${component.pid}\n${(await component.logged()).split("\n").slice(-20).join("\n")}`);
  });

  async function send(name: string, content: string | Uint8Array): Promise<string> {
    await writeFile(path.join(files, name), content);
    return (await cluster.client.createFrom(path.join(files, name), { from: "en", to: "es" })).id;
  }
  const scan = async () => send("scan.pdf", await exampleScan());
  const short = () => send("note.txt", "The garden is open today for all the readers.");
  const inOcr = (id: string) => watchUntil(cluster.client, id, (job) => job.stage === Stage.OCR_PROCESSING);
  const [one, other] = [() => cluster.orchestrators[0] as Component, () => cluster.orchestrators[1] as Component];

  it("serves a job, and every orchestrator answers for it", async () => {
    const id = await short();
    const job = await watchUntil(cluster.client, id, ended);
    expect(job.state).to.equal(JobState.SUCCEEDED);
    const { authorization } = cluster;
    for (const { jobs } of cluster.orchestrators) {
      expect((await jobs.getJob({ id }, { authorization })).version).to.equal(job.version);
      expect((await jobs.listJobs({}, { authorization })).jobs.map((listed) => listed.id)).to.include(id);
    }
    const saved = await cluster.client.download(job, path.join(files, "out"));
    expect(saved.map((file) => path.extname(file))).to.include.members([".md", ".txt", ".json"]);
  });

  it("lets bytes go straight to the store and from it, by signed addresses", async () => {
    const id = await short();
    const job = await watchUntil(cluster.client, id, ended);
    expect(job.sizeBytes).to.equal(45n);
    const headers = { authorization: cluster.authorization };
    const redirect = await fetch(`${cluster.url}/jobs/${id}/result?format=text&prefer_url=true`, { headers, redirect: "manual" });
    expect(redirect.status).to.equal(307);
    const direct = new URL(redirect.headers.get("location") ?? "");
    expect(direct.port).to.equal(String(cluster.s3.port));
    const text = await (await fetch(`${cluster.url}/jobs/${id}/result?format=text`, { headers })).text();
    expect(await (await fetch(direct)).text())
      .to.equal(text)
      .and.contain("jardín");
  });

  it("stops a job within a second, through whichever orchestrator the cancel comes", async () => {
    const id = await scan();
    await inOcr(id);
    const { authorization } = cluster;
    const [first, again] = await Promise.all([one(), other()].map(({ jobs }) => jobs.cancelJob({ id }, { authorization })));
    expect(first?.state).to.be.oneOf([JobState.CANCELLING, JobState.CANCELLED]);
    expect(again?.state).to.be.oneOf([JobState.CANCELLING, JobState.CANCELLED]);
    const started = performance.now();
    await eventually(async () => (await cluster.store.get(id))?.job.state === JobState.CANCELLED);
    expect(performance.now() - started).to.be.below(1000);
    const record = await cluster.store.get(id);
    expect(record?.job.timeline.map(({ reasonCode }) => reasonCode)).to.include(TimelineReason.WORKER_STOPPED);
  });

  it("costs a job nothing when an orchestrator is killed: one attempt, and whoever watches goes on", async () => {
    for (const orchestrator of [one(), other()]) {
      const id = await scan();
      await inOcr(id);
      const watched = watchUntil(cluster.client, id, ended);
      await orchestrator.stop("SIGKILL");
      const job = await watched.finally(() => orchestrator.start());
      expect(job.state).to.equal(JobState.SUCCEEDED);
      expect(job.attempt).to.equal(1);
    }
  });

  it("hands an orchestrator's workers over when it is told to stop: no attempt, no disconnect", async () => {
    for (const orchestrator of [one(), other()]) {
      const id = await scan();
      await inOcr(id);
      const watched = watchUntil(cluster.client, id, ended);
      await orchestrator.stop("SIGTERM");
      const job = await watched.finally(() => orchestrator.start());
      expect(job.state).to.equal(JobState.SUCCEEDED);
      expect(job.attempt).to.equal(1);
      expect(job.timeline.map(({ reasonCode }) => reasonCode)).not.to.include(TimelineReason.WORKER_DISCONNECTED);
    }
  });

  it("gives a stopped worker's job to another, and burns no attempt", async () => {
    const id = await scan();
    await inOcr(id);
    const busy = await workerOf(cluster);
    await busy.stop("SIGTERM");
    const job = await watchUntil(cluster.client, id, ended).finally(() => busy.start());
    expect(job.state).to.equal(JobState.SUCCEEDED);
    const record = await cluster.store.get(id);
    expect(record?.attemptsReleased).to.equal(1);
    expect(job.timeline.map(({ reasonCode }) => reasonCode)).to.include(TimelineReason.RELEASED);
  });

  describe("with an operator", () => {
    const reason = "ticket 7";
    let operatorKey: string;
    before(async () => {
      operatorKey = await issueKey(cluster.store, { tenantId: "operators", role: "operator" });
    });
    const admin = (...args: string[]) => runAdmin(cluster.url, operatorKey, ...args);
    const order = (...args: string[]) => admin(...args, "--reason", reason);
    /** What the audit log has of it: by this key and for this reason. */
    const auditOf = async (subject: string) => {
      const lines = (await admin("audit", "--subject", subject, "--json")).split("\n").filter(Boolean);
      const entries = lines.map((line) => JSON.parse(line) as { action: string; keyId: string; reason: string });
      for (const entry of entries) expect(entry).to.include({ keyId: operatorKey.split("_")[1], reason });
      return entries.map(({ action }) => action);
    };
    const later = async (client = cluster.client) => {
      await writeFile(path.join(files, "later.txt"), "The garden is open today for all the readers.");
      const notBefore = timestampFromMs(Date.now() + 3600_000);
      return (await client.createFrom(path.join(files, "later.txt"), { from: "en", to: "es", options: { notBefore } })).id;
    };

    it("ends a job that runs by force: its worker stops it, and says nothing of it any more", async () => {
      const id = await scan();
      await inOcr(id);
      const reading = (await Promise.all(cluster.workers.map(({ pid }) => documentProcesses(pid)))).flat();
      await order("jobs", "end-by-force", id, "failed");
      const job = await watchUntil(cluster.client, id, ended);
      expect([job.state, job.timeline.at(-1)?.reasonCode]).to.deep.equal([JobState.FAILED, TimelineReason.ENDED_BY_FORCE]);
      expect(job.timeline.at(-1)?.detail).to.contain(reason);
      await eventually(async () => reading.every(isGone), 10_000);
      expect((await cluster.store.get(id))?.job.version).to.equal(job.version);
      expect(await auditOf(`jobs/${id}`)).to.deep.equal(["job.end_by_force"]);
    });
    it("runs what was to wait, at once", async () => {
      const id = await later();
      await order("jobs", "run-now", id);
      const job = await watchUntil(cluster.client, id, ended);
      expect(job.state).to.equal(JobState.SUCCEEDED);
      expect(job.timeline.map(({ reasonCode }) => reasonCode)).to.include(TimelineReason.URGED);
      expect(await auditOf(`jobs/${id}`)).to.deep.equal(["job.run_now"]);
    });
    it("takes a worker out, whose job another one does without an attempt less", async () => {
      const id = await scan();
      const { timeline } = await inOcr(id);
      const holder = timeline.at(-1)?.workerId.split("/")[0] ?? "";
      await order("workers", "quarantine", holder);
      const job = await watchUntil(cluster.client, id, ended);
      expect(job.state).to.equal(JobState.SUCCEEDED);
      expect(job.timeline.findLast(({ workerId }) => workerId !== "")?.workerId.split("/")[0]).not.to.equal(holder);
      expect((await cluster.store.get(id))?.attemptsReleased).to.equal(1);
      expect(await order("workers", "resume", holder)).to.contain(holder);
      expect(await auditOf(`workers/${holder}`)).to.deep.equal(["worker.resume", "worker.quarantine"]);
    });
    it("holds a tenant's jobs back until it goes on", async () => {
      const client = new FileClient(cluster.url, await issueKey(cluster.store, { tenantId: "owing", role: "client" }));
      const waiting = await later(client);
      await order("tenants", "pause", "owing");
      await order("jobs", "run-now", waiting);
      const refusal = () =>
        later(client).then(
          () => "none",
          (error: { code?: string }) => error.code,
        );
      // Within a second, whichever orchestrator is asked.
      await eventually(async () => (await refusal()) === "TENANT_PAUSED");
      expect((await cluster.store.get(waiting))?.job.state).to.equal(JobState.QUEUED);
      await order("tenants", "resume", "owing");
      expect((await watchUntil(client, waiting, ended)).state).to.equal(JobState.SUCCEEDED);
      expect(await auditOf("tenants/owing")).to.deep.equal(["tenant.resume", "tenant.pause"]);
    });
    it("changes, cancels, retries and deletes a job that waits, and says so", async () => {
      const id = await later();
      await order("jobs", "set-priority", id, "high");
      await order("jobs", "reschedule", id, "2030-01-01T00:00Z");
      await order("jobs", "extend-deadline", id, "2h");
      const changed = (await cluster.store.get(id))?.job;
      expect([changed?.state, changed?.options?.priority]).to.deep.equal([JobState.SCHEDULED, Priority.HIGH]);
      expect(changed?.options?.notBefore?.seconds).to.equal(BigInt(Date.UTC(2030, 0) / 1000));
      await order("jobs", "cancel", id);
      const { CREATED, CHANGED, CANCEL_REQUESTED } = TimelineReason;
      const { timeline } = await watchUntil(cluster.client, id, ended);
      expect(timeline.map(({ reasonCode }) => reasonCode)).to.deep.equal([CREATED, CHANGED, CHANGED, CHANGED, CANCEL_REQUESTED]);
      const retried = JSON.parse(await order("jobs", "retry", id, "--json")) as { job: { id: string; retryOf: string } };
      expect(retried.job.retryOf).to.equal(id);
      await order("jobs", "cancel", retried.job.id);
      await order("jobs", "delete", id);
      expect(await cluster.store.get(id)).to.equal(undefined);
      const actions = ["delete", "retry", "cancel", "extend_deadline", "reschedule", "set_priority"];
      expect(await auditOf(`jobs/${id}`)).to.deep.equal(actions.map((action) => `job.${action}`));
    });
    it("releases a document that was quarantined, which is retried then", async () => {
      const { store } = cluster;
      const jobs = new JobWriter({ store, log: openLog("test", "silent"), metrics: new JobMetrics(false), retentionMs: 0 });
      // Nobody but this test gives it out.
      await order("tenants", "pause", "held");
      const id = newId("held");
      const input = { inputKey: "k", fileName: "letter.txt", sizeBytes: 1, traceparent: "", traceUrl: "" };
      const options = create(JobOptionsSchema, { sourceLanguage: "en", targetLanguage: "es" });
      await jobs.create(newJob({ ...input, id, tenantId: "held", options }, store.clock.now()), {});
      await quarantine(jobs, store, id);
      await order("tenants", "resume", "held");
      const retry = () =>
        order("jobs", "retry", id).then(
          () => "retried",
          (error: Error) => error.message,
        );
      // An orchestrator may take the tenant for paused for half a second more.
      await eventually(async () => (await retry()).includes("more than once"));
      await order("jobs", "release", id);
      await eventually(async () => (await retry()) === "retried");
      const { timeline = [] } = (await store.get(id))?.job ?? {};
      expect(timeline.at(-1)?.reasonCode).to.equal(TimelineReason.RELEASED_FROM_QUARANTINE);
      expect(await auditOf(`jobs/${id}`)).to.deep.equal(["job.retry", "job.release"]);
      await order("operations", "start", "cancel", "--tenant", "held", "--state", "queued", "--state", "retry_wait", "--state", "running");
    });
    it("cancels all that a filter names, as one operation", async () => {
      const ids = await Promise.all([later(), later(), later()]);
      const done = await order("operations", "start", "cancel", "--tenant", "t", "--state", "scheduled");
      expect(done).to.contain("3 meant, 3 changed, 0 unchanged, 0 failed");
      for (const id of ids) {
        expect((await watchUntil(cluster.client, id, ended)).state).to.equal(JobState.CANCELLED);
        expect(await auditOf(`jobs/${id}`)).to.deep.equal(["job.cancel"]);
      }
    });
  });

  it("finishes the requests of a gateway that is told to stop", async () => {
    const id = await short();
    const watched = watchUntil(cluster.client, id, ended);
    await eventually(async () => (await cluster.store.get(id)) !== undefined);
    await cluster.gateway.stop("SIGTERM");
    const job = await watched.finally(() => cluster.gateway.start());
    expect(job.state).to.equal(JobState.SUCCEEDED);
  });

  it("leaves nothing behind: no message owed, no lease, nothing due", async () => {
    await eventually(async () => (await cluster.store.due(Number.MAX_SAFE_INTEGER, 100)).length === 0);
    const owed: string[] = [];
    await cluster.store.relay(async (messages) => void owed.push(...messages.map(({ id }) => id)));
    expect(owed).to.deep.equal([]);
    expect(await cluster.store.countOpen("t")).to.equal(0);
    expect(await cluster.store.countInvited()).to.equal(0);
  });
});

/** The worker that runs a document now. */
async function workerOf(cluster: Cluster): Promise<Component> {
  for (const worker of cluster.workers) if ((await documentProcesses(worker.pid)).length > 0) return worker;
  throw new Error("no worker runs a document");
}
