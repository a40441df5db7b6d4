import { create, toBinary } from "@bufbuild/protobuf";
import { expect } from "chai";
import { ErrorSchema } from "../../gen/dragoman/v1/error_pb.ts";
import { ArtefactSchema, LedgerEntrySchema, LedgerSchema } from "../../gen/dragoman/v1/job_pb.ts";
import { CompleteSchema, FailSchema } from "../../gen/dragoman/v1/worker_service_pb.ts";
import { commandOf } from "./reports.ts";

const LEDGER = create(LedgerSchema, { pagesIn: 1, pagesOut: 1 });
const aFile = (page: number) =>
  create(ArtefactSchema, {
    format: 4,
    page,
    sourcePage: page,
    mediaType: "image/webp",
    sizeBytes: 100_000n,
    sha256: "0".repeat(64),
    fileName: `preview-${page}.webp`,
  });

/** What a job is asked to keep of a report that it succeeded. */
function completed(files: number, ledger = LEDGER) {
  const artefacts = Array.from({ length: files }, (_, index) => aFile(index + 1));
  return commandOf({ case: "complete", value: create(CompleteSchema, { jobId: "a", attempt: 1, ledger, artefacts }) }, "w")?.command;
}

describe("a worker's report", () => {
  it("holds the previews of two thousand pages, and as many of the source", () => {
    expect(completed(4004)?.kind).to.equal("complete");
  });
  it("fails its job with a type when it lists more than a job can hold", () => {
    const command = completed(9400);
    expect(command?.kind === "fail" && [command.error.code, command.error.retryable]).to.deep.equal(["RESULT_TOO_LARGE", false]);
  });
  it("keeps of its ledger at most two hundred entries, and of each a thousand letters", () => {
    const entries = Array.from({ length: 300 }, () =>
      create(LedgerEntrySchema, { page: 1, code: "WORDS_UNKNOWN", message: "x".repeat(3000) }),
    );
    const command = completed(1, create(LedgerSchema, { ...LEDGER, entries }));
    if (command?.kind !== "complete") throw new Error(command?.kind);
    expect(command.ledger.entries.length).to.equal(200);
    expect(Math.max(...command.ledger.entries.map(({ message }) => message.length))).to.equal(1000);
  });
  it("keeps of its error what people read", () => {
    const error = create(ErrorSchema, {
      code: "C".repeat(5000),
      message: "m".repeat(500_000),
      hint: "h".repeat(5000),
      stage: "s".repeat(5000),
    });
    const command = commandOf({ case: "fail", value: create(FailSchema, { jobId: "a", attempt: 1, error }) }, "w")?.command;
    if (command?.kind !== "fail") throw new Error(command?.kind);
    expect(toBinary(ErrorSchema, command.error).length).to.be.below(3000);
  });
});
