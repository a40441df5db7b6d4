import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import { ArtefactSchema, type Job, JobOptionsSchema, JobSchema, JobState } from "../../gen/dragoman/v1/job_pb.ts";
import type { JobRecord } from "../jobs/job.ts";
import { daysFrom, MEASURES, rowsOf, usageOf, usageToAdd } from "./usage.ts";

const NOON = Date.UTC(2026, 1, 28, 12);
const at = (ms: number) => timestampFromMs(NOON + ms);

function ended(given: Partial<Job> = {}): JobRecord {
  const plain = create(JobSchema, {
    state: JobState.SUCCEEDED,
    keyId: "k",
    sizeBytes: 1000n,
    revision: 1,
    endTime: at(9_000),
    artefacts: [{ sizeBytes: 500n }, { sizeBytes: 500n, sameAs: 8 }, { sizeBytes: 70n }],
    ledger: {
      ...{ pagesIn: 3, pagesOcr: 2, pagesFailed: 1, characters: 900n, charactersBilled: 800n },
      engines: [
        { name: "deepl", charactersBilled: 300n, requests: 2 },
        { name: "openai", charactersBilled: 450n, requests: 4 },
        { name: "openai", model: "other", charactersBilled: 50n, requests: 1 },
      ],
    },
    timeline: [
      { time: at(0), state: JobState.SCHEDULED },
      { time: at(100), state: JobState.QUEUED },
      { time: at(1_100), state: JobState.RUNNING },
      { time: at(2_100), state: JobState.RUNNING },
      { time: at(3_100), state: JobState.RETRY_WAIT },
      { time: at(4_000), state: JobState.QUEUED },
      { time: at(5_000), state: JobState.RUNNING },
      { time: at(8_000), state: JobState.CANCELLING },
      { time: at(9_000), state: JobState.SUCCEEDED },
    ],
  });
  const job = Object.assign(plain, given);
  job.options ??= create(JobOptionsSchema, { labels: { team: "a", order: "7" } });
  return { job, counted: true } as JobRecord;
}

const row = ({ job }: { job: Job }, dimension: string, name = "") =>
  rowsOf(job).find((each) => each.dimension === dimension && each.name === name)?.sums;

describe("usage of a job", () => {
  it("is what its ledger says, with its times over all attempts and each stored byte once", () => {
    expect(row(ended(), "total")).to.deep.include({
      ...{ succeeded: 1, failed: 0, pages: 3, pagesFailed: 1, pagesOcr: 2, characters: 900, charactersBilled: 800, requests: 7 },
      ...{ workerMs: 6_000, waitMs: 2_000, bytesIn: 1000, bytesOut: 570, corrections: 0 },
    });
  });
  it("is told by key, by each label, and by each engine with what that one billed", () => {
    expect(rowsOf(ended().job).map(({ dimension, name }) => `${dimension} ${name}`)).to.have.members([
      ...["total ", "key k", "label team=a", "label order=7", "engine deepl", "engine openai"],
    ]);
    expect(row(ended(), "engine", "openai")).to.deep.include({ charactersBilled: 500, requests: 5, pages: 3 });
  });
  it("is nothing before its end, and of a dry run nothing that is billed", () => {
    expect(rowsOf(ended({ state: JobState.RUNNING }).job)).to.deep.equal([]);
    const dry = ended({ options: create(JobOptionsSchema, { dryRun: true }) });
    expect(row(dry, "total")).to.deep.include({ characters: 900, charactersBilled: 0 });
    expect(row(dry, "engine", "deepl")?.charactersBilled).to.equal(0);
  });
  it("adds with a correction what is different, on the day of the end, and nothing where all is the same", () => {
    const [running, first] = [ended({ state: JobState.RUNNING }), ended()];
    const corrected = ended({ revision: 2, artefacts: [create(ArtefactSchema, { sizeBytes: 560n })] });
    expect(usageOf(running, first)?.rows).to.deep.equal(rowsOf(first.job));
    expect(usageOf(first, ended())).to.equal(undefined);
    const change = usageOf(first, corrected);
    expect(change?.day).to.equal("2026-02-28");
    const differing = MEASURES.filter((measure) => change?.rows[0]?.sums[measure] !== 0);
    expect(differing.map((measure) => [measure, change?.rows[0]?.sums[measure]])).to.deep.equal([
      ["bytesOut", -10],
      ["corrections", 1],
    ]);
  });
  it("adds nothing with a correction of a job that ended under an older version, of which nothing was added", () => {
    const old = { ...ended(), counted: false };
    expect(usageOf(old, { ...ended({ revision: 2 }), counted: false })).to.equal(undefined);
    expect(usageOf(ended(), ended({ revision: 2 }))?.rows).not.to.equal(undefined);
  });
  it("is not added to a day that is forgotten", () => {
    const change = usageOf(undefined, ended());
    const later = (days: number) => usageToAdd(change, 30, NOON + days * 86_400_000);
    expect(later(30)?.oldest).to.equal("2026-02-28");
    expect(later(31)).to.equal(undefined);
    expect([daysFrom("2026-02-28", 1), daysFrom("2024-02-28", 1), daysFrom("2026-01-01", -1)]).to.deep.equal([
      ...["2026-03-01", "2024-02-29", "2025-12-31"],
    ]);
  });
});
