import { expect } from "chai";
import { JobState, Priority } from "../../gen/dragoman/v1/job_pb.ts";
import { fromServiceError } from "../../platform/grpc/client.ts";
import { finished, openTestOrchestrator, type TestOrchestrator } from "../../test/support/orchestrator.ts";

const code = (call: Promise<unknown>) =>
  call.then(
    () => "none",
    (error: unknown) => fromServiceError(error).code,
  );

describe("calls about several jobs, and other options", () => {
  let orchestrator: TestOrchestrator;
  const ids: string[] = [];
  before(async () => {
    orchestrator = await openTestOrchestrator();
    orchestrator.fakeWorker({ workerId: "w", slots: 0, pairs: [{ source: "en", target: "es" }] });
    for (let count = 0; count < 3; count++) ids.push(await orchestrator.create("a", { labels: { batch: "1" } }));
    ids.push(await orchestrator.create("a", { labels: { batch: "2" } }));
  });
  after(() => orchestrator?.[Symbol.asyncDispose]());

  it("cancel those with a label, and say so again of those that are cancelled; retry each of them once", async () => {
    const { jobs, caller } = orchestrator;
    const { outcomes, nextPageToken } = await jobs.cancelJobs({ label: "batch=1", reason: "enough" }, caller);
    expect(outcomes.map(({ id, job }) => [id, job?.state])).to.have.deep.members(ids.slice(0, 3).map((id) => [id, JobState.CANCELLED]));
    expect([nextPageToken, (await jobs.cancelJobs({ label: "batch=1" }, caller)).outcomes]).to.deep.equal(["", []]);

    const retried = (await jobs.retryJobs({ label: "batch=1", options: { priority: Priority.HIGH } }, caller)).outcomes;
    expect(retried.map(({ job }) => job?.retryOf).sort()).to.deep.equal(ids.slice(0, 3).sort());
    expect(retried.map(({ job }) => job?.options?.priority)).to.deep.equal([3, 3, 3]);
    const again = (await jobs.retryJobs({ label: "batch=1", options: { priority: Priority.HIGH } }, caller)).outcomes;
    expect(again.map(({ job }) => job?.id)).to.deep.equal(retried.map(({ job }) => job?.id));
    const other = (await jobs.retryJobs({ label: "batch=1" }, caller)).outcomes;
    expect(
      other.map(({ job }) => job?.options?.priority),
      "with other options it is another",
    ).to.deep.equal([0, 0, 0]);
    const [first] = retried;
    const listed = await jobs.listJobs({ retryOf: first?.id ?? "" }, caller);
    expect(listed.jobs.map(({ id }) => id).sort()).to.deep.equal(
      [first?.job?.id, other.find(({ id }) => id === first?.id)?.job?.id].sort(),
    );
  });
  it("have an outcome for each, whatever becomes of the others", async () => {
    const { jobs, caller } = orchestrator;
    const [, , , open = ""] = ids;
    const unknown = `${open.slice(0, 10)}${"0".repeat(16)}`;
    const { outcomes } = await jobs.retryJobs({ ids: [open, unknown] }, caller);
    expect(outcomes.map(({ error }) => error?.code)).to.deep.equal(["JOB_NOT_FINISHED", "JOB_NOT_FOUND"]);
  });
  it("say of each what makes no sense of its other options, though no JSON could", async () => {
    const { jobs, caller } = orchestrator;
    const id = await orchestrator.create("a");
    await jobs.cancelJob({ id }, caller);
    const refused = [{ optionsMask: { paths: ["7ZZ"] } }, { options: { notBefore: { seconds: 2n ** 60n } } }];
    for (const other of refused)
      expect((await jobs.retryJobs({ ids: [id], ...other }, caller)).outcomes.map(({ error }) => error?.code)).to.deep.equal([
        "INVALID_REQUEST",
      ]);
  });
  it("answer with what fits in a message, however many terms jobs have", async () => {
    const { jobs, caller } = orchestrator;
    const terms = Array.from({ length: 300 }, (_, n) => ({ source: `${n}`.padEnd(100, "s"), target: `${n}`.padEnd(100, "t") }));
    const long = await Promise.all(Array.from({ length: 20 }, () => orchestrator.create("a", { labels: { batch: "long" }, terms })));
    await jobs.cancelJobs({ ids: long }, caller);
    const { outcomes } = await jobs.retryJobs({ label: "batch=long" }, caller);
    expect(outcomes.map(({ job }) => job?.retryOf)).to.have.members(long);
    expect(outcomes[0]?.job?.options?.terms).to.deep.equal([]);
  });
  it("are about jobs or a label, and not about all", async () => {
    const { jobs, caller } = orchestrator;
    expect(await code(jobs.cancelJobs({}, caller))).to.equal("INVALID_REQUEST");
    expect(await code(jobs.cancelJobs({ ids, label: "batch=1" }, caller))).to.equal("INVALID_REQUEST");
  });
  it("update a job under the version that is named, and refuse a retry that cannot be served", async () => {
    const { jobs, caller } = orchestrator;
    const id = await orchestrator.create("a");
    const job = await jobs.updateJob({ id, priority: Priority.LOW, expectedVersion: 1n }, caller);
    expect([job.options?.priority, job.version]).to.deep.equal([Priority.LOW, 2n]);
    expect(await code(jobs.updateJob({ id, priority: Priority.HIGH, expectedVersion: 1n }, caller))).to.equal("PRECONDITION_FAILED");
    await jobs.cancelJob({ id }, caller);
    await orchestrator.until(id, finished);
    expect(await code(jobs.updateJob({ id, priority: Priority.HIGH }, caller))).to.equal("TOO_LATE");
    expect(await code(jobs.retryJob({ id, options: { targetLanguage: "xx" } }, caller))).to.equal("UNSUPPORTED_LANGUAGE_PAIR");
    expect((await jobs.retryJob({ id, options: { labels: { again: "1" } } }, caller)).options?.labels).to.deep.equal({ again: "1" });
  });
});
