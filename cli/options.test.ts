import { expect } from "chai";
import { InvalidArgumentError } from "commander";
import { ResultFormat } from "../gen/dragoman/v1/job_pb.ts";
import { endings, expiry, keyId, outputs, wholeNumber } from "./options.ts";

describe("options of the command line", () => {
  it("take whole numbers within their bounds alone", () => {
    const limit = wholeNumber(1, 100);
    expect([limit("1"), limit("100")]).to.deep.equal([1, 100]);
    for (const text of ["abc", "", "0", "101", "-1", "1e1", "1.5", " 5", "0x10", "٣"])
      expect(() => limit(text), text).to.throw(InvalidArgumentError, "from 1 to 100");
  });
  it("take a duration from now, of the store's own clock", () => {
    expect(expiry("90d")(1000)).to.equal(1000 + 90 * 86_400_000);
    expect(expiry("30m")(0)).to.equal(1_800_000);
  });
  it("take a day or a time with its zone, in UTC", () => {
    expect(expiry("2999-01-31")(0)).to.equal(Date.UTC(2999, 0, 31));
    expect(expiry("2999-01-31T12:00+02:00")(0)).to.equal(Date.UTC(2999, 0, 31, 10));
  });
  it("refuse a time that is none, has no zone, or is past", () => {
    for (const text of ["soon", "90", "0d", "-1d", "1.5h", "2999-02-31", "2999-13-01", "2999-01-31T12:00", "2001-01-01", ""])
      expect(() => expiry(text), text).to.throw(InvalidArgumentError);
  });
  it("take endings of file names as people write them, and no list of none", () => {
    expect(endings("pdf, .TXT,md")).to.deep.equal(["pdf", "txt", "md"]);
    for (const text of ["", " ", "pdf,", "*.pdf", "a b"]) expect(() => endings(text), text).to.throw(InvalidArgumentError);
  });
  it("take files of a result, each once", () => {
    expect(outputs("text, PDF")).to.deep.equal([ResultFormat.TEXT, ResultFormat.PDF]);
    expect(outputs("all")).to.equal("all");
    for (const text of ["", "text,text", "preview", "__proto__"]) expect(() => outputs(text), text).to.throw(InvalidArgumentError);
  });
  it("take a key's id out of a whole key", () => {
    const id = "0123456789abcdef";
    for (const text of [id, `dgm_${id}`, `dgm_${id}_${"0".repeat(56)}`]) expect(keyId(text)).to.equal(id);
    for (const text of ["", "x", `${id}0`, `${id}_0`]) expect(() => keyId(text), text).to.throw(InvalidArgumentError);
  });
});
