import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { LedgerEntrySchema } from "../../gen/dragoman/v1/job_pb.ts";
import { remarksByText } from "./text_remarks.ts";

const leaf = (id: string, ...outcomes: string[]) => ({ id, segments: outcomes.map((outcome) => ({ outcome, why: `${id} ${outcome}` })) });
const model = JSON.stringify({
  pages: [
    { blocks: [{ items: [{ mark: "0:", blocks: [leaf("a", "translated"), leaf("b", "failed", "failed")] }] }] },
    { blocks: [{ items: [{ mark: "2:", blocks: [leaf("c", "kept")] }] }, { kind: "paragraph" }] },
  ],
});
const entry = (block: string, code: string) => create(LedgerEntrySchema, { block, code, message: `${code} of ${block}` });

describe("remarks on texts", () => {
  it("name every sentence that failed, whatever the ledger has room for", () => {
    expect(remarksByText(model, [entry("b", "SEGMENT_FAILED")], 3)).to.deep.equal([
      [
        { code: "SEGMENT_FAILED", message: "b failed" },
        { code: "SEGMENT_FAILED", message: "b failed" },
      ],
      [],
      [],
    ]);
  });
  it("say of each text which of its words are unknown", () => {
    const texts = [["Foo", "Bar", "Foo"], [], ["x".repeat(99), ..."abcdefghijk"]];
    const items = texts.map((unknown, index) => ({
      mark: `${index}:`,
      blocks: [{ id: `b${index}`, segments: [{ outcome: "translated", unknown }] }],
    }));
    const remarks = remarksByText(JSON.stringify({ pages: [{ blocks: [{ items }] }] }), [entry("", "WORDS_UNKNOWN")], 3);
    expect(remarks.map((each) => each.map(({ message }) => message.split(": ")[1]))).to.deep.equal([
      ["Foo, Bar"],
      [],
      [`${"x".repeat(40)}, a, b, c, d, e, f, g, h, i, …`],
    ]);
  });
  it("go to the text that they are about, or else to all", () => {
    const [first, second, third] = remarksByText(model, [entry("c", "SEGMENT_DOUBTED"), entry("", "ENGINE_REPLACED")], 3);
    expect(first?.map(({ code }) => code)).to.deep.equal(["SEGMENT_FAILED", "SEGMENT_FAILED", "ENGINE_REPLACED"]);
    expect(second).to.deep.equal([{ code: "ENGINE_REPLACED", message: "ENGINE_REPLACED of " }]);
    expect(third?.map(({ code }) => code)).to.deep.equal(["SEGMENT_DOUBTED", "ENGINE_REPLACED"]);
  });
});
