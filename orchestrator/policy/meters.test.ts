import { timestampMs } from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import fc from "fast-check";
import { afterCharge, availableInMs, type Charge, EMPTY_METER, isRefused, levelAt, NO_SHARE, usedOf } from "./meters.ts";
import { rateHeaders } from "./rate_headers.ts";
import { quotaRefusal } from "./violations.ts";

const DAY_MS = 86_400_000;

const pages = (given: Partial<Charge>): Charge => ({ meter: "pages", held: 0, poured: 0, most: 100, leakPerMs: 100 / DAY_MS, ...given });

describe("a meter", () => {
  const steps = fc.array(fc.record({ afterMs: fc.nat(DAY_MS), pages: fc.nat(150) }), { maxLength: 40 });

  it("lets no more through in any time than its limit and what leaked meanwhile", () => {
    fc.assert(
      fc.property(steps, (given) => {
        let meter = EMPTY_METER;
        let now = 1e12;
        const granted: { at: number; pages: number }[] = [];
        for (const { afterMs, pages: asked } of given) {
          now += afterMs;
          const charge = pages({ poured: asked });
          if (isRefused(meter, charge, NO_SHARE, now)) continue;
          meter = afterCharge(meter, charge, NO_SHARE, now);
          granted.push({ at: now, pages: asked });
        }
        for (const [first, { at: from }] of granted.entries()) {
          let sum = 0;
          for (const { at, pages: had } of granted.slice(first)) {
            sum += had;
            expect(sum).to.be.at.most(100 + (100 * (at - from)) / DAY_MS + 1e-3);
          }
        }
      }),
    );
  });
  it("gives what it refused when it said that it would, and not before", () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 100 }), (given, asked) => {
        let meter = EMPTY_METER;
        let now = 1e12;
        for (const { afterMs, pages: poured } of given) {
          now += afterMs;
          meter = afterCharge(meter, pages({ poured }), NO_SHARE, now);
        }
        const charge = pages({ poured: asked });
        if (!isRefused(meter, charge, NO_SHARE, now)) return;
        const inMs = availableInMs({ charge, meter, had: NO_SHARE }, now) ?? Number.NaN;
        expect(isRefused(meter, charge, NO_SHARE, now + inMs)).to.equal(false);
        expect(isRefused(meter, charge, NO_SHARE, now + inMs - 2)).to.equal(true);
      }),
    );
  });
  it("holds another limit at once, on what was used before", () => {
    const meter = afterCharge(EMPTY_METER, pages({ poured: 90 }), NO_SHARE, 0);
    expect(isRefused(meter, pages({ poured: 11 }), NO_SHARE, 0)).to.equal(true);
    expect(isRefused(meter, pages({ poured: 11, most: 200 }), NO_SHARE, 0)).to.equal(false);
    expect(isRefused(meter, pages({ poured: 1, most: 50 }), NO_SHARE, 0)).to.equal(true);
  });
  it("never refuses what gives back, or a gauge without a limit", () => {
    const full = { held: 500, level: 0, at: 0 };
    expect(isRefused(full, { ...pages({ held: 1, most: 5 }), leakPerMs: 0 }, { held: 2, poured: 0 }, 0)).to.equal(false);
    expect(isRefused(full, { ...pages({ held: 1, most: 0 }), leakPerMs: 0 }, NO_SHARE, 0)).to.equal(false);
  });
  it("leaks nothing between clocks that differ a little, and nothing that jobs hold", () => {
    const meter = { held: 7, level: 50, at: DAY_MS };
    expect(levelAt(meter, 1, DAY_MS - 500)).to.equal(50);
    expect(afterCharge(meter, pages({ poured: 1 }), NO_SHARE, DAY_MS - 500).at).to.equal(DAY_MS);
    expect(usedOf(meter, 1, 9 * DAY_MS)).to.equal(7);
  });
  it("is empty in its time though it was filled by a clock that was a year ahead", () => {
    const filled = afterCharge(EMPTY_METER, pages({ poured: 100 }), NO_SHARE, 366 * DAY_MS);
    expect(isRefused(filled, pages({ poured: 100 }), NO_SHARE, DAY_MS), "refuses until then").to.equal(false);
    const again = afterCharge(filled, pages({ poured: 100 }), NO_SHARE, DAY_MS);
    expect([levelAt(again, 100 / DAY_MS, DAY_MS), levelAt(again, 100 / DAY_MS, 2 * DAY_MS)]).to.deep.equal([100, 0]);
  });
});

describe("what a caller is told of a limit", () => {
  const meter = { held: 10, level: 80, at: DAY_MS };

  it("is which it is, what is used and asked for, and when there is enough", () => {
    const { detail, code } = quotaRefusal({ charge: pages({ held: 20 }), meter, had: NO_SHARE }, DAY_MS);
    expect(code).to.equal("QUOTA_EXCEEDED");
    expect(detail.quota).to.deep.include({ quota: "pages", limit: 100n, used: 90n, requested: 20n, ofKey: false });
    expect(detail.quota?.resetTime && timestampMs(detail.quota.resetTime)).to.be.closeTo(DAY_MS * 1.1, 2);
    expect(Number(detail.retryAfter?.seconds)).to.be.closeTo(8640, 1);
  });
  it("is no time where there will never be enough", () => {
    const { detail } = quotaRefusal({ charge: pages({ held: 101 }), meter, had: NO_SHARE }, DAY_MS);
    expect([detail.quota?.resetTime, detail.retryAfter, detail.retryable]).to.deep.equal([undefined, undefined, false]);
  });
  it("is a header of structured fields: the policies, and what is left with the job", () => {
    const charges = [
      { charge: { ...pages({ meter: "open", held: 1, most: 5 }), leakPerMs: 0 }, meter: { held: 2, level: 0, at: 0 } },
      { charge: pages({ meter: "key:ab:pages", held: 5 }), meter },
      { charge: { ...pages({ meter: "bytes", held: 1, most: 0 }), leakPerMs: 0 }, meter },
    ];
    expect(rateHeaders(charges, true, DAY_MS)).to.deep.equal({
      policy: '"open-jobs";q=5, "key-pages";q=100;qu="pages";w=86400',
      left: '"open-jobs";r=2, "key-pages";r=5;t=69120',
    });
    expect(rateHeaders(charges, false, DAY_MS).left).to.equal('"open-jobs";r=3, "key-pages";r=10;t=69120');
  });
});
