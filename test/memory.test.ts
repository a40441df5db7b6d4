import { expect } from "chai";
import { type Job, JobState, MemoryUse, ResultFormat } from "../gen/dragoman/v1/job_pb.ts";
import { type RunningService, startService, watchUntil } from "./support/service.ts";

const FIRST = "The library is open from Monday to Saturday. The garden is free for all the readers.";
const SECOND = "The house is near the river. The children play in the street.";
const CHANGED = "The house is near the old bridge. The children play in the street.";

describe("a second run of a document", () => {
  let service: RunningService;
  before(async () => {
    service = await startService();
  });
  after(() => service?.[Symbol.asyncDispose]());

  const finished = async (text: string, options: Parameters<RunningService["client"]["create"]>[1]["options"] = {}): Promise<Job> => {
    const named = { to: "es", from: "en", fileName: "a.txt", options: { outputs: [ResultFormat.TEXT], ...options } };
    const { id } = await service.client.create(new Blob([text]), named);
    const job = await watchUntil(service.client, id, ({ endTime }) => endTime !== undefined);
    expect(job.state).to.equal(JobState.SUCCEEDED);
    return job;
  };
  const textOf = async ({ id }: Job) => {
    const response = await fetch(`${service.url}/jobs/${id}/result?format=TEXT`, {
      headers: { authorization: `Bearer ${service.apiKey}` },
    });
    return response.text();
  };
  const account = ({ ledger }: Job) => ({
    translated: ledger?.segmentsTranslated,
    fromMemory: ledger?.segmentsFromMemory,
    requests: ledger?.engines.reduce((sum, { requests }) => sum + requests, 0),
  });

  it("makes no call, and gives the same", async () => {
    const first = await finished(`${FIRST}\n\n${SECOND}\n`);
    expect(account(first)).to.deep.equal({ translated: 4, fromMemory: 0, requests: 1 });
    const second = await finished(`${FIRST}\n\n${SECOND}\n`);
    expect(account(second)).to.deep.equal({ translated: 4, fromMemory: 4, requests: 0 });
    expect(await textOf(second)).to.equal(await textOf(first));
  });
  it("pays for what was changed alone, and says how much it had", async () => {
    const job = await finished(`${FIRST}\n\n${CHANGED}\n`);
    expect(account(job)).to.deep.equal({ translated: 4, fromMemory: 3, requests: 1 });
    expect(await textOf(job)).to.contain("puente");
  });
  it("takes nothing of the memory, and adds nothing, where its job says so", async () => {
    const job = await finished(`${FIRST}\n`, { memory: MemoryUse.NONE });
    expect(account(job)).to.deep.equal({ translated: 2, fromMemory: 0, requests: 1 });
    await finished("The winter is long in the mountains.\n", { memory: MemoryUse.READ });
    expect(account(await finished("The winter is long in the mountains.\n"))).to.deep.include({ fromMemory: 0 });
  });
  it("prints no sentence in any log", () => {
    expect(service.logged()).not.to.match(/library|garden|river|mountains|biblioteca/);
    expect(service.logged()).to.contain("worker");
  });
});
