import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { JobOptionsSchema, ResultFormat } from "../../gen/dragoman/v1/job_pb.ts";
import { CreateJobRequestSchema, ListJobsRequestSchema } from "../../gen/dragoman/v1/job_service_pb.ts";
import type { DragomanError } from "../../platform/errors.ts";
import { listingOf } from "./listing.ts";
import { validateCreateJob } from "./validation.ts";

const YEAR_10000 = 253_402_300_800n;

describe("times that nobody could show or store", () => {
  const refused = (work: () => unknown): string[] => {
    try {
      work();
      return [];
    } catch (error) {
      return (error as DragomanError).detail.violations.map(({ field }) => field);
    }
  };
  const pairs = [{ $typeName: "dragoman.v1.LanguagePair", source: "en", target: "es" }] as const;
  const notBefore = (time: { seconds: bigint; nanos?: number }) => {
    const options = create(JobOptionsSchema, { sourceLanguage: "en", targetLanguage: "es", notBefore: time });
    return refused(() => validateCreateJob(create(CreateJobRequestSchema, { uploadId: "u" }), options, { pairs, engines: [], own: [] }));
  };
  const created = (time: { seconds: bigint; nanos?: number }) =>
    refused(() => listingOf(create(ListJobsRequestSchema, { createdAfter: time, createdBefore: time }), "t"));

  for (const [name, time] of [
    ["before 1970", { seconds: -1n }],
    ["after 9999", { seconds: YEAR_10000 }],
    ["of more than a second's nanoseconds", { seconds: 1n, nanos: 1_000_000_000 }],
  ] as const)
    it(`are refused: ${name}`, () => {
      expect(notBefore(time)).to.deep.equal(["options.not_before"]);
      expect(created(time)).to.deep.equal(["created_after", "created_before"]);
    });
  it("are no others", () => {
    expect(notBefore({ seconds: YEAR_10000 - 1n })).to.deep.equal([]);
    expect(created({ seconds: YEAR_10000 - 1n })).to.deep.equal([]);
  });
});

describe("the files that a job is asked for", () => {
  const pairs = [{ $typeName: "dragoman.v1.LanguagePair", source: "en", target: "es" }] as const;
  const refusal = (...outputs: ResultFormat[]) => {
    const options = create(JobOptionsSchema, { sourceLanguage: "en", targetLanguage: "es", outputs });
    try {
      validateCreateJob(create(CreateJobRequestSchema, { uploadId: "u" }), options, { pairs, engines: [], own: [] });
      return [];
    } catch (error) {
      return (error as DragomanError).detail.violations.map(({ field }) => field);
    }
  };
  const all = [
    ResultFormat.MARKDOWN,
    ResultFormat.TEXT,
    ResultFormat.JSON,
    ResultFormat.PDF,
    ResultFormat.DOCUMENT,
    ResultFormat.BILINGUAL,
  ];
  it("are any of those that are made with the result", () => {
    expect(refusal()).to.deep.equal([]);
    expect(refusal(...all)).to.deep.equal([]);
  });
  for (const [what, outputs] of [
    ["a preview", [ResultFormat.PREVIEW]],
    ["the bundle", [ResultFormat.BUNDLE]],
    ["one twice", [ResultFormat.TEXT, ResultFormat.TEXT]],
    ["one that there is not", [99 as ResultFormat]],
  ] as const)
    it(`are refused: ${what}`, () => expect(refusal(...outputs)).to.deep.equal(["options.outputs"]));
});
