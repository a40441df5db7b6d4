import { expect } from "chai";
import fc from "fast-check";
import { afterPost, type Delivery, deliveryId, jobEventId, recipientOf, replayed } from "./delivery.ts";

const fresh: Delivery = {
  ...{ id: "d", tenantId: "t", endpointId: "e", recipient: "e", eventId: "msg_x", type: "job.failed", jobId: "j", jobVersion: 1, url: "" },
  ...{ createdAt: 0, state: "PENDING", tried: 0, nextAt: 0, endedAt: null, tries: [] },
};
const [HOUR, DAY] = [3600_000, 86_400_000];
const SCHEDULE = [5_000, 300_000, 1_800_000, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, DAY];
const failed = fc.constantFrom(0, 301, 404, 429, 500, 503);

describe("a delivery", () => {
  it("is tried ten times over three days, whatever is answered and drawn, and then no more", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(failed, fc.double({ min: 0, max: 1, noNaN: true })), { minLength: 10, maxLength: 10 }), (posts) => {
        let delivery = fresh;
        for (const [status, draw] of posts) {
          expect(delivery.state).to.equal("PENDING");
          delivery = afterPost(delivery, { at: delivery.nextAt ?? 0, status, durationMs: 0 }, SCHEDULE, draw);
        }
        expect(delivery).to.include({ state: "FAILED", tried: 10, nextAt: null });
        expect(delivery.endedAt).to.be.within(0.9 * 3 * DAY, 1.1 * 3.2 * DAY);
        expect(delivery.tries).to.have.length(10);
      }),
    );
  });
  it("ends with what is taken, and with 410", () => {
    for (const status of [200, 204, 299])
      expect(afterPost(fresh, { at: 5, status, durationMs: 2 }, SCHEDULE, 0)).to.include({ state: "DELIVERED", endedAt: 7 });
    expect(afterPost(fresh, { at: 5, status: 410, durationMs: 2 }, SCHEDULE, 0)).to.include({ state: "FAILED", endedAt: 7 });
  });
  it("waits as long as it is asked to, and does not keep that", () => {
    const after = afterPost(fresh, { at: 0, status: 503, durationMs: 0, retryAfterMs: HOUR }, SCHEDULE, 0.5);
    expect(after.nextAt).to.equal(HOUR);
    expect(after.tries).to.deep.equal([{ at: 0, status: 503, durationMs: 0 }]);
  });
  it("begins anew when it is replayed, its tries kept; one that waits keeps its count", () => {
    const ended = afterPost(fresh, { at: 5, status: 410, durationMs: 2 }, SCHEDULE, 0);
    expect(replayed(ended, 99)).to.include({ state: "PENDING", tried: 0, nextAt: 99, endedAt: null, eventId: fresh.eventId });
    expect(replayed(ended, 99).tries).to.have.length(1);
    expect(replayed({ ...fresh, tried: 4 }, 99)).to.include({ tried: 4, nextAt: 99 });
  });
  it("is the same of the same event and recipient, another of others, and sorts by the event's time", () => {
    const id = (jobVersion: number, at: number, recipient = "e") => deliveryId(jobEventId({ jobId: "j", jobVersion, at }), recipient);
    expect(id(3, 1_000))
      .to.equal(id(3, 1_000))
      .and.match(/^[0-9A-Z]{26}[0-9a-f]{10}$/);
    expect(new Set([id(3, 1_000), id(4, 1_000), id(3, 1_000, "f")]).size).to.equal(3);
    expect([id(1, 3_000), id(2, 1_000), id(3, 2_000)].sort()).to.deep.equal([id(2, 1_000), id(3, 2_000), id(1, 3_000)]);
    expect(recipientOf("https://a.example/x?y")).to.equal(recipientOf("https://a.example/z"));
    expect(recipientOf("https://a.example")).to.not.equal(recipientOf("https://b.example"));
  });
});
