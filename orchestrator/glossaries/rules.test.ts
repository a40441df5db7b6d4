import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { JobOptionsSchema } from "../../gen/dragoman/v1/job_pb.ts";
import { termRules } from "./rules.ts";

const ID = "01ARZ3NDEKTSV4RRFFQ69G5FAA";

function broken(options: Parameters<typeof create<typeof JobOptionsSchema>>[1]): string[] {
  return termRules(create(JobOptionsSchema, options)).flatMap(([holds, field]) => (holds ? [] : [field]));
}

describe("a job's terms", () => {
  it("are taken, as are glossaries with and without a version", () => {
    const terms = [{ source: "server", target: "servidor" }, { source: "C++" }];
    expect(broken({ terms, doNotTranslate: ["Open Door"], glossaries: [ID, `${ID.slice(0, -1)}B@12`] })).to.deep.equal([]);
  });
  for (const [what, source] of [
    ["nothing", ""],
    ["space alone", " \u00a0"],
    ["a line break", "a\nb"],
    ["too much", "a".repeat(201)],
  ] as const)
    it(`say ${what} nowhere`, () => {
      expect(broken({ terms: [{ source, target: "b" }] })).to.deep.equal(["options.terms"]);
      expect(broken({ doNotTranslate: [source] })).to.deep.equal(["options.do_not_translate"]);
      if (source !== "") expect(broken({ terms: [{ source: "a", target: source }] })).to.deep.equal(["options.terms"]);
    });
  it("do not say of one text that it is and is not translated", () => {
    expect(broken({ terms: [{ source: "a", target: "b" }], doNotTranslate: ["a"] })).to.deep.equal(["options.do_not_translate"]);
  });
  it("say of one text one translation", () => {
    expect(broken({ terms: ["b", "c"].map((target) => ({ source: "a", target })) })).to.deep.equal(["options.terms"]);
  });
  it("leave room in a message", () => {
    const terms = Array.from({ length: 400 }, (_, index) => ({ source: `${index}${"a".repeat(90)}`, target: "b".repeat(90) }));
    expect(broken({ terms })).to.deep.equal(["options.terms"]);
    expect(broken({ terms: terms.slice(0, 300) })).to.deep.equal([]);
  });
  it("are of glossaries by their ids, each once and at most five", () => {
    for (const glossaries of [["x"], [`${ID}@0`], [ID, `${ID}@2`], [..."012345"].map((digit) => ID.slice(0, -1) + digit)])
      expect(broken({ glossaries })).to.deep.equal(["options.glossaries"]);
  });
});
