import { expect } from "chai";
import { type Job, JobState, Stage, TimelineReason } from "../../gen/dragoman/v1/job_pb.ts";
import { startCluster, type WorkerComponent } from "../support/cluster.ts";
import { exampleScan } from "../support/documents.ts";
import { documentProcesses, eventually, isGone } from "../support/service.ts";
import { type Chaos, openChaos } from "./chaos.ts";
import { allEnded, checkInvariants } from "./invariants.ts";

const LEASE_LOST = "attempt stopped: the lease is lost";

describe("a worker that cannot be heard", () => {
  let chaos: Chaos;
  before(async () => {
    chaos = await openChaos(await startCluster());
  });
  after(() => chaos[Symbol.asyncDispose]());

  /** A job in OCR, the worker that runs it, and the processes of its document. */
  async function runningScan(): Promise<{ id: string; worker: WorkerComponent; children: number[] }> {
    const id = await chaos.create(await exampleScan());
    await chaos.history.reached(id, Stage.OCR_PROCESSING);
    const worker = await chaos.workerOf(id);
    return { id, worker, children: await documentProcesses(worker.pid) };
  }

  async function movedOn(id: string): Promise<Job> {
    const [record] = await checkInvariants(chaos.cluster, chaos.history, [id]);
    const job = record?.job as Job;
    expect([job.state, job.attempt]).to.deep.equal([JobState.SUCCEEDED, 2]);
    expect(new Set(job.timeline.map(({ workerId }) => workerId).filter(Boolean)).size, "two workers").to.equal(2);
    return job;
  }

  it("is frozen past its lease with its document: when it goes on its late report is refused, and it stops its child", async () => {
    const { id, worker, children } = await runningScan();
    expect(children).not.to.deep.equal([]);
    const frozen = [worker.pid, ...children];
    for (const pid of frozen) process.kill(pid, "SIGSTOP");
    const [ended] = await allEnded(chaos.cluster, [id]);
    expect(children.some(isGone), "its child still lives").to.equal(false);
    for (const pid of frozen) process.kill(pid, "SIGCONT");
    await eventually(async () => children.every(isGone));
    await eventually(async () => (await worker.logged()).includes(LEASE_LOST));
    expect((await movedOn(id)).version, "nothing was changed by it").to.equal(ended?.job.version);
  });

  it("is frozen alone, and its document goes on as far as it can: its late report is refused", async () => {
    const { id, worker, children } = await runningScan();
    process.kill(worker.pid, "SIGSTOP");
    const [ended] = await allEnded(chaos.cluster, [id]);
    process.kill(worker.pid, "SIGCONT");
    await eventually(async () => children.every(isGone));
    await eventually(async () => (await worker.logged()).split(LEASE_LOST).length > 1);
    expect((await movedOn(id)).version, "nothing was changed by it").to.equal(ended?.job.version);
  });

  it("is cut off in silence, its connections half-open: the job moves on, and it stops its own child", async () => {
    const { id, worker, children } = await runningScan();
    for (const relay of worker.relays) relay.blackHole();
    const job = await movedOn(id);
    await eventually(async () => children.every(isGone));
    expect(job.timeline.map(({ reasonCode }) => reasonCode)).to.include(TimelineReason.WORKER_LOST);
    for (const relay of worker.relays) relay.restore();
  });
});
