import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import type { DragomanError } from "../../platform/errors.ts";
import { Admission } from "./admission.ts";

const call = (msLeft: number, signal = new AbortController().signal) => ({ deadline: performance.now() + msLeft, signal });

/** What became of so many calls at once, each of which the one after the other takes `eachMs`. */
async function flood(admission: Admission, count: number, msLeft: number, eachMs: number) {
  let turn = Promise.resolve();
  const begun: number[] = [];
  const work = async (index: number) => {
    begun.push(index);
    turn = turn.then(() => sleep(eachMs));
    await turn;
  };
  const calls = Array.from({ length: count }, async (_, index) => {
    const { deadline, signal } = call(msLeft);
    await admission.admit({ deadline, signal }, () => work(index));
    return performance.now() - deadline;
  });
  const settled = await Promise.allSettled(calls);
  const late = settled.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
  const refusals = settled.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason as DragomanError] : []));
  return { begun, late, refusals };
}

describe("admission", () => {
  it("serves what comes one by one", async () => {
    const admission = new Admission();
    for (let count = 0; count < 100; count++) expect(await admission.admit(call(5_000), async () => count)).to.equal(count);
  });
  it("begins nothing that it refused, and refuses nothing that it began", async () => {
    const { begun, late, refusals } = await flood(new Admission(), 1_000, 1_000, 5);
    expect(begun.length).to.equal(late.length);
    expect(begun.length + refusals.length).to.equal(1_000);
  });
  it("refuses with OVERLOADED and a delay", async () => {
    const { refusals } = await flood(new Admission(), 1_000, 1_000, 5);
    expect(new Set(refusals.map(({ code }) => code))).to.deep.equal(new Set(["OVERLOADED"]));
    for (const { detail } of refusals) expect(Number(detail.retryAfter?.seconds)).to.be.at.least(1);
  });
  it("lets go of a caller that is gone, and never begins its work", async () => {
    const admission = new Admission();
    const gate = Promise.withResolvers<void>();
    const running = Array.from({ length: 32 }, () => admission.admit(call(60_000), () => gate.promise));
    const abort = new AbortController();
    let begun = false;
    const work = async () => {
      begun = true;
    };
    const gone = admission.admit(call(60_000, abort.signal), work).catch((error: DragomanError) => error.code);
    abort.abort();
    expect(await gone).to.equal("CANCELLED");
    gate.resolve();
    await Promise.all(running);
    expect(begun).to.equal(false);
  });
  it("goes on after work that failed", async () => {
    const admission = new Admission();
    const failing = Array.from({ length: 100 }, () => admission.admit(call(60_000), () => Promise.reject(new Error("failed"))));
    await Promise.allSettled(failing);
    expect(await admission.admit(call(1_000), async () => "served")).to.equal("served");
  });
});
