import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { expect } from "chai";
import { JobState } from "../../gen/dragoman/v1/job_pb.ts";
import { type JobChange, WatchJobsRequestSchema } from "../../gen/dragoman/v1/job_service_pb.ts";
import { openMemoryMessaging } from "../../platform/messaging/memory.ts";
import { aNewJob, applied, stored } from "../../test/support/stored_jobs.ts";
import { beforeEachStore, describeStores, type StorePlace } from "../../test/support/stores.ts";
import type { JobRecord } from "../jobs/job.ts";
import type { Store } from "../store/store.ts";
import { watchJobs } from "./watch_jobs.ts";

const BEGIN = 1_790_000_000_000;

describeStores((driver: string, place: () => StorePlace) => {
  describe(`a watch over a tenant's jobs on ${driver}`, () => {
    let store: Store;
    const messaging = openMemoryMessaging();
    after(() => messaging[Symbol.asyncDispose]());
    const told = () => store.relay(async (messages) => void (await messaging.publish(messages)));
    const watched = (given: MessageInitShape<typeof WatchJobsRequestSchema>, signal: AbortSignal) =>
      watchJobs(store, messaging, "t", create(WatchJobsRequestSchema, given), signal);
    beforeEachStore(place, (opened) => {
      store = opened;
    });

    /** What is watched up to the change that `last` is. */
    async function upTo(last: JobRecord, given: MessageInitShape<typeof WatchJobsRequestSchema>): Promise<JobChange[]> {
      const seen: JobChange[] = [];
      for await (const change of watched(given, AbortSignal.timeout(3000))) {
        seen.push(change);
        if (change.job?.id === last.job.id && change.job.version === last.job.version) return seen;
      }
      throw new Error("it did not come");
    }

    it("tells a cursor first, then every change as it is committed, and none of another tenant", async () => {
      await stored(store, aNewJob({ now: BEGIN }));
      const stop = new AbortController();
      const changes = watched({}, stop.signal);
      const { value: first } = await changes.next();
      expect([first?.cursor, first?.job]).to.deep.equal([String(await store.lastChange("t")), undefined]);
      const next = changes.next();
      await stored(store, aNewJob({ now: BEGIN, tenantId: "u" }));
      const mine = await stored(store, aNewJob({ now: BEGIN + 1 }));
      await told();
      expect((await next).value?.job).to.deep.equal(mine.job);
      stop.abort();
      expect((await changes.next()).done).to.equal(true);
    });
    it("goes on after the cursor of any answer, and leaves nothing out that came meanwhile", async () => {
      const jobs: JobRecord[] = [];
      const versions = new Map<string, bigint>();
      let cursor = "";
      for (let round = 0; round < 12; round++) {
        for (let count = 0; count < 5; count++) jobs.push(await stored(store, aNewJob({ now: BEGIN + round })));
        const index = (round * 7) % jobs.length;
        const changed = await applied(store, jobs[index] as JobRecord, BEGIN + round, { kind: "cancel", reason: "" }).catch(
          () => undefined,
        );
        if (changed) jobs[index] = changed;
        const last = (changed ?? jobs.at(-1)) as JobRecord;
        for (const change of await upTo(last, cursor ? { cursor } : { fromStart: true })) {
          cursor = change.cursor;
          if (!change.job) continue;
          expect(change.job.version > (versions.get(change.job.id) ?? 0n), "again, or an older version").to.equal(true);
          versions.set(change.job.id, change.job.version);
        }
      }
      expect([...versions].sort()).to.deep.equal(jobs.map(({ job }) => [job.id, job.version]).sort());
    });
    it("tells only of the states and labels that are asked for, and brings the cursor past the others", async () => {
      for (let count = 0; count < 45; count++) await stored(store, aNewJob({ now: BEGIN }));
      const wanted = await stored(store, aNewJob({ now: BEGIN, labels: { order: "1" } }));
      const labels = ["order=1"];
      expect((await upTo(wanted, { fromStart: true, labels })).filter(({ job }) => job)).to.have.length(1);
      const stop = new AbortController();
      const others = watched({ fromStart: true, states: [JobState.FAILED] }, stop.signal);
      expect((await others.next()).value?.cursor).to.equal("0");
      const { value: past } = await others.next();
      expect([past?.job, past?.cursor]).to.deep.equal([undefined, String(await store.lastChange("t"))]);
      stop.abort();
      await others.return(undefined);
    });
    it("lets others go on while it passes over what is not asked for", async () => {
      for (let count = 0; count < 200; count++) await stored(store, aNewJob({ now: BEGIN }));
      const stop = new AbortController();
      const changes = watched({ fromStart: true, states: [JobState.FAILED] }, stop.signal);
      await changes.next();
      let turns = 0;
      const count = () => {
        turns += 1;
        timer = setImmediate(count);
      };
      let timer = setImmediate(count);
      await changes.next();
      clearImmediate(timer);
      expect(turns).to.be.at.least(9);
      stop.abort();
      await changes.return(undefined);
    });
    it("refuses what is no cursor", async () => {
      const error = await watched({ cursor: "1e3" }, AbortSignal.timeout(1000))
        .next()
        .catch((thrown: unknown) => thrown);
      expect(error).to.have.property("code", "INVALID_REQUEST");
    });
  });
});
