import { expect } from "chai";
import { openTestOrchestrator } from "../../test/support/orchestrator.ts";

describe("a list of jobs", () => {
  it("is one message, whatever was selected of their documents", async () => {
    await using orchestrator = await openTestOrchestrator();
    const { jobs, caller, fakeWorker } = orchestrator;
    fakeWorker({ workerId: "w", slots: 0, pairs: [{ source: "en", target: "es" }] });
    const names = Array.from({ length: 100 }, (_, index) => `${index}`.padEnd(200, "名"));
    const selection = { keys: names, columns: names, attachments: true };
    for (let count = 0; count < 10; count++) await orchestrator.create("{}", { selection });
    const listed = (await jobs.listJobs({}, caller)).jobs;
    expect(listed.map(({ options }) => options?.selection?.attachments)).to.deep.equal(Array(10).fill(true));
    expect((await jobs.getJob({ id: listed[0]?.id ?? "" }, caller)).options?.selection?.keys).to.deep.equal(names);
  });
});
