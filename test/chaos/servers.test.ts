import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import type { ClientError } from "../../client/error.ts";
import { JobState, Stage } from "../../gen/dragoman/v1/job_pb.ts";
import { startCluster } from "../support/cluster.ts";
import { exampleScan } from "../support/documents.ts";
import { eventually } from "../support/service.ts";
import { type Chaos, openChaos } from "./chaos.ts";
import { checkInvariants, queued } from "./invariants.ts";

/** How long a server stays away. */
const AWAY_MS = 20_000;
/** What a document may take on a busy machine. */
const RUN_MS = 120_000;
const TEXT = "The garden is open today for all the readers.";

describe("a server that goes away", () => {
  let chaos: Chaos;
  before(async () => {
    chaos = await openChaos(await startCluster());
  });
  after(() => chaos[Symbol.asyncDispose]());

  async function allSucceed(ids: readonly string[]): Promise<void> {
    const records = await checkInvariants(chaos.cluster, chaos.history, ids);
    expect(records.map(({ job }) => job.state)).to.deep.equal(ids.map(() => JobState.SUCCEEDED));
  }

  it("NATS for 20 s: what was running ends, what is accepted meanwhile follows", async () => {
    const { cluster, history } = chaos;
    const running = await chaos.create(await exampleScan());
    await history.reached(running, Stage.OCR_PROCESSING);
    await cluster.nats.stop();
    const accepted = [await chaos.create(TEXT), await chaos.create()];
    const succeeded = async () => (await cluster.store.get(running))?.job.state === JobState.SUCCEEDED;
    await Promise.all([sleep(AWAY_MS), eventually(succeeded, RUN_MS)]);
    await cluster.nats.start();
    await allSucceed([running, ...accepted]);
  });

  it("NATS with its data: jobs whose invitations are gone are invited again from the store", async () => {
    const { cluster } = chaos;
    // Frozen, they let the invitations lie; killed, they forget what they were sent of them.
    for (const worker of cluster.workers) worker.signal("SIGSTOP");
    const ids = await Promise.all(Array.from({ length: 4 }, () => chaos.create(TEXT)));
    const invitedNow = async () =>
      (await Promise.all(ids.map((id) => cluster.store.get(id)))).filter((record) => record?.deliveryAttempt === 1);
    // What is owed in the outbox yet is no loss, and is not sent a second time.
    await eventually(async () => (await queued(cluster)) > 0 && (await queued(cluster)) >= (await invitedNow()).length);
    const invited = await invitedNow();
    await cluster.nats.stop();
    for (const worker of cluster.workers) await worker.stop("SIGKILL");
    await cluster.nats.start("wiped");
    for (const worker of cluster.workers) await worker.start();
    await allSucceed(ids);
    for (const record of invited) expect((await cluster.store.get(record?.job.id ?? ""))?.deliveryAttempt).to.equal(2);
  });

  it("Redis for 20 s, back from its append-only file: calls fail with a retryable error, and nothing accepted is lost", async () => {
    const { cluster, history } = chaos;
    const waiting = [await chaos.create(TEXT), await chaos.create()];
    const running = await chaos.create(await exampleScan());
    await history.reached(running, Stage.OCR_PROCESSING);
    await cluster.redis.stop();
    const started = performance.now();
    const error = await cluster.client.job(running).then(
      () => undefined,
      (thrown: unknown) => thrown as ClientError,
    );
    expect(error?.code).to.equal("UNAVAILABLE");
    expect(error?.retryable).to.equal(true);
    const rest = await fetch(`${cluster.url}/jobs/${running}`, { headers: { authorization: cluster.authorization } });
    expect([rest.status, rest.headers.get("retry-after")]).to.deep.equal([503, "1"]);
    expect(performance.now() - started, "two answers").to.be.below(AWAY_MS);
    await sleep(AWAY_MS - (performance.now() - started));
    await cluster.redis.start();
    await allSucceed([...waiting, running]);
  });

  it("S3 while the input is fetched: the attempt fails with its reason, and the next one succeeds", async () => {
    const { cluster } = chaos;
    for (const worker of cluster.workers) worker.signal("SIGSTOP");
    const id = await chaos.create(await exampleScan());
    cluster.s3Relay.limit(100_000);
    for (const worker of cluster.workers) worker.signal("SIGCONT");
    await storageFails(id, Stage.DOWNLOADING);
  });

  it("S3 while outputs are stored: the attempt fails with its reason, and nothing of it is left", async () => {
    const id = await chaos.create();
    await chaos.history.reached(id, Stage.EXPORTING);
    chaos.cluster.s3Relay.limit(2_000);
    await storageFails(id, Stage.UPLOADING);
  });

  async function storageFails(id: string, stage: Stage): Promise<void> {
    const { cluster, history } = chaos;
    const waiting = () => history.of(id).find(({ state }) => state === JobState.RETRY_WAIT);
    await eventually(async () => waiting() !== undefined, RUN_MS);
    expect(waiting()?.error?.code).to.equal("STORAGE_FAILED");
    expect(waiting()?.timeline.at(-2)?.stage).to.equal(stage);
    cluster.s3Relay.restore();
    await allSucceed([id]);
  }
});
