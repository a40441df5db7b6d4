import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { type Job, JobState, Stage, TimelineReason } from "../gen/dragoman/v1/job_pb.ts";
import { type Cluster, type Component, startCluster } from "./support/cluster.ts";
import { exampleScan } from "./support/documents.ts";
import { documentProcesses, eventually, watchUntil } from "./support/service.ts";

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

  async function create(name: string, content: string | Uint8Array): Promise<string> {
    await writeFile(path.join(files, name), content);
    return (await cluster.client.createFrom(path.join(files, name), { from: "en", to: "es" })).id;
  }
  const scan = async () => create("scan.pdf", await exampleScan());
  const short = () => create("note.txt", "The garden is open today for all the readers.");
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
