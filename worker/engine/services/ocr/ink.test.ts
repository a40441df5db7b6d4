import { expect } from "chai";
import fc from "fast-check";
import { Ink, WHITE } from "./ink.ts";

/** What a filter looks at between `begin` and `end`. */
function walked(ink: Ink, begin: number, end: number): [from: number, to: number][] {
  const stretches: [number, number][] = [];
  for (let from = ink.from(begin, end), to = from; from < end; from = ink.from(to, end)) {
    to = ink.until(from, end);
    stretches.push([from, to]);
  }
  return stretches;
}

describe("where a page has ink", () => {
  it("is walked over whole, in order and once, wherever in memory its pixels begin", () => {
    const page = fc.record({
      length: fc.integer({ min: 0, max: 700 }),
      offset: fc.integer({ min: 0, max: 9 }),
      inks: fc.array(fc.record({ at: fc.nat(699), grey: fc.integer({ min: 0, max: WHITE - 1 }) }), { maxLength: 12 }),
      row: fc.tuple(fc.nat(700), fc.nat(700)),
    });
    fc.assert(
      fc.property(page, ({ length, offset, inks, row }) => {
        const data = Buffer.alloc(length + offset, WHITE).subarray(offset);
        const inked = inks.filter(({ at }) => at < length);
        for (const { at, grey } of inked) data[at] = grey;
        const [begin, end] = row.map((at) => Math.min(at, length)).sort((a, b) => a - b) as [number, number];
        const stretches = walked(new Ink({ data }), begin, end);
        let before = begin;
        for (const [from, to] of stretches) {
          expect(from).to.be.at.least(before);
          expect(to).to.be.within(from + 1, end);
          before = to;
        }
        for (const { at } of inked)
          if (at >= begin && at < end) expect(stretches.filter(([from, to]) => at >= from && at < to)).to.have.length(1);
      }),
      { numRuns: 500 },
    );
  });
  it("leaves paper out", () => {
    const data = Buffer.alloc(10_000, WHITE);
    data[4_000] = 0;
    const seen = walked(new Ink({ data }), 0, 9_900).reduce((sum, [from, to]) => sum + to - from, 0);
    expect(seen).to.be.below(130);
  });
});
