import { expect } from "chai";
import { countedLetters, doubledLetters, romanNumeral } from "./numerals.ts";

describe("numerals", () => {
  it("are Roman up to 3999", () => {
    expect([1, 4, 9, 14, 40, 90, 444, 1999, 3999].map(romanNumeral)).to.deep.equal(
      ["i", "iv", "ix", "xiv", "xl", "xc", "cdxliv", "mcmxcix", "mmmcmxcix"], // biome-ignore format: a table
    );
  });
  it("are letters that are doubled, or counted on", () => {
    expect([1, 26, 27, 52, 53].map(doubledLetters)).to.deep.equal(["a", "z", "aa", "zz", "aaa"]);
    expect([1, 26, 27, 52, 53, 703].map(countedLetters)).to.deep.equal(["a", "z", "aa", "az", "ba", "aaa"]);
  });
  for (const number of [0, -1, -30, 1.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e300])
    it(`are figures for ${number}`, () => {
      for (const numeral of [romanNumeral, doubledLetters, countedLetters]) expect(numeral(number)).to.equal(String(number));
    });
});
