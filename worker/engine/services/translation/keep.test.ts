import { expect } from "chai";
import { keepRule } from "./keep.ts";

describe("segments that are kept by rule", () => {
  it("are those without anything to translate", () => {
    for (const kept of ["42", "3.5 %", "https://a.example/b", "me@a.example", "`code`", "—", "x"])
      expect(keepRule(kept), kept).to.be.a("string");
    expect(keepRule("Two words")).to.equal(undefined);
  });
});
