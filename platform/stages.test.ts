import { expect } from "chai";
import { Stage } from "../gen/dragoman/v1/job_pb.ts";
import { comesAfter, isInEngine, isOpened } from "./stages.ts";

const NAMES = Object.keys(Stage) as (keyof typeof Stage)[];
const UNKNOWN = 99 as Stage;

describe("a stage", () => {
  it("has a place in the order, whichever it is", () => {
    const sorted = NAMES.toSorted((one, other) => (comesAfter(Stage[one], Stage[other]) ? 1 : -1));
    expect(sorted.join(" ")).to.equal("UNSPECIFIED DOWNLOADING CONVERTING OCR_PROCESSING TRANSLATING EXPORTING UPLOADING");
    expect(NAMES.filter((name) => comesAfter(UNKNOWN, Stage[name]))).to.deep.equal(NAMES);
  });
  it("is of an open document from CONVERTING on, and where it is not known", () => {
    expect(NAMES.filter((name) => !isOpened(Stage[name]))).to.deep.equal(["UNSPECIFIED", "DOWNLOADING"]);
    expect(isOpened(UNKNOWN)).to.equal(true);
  });
  it("is an engine's while the document is read, translated and written", () => {
    expect(NAMES.filter((name) => isInEngine(Stage[name]))).to.deep.equal(["CONVERTING", "OCR_PROCESSING", "TRANSLATING", "EXPORTING"]);
  });
});
