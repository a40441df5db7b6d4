import { expect } from "chai";
import fc from "fast-check";
import { rangeOf } from "./ranges.ts";

describe("a Range header", () => {
  const cases: Readonly<Record<string, string>> = {
    "bytes=0-4": "0+5",
    "bytes=3-": "3+7",
    "bytes=-4": "6+4",
    "bytes=-99999999999999999999999": "0+10",
    "bytes=8-99999999999999999999999": "8+2",
    "BYTES=0-0": "0+1",
    "bytes=10-": "none",
    "bytes=99999999999999999999999-": "none",
    "bytes=-0": "none",
    "bytes=5-3": "whole",
    "bytes=0-1,4-5": "whole",
    "lines=0-1": "whole",
    "bytes=-": "whole",
    "bytes=a-b": "whole",
  };
  for (const [header, expected] of Object.entries(cases))
    it(`${header} of ten bytes is ${expected}`, () => {
      const range = rangeOf(header, 10n);
      expect(typeof range === "object" ? `${range.offset}+${range.length}` : (range ?? "whole")).to.equal(expected);
    });
  it("never reaches out of the file", () => {
    const number = fc.oneof(fc.constant(""), fc.bigInt({ min: 0n, max: 1n << 70n }).map(String), fc.nat(20).map(String));
    fc.assert(
      fc.property(number, number, fc.bigInt({ min: 0n, max: 20n }), (first, last, size) => {
        const range = rangeOf(`bytes=${first}-${last}`, size);
        if (typeof range === "object")
          expect(range.length > 0n && range.offset >= 0n && range.offset + range.length <= size).to.equal(true);
      }),
    );
  });
});
