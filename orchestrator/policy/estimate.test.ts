import { expect } from "chai";
import fc from "fast-check";
import { FILE_TYPES } from "../../platform/file_types.ts";
import { estimatedPages } from "./estimate.ts";

describe("an estimate of a document's pages", () => {
  it("is at least one, at most what an engine takes, and never falls with the size", () => {
    const name = fc.oneof(fc.constantFrom(...FILE_TYPES.flatMap(({ extensions }) => extensions)), fc.string());
    fc.assert(
      fc.property(name, fc.nat(2 ** 31), fc.nat(2 ** 20), (ending, sizeBytes, more) => {
        const pages = estimatedPages(`a${ending}`, sizeBytes);
        expect(pages).to.be.within(1, 2000);
        expect(estimatedPages(`a${ending}`, sizeBytes + more)).to.be.at.least(pages);
      }),
    );
  });
  it("goes by the type", () => {
    expect(estimatedPages("a.PNG", 9e6)).to.equal(1);
    expect(estimatedPages("a.pdf", 500_000)).to.equal(10);
    expect(estimatedPages("a.txt", 60_000)).to.equal(10);
  });
});
