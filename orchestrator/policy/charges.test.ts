import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { ArtefactSchema, type Job, JobOptionsSchema, JobState, LedgerSchema, ResultFormat } from "../../gen/dragoman/v1/job_pb.ts";
import { newJob } from "../jobs/change.ts";
import type { JobRecord } from "../jobs/job.ts";
import { chargeOf, chargesOf } from "./charges.ts";

function aJob(given: Partial<Job> = {}, sizeBytes = 10, fileName = "a.txt"): JobRecord {
  const options = create(JobOptionsSchema, { targetLanguage: "es" });
  const made = { id: "a", tenantId: "t", keyId: "k", inputKey: "i", fileName, sizeBytes, options, traceparent: "", traceUrl: "" } as const;
  const record = newJob(made, 1000);
  return { ...record, job: { ...record.job, ...given } };
}

describe("what a job is charged", () => {
  it("is reserved by its size, of twenty pages at most, until its document is opened", () => {
    expect(chargeOf(aJob()).pages).to.deep.equal({ held: 1, poured: 0 });
    expect(chargeOf(aJob({}, 90_000_000, "scan.pdf")).pages.held).to.equal(20);
    expect(chargeOf(aJob({ pagesTotal: 350 }, 90_000_000, "scan.pdf")).pages.held).to.equal(350);
  });
  it("is settled by its ledger where there is a result, and nothing where there is none", () => {
    const ledger = create(LedgerSchema, { pagesIn: 7 });
    const artefacts = [
      create(ArtefactSchema, { format: ResultFormat.PDF, sizeBytes: 100n }),
      create(ArtefactSchema, { format: ResultFormat.DOCUMENT, sizeBytes: 100n, sameAs: ResultFormat.PDF }),
    ];
    const ended = chargeOf(aJob({ state: JobState.SUCCEEDED, ledger, artefacts }));
    expect(ended.pages).to.deep.equal({ held: 0, poured: 7 });
    expect(ended.bytes.held, "each file once").to.equal(110);
    expect([ended.open.held, ended.running.held, ended.creates.poured]).to.deep.equal([0, 0, 1]);
    expect(chargeOf(aJob({ state: JobState.SUCCEEDED, ledger })).pages, "a dry run").to.deep.equal({ held: 0, poured: 0 });
  });
  it("runs from its invitation until it is in no worker's hands", () => {
    const running = (record: JobRecord) => chargeOf(record).running.held;
    expect([aJob(), { ...aJob(), invitedAt: 5 }].map(running)).to.deep.equal([0, 1]);
    const states = [JobState.RUNNING, JobState.CANCELLING, JobState.RETRY_WAIT, JobState.CANCELLED];
    expect(states.map((state) => running(aJob({ state })))).to.deep.equal([1, 1, 0, 0]);
  });
  it("is charged to its tenant and its key, each by its own limit, where it changes", () => {
    const limits = { tenant: { maxOpenJobs: 5 }, key: { maxOpenJobs: 2 } };
    const charges = chargesOf(undefined, aJob(), limits).filter(({ meter }) => meter.endsWith("open"));
    expect(charges.map(({ meter, held, most }) => [meter, held, most])).to.deep.equal([
      ["open", 1, 5],
      ["key:k:open", 1, 2],
    ]);
    expect(chargesOf(aJob(), aJob(), limits)).to.deep.equal([]);
  });
  it("is not counted for a pace that nobody limits", () => {
    const paced = chargesOf(undefined, aJob(), { tenant: { requestsPerMinute: 5 }, key: {} }).map(({ meter }) => meter);
    expect(paced.filter((meter) => meter.endsWith("creates"))).to.deep.equal(["creates"]);
  });
  it("is refused by no limit once it has ended", () => {
    const ended = aJob({ state: JobState.FAILED });
    expect(chargesOf(aJob(), ended, { tenant: { maxOpenJobs: 5, pagesPerDay: 3 }, key: {} }).every(({ most }) => most === 0)).to.equal(
      true,
    );
  });
});
