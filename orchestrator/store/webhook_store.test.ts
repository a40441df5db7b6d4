import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { JobOptionsSchema } from "../../gen/dragoman/v1/job_pb.ts";
import { beforeEachStore, describeStores, type StorePlace } from "../../test/support/stores.ts";
import { afterPost, cancelled, type Delivery, deliveryId, jobEventId, replayed } from "../deliveries/delivery.ts";
import type { StoredEndpoint } from "../deliveries/endpoint.ts";
import { newJob } from "../jobs/change.ts";
import { newId } from "../jobs/id.ts";
import { transition } from "../jobs/machine.ts";
import type { Store } from "./store.ts";
import type { Taken } from "./webhook_store.ts";

/** Enough of each part of a store. */
const SHARE = { recipients: 160, deliveries: 4, leaseMs: 20_000 };
const BODY = Buffer.from("{}");
const MOST = 1_000;

function endpoint(changes: Partial<StoredEndpoint> = {}): StoredEndpoint {
  return {
    id: newId("t"),
    tenantId: "t",
    url: "https://a.example",
    events: [],
    description: "",
    secrets: [],
    createdAt: 1,
    version: 1,
    ...changes,
  };
}

/** Of a job's `version`, due at `at`. */
function delivery(jobId: string, version: number, { at = 1_000, recipient = "e", tenantId = "t" } = {}): Delivery {
  const eventId = jobEventId({ jobId: jobId || "none", jobVersion: version, at: 1_000 + version });
  return {
    ...{ id: deliveryId(eventId, recipient), tenantId, endpointId: recipient, recipient, eventId, type: "job.succeeded", jobId },
    ...{ jobVersion: version, url: "", createdAt: 1_000, state: "PENDING", tried: 0, nextAt: at, endedAt: null, tries: [] },
  };
}

const posted = (given: Delivery, status: number, at = 2_000) => afterPost(given, { at, status, durationMs: 1 }, [5_000, 5_000], 0.5);

describeStores((driver: string, place: () => StorePlace) => {
  describe(`webhooks on ${driver}`, () => {
    let store: Store;
    const reopen = beforeEachStore(place, (opened) => {
      store = opened;
    });

    const add = (...deliveries: Delivery[]) =>
      store.addDeliveries(
        deliveries.map((each) => ({ delivery: each, body: BODY })),
        MOST,
      );
    const take = (now = 10_000, share = SHARE) => store.takeDeliveries(now, share);
    const one = (taken: readonly Taken[]) => {
      expect(taken.length, "recipients").to.equal(1);
      return taken[0] as Taken;
    };
    const versions = ({ deliveries }: Taken) => deliveries.map(({ delivery: { jobVersion } }) => jobVersion);
    const settleAll = async (taken: Taken, status: number, health: "well" | "failing") => {
      for (const { delivery: each } of taken.deliveries) await store.settleDelivery(taken, posted(each, status), health);
      await store.releaseRecipient(taken, 0);
    };

    const endedJob = async () => {
      const given = { id: newId("t"), tenantId: "t", inputKey: "k", fileName: "f", sizeBytes: 1, traceparent: "", traceUrl: "" };
      const record = newJob({ ...given, options: create(JobOptionsSchema, { targetLanguage: "es" }) }, 1_000);
      await store.commit({ record, expectedVersion: 0n, outbox: [] });
      const ended = transition(record, { kind: "cancel", reason: "" }, 2_000);
      if (ended.kind !== "changed") throw new Error("it was not cancelled");
      await store.commit({ record: ended.record, expectedVersion: 0n + record.job.version, outbox: [] });
      return ended.record;
    };

    describe("endpoints", () => {
      it("are replaced by who knows their version, and are no more than there may be", async () => {
        const first = endpoint();
        expect(await store.saveEndpoint(first, 2)).to.equal("saved");
        const changes = await Promise.all(
          [1, 2, 3].map((n) => store.saveEndpoint({ ...first, version: 2, url: `https://${n}.example` }, 2)),
        );
        expect(changes.filter((outcome) => outcome === "saved")).to.have.length(1);
        expect(await store.saveEndpoint(first, 2), "made again").to.equal("changed");
        const created = await Promise.all(Array.from({ length: 30 }, () => store.saveEndpoint(endpoint(), 5)));
        expect(created.filter((outcome) => outcome === "saved")).to.have.length(4);
        expect(created.filter((outcome) => outcome === "full")).to.have.length(26);
        expect(await store.saveEndpoint(endpoint({ tenantId: "other" }), 1), "another tenant").to.equal("saved");
      });
      it("are listed, the newest first, and forgotten", async () => {
        const all = [endpoint({ id: "A" }), endpoint({ id: "B" }), endpoint({ id: "C", tenantId: "other" })];
        for (const each of all) await store.saveEndpoint(each, 9);
        expect(await store.endpoints("t")).to.deep.equal([all[1], all[0]]);
        expect(await store.endpoint("t", "C")).to.equal(undefined);
        expect([await store.removeEndpoint("t", "A"), await store.removeEndpoint("t", "A")]).to.deep.equal([true, false]);
        expect(await store.endpoint("t", "A")).to.equal(undefined);
      });
    });

    describe("deliveries", () => {
      it("are given out once they are due, with what is to be said, and are one however often they are added", async () => {
        const given = delivery("j", 3, { at: 5_000 });
        await Promise.all([add(given), add(given), add(given)]);
        expect(await take(4_999)).to.deep.equal([]);
        const taken = one(await take(5_000));
        expect(taken).to.include({ tenantId: "t", recipient: "e", failures: 0, failingSince: null });
        expect(
          taken.deliveries.map(({ delivery: { nextAt: _, ...rest }, body }) => ({ ...rest, body: Buffer.from(body ?? []).toString() })),
        ).to.deep.equal([{ ...Object.fromEntries(Object.entries(given).filter(([name]) => name !== "nextAt")), body: "{}" }]);
      });
      it("are given to one sender at a time, and to the next when a lease is over", async () => {
        await add(delivery("j", 3));
        const first = one(await take(10_000));
        await add(delivery("k", 3));
        expect(await take(29_999)).to.deep.equal([]);
        const second = one(await take(30_000));
        expect(second.deliveries).to.have.length(2);
        const [{ delivery: given }] = first.deliveries as [Taken["deliveries"][number]];
        expect(await store.settleDelivery(first, posted(given, 200), "well"), "who lost the lease").to.equal(false);
        expect(await store.settleDelivery(second, posted(given, 200), "well")).to.equal(true);
        await store.releaseRecipient(first, 0);
        expect(await take(31_000), "released by who lost it").to.deep.equal([]);
      });
      it("of one job go to a recipient one after another, by its versions; those of others go beside them", async () => {
        await add(delivery("j", 3), delivery("j", 5), delivery("j", 4), delivery("k", 3), delivery("j", 3, { recipient: "f" }));
        const own = async () => (await take(10_000)).find(({ recipient }) => recipient === "e") as Taken;
        const first = await own();
        expect(first.deliveries.map(({ delivery: { jobId, jobVersion } }) => `${jobId}${jobVersion}`)).to.have.members(["j3", "k3"]);
        const [failed, other] = ["j", "k"].map((id) => first.deliveries.find(({ delivery: { jobId } }) => jobId === id)?.delivery) as [
          Delivery,
          Delivery,
        ];
        await store.settleDelivery(first, posted(other, 200), "well");
        await store.settleDelivery(first, posted(failed, 500, 10_000), "failing");
        await store.releaseRecipient(first, 0);
        expect(await own(), "the first one waits for its next try").to.equal(undefined);
        const later = async () => one((await take(Date.now() + 60_000)).filter(({ recipient }) => recipient === "e"));
        for (const version of [3, 4, 5]) {
          const taken = await later();
          expect(versions(taken)).to.deep.equal([version]);
          await settleAll(taken, 200, "well");
        }
        expect((await take(Date.now() + 120_000)).filter(({ recipient }) => recipient === "e")).to.deep.equal([]);
      });
      it("wait as long as their recipient is to be left alone", async () => {
        await add(delivery("j", 3), delivery("k", 3));
        const taken = one(await take(10_000));
        for (const { delivery: each } of taken.deliveries) await store.settleDelivery(taken, posted(each, 503), "failing");
        await store.releaseRecipient(taken, 90_000);
        await add(delivery("l", 3));
        expect(await take(89_999)).to.deep.equal([]);
        expect(one(await take(90_000)).deliveries, "one of a recipient that fails").to.have.length(1);
      });
      it("say how long their recipient has failed, until something comes through or it is forgotten", async () => {
        await add(delivery("a", 1), delivery("b", 1));
        const taken = one(await take(10_000));
        await settleAll(taken, 500, "failing");
        const failing = one(await take(20_000));
        expect(failing.failures).to.equal(2);
        expect(failing.failingSince).to.be.closeTo(Date.now(), 10_000);
        await settleAll(failing, 200, "well");
        const well = one(await take(Date.now() + 60_000));
        expect([well.failures, well.failingSince]).to.deep.equal([0, null]);
        await settleAll(well, 500, "failing");
        await store.forgetFailures("t", "e");
        expect(one(await take(Date.now() + 200_000)).failures).to.equal(0);
      });
      it("of as many recipients as are asked for, and as many of each", async () => {
        for (const recipient of ["a", "b", "c"]) await add(...[1, 2, 3].map((n) => delivery(`j${n}`, 1, { recipient })));
        const taken = await take(10_000, { recipients: 1, deliveries: 2, leaseMs: 1_000 });
        expect(taken.map(({ deliveries }) => deliveries.length)).to.deep.equal([2]);
        expect(await take(10_500, { ...SHARE, deliveries: 9 })).to.have.length(2);
      });
      it("are listed, the newest first, a page at a time, with when they are sent next", async () => {
        await add(...[1, 2, 3, 4].map((version) => delivery(`j${version}`, version, { at: 7_000 })), delivery("j", 1, { recipient: "f" }));
        const query = { tenantId: "t", endpointId: "e", from: "", limit: 3 };
        const page = await store.deliveries({ ...query, before: "" });
        expect(page.map(({ jobVersion, nextAt }) => [jobVersion, nextAt])).to.deep.equal([4, 3, 2].map((version) => [version, 7_000]));
        const rest = await store.deliveries({ ...query, before: page.at(-1)?.id ?? "" });
        expect(rest.map(({ jobVersion }) => jobVersion)).to.deep.equal([1]);
        expect(await store.deliveries({ ...query, before: "", from: page[1]?.id ?? "" })).to.have.length(2);
        expect(await store.delivery("t", page[0]?.id ?? "")).to.deep.equal(page[0]);
        expect(await store.delivery("other", page[0]?.id ?? "")).to.equal(undefined);
      });
      it("are given out again once they are replayed, the tries before kept", async () => {
        await add(delivery("j", 3));
        await settleAll(one(await take(10_000)), 200, "well");
        const [ended] = await store.deliveries({ tenantId: "t", endpointId: "e", before: "", from: "", limit: 1 });
        expect(ended).to.include({ state: "DELIVERED", nextAt: null, endedAt: 2_001 });
        expect(await store.reopenDelivery(replayed(ended as Delivery, Date.now()))).to.equal(true);
        const again = one(await take(Date.now() + 1_000));
        expect(again.deliveries[0]?.delivery).to.deep.include({ eventId: ended?.eventId, state: "PENDING", tried: 0 });
        expect(again.deliveries[0]?.delivery.tries).to.have.length(1);
        expect(await store.reopenDelivery(delivery("gone", 1))).to.equal(false);
      });
      it("that wait are sent at once when they are replayed", async () => {
        const waiting = delivery("j", 3, { at: Date.now() + 3600_000 });
        await add(waiting);
        expect(await store.reopenDelivery(replayed(waiting, Date.now()))).to.equal(true);
        expect(one(await take(Date.now() + 1_000)).deliveries).to.have.length(1);
      });
      it("are forgotten when they ended long ago, and what waits is not", async () => {
        await add(delivery("a", 1), delivery("b", 1, { recipient: "f" }));
        for (const taken of await take(10_000)) {
          const [{ delivery: given }] = taken.deliveries as [Taken["deliveries"][number]];
          await store.settleDelivery(taken, given.jobId === "a" ? cancelled(given, 5_000) : posted(given, 500), "unknown");
          await store.releaseRecipient(taken, 0);
        }
        expect([
          await store.forgetDeliveries(5_000, 9),
          await store.forgetDeliveries(5_001, 9),
          await store.forgetDeliveries(9e12, 9),
        ]).to.deep.equal([0, 1, 0]);
        expect(one(await take(Date.now() + 60_000)).recipient).to.equal("f");
      });
      it("are no more than there may be: the oldest go, and let what stood behind them go", async () => {
        const all = Array.from({ length: 8 }, (_, index) => delivery("j", index + 1));
        const lost = await store.addDeliveries(
          all.map((each) => ({ delivery: each, body: BODY })),
          5,
        );
        expect(lost, "that waited still").to.equal(3);
        expect(await store.deliveries({ tenantId: "t", endpointId: "e", before: "", from: "", limit: 99 })).to.have.length(5);
        expect(versions(one(await take(Date.now() + 1_000)))).to.deep.equal([4]);
      });
      it("are not said to be lost where those that go have ended", async () => {
        await add(delivery("a", 1));
        await settleAll(one(await take()), 200, "well");
        const rest = [2, 3].map((version) => ({ delivery: delivery("a", version), body: BODY }));
        expect(await store.addDeliveries(rest, 2)).to.equal(0);
      });
      it("of a job that is forgotten have nothing to say any more", async () => {
        const record = await endedJob();
        const told = delivery(record.job.id, 1);
        await add(told, delivery("other", 1));
        expect(await store.forget(record, 3_000)).to.equal(true);
        const { deliveries } = one(await take(10_000));
        expect(deliveries.map(({ delivery: { jobId }, body }) => [jobId, body === undefined])).to.have.deep.members([
          [record.job.id, true],
          ["other", false],
        ]);
        expect(await store.reopenDelivery(told)).to.equal(false);
      });
      it("of a job that is forgotten say no more how they were answered, which may be what was told", async () => {
        const record = await endedJob();
        const told = delivery(record.job.id, 1);
        await add(told);
        const taken = one(await take());
        const after = afterPost(told, { at: Date.now(), status: 200, durationMs: 1, answer: "canary" }, [], 0);
        await store.settleDelivery(taken, after, "well");
        expect((await store.delivery("t", told.id))?.tries).to.have.length(1);
        expect(await store.forget(record, 3_000)).to.equal(true);
        expect(await store.delivery("t", told.id)).to.deep.equal({ ...after, tries: [] });
      });
      it("survive the process, and its leases with them go", async () => {
        await add(delivery("j", 3));
        const now = Date.now();
        await take(now);
        await reopen();
        expect(one(await take(now + SHARE.leaseMs)).deliveries).to.have.length(1);
      });
      it("are taken by one of many senders at once", async () => {
        await add(...Array.from({ length: 20 }, (_, index) => delivery(`j${index}`, 1, { recipient: `r${index}` })));
        const taken = (await Promise.all(Array.from({ length: 30 }, () => take(10_000, { ...SHARE, recipients: 1 })))).flat();
        expect(taken.map(({ recipient }) => recipient)).to.have.members(Array.from({ length: 20 }, (_, index) => `r${index}`));
      });
    });
  });
});
