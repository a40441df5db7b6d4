import { expect } from "chai";
import { JobState } from "../../gen/dragoman/v1/job_pb.ts";
import type { JobRecord } from "../jobs/job.ts";
import { areAdmitted } from "./admitted_pages.ts";

describe("what may be paid for a job", () => {
  /** A job whose record is each of these in turn, and then the last. */
  function given(pagesPerDay: number, ...records: readonly { state: JobState; pagesTotal: number }[]) {
    let reads = 0;
    const store = { get: async () => ({ job: records[Math.min(reads++, records.length - 1)] }) as unknown as JobRecord };
    const jobs = {
      known: async () => ({ tenantId: "t", keyId: "k" }) as never,
      limitsOf: async () => ({ tenant: {}, key: { pagesPerDay } }),
    };
    return { admitted: areAdmitted({ store, jobs }, "j", new AbortController().signal), reads: () => reads };
  }

  it("waits for its pages to be counted, and is nothing once they were too many", async () => {
    const opening = { state: JobState.RUNNING, pagesTotal: 0 };
    const taken = given(5, opening, opening, { state: JobState.RUNNING, pagesTotal: 5 });
    expect([await taken.admitted, taken.reads()]).to.deep.equal([true, 3]);
    expect(await given(5, opening, { state: JobState.FAILED, pagesTotal: 0 }).admitted).to.equal(false);
    expect(await given(5, opening, { state: JobState.RETRY_WAIT, pagesTotal: 9 }).admitted).to.equal(false);
  });
  it("is asked of nobody who has no limit of pages", async () => {
    const free = given(0, { state: JobState.FAILED, pagesTotal: 0 });
    expect([await free.admitted, free.reads()]).to.deep.equal([true, 0]);
  });
});
