import { expect } from "chai";
import { freeNames } from "./free_names.ts";

const RESULT = ["letter.es.md", "letter.es.pdf", "letter.es.page-1.webp"];

describe("names of files to save", () => {
  it("are the result's own where none of them is taken", () => {
    expect(freeNames(RESULT, ["letter.pdf", "other.es.pdf"])).to.deep.equal(RESULT);
  });
  it("get one number together where any of them is taken", () => {
    expect(freeNames(RESULT, ["letter.es.pdf"])).to.deep.equal(["letter.es-2.md", "letter.es-2.pdf", "letter.es-2.page-1.webp"]);
  });
  it("get the first number that is free for all", () => {
    expect(freeNames(RESULT, ["LETTER.es.pdf", "letter.es-2.md", "letter.es-3.page-1.webp"])[1]).to.equal("letter.es-4.pdf");
  });
  it("keep the ending of one file alone", () => {
    expect(freeNames(["letter.es.pdf"], ["letter.es.pdf"])).to.deep.equal(["letter.es-2.pdf"]);
    expect(freeNames(["letter"], ["letter"])).to.deep.equal(["letter-2"]);
  });
  it("are none of nothing", () => {
    expect(freeNames([], ["a"])).to.deep.equal([]);
  });
});
