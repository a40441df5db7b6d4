import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { JobState } from "../gen/dragoman/v1/job_pb.ts";
import { FinishedJobCache } from "./finished_job_cache.ts";

describe("answers about jobs that have ended", () => {
  const answer = (bytes: number, authorization = "Bearer mine") => ({ authorization, body: Buffer.alloc(bytes), version: "7" });

  it("are kept for the one who was given them, and for jobs that are final alone", () => {
    const finished = new FinishedJobCache();
    finished.remember("a", JobState.SUCCEEDED, answer(1));
    finished.remember("b", JobState.RUNNING, answer(1));
    const found = [finished.find("a", "Bearer mine"), finished.find("a", "Bearer other"), finished.find("b", "Bearer mine")];
    expect(found.map((one) => one !== undefined)).to.deep.equal([true, false, false]);
  });
  it("never take more than 16 MiB", () => {
    const finished = new FinishedJobCache();
    for (let count = 0; count < 200; count++) finished.remember(String(count), JobState.FAILED, answer(256 * 1024));
    expect(finished.bytes)
      .to.be.at.most(16 * 1024 * 1024)
      .and.greaterThan(15 * 1024 * 1024);
    expect(finished.find("199", "Bearer mine")).not.to.equal(undefined);
  });
  it("are gone when they are old, though nobody asks again", async () => {
    const finished = new FinishedJobCache();
    finished.remember("a", JobState.SUCCEEDED, answer(1000));
    const deadline = performance.now() + 15_000;
    while (finished.bytes > 0 && performance.now() < deadline) await sleep(50);
    expect([finished.bytes, finished.find("a", "Bearer mine")]).to.deep.equal([0, undefined]);
  });
});
