import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { JobOptionsSchema } from "../../gen/dragoman/v1/job_pb.ts";
import { isFor, Room, serves } from "./capability.ts";

const EN_ES = { source: "en", target: "es" };
const FR_ES = { source: "fr", target: "es" };
const options = (sourceLanguage: string, targetLanguage: string) => create(JobOptionsSchema, { sourceLanguage, targetLanguage });

describe("what a worker can do", () => {
  it("is what it has a pair for", () => {
    expect([options("en", "es"), options("es", "en"), options("fr", "es")].map((job) => serves([EN_ES], job))).to.deep.equal([
      true,
      false,
      false,
    ]);
  });
  it("is known by the target where the language is to be detected", () => {
    expect([options("", "es"), options("", "en")].map((job) => serves([EN_ES], job))).to.deep.equal([true, false]);
  });
  it("is not to detect a language among a few of those that another worker reads", () => {
    const offers = (...all: (typeof EN_ES)[][]) => all.map((pairs) => ({ pairs, slots: 0, prefetch: 0 }));
    const detected = options("", "es");
    expect([[EN_ES], [EN_ES, FR_ES]].map((pairs) => isFor(pairs, detected, offers([EN_ES], [EN_ES, FR_ES])))).to.deep.equal([false, true]);
    expect([[EN_ES], [FR_ES]].map((pairs) => isFor(pairs, detected, offers([EN_ES], [FR_ES])))).to.deep.equal([true, true]);
    expect(isFor([EN_ES], options("en", "es"), offers([EN_ES], [EN_ES, FR_ES]))).to.equal(true);
  });
  it("is nothing without pairs", () => {
    expect(serves([], options("", "es"))).to.equal(false);
  });
});

describe("the room for jobs", () => {
  it("is taken from who can do least, so that the others stay free for what only they can do", () => {
    const room = new Room([
      { pairs: [EN_ES, FR_ES], slots: 1, prefetch: 1 },
      { pairs: [EN_ES], slots: 1, prefetch: 1 },
    ]);
    expect(["en", "fr", "en"].map((source) => room.take(options(source, "es")))).to.deep.equal([true, true, false]);
  });
  it("is where a next job's input may be fetched only once the slots of workers that can do the same are taken", () => {
    const both = [EN_ES, FR_ES];
    expect(
      new Room([
        { pairs: both, slots: 1, prefetch: 1 },
        { pairs: [...both].reverse(), slots: 0, prefetch: 1 },
      ]).free,
    ).to.equal(1);
    expect(new Room([{ pairs: both, slots: 0, prefetch: 1 }]).free).to.equal(1);
  });
});
