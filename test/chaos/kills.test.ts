import { expect } from "chai";
import { JobState, Stage, TimelineReason } from "../../gen/dragoman/v1/job_pb.ts";
import { stageName } from "../../platform/names.ts";
import { isOpened } from "../../platform/stages.ts";
import { type Component, startCluster } from "../support/cluster.ts";
import { type Chaos, openChaos } from "./chaos.ts";
import { checkInvariants } from "./invariants.ts";

const { WORKER_DISCONNECTED, WORKER_LOST } = TimelineReason;
const STAGES = [Stage.DOWNLOADING, Stage.CONVERTING, Stage.OCR_PROCESSING, Stage.TRANSLATING, Stage.EXPORTING, Stage.UPLOADING];

describe("SIGKILL", () => {
  let chaos: Chaos;
  before(async () => {
    chaos = await openChaos(await startCluster());
  });
  after(() => chaos[Symbol.asyncDispose]());

  /** Kills `victim` once the job is in `stage`, starts it again, and checks how the job ended. */
  async function killAt(stage: Stage, victim: (id: string) => Promise<Component>) {
    const { cluster, history } = chaos;
    const id = await chaos.create();
    // UNSPECIFIED: as soon as the job is accepted.
    if (stage !== Stage.UNSPECIFIED) await history.reached(id, stage);
    const component = await victim(id);
    await component.stop("SIGKILL");
    await component.start();
    const [record] = await checkInvariants(cluster, history, [id]);
    return record;
  }

  for (const stage of [Stage.UNSPECIFIED, ...STAGES]) {
    const when = stage === Stage.UNSPECIFIED ? "QUEUED" : stageName(stage);
    it(`of a gateway loses no job that is ${when}`, async () => {
      const job = (await killAt(stage, async () => chaos.cluster.gateway))?.job;
      expect([job?.state, job?.attempt]).to.deep.equal([JobState.SUCCEEDED, 1]);
    });
    it(`of either orchestrator costs no attempt of a job that is ${when}`, async () => {
      for (const index of [0, 1]) {
        const job = (await killAt(stage, async () => chaos.cluster.orchestrators[index] as Component))?.job;
        expect([job?.state, job?.attempt]).to.deep.equal([JobState.SUCCEEDED, 1]);
      }
    });
  }
  for (const stage of STAGES) {
    it(`of a worker costs one attempt of a job that is ${stageName(stage)}, which counts if its document was opened`, async () => {
      const record = await killAt(stage, (id) => chaos.workerOf(id));
      const job = record?.job;
      const opened = job?.timeline.some((entry) => entry.attempt === 1 && isOpened(entry.stage));
      expect(record?.losses).to.equal(opened ? 0 : 1);
      expect([job?.state, job?.attempt]).to.deep.equal([JobState.SUCCEEDED, 2]);
      expect(job?.timeline.map(({ reasonCode }) => reasonCode)).to.include.members([WORKER_DISCONNECTED, WORKER_LOST]);
    });
  }
});
